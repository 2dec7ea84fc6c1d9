/* Runs whose masks are guided by the arms' own models: same bits across stops, changes, threads and
 * company, as for any other run. */
#include "tests/unit/test.h"

#include "mask/npy.h"
#include "run/replay.h"
#include "tests/unit/run_lab.h"

static void guided_config(struct config *config, const char *strategy)
{
    lab_config(config);
    lab_set(config, "mask.strategy", strategy);
    lab_set(config, "eval.every_epochs", "0");
}

static void add_arm(struct config *config, const char *name, const char *choice)
{
    struct mask_choice mask = config->mask;
    assert_true(config_mask_parse(&mask, choice, &lab_error));
    assert_true(config_arm_add(config, name, &mask, &lab_error));
}

static void test_stop_and_resume(void **state)
{
    (void)state;
    static const char *const strategies[] = {"attention", "loss",
                                             "mixture:parts=[loss, attention]"};
    for (size_t i = 0; i < ARRAY_LENGTH(strategies); i++) {
        char whole[32], stopped[32];
        struct config config;
        struct scheduled_command stop = lab_at(11, COMMAND_STOP, "", "");
        snprintf(whole, sizeof whole, "whole-%zu", i);
        snprintf(stopped, sizeof stopped, "stopped-%zu", i);
        guided_config(&config, strategies[i]);
        lab_train(&config, whole, NULL, 0);
        lab_set(&config, "train.threads", "3");
        lab_train(&config, stopped, &stop, 1);
        lab_resume(stopped, NULL, 0);
        lab_same_weights(whole, stopped, "", LAB_STEPS);
        lab_same_record(whole, stopped, NULL);
    }
    assert_true(lab_weights_differ("whole-0", "whole-1", LAB_STEPS));
}

/* A teacher that begins in mid-run begins with the weights of that step, and again when the record
 * is carried out again. */
static void test_change_and_resume(void **state)
{
    (void)state;
    struct config config;
    guided_config(&config, "random");
    static const char setting[] = "arms.random75.strategy";
    struct scheduled_command script[] = {
        lab_at(5, COMMAND_CHECKPOINT, "", ""),
        lab_at(7, COMMAND_SET, setting, "loss:hard=1"),
        lab_at(12, COMMAND_SET, setting, "attention:share=1"),
        lab_at(16, COMMAND_SET, setting, "block"),
        lab_at(19, COMMAND_SET, setting, "attention:mode=low"),
        lab_at(21, COMMAND_ABORT, "", ""),
    };
    lab_train(&config, "changed", script, 5);
    lab_train(&config, "changed-killed", script, 6);
    lab_resume("changed-killed", NULL, 0);
    lab_same_weights("changed", "changed-killed", "", LAB_STEPS);
    lab_same_record("changed", "changed-killed", NULL);
    struct scheduled_command later[] = {
        script[1], script[2], lab_at(14, COMMAND_CHECKPOINT, "", ""), /* a teacher is in it */
        script[3], script[4], script[5],
    };
    lab_train(&config, "changed-later", later, 6);
    lab_resume("changed-later", NULL, 0);
    lab_same_weights("changed", "changed-later", "", LAB_STEPS);
}

/* Arms do not see each other's teachers. */
static void test_company(void **state)
{
    (void)state;
    struct config config;
    guided_config(&config, "random");
    config.arm_count = 0;
    add_arm(&config, "attends", "{strategy: attention, share: 1}");
    add_arm(&config, "hard", "{strategy: loss, hard: 1}");
    add_arm(&config, "plain", "{strategy: random}");
    lab_train(&config, "three", NULL, 0);
    static const char *const choices[][2] = {
        {"attends", "{strategy: attention, share: 1}"},
        {"hard", "{strategy: loss, hard: 1}"},
        {"plain", "{strategy: random}"},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(choices); i++) {
        char prefix[32];
        config.arm_count = 0;
        add_arm(&config, choices[i][0], choices[i][1]);
        snprintf(prefix, sizeof prefix, "%s/", choices[i][0]);
        lab_train(&config, choices[i][0], NULL, 0);
        lab_same_weights(choices[i][0], "three", prefix, LAB_STEPS);
        lab_same_record(choices[i][0], "three", choices[i][0]);
    }
}

static bool has_pictures(const struct snapshot *snapshot)
{
    return snapshot->state == RUN_PAUSED && snapshot->gallery.step == snapshot->step;
}

/* The shown masks follow the teacher, and looking changes nothing. */
static void test_pictures(void **state)
{
    (void)state;
    struct config config;
    guided_config(&config, "attention:share=1");
    lab_train(&config, "unseen", NULL, 0);
    struct scheduled_command pause = lab_at(9, COMMAND_PAUSE, "", "");
    struct run_options options = {.script = &pause, .script_count = 1, .pictures = true};
    struct run *run = lab_begin(&config, "seen", options);
    const struct snapshot *snapshot = lab_wait(run, has_pictures);
    const struct gallery *gallery = &snapshot->gallery;
    for (int image = 0; image < gallery->images; image++) {
        int hidden = 0;
        for (int patch = 0; patch < gallery->patches; patch++)
            hidden += gallery->mask[image * gallery->patches + patch];
        assert_int_equal(hidden, gallery->patches * 3 / 4);
    }
    assert_true(run_send(run, &(struct command){.kind = COMMAND_GO_ON}));
    assert_int_equal(lab_finish(run), ERROR_NONE);
    lab_same_weights("unseen", "seen", "", LAB_STEPS);
}

