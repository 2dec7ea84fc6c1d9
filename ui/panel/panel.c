#include "ui/panel/panel.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "ui/panel/bars.h"
#include "ui/panel/input.h"
#include "ui/panel/prompt.h"
#include "ui/panel/screen.h"
#include "ui/panel/terminal.h"
#include "ui/panel/view.h"

static const struct view *const views[] = {&view_training, &view_arms, &view_log, &view_settings};
static const struct view *const overlays[] = {&view_help, &view_strategies, &view_laws};
enum { VIEWS = ARRAY_LENGTH(views), OVERLAYS = ARRAY_LENGTH(overlays), NO_OVERLAY = OVERLAYS };

enum {
    TABS_HEIGHT = 10,  /* screens of this height have tabs and hints ... */
    STATUS_HEIGHT = 4, /* ... and of this one a line at the bottom */
};

/* Changes of nothing but the snapshot are drawn this often at most. */
static const double seconds_between_frames = 0.1;
/* Two clicks on a row within this time are a double click. */
static const double double_click_seconds = 0.4;

/* What the last frame was drawn from. */
struct seen {
    uint64_t snapshot, log;
    int arm, image;
    bool log_scale, window_open, want_window, saying;
    char status[256];
};

struct panel {
    struct ui_model *model;
    struct keymap *keymap;
    struct terminal *terminal;
    struct screen screen;
    size_t view, overlay; /* NO_OVERLAY: none */
    void *view_states[VIEWS], *overlay_states[OVERLAYS];
    int tab_columns[VIEWS + 1];
    struct prompt prompt;
    bool asking_to_leave;
    bool changed;    /* by input: draw at once */
    bool everything; /* and every cell anew */
    double drawn;    /* ui_now() of the last frame */
    double clicked;  /* and of the last click ... */
    int clicked_row; /* ... and where */
    struct seen seen;
};

const char *panel_view_name(size_t index)
{
    return index < VIEWS ? views[index]->name : NULL;
}

static const struct view *front(const struct panel *panel)
{
    return panel->overlay == NO_OVERLAY ? views[panel->view] : overlays[panel->overlay];
}

static void *front_state(const struct panel *panel)
{
    return panel->overlay == NO_OVERLAY ? panel->view_states[panel->view]
                                        : panel->overlay_states[panel->overlay];
}

static bool has_tabs(const struct panel *panel)
{
    return panel->screen.height >= TABS_HEIGHT;
}

static struct frame frame_of(struct panel *panel, int row, int height)
{
    struct area all = screen_area(&panel->screen);
    return (struct frame){panel->model, panel->keymap, &panel->screen, area_rows(&all, row, height),
                          panel};
}

/* The part of the screen that is the view's. */
static struct frame view_frame(struct panel *panel)
{
    int height = panel->screen.height;
    int top = has_tabs(panel) ? 2 : height > 1 ? 1 : 0;
    int bottom = has_tabs(panel) ? 2 : height >= STATUS_HEIGHT ? 1 : 0;
    return frame_of(panel, top, height - top - bottom);
}

static bool allocate_states(struct panel *panel, struct error *error)
{
    for (size_t i = 0; i < VIEWS; i++) {
        panel->view_states[i] = memory_new(1, views[i]->state_size, error);
        if (!panel->view_states[i])
            return false;
    }
    for (size_t i = 0; i < OVERLAYS; i++) {
        panel->overlay_states[i] = memory_new(1, overlays[i]->state_size, error);
        if (!panel->overlay_states[i])
            return false;
    }
    return true;
}

struct panel *panel_new(struct ui_model *model, struct keymap *keymap, bool mouse,
                        struct error *error)
{
    struct panel *panel = memory_new(1, sizeof *panel, error);
    if (!panel)
        return NULL;
    panel->model = model;
    panel->keymap = keymap;
    panel->overlay = NO_OVERLAY;
    panel->changed = true;
    if (!allocate_states(panel, error) || !(panel->terminal = terminal_new(mouse, error))) {
        panel_free(panel);
        return NULL;
    }
    screen_init(&panel->screen);
    history_load(&panel->prompt.history);
    return panel;
}

