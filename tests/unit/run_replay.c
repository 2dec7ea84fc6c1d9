/* Replays: a steered run gives the same bits again, however it was run; where it does not, the
 * first number that differs is named. Forks begin where the run was. */
#include "tests/unit/test.h"

#include <math.h>
#include <sqlite3.h>
#include <unistd.h>

#include "run/fork.h"
#include "run/replay.h"
#include "tests/unit/run_lab.h"

/* 24 steps: changes of the run and of arms, one arm more and one less, an evaluation out of turn.
 */
static void train_steered(const char *name)
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

static struct replay_report replay(const char *name)
{
    struct replay_report report;
    struct replay_options options = {0};
    if (!run_replay(lab_path(name, ""), &options, &report, lab_log, &lab_error))
        fail_msg("%s", lab_error.message);
    return report;
}

static void change_record(const char *name, const char *sql)
{
    sqlite3 *database;
    assert_int_equal(sqlite3_open(lab_path(name, "run.db"), &database), SQLITE_OK);
    assert_int_equal(sqlite3_exec(database, sql, NULL, NULL, NULL), SQLITE_OK);
    assert_true(sqlite3_changes(database) > 0);
    sqlite3_close(database);
}

static void test_same_bits(void **state)
{
    (void)state;
    train_steered("steered");
    struct replay_report report = replay("steered");
    if (!report.same)
        fail_msg("%s", report.parts);
    assert_int_equal(report.steps, LAB_STEPS);
    assert_int_equal(report.checkpoints, 4);
    assert_true(report.numbers > 200);
    assert_string_equal(report.folder, ""); /* nothing is left of it */
}

/* A bit changed on record is found, and it is said where. */
static void test_parting(void **state)
{
    (void)state;
    train_steered("tampered");
    change_record("tampered",
                  "UPDATE metric_values SET value = value * (1 + 1e-15) WHERE step IN (17, 19)"
                  " AND metric = (SELECT id FROM metric_names WHERE name = 'loss')"
                  " AND arm = (SELECT id FROM arms WHERE name = 'third')");
    struct replay_report report = replay("tampered");
    assert_false(report.same);
    if (strncmp(report.parts, "step 17, arm third: loss ", 25))
        fail_msg("%s", report.parts);
    assert_true(file_is_folder(report.folder)); /* for a look */
}

static void test_evaluation_parts(void **state)
{
    (void)state;
    train_steered("judged");
    change_record("judged", "UPDATE evaluations SET mse = mse + 1e-12 WHERE step = 11 AND image ="
                            " (SELECT min(image) FROM evaluations) AND ratio = 0.5");
    struct replay_report report = replay("judged");
    assert_false(report.same);
    if (strncmp(report.parts, "step 11, arm ", 13) || !strstr(report.parts, ": mse of image "))
        fail_msg("%s", report.parts);
}

/* Where the steered run's replay parts from its record when that is changed so. The record is as it
 * was afterwards. */
static void assert_parts(const char *sql, const char *expected)
{
    const char *record = lab_path("steered", "run.db"), *kept = lab_path("steered", "kept.db");
    assert_true(store_copy(record, kept, &lab_error));
    change_record("steered", sql);
    struct replay_report report = replay("steered");
    if (report.same || !strstr(report.parts, expected))
        fail_msg("%s: '%s'", sql, report.parts);
    assert_int_equal(rename(kept, record), 0);
}

/* Whatever an evaluation puts on record is compared. */
static void test_all_of_an_evaluation(void **state)
{
    (void)state;
    assert_parts("UPDATE evaluations SET label = label + 1 WHERE step = 16 AND mask = 0",
                 "step 16, arm random75: label of image ");
    assert_parts("UPDATE evaluations SET hidden = hidden + 1 WHERE step = 16",
                 "step 16, arm random75: hidden patches of image ");
    assert_parts("UPDATE distance_errors SET mse = mse * (1 + 1e-15) WHERE step = 8",
                 "step 8, arm random75: mse of image ");
    assert_parts("UPDATE position_errors SET sd = sd + 1 WHERE step = 8 AND position = 3",
                 "step 8, arm random75: sd of position 3 under ");
    assert_parts("UPDATE evaluations SET mse = mse + 1 WHERE step = 0",
                 "step 0, arm visible-mean: mse of image ");
}

