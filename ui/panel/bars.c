#include "ui/panel/bars.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "ui/panel/format.h"

enum { SEGMENT_SIZE = 96, SEGMENTS = 6, HINT_SIZE = 48, ROOMY_HEIGHT = 8, ROOMY_WIDTH = 60 };

/* A piece of the title; of those that do not all fit the highest rank is left out first. */
struct segment {
    int rank;
    char text[SEGMENT_SIZE];
};

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash && slash[1] ? slash + 1 : path;
}

/* Whether the message is a figure, which goes with the state into the title, not a sentence. */
static bool counts_itself(const struct snapshot *snapshot)
{
    return snapshot->state == RUN_EVALUATING;
}

static void write_state(const struct snapshot *snapshot, char out[SEGMENT_SIZE])
{
    char state[STATE_TEXT_SIZE];
    run_state_write(snapshot, state);
    text_copy(out, SEGMENT_SIZE, counts_itself(snapshot) ? state : run_state_name(snapshot->state));
}

/* What is not known yet is left empty. */
static void make_segments(const struct frame *frame, struct segment segments[SEGMENTS])
{
    const struct snapshot *snapshot = frame->model->snapshot;
    char step[NUMBER_SIZE], total[NUMBER_SIZE], loss[NUMBER_SIZE], speed[NUMBER_SIZE], left[16];
    bool narrow = frame->screen->width < ROOMY_WIDTH;
    if (narrow) {
        text_from_count(step, (double)snapshot->step);
        text_from_count(total, (double)snapshot->total_steps);
    } else {
        text_from_grouped(step, snapshot->step);
        text_from_grouped(total, snapshot->total_steps);
    }
    format_number(loss, snapshot->arm_count > 0 ? ui_chosen_arm(frame->model)->smooth_loss : 0, 7);
    format_rough(speed, snapshot->images_per_second);
    text_from_duration(left, snapshot->remaining);
    enum { NAME, STATE, STEP, LOSS, SPEED, LEFT };
    segments[NAME].rank = 5;
    text_copy(segments[NAME].text, SEGMENT_SIZE,
              snapshot->folder[0] ? base_name(snapshot->folder) : "maskscope");
    segments[STATE].rank = 0;
    write_state(snapshot, segments[STATE].text);
    segments[STEP].rank = 1;
    snprintf(segments[STEP].text, SEGMENT_SIZE, narrow ? "%s/%s" : "step %s of %s", step, total);
    segments[LOSS].rank = 2;
    if (snapshot->step > 0)
        snprintf(segments[LOSS].text, SEGMENT_SIZE, narrow ? "%s" : "loss %s", loss);
    segments[SPEED].rank = 3;
    if (snapshot->images_per_second > 0)
        snprintf(segments[SPEED].text, SEGMENT_SIZE, narrow ? "%s/s" : "%s images/s", speed);
    segments[LEFT].rank = 4;
    if (strcmp(left, "-") != 0)
        snprintf(segments[LEFT].text, SEGMENT_SIZE, "%s left", left);
}

static enum role state_role(const struct snapshot *snapshot)
{
    return snapshot->state == RUN_FAILED ? ROLE_ERROR : ROLE_TITLE;
}

static bool is_shown(const struct segment *segment, int most)
{
    return segment->rank <= most && segment->text[0];
}

void bars_title(const struct frame *frame)
{
    enum { GAP = 2 };
    struct segment segments[SEGMENTS] = {0};
    const struct snapshot *snapshot = frame->model->snapshot;
    make_segments(frame, segments);
    int most = SEGMENTS - 1;
    for (; most > 0; most--) {
        int width = 2;
        for (int i = 0; i < SEGMENTS; i++)
            width += is_shown(&segments[i], most) ? text_width(segments[i].text) + GAP : 0;
        if (width - GAP <= frame->area.width)
            break;
    }
    int column = frame->area.width >= ROOMY_WIDTH / 3 + 10;
    draw_blank(frame->screen, &frame->area, 0, ROLE_TITLE);
    for (int i = 0; i < SEGMENTS; i++)
        if (is_shown(&segments[i], most))
            column = draw_text(frame->screen, &frame->area, 0, column,
                               segments[i].rank == 0 ? state_role(snapshot) : ROLE_TITLE,
                               segments[i].text) +
                     GAP;
}

/* How much of the tabs is shown: all names, closer together, or numbers and the open one's name. */
enum tab_style { TABS_ROOMY, TABS_CLOSE, TABS_NUMBERS, TAB_STYLES };

static int tab_gap(enum tab_style style)
{
    return style == TABS_ROOMY ? 2 : 1;
}

static int tab_width(enum tab_style style, const struct view *view, bool open)
{
    return style == TABS_NUMBERS && !open ? 1 : 2 + text_width(view->title);
}