/* A run goes on with the masks it began with, or not at all. */
static void test_mask_files(void **state)
{
    (void)state;
    enum { PATCHES = 16 };
    uint8_t mask[PATCHES] = {1, 1, 1, 0};
    char path[FILE_PATH_SIZE], strategy[FILE_PATH_SIZE + 32];
    struct config config;
    struct scheduled_command script[] = {
        lab_at(2, COMMAND_SET, "arms.drawn.strategy", "random"),
        lab_at(4, COMMAND_SET, "arms.drawn.strategy", strategy),
        lab_at(6, COMMAND_STOP, "", ""),
    };
    assert_true(file_join(path, sizeof path, test_folder, "masks.npy", NULL));
    assert_true(npy_write_masks(path, mask, 1, PATCHES, &lab_error));
    snprintf(strategy, sizeof strategy, "file:path=%s", path);
    text_copy(script[1].command.value, COMMAND_VALUE_SIZE, strategy);
    guided_config(&config, "random");
    config.arm_count = 0;
    add_arm(&config, "drawn", "{strategy: random}");
    lab_set(&config, "arms.drawn.strategy", strategy);
    lab_train(&config, "filed", script, 3);
    lab_train(&config, "filed-whole", script, 2);
    lab_resume("filed", NULL, 0);
    lab_same_weights("filed", "filed-whole", "", LAB_STEPS);

    lab_train(&config, "filed-late", script, 3);
    mask[5] = 1;
    assert_true(npy_write_masks(path, mask, 1, PATCHES, &lab_error));
    assert_null(run_resume(lab_path("filed-late", ""), &(struct run_options){0}, NULL, 0, lab_log,
                           &lab_error));
    assert_non_null(strstr(lab_error.message, "masks.npy: holds other masks"));
}

static void fail_to_resume(const char *name, const char *reason)
{
    struct run *run =
        run_resume(lab_path(name, ""), &(struct run_options){0}, NULL, 0, lab_log, &lab_error);
    assert_null(run);
    assert_int_equal(lab_error.code, ERROR_DATA);
    if (!strstr(lab_error.message, reason))
        fail_msg("%s", lab_error.message);
}

/* A change whose file is gone since cannot be carried out again, which a replay and a resumed run
 * say; with the file in its place again both are as they were. */
static void test_mask_file_gone(void **state)
{
    (void)state;
    static const char reason[] = "the change recorded at step 4 cannot be carried out again: "
                                 "set arms.drawn.strategy: ";
    enum { PATCHES = 16 };
    uint8_t mask[PATCHES] = {1, 1, 1, 0, 1};
    char path[FILE_PATH_SIZE], away[FILE_PATH_SIZE], strategy[FILE_PATH_SIZE + 32];
    struct replay_report report;
    struct replay_options replay = {0};
    struct config config;
    struct scheduled_command script[] = {
        lab_at(2, COMMAND_CHECKPOINT, "", ""),
        lab_at(4, COMMAND_SET, "arms.drawn.strategy", ""),
        lab_at(7, COMMAND_ABORT, "", ""),
    };
    assert_true(file_join(path, sizeof path, test_folder, "here.npy", NULL) &&
                file_join(away, sizeof away, test_folder, "away.npy", NULL));
    assert_true(npy_write_masks(path, mask, 1, PATCHES, &lab_error));
    snprintf(strategy, sizeof strategy, "file:path=%s", path);
    text_copy(script[1].command.value, COMMAND_VALUE_SIZE, strategy);
    guided_config(&config, "random");
    config.arm_count = 0;
    add_arm(&config, "drawn", "{strategy: random}");
    lab_train(&config, "gone", script, 3);
    lab_train(&config, "gone-whole", script, 2);

    assert_int_equal(rename(path, away), 0);
    fail_to_resume("gone", reason);
    fail_to_resume("gone", "fork");
    assert_false(run_replay(lab_path("gone-whole", ""), &replay, &report, lab_log, &lab_error));
    assert_int_equal(lab_error.code, ERROR_DATA);
    if (strncmp(lab_error.message, reason, sizeof reason - 1))
        fail_msg("%s", lab_error.message);

    assert_int_equal(rename(away, path), 0);
    lab_resume("gone", NULL, 0);
    lab_same_weights("gone", "gone-whole", "", LAB_STEPS);
    assert_true(run_replay(lab_path("gone-whole", ""), &replay, &report, lab_log, &lab_error));
    assert_true(report.same);
}

