#include "mask/parameters.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mask/strategy.h"

bool mask_unknown_name(const char *what, const char *given, size_t count,
                       const char *(*names)(const void *context, size_t i), const void *context,
                       struct error *error)
{
    if (strchr(given, ':')) /* as YAML reads "{weight:2}" */
        return error_set(error, ERROR_DATA, "no %s '%.80s': a blank is missing after the colon",
                         what, given);
    int nearest = text_nearest(given, count, names, context);
    if (nearest >= 0)
        return error_set(error, ERROR_DATA, "no %s '%.80s'; did you mean '%s'?", what, given,
                         names(context, (size_t)nearest));
    struct text all = {0};
    for (size_t i = 0; i < count; i++)
        text_append(&all, "%s%s", i > 0 ? ", " : "", names(context, i));
    error_set(error, ERROR_DATA, "no %s '%.80s'; there %s %s", what, given,
              count == 1 ? "is" : "are", count > 0 ? text_of(&all) : "none");
    text_release(&all);
    return false;
}

/* The search for a moment at which something is wrong. */
struct search {
    mask_problem *problem;
    const void *context;
    const char *found;
    double *progress;
};

static void look_at(struct search *search, double progress)
{
    if (search->found || progress < 0.0 || progress > 1.0)
        return;
    search->found = search->problem(search->context, progress);
    *search->progress = progress;
}

static void look_around(struct search *search, double progress)
{
    static const double beside = 1e-9;
    look_at(search, progress - beside);
    look_at(search, progress);
    look_at(search, progress + beside);
}

static void look_along(struct search *search, const struct schedule *schedule)
{
    enum { JUMPS_MOST = 1000 };
    bool jumps = schedule->shape == SCHEDULE_STEP;
    look_around(search, schedule->start);
    look_around(search, schedule->end);
    for (int jump = 1; jumps && jump <= schedule->steps && jump <= JUMPS_MOST; jump++)
        look_around(search, schedule->start +
                                (schedule->end - schedule->start) * jump / (schedule->steps + 1));
}

bool mask_check_together(const struct schedule *schedules, size_t count, mask_problem *problem,
                         const void *context, struct error *error)
{
    enum { EVEN_STEPS = 100 };
    double progress = 0.0;
    bool constant = true;
    struct search search = {problem, context, NULL, &progress};
    for (int step = 0; step <= EVEN_STEPS; step++)
        look_at(&search, (double)step / EVEN_STEPS);
    for (size_t i = 0; i < count; i++)
        if (!schedule_is_constant(&schedules[i])) {
            constant = false;
            look_along(&search, &schedules[i]);
        }
    if (!search.found)
        return true;
    return constant ? error_set(error, ERROR_DATA, "%s", search.found)
                    : error_set(error, ERROR_DATA, "%s (at progress %g)", search.found, progress);
}

static const char *name_at(const void *context, size_t i)
{
    const char *const *names = context;
    return names[i];
}

/* Offers the parameters, and of the other keys those that the map does not have yet. */
static bool refuse_key(const struct setting_table *rows, const struct node *map,
                       const char *const *others, const char *key, struct error *error)
{
    enum { OTHERS_LIMIT = 4 };
    const char *names[MASK_PARAMETER_LIMIT + OTHERS_LIMIT];
    size_t count = 0;
    for (size_t i = 0; i < rows->count; i++)
        names[count++] = rows->rows[i].name;
    for (; *others && count < ARRAY_LENGTH(names); others++)
        if (!node_child(map, *others))
            names[count++] = *others;
    return mask_unknown_name("parameter", key, count, name_at, names, error);
}

static bool read_choice(const struct setting *row, const struct node *node, const char *name,
                        struct schedule *schedule, struct error *error)
{
    struct text range = {0};
    for (int i = 0; node->kind == NODE_SCALAR && row->choices[i]; i++)
        if (!strcmp(row->choices[i], node->text)) {
            *schedule = schedule_constant(i);
            return true;
        }
    setting_write_range(row, &range);
    error_set(error, ERROR_DATA, "%s: '%.80s' is not allowed: expected %s", name,
              node->kind == NODE_SCALAR ? node->text : "a list or mapping", text_of(&range));
    text_release(&range);
    return false;
}

static bool read_parameter(const struct setting *row, const struct node *node, const char *owner,
                           struct schedule *schedule, struct error *error)
{
    char name[2 * SETTING_NAME_SIZE];
    snprintf(name, sizeof name, "%s:%s", owner, row->name);
    if (row->type == SETTING_CHOICE)
        return read_choice(row, node, name, schedule, error);
    struct schedule read;
    if (!schedule_read(&read, node, name, row->low, row->high, error))
        return false;
    bool whole = rint(read.from) == read.from && rint(read.to) == read.to;
    if (row->type == SETTING_INT && !whole)
        return error_set(error, ERROR_DATA, "%s: must be a whole number", name);
    *schedule = read;
    return true;
}

void mask_parameters_defaults(const struct setting_table *rows, struct schedule *schedules)
{
    for (size_t i = 0; i < rows->count; i++) {
        schedules[i] = schedule_constant(0.0);
        if (rows->rows[i].type == SETTING_TEXT)
            continue;
        struct node node = {.kind = NODE_SCALAR, .text = rows->rows[i].fallback};
        /* The rows are ours: a default that does not read is a mistake in the program. */
        if (!read_parameter(&rows->rows[i], &node, "", &schedules[i], NULL))
            abort();
    }
}

static bool is_one_of(const char *key, const char *const *keys)
{
    for (; *keys; keys++)
        if (!strcmp(*keys, key))
            return true;
    return false;
}

bool mask_parameters_read(const struct setting_table *rows, const struct node *map,
                          const char *const *others, const char *owner, struct schedule *schedules,
                          struct error *error)
{
    for (const struct node *child = map->children; child; child = child->next) {
        if (is_one_of(child->key, others))
            continue;
        const struct setting *row = setting_find(rows, child->key);
        if (!row) {
            refuse_key(rows, map, others, child->key, error);
            return error_prefix(error, "%s", owner);
        }
        bool number = row->type != SETTING_TEXT;
        if (number && !read_parameter(row, child, owner, &schedules[row - rows->rows], error))
            return false;
    }
    return true;
}

static bool same_schedule(const struct schedule *a, const struct schedule *b)
{
    return a->from == b->from && a->to == b->to && a->shape == b->shape && a->start == b->start &&
           a->end == b->end && a->steps == b->steps;
}

void mask_parameters_write(const struct setting_table *rows, const struct schedule *schedules,
                           bool all, struct text *text)
{
    struct schedule defaults[MASK_PARAMETER_LIMIT];
    mask_parameters_defaults(rows, defaults);
    const char *separator = ":";
    for (size_t i = 0; i < rows->count; i++) {
        const struct setting *row = &rows->rows[i];
        if (row->type == SETTING_TEXT || (!all && same_schedule(&schedules[i], &defaults[i])))
            continue;
        text_append(text, "%s%s=", separator, row->name);
        separator = ",";
        if (row->type == SETTING_CHOICE)
            text_append(text, "%s", row->choices[(int)schedules[i].from]);
        else
            schedule_write(&schedules[i], text);
    }
}

void mask_parameters_at(const struct setting_table *rows, const struct schedule *schedules,
                        double progress, double *values)
{
    for (size_t i = 0; i < rows->count; i++) {
        double value = schedule_at(&schedules[i], progress);
        values[i] = rows->rows[i].type == SETTING_REAL ? value : rint(value);
    }
}