static enum tab_style choose_tab_style(int width, const struct view *const *views, size_t count,
                                       size_t open)
{
    enum tab_style style = TABS_ROOMY;
    for (; style < TABS_NUMBERS; style++) {
        int used = 1 - tab_gap(style);
        for (size_t i = 0; i < count; i++)
            used += tab_width(style, views[i], i == open) + tab_gap(style);
        if (used <= width)
            break;
    }
    return style;
}

void bars_tabs(const struct frame *frame, const struct view *const *views, size_t count,
               size_t open, int *columns)
{
    enum tab_style style = choose_tab_style(frame->area.width, views, count, open);
    int column = 1;
    for (size_t i = 0; i < count; i++) {
        columns[i] = column;
        int after = draw_format(frame->screen, &frame->area, 0, column, ROLE_KEY, "%zu", i + 1);
        if (style != TABS_NUMBERS || i == open)
            draw_text(frame->screen, &frame->area, 0, after + 1, i == open ? ROLE_TAB : ROLE_DIM,
                      views[i]->title);
        column += tab_width(style, views[i], i == open) + tab_gap(style);
    }
    columns[count] = column;
}

void bars_status(const struct frame *frame)
{
    const struct ui_model *model = frame->model;
    char state[STATE_TEXT_SIZE];
    static const enum role roles[] = {[LOG_DEBUG] = ROLE_DIM,
                                      [LOG_INFO] = ROLE_TEXT,
                                      [LOG_WARNING] = ROLE_WARNING,
                                      [LOG_ERROR] = ROLE_ERROR};
    run_state_write(model->snapshot, state);
    draw_blank(frame->screen, &frame->area, 0, ROLE_TEXT);
    if (model->status[0] && ui_now() < model->status_until)
        draw_text(frame->screen, &frame->area, 0, 1, roles[model->status_level], model->status);
    else if (model->snapshot->message[0] && !counts_itself(model->snapshot))
        draw_text(frame->screen, &frame->area, 0, 1,
                  model->snapshot->state == RUN_FAILED ? ROLE_ERROR : ROLE_DIM, state);
    else if (!model->window_open && model->window_problem[0])
        draw_format(frame->screen, &frame->area, 0, 1, ROLE_DIM, "no window: %s",
                    model->window_problem);
}

static void append_key(const struct frame *frame, const char *word, struct text *keys)
{
    char bound[64] = "";
    enum action action = action_find(word);
    if (action != ACTION_NONE)
        keymap_keys(frame->keymap, action, bound, sizeof bound);
    bound[strcspn(bound, " ")] = '\0';
    text_append(keys, "%s%s", keys->length > 0 && bound[0] ? " " : "", bound);
}

/* "pause", "enter=edit" or "up+down=move": the actions' first keys, and what they are called here.
 */
static void read_hint(const struct frame *frame, const char **hints, struct text *keys,
                      char name[HINT_SIZE])
{
    char hint[HINT_SIZE], *words = hint, *word;
    size_t length = strcspn(*hints, ";");
    snprintf(hint, sizeof hint, "%.*s", (int)length, *hints);
    *hints += length + ((*hints)[length] == ';');
    char *equals = strchr(hint, '=');
    text_copy(name, HINT_SIZE, equals ? equals + 1 : hint);
    if (equals)
        *equals = '\0';
    while ((word = strsep(&words, "+")))
        append_key(frame, word, keys);
}

/* "? help" at the right end, where it always stands; returns the columns left for the others. */
static int draw_help_hint(const struct frame *frame)
{
    enum { GAP = 2 };
    struct text key = {0};
    append_key(frame, action_row(ACTION_HELP)->word, &key);
    int width = text_width(text_of(&key)) + text_width(" help ");
    int column = frame->area.width - width;
    if (column > 0) {
        int after = draw_text(frame->screen, &frame->area, 0, column, ROLE_KEY, text_of(&key));
        draw_text(frame->screen, &frame->area, 0, after, ROLE_DIM, " help");
    }
    text_release(&key);
    return column > GAP ? column - GAP : 0;
}

void bars_hints(const struct frame *frame, const char *hints)
{
    const struct screen *screen = frame->screen;
    const struct area *area = &frame->area;
    int column = 1;
    draw_blank(screen, area, 0, ROLE_TEXT);
    int width = draw_help_hint(frame);
    while (*hints) {
        char name[HINT_SIZE];
        struct text keys = {0};
        read_hint(frame, &hints, &keys, name);
        bool fits = column + text_width(text_of(&keys)) + 1 + text_width(name) <= width;
        if (keys.length > 0 && fits) {
            column = draw_text(screen, area, 0, column, ROLE_KEY, text_of(&keys));
            column = draw_text(screen, area, 0, column + 1, ROLE_DIM, name) + 2;
        }
        text_release(&keys);
        if (!fits)
            return;
    }
}
