/* Tables that list the record as it is. */
#include "run/tables_private.h"

struct listing {
    struct table *table;
    const struct arm_names *arms;
    int arm;
    const char *name;
};

static bool list_event(void *context, const struct store_event *event)
{
    struct listing *listing = context;
    table_add_integer(listing->table, event->step);
    table_add_time(listing->table, event->time);
    table_add_text(listing->table,
                   event->arm == STORE_RUN ? NULL : arm_name(listing->arms, event->arm));
    table_add_text(listing->table, event->kind);
    table_add_text(listing->table, event->name);
    table_add_text(listing->table, event->old_value);
    table_add_text(listing->table, event->new_value);
    table_add_text(listing->table, event->note);
    return true;
}

bool table_make_events(struct table *table, struct store *store, unsigned groups,
                       struct error *error)
{
    (void)groups;
    static const struct table_column columns[] = {
        {"step", NULL, TABLE_INTEGER, 0}, {"time", NULL, TABLE_TIME, 0},
        {"arm", NULL, TABLE_TEXT, 0},     {"kind", NULL, TABLE_TEXT, 0},
        {"name", NULL, TABLE_TEXT, 0},    {"old", NULL, TABLE_TEXT, 0},
        {"new", NULL, TABLE_TEXT, 0},     {"note", NULL, TABLE_TEXT, 0},
    };
    struct arm_names arms = {0};
    struct listing listing = {.table = table, .arms = &arms};
    bool good = arm_names_read(&arms, store, error) &&
                table_init(table, "events", "What happened, and before which step.", columns,
                           ARRAY_LENGTH(columns), error);
    if (good && !store_read_events(store, 0, list_event, &listing, error)) {
        table_release(table);
        good = false;
    }
    arm_names_release(&arms);
    return good;
}

static bool list_metric(void *context, int64_t step, double value)
{
    struct listing *listing = context;
    table_add_integer(listing->table, step);
    table_add_text(listing->table,
                   listing->arm == STORE_RUN ? NULL : arm_name(listing->arms, listing->arm));
    table_add_text(listing->table, listing->name);
    table_add_real(listing->table, value);
    return true;
}

/* Of the run, then of each arm. */
static bool list_metrics(struct listing *listing, struct store *store, struct error *error)
{
    struct metric_names names = {0};
    bool good = metric_names_read(&names, store, error);
    for (size_t arm = 0; good && arm <= listing->arms->count; arm++)
        for (size_t i = 0; good && i < names.count; i++) {
            listing->arm = arm ? listing->arms->items[arm - 1].id : STORE_RUN;
            listing->name = names.items[i];
            good = store_read_metric(store, listing->arm, listing->name, 0, list_metric, listing,
                                     error);
        }
    metric_names_release(&names);
    return good;
}

bool table_make_curves(struct table *table, struct store *store, unsigned groups,
                       struct error *error)
{
    (void)groups;
    static const struct table_column columns[] = {
        {"step", NULL, TABLE_INTEGER, 0},
        {"arm", NULL, TABLE_TEXT, 0},
        {"name", NULL, TABLE_TEXT, 0},
        {"value", NULL, TABLE_REAL, 6},
    };
    struct arm_names arms = {0};
    struct listing listing = {.table = table, .arms = &arms};
    bool good = arm_names_read(&arms, store, error) &&
                table_init(table, "curves", "Every recorded metric, step by step.", columns,
                           ARRAY_LENGTH(columns), error);
    if (good && !list_metrics(&listing, store, error)) {
        table_release(table);
        good = false;
    }
    arm_names_release(&arms);
    return good;
}
