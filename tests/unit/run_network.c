/* Training whose record is on a network file system, where a reader keeps the writer from
 * committing: it goes on, puts its checkpoint off, and makes it when the reader has gone. */
#include "tests/unit/test.h"

#include <sqlite3.h>

#include "tests/unit/run_lab.h"
#include "tests/unit/run_nfs.h"

static int64_t last_step;

static bool is_paused(const struct snapshot *snapshot)
{
    return snapshot->state == RUN_PAUSED;
}

static bool has_gone_on(const struct snapshot *snapshot)
{
    return snapshot->step > last_step;
}

static bool has_checkpoint(const struct snapshot *snapshot)
{
    return snapshot->checkpoint_step >= 0;
}

static void send(struct run *run, enum command_kind kind)
{
    assert_true(run_send(run, &(struct command){.kind = kind}));
}

static void test_checkpoint_is_put_off(void **state)
{
    (void)state;
    static struct config config;
    sqlite3 *reader;
    lab_config(&config);
    lab_set(&config, "train.steps", "1000000");
    lab_set(&config, "eval.every_epochs", "0");
    const struct scheduled_command script[] = {lab_at(4, COMMAND_PAUSE, "", "")};
    struct run *run =
        lab_begin(&config, "network",
                  (struct run_options){.stay = true, .script = script, .script_count = 1});
    lab_wait(run, is_paused);
    assert_int_equal(
        sqlite3_open_v2(lab_path("network", "run.db"), &reader, SQLITE_OPEN_READONLY, NULL),
        SQLITE_OK);
    sqlite3_busy_timeout(reader, 60000); /* while the pause is committed */
    assert_int_equal(sqlite3_exec(reader, "BEGIN; SELECT count(*) FROM events", NULL, NULL, NULL),
                     SQLITE_OK);
    send(run, COMMAND_CHECKPOINT);
    send(run, COMMAND_GO_ON);
    last_step = 24;
    const struct snapshot *snapshot = lab_wait(run, has_gone_on);
    assert_int_equal(snapshot->checkpoint_step, -1);
    assert_int_equal(sqlite3_exec(reader, "COMMIT", NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(reader);
    snapshot = lab_wait(run, has_checkpoint);
    assert_true(snapshot->checkpoint_step > 4 && snapshot->state == RUN_TRAINING);
    send(run, COMMAND_STOP);
    assert_int_equal(lab_finish(run), ERROR_NONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_checkpoint_is_put_off)};
    return cmocka_run_group_tests(tests, lab_open, lab_close);
}
