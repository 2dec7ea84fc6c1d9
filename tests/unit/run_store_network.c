/* The record on a network file system, where a write-ahead log does not work: recognised, written
 * with a rollback journal, readable meanwhile, and never lost to a reader who holds on. */
#include "tests/unit/test.h"

#include <fcntl.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "run/store.h"
#include "tests/unit/run_folder.h"
#include "tests/unit/run_nfs.h"

static char path[FILE_PATH_SIZE];
static struct error error;

enum { PATIENCE = 1 };

static int set_up(void **state)
{
    test_folder_make(state);
    return file_join(path, sizeof path, test_folder, "run.db", &error) ? 0 : -1;
}

static int64_t query(sqlite3 *reader, const char *sql)
{
    sqlite3_stmt *statement;
    assert_int_equal(sqlite3_prepare_v2(reader, sql, -1, &statement, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
    int64_t value = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    return value;
}

static int64_t count_values(sqlite3 *reader)
{
    return query(reader, "SELECT count(*) FROM metric_values");
}

static void add_values(struct store *store, int64_t first, int64_t count)
{
    for (int64_t step = first; step < first + count; step++)
        assert_true(store_add_metric(store, step, STORE_RUN, "x", 1, &error));
}

static bool flush(struct store *store)
{
    bool written;
    if (!store_flush(store, PATIENCE, &written, &error))
        fail_msg("%s", error.message);
    return written;
}

static void test_reader_holds_on(void **state)
{
    (void)state;
    char log[FILE_PATH_SIZE + 8];
    sqlite3 *reader;
    struct store *store = store_open(path, STORE_CREATE, &error);
    assert_non_null(store);
    snprintf(log, sizeof log, "%s-wal", path);
    assert_true(store_begin(store, &error));
    add_values(store, 0, 10);
    assert_false(file_exists(log));
    assert_true(flush(store));
    assert_int_equal(sqlite3_open_v2(path, &reader, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
    assert_int_equal(count_values(reader), 10);
    add_values(store, 10, 10);
    assert_int_equal(count_values(reader), 10); /* while the writer is in a transaction */
    assert_true(flush(store));

    assert_int_equal(sqlite3_exec(reader, "BEGIN", NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(count_values(reader), 20);
    add_values(store, 20, 10);
    assert_false(flush(store));    /* the reader is still there: put off */
    add_values(store, 30, 100000); /* more than SQLite's cache would hold */
    assert_false(flush(store));
    assert_int_equal(count_values(reader), 20); /* undisturbed */
    assert_int_equal(sqlite3_exec(reader, "COMMIT", NULL, NULL, NULL), SQLITE_OK);
    assert_true(flush(store)); /* and nothing was lost */
    assert_int_equal(count_values(reader), 100030);
    add_values(store, 200000, 300000); /* nor is a large transaction in a reader's way */
    assert_int_equal(count_values(reader), 100030);
    sqlite3_close(reader);
    assert_true(store_commit(store, &error));
    store_close(store);
}

/* Writes values in pairs and tells of each commit, until it is killed. */
static void write_until_killed(int tell)
{
    struct error why;
    struct store *store = store_open(path, STORE_APPEND, &why);
    bool good = store && store_begin(store, &why), written;
    for (int64_t step = 1000000; good; step += 2)
        good = store_add_metric(store, step, STORE_RUN, "pair", 1, &why) &&
               store_add_metric(store, step + 1, STORE_RUN, "pair", 1, &why) &&
               store_flush(store, PATIENCE, &written, &why) && write(tell, "", 1) == 1;
    _exit(1);
}

static void test_kill(void **state)
{
    (void)state;
    for (int commits = 1; commits <= 3; commits++) {
        int pipes[2], status;
        char byte;
        assert_int_equal(pipe2(pipes, O_CLOEXEC), 0);
        pid_t child = fork();
        if (child == 0)
            write_until_killed(pipes[1]);
        close(pipes[1]);
        for (int i = 0; i < commits; i++)
            assert_int_equal(read(pipes[0], &byte, 1), 1);
        kill(child, SIGKILL);
        waitpid(child, &status, 0);
        assert_true(WIFSIGNALED(status));
        close(pipes[0]);
        /* Whoever opens it next finds whole pairs, rolling back what was in the middle. */
        struct store *store = store_open(path, STORE_APPEND, &error);
        struct store_series series = {0};
        if (!store || !store_read_series(store, STORE_RUN, "pair", &series, &error))
            fail_msg("%s", error.message);
        assert_true(series.count >= 2 * (size_t)commits && series.count % 2 == 0);
        store_series_release(&series);
        store_close(store);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reader_holds_on),
        cmocka_unit_test(test_kill),
    };
    return cmocka_run_group_tests(tests, set_up, test_folder_remove);
}
