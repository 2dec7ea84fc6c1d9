#include "run/store.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "run/store_private.h"

const char *store_row_text_or_null(struct store_row *row, int column)
{
    return (const char *)sqlite3_column_text(row->statement, column);
}

const char *store_row_text(struct store_row *row, int column)
{
    const char *text = store_row_text_or_null(row, column);
    if (!text && !row->missing)
        row->missing = sqlite3_column_name(row->statement, column);
    return text ? text : "";
}

int64_t store_row_integer(struct store_row *row, int column)
{
    return sqlite3_column_int64(row->statement, column);
}

static bool is_null(struct store_row *row, int column)
{
    return sqlite3_column_type(row->statement, column) == SQLITE_NULL;
}

double store_row_real(struct store_row *row, int column)
{
    return is_null(row, column) ? (double)NAN : sqlite3_column_double(row->statement, column);
}

int store_row_class(struct store_row *row, int column)
{
    return is_null(row, column) ? -1 : sqlite3_column_int(row->statement, column);
}

/* A caller's visitor with its context. */
struct reading {
    union {
        store_arm_visitor *arm;
        store_metric_visitor *metric;
        store_name_visitor *name;
        store_event_visitor *event;
        store_evaluation_visitor *evaluation;
        store_step_visitor *step;
    } visit;
    void *context;
    bool stopped; /* the visitor wants no more */
};

static bool has_its_texts(const struct store *store, const struct store_row *row,
                          struct error *error)
{
    return !row->missing || error_set(error, ERROR_DATA, "%s: damaged: a row without its %s",
                                      store->path, row->missing);
}

bool store_read_rows(struct store *store, sqlite3_stmt *query, int bound, store_row_reader *read,
                     void *reading, bool *stopped, struct error *error)
{
    struct store_row row = {.statement = query};
    int code = bound == SQLITE_OK ? sqlite3_step(query) : bound;
    while (code == SQLITE_ROW && !*stopped && !row.missing) {
        *stopped = !read(reading, &row);
        if (!*stopped)
            code = sqlite3_step(query);
    }
    bool good = has_its_texts(store, &row, error);
    good = good && (*stopped || code == SQLITE_DONE || store_fail(store, error));
    store_finish(query);
    return good;
}

static bool read_rows(struct store *store, sqlite3_stmt *query, int bound, store_row_reader *read,
                      struct reading *reading, struct error *error)
{
    return store_read_rows(store, query, bound, read, reading, &reading->stopped, error);
}

bool store_get_meta(struct store *store, const char *key, struct text *value, bool *found,
                    struct error *error)
{
    sqlite3_stmt *query = store_statement(store, STATEMENT_GET_META, error);
    if (!query)
        return false;
    struct store_row row = {.statement = query};
    int code = store_bind_text(query, 1, key) ? SQLITE_NOMEM : sqlite3_step(query);
    if (code == SQLITE_ROW)
        text_append(value, "%s", store_row_text(&row, 0));
    bool good = code == SQLITE_ROW || code == SQLITE_DONE ? text_is_whole(value, error)
                                                          : store_fail(store, error);
    good = good && has_its_texts(store, &row, error);
    store_finish(query);
    if (found)
        *found = code == SQLITE_ROW;
    if (value->failed)
        return error_set(error, ERROR_SYSTEM, "%s: out of memory", store->path);
    return good;
}

static bool read_arm(void *context, struct store_row *row)
{
    const struct reading *reading = context;
    bool baseline = strcmp(store_row_text(row, 2), store_kind_names[STORE_KIND_BASELINE]) == 0;
    return reading->visit.arm(reading->context, (int)store_row_integer(row, 0),
                              store_row_text(row, 1),
                              baseline ? STORE_KIND_BASELINE : STORE_KIND_ARM);
}

bool store_read_arms(struct store *store, store_arm_visitor *visit, void *context,
                     struct error *error)
{
    struct reading reading = {.visit.arm = visit, .context = context};
    sqlite3_stmt *query = store_statement(store, STATEMENT_READ_ARMS, error);
    return query && read_rows(store, query, SQLITE_OK, read_arm, &reading, error);
}

