/* The tables made from the run's record: all that the registry has, each sorted, filtered, grouped
 * and exported as it stands. */
#include <stdio.h>
#include <string.h>

#include "ui/export.h"
#include "ui/live_tables.h"
#include "ui/panel/format.h"
#include "ui/panel/grid.h"
#include "ui/panel/view.h"
#include "ui/words.h"

enum { HEAD_ROWS = 2, GAP = 2 };

struct statistics_state {
    struct live_tables *tables; /* made when first drawn */
    struct live_question question;
    struct grid grid;
    const struct live_answer *answer; /* the last one drawn; valid until the next is asked for */
    int tab_end[GRID_COLUMNS];        /* where the names of tables end, for the mouse */
    int tab_first;
};

static const struct run_table *chosen_table(const struct statistics_state *statistics)
{
    size_t count;
    return &run_tables(&count)[statistics->question.table];
}

/* The names of the tables, from one that leaves the chosen one in sight. */
static void draw_tables(struct statistics_state *statistics, const struct frame *frame)
{
    size_t count, chosen = statistics->question.table;
    const struct run_table *tables = run_tables(&count);
    size_t first = chosen + 1;
    int width = 2;
    while (first > 0 && width + text_width(tables[first - 1].name) + GAP < frame->area.width - 1)
        width += text_width(tables[--first].name) + GAP;
    first = first > chosen ? chosen : first;
    int column = 0;
    if (first > 0)
        column = draw_text(frame->screen, &frame->area, 0, 0, ROLE_KEY,
                           frame->screen->utf8 ? "\u2039 " : "< ");
    statistics->tab_first = (int)first;
    memset(statistics->tab_end, 0, sizeof statistics->tab_end);
    for (size_t i = first; i < count && i < first + GRID_COLUMNS; i++) {
        bool last = i + 1 == count;
        if (column + text_width(tables[i].name) > frame->area.width - (last ? 0 : GAP)) {
            draw_text(frame->screen, &frame->area, 0, frame->area.width - 1, ROLE_KEY,
                      frame->screen->utf8 ? "\u203a" : ">");
            return;
        }
        column = draw_text(frame->screen, &frame->area, 0, column,
                           i == chosen ? ROLE_TAB : ROLE_DIM, tables[i].name);
        statistics->tab_end[i - first] = column;
        column += GAP;
    }
}

static const char *groups_name(unsigned groups)
{
    return groups == TABLE_BY_STRATEGY ? "strategy"
           : groups == TABLE_BY_RATIO  ? "ratio"
                                       : "strategy, ratio";
}

/* Which rows are on the screen, where there are more. */
static void append_shown(const struct list *list, int shown, struct text *text)
{
    int last = list->top + shown < list->count ? list->top + shown : list->count;
    if (shown > 0 && shown < list->count)
        text_append(text, " (%d to %d here)", list->top + 1, last);
    text_append(text, ". ");
}

/* What the table is, and what has been done to it; `shown`: rows that there is room for. */
static void draw_caption(const struct statistics_state *statistics, const struct frame *frame,
                         int shown)
{
    const struct live_answer *answer = statistics->answer;
    const struct run_table *kind = chosen_table(statistics);
    struct text text = {0};
    if (answer && answer->table && answer->count == table_rows(answer->table))
        text_append(&text, "%zu row%s", answer->count, answer->count == 1 ? "" : "s");
    else if (answer && answer->table)
        text_append(&text, "%zu of %zu rows with \"%s\"", answer->count, table_rows(answer->table),
                    answer->question.filter);
    if (answer && answer->table)
        append_shown(&statistics->grid.list, shown, &text);
    if (kind->grouped && statistics->question.groups)
        text_append(&text, "By %s. ", groups_name(statistics->question.groups));
    text_append(&text, "%s", kind->help);
    draw_text(frame->screen, &frame->area, 1, 0, ROLE_DIM, text_of(&text));
    text_release(&text);
}

static bool is_of_this_table(const struct statistics_state *statistics)
{
    const struct live_answer *answer = statistics->answer;
    return answer && answer->question.table == statistics->question.table;
}

/* Of what: n, seeds, intervals, tests. Null while there is no table. */
static const char *note_of(const struct statistics_state *statistics)
{
    return is_of_this_table(statistics) && statistics->answer->table
               ? statistics->answer->table->caption
               : NULL;
}

/* The rows of the note below the table: all that it needs where the table leaves them free, a few
 * where it does not, none on a small screen. */
