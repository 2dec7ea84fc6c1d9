/* The tables of a record: groups of the matrix, arms of any id, notes. */
#include "tests/unit/test.h"

#include <math.h>

#include "base/file.h"
#include "run/tables.h"
#include "tests/unit/run_folder.h"

static struct error error;

enum { IMAGES = 3, MANY_ARMS = 300 };

static struct store *new_store(const char *name)
{
    char path[FILE_PATH_SIZE];
    assert_true(file_join(path, sizeof path, test_folder, name, &error));
    struct store *store = store_open(path, STORE_CREATE, &error);
    assert_non_null(store);
    assert_true(store_begin(store, &error));
    return store;
}

/* Image i has `base` + i under one mask, and a second mask that is 0.5 worse. */
static void add_values(struct store *store, int arm, const char *strategy, double ratio,
                       double base)
{
    for (int image = 0; image < IMAGES; image++)
        for (int mask = 0; mask < 2; mask++)
            assert_true(
                store_add_evaluation(store,
                                     &(struct store_evaluation){.step = 10,
                                                                .arm = arm,
                                                                .strategy = strategy,
                                                                .ratio = ratio,
                                                                .image = image,
                                                                .mask = mask,
                                                                .label = -1,
                                                                .mse = base + image + 0.5 * mask},
                                     &error));
}

static struct table make(struct store *store, const char *name, unsigned groups)
{
    struct table table;
    const struct run_table *kind = run_table_find(name, &error);
    assert_non_null(kind);
    if (!run_table_read(&table, kind, store, groups, &error))
        fail_msg("%s", error.message);
    return table;
}

static const struct table_cell *cell_of(const struct table *table, size_t row, const char *column)
{
    for (size_t i = 0; i < table->column_count; i++)
        if (!strcmp(table->columns[i].name, column))
            return table_cell(table, row, i);
    return NULL;
}

static void assert_mean(const struct table *table, size_t row, double mean)
{
    assert_int_equal(cell_of(table, row, "images")->integer, IMAGES);
    assert_true(fabs(cell_of(table, row, "mse")->real - mean) < 1e-12);
    /* Images differ by 1 in every group, however many masks stand behind each. */
    assert_true(fabs(cell_of(table, row, "sd")->real - 1) < 1e-12);
}

static void test_groups(void **state)
{
    (void)state;
    struct store *store = new_store("groups.db");
    int arm;
    assert_true(store_add_arm(store, "first", STORE_KIND_ARM, &arm, &error));
    add_values(store, arm, "random", 0.5, 1);
    add_values(store, arm, "random", 0.75, 2);
    add_values(store, arm, "block", 0.5, 5);
    add_values(store, arm, "block", 0.75, 10);
    assert_true(store_commit(store, &error));

    struct table all = make(store, "matrix", TABLE_BY_ALL);
    assert_int_equal(table_rows(&all), 4);
    assert_string_equal(cell_of(&all, 1, "strategy")->text, "block");
    assert_true(cell_of(&all, 1, "ratio")->real == 0.75);
    assert_mean(&all, 1, 11.25);
    table_release(&all);

    struct table strategies = make(store, "matrix", TABLE_BY_STRATEGY);
    assert_int_equal(table_rows(&strategies), 2);
    assert_null(cell_of(&strategies, 0, "ratio"));
    assert_string_equal(cell_of(&strategies, 0, "strategy")->text, "block");
    assert_mean(&strategies, 0, 8.75);
    assert_mean(&strategies, 1, 2.75);
    table_release(&strategies);

    struct table ratios = make(store, "matrix", TABLE_BY_RATIO);
    assert_int_equal(table_rows(&ratios), 2);
    assert_null(cell_of(&ratios, 0, "strategy"));
    assert_true(cell_of(&ratios, 0, "ratio")->real == 0.5);
    assert_mean(&ratios, 0, 4.25);
    assert_mean(&ratios, 1, 7.25);
    table_release(&ratios);

    struct table arms = make(store, "arms", TABLE_BY_ALL);
    assert_int_equal(table_rows(&arms), 1);
    assert_string_equal(cell_of(&arms, 0, "kind")->text, "arm");
    assert_mean(&arms, 0, 5.75);
    table_release(&arms);
    store_close(store);
}

static void test_group_names(void **state)
{
    (void)state;
    unsigned groups = 0;
    assert_true(table_groups_parse("ratio", &groups, &error));
    assert_int_equal(groups, TABLE_BY_RATIO);
    assert_true(table_groups_parse("strategy,ratio", &groups, &error));
    assert_int_equal(groups, TABLE_BY_ALL);
    assert_false(table_groups_parse("image", &groups, &error));
    assert_int_equal(error.code, ERROR_USAGE);
}