static bool read_metric(void *context, struct store_row *row)
{
    const struct reading *reading = context;
    return reading->visit.metric(reading->context, store_row_integer(row, 0),
                                 store_row_real(row, 1));
}

bool store_read_metric(struct store *store, int arm, const char *name, int64_t first,
                       store_metric_visitor *visit, void *context, struct error *error)
{
    struct reading reading = {.visit.metric = visit, .context = context};
    sqlite3_stmt *query = store_statement(store, STATEMENT_READ_METRIC, error);
    if (!query)
        return false;
    int bound = store_bind_text(query, 1, name) | sqlite3_bind_int(query, 2, arm) |
                sqlite3_bind_int64(query, 3, first);
    return read_rows(store, query, bound, read_metric, &reading, error);
}

static bool series_grow(struct store_series *series)
{
    enum { FIRST_CAPACITY = 1024 };
    size_t capacity = series->capacity ? 2 * series->capacity : FIRST_CAPACITY;
    int64_t *steps = realloc(series->steps, capacity * sizeof *steps);
    if (steps)
        series->steps = steps;
    double *values = realloc(series->values, capacity * sizeof *values);
    if (values)
        series->values = values;
    if (steps && values)
        series->capacity = capacity;
    return steps && values;
}

static bool collect_point(void *context, int64_t step, double value)
{
    struct store_series *series = context;
    if (series->count == series->capacity && !series_grow(series))
        return false;
    series->steps[series->count] = step;
    series->values[series->count++] = value;
    return true;
}

bool store_read_series(struct store *store, int arm, const char *name, struct store_series *series,
                       struct error *error)
{
    return store_read_series_from(store, arm, name, INT64_MIN, series, error);
}

bool store_read_series_from(struct store *store, int arm, const char *name, int64_t first,
                            struct store_series *series, struct error *error)
{
    struct reading reading = {.visit.metric = collect_point, .context = series};
    sqlite3_stmt *query = store_statement(store, STATEMENT_READ_METRIC, error);
    if (!query)
        return false;
    series->count = 0;
    int bound = store_bind_text(query, 1, name) | sqlite3_bind_int(query, 2, arm) |
                sqlite3_bind_int64(query, 3, first);
    if (!read_rows(store, query, bound, read_metric, &reading, error))
        return false;
    /* The collector stops for one reason only. */
    return !reading.stopped || error_set(error, ERROR_SYSTEM, "%s: out of memory", store->path);
}

void store_series_release(struct store_series *series)
{
    free(series->steps);
    free(series->values);
    *series = (struct store_series){0};
}

bool store_last_step(struct store *store, int arm, const char *name, int64_t *step, bool *found,
                     struct error *error)
{
    sqlite3_stmt *query = store_statement(store, STATEMENT_LAST_STEP, error);
    if (!query)
        return false;
    int code = store_bind_text(query, 1, name) | sqlite3_bind_int(query, 2, arm);
    code = code ? code : sqlite3_step(query);
    bool good = code == SQLITE_ROW || store_fail(store, error);
    *found = good && sqlite3_column_type(query, 0) != SQLITE_NULL;
    if (*found)
        *step = sqlite3_column_int64(query, 0);
    store_finish(query);
    return good;
}

static bool read_name(void *context, struct store_row *row)
{
    const struct reading *reading = context;
    return reading->visit.name(reading->context, store_row_text(row, 0));
}

bool store_read_metric_names(struct store *store, store_name_visitor *visit, void *context,
                             struct error *error)
{
    struct reading reading = {.visit.name = visit, .context = context};
    sqlite3_stmt *query = store_statement(store, STATEMENT_READ_METRIC_NAMES, error);
    return query && read_rows(store, query, SQLITE_OK, read_name, &reading, error);
}

