#include "run/tables.h"

#include <stdlib.h>
#include <string.h>

#include "run/tables_private.h"

bool arm_names_add(struct arm_names *arms, int id, const char *name, const char *kind,
                   struct error *error)
{
    void *items =
        memory_grow(arms->items, arms->count, &arms->capacity, sizeof *arms->items, error);
    if (!items)
        return false;
    arms->items = items;
    const char *kept = arena_text(&arms->arena, name, strlen(name), error);
    if (kept)
        arms->items[arms->count++] = (struct named_arm){id, kept, kind};
    return kept;
}

struct reading {
    struct arm_names *arms;
    struct error *error;
    bool failed;
};

static bool keep_arm(void *context, int id, const char *name, enum store_arm_kind kind)
{
    struct reading *reading = context;
    const char *kind_name = kind == STORE_KIND_BASELINE ? "baseline" : "arm";
    reading->failed = !arm_names_add(reading->arms, id, name, kind_name, reading->error);
    return !reading->failed;
}

bool arm_names_read(struct arm_names *arms, struct store *store, struct error *error)
{
    struct reading reading = {.arms = arms, .error = error};
    return store_read_arms(store, keep_arm, &reading, error) && !reading.failed;
}

void arm_names_release(struct arm_names *arms)
{
    free(arms->items);
    arena_release(&arms->arena);
    *arms = (struct arm_names){0};
}

static const struct named_arm *find_arm(const struct arm_names *arms, int id)
{
    for (size_t i = 0; i < arms->count; i++)
        if (arms->items[i].id == id)
            return &arms->items[i];
    return NULL;
}

const char *arm_name(const struct arm_names *arms, int id)
{
    const struct named_arm *arm = find_arm(arms, id);
    return arm ? arm->name : "";
}

const char *arm_kind(const struct arm_names *arms, int id)
{
    const struct named_arm *arm = find_arm(arms, id);
    return arm ? arm->kind : "";
}

struct name_reading {
    struct metric_names *names;
    struct error *error;
    bool failed;
};

static bool keep_metric(void *context, const char *name)
{
    struct name_reading *reading = context;
    struct metric_names *names = reading->names;
    for (size_t i = 0; i < names->count; i++)
        if (!strcmp(names->items[i], name))
            return true;
    void *items = memory_grow(names->items, names->count, &names->capacity, sizeof *names->items,
                              reading->error);
    if (items)
        names->items = items;
    const char *kept = items ? arena_text(&names->arena, name, strlen(name), reading->error) : NULL;
    if (kept)
        names->items[names->count++] = kept;
    reading->failed = !kept;
    return kept;
}

bool metric_names_read(struct metric_names *names, struct store *store, struct error *error)
{
    struct name_reading reading = {.names = names, .error = error};
    return store_read_metric_names(store, keep_metric, &reading, error) && !reading.failed;
}

void metric_names_release(struct metric_names *names)
{
    free(names->items);
    arena_release(&names->arena);
    *names = (struct metric_names){0};
}

const char *table_significance(double p)
{
    return p < 0.001 ? "***" : p < 0.01 ? "**" : p < 0.05 ? "*" : "";
}

bool table_groups_parse(const char *text, unsigned *groups, struct error *error)
{
    static const struct {
        const char *text;
        unsigned groups;
    } choices[] = {{"nothing", TABLE_BY_NOTHING},
                   {"strategy", TABLE_BY_STRATEGY},
                   {"ratio", TABLE_BY_RATIO},
                   {"strategy,ratio", TABLE_BY_ALL},
                   {"ratio,strategy", TABLE_BY_ALL}};
    for (size_t i = 0; i < ARRAY_LENGTH(choices); i++)
        if (!strcmp(choices[i].text, text)) {
            *groups = choices[i].groups;
            return true;
        }
    return error_set(error, ERROR_USAGE,
                     "'%.80s': expected strategy, ratio, strategy,ratio or nothing", text);
}

