/* Tables put together row by row, over runs that repeat one experiment. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "run/tables_private.h"

static const struct table_column outcome[] = {
    {"seeds", NULL, TABLE_INTEGER, 0}, {"mse", NULL, TABLE_REAL, 4}, {"low", NULL, TABLE_REAL, 4},
    {"high", NULL, TABLE_REAL, 4},     {"sd", NULL, TABLE_REAL, 4},
};

/* What is put together. */
struct repetition {
    const struct table *runs; /* [count] */
    int count;
    size_t keys; /* the columns that tell rows apart: the first ones */
    size_t mse;  /* the column whose values make the sample */
};

static size_t find_column(const struct table *table, const char *name)
{
    for (size_t column = 0; column < table->column_count; column++)
        if (!strcmp(table->columns[column].name, name))
            return column;
    return table->column_count;
}

static bool same_cell(enum table_type type, const struct table_cell *a, const struct table_cell *b)
{
    if (a->missing || b->missing)
        return a->missing && b->missing;
    if (type == TABLE_TEXT)
        return !strcmp(a->text, b->text);
    return type == TABLE_INTEGER ? a->integer == b->integer : a->real == b->real;
}

static bool same_row(const struct repetition *repetition, int run, size_t row, size_t of_first)
{
    const struct table *first = &repetition->runs[0], *other = &repetition->runs[run];
    for (size_t column = 0; column < repetition->keys; column++)
        if (!same_cell(first->columns[column].type, table_cell(first, of_first, column),
                       table_cell(other, row, column)))
            return false;
    return true;
}

/* The run's row that belongs to the first run's: mostly it has the same place. False: none does. */
static bool find_row(const struct repetition *repetition, int run, size_t of_first, size_t *row)
{
    size_t rows = table_rows(&repetition->runs[run]);
    for (size_t i = 0; i < rows; i++) {
        *row = (of_first + i) % rows;
        if (same_row(repetition, run, *row, of_first))
            return true;
    }
    return false;
}

/* The values of all runs, or 0 where one has no such row, or no number in it: a mean over other
 * seeds than its neighbours' could not be compared with theirs. */
static int gather(const struct repetition *repetition, size_t of_first, double *values)
{
    size_t row;
    for (int run = 0; run < repetition->count; run++) {
        if (!find_row(repetition, run, of_first, &row))
            return 0;
        const struct table_cell *cell = table_cell(&repetition->runs[run], row, repetition->mse);
        if (cell->missing)
            return 0;
        values[run] = cell->real;
    }
    return repetition->count;
}

static bool add_row(struct table *table, const struct repetition *repetition, size_t of_first,
                    const double *values, int count, struct error *error)
{
    struct description sample;
    if (!describe(values, (size_t)count, &sample, error))
        return false;
    for (size_t column = 0; column < repetition->keys; column++)
        table_add_cell(table, table_cell(&repetition->runs[0], of_first, column));
    table_add_integer(table, (int64_t)sample.count);
    table_add_real(table, sample.mean);
    table_add_real(table, sample.low);
    table_add_real(table, sample.high);
    table_add_real(table, sample.sd);
    return true;
}

/* Rows are made run by run, each of all its images. */
static void write_own_images(const struct evaluation_set *all, struct text *text)
{
    struct evaluation_set whole = *all;
    whole.left_out = 0;
    if (all->left_out > 0)
        text_append(text,
                    " Each seed's means are over its own images: on %zu of them an arm of one has "
                    "no value.",
                    all->left_out);
    evaluation_set_write_remarks(&whole, text);
}

static bool begin(struct table *table, const struct run_table *kind,
                  const struct repetition *repetition, const struct evaluation_set *all,
                  struct error *error)
{
    const struct table *first = &repetition->runs[0];
    size_t count = repetition->keys;
    struct table_column *columns =
        memory_new(count + ARRAY_LENGTH(outcome), sizeof *columns, error);
    struct table_words words = {0};
    if (!columns)
        return false;
    for (size_t i = 0; i < count; i++)
        columns[i] = table_column_of(first, i);
    memcpy(columns + count, outcome, sizeof outcome);
    text_append(&words.caption,
                "%s: the mean of the seeds' means, its 95%% t interval over seeds, and their "
                "standard deviation, where all of them have a value.",
                kind->help);
    evaluation_set_write_units(all, all->units, all->units, &words.remarks);
    text_append(&words.remarks, ".");
    write_own_images(all, &words.remarks);
    bool good = table_begin(table, first->name, &words, columns, count + ARRAY_LENGTH(outcome),
                            count, error);
    free(columns);
    return good;
}

bool table_over_seeds(struct table *table, const struct run_table *kind, const struct table *runs,
                      int count, const struct evaluation_set *all, struct error *error)
{
    struct repetition repetition = {
        .runs = runs, .count = count, .keys = runs[0].keys, .mse = find_column(&runs[0], "mse")};
    double *values = memory_new((size_t)count, sizeof *values, error);
    bool good = values && begin(table, kind, &repetition, all, error), filled = good;
    for (size_t row = 0; filled && row < table_rows(&runs[0]); row++) {
        int found = gather(&repetition, row, values);
        filled = !found || add_row(table, &repetition, row, values, found, error);
    }
    if (filled && table_rows(table) == 0)
        filled =
            error_set(error, ERROR_DATA, "the runs have no row of '%s' in common", table->name);
    if (good && !filled)
        table_release(table);
    free(values);
    return filled;
}
