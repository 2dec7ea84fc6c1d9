/* Where errors lie: by distance and by position. Since schema 2. */
#include "run/store.h"

#include "run/store_private.h"

enum { PROFILES_SINCE = 2 };

static bool find_cell(struct store *store, const char *strategy, double ratio, int *cell,
                      bool *found, struct error *error)
{
    sqlite3_stmt *find = store_writing(store, STATEMENT_FIND_CELL, error);
    if (!find)
        return false;
    if (store_bind_text(find, 1, strategy) | sqlite3_bind_double(find, 2, ratio))
        return store_fail(store, error);
    int code = sqlite3_step(find);
    *found = code == SQLITE_ROW;
    *cell = *found ? sqlite3_column_int(find, 0) : 0;
    bool good = *found || code == SQLITE_DONE || store_fail(store, error);
    store_finish(find);
    return good;
}

bool store_add_cell(struct store *store, const char *strategy, double ratio, int *cell,
                    struct error *error)
{
    bool found = false;
    if (!find_cell(store, strategy, ratio, cell, &found, error) || found)
        return found;
    sqlite3_stmt *row = store_writing(store, STATEMENT_ADD_CELL, error);
    if (!row || !store_execute(
                    store, row,
                    store_bind_text(row, 1, strategy) | sqlite3_bind_double(row, 2, ratio), error))
        return false;
    *cell = (int)sqlite3_last_insert_rowid(store->database);
    return true;
}

bool store_add_distance(struct store *store, const struct store_distance *distance,
                        struct error *error)
{
    sqlite3_stmt *row = store_writing(store, STATEMENT_ADD_DISTANCE, error);
    if (!row)
        return false;
    int bound =
        sqlite3_bind_int(row, 1, distance->arm) | sqlite3_bind_int64(row, 2, distance->step) |
        sqlite3_bind_int(row, 3, distance->cell) | sqlite3_bind_int64(row, 4, distance->image) |
        sqlite3_bind_int(row, 5, distance->distance) | sqlite3_bind_int(row, 6, distance->patches) |
        sqlite3_bind_double(row, 7, distance->mse);
    return store_execute(store, row, bound, error);
}

bool store_add_position(struct store *store, const struct store_position *position,
                        struct error *error)
{
    sqlite3_stmt *row = store_writing(store, STATEMENT_ADD_POSITION, error);
    if (!row)
        return false;
    int bound =
        sqlite3_bind_int(row, 1, position->arm) | sqlite3_bind_int64(row, 2, position->step) |
        sqlite3_bind_int(row, 3, position->cell) | sqlite3_bind_int(row, 4, position->position) |
        sqlite3_bind_int64(row, 5, position->images) | sqlite3_bind_double(row, 6, position->mse) |
        sqlite3_bind_double(row, 7, position->sd);
    return store_execute(store, row, bound, error);
}

struct reading {
    union {
        store_distance_visitor *distance;
        store_position_visitor *position;
    } visit;
    void *context;
    int arm;
};

static bool read_distance(void *context, struct store_row *row)
{
    const struct reading *reading = context;
    return reading->visit.distance(reading->context, &(struct store_distance){
                                                         .step = store_row_integer(row, 0),
                                                         .arm = reading->arm,
                                                         .strategy = store_row_text(row, 1),
                                                         .ratio = store_row_real(row, 2),
                                                         .image = store_row_integer(row, 3),
                                                         .distance = (int)store_row_integer(row, 4),
                                                         .patches = (int)store_row_integer(row, 5),
                                                         .mse = store_row_real(row, 6),
                                                     });
}

static bool read_position(void *context, struct store_row *row)
{
    const struct reading *reading = context;
    return reading->visit.position(reading->context, &(struct store_position){
                                                         .step = store_row_integer(row, 0),
                                                         .arm = reading->arm,
                                                         .strategy = store_row_text(row, 1),
                                                         .ratio = store_row_real(row, 2),
                                                         .position = (int)store_row_integer(row, 3),
                                                         .images = store_row_integer(row, 4),
                                                         .mse = store_row_real(row, 5),
                                                         .sd = store_row_real(row, 6),
                                                     });
}

static bool read_profile(struct store *store, enum statement id, int64_t step,
                         store_row_reader *read, struct reading *reading, struct error *error)
{
    bool stopped = false;
    if (store->schema < PROFILES_SINCE)
        return true;
    sqlite3_stmt *query = store_statement(store, id, error);
    if (!query)
        return false;
    int bound =
        sqlite3_bind_int(query, 1, reading->arm) |
        (step == STORE_LATEST ? sqlite3_bind_null(query, 2) : sqlite3_bind_int64(query, 2, step));
    return store_read_rows(store, query, bound, read, reading, &stopped, error);
}

bool store_read_distances(struct store *store, int arm, int64_t step, store_distance_visitor *visit,
                          void *context, struct error *error)
{
    struct reading reading = {.visit.distance = visit, .context = context, .arm = arm};
    return read_profile(store, STATEMENT_READ_DISTANCES, step, read_distance, &reading, error);
}

bool store_read_positions(struct store *store, int arm, int64_t step, store_position_visitor *visit,
                          void *context, struct error *error)
{
    struct reading reading = {.visit.position = visit, .context = context, .arm = arm};
    return read_profile(store, STATEMENT_READ_POSITIONS, step, read_position, &reading, error);
}

bool store_first_profile(struct store *store, int64_t *step, bool *found, struct error *error)
{
    *found = false;
    if (store->schema < PROFILES_SINCE)
        return true;
    sqlite3_stmt *query = store_statement(store, STATEMENT_FIRST_PROFILE, error);
    if (!query)
        return false;
    bool good = sqlite3_step(query) == SQLITE_ROW || store_fail(store, error);
    *found = good && sqlite3_column_type(query, 0) != SQLITE_NULL;
    *step = *found ? sqlite3_column_int64(query, 0) : 0;
    store_finish(query);
    return good;
}
