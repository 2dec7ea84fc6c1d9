/* What actions do to the panel. */
#include <stdio.h>
#include <string.h>

#include "ui/panel/panel_private.h"

const char *panel_view_name(size_t index)
{
    return index < PANEL_VIEWS ? panel_views[index]->name : NULL;
}

void panel_prefill(struct panel *panel, const char *text)
{
    prompt_open(&panel->prompt, ':', text);
}

void panel_close_overlay(struct panel *panel)
{
    panel->overlay = NO_OVERLAY;
}

void panel_open_view(struct panel *panel, size_t index)
{
    if (index >= PANEL_VIEWS)
        return;
    panel->overlay = NO_OVERLAY;
    panel->view = index;
    struct frame frame = panel_view_frame(panel);
    if (panel_views[index]->open)
        panel_views[index]->open(panel->view_states[index], &frame);
}

static void open_overlay(struct panel *panel, const struct view *view)
{
    if (view != &panel_view_help && panel->model->snapshot->arm_count == 0) {
        ui_say(panel->model, LOG_INFO, "there is no arm yet");
        return;
    }
    for (size_t i = 0; i < PANEL_OVERLAYS; i++)
        if (panel_overlays[i] == view)
            panel->overlay = i;
    struct frame frame = panel_view_frame(panel);
    if (view->open)
        view->open(panel_front_state(panel), &frame);
}

static void open_view_named(struct panel *panel, const char *name)
{
    for (size_t i = 0; i < PANEL_VIEWS; i++)
        if (!strcmp(panel_views[i]->name, name)) {
            panel_open_view(panel, i);
            return;
        }
    struct text names = {0};
    for (size_t i = 0; i < PANEL_VIEWS; i++)
        text_append(&names, "%s%s", i ? ", " : "", panel_views[i]->name);
    ui_say(panel->model, LOG_WARNING, "there is no view '%.40s'; there are %s", name,
           text_of(&names));
    text_release(&names);
}

static void say_themes(struct panel *panel, const char *wrong)
{
    struct text names = {0};
    for (int i = 0; i < panel->themes.count; i++)
        text_append(&names, "%s%s", i ? ", " : "", panel->themes.items[i].name);
    ui_say(panel->model, LOG_WARNING, "there is no theme '%.40s'; there are %s", wrong,
           text_of(&names));
    text_release(&names);
}

static void set_theme(struct panel *panel, const char *name)
{
    int theme =
        name[0] ? themes_find(&panel->themes, name) : (panel->theme + 1) % panel->themes.count;
    if (theme < 0) {
        say_themes(panel, name);
        return;
    }
    panel->theme = theme;
    screen_set_theme(&panel->screen, &panel->themes.items[theme]);
    ui_say(panel->model, LOG_INFO, "theme %s", panel->themes.items[theme].name);
}

/* The filter of the list in front, null if it has none. */
static char *front_filter(struct panel *panel)
{
    const struct view *view = panel_front(panel);
    return view->filter ? view->filter(panel_front_state(panel)) : NULL;
}

/* ---- What neither the model nor the view in front did ---- */

typedef void panel_action(struct panel *panel, enum action action, const char *argument);

static void act_view(struct panel *panel, enum action action, const char *argument)
{
    if (argument[0])
        open_view_named(panel, argument);
    else
        panel_open_view(panel, (size_t)(action - ACTION_VIEW_1));
}

static void act_view_next(struct panel *panel, enum action action, const char *argument)
{
    (void)action, (void)argument;
    panel_open_view(panel, (panel->view + 1) % PANEL_VIEWS);
}

static void act_goto_step(struct panel *panel, enum action action, const char *argument)
{
    (void)action, (void)argument;
    open_view_named(panel, panel_view_timeline.name);
}

static void act_help(struct panel *panel, enum action action, const char *argument)
{
    (void)action;
    open_overlay(panel, &panel_view_help);
    text_copy(panel_view_help.filter(panel_front_state(panel)), FILTER_SIZE, argument);
}

static void act_menu(struct panel *panel, enum action action, const char *argument)
{
    (void)argument;
    open_overlay(panel, action == ACTION_STRATEGY ? &panel_view_strategies : &panel_view_laws);
}

