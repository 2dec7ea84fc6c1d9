/* Files that are no record of this version: older ones are brought up to date, others are refused.
 */
#include "tests/unit/test.h"

#include <sqlite3.h>
#include <unistd.h>

#include "tests/unit/run_record.h"

static void patch_header(long offset, const unsigned char bytes[4])
{
    FILE *stream = fopen(path, "r+b");
    assert_non_null(stream);
    assert_int_equal(fseek(stream, offset, SEEK_SET), 0);
    assert_int_equal(fwrite(bytes, 4, 1, stream), 1);
    assert_int_equal(fclose(stream), 0);
}

/* Makes of the record what a program that knew schema 1 only would have written. */
static void take_back_to_schema_1(void)
{
    sqlite3 *database;
    assert_int_equal(sqlite3_open(path, &database), SQLITE_OK);
    assert_int_equal(sqlite3_exec(database,
                                  "DROP VIEW distances; DROP VIEW positions;"
                                  "DROP TABLE distance_errors; DROP TABLE position_errors;"
                                  "DROP TABLE probe_cells; DROP TABLE probe_values;"
                                  "DROP TABLE probe_images; DROP TABLE probes;"
                                  "PRAGMA user_version = 1",
                                  NULL, NULL, NULL),
                     SQLITE_OK);
    sqlite3_close(database);
}

static void add_profiles(struct store *store, int64_t step, double mse)
{
    int cell, again, other;
    assert_true(store_add_cell(store, "random", 0.75, &cell, &error));
    assert_true(store_add_cell(store, "random", 0.5, &other, &error));
    assert_true(store_add_cell(store, "random", 0.75, &again, &error));
    assert_true(cell == again && cell != other);
    assert_true(store_add_distance(store,
                                   &(struct store_distance){.step = step,
                                                            .arm = 1,
                                                            .cell = cell,
                                                            .image = 9,
                                                            .distance = 2,
                                                            .patches = 11,
                                                            .mse = mse},
                                   &error));
    assert_true(store_add_position(store,
                                   &(struct store_position){.step = step,
                                                            .arm = 1,
                                                            .cell = other,
                                                            .position = 63,
                                                            .images = 7,
                                                            .mse = mse,
                                                            .sd = 0.5},
                                   &error));
}

/* A record of the first schema can be read, is left as it is by reading, and is brought up to date
 * when it is gone on with. */
static void test_migration(void **state)
{
    (void)state;
    struct tally before = {.limit = 8}, after = {.limit = 8}, profile = {0};
    struct store_evaluation row = {.step = 2, .arm = 1, .strategy = "random", .label = -1};
    struct store *old = open_store(STORE_APPEND);
    assert_true(store_begin(old, &error) && store_add_evaluation(old, &row, &error) &&
                store_commit(old, &error));
    store_close(old);
    take_back_to_schema_1();
    for (int i = 0; i < 2; i++) {
        struct store *store = open_store(STORE_READ);
        before.count = 0;
        assert_true(store_read_evaluations(store, STORE_EVERY_ARM, STORE_LATEST, tally_evaluation,
                                           &before, &error));
        assert_true(store_read_distances(store, 1, STORE_LATEST, tally_distance, &profile, &error));
        assert_true(store_read_positions(store, 1, STORE_LATEST, tally_position, &profile, &error));
        store_close(store);
    }
    assert_true(before.count > 0 && profile.count == 0);
    struct store *store = open_store(STORE_APPEND);
    assert_true(store_begin(store, &error));
    add_profiles(store, 3, 0.25);
    add_profiles(store, 5, 0.125);
    assert_true(store_commit(store, &error));
    store_close(store);
    store = open_store(STORE_READ);
    assert_true(store_read_evaluations(store, STORE_EVERY_ARM, STORE_LATEST, tally_evaluation,
                                       &after, &error));
    assert_int_equal(before.count, after.count);
    assert_true(store_read_distances(store, 1, STORE_LATEST, tally_distance, &profile, &error));
    assert_true(store_read_positions(store, 1, STORE_LATEST, tally_position, &profile, &error));
    assert_int_equal(profile.count, 2); /* the newest of each */
    assert_string_equal(profile.names[0], "5 1 random 0.75 9 2 11 0.125");
    assert_string_equal(profile.names[1], "5 1 random 0.5 63 7 0.125 0.5");
    store_close(store);
    store = open_store(STORE_APPEND);
    assert_true(store_begin(store, &error) && store_truncate_after(store, 4, false, &error) &&
                store_commit(store, &error));
    profile.count = 0;
    assert_true(store_read_distances(store, 1, STORE_LATEST, tally_distance, &profile, &error));
    assert_string_equal(profile.names[0], "3 1 random 0.75 9 2 11 0.25");
    store_close(store);
}

