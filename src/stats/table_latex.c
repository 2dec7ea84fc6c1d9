/* LaTeX: a table float with booktabs' rules (\usepackage{booktabs}). */
#include "stats/table_format.h"

#include <string.h>

static const char *replacement(char character)
{
    switch (character) {
    case '\\':
        return "\\textbackslash{}";
    case '~':
        return "\\textasciitilde{}";
    case '^':
        return "\\textasciicircum{}";
    case '<':
        return "\\textless{}";
    case '>':
        return "\\textgreater{}";
    case '|':
        return "\\textbar{}";
    default:
        return NULL;
    }
}

static void write_escaped(const char *from, struct text *text)
{
    for (const char *at = from; *at; at++) {
        const char *replaced = replacement(*at);
        if (replaced)
            text_append(text, "%s", replaced);
        else if (strchr("#$%&_{}", *at))
            text_append(text, "\\%c", *at);
        else
            text_append_bytes(text, (unsigned char)*at < ' ' ? " " : at, 1);
    }
}

/* "-1.5e-13" becomes $-1.5 \times 10^{-13}$: a minus sign and an exponent need mathematics. */
static void write_number(const char *number, struct text *text)
{
    const char *exponent = strchr(number, 'e');
    if (!strcmp(number, "inf") || !strcmp(number, "-inf")) {
        text_append(text, "$%s\\infty$", number[0] == '-' ? "-" : "");
    } else if (exponent) {
        int64_t power = 0;
        const char *digits = exponent[1] == '+' ? exponent + 2 : exponent + 1;
        if (!text_to_integer(digits, &power))
            power = 0;
        text_append(text, "$%.*s \\times 10^{%d}$", (int)(exponent - number), number, (int)power);
    } else {
        text_append(text, number[0] == '-' ? "$%s$" : "%s", number);
    }
}

static void write_cell(const struct table *table, size_t row, size_t column, struct text *cell,
                       struct text *text)
{
    text_clear(cell);
    table_cell_show(table, row, column, cell);
    if (table_cell(table, row, column)->missing)
        text_append(text, "--");
    else if (table->columns[column].type == TABLE_TEXT)
        write_escaped(text_of(cell), text);
    else
        write_number(text_of(cell), text);
}

static void write_heading(const struct table *table, struct text *cell, struct text *text)
{
    text_append(text, "\\begin{table}\n\\centering\n");
    if (table->caption) {
        text_append(text, "\\caption{");
        write_escaped(table->caption, text);
        text_append(text, "}\n");
    }
    text_append(text, "\\label{tab:%s}\n\\begin{tabular}{", table->name);
    for (size_t column = 0; column < table->column_count; column++)
        text_append(text, "%c", table->columns[column].type == TABLE_TEXT ? 'l' : 'r');
    text_append(text, "}\n\\toprule\n");
    for (size_t column = 0; column < table->column_count; column++) {
        text_clear(cell);
        table_heading_show(&table->columns[column], cell);
        text_append(text, "%s", column ? " & " : "");
        write_escaped(text_of(cell), text);
    }
    text_append(text, " \\\\\n\\midrule\n");
}

static void write_table(const struct table *table, struct text *text)
{
    struct text cell = {0};
    write_heading(table, &cell, text);
    for (size_t row = 0; row < table_rows(table); row++) {
        for (size_t column = 0; column < table->column_count; column++) {
            text_append(text, "%s", column ? " & " : "");
            write_cell(table, row, column, &cell, text);
        }
        text_append(text, " \\\\\n");
    }
    text_append(text, "\\bottomrule\n\\end{tabular}\n\\end{table}\n");
    text->failed = text->failed || cell.failed;
    text_release(&cell);
}

bool table_write_latex(const struct table *const *tables, size_t count, struct text *text,
                       struct error *error)
{
    (void)error;
    table_write_each(tables, count, "\n", write_table, text);
    return true;
}
