#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "ui/panel/bars.h"
#include "ui/panel/format.h"
#include "ui/panel/panel_private.h"

const struct view *const panel_views[PANEL_VIEWS] = {
    &panel_view_training, &panel_view_arms,     &panel_view_statistics, &panel_view_masks,
    &panel_view_images,   &panel_view_timeline, &panel_view_settings,   &panel_view_log};
const struct view *const panel_overlays[PANEL_OVERLAYS] = {&panel_view_help, &panel_view_strategies,
                                                           &panel_view_laws};

enum {
    TABS_HEIGHT = 10,  /* screens of this height have tabs and hints ... */
    STATUS_HEIGHT = 4, /* ... and of this one a line at the bottom */
};

/* Changes of nothing but the snapshot are drawn this often at most. */
static const double seconds_between_frames = 0.1;

const struct view *panel_front(const struct panel *panel)
{
    return panel->overlay == NO_OVERLAY ? panel_views[panel->view] : panel_overlays[panel->overlay];
}

void *panel_front_state(const struct panel *panel)
{
    return panel->overlay == NO_OVERLAY ? panel->view_states[panel->view]
                                        : panel->overlay_states[panel->overlay];
}

bool panel_has_tabs(const struct panel *panel)
{
    return panel->screen.height >= TABS_HEIGHT;
}

struct frame panel_frame(struct panel *panel, int row, int height)
{
    struct area all = screen_area(&panel->screen);
    return (struct frame){panel->model, panel->keymap, &panel->screen, area_rows(&all, row, height),
                          panel};
}

struct frame panel_view_frame(struct panel *panel)
{
    int height = panel->screen.height;
    int top = panel_has_tabs(panel) ? 2 : height > 1 ? 1 : 0;
    int bottom = panel_has_tabs(panel) ? 2 : height >= STATUS_HEIGHT ? 1 : 0;
    return panel_frame(panel, top, height - top - bottom);
}

static bool allocate_states(struct panel *panel, struct error *error)
{
    for (size_t i = 0; i < PANEL_VIEWS; i++) {
        panel->view_states[i] = memory_new(1, panel_views[i]->state_size, error);
        if (!panel->view_states[i])
            return false;
    }
    for (size_t i = 0; i < PANEL_OVERLAYS; i++) {
        panel->overlay_states[i] = memory_new(1, panel_overlays[i]->state_size, error);
        if (!panel->overlay_states[i])
            return false;
    }
    return true;
}

/* The program's themes, then the user's, and the one that the user's file names. */
static void load_themes(struct panel *panel)
{
    struct themes *themes = &panel->themes;
    char folder[FILE_PATH_SIZE], path[FILE_PATH_SIZE], name[THEME_NAME_SIZE] = "";
    struct error error;
    themes_init(themes);
    if (!themes_read(themes, PACKAGE_DATA_DIR "/themes", &error))
        log_write(panel->model->log, LOG_WARNING, "%s", error.message);
    if (file_user_config(folder, sizeof folder) &&
        file_join(path, sizeof path, folder, "themes", &error) &&
        !themes_read(themes, path, &error))
        ui_say(panel->model, LOG_WARNING, "%s", error.message);
    if (!theme_read_choice(name, &error))
        ui_say(panel->model, LOG_WARNING, "%s", error.message);
    panel->theme = themes_find(themes, name);
    if (name[0] && panel->theme < 0)
        ui_say(panel->model, LOG_WARNING, "theme: there is no theme '%s' (:theme lists them)",
               name);
    panel->theme = panel->theme < 0 ? 0 : panel->theme;
    screen_set_theme(&panel->screen, &themes->items[panel->theme]);
}

struct panel *panel_new(struct ui_model *model, struct keymap *keymap, bool mouse,
                        struct error *error)
{
    struct panel *panel = memory_new(1, sizeof *panel, error);
    if (!panel)
        return NULL;
    panel->model = model;
    model->has_panel = true;
    panel->keymap = keymap;
    panel->overlay = NO_OVERLAY;
    panel->changed = true;
    if (!allocate_states(panel, error) || !(panel->terminal = terminal_new(mouse, error))) {
        panel_free(panel);
        return NULL;
    }
    screen_init(&panel->screen);
    load_themes(panel);
    panel->prompt.themes = &panel->themes;
    history_load(&panel->prompt.history);
    return panel;
}

void panel_free(struct panel *panel)
{
    if (!panel)
        return;
    struct error error;
    panel->model->has_panel = false;
    if (panel->terminal && !history_save(&panel->prompt.history, &error))
        log_write(panel->model->log, LOG_WARNING, "%s", error.message);
    if (panel->terminal)
        terminal_drain(panel->terminal, panel->model->log);
    terminal_free(panel->terminal);
    for (size_t i = 0; i < PANEL_VIEWS; i++) {
        if (panel_views[i]->release && panel->view_states[i])
            panel_views[i]->release(panel->view_states[i]);
        free(panel->view_states[i]);
    }
    for (size_t i = 0; i < PANEL_OVERLAYS; i++) {
        if (panel_overlays[i]->release && panel->overlay_states[i])
            panel_overlays[i]->release(panel->overlay_states[i]);
        free(panel->overlay_states[i]);
    }
    free(panel);
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

static bool has_news(const struct panel *panel)
{
    const struct view *view = panel_front(panel);
    return view->news && view->news(panel_front_state(panel));
}

/* Whether it is time for a new frame. */
static bool due(struct panel *panel)
{
    struct seen now = see(panel);
    panel->changed |= has_news(panel);
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

static void draw_question(const struct panel *panel, const struct frame *bottom)
{
    draw_blank(&panel->screen, &bottom->area, 0, ROLE_WARNING);
    int room = bottom->area.width - text_width(" (y/n)") - 1;
    int width = text_width(panel->doubt.text);
    width = width < room ? width : room;
    draw_field(&panel->screen, &bottom->area, 0, 1, width, ROLE_WARNING, false, panel->doubt.text);
    draw_text(&panel->screen, &bottom->area, 0, 1 + width, ROLE_KEY, " (y/n)");
}

static const char *hints(const struct panel *panel)
{
    const struct view *view = panel_front(panel);
    return view->mode_hints ? view->mode_hints(panel_front_state(panel)) : view->hints;
}

static void draw_bottom(struct panel *panel)
{
    int height = panel->screen.height;
    struct frame last = panel_frame(panel, height - 1, 1);
    if (panel_has_tabs(panel)) {
        struct frame status = panel_frame(panel, height - 2, 1);
        bars_status(&status);
        bars_hints(&last, hints(panel));
    } else if (height >= STATUS_HEIGHT) {
        bars_status(&last);
    }
    if (panel->doubt.open)
        draw_question(panel, &last);
}

static void draw_all(struct panel *panel)
{
    struct frame title = panel_frame(panel, 0, 1), tabs = panel_frame(panel, 1, 1),
                 view = panel_view_frame(panel);
    screen_begin(&panel->screen);
    if (view.area.height > 0)
        panel_front(panel)->draw(panel_front_state(panel), &view);
    bars_title(&title);
    if (panel_has_tabs(panel))
        bars_tabs(&tabs, panel_views, PANEL_VIEWS, panel->view, panel->tab_columns);
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
