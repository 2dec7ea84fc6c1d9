/* The window's events: keys become actions, the mouse goes to the view in front. */
#include <math.h>

#include "ui/pending.h"
#include "ui/window/event.h"
#include "ui/window/window_private.h"

/* Logical pixels that the mouse may tremble during a click. */
static const float click_slack = 4;

static void close_window(struct window *window)
{
    window->model->want_window = false;
    ui_say(window->model, LOG_INFO, "window closed, training goes on; w opens it again");
}

static void lose_display(struct window *window)
{
    struct ui_model *model = window->model;
    model->want_window = false;
    text_copy(model->window_problem, sizeof model->window_problem, "the display went away");
    ui_say(model, LOG_WARNING, "the display went away; training goes on");
}

static bool is_full_screen(struct window *window)
{
    return SDL_GetWindowFlags(window->handle) & SDL_WINDOW_FULLSCREEN;
}

static void set_full_screen(struct window *window, bool full)
{
    if (SDL_SetWindowFullscreen(window->handle, full ? SDL_WINDOW_FULLSCREEN_DESKTOP : 0) != 0)
        ui_say(window->model, LOG_WARNING, "no full screen here: %s", SDL_GetError());
}

static void choose_view(struct window *window, int view)
{
    if (view < WINDOW_VIEWS)
        window->view = view;
    window->button_down = window->following = false;
}

/* What the window itself does; false: not its business. */
static bool act_window(struct window *window, enum action action)
{
    switch (action) {
    case ACTION_VIEW_1 ... ACTION_VIEW_8:
        choose_view(window, (int)action - ACTION_VIEW_1);
        return true;
    case ACTION_VIEW_NEXT:
        choose_view(window, (window->view + 1) % WINDOW_VIEWS);
        return true;
    case ACTION_FULL_SCREEN:
        set_full_screen(window, !is_full_screen(window));
        return true;
    case ACTION_HELP:
        window->help = !window->help;
        return true;
    case ACTION_REDRAW:
        window_release_textures(window);
        return true;
    case ACTION_CLOSE:
        if (window->help)
            window->help = false;
        else if (is_full_screen(window))
            set_full_screen(window, false);
        else
            close_window(window);
        return true;
    default:
        return false;
    }
}

/* Scrolling the help; false: something else. */
static bool act_help(struct window *window, enum action action)
{
    enum { PAGE = 10 };
    int lines = action == ACTION_DOWN        ? 1
                : action == ACTION_UP        ? -1
                : action == ACTION_PAGE_DOWN ? PAGE
                : action == ACTION_PAGE_UP   ? -PAGE
                                             : 0;
    window->help_first += lines;
    return lines != 0;
}

/* The panel's menus and its command line open when they are asked for here. */
static void leave_to_panel(struct ui_model *model, enum action action)
{
    bool asks = action == ACTION_STRATEGY || action == ACTION_LAW || action == ACTION_COMMAND ||
                action == ACTION_EXPORT;
    if (model->has_panel && asks)
        model->for_panel = action;
    ui_say(model, LOG_INFO, "%s: %s", action_row(action)->help,
           !model->has_panel ? "in the panel, which is not there"
           : asks            ? "the terminal asks"
                             : "in the panel");
}

static void act(struct window *window, enum action action)
{
    struct view_frame frame = window_frame(window);
    const struct view *view = window_view(window);
    if (act_window(window, action) || (window->help && act_help(window, action)))
        return;
    if (view->act && view->act(window->states[window->view], &frame, action))
        return;
    if (!ui_perform(window->model, action, ""))
        leave_to_panel(window->model, action);
}

static void turn_wheel(struct window *window, const SDL_MouseWheelEvent *wheel)
{
    /* Some systems turn Shift and the wheel into a sideways wheel. */
    bool sideways = wheel->preciseY == 0 && wheel->preciseX != 0;
    bool shift = sideways || (SDL_GetModState() & KMOD_SHIFT);
    float amount = sideways ? -wheel->preciseX : wheel->preciseY;
    if (wheel->direction == SDL_MOUSEWHEEL_FLIPPED)
        amount = -amount;
    const struct view *view = window_view(window);
    struct view_frame frame = window_frame(window);
    if (window->help)
        window->help_first += amount > 0 ? -1 : 1;
    else if (amount != 0 && view->wheel && frame.mouse_inside)
        view->wheel(window->states[window->view], &frame, amount, shift);
}

static void press(struct window *window, float x, float y, enum view_button button)
{
    const struct view *view = window_view(window);
    struct view_frame frame = window_frame(window);
    int tab = window_tab_at(window, x, y);
    if (tab >= 0 && button == VIEW_LEFT) {
        choose_view(window, tab);
        return;
    }
    window->following = !window->help && view->press && frame.mouse_inside &&
                        view->press(window->states[window->view], &frame, button);
    window->button_down = window->following || button == VIEW_LEFT;
    window->dragged = false;
    window->drag_x = x;
    window->drag_y = y;
}

