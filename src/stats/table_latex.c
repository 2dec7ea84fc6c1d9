/* LaTeX: booktabs' rules, and numbers in siunitx's S columns, which line them up at the decimal
 * point and print exponents properly. A float, or a longtable where there are many rows. What is
 * wide is set smaller, and what is wider still in parts below each other, which all begin with the
 * columns that tell rows apart.
 *
 *     \usepackage{booktabs,longtable,siunitx}
 */
#include <string.h>

#include "stats/table_format.h"
#include "stats/table_latex_layout.h"

enum { LONG_ROWS = 40 }; /* more than fit a page, all parts together */

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
    case '[': /* at the begin of a row it would be taken for an option */
        return "{[}";
    case ']':
        return "{]}";
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

/* Numbers that S cannot parse, and headings, stand in braces. */
static void write_cell(const struct table *table, size_t row, const struct latex_column *place,
                       struct text *cell, struct text *text)
{
    size_t column = place->column;
    const struct table_column *it = &table->columns[column];
    latex_show(table, row, column, &place->form, cell);
    const char *shown = text_of(cell);
    if (table_cell(table, row, column)->missing)
        text_append(text, latex_is_number(table, column) ? "{--}"
                          : it->type == TABLE_MARK       ? ""
                                                         : "--");
    else if (it->type == TABLE_MARK)
        text_append(text, *shown ? "$^{%s}$" : "%s", shown);
    else if (!latex_is_number(table, column))
        write_escaped(shown, text);
    else if (!strcmp(shown, "inf") || !strcmp(shown, "-inf"))
        text_append(text, "{$%s\\infty$}", *shown == '-' ? "-" : "");
    else
        text_append(text, "%s%s", table_cell(table, row, column)->strong ? "\\bfseries " : "",
                    shown);
}

/* ---- One part: the keys, and columns from .. to - 1 of the layout ---- */

struct part {
    const struct table *table;
    const struct latex_layout *layout;
    size_t from, to;
    struct text *cell; /* work */
};

/* The layout's i-th column of the part; its end is part_columns. */
static const struct latex_column *part_column(const struct part *part, size_t i)
{
    size_t keys = part->layout->keys;
    return &part->layout->columns[i < keys ? i : i - keys + part->from];
}

static size_t part_columns(const struct part *part)
{
    return part->layout->keys + part->to - part->from;
}

static void write_types(const struct part *part, struct text *text)
{
    for (size_t i = 0; i < part_columns(part); i++)
        text_append(text, "%s", part_column(part, i)->type);
}

static void write_headings(const struct part *part, struct text *text)
{
    for (size_t i = 0; i < part_columns(part); i++) {
        text_clear(part->cell);
        table_heading_show(&part->table->columns[part_column(part, i)->column], part->cell);
        text_append(text, "%s{", i == 0 ? "" : " & ");
        write_escaped(text_of(part->cell), text);
        text_append(text, "}");
    }
    text_append(text, " \\\\\n");
}

/* Whether it has nothing in the part beside what tells it apart. A table's first part has all rows.
 */
static bool is_empty_row(const struct part *part, size_t row)
{
    for (size_t i = part->from; i < part->to; i++)
        if (!table_cell(part->table, row, part->layout->columns[i].column)->missing)
            return false;
    return part->from > part->layout->keys;
}

static void write_rows(const struct part *part, struct text *text)
{
    for (size_t row = 0; row < table_rows(part->table); row++) {
        if (is_empty_row(part, row))
            continue;
        for (size_t i = 0; i < part_columns(part); i++) {
            text_append(text, "%s", i == 0 ? "" : " & ");
            write_cell(part->table, row, part_column(part, i), part->cell, text);
        }
        text_append(text, " \\\\\n");
    }
}

static void write_caption(const struct table *table, struct text *text)
{
    if (table->caption) {
        text_append(text, "\\caption{");
        write_escaped(table->caption, text);
        text_append(text, "}");
    }
    text_append(text, "\\label{tab:%s}", table->label ? table->label : table->name);
}

static void write_tabular(const struct part *part, struct text *text)
{
    text_append(text, "\n\\smallskip\n\\begin{tabular}{");
    write_types(part, text);
    text_append(text, "}\n\\toprule\n");
    write_headings(part, text);
    text_append(text, "\\midrule\n");
    write_rows(part, text);
    text_append(text, "\\bottomrule\n\\end{tabular}\n");
}

/* The headings are repeated on every page. */
static void write_longtable(const struct part *part, bool first, struct text *text)
{
    text_append(text, "\\begin{longtable}{");
    write_types(part, text);
    text_append(text, "}\n");
    if (first) {
        write_caption(part->table, text);
        text_append(text, "\\\\\n");
    }
    text_append(text, "\\toprule\n");
    write_headings(part, text);
    text_append(text, "\\midrule\n\\endfirsthead\n\\toprule\n");
    write_headings(part, text);
    text_append(text, "\\midrule\n\\endhead\n\\bottomrule\n\\endfoot\n");
    write_rows(part, text);
    text_append(text, "\\end{longtable}\n");
}

/* ---- Tables ---- */

static bool is_long(const struct table *table, const struct latex_layout *layout)
{
    return table_rows(table) * latex_parts(layout, table) > LONG_ROWS;
}

static void write_parts(const struct table *table, const struct latex_layout *layout,
                        struct text *text)
{
    struct text cell = {0};
    size_t from = layout->keys;
    do {
        struct part part = {table, layout, from, latex_part_end(layout, table, from), &cell};
        if (is_long(table, layout))
            write_longtable(&part, from == layout->keys, text);
        else
            write_tabular(&part, text);
        from = part.to;
    } while (from < layout->count);
    text_add_failure(text, &cell);
    text_release(&cell);
}

/* Digits in groups of three, as siunitx sets them, look like two numbers in a narrow column; and it
 * sets numbers bold where it is told to. */
static const char *number_options(const struct table *table)
{
    return table->emphasised ? "\\sisetup{group-minimum-digits=20,detect-weight}"
                             : "\\sisetup{group-minimum-digits=20}";
}

static bool write_table(const struct table *table, struct text *text, struct error *error)
{
    struct latex_layout layout;
    if (!latex_layout_init(&layout, table, error))
        return false;
    if (is_long(table, &layout)) {
        text_append(text, "{%s%s\\setlength{\\LTcapwidth}{\\linewidth}\n", layout.size,
                    number_options(table));
        write_parts(table, &layout, text);
        text_append(text, "}\n");
    } else {
        text_append(text, "\\begin{table}\n\\centering\n");
        write_caption(table, text);
        text_append(text, "\n\n%s%s\n", layout.size, number_options(table));
        write_parts(table, &layout, text);
        text_append(text, "\\end{table}\n");
    }
    latex_layout_release(&layout);
    return true;
}

bool table_write_latex(const struct table *const *tables, size_t count, struct text *text,
                       struct error *error)
{
    text_append(text, "%% \\usepackage{booktabs,longtable,siunitx}\n");
    for (size_t i = 0; i < count; i++) {
        text_append(text, "%s", i > 0 ? "\n" : "");
        if (!write_table(tables[i], text, error))
            return false;
    }
    return true;
}
