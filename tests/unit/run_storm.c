/* Commands and questions at random, as fast as the queue takes them, while a run trains, looks,
 * evaluates and probes: it never stops for them, and afterwards its record gives the same bits
 * again. Under a thread sanitizer this is the test of all that trainer, loaders, queue and
 * snapshots share.
 *
 * STORM=N sends so many commands (default 300), STORM_SEED=N others. */
#include "tests/unit/test.h"

#include <sched.h>

#include "base/memory.h"
#include "base/random.h"
#include "run/replay.h"
#include "tests/unit/run_trouble.h"

enum { LEAST_STEPS = 20 };

struct storm {
    struct run *run;
    struct random random;
    int sent;
    uint64_t asked;
    uint8_t mask[16]; /* of the lab's grid */
};

static int draw(struct storm *storm, int limit)
{
    return (int)random_below(&storm->random, (uint32_t)limit);
}

/* One of the arms there were a moment ago. */
static const char *some_arm(struct storm *storm)
{
    const struct snapshot *snapshot = run_snapshot(storm->run);
    return snapshot->arm_count ? snapshot->arms[draw(storm, snapshot->arm_count)].name : "nobody";
}

/* The pattern with such an arm's name where "%s" stands in it. */
static void name_arm(struct storm *storm, char name[COMMAND_NAME_SIZE], const char *pattern)
{
    const char *place = strstr(pattern, "%s");
    if (place)
        snprintf(name, COMMAND_NAME_SIZE, "%.*s%s%s", (int)(place - pattern), pattern,
                 some_arm(storm), place + 2);
    else
        text_copy(name, COMMAND_NAME_SIZE, pattern);
}

/* Settings, arms, requests and pauses, good ones and bad ones. */
static struct command draw_command(struct storm *storm)
{
    static const struct {
        enum command_kind kind;
        const char *name, *value;
    } known[] = {
        {COMMAND_SET, "mask.ratio", "0.5"},
        {COMMAND_SET, "arms.random75.ratio", "{from: 0.9, to: 0.3}"},
        {COMMAND_SET, "arms.random75.ratio", "uniform:low=0.2,high=0.9,per=batch"},
        {COMMAND_SET, "arms.random75.strategy", "block"},
        {COMMAND_SET, "arms.random75.strategy", "attention"},
        {COMMAND_SET, "arms.random75.strategy", "loss:hard=1"},
        {COMMAND_SET, "arms.random75.strategy", "noise:color=green"},
        {COMMAND_SET, "arms.%s.strategy", "saliency:by=variance"},
        {COMMAND_SET, "arms.%s.ratio", "7"},
        {COMMAND_SET, "train.clip", "1"},
        {COMMAND_SET, "train.blr", "0.05"},
        {COMMAND_SET, "train.batch", "8"},
        {COMMAND_SET, "no.such", "setting"},
        {COMMAND_SET, "show.share", "0.9"},
        {COMMAND_PAUSE, "", ""},
        {COMMAND_GO_ON, "", ""},
        {COMMAND_GO_ON, "", ""},
        {COMMAND_GO_ON, "", ""},
        {COMMAND_STEP, "", ""},
        {COMMAND_CHECKPOINT, "", ""},
        {COMMAND_EVALUATE, "", ""},
        {COMMAND_PROBE, "", "knn"},
        {COMMAND_PROBE, "", "nothing"},
        {COMMAND_NEW_MASKS, "", ""},
        {COMMAND_SHOW, "", ""},
        {COMMAND_SHOW_FILE, "", "/no/such/picture.png"},
        {COMMAND_WAKE, "", ""},
        {COMMAND_ARM_ADD, "late", "strategy=grid,ratio=0.75"},
        {COMMAND_ARM_ADD, "later", "{strategy: perlin, ratio: 0.6}"},
        {COMMAND_ARM_ADD, "bad name", "strategy=grid"},
        {COMMAND_ARM_REMOVE, "%s", ""},
        {COMMAND_ARM_REMOVE, "%s", ""},
        {COMMAND_ARM_REMOVE, "nobody", ""},
        {COMMAND_NOTE, "", "here it comes"},
    };
    int choice = draw(storm, (int)ARRAY_LENGTH(known));
    struct command command = {.kind = known[choice].kind, .number = draw(storm, 100)};
    text_copy(command.value, sizeof command.value, known[choice].value);
    name_arm(storm, command.name, known[choice].name);
    return command;
}

/* About an arm that may be gone by the time it is read. */
static void ask(struct storm *storm)
{
    for (size_t i = 0; i < sizeof storm->mask; i++)
        storm->mask[i] = draw(storm, 2) == 1;
    struct question question = {.number = ++storm->asked,
                                .row = draw(storm, 4),
                                .mask_kind = (enum question_mask)draw(storm, 3),
                                .mask = storm->mask,
                                .attention = draw(storm, 2) == 1,
                                .stack = (enum mae_stack)draw(storm, 2),
                                .block = draw(storm, 3),
                                .token = draw(storm, 20)};
    text_copy(question.arm, sizeof question.arm, some_arm(storm));
    run_ask(storm->run, &question);
}

/* What a display does: it reads all of the newest snapshot and of the newest answer. */
static void look(struct storm *storm)
{
    const struct snapshot *snapshot = run_snapshot(storm->run);
    const struct answer *answer = run_answer(storm->run);
    assert_true(snapshot->arm_count <= ARM_LIMIT &&
                (snapshot->arm_count >= 1 || snapshot->version == 0));
    assert_true(snapshot->step <= snapshot->total_steps);
    assert_true(answer->number <= storm->asked);
    for (int i = 1; i < snapshot->event_count; i++)
        assert_true(snapshot->events[i].step >= snapshot->events[i - 1].step);
}

static int number_of(const char *variable, int usual)
{
    const char *text = getenv(variable);
    return text ? atoi(text) : usual;
}

static void test_storm(void **state)
{
    (void)state;
    struct config config;
    struct replay_report report;
    lab_config(&config);
    lab_set(&config, "train.steps", "1000000");
    lab_set(&config, "eval.every_epochs", "20");
    lab_set(&config, "probe.train_images", "16");
    lab_set(&config, "probe.images", "8");
    struct storm storm = {
        .run = lab_begin(&config, "storm", (struct run_options){.pictures = true, .stay = true}),
        .random = random_begin((uint64_t)number_of("STORM_SEED", 1), RANDOM_SAMPLE, 0, 0)};
    int commands = number_of("STORM", 300);
    while (storm.sent < commands || run_snapshot(storm.run)->step < LEAST_STEPS) {
        assert_false(run_ended(storm.run));
        struct command command = draw_command(&storm);
        storm.sent += run_send(storm.run, &command); /* a full queue is asked again */
        if (draw(&storm, 3) == 0)
            ask(&storm);
        for (int looks = draw(&storm, 400); looks >= 0; looks--) {
            look(&storm);
            sched_yield();
        }
    }
    struct command stop = {.kind = COMMAND_STOP};
    while (!run_send(storm.run, &stop))
        sched_yield();
    assert_int_equal(lab_finish(storm.run), ERROR_NONE);
    if (!run_replay(lab_path("storm", ""), &(struct replay_options){0}, &report, lab_log,
                    &lab_error))
        fail_msg("%s", lab_error.message);
    if (!report.same)
        fail_msg("%s", report.parts);
    print_message("# %d commands, %llu questions, %lld steps, %lld numbers replayed\n", storm.sent,
                  (unsigned long long)storm.asked, (long long)report.steps,
                  (long long)report.numbers);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_storm)};
    return cmocka_run_group_tests(tests, lab_open, lab_close);
}