static void release(struct window *window)
{
    const struct view *view = window_view(window);
    struct view_frame frame = window_frame(window);
    if (window->help)
        window->help = false;
    else if (window->button_down && !window->dragged && !window->following && view->click &&
             frame.mouse_inside)
        view->click(window->states[window->view], &frame);
    window->button_down = window->following = false;
}

static void drag(struct window *window, float x, float y)
{
    const struct view *view = window_view(window);
    struct view_frame frame = window_frame(window);
    float dx = x - window->drag_x, dy = y - window->drag_y;
    if (window->following) {
        view->follow(window->states[window->view], &frame);
        return;
    }
    if (!window->dragged && fabsf(dx) + fabsf(dy) < click_slack)
        return;
    if (view->drag)
        view->drag(window->states[window->view], &frame, dx, dy);
    window->dragged = true;
    window->drag_x = x;
    window->drag_y = y;
}

static void move_mouse(struct window *window, float x, float y)
{
    window->mouse_x = x;
    window->mouse_y = y;
    window->mouse_inside = true;
    if (window->button_down && !window->help)
        drag(window, x, y);
}

/* The trainer reads it: a large picture would hold this thread up. */
static void drop(struct window *window, char *path)
{
    struct command command = {.kind = COMMAND_SHOW_FILE};
    struct ui_model *model = window->model;
    if (!path)
        return;
    if (!text_copy(command.value, sizeof command.value, path))
        ui_say(model, LOG_WARNING, "the name of the dropped file is too long");
    else if (pending_send(model, &command))
        ui_say(model, LOG_INFO, "%s goes into the first row", path);
    SDL_free(path);
}

static void tell_refusals(struct window *window)
{
    const struct gallery *gallery = &window->model->snapshot->gallery;
    if (gallery->refusals > window->refusals)
        ui_say(window->model, LOG_WARNING, "%s", gallery->refusal);
    window->refusals = gallery->refusals;
}

static void change_window(struct window *window, const SDL_WindowEvent *event)
{
    switch (event->event) {
    case SDL_WINDOWEVENT_CLOSE:
        close_window(window);
        break;
    case SDL_WINDOWEVENT_LEAVE:
        window->mouse_inside = false;
        break;
    case SDL_WINDOWEVENT_HIDDEN:
    case SDL_WINDOWEVENT_MINIMIZED:
        window->visible = false;
        break;
    case SDL_WINDOWEVENT_SHOWN:
    case SDL_WINDOWEVENT_RESTORED:
    case SDL_WINDOWEVENT_EXPOSED:
        window->visible = true;
        break;
    default:
        break;
    }
}

static float logical(const struct window *window, int position)
{
    return (float)(position / window->scale);
}

static void handle_button(struct window *window, const SDL_MouseButtonEvent *event)
{
    bool left = event->button == SDL_BUTTON_LEFT;
    if (!left && event->button != SDL_BUTTON_RIGHT)
        return;
    /* The press is where the mouse is, whether it was seen to move there or not. */
    window->mouse_x = logical(window, event->x);
    window->mouse_y = logical(window, event->y);
    window->mouse_inside = true;
    if (event->type == SDL_MOUSEBUTTONUP)
        release(window);
    else
        press(window, window->mouse_x, window->mouse_y, left ? VIEW_LEFT : VIEW_RIGHT);
}

static void handle(struct window *window, const SDL_Event *event)
{
    struct key key;
    switch (event->type) {
    case SDL_QUIT:
        close_window(window);
        break;
    case SDL_WINDOWEVENT:
        change_window(window, &event->window);
        break;
    case SDL_KEYDOWN:
    case SDL_TEXTINPUT:
        if (event_key(event, &key) && keymap_action(window->keymap, key) != ACTION_NONE)
            act(window, keymap_action(window->keymap, key));
        break;
    case SDL_MOUSEMOTION:
        move_mouse(window, logical(window, event->motion.x), logical(window, event->motion.y));
        break;
    case SDL_MOUSEBUTTONDOWN:
    case SDL_MOUSEBUTTONUP:
        handle_button(window, &event->button);
        break;
    case SDL_MOUSEWHEEL:
        turn_wheel(window, &event->wheel);
        break;
    case SDL_DROPFILE:
        drop(window, event->drop.file);
        break;
    case SDL_RENDER_TARGETS_RESET:
    case SDL_RENDER_DEVICE_RESET:
        window_release_textures(window);
        break;
    default:
        return;
    }
    window->dirty = true;
}

void window_input(struct window *window)
{
    SDL_Event event;
    while (SDL_PollEvent(&event))
        handle(window, &event);
    tell_refusals(window);
    if (window->lost && window->model->want_window)
        lose_display(window);
}