static int note_rows(const struct statistics_state *statistics, const struct frame *frame)
{
    enum { SMALL = 12, LEAST = 2, HEADING = 1, APART = 1 };
    const char *note = note_of(statistics);
    int needed = 0;
    if (!note || frame->area.height < SMALL)
        return 0;
    for (; *note; note += text_break(note, frame->area.width))
        needed++;
    int free_rows = frame->area.height - HEAD_ROWS - HEADING - (int)statistics->answer->count;
    int most = free_rows - APART > LEAST ? free_rows - APART : LEAST;
    return needed < most ? needed : most;
}

static void draw_note(const struct statistics_state *statistics, const struct frame *frame,
                      int rows)
{
    enum { LINE = 1024 };
    const char *note = note_of(statistics);
    char line[LINE];
    for (int row = frame->area.height - rows; row < frame->area.height; row++) {
        size_t bytes = text_break(note, frame->area.width);
        bool last = row + 1 == frame->area.height;
        snprintf(line, sizeof line, "%.*s", last ? LINE - 1 : (int)bytes, note);
        draw_field(frame->screen, &frame->area, row, 0, frame->area.width, ROLE_DIM, false, line);
        note += bytes;
    }
}

/* Where the table is, above its note and a line between the two. */
static struct area grid_area(const struct statistics_state *statistics, const struct frame *frame)
{
    int rows = note_rows(statistics, frame),
        row = frame->area.height > 2 * HEAD_ROWS ? HEAD_ROWS : 1;
    return area_rows(&frame->area, row, frame->area.height - row - (rows ? rows + 1 : 0));
}

static void draw(void *state, const struct frame *frame)
{
    struct statistics_state *statistics = state;
    struct error error;
    if (!statistics->tables && !(statistics->tables = live_tables_new(&error))) {
        draw_text(frame->screen, &frame->area, 0, 0, ROLE_ERROR, error.message);
        return;
    }
    statistics->answer =
        live_tables_ask(statistics->tables, frame->model->snapshot, &statistics->question);
    struct area area = grid_area(statistics, frame);
    draw_tables(statistics, frame);
    draw_note(statistics, frame, note_rows(statistics, frame));
    if (!is_of_this_table(statistics))
        draw_text(frame->screen, &area, 0, 0, ROLE_DIM, "being made from the record ...");
    else if (statistics->answer->table)
        grid_draw(&statistics->grid, frame->screen, &area, statistics->answer);
    else
        draw_format(frame->screen, &area, 0, 0, ROLE_DIM, "nothing to show yet: %s",
                    statistics->answer->error.message);
    if (area.row > frame->area.row + 1)
        draw_caption(statistics, frame, area.height - 1);
}

static void open(void *state, const struct frame *frame)
{
    (void)frame;
    struct statistics_state *statistics = state;
    if (statistics->tables)
        return;
    statistics->question.groups = chosen_table(statistics)->groups;
    statistics->question.sort = LIVE_UNSORTED;
}

static void choose_table(struct statistics_state *statistics, size_t table)
{
    statistics->question.table = table;
    statistics->question.groups = chosen_table(statistics)->groups;
    statistics->question.sort = LIVE_UNSORTED;
    statistics->question.descending = false;
    statistics->grid = (struct grid){0};
}

static void sort_by(struct statistics_state *statistics, int column)
{
    statistics->question.descending =
        column == statistics->question.sort && !statistics->question.descending;
    statistics->question.sort = column;
}

/* Through the columns and, in between, as the table was made. */
static void sort_next(struct statistics_state *statistics, int direction)
{
    int count = (int)statistics->grid.columns + 1;
    statistics->question.sort =
        (statistics->question.sort + 1 + direction + count) % count + LIVE_UNSORTED;
}

static void say_columns(struct ui_model *model, const struct table *table, const char *wrong)
{
    struct text names = {0};
    for (size_t i = 0; i < table->column_count; i++)
        text_append(&names, "%s%s", i ? ", " : "", table->columns[i].name);
    ui_say(model, LOG_WARNING, "there is no column '%.40s'; there are %s", wrong, text_of(&names));
    text_release(&names);
}

static void sort_by_name(struct statistics_state *statistics, struct ui_model *model,
                         const char *name)
{
    const struct table *table = is_of_this_table(statistics) ? statistics->answer->table : NULL;
    for (size_t i = 0; table && i < table->column_count; i++)
        if (!strcmp(table->columns[i].name, name)) {
            sort_by(statistics, (int)i);
            return;
        }
    if (table)
        say_columns(model, table, name);
    else
        ui_say(model, LOG_WARNING, "there is no table to sort yet");
}

