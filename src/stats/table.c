#include "stats/table.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { DIGITS_DEFAULT = 4, DIGITS_LIMIT = 15 };

static const char *keep_text(struct table *table, const char *text, struct error *error)
{
    return text ? arena_text(&table->texts, text, strlen(text), error) : NULL;
}

bool table_init(struct table *table, const char *name, const char *caption,
                const struct table_column *columns, size_t count, struct error *error)
{
    static const unsigned flags = TABLE_DETAIL | TABLE_PROBABILITY | TABLE_COEFFICIENT;
    *table = (struct table){.column_count = count};
    table->name = keep_text(table, name, error);
    table->caption = table->subject = keep_text(table, caption, error);
    table->columns = arena_alloc(&table->texts, count, sizeof *table->columns, error);
    table->flags = arena_alloc(&table->texts, count, sizeof *table->flags, error);
    bool good = table->name && (table->caption || !caption) && table->columns && table->flags;
    for (size_t i = 0; good && i < count; i++) {
        struct table_column *column = &table->columns[i];
        *column = columns[i];
        column->type = columns[i].type & ~flags;
        table->flags[i] = columns[i].type & flags;
        column->digits = column->digits > 0 ? column->digits : DIGITS_DEFAULT;
        column->name = keep_text(table, columns[i].name, error);
        column->unit = keep_text(table, columns[i].unit, error);
        good = column->name && (column->unit || !columns[i].unit);
    }
    while (good && table->keys < count && columns[table->keys].type == TABLE_TEXT)
        table->keys++;
    table->keys += table->keys == 0;
    if (!good)
        table_release(table);
    return good;
}

void table_release(struct table *table)
{
    free(table->cells);
    arena_release(&table->texts);
    *table = (struct table){0};
}

/* "A B" of two texts that may be null. */
static const char *join_texts(struct table *table, const char *first, const char *second)
{
    struct text joined = {0};
    text_append(&joined, "%s%s%s", first ? first : "", first && second ? " " : "",
                second ? second : "");
    const char *kept = joined.failed ? NULL : keep_text(table, text_of(&joined), NULL);
    table->failed = table->failed || !kept;
    text_release(&joined);
    return kept;
}

void table_remark(struct table *table, const char *remarks)
{
    if (!*remarks)
        return;
    table->remarks = join_texts(table, table->remarks, remarks);
    table->caption = join_texts(table, table->subject, table->remarks);
}

struct table_column table_column_of(const struct table *table, size_t column)
{
    struct table_column like = table->columns[column];
    like.type |= table->flags[column];
    return like;
}

bool table_shows(const struct table *table, size_t column)
{
    return table->wide || !(table->flags[column] & TABLE_DETAIL);
}

bool table_is_probability(const struct table *table, size_t column)
{
    return table->flags[column] & TABLE_PROBABILITY;
}

bool table_is_coefficient(const struct table *table, size_t column)
{
    return table->flags[column] & TABLE_COEFFICIENT;
}

static bool make_room(struct table *table)
{
    struct table_cell *cells =
        memory_grow(table->cells, table->cell_count, &table->cell_capacity, sizeof *cells, NULL);
    if (cells)
        table->cells = cells;
    return cells;
}

/* Once a cell is lost the following ones would stand in wrong columns, so none is kept. */
static void add(struct table *table, struct table_cell cell)
{
    table->failed = table->failed || !make_room(table);
    if (!table->failed)
        table->cells[table->cell_count++] = cell;
}

/* A wrong type is a mistake in the program, caught in every build. */
static void expect(const struct table *table, enum table_type type)
{
    if (!table->failed && table->columns[table->cell_count % table->column_count].type != type)
        abort();
}

static void expect_text(const struct table *table)
{
    if (!table->failed &&
        table->columns[table->cell_count % table->column_count].type != TABLE_MARK)
        expect(table, TABLE_TEXT);
}

void table_add_text(struct table *table, const char *text)
{
    expect_text(table);
    const char *kept = keep_text(table, text, NULL);
    table->failed = table->failed || (text && !kept);
    add(table, (struct table_cell){.missing = !text, .text = kept});
}

void table_add_integer(struct table *table, int64_t value)
{
    expect(table, TABLE_INTEGER);
    add(table, (struct table_cell){.integer = value});
}

