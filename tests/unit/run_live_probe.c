/* Downstream tasks between training steps: they change no bit, see the weights as they were, and
 * come when they are due. What share of the time they take is held in run_probe_share.c. */
#include "tests/unit/test.h"

#include <sys/stat.h>

#include "base/log.h"
#include "run/downstream.h"
#include "run/saved.h"
#include "run/trainer.h"
#include "tests/unit/run_lab.h"

static struct config *config;
static struct downstream_outcomes outcomes;
static uint64_t logged; /* lines of the log before the run at hand */

/* A run that is probed so often (0: when asked for), with that share of the time. */
static void begin(const char *every_epochs, const char *share)
{
    struct log_line line;
    lab_config(config);
    lab_set(config, "probe.every_epochs", every_epochs);
    lab_set(config, "probe.share", share);
    lab_set(config, "probe.penalties", "[0.1]");
    lab_set(config, "probe.missing_classes", "true");
    lab_set(config, "probe.k", "[1, 3]");
    lab_set(config, "probe.live_train_images", "40");
    lab_set(config, "probe.live_images", "10");
    while (log_read(lab_log, logged, &line, 1) == 1)
        logged = line.number;
}

static void read_outcomes(const char *run)
{
    struct store *store = store_open(lab_path(run, "run.db"), STORE_READ, &lab_error);
    assert_non_null(store);
    downstream_outcomes_release(&outcomes);
    assert_true(downstream_read(&outcomes, store, &lab_error));
    store_close(store);
}

/* The number of the first line since `begin` that holds the text; 0: none does. */
static uint64_t line_with(const char *text, int *count)
{
    struct log_line line = {.number = logged};
    uint64_t found = 0;
    *count = 0;
    while (log_read(lab_log, line.number, &line, 1) == 1)
        if (strstr(line.text, text)) {
            found = found ? found : line.number;
            ++*count;
        }
    return found;
}

static void test_same_bits(void **state)
{
    (void)state;
    const struct scheduled_command script[] = {lab_at(5, COMMAND_PROBE, "", "linear,lowshot")};
    begin("0", "0.3");
    lab_train(config, "alone", NULL, 0);
    lab_set(config, "probe.every_epochs", "0.25");
    lab_set(config, "probe.shots", "[1]");
    lab_train(config, "probed", script, 1);
    lab_same("alone", "probed");
    read_outcomes("alone");
    assert_int_equal(outcomes.count, 0);
    read_outcomes("probed");
    bool linear = false, last = false;
    for (size_t i = 0; i < outcomes.count; i++) {
        linear = linear || !strcmp(outcomes.items[i].task, "linear");
        last = last || outcomes.items[i].step == LAB_STEPS;
        assert_int_equal(outcomes.items[i].images, 10);
    }
    assert_true(linear && last);
}

/* The answers in one number, whatever their order. */
static int64_t digest(const struct downstream_outcome *outcome)
{
    int64_t sum = 0;
    for (int i = 0; i < outcome->images; i++)
        sum += (outcome->answers[i].image + 1) * (1000 + outcome->answers[i].predicted);
    return sum;
}

/* Tasks asked for are asked once; by schedule it is its own again. Training waits for each. */
static void test_asked_once(void **state)
{
    (void)state;
    const struct scheduled_command script[] = {lab_at(5, COMMAND_PROBE, "", "linear")};
    begin("0.25", "1");
    lab_train(config, "asked", script, 1);
    read_outcomes("asked");
    assert_int_equal(outcomes.count, 1 + 2 * LAB_STEPS / 4); /* two k each four steps */
    for (size_t i = 0; i < outcomes.count; i++)
        assert_string_equal(outcomes.items[i].task, outcomes.items[i].step == 5 ? "linear" : "knn");
}

/* What the task says of the checkpoint of that step. */
static int64_t of_checkpoint(const char *run, int64_t step)
{
    static const char *const names[] = {"random75"};
    char path[FILE_PATH_SIZE];
    struct saved saved;
    struct downstream_outcomes asked = {0};
    const struct downstream_task *task = downstream_task_find("knn", &lab_error);
    assert_true(checkpoint_path(path, lab_path(run, "checkpoints"), step, &lab_error));
    assert_true(saved_open(&saved, path, &lab_error));
    lab_set(config, "probe.train_images", "40");
    lab_set(config, "probe.images", "10");
    struct downstream_request request = {.config = config,
                                         .shape = &saved.shape,
                                         .models = (const struct mae *const *)saved.models,
                                         .names = names,
                                         .count = 1,
                                         .step = step};
    if (!downstream_run(&asked, &request, &task, 1, &lab_error))
        fail_msg("%s", lab_error.message);
    assert_int_equal(asked.count, 2);
    int64_t answers = digest(&asked.items[1]);
    downstream_outcomes_release(&asked);
    saved_release(&saved);
    return answers;
}

