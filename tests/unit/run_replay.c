/* Replays: a steered run gives the same bits again, however it was run. */
#include "tests/unit/test.h"

#include "tests/unit/run_steered.h"

static void test_same_bits(void **state)
{
    (void)state;
    train_steered("steered");
    struct replay_report report = assert_same("steered");
    assert_int_equal(report.steps, LAB_STEPS);
    assert_int_equal(report.checkpoints, 4);
    assert_true(report.numbers > 200);
    assert_string_equal(report.folder, ""); /* nothing is left of it */
}

static bool is_paused_and_evaluated(const struct snapshot *snapshot)
{
    return snapshot->state == RUN_PAUSED && snapshot->arms[0].probe_step == 8;
}

/* A run that is paused at step 8 when its arms, of which one is called "early", have been evaluated
 * there, is sent the commands, and goes on. */
static void change_while_paused(const char *name, const struct scheduled_command *changes,
                                size_t count)
{
    static struct config config;
    lab_config(&config);
    const struct scheduled_command script[] = {
        lab_at(3, COMMAND_ARM_ADD, "early", "{strategy: block, ratio: 0.6}"),
        lab_at(8, COMMAND_PAUSE, "", ""),
        lab_at(20, COMMAND_STOP, "", ""),
    };
    struct run *run = lab_begin(
        &config, name, (struct run_options){.stay = true, .script = script, .script_count = 3});
    lab_wait(run, is_paused_and_evaluated);
    for (size_t i = 0; i < count; i++)
        assert_true(run_send(run, &changes[i].command));
    assert_true(run_send(run, &(struct command){.kind = COMMAND_GO_ON}));
    assert_int_equal(lab_finish(run), ERROR_NONE);
    struct replay_report report = assert_same(name);
    assert_string_equal(report.warning, "");
}

/* The arm that came has no evaluation there, the one that went has. */
static void test_arms_after_evaluation(void **state)
{
    (void)state;
    const struct scheduled_command changes[] = {
        lab_at(0, COMMAND_ARM_REMOVE, "early", ""),
        lab_at(0, COMMAND_ARM_ADD, "late", "{strategy: grid}"),
    };
    change_while_paused("changed", changes, ARRAY_LENGTH(changes));
    change_record("changed", "DELETE FROM evaluations WHERE step = 8 AND arm ="
                             " (SELECT id FROM arms WHERE name = 'early')");
    (void)assert_apart("changed", "step 8, arm early: a row of image ");
}

/* Where both have one name the rows there are those of the one that went, or of the one that came
 * if there was an evaluation since; and so they are of others that came. */
static void test_namesake(void **state)
{
    (void)state;
    const struct scheduled_command changes[] = {
        lab_at(0, COMMAND_ARM_REMOVE, "early", ""),
        lab_at(0, COMMAND_ARM_ADD, "early", "{strategy: grid}"),
        lab_at(0, COMMAND_EVALUATE, "", ""),
        lab_at(0, COMMAND_ARM_ADD, "late", "{strategy: grid}"),
    };
    static const size_t counts[] = {2, 3, 4};
    for (size_t i = 0; i < ARRAY_LENGTH(counts); i++) {
        char name[16];
        snprintf(name, sizeof name, "namesake%zu", i);
        change_while_paused(name, changes, counts[i]);
    }
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
    struct replay_report report = assert_same("saved");
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
    struct replay_report report = assert_same("diverged");
    assert_true(report.steps > paused_at && report.checkpoints == 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_same_bits),
        cmocka_unit_test(test_arms_after_evaluation),
        cmocka_unit_test(test_namesake),
        cmocka_unit_test(test_changes_after_checkpoint),
        cmocka_unit_test(test_stopped_while_evaluating),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_interrupted),
        cmocka_unit_test(test_divergence),
    };
    return cmocka_run_group_tests(tests, steered_open, lab_close);
}
