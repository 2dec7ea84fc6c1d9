/* What is displayed of an arm's masks: the newest, and coverage since the mask was set; and that it
 * stays with its arm. */
#include "tests/unit/test.h"

#include <math.h>

#include "tests/unit/run_lab.h"

enum { HEIGHT = 2, WIDTH = 3, PATCHES = HEIGHT * WIDTH };

static void test_watch_by_hand(void **state)
{
    (void)state;
    static const uint8_t masks[3 * PATCHES] = {1, 0, 0, 0, 0, 0, 1, 1, 1,
                                               0, 0, 0, 1, 1, 1, 1, 1, 0};
    struct mask_watch watch;
    struct mask_display display, copy;
    assert_true(mask_watch_init(&watch, HEIGHT, WIDTH, &lab_error));
    assert_true(mask_display_init(&display, HEIGHT, WIDTH, &lab_error));
    assert_true(mask_display_init(&copy, HEIGHT, WIDTH, &lab_error));
    mask_watch_show(&watch, &display);
    assert_int_equal(display.version, 0); /* nothing to show yet */
    mask_watch_add(&watch, masks, 3);
    mask_watch_add(&watch, masks + PATCHES, 1);
    mask_watch_show(&watch, &display);
    mask_display_copy(&copy, &display);
    assert_int_equal(copy.version, 1);
    assert_int_equal(copy.examples, 1);
    assert_memory_equal(copy.masks, masks + PATCHES, PATCHES);
    assert_int_equal(copy.measures.masks, 4);
    static const float inclusion[PATCHES] = {1, 0.75f, 0.75f, 0.25f, 0.25f, 0};
    assert_memory_equal(copy.inclusion, inclusion, sizeof inclusion);
    assert_true(copy.histogram.bins == PATCHES + 1 && copy.histogram.counts == 1);
    static const double ratios[PATCHES + 1] = {0, 0.25, 0, 0.5, 0, 0.25, 0};
    assert_memory_equal(copy.ratios, ratios, sizeof ratios);
    mask_watch_clear(&watch, 7);
    mask_watch_show(&watch, &display);
    mask_display_copy(&copy, &display);
    assert_true(copy.version == 2 && copy.since == 7 && copy.examples == 0);
    assert_int_equal(copy.measures.masks, 0);
    assert_true(copy.inclusion[0] == 0.0f && copy.ratios[3] == 0);
    mask_watch_show(&watch, &display);
    assert_int_equal(display.version, 2); /* nothing changed */
    mask_display_release(&copy);
    mask_display_release(&display);
    mask_watch_release(&watch);
    mask_watch_add(&watch, masks, 1); /* nobody watches: no harm */
}

static bool is_paused(const struct snapshot *snapshot)
{
    return snapshot->state == RUN_PAUSED;
}

static void expect_arm(const struct snapshot *snapshot, int arm, const char *name, double ratio,
                       int64_t since)
{
    const struct mask_display *display = &snapshot->masks[arm];
    assert_string_equal(snapshot->arms[arm].name, name);
    assert_near(display->measures.ratio_mean, ratio, 1e-9);
    assert_int_equal(display->since, since);
    assert_int_equal(display->measures.masks, (snapshot->step - since) * LAB_BATCH);
    assert_int_equal(display->examples, LAB_BATCH);
    for (int i = 0; i < display->examples; i++) {
        int hidden = 0, patches = mae_patches(&snapshot->shape);
        for (int k = 0; k < patches; k++)
            hidden += display->masks[i * patches + k];
        assert_near(hidden / (double)patches, ratio, 1e-9);
    }
}

static void test_stays_with_its_arm(void **state)
{
    (void)state;
    struct config config;
    lab_config(&config);
    struct scheduled_command script[] = {
        lab_at(2, COMMAND_ARM_ADD, "half", "{strategy: grid, ratio: 0.5}"),
        lab_at(3, COMMAND_ARM_ADD, "quarter", "{strategy: block, ratio: 0.25}"),
        lab_at(5, COMMAND_SET, "arms.half.ratio", "0.625"),
        lab_at(6, COMMAND_ARM_REMOVE, "random75", ""),
        lab_at(7, COMMAND_ARM_ADD, "late", "{strategy: random, ratio: 0.875}"),
        lab_at(9, COMMAND_PAUSE, "", ""),
    };
    struct run_options options = {
        .script = script, .script_count = ARRAY_LENGTH(script), .pictures = true, .stay = true};
    struct run *run = lab_begin(&config, "watched", options);
    const struct snapshot *snapshot = lab_wait(run, is_paused);
    assert_int_equal(snapshot->arm_count, 3);
    expect_arm(snapshot, 0, "half", 0.625, 5);
    expect_arm(snapshot, 1, "quarter", 0.25, 3);
    expect_arm(snapshot, 2, "late", 0.875, 7);
    assert_true(run_send(run, &(struct command){.kind = COMMAND_ABORT}));
    assert_int_equal(lab_finish(run), ERROR_NONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_watch_by_hand),
        cmocka_unit_test(test_stays_with_its_arm),
    };
    return cmocka_run_group_tests(tests, lab_open, lab_close);
}