void table_add_real(struct table *table, double value)
{
    expect(table, TABLE_REAL);
    add(table, (struct table_cell){.missing = isnan(value), .real = value});
}

void table_add_time(struct table *table, double seconds)
{
    expect(table, TABLE_TIME);
    add(table, (struct table_cell){.missing = isnan(seconds), .real = seconds});
}

void table_add_missing(struct table *table)
{
    add(table, (struct table_cell){.missing = true});
}

void table_emphasise(struct table *table)
{
    if (table->failed)
        return;
    table->cells[table->cell_count - 1].strong = table->emphasised = true;
}

void table_add_cell(struct table *table, const struct table_cell *cell)
{
    if (table->failed)
        return;
    struct table_cell added = *cell; /* which may lie in the table, whose cells move as it grows */
    enum table_type type = table->columns[table->cell_count % table->column_count].type;
    if (added.missing)
        table_add_missing(table);
    else if (type == TABLE_TEXT || type == TABLE_MARK)
        table_add_text(table, added.text);
    else
        add(table, added);
    if (added.strong)
        table_emphasise(table);
}

size_t table_rows(const struct table *table)
{
    return table->cell_count / table->column_count;
}

const struct table_cell *table_cell(const struct table *table, size_t row, size_t column)
{
    return &table->cells[row * table->column_count + column];
}

void table_show_time(char out[32], double seconds)
{
    static const double limit = 1e11; /* the year 5138: nothing of ours is later */
    time_t whole = fabs(seconds) < limit ? (time_t)floor(seconds) : 0;
    struct tm local;
    if (!(fabs(seconds) < limit) || !localtime_r(&whole, &local)) {
        table_show_real(out, seconds, DIGITS_LIMIT);
        return;
    }
    char zone[8] = "+0000"; /* "+hhmm", where ISO 8601 has "+hh:mm" beside a time with colons */
    size_t length = strftime(out, 32, "%Y-%m-%dT%H:%M:%S", &local);
    strftime(zone, sizeof zone, "%z", &local);
    snprintf(out + length, 32 - length, "%.3s:%.2s", zone, zone + 3);
}

void table_show_real(char out[32], double value, int digits)
{
    /* Beyond these a plain decimal is longer than an exponent. */
    static const int exponent_low = -5, exponent_high = 9;
    if (!isfinite(value) || value == 0.0) {
        text_copy(out, 32,
                  isnan(value)   ? "nan"
                  : value == 0.0 ? "0"
                  : value > 0.0  ? "inf"
                                 : "-inf");
        return;
    }
    digits = digits < 1 ? 1 : digits > DIGITS_LIMIT ? DIGITS_LIMIT : digits;
    char scientific[40];
    snprintf(scientific, sizeof scientific, "%.*e", digits - 1, value);
    int exponent = atoi(strchr(scientific, 'e') + 1); /* after rounding: 9.996 has exponent 1 */
    if (exponent < exponent_low || exponent > exponent_high) {
        text_copy(out, 32, scientific);
        return;
    }
    int decimals = digits - 1 - exponent;
    snprintf(out, 32, "%.*f", decimals > 0 ? decimals : 0, value);
}

void table_cell_show(const struct table *table, size_t row, size_t column, struct text *text)
{
    const struct table_cell *cell = table_cell(table, row, column);
    char number[32];
    if (cell->missing) {
        text_append(text, "-");
        return;
    }
    switch (table->columns[column].type) {
    case TABLE_TEXT:
    case TABLE_MARK:
        text_append(text, "%s", cell->text);
        break;
    case TABLE_INTEGER:
        text_append(text, "%" PRId64, cell->integer);
        break;
    case TABLE_TIME:
        table_show_time(number, cell->real);
        text_append(text, "%s", number);
        break;
    default:
        if (table_is_coefficient(table, column) && isfinite(cell->real))
            snprintf(number, sizeof number, "%.*f", table->columns[column].digits, cell->real);
        else
            table_show_real(number, cell->real, table->columns[column].digits);
        text_append(text, "%s", number);
    }
}

void table_heading_show(const struct table_column *column, struct text *text)
{
    text_append(text, "%s", column->type == TABLE_MARK ? "" : column->name);
    if (column->unit)
        text_append(text, " (%s)", column->unit);
}
