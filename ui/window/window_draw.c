/* The window's frame: tabs above, the view, the status line below. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "ui/window/figure.h"
#include "ui/window/help.h"
#include "ui/window/screenshot.h"
#include "ui/window/theme.h"
#include "ui/ticks.h"
#include "ui/window/window_private.h"

/* New data alone is drawn no more often than this, in seconds: it must not slow the training that
 * brings it. What the user does is drawn at once. */
static const double data_interval = 0.25;

/* Height by width of what a page has room for. */
static const double page_aspect = 1.3;

enum { TAB_PADDING = 12, TAB_MARK = 2 };

/* Nobody makes a window so large that small print is all there is in it: from the size of a full
 * screen on, text and controls grow along, by quarters. */
static double usual_scale(int width, int height)
{
    static const double full_width = 1600, full_height = 960, quarter = 0.25, most = 4;
    double room = fmin(width / full_width, height / full_height);
    return fmin(fmax(floor(room / quarter) * quarter, 1), most);
}

void window_logical_size(struct window *window, int *width, int *height)
{
    double wished = window->model->snapshot->config.show.scale;
    SDL_GetWindowSize(window->handle, width, height);
    window->scale = wished > 0 ? wished : usual_scale(*width, *height);
    *width = (int)fmax(1, lround(*width / window->scale));
    *height = (int)fmax(1, lround(*height / window->scale));
}

static SDL_FRect view_area(struct window *window)
{
    int width, height;
    window_logical_size(window, &width, &height);
    return (SDL_FRect){0, THEME_BAR_HEIGHT, (float)width,
                       (float)(height - THEME_BAR_HEIGHT - THEME_STATUS_HEIGHT)};
}

struct view_frame window_frame(struct window *window)
{
    SDL_FRect area = view_area(window);
    bool inside = window->mouse_inside && canvas_inside(area, window->mouse_x, window->mouse_y);
    return (struct view_frame){&window->canvas, window->model,   area,
                               window->mouse_x, window->mouse_y, inside};
}

/* How tabs are written: shorter where the window is narrow. */
struct tabs {
    float padding;
    bool numbers; /* all but the one in front are numbers only */
};

static float tab_width(struct window *window, const struct tabs *tabs, int view, char text[64])
{
    if (tabs->numbers && view != window->view)
        snprintf(text, 64, "%d", view + 1);
    else
        snprintf(text, 64, "%d %s", view + 1, window_views[view]->title);
    return canvas_text_width(&window->canvas, FONT_STRONG, text) + 2 * tabs->padding;
}

static struct tabs fit_tabs(struct window *window)
{
    static const struct tabs ways[] = {
        {TAB_PADDING, false}, {TAB_PADDING / 2, false}, {TAB_PADDING / 2, true}};
    enum { WAYS = sizeof ways / sizeof ways[0] };
    char text[64];
    int width, height, way = 0;
    window_logical_size(window, &width, &height);
    for (; way + 1 < WAYS; way++) {
        float all = 0;
        for (int i = 0; i < WINDOW_VIEWS; i++)
            all += tab_width(window, &ways[way], i, text);
        if (all <= (float)width)
            break;
    }
    return ways[way];
}

int window_tab_at(struct window *window, float x, float y)
{
    struct tabs tabs = fit_tabs(window);
    char text[64];
    float left = 0;
    for (int i = 0; i < WINDOW_VIEWS && y < THEME_BAR_HEIGHT; i++) {
        float width = tab_width(window, &tabs, i, text);
        if (x >= left && x < left + width)
            return i;
        left += width;
    }
    return -1;
}

