#include "run/store.h"

#include "base/memory.h"
#include "run/store_private.h"

sqlite3_stmt *store_writing(struct store *store, enum statement id, struct error *error)
{
    if (!store->in_transaction) {
        error_set(error, ERROR_USAGE, "%s: no transaction is open", store->path);
        return NULL;
    }
    return store_statement(store, id, error);
}

bool store_set_meta(struct store *store, const char *key, const char *value, struct error *error)
{
    sqlite3_stmt *row = store_writing(store, STATEMENT_SET_META, error);
    return row &&
           store_execute(store, row, store_bind_text(row, 1, key) | store_bind_text(row, 2, value),
                         error);
}

bool store_add_arm(struct store *store, const char *name, enum store_arm_kind kind, int *id,
                   struct error *error)
{
    sqlite3_stmt *find = store_writing(store, STATEMENT_FIND_ARM, error);
    if (!find)
        return false;
    if (store_bind_text(find, 1, name) | store_bind_text(find, 2, store_kind_names[kind]))
        return store_fail(store, error);
    bool found = sqlite3_step(find) == SQLITE_ROW;
    if (found)
        *id = sqlite3_column_int(find, 0);
    store_finish(find);
    if (found)
        return true;
    sqlite3_stmt *row = store_writing(store, STATEMENT_ADD_ARM, error);
    if (!row || !store_execute(store, row,
                               store_bind_text(row, 1, name) |
                                   store_bind_text(row, 2, store_kind_names[kind]),
                               error))
        return false;
    *id = (int)sqlite3_last_insert_rowid(store->database);
    return true;
}

static bool add_metric(struct store *store, sqlite3_stmt *row, int64_t step, int arm,
                       const char *name, double value, struct error *error)
{
    /* SQLite stores a NaN as NULL. */
    int bound = store_bind_text(row, 1, name) | sqlite3_bind_int(row, 2, arm) |
                sqlite3_bind_int64(row, 3, step) | sqlite3_bind_double(row, 4, value);
    return store_execute(store, row, bound, error);
}

bool store_add_metric(struct store *store, int64_t step, int arm, const char *name, double value,
                      struct error *error)
{
    sqlite3_stmt *row = store_writing(store, STATEMENT_ADD_METRIC, error);
    if (!row || !add_metric(store, row, step, arm, name, value, error))
        return false;
    if (sqlite3_changes(store->database) > 0)
        return true;
    /* No row: the name is new. */
    sqlite3_stmt *add_name = store_writing(store, STATEMENT_ADD_METRIC_NAME, error);
    return add_name && store_execute(store, add_name, store_bind_text(add_name, 1, name), error) &&
           add_metric(store, row, step, arm, name, value, error);
}

bool store_add_event(struct store *store, const struct store_event *event, struct error *error)
{
    sqlite3_stmt *row = store_writing(store, STATEMENT_ADD_EVENT, error);
    if (!row)
        return false;
    int bound = sqlite3_bind_int64(row, 1, event->step) | sqlite3_bind_double(row, 2, event->time) |
                sqlite3_bind_int(row, 3, event->arm) | store_bind_text(row, 4, event->kind) |
                store_bind_text(row, 5, event->name) | store_bind_text(row, 6, event->old_value) |
                store_bind_text(row, 7, event->new_value) | store_bind_text(row, 8, event->note);
    return store_execute(store, row, bound, error);
}

bool store_add_evaluation(struct store *store, const struct store_evaluation *evaluation,
                          struct error *error)
{
    sqlite3_stmt *row = store_writing(store, STATEMENT_ADD_EVALUATION, error);
    if (!row)
        return false;
    int bound =
        sqlite3_bind_int64(row, 1, evaluation->step) | sqlite3_bind_int(row, 2, evaluation->arm) |
        store_bind_text(row, 3, evaluation->strategy) |
        sqlite3_bind_double(row, 4, evaluation->ratio) |
        sqlite3_bind_int64(row, 5, evaluation->image) | sqlite3_bind_int(row, 6, evaluation->mask) |
        sqlite3_bind_int(row, 7, evaluation->hidden) |
        (evaluation->label < 0 ? sqlite3_bind_null(row, 8)
                               : sqlite3_bind_int(row, 8, evaluation->label)) |
        sqlite3_bind_double(row, 9, evaluation->mse);
    return store_execute(store, row, bound, error);
}

bool store_truncate_after(struct store *store, int64_t step, bool events, struct error *error)
{
    enum { OF_EVENTS = 2 };
    static const enum statement cuts[] = {STATEMENT_CUT_METRICS,    STATEMENT_CUT_EVALUATIONS,
                                          STATEMENT_CUT_DISTANCES,  STATEMENT_CUT_POSITIONS,
                                          STATEMENT_CUT_PROBES,     STATEMENT_CUT_EVENTS,
                                          STATEMENT_CUT_LATE_EVENTS};
    for (size_t i = 0; i < ARRAY_LENGTH(cuts) - (events ? 0 : OF_EVENTS); i++) {
        sqlite3_stmt *cut = store_writing(store, cuts[i], error);
        if (!cut || !store_execute(store, cut, sqlite3_bind_int64(cut, 1, step), error))
            return false;
    }
    return true;
}
