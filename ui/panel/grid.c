#include "ui/panel/grid.h"

#include <stdio.h>
#include <string.h>

#include "ui/panel/format.h"

/* A column takes at most CELL_MOST places; widths are those of at most SAMPLE_ROWS rows. */
enum { GAP = 2, CELL_MOST = 32, SAMPLE_ROWS = 512, CELL_SIZE = 512 };

static void show_cell(const struct table *table, size_t row, size_t column, char out[CELL_SIZE])
{
    struct text text = {0};
    table_cell_show(table, row, column, &text);
    text_sanitize(out, CELL_SIZE, text_of(&text));
    text_release(&text);
}

static void show_heading(const struct live_answer *answer, size_t column, bool utf8,
                         char out[CELL_SIZE])
{
    struct text text = {0};
    table_heading_show(&answer->table->columns[column], &text);
    if (answer->question.sort == (int)column) {
        const char *down = utf8 ? "\u25be" : "v", *up = utf8 ? "\u25b4" : "^";
        text_append(&text, "%s", answer->question.descending ? down : up);
    }
    text_sanitize(out, CELL_SIZE, text_of(&text));
    text_release(&text);
}

static bool flush_right(const struct table *table, size_t column)
{
    return table->columns[column].type == TABLE_INTEGER ||
           table->columns[column].type == TABLE_REAL;
}

/* Widths that hold the headings and the rows, or an even sample of them. */
static void measure(struct grid *grid, const struct live_answer *answer, bool utf8)
{
    char cell[CELL_SIZE];
    grid->measured = answer->number;
    grid->columns =
        answer->table->column_count < GRID_COLUMNS ? answer->table->column_count : GRID_COLUMNS;
    grid->first = grid->first < 1 ? 1 : grid->first;
    grid->first = grid->first >= grid->columns ? grid->columns - 1 : grid->first;
    size_t stride = answer->count / SAMPLE_ROWS + 1;
    for (size_t column = 0; column < grid->columns; column++) {
        show_heading(answer, column, utf8, cell);
        int widest = text_width(cell);
        for (size_t i = 0; i < answer->count; i += stride) {
            show_cell(answer->table, answer->rows[i], column, cell);
            int width = text_width(cell);
            widest = width > widest ? width : widest;
        }
        grid->width[column] = widest > CELL_MOST ? CELL_MOST : widest;
    }
}

/* Decides where the columns lie; true if some are left out to the right. */
static bool place_columns(struct grid *grid, int width)
{
    int at = 0;
    bool full = false;
    for (size_t column = 0; column < grid->columns; column++) {
        bool wanted = column == 0 || column >= grid->first;
        bool least = column == 0 || column == grid->first; /* however narrow the screen */
        full = full || (wanted && !least && at + grid->width[column] > width - 1);
        grid->place[column] = wanted && !full && at < width ? at : -1;
        at += grid->place[column] >= 0 ? grid->width[column] + GAP : 0;
    }
    return full;
}

static void draw_row(const struct grid *grid, const struct screen *screen, const struct area *area,
                     int line, const struct live_answer *answer, int index)
{
    bool chosen = index == grid->list.chosen;
    char cell[CELL_SIZE];
    if (chosen)
        draw_blank(screen, area, line, ROLE_CHOSEN);
    for (size_t column = 0; column < grid->columns; column++) {
        if (grid->place[column] < 0)
            continue;
        uint32_t row = answer->rows[index];
        show_cell(answer->table, row, column, cell);
        bool missing = table_cell(answer->table, row, column)->missing;
        enum role role = chosen ? ROLE_CHOSEN : missing ? ROLE_DIM : ROLE_TEXT;
        draw_field(screen, area, line, grid->place[column], grid->width[column], role,
                   flush_right(answer->table, column), cell);
    }
}

static void draw_headings(const struct grid *grid, const struct screen *screen,
                          const struct area *area, const struct live_answer *answer, bool more)
{
    char heading[CELL_SIZE];
    for (size_t column = 0; column < grid->columns; column++) {
        if (grid->place[column] < 0)
            continue;
        show_heading(answer, column, screen->utf8, heading);
        draw_field(screen, area, 0, grid->place[column], grid->width[column],
                   answer->question.sort == (int)column ? ROLE_KEY : ROLE_HEADING,
                   flush_right(answer->table, column), heading);
    }
    if (more)
        draw_text(screen, area, 0, area->width - 1, ROLE_KEY, screen->utf8 ? "\u203a" : ">");
    if (grid->first > 1 && grid->columns > 1)
        draw_text(screen, area, 0, grid->place[grid->first] - 1, ROLE_KEY,
                  screen->utf8 ? "\u2039" : "<");
}

void grid_draw(struct grid *grid, const struct screen *screen, const struct area *area,
               const struct live_answer *answer)
{
    if (grid->measured != answer->number)
        measure(grid, answer, screen->utf8);
    bool more = place_columns(grid, area->width);
    list_fit(&grid->list, (int)answer->count, area->height - 1);
    draw_headings(grid, screen, area, answer, more);
    for (int line = 1; line < area->height && grid->list.top + line - 1 < grid->list.count; line++)
        draw_row(grid, screen, area, line, answer, grid->list.top + line - 1);
    if (answer->count == 0)
        draw_text(screen, area, 1, 0, ROLE_DIM, "no row matches");
}

bool grid_act(struct grid *grid, enum action action, int rows)
{
    if (action == ACTION_RIGHT)
        grid->first += grid->first + 1 < grid->columns;
    else if (action == ACTION_LEFT)
        grid->first -= grid->first > 1;
    else
        return list_act(&grid->list, action, rows - 1);
    return true;
}

int grid_column_at(const struct grid *grid, int column)
{
    for (size_t i = 0; i < grid->columns; i++)
        if (grid->place[i] >= 0 && column >= grid->place[i] &&
            column < grid->place[i] + grid->width[i])
            return (int)i;
    return -1;
}