static void test_refused_files(void **state)
{
    (void)state;
    enum { USER_VERSION = 60, APPLICATION_ID = 68 }; /* SQLite's file header */
    static const enum store_mode modes[] = {STORE_READ, STORE_APPEND};
    for (size_t i = 0; i < 2; i++) {
        patch_header(USER_VERSION, (const unsigned char[]){0, 0, 0, STORE_SCHEMA + 1});
        assert_null(store_open(path, modes[i], &error));
        assert_int_equal(error.code, ERROR_DATA);
        assert_non_null(strstr(error.message, "newer"));
        patch_header(USER_VERSION, (const unsigned char[]){0, 0, 0, STORE_SCHEMA});
        store_close(open_store(modes[i]));
    }
    patch_header(APPLICATION_ID, (const unsigned char[]){0, 0, 0, 0});
    assert_null(store_open(path, STORE_READ, &error));
    assert_non_null(strstr(error.message, "not a run's record"));
    patch_header(0, (const unsigned char *)"nope");
    assert_null(store_open(path, STORE_READ, &error));
    assert_int_equal(error.code, ERROR_DATA);
    assert_null(store_open(path, STORE_APPEND, &error));
    assert_int_equal(error.code, ERROR_DATA);
    assert_int_equal(truncate(path, 0), 0);
    assert_null(store_open(path, STORE_APPEND, &error));
    assert_int_equal(error.code, ERROR_DATA);
    assert_null(store_open("/nonexistent/run.db", STORE_READ, &error));
    assert_int_equal(error.code, ERROR_INPUT);
    assert_null(store_open("/nonexistent/run.db", STORE_CREATE, &error));
    assert_int_equal(error.code, ERROR_CREATE);
}

/* ---- A record that somebody else made ---- */

static bool ignore_name(void *context, const char *name)
{
    (void)context;
    return strlen(name) < 100;
}

static bool ignore_event(void *context, const struct store_event *event)
{
    (void)context;
    return strlen(event->kind) < 100;
}

static bool take_anything(struct store *store)
{
    struct tally tally = {.limit = 4};
    struct text value = {0};
    bool good = store_read_arms(store, tally_arm, &tally, &error) &&
                store_read_metric_names(store, ignore_name, NULL, &error) &&
                store_read_events(store, 0, ignore_event, NULL, &error) &&
                store_read_evaluations(store, STORE_EVERY_ARM, STORE_LATEST, tally_evaluation,
                                       &tally, &error) &&
                store_read_distances(store, 1, STORE_LATEST, tally_distance, &tally, &error) &&
                store_read_positions(store, 1, STORE_LATEST, tally_position, &tally, &error) &&
                store_read_probes(store, tally_probe, &tally, &error) &&
                store_read_probe_values(store, 1, tally_probe_value, &tally, &error) &&
                store_get_meta(store, "key", &value, NULL, &error);
    text_release(&value);
    return good;
}