/* An arm that was added with masks of a file that is gone since: known before the first step. */
static void test_mask_file_of_added_arm_gone(void **state)
{
    (void)state;
    enum { PATCHES = 16 };
    static const uint8_t mask[PATCHES] = {1, 1, 1, 0, 1};
    char path[FILE_PATH_SIZE], away[FILE_PATH_SIZE];
    struct config config;
    struct scheduled_command script[] = {
        lab_at(2, COMMAND_CHECKPOINT, "", ""),
        lab_at(4, COMMAND_ARM_ADD, "late", ""),
        lab_at(7, COMMAND_ABORT, "", ""),
    };
    assert_true(file_join(path, sizeof path, test_folder, "late.npy", NULL) &&
                file_join(away, sizeof away, test_folder, "late-away.npy", NULL));
    assert_true(npy_write_masks(path, mask, 1, PATCHES, &lab_error));
    snprintf(script[1].command.value, COMMAND_VALUE_SIZE, "{strategy: file, path: %.400s}", path);
    guided_config(&config, "random");
    lab_train(&config, "late", script, 3);
    lab_train(&config, "late-whole", script, 2);

    assert_int_equal(rename(path, away), 0);
    fail_to_resume("late", "the change recorded at step 4 cannot be carried out again: "
                           "arm-add late: ");
    fail_to_resume("late", "late.npy");
    assert_int_equal(rename(away, path), 0);
    lab_resume("late", NULL, 0);
    lab_same_weights("late", "late-whole", "", LAB_STEPS);
}

static struct run *start(const struct config *config, const char *name,
                         const struct scheduled_command *script, int count)
{
    struct run_options options = {
        .folder = lab_path(name, ""), .script = script, .script_count = count};
    return run_start(config, &options, lab_log, &lab_error);
}

/* Only what is on record binds: a script's change is tried when its step has come, when the file
 * may be there, and refused then. */
static void test_script_does_not_bind(void **state)
{
    (void)state;
    struct config config;
    struct scheduled_command script[] = {
        lab_at(3, COMMAND_SET, "arms.random75.strategy", "file:path=/nowhere/masks.npy"),
    };
    guided_config(&config, "random");
    lab_train(&config, "unbound-without", NULL, 0);
    lab_train(&config, "unbound", script, 1);
    lab_same("unbound-without", "unbound");
    script[0].binding = true;
    assert_null(start(&config, "bound", script, 1));
    assert_non_null(strstr(lab_error.message, "/nowhere/masks.npy"));
}

/* A recorded value that cannot be read is known before the first step, too. */
static void test_unreadable_values(void **state)
{
    (void)state;
    struct config config;
    struct scheduled_command scripts[] = {
        lab_at(3, COMMAND_SET, "arms.random75.strategy", "blok"),
        lab_at(3, COMMAND_ARM_ADD, "late", "{strategy: blok}"),
    };
    guided_config(&config, "random");
    for (size_t i = 0; i < ARRAY_LENGTH(scripts); i++) {
        scripts[i].binding = true;
        assert_null(start(&config, "unreadable", &scripts[i], 1));
        assert_int_equal(lab_error.code, ERROR_DATA);
        assert_non_null(strstr(lab_error.message,
                               "the change recorded at step 3 cannot be carried out again: "));
        assert_non_null(strstr(lab_error.message, "'blok'"));
    }
}

/* A change on record that is refused at its step ends the run there. */
static void test_refused_at_its_step(void **state)
{
    (void)state;
    struct config config;
    struct scheduled_command script[] = {
        lab_at(3, COMMAND_SET, "train.batch", "8"),
    };
    script[0].binding = true;
    guided_config(&config, "random");
    struct run *run = start(&config, "refused", script, ARRAY_LENGTH(script));
    if (!run)
        fail_msg("%s", lab_error.message);
    assert_int_equal(lab_finish(run), ERROR_DATA);
    assert_string_equal(lab_error.message,
                        "the change recorded at step 3 cannot be carried out again: set "
                        "train.batch: it cannot change while training");
}

/* Probe masks are the same for all arms, so no arm's model may guide them. */
static void test_no_probe_masks(void **state)
{
    (void)state;
    struct config config;
    guided_config(&config, "random");
    lab_set(&config, "eval.strategies", "[random, \"mixture:parts=[random, attention]\"]");
    assert_false(config_check(&config, &lab_error));
    assert_non_null(strstr(lab_error.message, "eval.strategies"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_stop_and_resume),
        cmocka_unit_test(test_change_and_resume),
        cmocka_unit_test(test_company),
        cmocka_unit_test(test_pictures),
        cmocka_unit_test(test_no_probe_masks),
        cmocka_unit_test(test_mask_files),
        cmocka_unit_test(test_mask_file_gone),
        cmocka_unit_test(test_refused_at_its_step),
        cmocka_unit_test(test_mask_file_of_added_arm_gone),
        cmocka_unit_test(test_script_does_not_bind),
        cmocka_unit_test(test_unreadable_values),
    };
    return cmocka_run_group_tests(tests, lab_open, lab_close);
}