void panel_free(struct panel *panel)
{
    if (!panel)
        return;
    struct error error;
    if (panel->terminal && !history_save(&panel->prompt.history, &error))
        log_write(panel->model->log, LOG_WARNING, "%s", error.message);
    if (panel->terminal)
        terminal_drain(panel->terminal, panel->model->log);
    terminal_free(panel->terminal);
    for (size_t i = 0; i < VIEWS; i++) {
        if (views[i]->release && panel->view_states[i])
            views[i]->release(panel->view_states[i]);
        free(panel->view_states[i]);
    }
    for (size_t i = 0; i < OVERLAYS; i++) {
        if (overlays[i]->release && panel->overlay_states[i])
            overlays[i]->release(panel->overlay_states[i]);
        free(panel->overlay_states[i]);
    }
    free(panel);
}

void panel_prefill(struct panel *panel, const char *text)
{
    prompt_open(&panel->prompt, ':', text);
}

void panel_close_overlay(struct panel *panel)
{
    panel->overlay = NO_OVERLAY;
}

static void open_view(struct panel *panel, size_t index)
{
    if (index >= VIEWS)
        return;
    panel->overlay = NO_OVERLAY;
    panel->view = index;
    struct frame frame = view_frame(panel);
    if (views[index]->open)
        views[index]->open(panel->view_states[index], &frame);
}

static void open_overlay(struct panel *panel, const struct view *view)
{
    if (view != &view_help && panel->model->snapshot->arm_count == 0) {
        ui_say(panel->model, LOG_INFO, "there is no arm yet");
        return;
    }
    for (size_t i = 0; i < OVERLAYS; i++)
        if (overlays[i] == view)
            panel->overlay = i;
    struct frame frame = view_frame(panel);
    if (view->open)
        view->open(front_state(panel), &frame);
}

static void open_view_named(struct panel *panel, const char *name)
{
    for (size_t i = 0; i < VIEWS; i++)
        if (!strcmp(views[i]->name, name)) {
            open_view(panel, i);
            return;
        }
    struct text names = {0};
    for (size_t i = 0; i < VIEWS; i++)
        text_append(&names, "%s%s", i ? ", " : "", views[i]->name);
    ui_say(panel->model, LOG_WARNING, "there is no view '%.40s'; there are %s", name,
           text_of(&names));
    text_release(&names);
}

static void set_theme(struct panel *panel, const char *name)
{
    size_t count = screen_theme_count(), theme = (panel->screen.theme + 1) % count;
    for (theme = name[0] ? 0 : theme; name[0] && theme < count; theme++)
        if (!strcmp(screen_theme_name(theme), name))
            break;
    if (theme == count) {
        ui_say(panel->model, LOG_WARNING, "there is no theme '%.40s'", name);
        return;
    }
    screen_set_theme(&panel->screen, theme);
    ui_say(panel->model, LOG_INFO, "theme %s", screen_theme_name(theme));
}

/* Sets or asks for the filter of the list in front. */
static void filter_front(struct panel *panel, const char *argument)
{
    char *filter = front(panel)->filter ? front(panel)->filter(front_state(panel)) : NULL;
    if (!filter)
        ui_say(panel->model, LOG_INFO, "there is no list to filter here");
    else if (argument[0])
        text_copy(filter, FILTER_SIZE, argument);
    else
        prompt_open(&panel->prompt, '/', filter);
}

static void close_front(struct panel *panel)
{
    enum run_state state = panel->model->snapshot->state;
    char *filter = front(panel)->filter ? front(panel)->filter(front_state(panel)) : NULL;
    if (filter && filter[0])
        filter[0] = '\0';
    else if (panel->overlay != NO_OVERLAY)
        panel->overlay = NO_OVERLAY;
    else if (state == RUN_FINISHED || state == RUN_STOPPED || state == RUN_FAILED)
        panel->model->want_quit = true;
    else
        panel->asking_to_leave = true;
}

static void help_on(struct panel *panel, const char *argument)
{
    open_overlay(panel, &view_help);
    text_copy(view_help.filter(front_state(panel)), FILTER_SIZE, argument);
}

