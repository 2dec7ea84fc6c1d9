/* Plain text: a caption, headings over a rule, columns aligned (numbers to the right). */
#include "stats/table_format.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char gap[] = "  ";
enum { CAPTION_WIDTH = 79 };

/* A cell as it is, and what a terminal may show of it. */
struct shown_cell {
    struct text raw, clean;
};

/* Then every number of the column has room for an asterisk behind it. */
static bool has_strong(const struct table *table, size_t column)
{
    for (size_t row = 0; table->emphasised && row < table_rows(table); row++)
        if (table_cell(table, row, column)->strong)
            return true;
    return false;
}

/* Fills in the cell, or the heading for row -1; returns the text to show. */
static const char *show(const struct table *table, ptrdiff_t row, size_t column,
                        struct shown_cell *cell)
{
    struct text *raw = &cell->raw, *clean = &cell->clean;
    text_clear(raw);
    text_clear(clean);
    if (row < 0)
        table_heading_show(&table->columns[column], raw);
    else
        table_cell_show(table, (size_t)row, column, raw);
    if (row >= 0 && has_strong(table, column))
        text_append(raw, table_cell(table, (size_t)row, column)->strong ? "*" : " ");
    text_append_bytes(clean, text_of(raw), raw->length);
    if (!clean->failed)
        text_sanitize(clean->bytes, raw->length + 1, text_of(raw));
    return text_of(clean);
}

static int column_width(const struct table *table, size_t column, struct shown_cell *cell)
{
    int widest = 0;
    for (ptrdiff_t row = -1; row < (ptrdiff_t)table_rows(table); row++) {
        int width = text_columns(show(table, row, column, cell));
        widest = width > widest ? width : widest;
    }
    return widest;
}

static void pad(struct text *text, char with, int count)
{
    for (int i = 0; i < count; i++)
        text_append_bytes(text, &with, 1);
}

static bool is_number(const struct table_column *column)
{
    return column->type != TABLE_TEXT && column->type != TABLE_MARK;
}

/* One past the last column that is shown. */
static size_t shown_end(const struct table *table)
{
    size_t end = table->column_count;
    while (end > 0 && !table_shows(table, end - 1))
        end--;
    return end;
}

static void write_row(const struct table *table, ptrdiff_t row, const int *widths,
                      struct shown_cell *cell, struct text *text)
{
    size_t end = shown_end(table);
    for (size_t column = 0; column < end; column++) {
        bool last = column + 1 == end;
        bool number = is_number(&table->columns[column]);
        if (!table_shows(table, column))
            continue;
        const char *shown = show(table, row, column, cell);
        int space = widths[column] - text_columns(shown);
        pad(text, ' ', number ? space : 0);
        text_append_bytes(text, shown, strlen(shown));
        pad(text, ' ', number || last ? 0 : space);
        text_append(text, "%s", last ? "\n" : gap);
    }
    text_add_failure(text, &cell->raw);
    text_add_failure(text, &cell->clean);
}

/* The words of the caption in lines of at most `width` columns. */
static void write_wrapped(const char *words, int width, struct text *text)
{
    int column = 0;
    while (*words) {
        char word[128];
        size_t length = strcspn(words, " ");
        snprintf(word, sizeof word, "%.*s", (int)length, words);
        int columns = text_columns(word);
        bool fits = column == 0 || column + 1 + columns <= width;
        text_append(text, "%s", column == 0 ? "" : fits ? " " : "\n");
        text_append_bytes(text, words, length);
        column = fits && column > 0 ? column + 1 + columns : columns;
        words += length;
        words += *words == ' ';
    }
    text_append(text, "\n");
}

static void write_table(const struct table *table, struct text *text)
{
    struct shown_cell cell = {0};
    int *widths = calloc(table->column_count, sizeof *widths);
    if (!widths) {
        text->failed = true;
        return;
    }
    int total = 0;
    for (size_t column = 0; column < shown_end(table); column++) {
        if (!table_shows(table, column))
            continue;
        widths[column] = column_width(table, column, &cell);
        total += widths[column] + (column ? (int)strlen(gap) : 0);
    }
    if (table->caption)
        write_wrapped(table->caption, total > CAPTION_WIDTH ? total : CAPTION_WIDTH, text);
    write_row(table, -1, widths, &cell, text);
    pad(text, '-', total);
    text_append(text, "\n");
    for (size_t row = 0; row < table_rows(table); row++)
        write_row(table, (ptrdiff_t)row, widths, &cell, text);
    free(widths);
    text_release(&cell.raw);
    text_release(&cell.clean);
}

bool table_write_text(const struct table *const *tables, size_t count, struct text *text,
                      struct error *error)
{
    (void)error;
    table_write_each(tables, count, "\n", write_table, text);
    return true;
}
