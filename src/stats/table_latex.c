/* LaTeX: booktabs' rules, and numbers in siunitx's S columns, which line them up at the decimal
 * point and print exponents properly. A float, or a longtable where there are many rows. What is
 * wide is set smaller.
 *
 *     \usepackage{booktabs,longtable,siunitx}
 *     \sisetup{detect-weight}                      (where a number is bold)
 */
#include "stats/table_format.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    LONG_ROWS = 40, /* more than fit a page */
    LONG_TEXT = 36, /* characters; longer text is set in lines */
    FOOTNOTE_WIDTH = 62,
    SCRIPT_WIDTH = 78, /* characters of a row beside which it is set smaller */
};

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

static bool is_number(const struct table_column *column)
{
    return column->type == TABLE_INTEGER || column->type == TABLE_REAL;
}

/* What a column needs room for. */
struct extent {
    int whole, decimals, exponent; /* digits */
    bool minus, exponent_minus;
    int width; /* characters of the longest cell, or of the heading */
};

/* As people read it; but numbers of many leading zeros, which would push a column's decimals far
 * out, with an exponent. */
static void show(const struct table *table, size_t row, size_t column, struct text *cell)
{
    static const double small = 1e-3;
    const struct table_cell *it = table_cell(table, row, column);
    text_clear(cell);
    if (table->columns[column].type != TABLE_REAL || it->missing || it->real == 0 ||
        fabs(it->real) >= small)
        table_cell_show(table, row, column, cell);
    else
        text_append(cell, "%.*e", table->columns[column].digits - 1, it->real);
}

static int digits_at(const char *text)
{
    return (int)strspn(text, "0123456789");
}

static void widen(int *extent, int to)
{
    *extent = to > *extent ? to : *extent;
}

/* "-1.5e-13" has one digit, one decimal, and an exponent of two. */
static void measure_number(const char *number, struct extent *extent)
{
    const char *whole = number + (*number == '-');
    if (!digits_at(whole))
        return; /* nan, inf */
    extent->minus = extent->minus || *number == '-';
    widen(&extent->whole, digits_at(whole));
    const char *point = strchr(number, '.'), *exponent = strchr(number, 'e');
    if (point)
        widen(&extent->decimals, digits_at(point + 1));
    if (!exponent)
        return;
    const char *power = exponent + 1 + (exponent[1] == '-' || exponent[1] == '+');
    extent->exponent_minus = extent->exponent_minus || exponent[1] == '-';
    power += strspn(power, "0");
    widen(&extent->exponent, digits_at(power));
}

static struct extent measure(const struct table *table, size_t column, struct text *cell)
{
    struct extent extent = {0};
    text_clear(cell);
    table_heading_show(&table->columns[column], cell);
    extent.width = (int)cell->length;
    for (size_t row = 0; row < table_rows(table); row++) {
        show(table, row, column, cell);
        widen(&extent.width, (int)cell->length);
        if (is_number(&table->columns[column]) && !table_cell(table, row, column)->missing)
            measure_number(text_of(cell), &extent);
    }
    return extent;
}

/* "S[table-format=-1.4e-2]" */
static void write_number_column(const struct extent *extent, struct text *text)
{
    text_append(text, "S[table-format=%s%d.%d", extent->minus ? "-" : "",
                extent->whole ? extent->whole : 1, extent->decimals);
    if (extent->exponent)
        text_append(text, "e%s%d", extent->exponent_minus ? "-" : "", extent->exponent);
    text_append(text, "]");
}

static void write_column(const struct table_column *column, const struct extent *extent,
                         int long_texts, struct text *text)
{
    static const int share = 50; /* hundredths of the line that long texts take */
    if (is_number(column))
        write_number_column(extent, text);
    else if (column->type == TABLE_MARK)
        text_append(text, "@{\\,}l");
    else if (extent->width > LONG_TEXT)
        text_append(text, "p{.%02d\\linewidth}", share / long_texts);
    else
        text_append(text, "l");
}

/* Numbers that S cannot parse, and headings, stand in braces. */
static void write_cell(const struct table *table, size_t row, size_t column, struct text *cell,
                       struct text *text)
{
    const struct table_column *it = &table->columns[column];
    show(table, row, column, cell);
    const char *shown = text_of(cell);
    if (table_cell(table, row, column)->missing)
        text_append(text, is_number(it) ? "{--}" : it->type == TABLE_MARK ? "" : "--");
    else if (it->type == TABLE_MARK)
        text_append(text, *shown ? "$^{%s}$" : "%s", shown);
    else if (!is_number(it))
        write_escaped(shown, text);
    else if (!strcmp(shown, "inf") || !strcmp(shown, "-inf"))
        text_append(text, "{$%s\\infty$}", *shown == '-' ? "-" : "");
    else
        text_append(text, "%s%s", table_cell(table, row, column)->strong ? "\\bfseries " : "",
                    shown);
}