/* What neither the model nor the view in front did. */
static void act_here(struct panel *panel, enum action action, const char *argument)
{
    char line[64];
    switch (action) {
    case ACTION_VIEW_1:
        if (argument[0])
            open_view_named(panel, argument);
        else
            open_view(panel, 0);
        break;
    case ACTION_VIEW_2:
    case ACTION_VIEW_3:
    case ACTION_VIEW_4:
        open_view(panel, (size_t)(action - ACTION_VIEW_1));
        break;
    case ACTION_VIEW_NEXT:
        open_view(panel, (panel->view + 1) % VIEWS);
        break;
    case ACTION_HELP:
        help_on(panel, argument);
        break;
    case ACTION_STRATEGY:
        open_overlay(panel, &view_strategies);
        break;
    case ACTION_LAW:
        open_overlay(panel, &view_laws);
        break;
    case ACTION_COMMAND:
        prompt_open(&panel->prompt, ':', "");
        break;
    case ACTION_FILTER:
        filter_front(panel, argument);
        break;
    case ACTION_EXPORT:
    case ACTION_NOTE:
        snprintf(line, sizeof line, "%s ", action_row(action)->word);
        prompt_open(&panel->prompt, ':', line);
        break;
    case ACTION_THEME:
        set_theme(panel, argument);
        break;
    case ACTION_REDRAW:
        panel->everything = true;
        break;
    case ACTION_CLOSE:
        close_front(panel);
        break;
    case ACTION_FULL_SCREEN:
    case ACTION_RESET_ZOOM:
        ui_say(panel->model, LOG_INFO, "that is for the window (w opens it)");
        break;
    default:
        break;
    }
}

void panel_perform(struct panel *panel, enum action action, const char *argument)
{
    struct frame frame = view_frame(panel);
    const struct view *view = front(panel);
    if (action == ACTION_NONE || ui_perform(panel->model, action, argument))
        return;
    if (!view->act || !view->act(front_state(panel), &frame, action, argument))
        act_here(panel, action, argument);
}

static void run_line(struct panel *panel)
{
    enum action action;
    const char *argument;
    char line[PROMPT_SIZE];
    text_copy(line, sizeof line, panel->prompt.line);
    if (!ui_command_line(panel->model, line, &action, &argument))
        panel_perform(panel, action, argument);
}

/* A filter takes effect as it is typed; Escape takes it back. */
static void take_prompt_key(struct panel *panel, struct key key)
{
    struct prompt *prompt = &panel->prompt;
    enum prompt_result result = prompt_key(prompt, key, panel->model);
    if (prompt->lead == '/') {
        char *filter = front(panel)->filter(front_state(panel));
        text_copy(filter, FILTER_SIZE, result == PROMPT_CANCELLED ? "" : prompt->line);
    } else if (result == PROMPT_DONE) {
        run_line(panel);
    }
}

static void take_key(struct panel *panel, struct key key)
{
    if (key.control && key.code == 'z') {
        terminal_suspend(panel->terminal);
        panel->everything = true;
    } else if (panel->asking_to_leave) {
        panel->asking_to_leave = false;
        panel->model->want_quit = key.code == 'y' || key.code == 'Y' || key.code == KEY_CODE_ENTER;
    } else if (panel->prompt.open) {
        take_prompt_key(panel, key);
    } else {
        panel_perform(panel, keymap_action(panel->keymap, key), "");
    }
}

static void take_click(struct panel *panel, const struct input *input)
{
    struct frame frame = view_frame(panel);
    if (has_tabs(panel) && input->row == 1) {
        for (size_t i = 0; i < VIEWS; i++)
            if (input->column >= panel->tab_columns[i] && input->column < panel->tab_columns[i + 1])
                open_view(panel, i);
        return;
    }
    int row = input->row - frame.area.row;
    bool twice =
        input->row == panel->clicked_row && ui_now() < panel->clicked + double_click_seconds;
    panel->clicked_row = input->row;
    panel->clicked = ui_now();
    if (front(panel)->click && row >= 0 && row < frame.area.height)
        front(panel)->click(front_state(panel), &frame, row, input->column, twice);
}

