#include "ui/live_rows.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

static bool cell_holds(const struct table *table, size_t row, size_t column, const char *filter,
                       struct text *shown)
{
    text_clear(shown);
    table_cell_show(table, row, column, shown);
    return strcasestr(text_of(shown), filter);
}

static bool row_holds(const struct table *table, size_t row, const char *filter, struct text *shown)
{
    for (size_t column = 0; column < table->column_count; column++)
        if (cell_holds(table, row, column, filter, shown))
            return true;
    return false;
}

struct order {
    const struct table *table;
    size_t column;
    bool descending;
};

static int compare_cells(enum table_type type, const struct table_cell *a,
                         const struct table_cell *b)
{
    switch (type) {
    case TABLE_TEXT:
    case TABLE_MARK:
        return strverscmp(a->text, b->text); /* "arm9" before "arm10" */
    case TABLE_INTEGER:
        return (a->integer > b->integer) - (a->integer < b->integer);
    default:
        return (a->real > b->real) - (a->real < b->real);
    }
}

static int compare_rows(const void *left, const void *right, void *context)
{
    const struct order *order = context;
    uint32_t i = *(const uint32_t *)left, j = *(const uint32_t *)right;
    const struct table_cell *a = table_cell(order->table, i, order->column);
    const struct table_cell *b = table_cell(order->table, j, order->column);
    int result = a->missing - b->missing;
    if (result == 0 && !a->missing) {
        result = compare_cells(order->table->columns[order->column].type, a, b);
        result = order->descending ? -result : result;
    }
    return result ? result : (i > j) - (i < j);
}

uint32_t *live_rows(const struct table *table, const struct live_question *question, size_t *count,
                    struct error *error)
{
    size_t rows = table_rows(table);
    uint32_t *chosen = memory_new(rows ? rows : 1, sizeof *chosen, error);
    struct text shown = {0};
    *count = 0;
    for (size_t row = 0; chosen && row < rows; row++)
        if (!question->filter[0] || row_holds(table, row, question->filter, &shown))
            chosen[(*count)++] = (uint32_t)row;
    text_release(&shown);
    struct order order = {table, (size_t)question->sort, question->descending};
    if (chosen && question->sort >= 0 && order.column < table->column_count)
        qsort_r(chosen, *count, sizeof *chosen, compare_rows, &order);
    return chosen;
}
