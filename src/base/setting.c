#include "base/setting.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static const char *const type_names[] = {
    [SETTING_BOOL] = "on or off",      [SETTING_INT] = "integer",
    [SETTING_REAL] = "number",         [SETTING_CHOICE] = "choice",
    [SETTING_TEXT] = "text",           [SETTING_REALS] = "list of numbers",
    [SETTING_TEXTS] = "list of words",
};
static_assert(ARRAY_LENGTH(type_names) == SETTING_TYPES, "a type has no name");

const char *setting_type_name(enum setting_type type)
{
    return type_names[type];
}

const char *setting_choice(const struct setting *row, int index)
{
    return row->choices ? row->choices[index] : row->choice(index);
}

const struct setting *setting_find(const struct setting_table *table, const char *name)
{
    for (size_t i = 0; i < table->count; i++)
        if (!strcmp(table->rows[i].name, name))
            return &table->rows[i];
    return NULL;
}

static const char *row_name(const void *context, size_t i)
{
    const struct setting_table *table = context;
    return table->rows[i].name;
}

bool setting_unknown(const struct setting_table *table, const char *name, struct error *error)
{
    int nearest = text_nearest(name, table->count, row_name, table);
    if (nearest < 0)
        return error_set(error, ERROR_DATA, "no setting '%s' (see 'maskscope list settings')",
                         name);
    return error_set(error, ERROR_DATA, "no setting '%s'; did you mean '%s'?", name,
                     table->rows[nearest].name);
}

void setting_write_range(const struct setting *row, struct text *text)
{
    switch (row->type) {
    case SETTING_CHOICE:
        for (int i = 0; setting_choice(row, i); i++)
            text_append(text, "%s%s", i ? " | " : "", setting_choice(row, i));
        return;
    case SETTING_INT:
    case SETTING_REAL:
    case SETTING_REALS: {
        char low[32], high[32];
        text_from_real(low, row->low);
        text_from_real(high, row->high);
        text_append(text, "%s %s .. %s", setting_type_name(row->type), low, high);
        break;
    }
    default:
        text_append(text, "%s", setting_type_name(row->type));
    }
    if (row->unit)
        text_append(text, " (%s)", row->unit);
}

static bool refuse(const struct setting *row, const char *given, struct error *error)
{
    struct text range = {0};
    setting_write_range(row, &range);
    error_set(error, ERROR_DATA, "%s: '%.120s' is not allowed: expected %s", row->name, given,
              text_of(&range));
    text_release(&range);
    return false;
}

static bool read_real(const struct setting *row, const char *text, double *value)
{
    double read;
    if (!text_to_real(text, &read) || read < row->low || read > row->high)
        return false;
    *value = read;
    return true;
}

/* Text that is not UTF-8 could not be written to a configuration file and read back. */
static bool read_text(const char *text, char *value, size_t size)
{
    return text_is_utf8(text) && strlen(text) < size && text_copy(value, size, text);
}

static bool read_choice(const struct setting *row, const char *text, int *value)
{
    for (int i = 0; setting_choice(row, i); i++)
        if (!strcmp(setting_choice(row, i), text)) {
            *value = i;
            return true;
        }
    return false;
}

static bool assign_scalar(const struct setting *row, const char *text, void *field,
                          struct error *error)
{
    bool good = false;
    int64_t whole;
    switch (row->type) {
    case SETTING_BOOL:
        good = text_to_bool(text, field);
        break;
    case SETTING_INT:
        good = text_to_integer(text, &whole) && (double)whole >= row->low &&
               (double)whole <= row->high;
        if (good)
            *(int64_t *)field = whole;
        break;
    case SETTING_REAL:
        good = read_real(row, text, field);
        break;
    case SETTING_CHOICE:
        good = read_choice(row, text, field);
        break;
    case SETTING_TEXT:
        good = read_text(text, field, SETTING_TEXT_SIZE);
        break;
    default:
        break;
    }
    return good ? true : refuse(row, text, error);
}

