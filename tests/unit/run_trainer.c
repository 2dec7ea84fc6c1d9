/* Same bits: a run's weights and record do not depend on stops, kills, pauses, threads, pictures or
 * the company of other arms. */
#include "tests/unit/test.h"

#include <signal.h>
#include <sys/wait.h>

#include "base/memory.h"
#include "nn/product.h"
#include "tests/unit/run_lab.h"

static const char ratio_setting[] = "arms.random75.ratio";

/* The run that the others are held to, trained once. */
static int make_straight(void **state)
{
    struct config config;
    if (lab_open(state))
        return -1;
    lab_config(&config);
    lab_train(&config, "straight", NULL, 0);
    struct scheduled_command change = lab_at(10, COMMAND_SET, ratio_setting, "0.5");
    lab_train(&config, "changed", &change, 1);
    return 0;
}

static void test_a_change_matters(void **state)
{
    (void)state;
    assert_true(lab_weights_differ("straight", "changed", LAB_STEPS));
}

static void test_stop_and_resume(void **state)
{
    (void)state;
    struct config config;
    lab_config(&config);
    /* The first step, one with an evaluation, and the one before the last. */
    static const int64_t stops[] = {1, 8, 23};
    for (size_t i = 0; i < sizeof stops / sizeof stops[0]; i++) {
        char name[32];
        snprintf(name, sizeof name, "stopped-%d", (int)stops[i]);
        struct scheduled_command stop = lab_at(stops[i], COMMAND_STOP, "", "");
        lab_train(&config, name, &stop, 1);
        lab_resume(name, NULL, 0);
        lab_same("straight", name);
    }
}

static void test_stop_at_every_step(void **state)
{
    (void)state;
    struct config config;
    lab_config(&config);
    struct scheduled_command stop = lab_at(3, COMMAND_STOP, "", "");
    lab_train(&config, "often", &stop, 1);
    for (int64_t step = 6; step < LAB_STEPS; step += 3) {
        stop.step = step;
        struct run_options options = {.script = &stop, .script_count = 1};
        struct run *run = run_resume(lab_path("often", ""), &options, NULL, 0, lab_log, &lab_error);
        assert_non_null(run);
        assert_int_equal(lab_finish(run), ERROR_NONE);
    }
    lab_resume("often", NULL, 0);
    lab_same("straight", "often");
}

static void test_change_and_resume(void **state)
{
    (void)state;
    struct config config;
    lab_config(&config);
    struct scheduled_command script[] = {
        lab_at(10, COMMAND_SET, ratio_setting, "0.5"),
        lab_at(15, COMMAND_STOP, "", ""),
    };
    lab_train(&config, "changed-first", script, 2); /* the change lies in the checkpoint */
    lab_resume("changed-first", NULL, 0);
    lab_same("changed", "changed-first");

    script[0] = lab_at(5, COMMAND_CHECKPOINT, "", "");
    script[1] = lab_at(10, COMMAND_SET, ratio_setting, "0.5");
    struct scheduled_command after[] = {
        script[0],
        script[1],
        lab_at(14, COMMAND_EVALUATE, "", ""), /* forgotten: it belongs to steps undone */
        lab_at(15, COMMAND_ABORT, "", ""),
    };
    lab_train(&config, "changed-after", after, 4); /* the change lies after the checkpoint */
    lab_resume("changed-after", NULL, 0);
    lab_same("changed", "changed-after");
    lab_resume("changed-after", NULL, 0); /* a finished run stays what it is */
    lab_same("changed", "changed-after");
}

