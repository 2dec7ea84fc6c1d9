/* Markdown: a pipe table (GitHub Flavored Markdown), the caption above it. */
#include "stats/table_format.h"

#include <string.h>

/* Punctuation with a meaning is escaped; a cell is one line. */
static void write_escaped(const char *from, struct text *text)
{
    for (const char *at = from; *at; at++) {
        if (strchr("\\`*_[]<>|", *at))
            text_append(text, "\\%c", *at);
        else
            text_append_bytes(text, (unsigned char)*at < ' ' ? " " : at, 1);
    }
}

static void write_table(const struct table *table, struct text *text)
{
    struct text cell = {0};
    if (table->caption) {
        write_escaped(table->caption, text);
        text_append(text, "\n\n");
    }
    for (size_t column = 0; column < table->column_count; column++) {
        if (!table_shows(table, column))
            continue;
        text_clear(&cell);
        table_heading_show(&table->columns[column], &cell);
        text_append(text, "| ");
        write_escaped(text_of(&cell), text);
        text_append(text, " ");
    }
    text_append(text, "|\n");
    for (size_t column = 0; column < table->column_count; column++)
        if (table_shows(table, column))
            text_append(text, "%s", table->columns[column].type == TABLE_TEXT ? "|:---" : "|---:");
    text_append(text, "|\n");
    for (size_t row = 0; row < table_rows(table); row++) {
        for (size_t column = 0; column < table->column_count; column++) {
            if (!table_shows(table, column))
                continue;
            text_clear(&cell);
            table_cell_show(table, row, column, &cell);
            const char *mark = table_cell(table, row, column)->strong ? "**" : "";
            text_append(text, "| %s", mark);
            write_escaped(text_of(&cell), text);
            text_append(text, "%s ", mark);
        }
        text_append(text, "|\n");
    }
    text_add_failure(text, &cell);
    text_release(&cell);
}

bool table_write_markdown(const struct table *const *tables, size_t count, struct text *text,
                          struct error *error)
{
    (void)error;
    table_write_each(tables, count, "\n", write_table, text);
    return true;
}
