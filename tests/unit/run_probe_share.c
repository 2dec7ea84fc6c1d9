/* A probe's share of the time, held with the trainer itself: with a made-up clock, by which a step
 * and a piece of a probe's work take what is set here, and nothing else takes any time. The calls
 * that know of time or take it are the linker's to redirect (run.mk). */
#include "tests/unit/test.h"

#include "run/arm.h"
#include "run/downstream.h"
#include "run/trainer.h"
#include "tests/unit/run_lab.h"

enum { PIECES = 9, PROBES = 2 };
static const double piece_seconds = 0.25, step_seconds = 0.0625, share = 0.13;

/* The trainer's thread alone has to do with it, until it has ended. */
static struct {
    double now;
    int probes;
    int64_t steps[PROBES][PIECES]; /* done since the probe began, after each of its pieces */
    double spent, beside;          /* counted as taken from the training, at a probe's end */
} made_up;

double __wrap_trainer_now(void);
void __real_arm_differentiate(struct arm *arm, struct arm_workspace *workspace,
                              const struct loader_batch *batch, struct arm_step *step);
void __wrap_arm_differentiate(struct arm *arm, struct arm_workspace *workspace,
                              const struct loader_batch *batch, struct arm_step *step);
bool __wrap_downstream_run(struct downstream_outcomes *outcomes,
                           const struct downstream_request *request,
                           const struct downstream_task *const *tasks, int task_count,
                           struct error *error);

double __wrap_trainer_now(void)
{
    return made_up.now;
}

void __wrap_arm_differentiate(struct arm *arm, struct arm_workspace *workspace,
                              const struct loader_batch *batch, struct arm_step *step)
{
    __real_arm_differentiate(arm, workspace, batch, step);
    made_up.now += step_seconds;
}

bool __wrap_downstream_run(struct downstream_outcomes *outcomes,
                           const struct downstream_request *request,
                           const struct downstream_task *const *tasks, int task_count,
                           struct error *error)
{
    (void)outcomes, (void)tasks, (void)task_count;
    const struct trainer *trainer = request->context;
    int64_t begun = trainer->step;
    assert_true(made_up.probes < PROBES);
    for (int piece = 0; piece < PIECES; piece++) {
        made_up.now += piece_seconds;
        if (!request->progress(request->context, "a piece", 0))
            return error_set(error, ERROR_CHECK, "interrupted");
        made_up.steps[made_up.probes][piece] = trainer->step - begun;
    }
    made_up.probes++;
    made_up.spent = trainer->probe.spent;
    made_up.beside = trainer->clock.beside_seconds;
    return true;
}

/* As many steps as make up for the pieces, and not one more. */
static void assert_share(const int64_t steps[PIECES])
{
    for (int piece = 0; piece < PIECES; piece++) {
        double spent = (piece + 1) * piece_seconds, trained = (double)steps[piece] * step_seconds;
        assert_true(spent <= share * (spent + trained));
        assert_true(spent > share * (spent + trained - step_seconds));
    }
}

static void test_share(void **state)
{
    (void)state;
    static struct config config;
    const struct scheduled_command script[] = {lab_at(8, COMMAND_PROBE, "", "knn"),
                                               lab_at(400, COMMAND_PROBE, "", "knn")};
    lab_config(&config);
    lab_set(&config, "probe.share", "0.13");
    lab_set(&config, "train.steps", "700");
    lab_set(&config, "eval.every_epochs", "0");
    lab_train(&config, "shared", script, 2);
    assert_int_equal(made_up.probes, PROBES);
    assert_share(made_up.steps[0]);
    assert_share(made_up.steps[1]);
}

static bool is_paused(const struct snapshot *snapshot)
{
    return snapshot->state == RUN_PAUSED;
}

static bool has_probed(const struct snapshot *snapshot)
{
    struct log_line line = {0};
    bool probed = false;
    (void)snapshot;
    while (log_read(lab_log, line.number, &line, 1) == 1)
        probed = probed || strstr(line.text, "step 5: probed");
    return probed;
}

/* Where training is paused, nothing is taken from it. */
static void test_paused(void **state)
{
    (void)state;
    static struct config config;
    const struct scheduled_command script[] = {lab_at(5, COMMAND_PAUSE, "", "")};
    struct run_options options = {.script = script, .script_count = 1};
    lab_config(&config);
    lab_set(&config, "probe.share", "0.13");
    made_up.probes = 0;
    made_up.spent = made_up.beside = -1;
    struct run *run = lab_begin(&config, "paused", options);
    lab_wait(run, is_paused);
    assert_true(run_send(run, &(struct command){.kind = COMMAND_PROBE, .value = "knn"}));
    lab_wait(run, has_probed);
    assert_true(run_send(run, &(struct command){.kind = COMMAND_STOP}));
    assert_int_equal(lab_finish(run), ERROR_NONE);
    assert_int_equal(made_up.probes, 1);
    assert_near(made_up.spent, 0, 0);
    assert_near(made_up.beside, 0, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_share), cmocka_unit_test(test_paused)};
    return cmocka_run_group_tests(tests, lab_open, lab_close);
}
