/* Replays of records that were tampered with: the first number that differs is named, whatever it
 * is; and what a run that was stopped may lack is told. */
#include "tests/unit/test.h"

#include "tests/unit/run_steered.h"

/* A bit changed on record is found, and it is said where. */
static void test_parting(void **state)
{
    (void)state;
    train_steered("tampered");
    change_record("tampered",
                  "UPDATE metric_values SET value = value * (1 + 1e-15) WHERE step IN (17, 19)"
                  " AND metric = (SELECT id FROM metric_names WHERE name = 'loss')"
                  " AND arm = (SELECT id FROM arms WHERE name = 'third')");
    struct replay_report report = assert_apart("tampered", "step 17, arm third: loss ");
    assert_true(file_is_folder(report.folder)); /* for a look */
}

/* Where the steered run's replay parts from its record when that is changed so. The record is as it
 * was afterwards. */
static void assert_parts(const char *sql, const char *expected)
{
    const char *record = lab_path("steered", "run.db"), *kept = lab_path("steered", "kept.db");
    assert_true(store_copy(record, kept, &lab_error));
    change_record("steered", sql);
    (void)assert_apart("steered", expected);
    assert_int_equal(rename(lab_path("steered", "kept.db"), lab_path("steered", "run.db")), 0);
}

/* Whatever an evaluation puts on record is compared. */
static void test_all_of_an_evaluation(void **state)
{
    (void)state;
    assert_parts("UPDATE evaluations SET mse = mse + 1e-12 WHERE step = 11 AND image ="
                 " (SELECT min(image) FROM evaluations) AND ratio = 0.5",
                 "step 11, arm random75: mse of image ");
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
    (void)assert_apart("steered", "step 24, arm random75: a row of image ");
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
    (void)assert_apart("evaluated", "step 24, arm random75: probe_");
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
    (void)assert_apart("stopped", "step 20, arm random75: ");
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

/* The run that all but a few change and put back. */
static int open_steered(void **state)
{
    if (steered_open(state) != 0)
        return -1;
    train_steered("steered");
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parting),
        cmocka_unit_test(test_all_of_an_evaluation),
        cmocka_unit_test(test_all_of_a_checkpoint),
        cmocka_unit_test(test_one_side_alone),
        cmocka_unit_test(test_lost_removal),
        cmocka_unit_test(test_older_beginning),
        cmocka_unit_test(test_lost_last_evaluation),
        cmocka_unit_test(test_stopped_before_evaluation),
        cmocka_unit_test(test_lost_event),
    };
    return cmocka_run_group_tests(tests, open_steered, lab_close);
}