static void test_resume_with_assignments(void **state)
{
    (void)state;
    struct config config;
    lab_config(&config);
    struct scheduled_command script[] = {
        lab_at(10, COMMAND_CHECKPOINT, "", ""),
        lab_at(12, COMMAND_ABORT, "", ""),
    };
    lab_train(&config, "assigned", script, 2);
    const char *assignments[] = {"arms.random75.ratio=0.5", "train.threads=2"};
    struct scheduled_command abort = lab_at(14, COMMAND_ABORT, "", "");
    struct run_options options = {.script = &abort, .script_count = 1};
    struct run *run =
        run_resume(lab_path("assigned", ""), &options, assignments, 2, lab_log, &lab_error);
    assert_non_null(run);
    assert_int_equal(lab_finish(run), ERROR_NONE);
    /* It is on record: without it said again, it is carried out again. */
    lab_resume("assigned", NULL, 0);
    lab_same("changed", "assigned");
}

/* Nor on what saves time or memory. */
static void test_threads(void **state)
{
    (void)state;
    static const struct {
        const char *threads, *cache, *recompute;
    } cases[] = {{"2", "0", "false"}, {"3", "0.02", "true"}, {"8", "400", "false"}};
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct config config;
        char name[32];
        snprintf(name, sizeof name, "threads-%s", cases[i].threads);
        lab_config(&config);
        lab_set(&config, "train.threads", cases[i].threads);
        lab_set(&config, "data.threads", cases[i].threads);
        lab_set(&config, "data.cache", cases[i].cache);
        lab_set(&config, "train.recompute", cases[i].recompute);
        lab_train(&config, name, NULL, 0);
        lab_same("straight", name);
    }
}

static int64_t paused_at;

static bool is_paused(const struct snapshot *snapshot)
{
    return snapshot->state == RUN_PAUSED && snapshot->step == paused_at;
}

static void test_pause_and_pictures(void **state)
{
    (void)state;
    struct config config;
    lab_config(&config);
    struct scheduled_command pause = lab_at(9, COMMAND_PAUSE, "", "");
    struct run_options options = {.script = &pause, .script_count = 1, .pictures = true};
    struct run *run = lab_begin(&config, "paused", options);
    paused_at = 9;
    lab_wait(run, is_paused);
    /* Looks at other images under other masks. */
    static const struct command commands[] = {
        {.kind = COMMAND_SHOW, .number = 5},
        {.kind = COMMAND_NEW_MASKS},
        {.kind = COMMAND_CHECKPOINT},
        {.kind = COMMAND_GO_ON},
    };
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++)
        assert_true(run_send(run, &commands[i]));
    assert_int_equal(lab_finish(run), ERROR_NONE);
    lab_same("straight", "paused");
}

enum { OTHER_IMAGES = 5 };
static uint64_t recorded_before;

static bool shows_other_images(const struct snapshot *snapshot)
{
    recorded_before = snapshot->recorded;
    return snapshot->gallery.first == OTHER_IMAGES;
}

static bool has_recorded_more(const struct snapshot *snapshot)
{
    return snapshot->recorded > recorded_before;
}

static bool count_evaluation(void *context, const struct store_evaluation *evaluation)
{
    *(int *)context += evaluation->step == paused_at;
    return true;
}

/* Who is told that there is more on record finds it there. */
static void test_told_of_the_record(void **state)
{
    (void)state;
    struct config config;
    lab_config(&config);
    struct scheduled_command pause = lab_at(9, COMMAND_PAUSE, "", "");
    struct run_options options = {.script = &pause, .script_count = 1, .pictures = true};
    struct run *run = lab_begin(&config, "told", options);
    paused_at = 9;
    lab_wait(run, is_paused);
    assert_true(run_send(run, &(struct command){.kind = COMMAND_SHOW, .number = OTHER_IMAGES}));
    lab_wait(run, shows_other_images); /* the pause is on record by now */
    assert_true(run_send(run, &(struct command){.kind = COMMAND_EVALUATE}));
    lab_wait(run, has_recorded_more);
    int found = 0;
    struct store *store = store_open(lab_path("told", "run.db"), STORE_READ, &lab_error);
    assert_non_null(store);
    assert_true(store_read_evaluations(store, STORE_EVERY_ARM, STORE_EVERY_STEP, count_evaluation,
                                       &found, &lab_error));
    store_close(store);
    assert_true(found > 0);
    assert_true(run_send(run, &(struct command){.kind = COMMAND_GO_ON}));
    assert_int_equal(lab_finish(run), ERROR_NONE);
}

