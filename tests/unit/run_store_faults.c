/* A run's record while others read it, through kill -9, and on a full disk. */
#include "tests/unit/test.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/unit/run_record.h"

/* Another connection reads while a transaction is open, and in the middle of its own rows. */
struct interleaved {
    struct store *writer;
    size_t seen;
};

static bool write_while_reading(void *context, int64_t step, double value)
{
    (void)value;
    struct interleaved *both = context;
    both->seen++;
    return store_begin(both->writer, &error) &&
           store_add_metric(both->writer, 1000 + step, 1, "interleaved", 0, &error) &&
           store_commit(both->writer, &error);
}

static void test_reader_beside_writer(void **state)
{
    (void)state;
    struct interleaved both = {.writer = open_store(STORE_APPEND)};
    struct store *reader = open_store(STORE_READ);
    assert_true(store_begin(both.writer, &error));
    for (int step = 0; step < 5; step++)
        assert_true(store_add_metric(both.writer, step, 1, "interleaved", step, &error));
    assert_int_equal(count_metric(reader, 1, "interleaved"), 0);
    assert_true(store_commit(both.writer, &error));
    assert_true(store_read_metric(reader, 1, "interleaved", 0, write_while_reading, &both, &error));
    assert_int_equal(both.seen, 5); /* the reader saw one state of the file */
    struct store_series series = read_series(reader, 1, "interleaved");
    assert_int_equal(series.count, 10);
    store_series_release(&series);
    assert_true(store_sync(both.writer, &error));
    store_close(both.writer);
    store_close(reader);
}

/* Between begin and end a reader sees one state, however much is written meanwhile. */
static void test_one_state(void **state)
{
    (void)state;
    struct store *writer = open_store(STORE_APPEND), *reader = open_store(STORE_READ);
    assert_false(store_begin_reading(writer, &error));
    assert_int_equal(error.code, ERROR_USAGE);
    assert_true(store_begin_reading(reader, &error));
    assert_false(store_begin_reading(reader, &error));
    assert_int_equal(count_metric(reader, 1, "growing"), 0);
    assert_true(store_begin(writer, &error) &&
                store_add_metric(writer, 1, 1, "growing", 0, &error) &&
                store_commit(writer, &error));
    assert_int_equal(count_metric(reader, 1, "growing"), 0);
    store_end_reading(reader);
    assert_int_equal(count_metric(reader, 1, "growing"), 1);
    assert_true(store_begin_reading(reader, &error));
    store_close(reader);
    store_close(writer);
}

enum { KILLED_BATCH = 500 };

/* Commits batches for ever, telling the parent after each. */
static void write_until_killed(int tell)
{
    struct store *store = store_open(path, STORE_APPEND, &error);
    for (int64_t step = 0; store; step++) {
        bool good = step % KILLED_BATCH != 0 || store_begin(store, &error);
        good = good && store_add_metric(store, step, 1, "killed", (double)step, &error);
        if (good && (step + 1) % KILLED_BATCH == 0)
            good = store_commit(store, &error) && write(tell, "x", 1) == 1;
        if (!good)
            break;
    }
    _exit(1);
}

static void test_kill_during_transactions(void **state)
{
    (void)state;
    for (size_t batches = 1; batches <= 4; batches++) {
        int pipes[2];
        assert_int_equal(pipe2(pipes, O_CLOEXEC), 0);
        pid_t child = fork();
        if (child == 0)
            write_until_killed(pipes[1]);
        close(pipes[1]);
        char byte;
        for (size_t i = 0; i < batches; i++)
            assert_int_equal(read(pipes[0], &byte, 1), 1);
        kill(child, SIGKILL);
        int status;
        waitpid(child, &status, 0);
        assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
        close(pipes[0]);
        struct store *store = open_store(batches % 2 ? STORE_READ : STORE_APPEND);
        struct store_series series = read_series(store, 1, "killed");
        assert_true(series.count >= batches * KILLED_BATCH && series.count % KILLED_BATCH == 0);
        for (size_t i = 0; i < series.count; i++)
            assert_true(series.steps[i] == (int64_t)i && series.values[i] == (double)i);
        store_series_release(&series);
        store_close(store);
    }
}

static bool add_batch(struct store *store, int64_t step)
{
    bool good = store_begin(store, &error);
    for (int i = 0; good && i < 2000; i++)
        good = store_add_metric(store, step * 2000 + i, 1, "full", i, &error);
    return good && store_commit(store, &error);
}

/* Exit status 0: everything was as it should be. */
static int fill_the_disk(void)
{
    struct store *store = store_open(path, STORE_APPEND, &error);
    struct stat status;
    if (!store || stat(path, &status) != 0)
        return 1;
    struct rlimit limit, small;
    getrlimit(RLIMIT_FSIZE, &limit);
    small = limit;
    small.rlim_cur = (rlim_t)status.st_size + 100000;
    signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &small);
    int64_t batches = 0;
    while (batches < 1000 && add_batch(store, batches))
        batches++;
    if (batches == 1000 || error.code != ERROR_IO || !strstr(error.message, path))
        return 2;
    setrlimit(RLIMIT_FSIZE, &limit);
    if (!add_batch(store, batches)) /* the same rows again, now that there is room */
        return 3;
    struct store_series series = {0};
    if (!store_read_series(store, 1, "full", &series, &error) ||
        series.count != (size_t)(batches + 1) * 2000)
        return 4;
    store_series_release(&series);
    store_close(store);
    return 0;
}

static void test_full_disk(void **state)
{
    (void)state;
    pid_t child = fork();
    if (child == 0)
        _exit(fill_the_disk());
    int status;
    waitpid(child, &status, 0);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reader_beside_writer),
        cmocka_unit_test(test_one_state),
        cmocka_unit_test(test_kill_during_transactions),
        cmocka_unit_test(test_full_disk),
    };
    return cmocka_run_group_tests(tests, record_make, test_folder_remove);
}