static const char *last_part(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static void draw_tabs(struct window *window)
{
    struct canvas *canvas = &window->canvas;
    struct tabs tabs = fit_tabs(window);
    SDL_FRect bar = {0, 0, (float)canvas->width, THEME_BAR_HEIGHT};
    canvas_fill(canvas, bar, THEME_BAR);
    float left = 0;
    for (int i = 0; i < WINDOW_VIEWS; i++) {
        char text[64];
        SDL_FRect tab = {left, 0, tab_width(window, &tabs, i, text), bar.h};
        bool front = i == window->view;
        canvas_text_in(canvas, front ? FONT_STRONG : FONT_TEXT, tab, ALIGN_CENTER,
                       front ? THEME_TEXT : THEME_MUTED, text);
        if (front)
            canvas_fill(canvas, (SDL_FRect){left, bar.h - TAB_MARK, tab.w, TAB_MARK}, THEME_ACCENT);
        left += tab.w;
    }
    SDL_FRect rest = {left + THEME_MARGIN, 0, fmaxf(bar.w - left - 2 * THEME_MARGIN, 0), bar.h};
    canvas_text_in(canvas, FONT_SMALL, rest, ALIGN_RIGHT, THEME_MUTED,
                   last_part(window->model->snapshot->folder));
}

static bool status_shown(const struct ui_model *model)
{
    return model->status[0] && ui_now() < model->status_until;
}

static SDL_Color level_colour(enum log_level level)
{
    return level >= LOG_ERROR ? THEME_ERROR : level == LOG_WARNING ? THEME_WARNING : THEME_TEXT;
}

/* "step 1,200 of 40,000   812 images/s   12m05s left" */
static void progress_text(char *out, size_t size, const struct snapshot *snapshot)
{
    char step[32], total[32], speed[16], left[16];
    text_from_grouped(step, snapshot->step);
    text_from_grouped(total, snapshot->total_steps);
    int used = snprintf(out, size, "step %s", step);
    if (snapshot->total_steps > 0)
        used += snprintf(out + used, size - (size_t)used, " of %s", total);
    if (snapshot->images_per_second > 0) {
        text_from_count(speed, snapshot->images_per_second);
        used += snprintf(out + used, size - (size_t)used, "    %s images/s", speed);
    }
    if (isfinite(snapshot->remaining) && snapshot->remaining > 0) {
        text_from_duration(left, snapshot->remaining);
        snprintf(out + used, size - (size_t)used, "    %s left", left);
    }
}

static void draw_status(struct window *window)
{
    struct canvas *canvas = &window->canvas;
    const struct ui_model *model = window->model;
    const struct snapshot *snapshot = model->snapshot;
    SDL_FRect bar = {0, (float)(canvas->height - THEME_STATUS_HEIGHT), (float)canvas->width,
                     THEME_STATUS_HEIGHT};
    canvas_fill(canvas, bar, THEME_BAR);
    SDL_FRect line = {THEME_MARGIN, bar.y, bar.w - 2 * THEME_MARGIN, bar.h};
    char text[160];
    progress_text(text, sizeof text, snapshot);
    float width = canvas_text_in(canvas, FONT_SMALL, line, ALIGN_RIGHT, THEME_MUTED, text);
    line.w = fmaxf(line.w - width - THEME_MARGIN, 0);
    if (status_shown(model)) {
        canvas_text_in(canvas, FONT_SMALL, line, ALIGN_LEFT, level_colour(model->status_level),
                       model->status);
        return;
    }
    bool failed = snapshot->state == RUN_FAILED;
    char state[STATE_TEXT_SIZE];
    run_state_write(snapshot, state);
    canvas_text_in(canvas, FONT_SMALL, line, ALIGN_LEFT, failed ? THEME_ERROR : THEME_TEXT, state);
}

static void draw_everything(struct window *window)
{
    int width, height;
    window_logical_size(window, &width, &height);
    canvas_begin(&window->canvas, width, height);
    struct view_frame frame = window_frame(window);
    if (window->help)
        frame.mouse_inside = false;
    canvas_clip(&window->canvas, &frame.area);
    window_view(window)->draw(window->states[window->view], &frame);
    canvas_clip(&window->canvas, NULL);
    if (window->help)
        help_draw(&window->canvas, window->keymap, frame.area, &window->help_first);
    draw_tabs(window);
    draw_status(window);
}

static void save_screenshot(struct window *window)
{
    struct ui_model *model = window->model;
    struct error error;
    if (screenshot_write(window->renderer, model, window_view(window)->title, model->screenshot,
                         &error))
        ui_say(model, LOG_INFO, "saved %s", model->screenshot);
    else
        ui_say(model, LOG_WARNING, "%s", error.message);
    model->screenshot[0] = '\0';
}

static void save_figure(struct window *window)
{
    struct ui_model *model = window->model;
    struct error error;
    SDL_FRect area = view_area(window);
    double aspect = window_view(window)->sheet ? page_aspect : (double)(area.h / fmaxf(area.w, 1));
    if (figure_write(window_view(window), window->states[window->view], model, aspect,
                     model->figure, model->figure_width, &error))
        ui_say(model, LOG_INFO, "saved %s, %g mm wide", model->figure, model->figure_width);
    else
        ui_say(model, LOG_WARNING, "%s", error.message);
    model->figure[0] = '\0';
    window->dirty = true;
}

static struct window_stamp stamp_of(const struct ui_model *model)
{
    struct window_stamp stamp;
    memset(&stamp, 0, sizeof stamp); /* compared as bytes, padding included */
    stamp.version = model->snapshot->version;
    stamp.answer = model->answer ? model->answer->number : 0;
    stamp.scale = model->config.show.scale;
    stamp.arm = model->arm;
    stamp.image = model->image;
    stamp.log_scale = model->log_scale;
    stamp.status_shown = status_shown(model);
    if (stamp.status_shown)
        text_copy(stamp.status, sizeof stamp.status, model->status);
    return stamp;
}

/* Whether a frame is due: at once for what the user did, now and then for new data. */
static bool is_due(struct window *window, const struct window_stamp *stamp)
{
    struct view_frame frame = window_frame(window);
    const struct view *view = window_view(window);
    struct window_stamp same_data = *stamp;
    same_data.version = window->stamp.version;
    if (window->dirty || window->model->screenshot[0] ||
        (view->news && view->news(window->states[window->view], &frame)))
        return true;
    if (memcmp(&same_data, &window->stamp, sizeof same_data) != 0)
        return true;
    return stamp->version != window->stamp.version && ui_now() - window->drawn >= data_interval;
}

/* Whether something is under way that is to be on the screen as soon as it comes. */
static bool is_moving(struct window *window)
{
    struct view_frame frame = window_frame(window);
    const struct view *view = window_view(window);
    return window->button_down ||
           (view->waits && view->waits(window->states[window->view], &frame));
}

bool window_draw(struct window *window)
{
    if (window->model->figure[0])
        save_figure(window);
    struct window_stamp stamp = stamp_of(window->model);
    if ((!window->visible && !window->model->screenshot[0]) || !is_due(window, &stamp))
        return is_moving(window);
    draw_everything(window);
    if (window->model->screenshot[0])
        save_screenshot(window);
    SDL_RenderPresent(window->renderer);
    window->dirty = false;
    window->stamp = stamp;
    window->drawn = ui_now();
    return is_moving(window);
}