static void test_single_steps(void **state)
{
    (void)state;
    struct config config;
    lab_config(&config);
    struct scheduled_command one = lab_at(0, COMMAND_STEP, "", "");
    struct run_options options = {.script = &one, .script_count = 1};
    struct run *run = lab_begin(&config, "stepped", options);
    for (paused_at = 1; paused_at <= 3; paused_at++) {
        lab_wait(run, is_paused);
        struct command again = {.kind = paused_at < 3 ? COMMAND_STEP : COMMAND_GO_ON};
        assert_true(run_send(run, &again));
    }
    assert_int_equal(lab_finish(run), ERROR_NONE);
    lab_same("straight", "stepped");
}

static void add_block(struct config *config)
{
    struct mask_choice mask = config->mask;
    assert_true(config_mask_parse(&mask, "{strategy: block, ratio: 0.6}", &lab_error));
    assert_true(config_arm_add(config, "other", &mask, &lab_error));
}

static void test_two_arms(void **state)
{
    (void)state;
    struct config config;
    lab_config(&config);
    add_block(&config);
    lab_train(&config, "pair", NULL, 0);
    lab_same_weights("straight", "pair", "random75/", LAB_STEPS);
    lab_same_record("straight", "pair", "random75");

    lab_config(&config);
    assert_true(config_arm_add(&config, "twin", &config.mask, &lab_error));
    lab_train(&config, "twins", NULL, 0); /* nothing but the mask tells arms apart */
    lab_same_weights("straight", "twins", "twin/", LAB_STEPS);

    lab_config(&config);
    config.arm_count = 0;
    add_block(&config);
    lab_train(&config, "alone", NULL, 0);
    lab_same_weights("alone", "pair", "other/", LAB_STEPS);
    lab_same_record("alone", "pair", "other");
    assert_true(lab_weights_differ("straight", "alone", LAB_STEPS));

    struct scheduled_command stop = lab_at(11, COMMAND_STOP, "", "");
    lab_config(&config);
    add_block(&config);
    lab_train(&config, "pair-stopped", &stop, 1);
    lab_resume("pair-stopped", NULL, 0);
    lab_same("pair", "pair-stopped");
}

/* The same of products in bf16, and with threads. */
static void test_two_arms_of_halves(void **state)
{
    (void)state;
    struct config config;
    if (!product_kernels_best(PRODUCT_HALVES)) {
        print_message("no bf16 products on this machine\n");
        skip();
    }
    lab_config(&config);
    lab_set(&config, "train.precision", "bf16");
    lab_train(&config, "halves", NULL, 0);
    assert_true(lab_weights_differ("straight", "halves", LAB_STEPS));
    lab_set(&config, "train.threads", "3");
    add_block(&config);
    lab_train(&config, "halves-pair", NULL, 0);
    lab_same_weights("halves", "halves-pair", "random75/", LAB_STEPS);
    lab_same_record("halves", "halves-pair", "random75");
}

/* Arms that come and go, with a kill in between: the record carries them out again. */
static void test_arms_added_and_removed(void **state)
{
    (void)state;
    struct config config;
    lab_config(&config);
    lab_set(&config, "mask.strategy", "grid"); /* which the arm without a mask of its own gets */
    struct scheduled_command script[] = {
        lab_at(4, COMMAND_CHECKPOINT, "", ""),
        lab_at(6, COMMAND_ARM_ADD, "late", ""),
        lab_at(8, COMMAND_ARM_ADD, "later", "{strategy: block, ratio: 0.6}"),
        lab_at(12, COMMAND_ARM_REMOVE, "late", ""),
        lab_at(13, COMMAND_ARM_ADD, "later", ""),           /* refused: the name is taken */
        lab_at(13, COMMAND_ARM_ADD, "wrong", "{ratio: 7}"), /* refused */
        lab_at(20, COMMAND_ABORT, "", ""),
    };
    lab_train(&config, "come-and-go-killed", script, 7);
    script[6] = lab_at(24, COMMAND_CHECKPOINT, "", "");
    lab_train(&config, "come-and-go", script, 7);
    lab_resume("come-and-go-killed", NULL, 0);
    lab_same("come-and-go", "come-and-go-killed");
}

