/* A run's record by itself, and what is read from it. */
#ifndef MASKSCOPE_TESTS_UNIT_RUN_RECORD_H
#define MASKSCOPE_TESTS_UNIT_RUN_RECORD_H

#include "base/file.h"
#include "base/memory.h"
#include "run/store.h"
#include "tests/unit/run_folder.h"

static char path[FILE_PATH_SIZE];
static struct error error;

static inline struct store *open_store(enum store_mode mode)
{
    struct store *store = store_open(path, mode, &error);
    if (!store)
        print_message("%s\n", error.message);
    assert_non_null(store);
    return store;
}

/* A folder for a record, and where it will be. */
static inline int record_place(void **state)
{
    test_folder_make(state);
    return file_join(path, sizeof path, test_folder, "run.db", &error) ? 0 : -1;
}

/* The same with a record of two arms, 1 and 2. */
static inline int record_make(void **state)
{
    int arm;
    if (record_place(state) != 0)
        return -1;
    struct store *store = open_store(STORE_CREATE);
    bool good =
        store_begin(store, &error) && store_add_arm(store, "first", STORE_KIND_ARM, &arm, &error) &&
        store_add_arm(store, "second", STORE_KIND_ARM, &arm, &error) && store_commit(store, &error);
    store_close(store);
    return good ? 0 : -1;
}

/* A metric's values, whose arrays the caller releases. */
static inline struct store_series read_series(struct store *store, int arm, const char *name)
{
    struct store_series series = {0};
    assert_true(store_read_series(store, arm, name, &series, &error));
    return series;
}

static inline size_t count_metric(struct store *store, int arm, const char *name)
{
    struct store_series series = read_series(store, arm, name);
    size_t count = series.count;
    store_series_release(&series);
    return count;
}

/* ---- What was read ---- */

struct tally {
    size_t count, limit;
    char names[4][64];
    struct store_event event;
    struct store_evaluation evaluations[8];
    char strategies[8][16];
};

static inline bool tally_arm(void *context, int id, const char *name, enum store_arm_kind kind)
{
    struct tally *tally = context;
    snprintf(tally->names[tally->count++], 64, "%d %s %d", id, name, (int)kind);
    return true;
}

static inline bool tally_evaluation(void *context, const struct store_evaluation *evaluation)
{
    struct tally *tally = context;
    snprintf(tally->strategies[tally->count], sizeof tally->strategies[0], "%s",
             evaluation->strategy);
    tally->evaluations[tally->count++] = *evaluation;
    return tally->count < tally->limit;
}

static inline bool tally_distance(void *context, const struct store_distance *row)
{
    struct tally *tally = context;
    snprintf(tally->names[tally->count++ % 4], 64, "%lld %d %s %g %lld %d %d %g",
             (long long)row->step, row->arm, row->strategy, row->ratio, (long long)row->image,
             row->distance, row->patches, row->mse);
    return tally->count < 4;
}

static inline bool tally_position(void *context, const struct store_position *row)
{
    struct tally *tally = context;
    snprintf(tally->names[tally->count++ % 4], 64, "%lld %d %s %g %d %lld %g %g",
             (long long)row->step, row->arm, row->strategy, row->ratio, row->position,
             (long long)row->images, row->mse, row->sd);
    return tally->count < 4;
}

static inline bool tally_probe(void *context, const struct store_probe *row)
{
    struct tally *tally = context;
    snprintf(tally->names[tally->count++ % 4], 64, "%lld %d %s %s %lld %s %s %lld %lld %g",
             (long long)row->step, row->arm, row->task, row->variant, (long long)row->seed,
             row->key, row->data, (long long)row->images, (long long)row->classes, row->seconds);
    tally->limit = (int)row->id;
    return true;
}

static inline bool tally_probe_value(void *context, const char *name, double value)
{
    struct tally *tally = context;
    snprintf(tally->names[tally->count++ % 4], 64, "%s %g", name, value);
    return true;
}

#endif