static void flip_bit(const char *name)
{
    FILE *file = fopen(lab_path("steered", name), "r+b");
    assert_non_null(file);
    assert_int_equal(fseek(file, -3, SEEK_END), 0);
    int byte = fgetc(file);
    assert_int_equal(fseek(file, -3, SEEK_END), 0);
    assert_int_equal(fputc(byte ^ 1, file), byte ^ 1);
    assert_int_equal(fclose(file), 0);
}

/* Weights and moments are compared too, in every checkpoint: one bit of one of them. */
static void test_all_of_a_checkpoint(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"checkpoints/step-00000012.safetensors", "step 12: "},
        {"checkpoints/step-00000024.safetensors", "step 24: "},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        flip_bit(cases[i][0]);
        struct replay_report report = replay("steered");
        flip_bit(cases[i][0]);
        if (report.same || strncmp(report.parts, cases[i][1], strlen(cases[i][1])) ||
            !strstr(report.parts, " differs in the checkpoint"))
            fail_msg("'%s'", report.parts);
    }
}

/* Rows that one side alone has: as many as were deleted from the other. */
static void test_one_side_alone(void **state)
{
    (void)state;
    assert_parts("DELETE FROM evaluations WHERE step = 16 AND ratio = 0.5 AND image ="
                 " (SELECT max(image) FROM evaluations)",
                 "step 16, arm random75: a row of image ");
    assert_parts("DELETE FROM metric_values WHERE step = 7 AND metric ="
                 " (SELECT id FROM metric_names WHERE name = 'gradient_norm')",
                 "step 7, arm random75: gradient_norm is in the replay alone");
    assert_parts("DELETE FROM evaluations WHERE step = 8", "step 8, arm random75: a row of image ");
    assert_parts("INSERT INTO metric_values SELECT metric, arm, 21, value FROM metric_values WHERE"
                 " arm = (SELECT id FROM arms WHERE name = 'more') AND step = 20",
                 "step 21, arm more: ");
    assert_parts("UPDATE arms SET name = 'stranger' WHERE name = 'third'", "step 15, arm ");
}

/* An arm whose removal is lost goes on in the replay, beyond its last step on record. */
static void test_lost_removal(void **state)
{
    (void)state;
    assert_parts("DELETE FROM events WHERE kind = 'arm-remove'", "step 21, arm more: ");
}

/* A record that an older version began has no profiles of its first evaluations: that is told, and
 * is no parting. One that is lost since then is. */
static void test_older_beginning(void **state)
{
    (void)state;
    assert_true(
        store_copy(lab_path("steered", "run.db"), lab_path("steered", "kept.db"), &lab_error));
    change_record("steered", "DELETE FROM distance_errors WHERE step < 12");
    change_record("steered", "DELETE FROM position_errors WHERE step < 12");
    struct replay_report report = replay("steered");
    if (!report.same || !strstr(report.warning, "at step 8 is on record without"))
        fail_msg("'%s' '%s'", report.parts, report.warning);
    change_record("steered", "DELETE FROM distance_errors WHERE step = 24");
    report = replay("steered");
    if (report.same || !strstr(report.parts, "step 24, arm random75: a row of image "))
        fail_msg("'%s'", report.parts);
    assert_int_equal(rename(lab_path("steered", "kept.db"), lab_path("steered", "run.db")), 0);
}

static const char *const lose_last[] = {
    "DELETE FROM evaluations WHERE step = 24",
    "DELETE FROM metric_values WHERE step = 24 AND metric IN"
    " (SELECT id FROM metric_names WHERE name LIKE 'probe_%')",
};

/* A run that came to its end was evaluated there. */
static void test_lost_last_evaluation(void **state)
{
    (void)state;
    static struct config config;
    lab_config(&config);
    lab_train(&config, "evaluated", NULL, 0);
    change_record("evaluated", lose_last[0]);
    change_record("evaluated", lose_last[1]);
    struct replay_report report = replay("evaluated");
    if (report.same || !strstr(report.parts, "step 24, arm random75: probe_"))
        fail_msg("'%s' '%s'", report.parts, report.warning);
}

/* One that was stopped may not have come to it: that is told, and is no parting. Elsewhere, and on
 * record alone, it is one. */