static int64_t of_record(const char *run)
{
    read_outcomes(run);
    assert_int_equal(outcomes.count, 2);
    return digest(&outcomes.items[1]);
}

/* Training goes on under the probe, whose weights are those of the step at which it began. */
static void test_frozen(void **state)
{
    (void)state;
    const struct scheduled_command script[] = {lab_at(8, COMMAND_CHECKPOINT, "", ""),
                                               lab_at(8, COMMAND_PROBE, "", "knn")};
    begin("0", "0");
    lab_train(config, "frozen", script, 2);
    int64_t record = of_record("frozen");
    assert_int_equal(outcomes.items[1].step, 8);
    assert_true(record == of_checkpoint("frozen", 8));
    assert_true(record != of_checkpoint("frozen", LAB_STEPS)); /* or it would tell nothing */
}

/* Without a share all steps are done first, with all of it the probe is. */
static void test_share(void **state)
{
    (void)state;
    const struct scheduled_command script[] = {lab_at(8, COMMAND_PROBE, "", ""),
                                               lab_at(20, COMMAND_NOTE, "", "twenty")};
    int count;
    begin("0", "0");
    lab_train(config, "none", script, 2);
    assert_true(line_with("step 8: probed", &count) > line_with("twenty", &count));
    begin("0", "1");
    lab_train(config, "all", script, 2);
    uint64_t probed = line_with("step 8: probed", &count);
    assert_true(probed > 0 && probed < line_with("twenty", &count));
}

/* A stop does not wait for it, and what is resumed has the bits of what was never stopped. */
static void test_stopped(void **state)
{
    (void)state;
    const struct scheduled_command script[] = {lab_at(8, COMMAND_PROBE, "", ""),
                                               lab_at(10, COMMAND_STOP, "", "")};
    begin("0", "0");
    lab_train(config, "whole", NULL, 0);
    lab_train(config, "stopped", script, 2);
    read_outcomes("stopped");
    assert_int_equal(outcomes.count, 0);
    lab_resume("stopped", NULL, 0);
    lab_same("whole", "stopped");
}

/* What was still under way at the end by schedule gives way to the probe of the end; what was asked
 * for by hand (test_frozen) does not. */
static void test_no_stale_one(void **state)
{
    (void)state;
    int count;
    begin("0.25", "0");
    lab_train(config, "stale", NULL, 0);
    read_outcomes("stale");
    assert_int_equal(outcomes.count, 2);
    assert_int_equal(outcomes.items[0].step, LAB_STEPS);
    line_with("the probe of step 4 was given up for that of the end", &count);
    assert_int_equal(count, 1);
}

static void test_refused(void **state)
{
    (void)state;
    const struct scheduled_command script[] = {lab_at(3, COMMAND_PROBE, "", "knm")};
    int count;
    begin("0.25", "0.1");
    lab_set(config, "probe.missing_classes", "false");
    lab_set(config, "probe.live_images", "100"); /* all, which a class may not be missing from */
    lab_train(config, "refused", script, 1);
    read_outcomes("refused");
    assert_int_equal(outcomes.count, 0);
    assert_true(line_with("no task 'knm'; did you mean 'knn'?", &count) > 0);
    line_with("no held-out image of", &count);
    assert_int_equal(count, 1); /* said once */
}

/* What was asked for and cannot be done ends nothing; what is scheduled and cannot be done is tried
 * again once its tasks are others. */
static void test_goes_on(void **state)
{
    (void)state;
    const struct scheduled_command script[] = {lab_at(5, COMMAND_PROBE, "", "segment")};
    const struct scheduled_command change[] = {lab_at(9, COMMAND_SET, "probe.live_tasks", "[knn]")};
    int count;
    begin("0.25", "1");
    lab_train(config, "goes_on", script, 1);
    assert_true(line_with("no probe at step 5: segment: images of", &count) > 0);
    read_outcomes("goes_on");
    assert_int_equal(outcomes.count, 2 * LAB_STEPS / 4);
    begin("0.25", "1");
    lab_set(config, "probe.live_tasks", "[segment]");
    lab_train(config, "changed", change, 1);
    line_with("no probe at step", &count);
    assert_int_equal(count, 1);
    read_outcomes("changed");
    assert_true(outcomes.count > 0);
    assert_int_equal(outcomes.items[0].step, 9);
}

