/* Tables of one kind below each other, as one. */
#include <stdlib.h>
#include <string.h>

#include "stats/table.h"

static bool same_columns(const struct table *a, const struct table *b)
{
    bool same = a->column_count == b->column_count;
    for (size_t i = 0; same && i < a->column_count; i++)
        same = a->columns[i].type == b->columns[i].type &&
               !strcmp(a->columns[i].name, b->columns[i].name);
    return same;
}

static bool check_columns(const struct table *parts, const char *const *names, size_t count,
                          struct error *error)
{
    for (size_t i = 1; i < count; i++)
        if (!same_columns(&parts[0], &parts[i]))
            return error_set(error, ERROR_DATA,
                             "%s and %s have other columns in the table '%s': look at each by "
                             "itself",
                             names[0], names[i], parts[0].name);
    return true;
}

/* What holds of each alone, under its name. */
static void write_remarks(const char *heading, const struct table *parts, const char *const *names,
                          size_t count, struct text *remarks)
{
    for (size_t i = 0; i < count; i++) {
        if (!parts[i].remarks)
            continue;
        if (remarks->length == 0)
            text_append(remarks, "Each %s by itself, tests and their adjustment within it.",
                        heading);
        text_append(remarks, " %s: %s", names[i], parts[i].remarks);
    }
}

/* Without rows. */
static bool begin(struct table *table, const char *heading, const struct table *parts,
                  const char *const *names, size_t count, struct error *error)
{
    const struct table *first = &parts[0];
    struct text remarks = {0};
    struct table_column *columns = memory_new(first->column_count + 1, sizeof *columns, error);
    if (!columns)
        return false;
    columns[0] = (struct table_column){heading, NULL, TABLE_TEXT, 0};
    for (size_t i = 0; i < first->column_count; i++)
        columns[i + 1] = table_column_of(first, i);
    write_remarks(heading, parts, names, count, &remarks);
    bool good =
        text_is_whole(&remarks, error) &&
        table_init(table, first->name, first->subject, columns, first->column_count + 1, error);
    if (good) {
        table->keys = first->keys + 1;
        table_remark(table, text_of(&remarks));
    }
    text_release(&remarks);
    free(columns);
    return good;
}

static void add_rows(struct table *table, const char *name, const struct table *part)
{
    table->failed = table->failed || part->failed;
    for (size_t row = 0; row < table_rows(part); row++) {
        table_add_text(table, name);
        for (size_t column = 0; column < part->column_count; column++)
            table_add_cell(table, table_cell(part, row, column));
    }
}

bool table_gather(struct table *table, const char *heading, const struct table *parts,
                  const char *const *names, size_t count, struct error *error)
{
    if (!check_columns(parts, names, count, error) ||
        !begin(table, heading, parts, names, count, error))
        return false;
    for (size_t i = 0; i < count; i++)
        add_rows(table, names[i], &parts[i]);
    return true;
}