static bool assign_list(const struct setting *row, const struct node *list, void *field,
                        struct error *error)
{
    struct setting_reals reals = {0};
    struct setting_texts texts = {0};
    /* One item may be written without brackets. */
    const struct node *item = list->kind == NODE_LIST ? list->children : list;
    for (; item; item = list->kind == NODE_LIST ? item->next : NULL) {
        if (item->kind != NODE_SCALAR)
            return refuse(row, "a nested value", error);
        if (reals.count == SETTING_LIST_LIMIT || texts.count == SETTING_LIST_LIMIT)
            return error_set(error, ERROR_DATA, "%s: more than %d items", row->name,
                             SETTING_LIST_LIMIT);
        bool good = row->type == SETTING_REALS
                        ? read_real(row, item->text, &reals.items[reals.count++])
                        : read_text(item->text, texts.items[texts.count++], sizeof texts.items[0]);
        if (!good)
            return refuse(row, item->text, error);
    }
    if (row->type == SETTING_REALS)
        *(struct setting_reals *)field = reals;
    else
        *(struct setting_texts *)field = texts;
    return true;
}

bool setting_assign(const struct setting *row, const struct node *value, void *target,
                    struct error *error)
{
    void *field = (char *)target + row->offset;
    if (row->type == SETTING_REALS || row->type == SETTING_TEXTS)
        return assign_list(row, value, field, error);
    if (value->kind != NODE_SCALAR)
        return refuse(row, value->kind == NODE_LIST ? "a list" : "a mapping", error);
    return assign_scalar(row, value->text, field, error);
}

bool setting_assign_text(const struct setting *row, const char *value, void *target,
                         struct error *error)
{
    bool list = row->type == SETTING_REALS || row->type == SETTING_TEXTS;
    if (!list) /* as it stands: a path may hold characters that YAML would read otherwise */
        return assign_scalar(row, value, (char *)target + row->offset, error);
    struct arena arena = {0};
    struct text flow = {0};
    text_append(&flow, value[strspn(value, " ")] == '[' ? "%s" : "[%s]", value);
    struct node *node = text_is_whole(&flow, error)
                            ? node_read_yaml(text_of(&flow), flow.length, row->name, &arena, error)
                            : NULL;
    bool good = node && setting_assign(row, node, target, error);
    text_release(&flow);
    arena_release(&arena);
    return good;
}

bool setting_defaults(const struct setting_table *table, void *target, struct error *error)
{
    for (size_t i = 0; i < table->count; i++)
        if (!setting_assign_text(&table->rows[i], table->rows[i].fallback, target, error))
            return false;
    return true;
}

static void write_list(const struct setting *row, const void *field, struct text *text)
{
    const struct setting_reals *reals = field;
    const struct setting_texts *texts = field;
    int count = row->type == SETTING_REALS ? reals->count : texts->count;
    text_append(text, "[");
    for (int i = 0; i < count; i++) {
        char number[32];
        if (row->type == SETTING_REALS)
            text_from_real(number, reals->items[i]);
        const char *item = row->type == SETTING_REALS ? number : texts->items[i];
        text_append(text, "%s", i ? ", " : "");
        node_write_scalar(item, text);
    }
    text_append(text, "]");
}

void setting_write(const struct setting *row, const void *target, struct text *text)
{
    const void *field = (const char *)target + row->offset;
    char number[32];
    switch (row->type) {
    case SETTING_BOOL:
        text_append(text, "%s", *(const bool *)field ? "true" : "false");
        break;
    case SETTING_INT:
        text_append(text, "%" PRId64, *(const int64_t *)field);
        break;
    case SETTING_REAL:
        text_from_real(number, *(const double *)field);
        text_append(text, "%s", number);
        break;
    case SETTING_CHOICE:
        text_append(text, "%s", setting_choice(row, *(const int *)field));
        break;
    case SETTING_TEXT:
        text_append(text, "%s", (const char *)field);
        break;
    default:
        write_list(row, field, text);
    }
}
