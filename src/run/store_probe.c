/* Outcomes of downstream tasks. Since schema 3. */
#include "run/store.h"

#include <math.h>

#include "run/store_private.h"

enum { PROBES_SINCE = 3 };

bool store_drop_probe(struct store *store, const struct store_probe *probe, struct error *error)
{
    sqlite3_stmt *drop = store_writing(store, STATEMENT_DROP_PROBE, error);
    return drop && store_execute(store, drop,
                                 sqlite3_bind_int(drop, 1, probe->arm) |
                                     sqlite3_bind_int64(drop, 2, probe->step) |
                                     store_bind_text(drop, 3, probe->task) |
                                     store_bind_text(drop, 4, probe->key) |
                                     sqlite3_bind_int64(drop, 5, probe->seed) |
                                     store_bind_text(drop, 6, probe->variant),
                                 error);
}

bool store_add_probe(struct store *store, const struct store_probe *probe, int64_t *id,
                     struct error *error)
{
    sqlite3_stmt *row = store_writing(store, STATEMENT_ADD_PROBE, error);
    if (!row)
        return false;
    int bound = sqlite3_bind_int64(row, 1, probe->step) | sqlite3_bind_int(row, 2, probe->arm) |
                store_bind_text(row, 3, probe->task) | store_bind_text(row, 4, probe->variant) |
                sqlite3_bind_int64(row, 5, probe->seed) | store_bind_text(row, 6, probe->key) |
                store_bind_text(row, 7, probe->data) | sqlite3_bind_int64(row, 8, probe->images) |
                sqlite3_bind_int64(row, 9, probe->classes) |
                sqlite3_bind_double(row, 10, probe->time) |
                sqlite3_bind_double(row, 11, probe->seconds);
    if (!store_execute(store, row, bound, error))
        return false;
    *id = sqlite3_last_insert_rowid(store->database);
    return true;
}

bool store_add_probe_value(struct store *store, int64_t probe, const char *name, double value,
                           struct error *error)
{
    sqlite3_stmt *row = store_writing(store, STATEMENT_ADD_PROBE_VALUE, error);
    return row && store_execute(store, row,
                                sqlite3_bind_int64(row, 1, probe) | store_bind_text(row, 2, name) |
                                    sqlite3_bind_double(row, 3, value),
                                error);
}

static int bind_class(sqlite3_stmt *row, int index, int value)
{
    return value < 0 ? sqlite3_bind_null(row, index) : sqlite3_bind_int(row, index, value);
}

bool store_add_probe_image(struct store *store, int64_t probe,
                           const struct store_probe_image *image, struct error *error)
{
    sqlite3_stmt *row = store_writing(store, STATEMENT_ADD_PROBE_IMAGE, error);
    return row && store_execute(
                      store, row,
                      sqlite3_bind_int64(row, 1, probe) | sqlite3_bind_int64(row, 2, image->image) |
                          bind_class(row, 3, image->label) | bind_class(row, 4, image->predicted) |
                          (isnan(image->value) ? sqlite3_bind_null(row, 5)
                                               : sqlite3_bind_double(row, 5, image->value)),
                      error);
}

/* ---- Reading ---- */

struct reading {
    union {
        store_probe_visitor *probe;
        store_probe_value_visitor *value;
        store_probe_image_visitor *image;
    } visit;
    void *context;
};

static bool read_probe(void *context, struct store_row *row)
{
    const struct reading *reading = context;
    return reading->visit.probe(reading->context, &(struct store_probe){
                                                      .id = store_row_integer(row, 0),
                                                      .step = store_row_integer(row, 1),
                                                      .arm = (int)store_row_integer(row, 2),
                                                      .task = store_row_text(row, 3),
                                                      .variant = store_row_text(row, 4),
                                                      .seed = store_row_integer(row, 5),
                                                      .key = store_row_text(row, 6),
                                                      .data = store_row_text(row, 7),
                                                      .images = store_row_integer(row, 8),
                                                      .classes = store_row_integer(row, 9),
                                                      .time = store_row_real(row, 10),
                                                      .seconds = store_row_real(row, 11),
                                                  });
}

static bool read_value(void *context, struct store_row *row)
{
    const struct reading *reading = context;
    return reading->visit.value(reading->context, store_row_text(row, 0), store_row_real(row, 1));
}

static bool read_image(void *context, struct store_row *row)
{
    const struct reading *reading = context;
    return reading->visit.image(reading->context, &(struct store_probe_image){
                                                      .image = store_row_integer(row, 0),
                                                      .label = store_row_class(row, 1),
                                                      .predicted = store_row_class(row, 2),
                                                      .value = store_row_real(row, 3),
                                                  });
}

/* Of one probe, or of all where that is 0. */
static bool read_rows(struct store *store, enum statement id, int64_t probe, store_row_reader *read,
                      struct reading *reading, struct error *error)
{
    bool stopped = false;
    if (store->schema < PROBES_SINCE)
        return true;
    sqlite3_stmt *query = store_statement(store, id, error);
    return query &&
           store_read_rows(store, query, probe ? sqlite3_bind_int64(query, 1, probe) : SQLITE_OK,
                           read, reading, &stopped, error);
}

bool store_read_probes(struct store *store, store_probe_visitor *visit, void *context,
                       struct error *error)
{
    struct reading reading = {.visit.probe = visit, .context = context};
    return read_rows(store, STATEMENT_READ_PROBES, 0, read_probe, &reading, error);
}

bool store_read_probe_values(struct store *store, int64_t probe, store_probe_value_visitor *visit,
                             void *context, struct error *error)
{
    struct reading reading = {.visit.value = visit, .context = context};
    return read_rows(store, STATEMENT_READ_PROBE_VALUES, probe, read_value, &reading, error);
}

bool store_read_probe_images(struct store *store, int64_t probe, store_probe_image_visitor *visit,
                             void *context, struct error *error)
{
    struct reading reading = {.visit.image = visit, .context = context};
    return read_rows(store, STATEMENT_READ_PROBE_IMAGES, probe, read_image, &reading, error);
}
