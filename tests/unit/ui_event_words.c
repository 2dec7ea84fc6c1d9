/* How events are told, and which are marked on a chart's axis of steps. */
#include "tests/unit/test.h"

#include "base/memory.h"
#include "ui/event_words.h"
#include "ui/panel/chart.h"
#include "ui/panel/chart_events.h"

static const struct snapshot_event set_ratio = {.step = 100,
                                                .kind = "set",
                                                .arm = "block",
                                                .name = "arms.block.ratio",
                                                .old_value = "0.75",
                                                .new_value = "0.6"};
static const struct snapshot_event set_rate = {
    .step = 200, .kind = "set", .name = "train.blr", .new_value = "1e-4"};
static const struct snapshot_event added = {.step = 300,
                                            .kind = "arm-add",
                                            .arm = "grid",
                                            .name = "grid",
                                            .new_value = "strategy=grid ratio=0.5"};
static const struct snapshot_event note = {.step = 300, .kind = "note", .new_value = "it sees"};
static const struct snapshot_event checkpoint = {.step = 400, .kind = "checkpoint"};

static void expect_words(const struct snapshot_event *event, const char *label,
                         const char *sentence, bool turn)
{
    char out[EVENT_WORDS_SIZE];
    event_label(out, event);
    assert_string_equal(out, label);
    event_sentence(out, event);
    assert_string_equal(out, sentence);
    assert_int_equal(event_is_turn(event), turn);
}

static void test_words(void **state)
{
    (void)state;
    expect_words(&set_ratio, "block ratio 0.6", "block ratio: 0.75 \u2192 0.6", true);
    expect_words(&set_rate, "blr 1e-4", "blr: - \u2192 1e-4", true);
    expect_words(&added, "arm-add grid strategy=grid ratio=0.5",
                 "arm-add grid strategy=grid ratio=0.5", true);
    expect_words(&note, "note it sees", "note it sees", true);
    expect_words(&checkpoint, "checkpoint", "checkpoint", false);
}

/* Fields as long as they come, whole or cut, but within the size. */
static void test_long_words(void **state)
{
    (void)state;
    struct snapshot_event event = {.kind = "set"};
    char out[EVENT_WORDS_SIZE];
    memset(event.arm, 'a', sizeof event.arm - 1);
    memset(event.name, 'n', sizeof event.name - 1);
    memset(event.old_value, 'o', sizeof event.old_value - 1);
    memset(event.new_value, 'v', sizeof event.new_value - 1);
    for (int kind = 0; kind < 2; kind++) {
        event_label(out, &event);
        assert_true(strlen(out) < sizeof out && strchr(out, 'v'));
        event_sentence(out, &event);
        assert_true(strlen(out) < sizeof out && strchr(out, 'v'));
        memset(event.kind, 'k', sizeof event.kind - 1);
    }
}

/* 101 columns for steps 0 to 1000: ten steps each. */
static void test_told_at_a_column(void **state)
{
    (void)state;
    enum { WIDTH = 101 };
    const struct snapshot_event events[] = {set_ratio, set_rate, added, note, checkpoint};
    const struct range steps = {0, 1000}, later = {350, 1000};
    char out[EVENT_WORDS_SIZE];
    assert_true(chart_events_tell(&steps, WIDTH, events, ARRAY_LENGTH(events), 10, out));
    assert_string_equal(out, "step 100: block ratio: 0.75 \u2192 0.6");
    assert_true(chart_events_tell(&steps, WIDTH, events, ARRAY_LENGTH(events), 9, out));
    assert_false(chart_events_tell(&steps, WIDTH, events, ARRAY_LENGTH(events), 12, out));
    assert_true(chart_events_tell(&steps, WIDTH, events, ARRAY_LENGTH(events), 30, out));
    assert_string_equal(out,
                        "step 300: arm-add grid strategy=grid ratio=0.5; step 300: note it sees");
    assert_false(chart_events_tell(&steps, WIDTH, events, ARRAY_LENGTH(events), 40, out));
    assert_true(chart_events_any(&steps, events, ARRAY_LENGTH(events)));
    assert_false(chart_events_any(&later, events, ARRAY_LENGTH(events)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_words),
        cmocka_unit_test(test_long_words),
        cmocka_unit_test(test_told_at_a_column),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
