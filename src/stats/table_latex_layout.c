#include "stats/table_latex_layout.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

/* The line of LaTeX's own document classes, the narrowest that a table of this width is put on.
 * What is estimated below comes within 5% of what TeX makes of it. */
static const double line_points = 345, margin = 0.95;

/* Computer Modern at 7 points. */
static const double letter_points = 3.75, digit_points = 3.98, point_points = 2.2, minus_points = 6,
                    times_ten_points = 18, small_digit_points = 3.4, small_minus_points = 5,
                    thin_space_points = 1.2;

enum { LONG_TEXT = 36 }; /* characters; longer text is set in lines */

static const struct {
    const char *name;
    double scale, gap;
} sizes[] = {
    {"\\small", 1.17, 12},
    {"\\footnotesize\\setlength{\\tabcolsep}{3.5pt}", 1.08, 7},
    {"\\scriptsize\\setlength{\\tabcolsep}{2.5pt}", 1, 5},
    {"\\scriptsize\\setlength{\\tabcolsep}{2pt}", 1, 4},
};

bool latex_is_number(const struct table *table, size_t column)
{
    enum table_type type = table->columns[column].type;
    return type == TABLE_INTEGER || (type == TABLE_REAL && !table_is_probability(table, column));
}

/* ---- The form of a column's numbers ---- */

/* The magnitudes of a column's numbers, zero apart; largest is 0 where there are none. */
struct magnitudes {
    double smallest, largest;
};

static struct magnitudes measure_magnitudes(const struct table *table, size_t column)
{
    struct magnitudes out = {INFINITY, 0};
    for (size_t row = 0; row < table_rows(table); row++) {
        const struct table_cell *cell = table_cell(table, row, column);
        double size = cell->missing ? 0 : fabs(cell->real);
        if (size == 0 || !isfinite(size))
            continue;
        out.smallest = fmin(out.smallest, size);
        out.largest = fmax(out.largest, size);
    }
    return out;
}

/* Decimals by which a number has so many significant digits. */
static int decimals_of(double size, int digits)
{
    int decimals = digits - 1 - (int)floor(log10(size));
    return decimals > 0 ? decimals : 0;
}

/* Numbers of many leading zeros would push a column's decimals far out: they share as many as the
 * largest needs for its digits and the smallest for two, or have exponents, all of them. */
static struct latex_form choose_form(const struct table *table, size_t column)
{
    static const double small = 1e-3, large = 1e9;
    enum { MOST_DECIMALS = 6, FEWEST_DIGITS = 2 };
    const struct table_column *it = &table->columns[column];
    if (it->type != TABLE_REAL || table_is_probability(table, column) ||
        table_is_coefficient(table, column))
        return (struct latex_form){0};
    struct magnitudes range = measure_magnitudes(table, column);
    if (range.largest == 0 || (range.smallest >= small && range.largest < large))
        return (struct latex_form){0};
    int most = decimals_of(range.largest, it->digits);
    int least = decimals_of(range.smallest, FEWEST_DIGITS);
    int decimals = most > least ? most : least;
    if (decimals > MOST_DECIMALS || range.largest >= large)
        return (struct latex_form){LATEX_EXPONENTS, 0};
    return (struct latex_form){LATEX_DECIMALS, decimals};
}

void latex_show(const struct table *table, size_t row, size_t column, const struct latex_form *form,
                struct text *cell)
{
    static const double small = 1e-3;
    const struct table_cell *it = table_cell(table, row, column);
    text_clear(cell);
    if (table_is_probability(table, column) && !it->missing)
        text_append(cell, it->real < small ? "<0.001" : "%.3f", it->real);
    else if (form->kind == LATEX_AS_SHOWN || it->missing || !isfinite(it->real) ||
             (form->kind == LATEX_EXPONENTS && it->real == 0))
        table_cell_show(table, row, column, cell);
    else if (form->kind == LATEX_DECIMALS)
        text_append(cell, "%.*f", form->decimals, it->real);
    else
        text_append(cell, "%.*e", table->columns[column].digits - 1, it->real);
}

/* ---- What a column needs room for ---- */

struct extent {
    struct latex_form form;
    int whole, decimals, exponent; /* digits */
    bool minus, exponent_minus;
    int heading, widest; /* characters of the heading, and of the longest cell */
};

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
    struct extent extent = {.form = choose_form(table, column)};
    text_clear(cell);
    table_heading_show(&table->columns[column], cell);
    extent.heading = (int)cell->length;
    for (size_t row = 0; row < table_rows(table); row++) {
        latex_show(table, row, column, &extent.form, cell);
        widen(&extent.widest, (int)cell->length);
        if (latex_is_number(table, column) && !table_cell(table, row, column)->missing)
            measure_number(text_of(cell), &extent);
    }
    return extent;
}

static bool is_long(const struct table_column *column, const struct extent *extent)
{
    return column->type == TABLE_TEXT && extent->widest > LONG_TEXT;
}

/* ---- Columns ---- */

static double number_points(const struct extent *extent)
{
    double points = digit_points * (extent->whole + extent->decimals) +
                    (extent->decimals ? point_points : 0) + (extent->minus ? minus_points : 0);
    if (extent->exponent)
        points += times_ten_points + small_digit_points * extent->exponent +
                  (extent->exponent_minus ? small_minus_points : 0);
    return points;
}