static bool read_event(void *context, struct store_row *row)
{
    const struct reading *reading = context;
    struct store_event event = {
        .id = store_row_integer(row, 0),
        .step = store_row_integer(row, 1),
        .time = store_row_real(row, 2),
        .arm = (int)store_row_integer(row, 3),
        .kind = store_row_text(row, 4),
        .name = store_row_text_or_null(row, 5),
        .old_value = store_row_text_or_null(row, 6),
        .new_value = store_row_text_or_null(row, 7),
        .note = store_row_text_or_null(row, 8),
    };
    return reading->visit.event(reading->context, &event);
}

bool store_read_events(struct store *store, int64_t after, store_event_visitor *visit,
                       void *context, struct error *error)
{
    struct reading reading = {.visit.event = visit, .context = context};
    sqlite3_stmt *query = store_statement(store, STATEMENT_READ_EVENTS, error);
    return query && read_rows(store, query, sqlite3_bind_int64(query, 1, after), read_event,
                              &reading, error);
}

static bool read_evaluation(void *context, struct store_row *row)
{
    const struct reading *reading = context;
    struct store_evaluation evaluation = {
        .step = store_row_integer(row, 0),
        .arm = (int)store_row_integer(row, 1),
        .strategy = store_row_text(row, 2),
        .ratio = store_row_real(row, 3),
        .image = store_row_integer(row, 4),
        .mask = (int)store_row_integer(row, 5),
        .hidden = (int)store_row_integer(row, 6),
        .label = store_row_class(row, 7),
        .mse = store_row_real(row, 8),
    };
    return reading->visit.evaluation(reading->context, &evaluation);
}

static bool read_step(void *context, struct store_row *row)
{
    const struct reading *reading = context;
    return reading->visit.step(reading->context, store_row_integer(row, 0));
}

bool store_read_evaluated_steps(struct store *store, int arm, int64_t first,
                                store_step_visitor *visit, void *context, struct error *error)
{
    struct reading reading = {.visit.step = visit, .context = context};
    sqlite3_stmt *query = store_statement(store, STATEMENT_EVALUATED_STEPS, error);
    return query && read_rows(store, query,
                              sqlite3_bind_int(query, 1, arm) | sqlite3_bind_int64(query, 2, first),
                              read_step, &reading, error);
}

static bool read_arm_evaluations(struct store *store, int arm, int64_t first, int64_t last,
                                 struct reading *reading, struct error *error)
{
    sqlite3_stmt *query = store_statement(store, STATEMENT_READ_EVALUATIONS, error);
    if (!query)
        return false;
    int bound = sqlite3_bind_int(query, 1, arm) | sqlite3_bind_int64(query, 2, first) |
                sqlite3_bind_int64(query, 3, last);
    return read_rows(store, query, bound, read_evaluation, reading, error);
}

bool store_read_evaluations(struct store *store, int arm, int64_t step,
                            store_evaluation_visitor *visit, void *context, struct error *error)
{
    struct reading reading = {.visit.evaluation = visit, .context = context};
    sqlite3_stmt *arms = store_statement(store, STATEMENT_EVALUATED_ARMS, error);
    if (!arms)
        return false;
    int code = sqlite3_bind_int(arms, 1, arm);
    bool good = true;
    while (good && !reading.stopped && (code == SQLITE_OK || code == SQLITE_ROW)) {
        code = sqlite3_step(arms);
        if (code != SQLITE_ROW || sqlite3_column_type(arms, 1) == SQLITE_NULL)
            continue; /* the end, or an arm without evaluations */
        int64_t latest = sqlite3_column_int64(arms, 1);
        int64_t first = step == STORE_EVERY_STEP ? INT64_MIN : step == STORE_LATEST ? latest : step;
        int64_t last = step == STORE_EVERY_STEP ? latest : first;
        good =
            read_arm_evaluations(store, sqlite3_column_int(arms, 0), first, last, &reading, error);
    }
    if (good && !reading.stopped && code != SQLITE_DONE)
        good = store_fail(store, error);
    store_finish(arms);
    return good;
}