static void test_stopped_before_evaluation(void **state)
{
    (void)state;
    static struct config config;
    lab_config(&config);
    lab_set(&config, "train.steps", "100");
    lab_set(&config, "eval.every_epochs", "0.25"); /* 4 steps */
    const struct scheduled_command script[] = {lab_at(24, COMMAND_STOP, "", "")};
    lab_train(&config, "stopped", script, 1);
    change_record("stopped", lose_last[0]);
    change_record("stopped", lose_last[1]);
    struct replay_report report = replay("stopped");
    if (!report.same || !strstr(report.warning, "at step 24, where the run was stopped, is in the "
                                                "replay alone"))
        fail_msg("'%s' '%s'", report.parts, report.warning);
    change_record("stopped", "UPDATE evaluations SET step = 23 WHERE step = 20");
    report = replay("stopped");
    if (report.same || !strstr(report.parts, "step 20, arm random75: "))
        fail_msg("'%s'", report.parts);
}

static bool is_paused_and_evaluated(const struct snapshot *snapshot)
{
    return snapshot->state == RUN_PAUSED && snapshot->arms[0].probe_step == 8;
}

/* Arms that come and go while a run is paused, when the evaluation of that step is done: the one
 * that came has none there, the one that went has. */
static void test_arms_after_evaluation(void **state)
{
    (void)state;
    static struct config config;
    lab_config(&config);
    const struct scheduled_command script[] = {
        lab_at(3, COMMAND_ARM_ADD, "early", "{strategy: block, ratio: 0.6}"),
        lab_at(8, COMMAND_PAUSE, "", ""),
        lab_at(20, COMMAND_STOP, "", ""),
    };
    struct run *run =
        lab_begin(&config, "changed",
                  (struct run_options){.stay = true, .script = script, .script_count = 3});
    lab_wait(run, is_paused_and_evaluated);
    struct command going = lab_at(0, COMMAND_ARM_REMOVE, "early", "").command;
    struct command coming = lab_at(0, COMMAND_ARM_ADD, "late", "{strategy: grid}").command;
    assert_true(run_send(run, &going));
    assert_true(run_send(run, &coming));
    assert_true(run_send(run, &(struct command){.kind = COMMAND_GO_ON}));
    assert_int_equal(lab_finish(run), ERROR_NONE);
    struct replay_report report = replay("changed");
    if (!report.same || report.warning[0])
        fail_msg("'%s' '%s'", report.parts, report.warning);
    change_record("changed", "DELETE FROM evaluations WHERE step = 8 AND arm ="
                             " (SELECT id FROM arms WHERE name = 'early')");
    report = replay("changed");
    if (report.same || !strstr(report.parts, "step 8, arm early: a row of image "))
        fail_msg("'%s'", report.parts);
}

/* A checkpoint holds what was asked for before it at its step, and not what was asked for after. */
static void test_changes_after_checkpoint(void **state)
{
    (void)state;
    static struct config config;
    lab_config(&config);
    const struct scheduled_command script[] = {
        lab_at(8, COMMAND_SET, "arms.random75.strategy", "attention"),
        lab_at(8, COMMAND_CHECKPOINT, "", ""),
        lab_at(8, COMMAND_ARM_ADD, "late", "{strategy: grid}"),
        lab_at(9, COMMAND_CHECKPOINT, "", ""),
        lab_at(9, COMMAND_SET, "arms.random75.strategy", "loss"),
        lab_at(9, COMMAND_ARM_REMOVE, "late", ""),
    };
    lab_train(&config, "saved", script, ARRAY_LENGTH(script));
    struct replay_report report = replay("saved");
    if (!report.same)
        fail_msg("'%s'", report.parts);
    assert_int_equal(report.checkpoints, 3);
}

static bool is_evaluating(const struct snapshot *snapshot)
{
    return snapshot->state == RUN_EVALUATING && snapshot->step == 8;
}

static bool count_step(void *context, int64_t step)
{
    *(int *)context += step == 8;
    return true;
}

/* A run that is stopped while it evaluates makes no further step: the timeline could not say that
 * an evaluation was given up. */
static void test_stopped_while_evaluating(void **state)
{
    (void)state;
    static struct config config;
    int64_t last = 0;
    int evaluated = 0;
    bool found;
    lab_config(&config);
    lab_set(&config, "eval.masks", "64");
    struct run *run = lab_begin(&config, "given-up", (struct run_options){0});
    lab_wait(run, is_evaluating);
    assert_true(run_send(run, &(struct command){.kind = COMMAND_STOP}));
    assert_int_equal(lab_finish(run), ERROR_NONE);
    struct store *store = store_open(lab_path("given-up", "run.db"), STORE_READ, &lab_error);
    assert_non_null(store);
    assert_true(store_last_step(store, STORE_RUN, "learning_rate", &last, &found, &lab_error));
    assert_true(store_read_evaluated_steps(store, 1, 0, count_step, &evaluated, &lab_error));
    store_close(store);
    if (!evaluated)
        assert_int_equal(last, 8);
}