/* The first column from there on that is shown. */
static size_t next_shown(const struct table *table, size_t column)
{
    while (column < table->column_count && !table_shows(table, column))
        column++;
    return column;
}

static void write_columns(const struct table *table, struct text *cell, struct text *text,
                          int *total)
{
    int long_texts = 0;
    struct extent *extents = calloc(table->column_count, sizeof *extents);
    if (!extents) {
        text->failed = true;
        return;
    }
    *total = 0;
    for (size_t i = next_shown(table, 0); i < table->column_count; i = next_shown(table, i + 1)) {
        extents[i] = measure(table, i, cell);
        bool is_long = !is_number(&table->columns[i]) && extents[i].width > LONG_TEXT;
        long_texts += is_long;
        *total += (is_long ? LONG_TEXT : extents[i].width) + 1;
    }
    for (size_t i = next_shown(table, 0); i < table->column_count; i = next_shown(table, i + 1))
        write_column(&table->columns[i], &extents[i], long_texts, text);
    free(extents);
}

static void write_headings(const struct table *table, struct text *cell, struct text *text)
{
    for (size_t i = next_shown(table, 0), first = i; i < table->column_count;
         i = next_shown(table, i + 1)) {
        text_clear(cell);
        table_heading_show(&table->columns[i], cell);
        text_append(text, "%s{", i == first ? "" : " & ");
        write_escaped(text_of(cell), text);
        text_append(text, "}");
    }
    text_append(text, " \\\\\n");
}

static void write_rows(const struct table *table, struct text *cell, struct text *text)
{
    for (size_t row = 0; row < table_rows(table); row++) {
        for (size_t i = next_shown(table, 0), first = i; i < table->column_count;
             i = next_shown(table, i + 1)) {
            text_append(text, "%s", i == first ? "" : " & ");
            write_cell(table, row, i, cell, text);
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
    text_append(text, "\\label{tab:%s}", table->name);
}

static const char *size_of(int total)
{
    return total > SCRIPT_WIDTH     ? "\\scriptsize\\setlength{\\tabcolsep}{2.5pt}"
           : total > FOOTNOTE_WIDTH ? "\\footnotesize\\setlength{\\tabcolsep}{3.5pt}"
                                    : "\\small";
}

static void write_short(const struct table *table, const char *columns, int total,
                        struct text *cell, struct text *text)
{
    text_append(text, "\\begin{table}\n\\centering\n");
    write_caption(table, text);
    text_append(text, "\n\n\\smallskip\n%s\n\\begin{tabular}{%s}\n\\toprule\n", size_of(total),
                columns);
    write_headings(table, cell, text);
    text_append(text, "\\midrule\n");
    write_rows(table, cell, text);
    text_append(text, "\\bottomrule\n\\end{tabular}\n\\end{table}\n");
}

/* The headings are repeated on every page. */
static void write_long(const struct table *table, const char *columns, int total, struct text *cell,
                       struct text *text)
{
    text_append(text, "{%s\\setlength{\\LTcapwidth}{\\linewidth}\n\\begin{longtable}{%s}\n",
                size_of(total), columns);
    write_caption(table, text);
    text_append(text, "\\\\\n\\toprule\n");
    write_headings(table, cell, text);
    text_append(text, "\\midrule\n\\endfirsthead\n\\toprule\n");
    write_headings(table, cell, text);
    text_append(text, "\\midrule\n\\endhead\n\\bottomrule\n\\endfoot\n");
    write_rows(table, cell, text);
    text_append(text, "\\end{longtable}}\n");
}

static void write_table(const struct table *table, struct text *text)
{
    struct text cell = {0}, columns = {0};
    int total = 0;
    write_columns(table, &cell, &columns, &total);
    if (table_rows(table) > LONG_ROWS)
        write_long(table, text_of(&columns), total, &cell, text);
    else
        write_short(table, text_of(&columns), total, &cell, text);
    text->failed = text->failed || cell.failed || columns.failed;
    text_release(&cell);
    text_release(&columns);
}

bool table_write_latex(const struct table *const *tables, size_t count, struct text *text,
                       struct error *error)
{
    (void)error;
    bool bold = false;
    for (size_t i = 0; i < count; i++)
        bold = bold || tables[i]->emphasised;
    text_append(text, "%% \\usepackage{booktabs,longtable,siunitx}%s\n",
                bold ? " \\sisetup{detect-weight}" : "");
    table_write_each(tables, count, "\n", write_table, text);
    return true;
}
