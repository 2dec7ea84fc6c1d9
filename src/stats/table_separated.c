/* CSV as RFC 4180 has it (CRLF, quotes doubled), and TSV (\t, \n, \r and \\ written out). The first
 * line holds the columns' names; numbers are exact; a missing value is an empty field. */
#include "stats/table_format.h"

#include <inttypes.h>
#include <string.h>

static void write_quoted(const char *field, struct text *text)
{
    size_t length = strlen(field);
    bool spaced = length && (field[0] == ' ' || field[length - 1] == ' ');
    if (!spaced && !strpbrk(field, ",\"\r\n")) {
        text_append_bytes(text, field, length);
        return;
    }
    text_append(text, "\"");
    for (const char *at = field; *at; at++) {
        if (*at == '"')
            text_append(text, "\"\"");
        else
            text_append_bytes(text, at, 1);
    }
    text_append(text, "\"");
}

static void write_escaped(const char *field, struct text *text)
{
    for (const char *at = field; *at; at++) {
        if (*at == '\t')
            text_append(text, "\\t");
        else if (*at == '\n')
            text_append(text, "\\n");
        else if (*at == '\r')
            text_append(text, "\\r");
        else if (*at == '\\')
            text_append(text, "\\\\");
        else
            text_append_bytes(text, at, 1);
    }
}

/* How one of the two writes a text field, and what stands between fields and after a line. */
struct dialect {
    void (*write_field)(const char *field, struct text *text);
    const char *separator, *line_end;
};
static const struct dialect csv = {write_quoted, ",", "\r\n"}, tsv = {write_escaped, "\t", "\n"};

static void write_cell(const struct dialect *dialect, enum table_type type,
                       const struct table_cell *cell, struct text *text)
{
    char number[32];
    if (cell->missing)
        return;
    switch (type) {
    case TABLE_TEXT:
    case TABLE_MARK:
        dialect->write_field(cell->text, text);
        break;
    case TABLE_INTEGER:
        text_append(text, "%" PRId64, cell->integer);
        break;
    default:
        text_from_real(number, cell->real);
        text_append_bytes(text, number, strlen(number));
    }
}

static void write_table(const struct dialect *dialect, const struct table *table, struct text *text)
{
    for (size_t column = 0; column < table->column_count; column++) {
        text_append(text, "%s", column ? dialect->separator : "");
        dialect->write_field(table->columns[column].name, text);
    }
    text_append(text, "%s", dialect->line_end);
    for (size_t row = 0; row < table_rows(table); row++) {
        for (size_t column = 0; column < table->column_count; column++) {
            text_append_bytes(text, dialect->separator, column > 0);
            write_cell(dialect, table->columns[column].type, table_cell(table, row, column), text);
        }
        text_append_bytes(text, dialect->line_end, strlen(dialect->line_end));
    }
}

static void write_csv(const struct table *table, struct text *text)
{
    write_table(&csv, table, text);
}

static void write_tsv(const struct table *table, struct text *text)
{
    write_table(&tsv, table, text);
}

bool table_write_csv(const struct table *const *tables, size_t count, struct text *text,
                     struct error *error)
{
    (void)error;
    table_write_each(tables, count, csv.line_end, write_csv, text);
    return true;
}

bool table_write_tsv(const struct table *const *tables, size_t count, struct text *text,
                     struct error *error)
{
    (void)error;
    table_write_each(tables, count, tsv.line_end, write_tsv, text);
    return true;
}