/* A change that was made and is not on the timeline. */
static void test_lost_event(void **state)
{
    (void)state;
    train_steered("lost");
    change_record("lost", "DELETE FROM events WHERE step = 12 AND kind = 'set'");
    struct replay_report report = replay("lost");
    assert_false(report.same);
    if (strncmp(report.parts, "step 13, ", 9) && strncmp(report.parts, "step 14, ", 9))
        fail_msg("%s", report.parts); /* the first step that the clipping touched */
}

static void test_refused(void **state)
{
    (void)state;
    struct replay_report report;
    const char *const assignments[] = {"train.blr=1"};
    struct replay_options options = {.assignments = assignments, .assignment_count = 1};
    assert_false(run_replay(lab_path("nowhere", ""), &options, &report, lab_log, &lab_error));
    assert_int_equal(lab_error.code, ERROR_INPUT);
    assert_false(run_replay(lab_path("steered", ""), &options, &report, lab_log, &lab_error));
    assert_int_equal(lab_error.code, ERROR_DATA);
    assert_non_null(strstr(lab_error.message, "train.blr: a replay has the settings of its run"));
}

static bool give_up(void *context, int64_t step, int64_t steps)
{
    (void)context, (void)step, (void)steps;
    return false;
}

static void test_interrupted(void **state)
{
    (void)state;
    struct replay_report report;
    struct replay_options options = {.progress = give_up};
    assert_false(run_replay(lab_path("steered", ""), &options, &report, lab_log, &lab_error));
    assert_int_equal(lab_error.code, ERROR_CHECK);
    assert_string_equal(report.folder, "");
}

static bool is_paused(const struct snapshot *snapshot)
{
    return snapshot->state == RUN_PAUSED;
}

static int64_t paused_at;

static bool is_paused_again(const struct snapshot *snapshot)
{
    return snapshot->state == RUN_PAUSED && snapshot->step > paused_at;
}

/* A person who watched a run diverge changed a setting and told it to go on: so does the replay. */
static void test_divergence(void **state)
{
    (void)state;
    static struct config config;
    lab_config(&config);
    lab_set(&config, "train.batch", "64");
    lab_set(&config, "train.steps", "1000");
    lab_set(&config, "train.blr", "10");
    lab_set(&config, "train.weight_decay", "10"); /* every step multiplies the weights */
    lab_set(&config, "eval.every_epochs", "0");
    struct run *run = lab_begin(&config, "diverged", (struct run_options){.stay = true});
    paused_at = lab_wait(run, is_paused)->step;
    struct command change = lab_at(0, COMMAND_SET, "train.clip", "0.5").command;
    assert_true(run_send(run, &change));
    assert_true(run_send(run, &(struct command){.kind = COMMAND_GO_ON}));
    lab_wait(run, is_paused_again);
    assert_true(run_send(run, &(struct command){.kind = COMMAND_STOP}));
    assert_int_equal(lab_finish(run), ERROR_NONE);
    struct replay_report report = replay("diverged");
    if (!report.same)
        fail_msg("%s", report.parts);
    assert_true(report.steps > paused_at && report.checkpoints == 1);
}

/* ---- Forks ---- */

static void go_on(const char *folder, const char *const *assignments, int count)
{
    struct run_options options = {0};
    struct run *run = run_resume(folder, &options, assignments, count, lab_log, &lab_error);
    if (!run)
        fail_msg("%s", lab_error.message);
    if (lab_finish(run) != ERROR_NONE)
        fail_msg("%s", lab_error.message);
}

