/* Records of evaluated runs whose errors are known, and what tables say of them. */
#ifndef MASKSCOPE_TESTS_UNIT_RUN_EVALUATED_H
#define MASKSCOPE_TESTS_UNIT_RUN_EVALUATED_H

#include <math.h>

#include "base/file.h"
#include "run/tables.h"
#include "tests/unit/run_folder.h"

static struct error error;

enum { IMAGES = 12, ARMS = 3 };

static inline const char *path_of(const char *name)
{
    static char path[FILE_PATH_SIZE];
    assert_true(file_join(path, sizeof path, test_folder, name, &error));
    return path;
}

static inline struct table fill(const struct evaluation_set *set, const char *name, unsigned groups)
{
    struct table table;
    const struct run_table *kind = run_table_find(name, &error);
    if (!kind || !kind->fill(&table, set, groups, &error))
        fail_msg("%s", error.message);
    return table;
}

static inline const struct table_cell *cell_of(const struct table *table, size_t row,
                                               const char *column)
{
    for (size_t i = 0; i < table->column_count; i++)
        if (!strcmp(table->columns[i].name, column))
            return table_cell(table, row, i);
    fail_msg("no column %s", column);
    return NULL;
}

static inline double real_of(const struct table *table, size_t row, const char *column)
{
    const struct table_cell *cell = cell_of(table, row, column);
    return cell->missing ? (double)NAN : cell->real;
}

/* What an evaluation of image i under arm a is: arms differ by less than images do. */
static inline double value_of(int arm, int strategy, double ratio, int image, int mask)
{
    return 1 + 0.5 * image + 0.1 * arm * (1 + 0.1 * (image % 3)) + strategy + ratio + 0.25 * mask;
}

struct recipe {
    bool grown; /* all arms but the first were added after the baseline */
    const char *name;
    int64_t seed, eval_seed;
    const char
        *digest;  /* of the held-out images; those trained on have "t" unless said otherwise */
    double shift; /* added to every error */
    const char *trained;
    int64_t step; /* of the evaluation; 0: 40 */
    int first;    /* the images before that are not held out */
    int masks;    /* 0: 2 */
    int astray;   /* of the second arm, this many images have no number */
    int64_t late; /* the second arm begins after that step */
};

static inline void add_evaluations(struct store *store, int arm, int id,
                                   const struct recipe *recipe)
{
    int masks = recipe->masks ? recipe->masks : 2;
    static const char *const strategies[] = {"block", "random"};
    static const double ratios[] = {0.5, 0.75, 0.9};
    for (int cell = 0; cell < 6; cell++)
        for (int image = recipe->first; image < IMAGES; image++)
            for (int mask = 0; mask < masks; mask++)
                assert_true(store_add_evaluation(
                    store,
                    &(struct store_evaluation){
                        .step = recipe->step ? recipe->step : 40,
                        .arm = id,
                        .strategy = strategies[cell / 3],
                        .ratio = ratios[cell % 3],
                        .image = 100 + image,
                        .mask = mask,
                        .label = image % 2,
                        .mse = arm == 1 && image < recipe->astray
                                   ? (double)NAN
                                   : recipe->shift +
                                         value_of(arm, cell / 3, ratios[cell % 3], image, mask)},
                    &error));
}

static inline struct store *make_record(const struct recipe *recipe)
{
    static struct config config;
    static const char *const names[ARMS] = {"first", "second", "third"};
    struct text yaml = {0};
    struct store *store = store_open(path_of(recipe->name), STORE_CREATE, &error);
    assert_non_null(store);
    assert_true(store_begin(store, &error));
    assert_true(config_defaults(&config, NULL));
    config.seed = recipe->seed;
    config.eval.seed = recipe->eval_seed;
    config_write(&config, &yaml);
    assert_true(store_set_meta(store, "config", text_of(&yaml), &error));
    text_release(&yaml);
    assert_true(store_set_meta(store, "held_out_digest", recipe->digest, &error));
    assert_true(
        store_set_meta(store, "data_digest", recipe->trained ? recipe->trained : "t", &error));
    assert_true(store_set_meta(store, "classes", "cat\nother, with a comma\n", &error));
    static const int recorded[][ARMS + 1] = {{0, 1, 2, ARMS}, {0, ARMS, 1, 2}};
    for (int place = 0; place <= ARMS; place++) {
        int id, arm = recorded[recipe->grown][place];
        assert_true(store_add_arm(store, arm < ARMS ? names[arm] : "visible-mean",
                                  arm < ARMS ? STORE_KIND_ARM : STORE_KIND_BASELINE, &id, &error));
        add_evaluations(store, arm, id, recipe);
        int64_t begin = arm == 1 ? recipe->late : 0;
        for (int64_t step = begin + 1; arm < ARMS && step <= 1000; step++) /* the last is lowest */
            assert_true(store_add_metric(store, step, id, "loss", 5.0 - arm, &error));
    }
    assert_true(store_commit(store, &error));
    return store;
}

static inline struct evaluation_set read_record(const struct recipe *recipe)
{
    struct evaluation_set set;
    struct store *store = make_record(recipe);
    if (!evaluation_set_read(&set, store, &error))
        fail_msg("%s", error.message);
    store_close(store);
    return set;
}

/* Values from a file with that text. */
static inline void write_file(const char *name, const char *text)
{
    struct file_write write;
    assert_true(file_begin(&write, path_of(name), &error));
    fputs(text, write.stream);
    assert_true(file_commit(&write, &error));
}

static inline struct evaluation_set read_file(const char *text)
{
    struct evaluation_set set;
    write_file("values.csv", text);
    if (!evaluation_set_read_file(&set, path_of("values.csv"), &error))
        fail_msg("%s", error.message);
    return set;
}

/* ---- What captions say ---- */

static inline void assert_says(const struct table *table, const char *words)
{
    if (!strstr(table->caption, words))
        fail_msg("'%s' is not in '%s'", words, table->caption);
}

static inline void assert_silent(const struct table *table, const char *words)
{
    if (strstr(table->caption, words))
        fail_msg("'%s' is in '%s'", words, table->caption);
}

#endif