static void lay_number(struct latex_column *out, const struct extent *extent)
{
    char exponent[16] = "";
    if (extent->exponent)
        snprintf(exponent, sizeof exponent, "e%s%d", extent->exponent_minus ? "-" : "",
                 extent->exponent);
    snprintf(out->type, sizeof out->type, "S[table-format=%s%d.%d%s]", extent->minus ? "-" : "",
             extent->whole ? extent->whole : 1, extent->decimals, exponent);
    out->width = fmax(number_points(extent), letter_points * extent->heading);
}

static void lay_column(struct latex_column *out, const struct table *table,
                       const struct extent *extent, int long_texts)
{
    static const int share = 50; /* hundredths of the line that long texts take */
    const struct table_column *column = &table->columns[out->column];
    int letters = extent->heading > extent->widest ? extent->heading : extent->widest;
    if (latex_is_number(table, out->column)) {
        lay_number(out, extent);
    } else if (column->type == TABLE_MARK) {
        text_copy(out->type, sizeof out->type, "@{\\,}l");
        out->width = thin_space_points + small_digit_points * extent->widest;
        out->close = true;
    } else if (is_long(column, extent)) {
        snprintf(out->type, sizeof out->type, "p{.%02d\\linewidth}", share / long_texts);
        out->width = line_points * (share / long_texts) / 100;
    } else {
        text_copy(out->type, sizeof out->type,
                  table_is_probability(table, out->column) ? "r" : "l");
        out->width = letter_points * letters;
    }
}

static void lay_columns(struct latex_layout *layout, const struct table *table,
                        const struct extent *extents)
{
    int long_texts = 0;
    for (size_t i = 0; i < table->column_count; i++)
        long_texts += table_shows(table, i) && is_long(&table->columns[i], &extents[i]);
    for (size_t i = 0; i < table->column_count; i++) {
        if (!table_shows(table, i))
            continue;
        layout->keys += i < table->keys;
        struct latex_column *out = &layout->columns[layout->count++];
        out->column = i;
        out->form = extents[i].form;
        lay_column(out, table, &extents[i], long_texts);
    }
}

/* ---- The page ---- */

static double width_of(const struct latex_layout *layout, size_t from, size_t to)
{
    double width = 0;
    for (size_t i = from; i < to; i++)
        width +=
            layout->scale * layout->columns[i].width + (layout->columns[i].close ? 0 : layout->gap);
    return width;
}

/* The largest size at which a line holds all columns, or the smallest. */
static void choose_size(struct latex_layout *layout)
{
    for (size_t i = 0; i < ARRAY_LENGTH(sizes); i++) {
        layout->size = sizes[i].name;
        layout->scale = sizes[i].scale;
        layout->gap = sizes[i].gap;
        layout->room = margin * line_points;
        if (width_of(layout, 0, layout->count) <= layout->room)
            return;
    }
    /* There will be parts: what stands in all of them leaves room for more. */
    while (layout->keys > 1 && width_of(layout, 0, layout->keys) > line_points / 2)
        layout->keys--;
}

size_t latex_parts(const struct latex_layout *layout, const struct table *table)
{
    size_t parts = 0, from = layout->keys;
    do {
        from = latex_part_end(layout, table, from);
        parts++;
    } while (from < layout->count);
    return parts;
}

/* As narrow as the parts can be without becoming more: they are about equal then, and none is left
 * with a single column. */
static void even_parts(struct latex_layout *layout, const struct table *table)
{
    static const double step = 4;
    size_t parts = latex_parts(layout, table);
    double widest = layout->room;
    if (parts == 1)
        return;
    for (layout->room = width_of(layout, 0, layout->keys);
         layout->room < widest && latex_parts(layout, table) > parts;)
        layout->room += step;
    layout->room = fmin(layout->room, widest);
}

bool latex_layout_init(struct latex_layout *layout, const struct table *table, struct error *error)
{
    *layout = (struct latex_layout){0};
    struct text cell = {0};
    struct extent *extents = memory_new(table->column_count, sizeof *extents, error);
    layout->columns = memory_new(table->column_count, sizeof *layout->columns, error);
    bool good = extents && layout->columns;
    for (size_t i = 0; good && i < table->column_count; i++)
        extents[i] = measure(table, i, &cell);
    good = good && (!cell.failed || error_set(error, ERROR_SYSTEM, "out of memory"));
    if (good) {
        lay_columns(layout, table, extents);
        choose_size(layout);
        even_parts(layout, table);
    } else {
        latex_layout_release(layout);
    }
    free(extents);
    text_release(&cell);
    return good;
}

void latex_layout_release(struct latex_layout *layout)
{
    free(layout->columns);
    *layout = (struct latex_layout){0};
}

size_t latex_part_end(const struct latex_layout *layout, const struct table *table, size_t from)
{
    double width = width_of(layout, 0, layout->keys);
    size_t end = from;
    while (end < layout->count) {
        size_t next = end + 1; /* a mark stays with its number */
        while (next < layout->count &&
               table->columns[layout->columns[next].column].type == TABLE_MARK)
            next++;
        width += width_of(layout, end, next);
        if (end > from && width > layout->room)
            return end;
        end = next;
    }
    return end;
}