/* The values of one task are a curve on display, those of another another; so after a resume. */
static void assert_curve(const struct snapshot *snapshot, const char *task, const char *variant,
                         int count, int64_t last)
{
    const struct curve *curve = &snapshot->arms[0].task_curve;
    assert_string_equal(snapshot->task, task);
    assert_string_equal(snapshot->task_variant, variant);
    assert_string_equal(snapshot->task_measure, "accuracy");
    assert_int_equal(curve->count, count);
    assert_int_equal((int64_t)curve->step[count - 1], last);
    assert_near((double)curve->value[count - 1], snapshot->arms[0].task, 1e-6);
    assert_int_equal(snapshot->arms[0].task_step, last);
    bool in_order = true;
    for (int i = 1; i < count; i++)
        in_order = in_order && curve->step[i] > curve->step[i - 1];
    assert_true(in_order);
}

static bool shows_linear(const struct snapshot *snapshot)
{
    return snapshot->state == RUN_PAUSED && !strcmp(snapshot->task, "linear");
}

static bool shows_step_16(const struct snapshot *snapshot)
{
    return snapshot->state == RUN_PAUSED && snapshot->arms[0].task_step == 16;
}

static void test_curve(void **state)
{
    (void)state;
    const struct scheduled_command script[] = {lab_at(14, COMMAND_PROBE, "", "linear"),
                                               lab_at(14, COMMAND_PAUSE, "", "")};
    const struct scheduled_command more[] = {lab_at(18, COMMAND_PAUSE, "", "")};
    struct run_options options = {.script = script, .script_count = 2};
    begin("0.25", "1");
    struct run *run = lab_begin(config, "curve", options);
    const struct snapshot *snapshot = lab_wait(run, shows_linear);
    assert_curve(snapshot, "linear", "class, lbfgs", 1, 14);
    assert_true(run_send(run, &(struct command){.kind = COMMAND_STOP}));
    assert_int_equal(lab_finish(run), ERROR_NONE);
    options =
        (struct run_options){.script = more, .script_count = 1, .folder = lab_path("curve", "")};
    run = run_resume(lab_path("curve", ""), &options, NULL, 0, lab_log, &lab_error);
    assert_non_null(run);
    snapshot = lab_wait(run, shows_step_16);
    assert_int_equal(snapshot->step, 18);
    assert_curve(snapshot, "knn", "class, k = 3", 4, 16); /* 4, 8, 12, 16 */
    assert_true(run_send(run, &(struct command){.kind = COMMAND_STOP}));
    assert_int_equal(lab_finish(run), ERROR_NONE);
}

static bool has_task(const struct snapshot *snapshot)
{
    return snapshot->task[0] && snapshot->arms[0].task_step == 0;
}

/* A paused training does not make it wait; its outcome is on display. */
static void test_paused(void **state)
{
    (void)state;
    const struct scheduled_command script[] = {lab_at(0, COMMAND_PAUSE, "", "")};
    struct run_options options = {.script = script, .script_count = 1};
    begin("0", "0");
    struct run *run = lab_begin(config, "paused", options);
    assert_true(run_send(run, &(struct command){.kind = COMMAND_PROBE, .value = "knn"}));
    const struct snapshot *snapshot = lab_wait(run, has_task);
    assert_string_equal(snapshot->task, "knn");
    assert_in_range((int)(100 * snapshot->arms[0].task), 0, 100);
    assert_int_equal(snapshot->step, 0);
    assert_true(run_send(run, &(struct command){.kind = COMMAND_STOP}));
    assert_int_equal(lab_finish(run), ERROR_NONE);
}

static int open_lab(void **state)
{
    config = malloc(sizeof *config);
    return config ? lab_open(state) : -1;
}

static int close_lab(void **state)
{
    downstream_outcomes_release(&outcomes);
    free(config);
    return lab_close(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_same_bits),    cmocka_unit_test(test_asked_once),
        cmocka_unit_test(test_frozen),       cmocka_unit_test(test_share),
        cmocka_unit_test(test_stopped),      cmocka_unit_test(test_refused),
        cmocka_unit_test(test_no_stale_one), cmocka_unit_test(test_curve),
        cmocka_unit_test(test_goes_on),      cmocka_unit_test(test_paused),
    };
    return cmocka_run_group_tests(tests, open_lab, close_lab);
}
