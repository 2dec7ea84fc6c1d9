/* What happened and when: every event of the run's record, with the loss around the chosen one. */
#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/memory.h"
#include "ui/live_tables.h"
#include "ui/panel/chart.h"
#include "ui/panel/columns.h"
#include "ui/panel/format.h"
#include "ui/panel/view.h"

static_assert((int)FILTER_SIZE == (int)LIVE_FILTER_SIZE, "a filter is handed on as it is");

enum { CHART_LEAST = 8, CHART_MOST = 18, LIST_LEAST = 6, WHAT_SIZE = 512 };

/* The columns of the table `events` that are shown, by name. */
enum field {
    FIELD_STEP,
    FIELD_TIME,
    FIELD_ARM,
    FIELD_KIND,
    FIELD_NAME,
    FIELD_OLD,
    FIELD_NEW,
    FIELD_NOTE,
    FIELDS
};
static const char *const field_names[FIELDS] = {
    [FIELD_STEP] = "step", [FIELD_TIME] = "time", [FIELD_ARM] = "arm", [FIELD_KIND] = "kind",
    [FIELD_NAME] = "name", [FIELD_OLD] = "old",   [FIELD_NEW] = "new", [FIELD_NOTE] = "note",
};

enum { STEP, TIME, ARM, WHAT, COLUMNS_USED };
static const struct column columns[COLUMNS_USED] = {
    [STEP] = {"Step", 9, 13, 0, true},
    [TIME] = {"time", 14, 14, 2, false},
    [ARM] = {"arm", 10, 14, 1, false},
    [WHAT] = {"what", 20, 400, 0, false},
};

struct timeline_state {
    struct live_tables *tables; /* made when first drawn */
    char filter[FILTER_SIZE];
    struct list list;
    bool moved;           /* away from the newest event */
    uint64_t goto_seen;   /* the last :goto-step that was followed */
    int field_of[FIELDS]; /* column of the table, -1: it has none */
    const struct live_answer *answer;
    int first_row; /* of the list, for the mouse */
};

static void find_fields(struct timeline_state *timeline, const struct table *table)
{
    for (int field = 0; field < FIELDS; field++) {
        timeline->field_of[field] = -1;
        for (size_t i = 0; i < table->column_count; i++)
            if (!strcmp(table->columns[i].name, field_names[field]))
                timeline->field_of[field] = (int)i;
    }
}

/* The cell of the i-th row shown; null where it is missing. */
static const struct table_cell *field_at(const struct timeline_state *timeline, int index,
                                         enum field field)
{
    const struct live_answer *answer = timeline->answer;
    int column = timeline->field_of[field];
    if (column < 0)
        return NULL;
    const struct table_cell *cell = table_cell(answer->table, answer->rows[index], (size_t)column);
    return cell->missing ? NULL : cell;
}

static const char *text_at(const struct timeline_state *timeline, int index, enum field field)
{
    const struct table_cell *cell = field_at(timeline, index, field);
    return cell ? cell->text : "";
}

static int64_t step_at(const struct timeline_state *timeline, int index)
{
    const struct table_cell *cell = field_at(timeline, index, FIELD_STEP);
    return cell ? cell->integer : 0;
}

/* How an event of a kind is told. */
static const struct telling {
    const char *kind, *words;
    enum role role;
} tellings[] = {
    {"set", "", ROLE_TEXT},
    {"note", "note:", ROLE_GOOD},
    {"pause", "paused", ROLE_DIM},
    {"go-on", "went on", ROLE_DIM},
    {"checkpoint", "checkpoint", ROLE_DIM},
    {"checkpoint-failed", "no checkpoint:", ROLE_ERROR},
    {"arm-add", "arm added:", ROLE_TEXT},
    {"arm-remove", "arm removed:", ROLE_TEXT},
    {"not-finite", "not finite:", ROLE_ERROR},
    {"ratio-clamped", "ratio clamped:", ROLE_WARNING},
};

static struct telling telling_of(const char *kind)
{
    for (size_t i = 0; i < ARRAY_LENGTH(tellings); i++)
        if (!strcmp(tellings[i].kind, kind))
            return tellings[i];
    return (struct telling){kind, kind, ROLE_DIM};
}

