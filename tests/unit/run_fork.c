/* Forks: they begin where the run was, and the run is as it was. */
#include "tests/unit/test.h"

#include "run/fork.h"
#include "tests/unit/run_steered.h"

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
    struct replay_report report = assert_same("origin-at-18");
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fork),
        cmocka_unit_test(test_fork_at_a_change),
        cmocka_unit_test(test_fork_refused),
    };
    return cmocka_run_group_tests(tests, steered_open, lab_close);
}
