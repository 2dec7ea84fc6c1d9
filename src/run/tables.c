#include "run/tables.h"

#include <string.h>

#include "run/tables_private.h"

static bool keep_arm(void *context, int id, const char *name, enum store_arm_kind kind)
{
    struct arm_names *arms = context;
    struct error error;
    if (id < 0 || id >= TABLE_ARM_LIMIT)
        return true;
    arms->names[id] = arena_text(&arms->arena, name, strlen(name), &error);
    arms->kinds[id] = kind == STORE_KIND_BASELINE ? "baseline" : "arm";
    return true;
}

bool arm_names_read(struct arm_names *arms, struct store *store, struct error *error)
{
    return store_read_arms(store, keep_arm, arms, error);
}

void arm_names_release(struct arm_names *arms)
{
    arena_release(&arms->arena);
}

const char *arm_name(const struct arm_names *arms, int id)
{
    const char *name = id >= 0 && id < TABLE_ARM_LIMIT ? arms->names[id] : NULL;
    return name ? name : "";
}

static const struct run_table tables[] = {
    {"matrix", "MSE of each arm and baseline under each probe strategy and ratio",
     table_make_matrix},
    {"arms", "MSE of each arm and baseline over all probe masks", table_make_arms},
    {"curves", "loss, ratio, gradient norm, learning rate: every step", table_make_curves},
    {"events", "changes, pauses, checkpoints, notes", table_make_events},
};

const struct run_table *run_tables(size_t *count)
{
    *count = ARRAY_LENGTH(tables);
    return tables;
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
