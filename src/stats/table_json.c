/* JSON: {"name", "caption", "columns": [{"name", "type", "unit"}], "rows": [{NAME: value, ...}]},
 * or a list of such. Missing values and infinities, which JSON has no number for, are null. */
#include "stats/table_format.h"

#include <assert.h>
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char *const type_names[] = {[TABLE_TEXT] = "text",
                                         [TABLE_INTEGER] = "integer",
                                         [TABLE_REAL] = "real",
                                         [TABLE_TIME] = "time",
                                         [TABLE_MARK] = "mark"};
static_assert(ARRAY_LENGTH(type_names) == TABLE_TYPES, "a type has no name");

/* Text that is not UTF-8 is shown as text_sanitize has it. */
static json_t *json_of_text(const char *text)
{
    if (!text)
        return json_null();
    json_t *json = json_string(text);
    size_t size = strlen(text) + 1;
    char *clean = json ? NULL : malloc(size);
    if (clean) {
        text_sanitize(clean, size, text);
        json = json_string(clean);
        free(clean);
    }
    return json;
}

static json_t *json_of_cell(enum table_type type, const struct table_cell *cell)
{
    if (cell->missing)
        return json_null();
    switch (type) {
    case TABLE_TEXT:
    case TABLE_MARK:
        return json_of_text(cell->text);
    case TABLE_INTEGER:
        return json_integer(cell->integer);
    default:
        return isfinite(cell->real) ? json_real(cell->real) : json_null();
    }
}

static bool add_columns(json_t *list, const struct table *table)
{
    bool good = true;
    for (size_t i = 0; i < table->column_count; i++) {
        const struct table_column *column = &table->columns[i];
        json_t *object = json_object();
        good &= !json_object_set_new(object, "name", json_of_text(column->name));
        good &= !json_object_set_new(object, "type", json_string(type_names[column->type]));
        good &= !json_object_set_new(object, "unit", json_of_text(column->unit));
        good &= !json_array_append_new(list, object);
    }
    return good;
}

static bool add_rows(json_t *list, const struct table *table)
{
    bool good = true;
    for (size_t row = 0; row < table_rows(table); row++) {
        json_t *object = json_object();
        for (size_t i = 0; i < table->column_count; i++) {
            const struct table_column *column = &table->columns[i];
            json_t *value = json_of_cell(column->type, table_cell(table, row, i));
            good &= !json_object_set_new(object, column->name, value);
        }
        good &= !json_array_append_new(list, object);
    }
    return good;
}

/* Null when memory runs out. jansson's setters take a null value as a failure and own the others.
 */
static json_t *json_of_table(const struct table *table)
{
    json_t *object = json_object(), *columns = json_array(), *rows = json_array();
    bool good = columns && rows && add_columns(columns, table) && add_rows(rows, table);
    good &= !json_object_set_new(object, "name", json_of_text(table->name));
    good &= !json_object_set_new(object, "caption", json_of_text(table->caption));
    good &= !json_object_set_new(object, "columns", columns);
    good &= !json_object_set_new(object, "rows", rows);
    if (good)
        return object;
    json_decref(object);
    return NULL;
}

static json_t *json_of_tables(const struct table *const *tables, size_t count)
{
    if (count == 1)
        return json_of_table(tables[0]);
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++)
        if (json_array_append_new(list, json_of_table(tables[i]))) {
            json_decref(list);
            return NULL;
        }
    return list;
}

bool table_write_json(const struct table *const *tables, size_t count, struct text *text,
                      struct error *error)
{
    json_t *document = json_of_tables(tables, count);
    char *bytes = document ? json_dumps(document, JSON_INDENT(2)) : NULL;
    json_decref(document);
    if (!bytes)
        return error_set(error, ERROR_SYSTEM, "out of memory");
    text_append(text, "%s\n", bytes);
    free(bytes);
    return true;
}