/* A baseline is measured once: the step of that is no step of its own. */
static void test_baseline_has_no_step(void **state)
{
    (void)state;
    struct store *store = new_store("baseline.db");
    int arm, baseline;
    assert_true(store_add_arm(store, "first", STORE_KIND_ARM, &arm, &error));
    assert_true(store_add_arm(store, "mean", STORE_KIND_BASELINE, &baseline, &error));
    add_values(store, arm, "random", 0.5, 1);
    add_values(store, baseline, "random", 0.5, 2);
    assert_true(store_commit(store, &error));
    static const char *const names[] = {"matrix", "arms"};
    for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
        struct table table = make(store, names[i], TABLE_BY_ALL);
        assert_int_equal(table_rows(&table), 2);
        for (size_t row = 0; row < 2; row++) {
            const struct table_cell *step = cell_of(&table, row, "step");
            bool trained = !strcmp(cell_of(&table, row, "arm")->text, "first");
            assert_non_null(step);
            assert_int_equal(step->missing, !trained);
            assert_true(!trained || step->integer == 10);
        }
        table_release(&table);
    }
    store_close(store);
}

/* Runs of long studies have many arms; each has a name in each table. */
static void test_many_arms(void **state)
{
    (void)state;
    struct store *store = new_store("many.db");
    char name[16];
    int arm = 0;
    for (int i = 0; i < MANY_ARMS; i++) {
        snprintf(name, sizeof name, "arm%d", i);
        assert_true(store_add_arm(store, name, STORE_KIND_ARM, &arm, &error));
    }
    add_values(store, arm, "random", 0.5, 1);
    assert_true(store_add_metric(store, 3, arm, "loss", 0.25, &error));
    assert_true(store_add_event(
        store,
        &(struct store_event){.step = 3, .time = 1.5, .arm = arm, .kind = "note", .note = "hello"},
        &error));
    assert_true(store_commit(store, &error));
    static const char *const names[] = {"matrix", "arms", "curves", "events"};
    for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
        struct table table = make(store, names[i], TABLE_BY_ALL);
        assert_int_equal(table_rows(&table), 1);
        assert_string_equal(cell_of(&table, 0, "arm")->text, name);
        if (!strcmp(names[i], "events"))
            assert_string_equal(cell_of(&table, 0, "note")->text, "hello");
        table_release(&table);
    }
    store_close(store);
}

/* ---- A record that grows while a table is made of it ---- */

static struct store *growing; /* the writer */

static size_t count_events(struct store *store)
{
    struct table events = make(store, "events", TABLE_BY_NOTHING);
    size_t count = table_rows(&events);
    table_release(&events);
    return count;
}

static bool make_while_written(struct table *table, struct store *store, unsigned groups,
                               struct error *failure)
{
    static const struct table_column columns[] = {{"events", NULL, TABLE_INTEGER, 0}};
    (void)groups;
    if (!table_init(table, "counts", NULL, columns, 1, failure))
        return false;
    for (int i = 0; i < 2; i++) {
        table_add_integer(table, (int64_t)count_events(store));
        assert_true(store_begin(growing, &error));
        assert_true(store_add_event(growing, &(struct store_event){.kind = "note"}, &error));
        assert_true(store_commit(growing, &error));
    }
    return true;
}

/* All of a table is from one state of the record, and the next table from a newer one. */
static void test_one_state(void **state)
{
    (void)state;
    char path[FILE_PATH_SIZE];
    growing = new_store("growing.db");
    assert_true(store_commit(growing, &error));
    assert_true(file_join(path, sizeof path, test_folder, "growing.db", &error));
    struct store *reader = store_open(path, STORE_READ, &error);
    assert_non_null(reader);
    const struct run_table kind = {.name = "counts", .make = make_while_written};
    for (int64_t before = 0; before <= 2; before += 2) {
        struct table table;
        assert_true(run_table_make(&table, &kind, reader, TABLE_BY_NOTHING, &error));
        assert_int_equal(cell_of(&table, 0, "events")->integer, before);
        assert_int_equal(cell_of(&table, 1, "events")->integer, before);
        table_release(&table);
    }
    store_close(reader);
    store_close(growing);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_groups),
        cmocka_unit_test(test_group_names),
        cmocka_unit_test(test_baseline_has_no_step),
        cmocka_unit_test(test_many_arms),
        cmocka_unit_test(test_one_state),
    };
    return cmocka_run_group_tests(tests, test_folder_make, test_folder_remove);
}