static void group_by(struct statistics_state *statistics, struct ui_model *model,
                     const char *argument)
{
    static const unsigned next[] = {[TABLE_BY_NOTHING] = TABLE_BY_STRATEGY,
                                    [TABLE_BY_STRATEGY] = TABLE_BY_RATIO,
                                    [TABLE_BY_RATIO] = TABLE_BY_ALL,
                                    [TABLE_BY_ALL] = TABLE_BY_STRATEGY};
    struct error error;
    if (!chosen_table(statistics)->grouped)
        ui_say(model, LOG_WARNING, "the table %s has no groups; matrix has",
               chosen_table(statistics)->name);
    else if (!argument[0])
        statistics->question.groups = next[statistics->question.groups];
    else if (!table_groups_parse(argument, &statistics->question.groups, &error))
        ui_say(model, LOG_WARNING, "group: %s", error.message);
    /* The columns are others: an order by one of them means nothing any more. */
    statistics->question.sort = LIVE_UNSORTED;
    statistics->grid.first = 0;
}

/* ":export FILE" saves the rows on show, in their order; with a table's name it is the model's. */
static bool export_shown(const struct statistics_state *statistics, struct ui_model *model,
                         const char *argument)
{
    struct error error;
    if (!argument[0] || export_names_table(argument) || !is_of_this_table(statistics) ||
        !statistics->answer->table)
        return false;
    if (export_rows(statistics->answer->table, statistics->answer->rows, statistics->answer->count,
                    argument, &error))
        ui_say(model, LOG_INFO, "saved the table '%s' as shown, %zu row%s, to %s",
               statistics->answer->table->name, statistics->answer->count,
               statistics->answer->count == 1 ? "" : "s", argument);
    else
        ui_say(model, LOG_WARNING, "%s", error.message);
    return true;
}

static bool act(void *state, const struct frame *frame, enum action action, const char *argument)
{
    struct statistics_state *statistics = state;
    size_t count, table = statistics->question.table;
    run_tables(&count);
    switch (action) {
    case ACTION_IMAGE_NEXT:
        choose_table(statistics, (table + 1) % count);
        return true;
    case ACTION_IMAGE_PREVIOUS:
        choose_table(statistics, (table + count - 1) % count);
        return true;
    case ACTION_SORT:
        if (argument[0])
            sort_by_name(statistics, frame->model, argument);
        else
            sort_next(statistics, 1);
        return true;
    case ACTION_SORT_PREVIOUS:
        sort_next(statistics, -1);
        return true;
    case ACTION_REVERSE:
        statistics->question.descending = !statistics->question.descending;
        return true;
    case ACTION_GROUP:
        group_by(statistics, frame->model, argument);
        return true;
    case ACTION_EXPORT:
        return export_shown(statistics, frame->model, argument);
    default:
        return grid_act(&statistics->grid, action, grid_area(statistics, frame).height);
    }
}

static void click(void *state, const struct frame *frame, int row, int column, bool twice)
{
    (void)twice;
    struct statistics_state *statistics = state;
    struct area area = grid_area(statistics, frame);
    int line = row - (area.row - frame->area.row);
    size_t count;
    run_tables(&count);
    for (int i = 0; row == 0 && i < GRID_COLUMNS && statistics->tab_end[i]; i++)
        if (column < statistics->tab_end[i] + GAP) {
            choose_table(statistics, (size_t)(statistics->tab_first + i));
            return;
        }
    int sorted = grid_column_at(&statistics->grid, column);
    if (line == 0 && sorted >= 0)
        sort_by(statistics, sorted);
    if (line > 0 && statistics->grid.list.top + line - 1 < statistics->grid.list.count)
        statistics->grid.list.chosen = statistics->grid.list.top + line - 1;
}

static bool news(void *state)
{
    struct statistics_state *statistics = state;
    return statistics->tables && live_tables_news(statistics->tables);
}

static char *filter(void *state)
{
    struct statistics_state *statistics = state;
    return statistics->question.filter;
}

static void release(void *state)
{
    struct statistics_state *statistics = state;
    live_tables_free(statistics->tables);
}

const struct view panel_view_statistics = {
    .name = "statistics",
    .title = "Statistics",
    .hints = "next+previous=table;sort-previous+sort=sort by;reverse;filter;group;left+right="
             "columns;export;eval",
    .state_size = sizeof(struct statistics_state),
    .open = open,
    .draw = draw,
    .act = act,
    .click = click,
    .news = news,
    .filter = filter,
    .release = release,
};