/* An arm added after a resume gets the mask that one added before would have got. */
static void test_arm_added_after_resume(void **state)
{
    (void)state;
    struct config config;
    lab_config(&config);
    lab_set(&config, "mask.strategy", "grid");
    struct scheduled_command add = lab_at(12, COMMAND_ARM_ADD, "late", "");
    struct scheduled_command stop = lab_at(10, COMMAND_STOP, "", "");
    struct run_options options = {.script = &add, .script_count = 1};
    lab_train(&config, "late", &add, 1);
    lab_train(&config, "late-stopped", &stop, 1);
    struct run *run =
        run_resume(lab_path("late-stopped", ""), &options, NULL, 0, lab_log, &lab_error);
    assert_non_null(run);
    assert_int_equal(lab_finish(run), ERROR_NONE);
    lab_same("late", "late-stopped");
}

/* ---- kill -9 ---- */

enum { KILL_CHECKPOINTS = 2 };

/* In a process of its own: trains and kills itself when the snapshot shows step `last` or later. */
static int be_killed(const char *folder, int last)
{
    struct config config;
    lab_config(&config);
    lab_set(&config, "train.checkpoint_steps", "2");
    struct scheduled_command change = lab_at(10, COMMAND_SET, ratio_setting, "0.5");
    struct run_options options = {
        .folder = lab_path(folder, ""), .script = &change, .script_count = 1};
    struct run *run = run_start(&config, &options, lab_log, &lab_error);
    while (run && run_snapshot(run)->step < last)
        ;
    kill(getpid(), SIGKILL);
    return 1;
}

static void test_killed(void **state)
{
    (void)state;
    static const char *const steps[] = {"3", "12", "17"};
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        char name[32];
        snprintf(name, sizeof name, "killed-%s", steps[i]);
        pid_t child = fork();
        if (child == 0) {
            execl("/proc/self/exe", "run_trainer", test_folder, name, steps[i], NULL);
            _exit(127);
        }
        int status;
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
        struct scheduled_command change = lab_at(10, COMMAND_SET, ratio_setting, "0.5");
        struct run_options options = {.script = &change, .script_count = i == 0};
        struct run *run = run_resume(lab_path(name, ""), &options, NULL, 0, lab_log, &lab_error);
        if (!run)
            fail_msg("%s", lab_error.message);
        assert_int_equal(lab_finish(run), ERROR_NONE);
        lab_same("changed", name);
    }
}

int main(int argc, char **argv)
{
    if (argc == 4) {
        lab_log = log_new(&lab_error);
        text_copy(test_folder, sizeof test_folder, argv[1]);
        return be_killed(argv[2], atoi(argv[3]));
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_change_matters),
        cmocka_unit_test(test_stop_and_resume),
        cmocka_unit_test(test_stop_at_every_step),
        cmocka_unit_test(test_change_and_resume),
        cmocka_unit_test(test_resume_with_assignments),
        cmocka_unit_test(test_threads),
        cmocka_unit_test(test_pause_and_pictures),
        cmocka_unit_test(test_told_of_the_record),
        cmocka_unit_test(test_single_steps),
        cmocka_unit_test(test_two_arms),
        cmocka_unit_test(test_two_arms_of_halves),
        cmocka_unit_test(test_arms_added_and_removed),
        cmocka_unit_test(test_arm_added_after_resume),
        cmocka_unit_test(test_killed),
    };
    return cmocka_run_group_tests(tests, make_straight, lab_close);
}