/* "arms.block.ratio" of the arm block is its "ratio". */
static const char *short_name(const char *name, const char *arm)
{
    size_t length = strlen(arm);
    bool is_arms = length > 0 && !strncmp(name, "arms.", 5) && !strncmp(name + 5, arm, length) &&
                   name[5 + length] == '.';
    return is_arms ? name + 5 + length + 1 : name;
}

static void write_what(const struct timeline_state *timeline, int index, bool utf8,
                       char out[WHAT_SIZE])
{
    struct telling telling = telling_of(text_at(timeline, index, FIELD_KIND));
    const char *arm = text_at(timeline, index, FIELD_ARM);
    const char *old_value = text_at(timeline, index, FIELD_OLD);
    const char *parts[] = {telling.words,
                           short_name(text_at(timeline, index, FIELD_NAME), arm),
                           old_value,
                           old_value[0] ? (utf8 ? "\u2192" : "->") : "",
                           text_at(timeline, index, FIELD_NEW),
                           text_at(timeline, index, FIELD_NOTE)};
    struct text text = {0};
    for (size_t i = 0; i < ARRAY_LENGTH(parts); i++)
        if (parts[i][0])
            text_append(&text, "%s%s", text.length ? " " : "", parts[i]);
    text_sanitize(out, WHAT_SIZE, text_of(&text));
    text_release(&text);
}

static void draw_event(const struct timeline_state *timeline, const struct frame *frame,
                       const struct area *area, const struct layout *layout, int line, int index)
{
    bool chosen = index == timeline->list.chosen;
    enum role role = chosen ? ROLE_CHOSEN : telling_of(text_at(timeline, index, FIELD_KIND)).role;
    char what[WHAT_SIZE], step[NUMBER_SIZE], clock[32] = "";
    text_from_grouped(step, step_at(timeline, index));
    const struct table_cell *time = field_at(timeline, index, FIELD_TIME);
    time_t seconds = time ? (time_t)time->real : 0;
    struct tm local;
    if (time && localtime_r(&seconds, &local))
        strftime(clock, sizeof clock, "%m-%d %H:%M:%S", &local);
    write_what(timeline, index, frame->screen->utf8, what);
    if (chosen)
        draw_blank(frame->screen, area, line, ROLE_CHOSEN);
    const char *cells[COLUMNS_USED] = {
        [STEP] = step, [TIME] = clock, [ARM] = text_at(timeline, index, FIELD_ARM), [WHAT] = what};
    for (int column = 0; column < COLUMNS_USED; column++)
        columns_cell(frame->screen, area, line, layout, columns, column,
                     chosen           ? ROLE_CHOSEN
                     : column == WHAT ? role
                     : column == TIME ? ROLE_DIM
                                      : ROLE_TEXT,
                     cells[column]);
}

/* The last event that is not after the step; the first if all are. */
static int event_before(const struct timeline_state *timeline, int64_t step)
{
    int found = 0;
    for (int i = 0; i < (int)timeline->answer->count; i++)
        if (step_at(timeline, i) <= step)
            found = i;
    return found;
}

static void follow(struct timeline_state *timeline, const struct frame *frame, int rows)
{
    int count = (int)timeline->answer->count;
    const struct ui_model *model = frame->model;
    if (model->goto_count != timeline->goto_seen && count > 0) {
        timeline->list.chosen = event_before(timeline, model->goto_step);
        timeline->goto_seen = model->goto_count;
        timeline->moved = true;
    }
    if (!timeline->moved)
        timeline->list.chosen = count - 1;
    list_fit(&timeline->list, count, rows);
}

static void draw_chart(const struct timeline_state *timeline, const struct frame *frame,
                       const struct area *area)
{
    const struct snapshot *snapshot = frame->model->snapshot;
    struct chart_series series[ARM_LIMIT];
    char title[64];
    int64_t step = step_at(timeline, timeline->list.chosen);
    char grouped[NUMBER_SIZE];
    text_from_grouped(grouped, step);
    snprintf(title, sizeof title, "Loss, step %s marked", grouped);
    for (int i = 0; i < snapshot->arm_count; i++)
        series[i] = (struct chart_series){
            .curve = &snapshot->arms[i].loss_curve,
            .name = snapshot->arm_count == 1 ? NULL : snapshot->arms[i].name,
            .series = i,
        };
    struct chart chart = {.title = title,
                          .series = series,
                          .count = snapshot->arm_count,
                          .logarithmic = frame->model->log_scale,
                          .smooth = true,
                          .mark = &step,
                          .events = snapshot->events,
                          .event_count = snapshot->event_count,
                          .empty = "no step done yet"};
    chart_draw(frame->screen, area, &chart);
}