void panel_input(struct panel *panel)
{
    struct input input;
    while ((input = input_read()).kind != INPUT_NONE) {
        panel->changed = true;
        if (input.kind == INPUT_KEY)
            take_key(panel, input.key);
        else if (input.kind == INPUT_CLICK && !panel->prompt.open)
            take_click(panel, &input);
        else if (input.kind == INPUT_WHEEL_UP || input.kind == INPUT_WHEEL_DOWN)
            panel_perform(panel, input.kind == INPUT_WHEEL_UP ? ACTION_UP : ACTION_DOWN, "");
    }
}

static struct seen see(const struct panel *panel)
{
    const struct ui_model *model = panel->model;
    struct seen seen;
    memset(&seen, 0, sizeof seen); /* padding too: it is compared as bytes */
    seen.snapshot = model->snapshot->version;
    seen.log = model->log ? log_newest(model->log) : 0;
    seen.arm = model->arm;
    seen.image = model->image;
    seen.log_scale = model->log_scale;
    seen.window_open = model->window_open;
    seen.want_window = model->want_window;
    seen.saying = model->status[0] && ui_now() < model->status_until;
    memcpy(seen.status, model->status, strlen(model->status));
    return seen;
}

/* Whether it is time for a new frame. */
static bool due(struct panel *panel)
{
    struct seen now = see(panel);
    bool same = !memcmp(&now, &panel->seen, sizeof now);
    if (!panel->changed && !panel->everything && same)
        return false;
    struct seen but_snapshot = now;
    but_snapshot.snapshot = panel->seen.snapshot;
    bool snapshot_only = !memcmp(&but_snapshot, &panel->seen, sizeof now);
    if (!panel->changed && !panel->everything && snapshot_only &&
        ui_now() < panel->drawn + seconds_between_frames)
        return false;
    panel->seen = now;
    return true;
}

static void draw_question(struct panel *panel, const struct frame *bottom)
{
    draw_blank(&panel->screen, &bottom->area, 0, ROLE_WARNING);
    int column =
        draw_text(&panel->screen, &bottom->area, 0, 1, ROLE_WARNING, "Stop training and leave?");
    draw_text(&panel->screen, &bottom->area, 0, column + 1, ROLE_TEXT,
              "A checkpoint is written first. (y/n)");
}

static void draw_bottom(struct panel *panel)
{
    int height = panel->screen.height;
    struct frame last = frame_of(panel, height - 1, 1);
    if (has_tabs(panel)) {
        struct frame status = frame_of(panel, height - 2, 1);
        bars_status(&status);
        bars_hints(&last, front(panel)->hints);
    } else if (height >= STATUS_HEIGHT) {
        bars_status(&last);
    }
    if (panel->asking_to_leave)
        draw_question(panel, &last);
}

static void draw_all(struct panel *panel)
{
    struct frame title = frame_of(panel, 0, 1), tabs = frame_of(panel, 1, 1),
                 view = view_frame(panel);
    screen_begin(&panel->screen);
    if (view.area.height > 0)
        front(panel)->draw(front_state(panel), &view);
    bars_title(&title);
    if (has_tabs(panel))
        bars_tabs(&tabs, views, VIEWS, panel->view, panel->tab_columns);
    draw_bottom(panel);
    screen_cursor(&panel->screen, -1, -1);
    struct area all = screen_area(&panel->screen);
    if (panel->prompt.open)
        prompt_draw(&panel->prompt, &panel->screen, &all);
    screen_end(&panel->screen, panel->everything);
}

static void save_screen(struct panel *panel)
{
    struct ui_model *model = panel->model;
    struct error error;
    if (screen_save(&panel->screen, model->save_screen, &error))
        ui_say(model, LOG_INFO, "saved the panel to %s", model->save_screen);
    else
        ui_say(model, LOG_WARNING, "%s", error.message);
    model->save_screen[0] = '\0';
}

void panel_draw(struct panel *panel)
{
    terminal_drain(panel->terminal, panel->model->log);
    terminal_resize(panel->terminal);
    panel->everything |= screen_size(&panel->screen);
    bool due_now = due(panel);
    if (due_now || panel->model->save_screen[0]) {
        draw_all(panel);
        panel->drawn = ui_now();
        panel->changed = panel->everything = false;
    }
    if (panel->model->save_screen[0])
        save_screen(panel);
}