/* clang-format off */
static const struct run_table tables[] = {
    {"matrix", "MSE of each arm and baseline under each probe strategy and ratio", true, NULL,
     TABLE_BY_ALL, table_fill_matrix, false},
    {"cross", "the same, strategies side by side, the best of each marked", true, NULL,
     TABLE_BY_STRATEGY, table_fill_cross, false},
    {"arms", "each arm and baseline over all probe masks, beside its loss on its own masks", false,
     NULL, TABLE_BY_NOTHING, table_fill_arms, false},
    {"pairs", "each two arms on the same images: difference, paired tests, effect size", true,
     NULL, TABLE_BY_NOTHING, table_fill_pairs, false},
    {"ratios", "MSE over the ratio: linear and smoothing-spline fits with bands, Spearman", true,
     NULL, TABLE_BY_STRATEGY, table_fill_ratios, false},
    {"distance", "MSE by distance to the nearest visible patch", true, table_make_distance,
     TABLE_BY_NOTHING, NULL, true},
    {"position", "MSE by position on the grid of patches", true, table_make_position,
     TABLE_BY_NOTHING, NULL, true},
    {"classes", "MSE by the images' classes", false, NULL, TABLE_BY_NOTHING,
     table_fill_classes, true},
    {"images", "MSE of each image, its mean over all probe masks", false, table_make_images,
     TABLE_BY_NOTHING, NULL, false},
    {"curves", "loss, ratio, gradient norm, learning rate: every step", false, table_make_curves,
     TABLE_BY_NOTHING, NULL, false},
    {"events", "changes, pauses, checkpoints, notes", false, table_make_events, TABLE_BY_NOTHING,
     NULL, false},
    {"probes", "downstream tasks: nearest neighbours, linear probes and others", false,
     table_make_probes, TABLE_BY_NOTHING, NULL, false},
    {"probe-pairs", "each two arms by downstream tasks: difference with its interval, paired tests",
     false, table_make_probe_pairs, TABLE_BY_NOTHING, NULL, false},
    {"settings", "the settings as the run began, and as they stand", false, table_make_settings,
     TABLE_BY_NOTHING, NULL, false},
};
/* clang-format on */

const struct run_table *run_tables(size_t *count)
{
    *count = ARRAY_LENGTH(tables);
    return tables;
}

/* Of evaluations alone: read, fill, forget. */
static bool make_filled(struct table *table, const struct run_table *kind, struct store *store,
                        unsigned groups, struct error *error)
{
    struct evaluation_set set;
    if (!evaluation_set_read(&set, store, error))
        return false;
    bool good = kind->fill(table, &set, groups, error);
    evaluation_set_release(&set);
    return good;
}

bool run_table_read(struct table *table, const struct run_table *kind, struct store *store,
                    unsigned groups, struct error *error)
{
    return kind->fill ? make_filled(table, kind, store, groups, error)
                      : kind->make(table, store, groups, error);
}

bool run_table_make(struct table *table, const struct run_table *kind, struct store *store,
                    unsigned groups, struct error *error)
{
    if (!store_begin_reading(store, error))
        return false;
    bool good = run_table_read(table, kind, store, groups, error);
    store_end_reading(store);
    return good;
}

static const char *table_name(const void *context, size_t i)
{
    (void)context;
    return tables[i].name;
}

const struct run_table *run_table_find(const char *name, struct error *error)
{
    for (size_t i = 0; i < ARRAY_LENGTH(tables); i++)
        if (!strcmp(tables[i].name, name))
            return &tables[i];
    int nearest = text_nearest(name, ARRAY_LENGTH(tables), table_name, NULL);
    error_set(error, ERROR_USAGE, "no table '%s'%s%s%s", name,
              nearest >= 0 ? "; did you mean '" : " (see 'maskscope list tables')",
              nearest >= 0 ? tables[nearest].name : "", nearest >= 0 ? "'?" : "");
    return NULL;
}