static void act_command(struct panel *panel, enum action action, const char *argument)
{
    (void)action, (void)argument;
    panel_prefill(panel, "");
}

/* Sets or asks for the filter of the list in front. */
static void act_filter(struct panel *panel, enum action action, const char *argument)
{
    (void)action;
    char *filter = front_filter(panel);
    if (!filter)
        ui_say(panel->model, LOG_INFO, "there is no list to filter here");
    else if (argument[0])
        text_copy(filter, FILTER_SIZE, argument);
    else
        prompt_open(&panel->prompt, '/', filter);
}

/* Asks for the file, with the table that is in front already named. */
static void act_export(struct panel *panel, enum action action, const char *argument)
{
    (void)argument;
    const struct view *view = panel_front(panel);
    const char *table = view->table ? view->table(panel_front_state(panel)) : NULL;
    char line[64];
    snprintf(line, sizeof line, "%s %s%s", action_row(action)->word, table ? table : "",
             table ? " " : "");
    panel_prefill(panel, line);
    ui_say(panel->model, LOG_INFO, "a file: .csv .tsv .json .md .tex .txt");
}

static void act_note(struct panel *panel, enum action action, const char *argument)
{
    (void)argument;
    char line[64];
    snprintf(line, sizeof line, "%s ", action_row(action)->word);
    panel_prefill(panel, line);
}

static void act_theme(struct panel *panel, enum action action, const char *argument)
{
    (void)action;
    set_theme(panel, argument);
}

static void act_redraw(struct panel *panel, enum action action, const char *argument)
{
    (void)action, (void)argument;
    panel->everything = true;
}

void panel_ask(struct panel *panel, enum action action, const char *argument, const char *text)
{
    struct doubt *doubt = &panel->doubt;
    doubt->open = true;
    doubt->action = action;
    text_copy(doubt->argument, sizeof doubt->argument, argument);
    text_copy(doubt->text, sizeof doubt->text, text);
}

static void act_close(struct panel *panel, enum action action, const char *argument)
{
    (void)action, (void)argument;
    enum run_state state = panel->model->snapshot->state;
    char *filter = front_filter(panel);
    if (filter && filter[0])
        filter[0] = '\0';
    else if (panel->overlay != NO_OVERLAY)
        panel->overlay = NO_OVERLAY;
    else if (state == RUN_FINISHED || state == RUN_STOPPED || state == RUN_FAILED)
        panel->model->want_quit = true;
    else
        panel_ask(panel, ACTION_QUIT, "",
                  "Stop training and leave? A checkpoint is written first.");
}

static void act_in_window(struct panel *panel, enum action action, const char *argument)
{
    (void)action, (void)argument;
    ui_say(panel->model, LOG_INFO, "that is for the window (w opens it)");
}

static panel_action *const panel_actions[ACTION_COUNT] = {
    [ACTION_VIEW_1... ACTION_VIEW_8] = act_view,
    [ACTION_VIEW_NEXT] = act_view_next,
    [ACTION_GOTO_STEP] = act_goto_step,

    [ACTION_HELP] = act_help,
    [ACTION_STRATEGY] = act_menu,
    [ACTION_LAW] = act_menu,
    [ACTION_COMMAND] = act_command,
    [ACTION_FILTER] = act_filter,
    [ACTION_EXPORT] = act_export,
    [ACTION_NOTE] = act_note,
    [ACTION_THEME] = act_theme,
    [ACTION_REDRAW] = act_redraw,
    [ACTION_CLOSE] = act_close,
    [ACTION_FULL_SCREEN] = act_in_window,
    [ACTION_RESET_ZOOM] = act_in_window,
};

void panel_perform(struct panel *panel, enum action action, const char *argument)
{
    struct frame frame = panel_view_frame(panel);
    const struct view *view = panel_front(panel);
    if (action == ACTION_NONE ||
        (view->act && view->act(panel_front_state(panel), &frame, action, argument)))
        return;
    if (ui_perform(panel->model, action, argument))
        return;
    if (panel_actions[action])
        panel_actions[action](panel, action, argument);
    else if (action_row(action)->group != GROUP_MOVE)
        ui_say(panel->model, LOG_INFO, "%s: nothing here for that (%s)", action_row(action)->word,
               action_row(action)->help);
}