/* A text that must be there, and is NULL: wherever it is, the record is refused. */
static void test_missing_texts(void **state)
{
    (void)state;
    static const char *const rows[] = {
        "CREATE TABLE arms(id INTEGER PRIMARY KEY, name, kind)",
        "CREATE TABLE metric_names(id INTEGER PRIMARY KEY, name)",
        "CREATE TABLE metric_values(metric, arm, step, value)",
        "CREATE TABLE probe_images(probe, image, label, predicted, value)",
        "CREATE TABLE events(id INTEGER PRIMARY KEY, step, time, arm, kind, name, old, new, note)",
        "CREATE TABLE evaluations(step, arm, strategy, ratio, image, mask, hidden, label, mse)",
        "CREATE TABLE probe_cells(id INTEGER PRIMARY KEY, strategy, ratio)",
        "CREATE TABLE distance_errors(arm, step, cell, image, distance, patches, mse)",
        "CREATE TABLE position_errors(arm, step, cell, position, images, mse, sd)",
        ("CREATE TABLE probes(id INTEGER PRIMARY KEY, step, arm, task, variant, seed, key, data,"
         " images, classes, time, seconds)"),
        "CREATE TABLE probe_values(probe, name, value)",
        "CREATE TABLE meta(key, value)",
        "INSERT INTO arms VALUES (1, 'a', 'arm')",
        "INSERT INTO metric_names VALUES (1, 'loss')",
        "INSERT INTO events VALUES (1, 1, 1, 0, 'note', NULL, NULL, NULL, NULL)",
        "INSERT INTO evaluations VALUES (1, 1, 'random', .5, 1, 0, 1, 1, .5)",
        "INSERT INTO probe_cells VALUES (1, 'random', .5)",
        "INSERT INTO distance_errors VALUES (1, 1, 1, 1, 1, 1, .5)",
        "INSERT INTO position_errors VALUES (1, 1, 1, 1, 1, .5, .5)",
        "INSERT INTO probes VALUES (1, 1, 1, 'knn', 'v', 0, 'k', 'd', 1, 1, 1, 1)",
        "INSERT INTO probe_values VALUES (1, 'accuracy', .5)",
        "INSERT INTO meta VALUES ('key', 'value')",
        "PRAGMA application_id = 1297302352; PRAGMA user_version = 3",
    };
    static const char *const losses[][2] = {
        {"arms", "name"},
        {"arms", "kind"},
        {"metric_names", "name"},
        {"events", "kind"},
        {"probes", "task"},
        {"evaluations", "strategy"},
        {"probe_cells", "strategy"},
        {"probes", "variant"},
        {"probes", "key"},
        {"probes", "data"},
        {"probe_values", "name"},
        {"meta", "value"},
    };
    sqlite3 *database;
    char sql[96];
    unlink(path);
    assert_int_equal(sqlite3_open(path, &database), SQLITE_OK);
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++)
        assert_int_equal(sqlite3_exec(database, rows[i], NULL, NULL, NULL), SQLITE_OK);
    struct store *store = open_store(STORE_READ);
    if (!take_anything(store))
        fail_msg("%s", error.message);
    for (size_t i = 0; i < ARRAY_LENGTH(losses); i++) {
        snprintf(sql, sizeof sql, "BEGIN; UPDATE %s SET %s = NULL; COMMIT", losses[i][0],
                 losses[i][1]);
        assert_int_equal(sqlite3_exec(database, sql, NULL, NULL, NULL), SQLITE_OK);
        if (take_anything(store))
            fail_msg("%s was not missed", sql);
        assert_int_equal(error.code, ERROR_DATA);
        if (!strstr(error.message, losses[i][1]))
            fail_msg("%s: %s", sql, error.message);
        snprintf(sql, sizeof sql, "UPDATE %s SET %s = 'arm'", losses[i][0], losses[i][1]);
        assert_int_equal(sqlite3_exec(database, sql, NULL, NULL, NULL), SQLITE_OK);
    }
    assert_true(take_anything(store));
    store_close(store);
    /* A view that never ends, in place of a table. */
    assert_int_equal(
        sqlite3_exec(database,
                     "DROP TABLE evaluations; CREATE VIEW evaluations AS"
                     " WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)"
                     " SELECT 1 AS step, 1 AS arm, 'random' AS strategy, .5 AS ratio,"
                     " i AS image, 0 AS mask, 1 AS hidden, 1 AS label, .5 AS mse FROM n",
                     NULL, NULL, NULL),
        SQLITE_OK);
    assert_null(store_open(path, STORE_READ, &error));
    assert_int_equal(error.code, ERROR_DATA);
    assert_non_null(strstr(error.message, "damaged"));
    sqlite3_close(database);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_migration),
        cmocka_unit_test(test_refused_files),
        cmocka_unit_test(test_missing_texts),
    };
    return cmocka_run_group_tests(tests, record_make, test_folder_remove);
}
