/* Steered runs of the laboratory, their replays, and records that were tampered with. */
#ifndef MASKSCOPE_TESTS_UNIT_RUN_STEERED_H
#define MASKSCOPE_TESTS_UNIT_RUN_STEERED_H

#include <sqlite3.h>

#include "run/replay.h"
#include "tests/unit/run_lab.h"

/* Replays that part stay to be looked at: here they go with the rest. */
static inline int steered_open(void **state)
{
    return lab_open(state) || setenv("TMPDIR", test_folder, 1);
}

/* 24 steps: changes of the run and of arms, one arm more and one less, an evaluation out of turn.
 */
static inline void train_steered(const char *name)
{
    static struct config config;
    lab_config(&config);
    lab_set(&config, "train.checkpoint_steps", "6");
    lab_set(&config, "train.checkpoint_keep", "0");
    const struct scheduled_command script[] = {
        lab_at(3, COMMAND_SET, "train.blr", "0.05"),
        lab_at(5, COMMAND_ARM_ADD, "more", "{strategy: block, ratio: 0.6}"),
        lab_at(9, COMMAND_SET, "arms.more.ratio", "0.5"),
        lab_at(11, COMMAND_EVALUATE, "", ""),
        lab_at(12, COMMAND_SET, "train.clip", "0.01"),
        lab_at(14, COMMAND_ARM_ADD, "third", "{strategy: grid, ratio: 0.75}"),
        lab_at(20, COMMAND_ARM_REMOVE, "more", ""),
    };
    lab_train(&config, name, script, sizeof script / sizeof script[0]);
}

static inline struct replay_report replay(const char *name)
{
    struct replay_report report;
    struct replay_options options = {0};
    if (!run_replay(lab_path(name, ""), &options, &report, lab_log, &lab_error))
        fail_msg("%s", lab_error.message);
    return report;
}

/* Replays the run, which must give the same bits. */
static inline struct replay_report assert_same(const char *name)
{
    struct replay_report report = replay(name);
    if (!report.same)
        fail_msg("%s: %s", name, report.parts);
    return report;
}

/* Replays it: what it says of where it parts must have these words. */
static inline struct replay_report assert_apart(const char *name, const char *words)
{
    struct replay_report report = replay(name);
    if (report.same || !strstr(report.parts, words))
        fail_msg("%s: '%s', not '%s' ('%s')", name, report.parts, words, report.warning);
    return report;
}

static inline void change_record(const char *name, const char *sql)
{
    sqlite3 *database;
    assert_int_equal(sqlite3_open(lab_path(name, "run.db"), &database), SQLITE_OK);
    assert_int_equal(sqlite3_exec(database, sql, NULL, NULL, NULL), SQLITE_OK);
    assert_true(sqlite3_changes(database) > 0);
    sqlite3_close(database);
}

#endif