static int chart_rows(const struct frame *frame)
{
    int rows = (frame->area.height - LIST_LEAST) / 2;
    return rows < CHART_LEAST ? 0 : rows > CHART_MOST ? CHART_MOST : rows;
}

static void draw_list(struct timeline_state *timeline, const struct frame *frame)
{
    struct layout layout;
    int chart = chart_rows(frame);
    struct area area = area_rows(&frame->area, chart, frame->area.height);
    timeline->first_row = chart + 1;
    follow(timeline, frame, area.height - 1);
    columns_layout(&layout, columns, COLUMNS_USED, area.width);
    columns_headings(frame->screen, &area, 0, &layout, columns, COLUMNS_USED);
    for (int line = 1; line < area.height; line++) {
        int index = timeline->list.top + line - 1;
        if (index < timeline->list.count)
            draw_event(timeline, frame, &area, &layout, line, index);
    }
    if (timeline->list.count == 0) {
        draw_format(frame->screen, &area, 1, 0, ROLE_DIM, "no event has \"%s\"", timeline->filter);
        return;
    }
    if (chart > 0) {
        struct area top = area_rows(&frame->area, 0, chart);
        draw_chart(timeline, frame, &top);
    }
}

static struct live_question question_of(const struct timeline_state *timeline)
{
    struct live_question question = {.groups = TABLE_BY_ALL, .sort = LIVE_UNSORTED};
    size_t count;
    const struct run_table *tables = run_tables(&count), *events = run_table_find("events", NULL);
    question.table = events ? (size_t)(events - tables) : 0;
    memcpy(question.filter, timeline->filter, sizeof question.filter);
    return question;
}

static void draw(void *state, const struct frame *frame)
{
    struct timeline_state *timeline = state;
    struct error error;
    if (!timeline->tables && !(timeline->tables = live_tables_new(&error))) {
        draw_text(frame->screen, &frame->area, 0, 0, ROLE_ERROR, error.message);
        return;
    }
    struct live_question question = question_of(timeline);
    timeline->answer = live_tables_ask(timeline->tables, frame->model->snapshot, &question);
    if (!timeline->answer) {
        draw_text(frame->screen, &frame->area, 0, 0, ROLE_DIM, "being read from the record ...");
    } else if (!timeline->answer->table) {
        draw_format(frame->screen, &frame->area, 0, 0, ROLE_DIM, "no events: %s",
                    timeline->answer->error.message);
    } else {
        find_fields(timeline, timeline->answer->table);
        draw_list(timeline, frame);
    }
}

static bool act(void *state, const struct frame *frame, enum action action, const char *argument)
{
    (void)argument;
    struct timeline_state *timeline = state;
    if (action == ACTION_ENTER) {
        panel_prefill(frame->panel, "note ");
        return true;
    }
    if (!list_act(&timeline->list, action, frame->area.height - chart_rows(frame) - 1))
        return false;
    timeline->moved = timeline->list.chosen < timeline->list.count - 1;
    return true;
}

static void click(void *state, const struct frame *frame, int row, int column, bool twice)
{
    (void)frame, (void)column, (void)twice;
    struct timeline_state *timeline = state;
    int index = timeline->list.top + row - timeline->first_row;
    if (row < timeline->first_row || index >= timeline->list.count)
        return;
    timeline->list.chosen = index;
    timeline->moved = index < timeline->list.count - 1;
}

static const char *table(const void *state)
{
    (void)state;
    return "events";
}

static bool news(void *state)
{
    struct timeline_state *timeline = state;
    return timeline->tables && live_tables_news(timeline->tables);
}

static char *filter(void *state)
{
    struct timeline_state *timeline = state;
    return timeline->filter;
}

static void release(void *state)
{
    struct timeline_state *timeline = state;
    live_tables_free(timeline->tables);
}

const struct view panel_view_timeline = {
    .name = "timeline",
    .title = "Timeline",
    .hints = "down+up=move;last=newest;enter=note;filter;log-scale=log;export",
    .state_size = sizeof(struct timeline_state),
    .draw = draw,
    .act = act,
    .click = click,
    .table = table,
    .news = news,
    .filter = filter,
    .release = release,
};