/* Unchanged, a fork goes where the run went, but for what was changed after the checkpoint. */
static void test_fork(void **state)
{
    (void)state;
    char made[FILE_PATH_SIZE];
    train_steered("origin");
    struct text before = {0}, after = {0};
    lab_read_record("origin", NULL, &before);
    if (!run_fork(lab_path("origin", ""), 18, NULL, made, &lab_error))
        fail_msg("%s", lab_error.message);
    assert_string_equal(made, lab_path("origin-at-18", ""));
    const char *const removal[] = {"arms.third.ratio=0.5"};
    go_on(made, removal, 1);
    lab_same_weights("origin", "origin-at-18", "", 18);
    assert_true(file_exists(lab_path("origin-at-18", "checkpoints/step-00000024.safetensors")));
    lab_read_record("origin", NULL, &after);
    assert_string_equal(text_of(&before), text_of(&after)); /* the run itself is as it was */
    struct replay_report report = replay("origin-at-18");
    if (!report.same)
        fail_msg("%s", report.parts);
    assert_int_equal(report.steps, LAB_STEPS);
    text_release(&before);
    text_release(&after);
}

static bool count_arm_changes(void *context, const struct store_event *event)
{
    *(int *)context += event->step == 12 && !strcmp(event->kind, "set");
    return true;
}

/* A change made at the step of the checkpoint, after it, is none of the fork's. */
static void test_fork_at_a_change(void **state)
{
    (void)state;
    char made[FILE_PATH_SIZE];
    int changes = 0;
    /* The change at step 12 comes before the checkpoint of that step: it is part of it. */
    assert_true(run_fork(lab_path("origin", ""), 12, lab_path("again", ""), made, &lab_error));
    struct store *store = store_open(lab_path("again", "run.db"), STORE_READ, &lab_error);
    assert_non_null(store);
    assert_true(store_read_events(store, 0, count_arm_changes, &changes, &lab_error));
    assert_int_equal(changes, 1);
    store_close(store);
    change_record("origin", "UPDATE events SET id = 10000 WHERE step = 12 AND kind = 'set'");
    assert_true(run_fork(lab_path("origin", ""), 12, lab_path("late", ""), made, &lab_error));
    store = store_open(lab_path("late", "run.db"), STORE_READ, &lab_error);
    assert_non_null(store);
    changes = 0;
    assert_true(store_read_events(store, 0, count_arm_changes, &changes, &lab_error));
    assert_int_equal(changes, 0);
    store_close(store);
}

static void test_fork_refused(void **state)
{
    (void)state;
    char made[FILE_PATH_SIZE], folder[FILE_PATH_SIZE];
    int64_t step;
    assert_false(run_fork(lab_path("origin", ""), 7, NULL, made, &lab_error));
    assert_int_equal(lab_error.code, ERROR_INPUT);
    assert_non_null(strstr(lab_error.message, "no checkpoint of step 7; there are 6, 12, 18, 24"));
    assert_false(file_exists(lab_path("origin-at-7", "")));
    assert_false(run_fork(lab_path("nowhere", ""), 7, NULL, made, &lab_error));
    assert_int_equal(lab_error.code, ERROR_INPUT);
    assert_true(fork_parse("a@b/run@12", folder, &step, &lab_error));
    assert_string_equal(folder, "a@b/run");
    assert_int_equal(step, 12);
    assert_true(fork_parse("run", folder, &step, &lab_error));
    assert_int_equal(step, FORK_NEWEST);
    assert_false(fork_parse("run@soon", folder, &step, &lab_error));
    assert_int_equal(lab_error.code, ERROR_USAGE);
}

/* Replays that part stay to be looked at: here they go with the rest. */
static int open_lab(void **state)
{
    return lab_open(state) || setenv("TMPDIR", test_folder, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_same_bits),
        cmocka_unit_test(test_parting),
        cmocka_unit_test(test_all_of_an_evaluation),
        cmocka_unit_test(test_one_side_alone),
        cmocka_unit_test(test_lost_removal),
        cmocka_unit_test(test_older_beginning),
        cmocka_unit_test(test_lost_last_evaluation),
        cmocka_unit_test(test_stopped_before_evaluation),
        cmocka_unit_test(test_arms_after_evaluation),
        cmocka_unit_test(test_changes_after_checkpoint),
        cmocka_unit_test(test_stopped_while_evaluating),
        cmocka_unit_test(test_evaluation_parts),
        cmocka_unit_test(test_lost_event),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_interrupted),
        cmocka_unit_test(test_divergence),
        cmocka_unit_test(test_fork),
        cmocka_unit_test(test_fork_at_a_change),
        cmocka_unit_test(test_fork_refused),
        cmocka_unit_test(test_all_of_a_checkpoint),
    };
    return cmocka_run_group_tests(tests, open_lab, lab_close);
}
