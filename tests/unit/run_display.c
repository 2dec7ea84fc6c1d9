/* What a run does for its displays: answers at any time, dropped files, pictures of earlier steps;
 * and that none of it touches the training. */
#include "tests/unit/test.h"

#include <math.h>

#include "run/history.h"
#include "tests/unit/run_lab.h"

enum { PATCHES = 16 };

/* With the pictures of that step, which come a moment later. */
static bool is_paused(const struct snapshot *snapshot)
{
    return snapshot->state == RUN_PAUSED && snapshot->gallery.step == snapshot->step;
}

static bool is_finished(const struct snapshot *snapshot)
{
    return snapshot->state == RUN_FINISHED && snapshot->gallery.step == snapshot->step;
}

static bool has_guest(const struct snapshot *snapshot)
{
    return snapshot->gallery.guest;
}

static bool has_no_guest(const struct snapshot *snapshot)
{
    return snapshot->gallery.step >= 0 && !snapshot->gallery.guest;
}

static bool has_refused(const struct snapshot *snapshot)
{
    return snapshot->gallery.refusals > 0;
}

static bool has_refused_twice(const struct snapshot *snapshot)
{
    return snapshot->gallery.refusals == 2;
}

static void send(struct run *run, enum command_kind kind, const char *value)
{
    struct command command = {.kind = kind};
    text_copy(command.value, sizeof command.value, value);
    assert_true(run_send(run, &command));
}

static void stop(struct run *run)
{
    send(run, COMMAND_STOP, "");
    assert_int_equal(lab_finish(run), ERROR_NONE);
}

/* Waits for the answer to the question of that number. */
static const struct answer *answer_to(struct run *run, uint64_t number)
{
    for (int look = 0; look < 60000; look++) {
        const struct answer *answer = run_answer(run);
        if (answer->number == number)
            return answer;
        nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
    }
    fail_msg("no answer came");
    return NULL;
}

static struct question painted(uint64_t number, const uint8_t *mask)
{
    return (struct question){.number = number,
                             .arm = "random75",
                             .row = 1,
                             .mask_kind = QUESTION_GIVEN_MASK,
                             .mask = mask};
}

/* While paused and when finished, the arm's own mask gives the gallery's picture; a painted one
 * another. */
static void test_answers_while_paused_and_finished(void **state)
{
    (void)state;
    struct config config;
    lab_config(&config);
    struct scheduled_command pause = lab_at(5, COMMAND_PAUSE, "", "");
    struct run_options options = {
        .pictures = true, .stay = true, .script = &pause, .script_count = 1};
    struct run *run = lab_begin(&config, "asked", options);
    const struct snapshot *snapshot = lab_wait(run, is_paused);
    for (int round = 0; round < 2; round++) {
        uint8_t mask[PATCHES] = {0, 1, 1, 0, 1};
        struct question question = painted((uint64_t)(2 * round + 1), mask);
        run_ask(run, &question);
        const struct answer *answer = answer_to(run, question.number);
        assert_string_equal(answer->problem, "");
        assert_memory_equal(answer->gallery.mask, mask, PATCHES);
        assert_int_equal(answer->step, snapshot->step);

        question.number++;
        question.mask_kind = QUESTION_OWN_MASK;
        run_ask(run, &question);
        answer = answer_to(run, question.number);
        const struct gallery *gallery = &snapshot->gallery;
        size_t picture = 3 * LAB_SIDE * LAB_SIDE;
        assert_memory_equal(answer->gallery.original, gallery->original + picture, picture);
        assert_memory_equal(answer->gallery.prediction, gallery->prediction + picture, picture);
        assert_memory_equal(answer->gallery.mask, gallery->mask + PATCHES, PATCHES);
        assert_true(answer->gallery.mse[0] == gallery->mse[1]);
        if (round == 0) {
            send(run, COMMAND_GO_ON, "");
            snapshot = lab_wait(run, is_finished);
        }
    }
    stop(run);
}

static void test_wrong_questions(void **state)
{
    (void)state;
    struct config config;
    lab_config(&config);
    struct scheduled_command pause = lab_at(2, COMMAND_PAUSE, "", "");
    struct run_options options = {
        .pictures = true, .stay = true, .script = &pause, .script_count = 1};
    struct run *run = lab_begin(&config, "wrong", options);
    lab_wait(run, is_paused);
    uint8_t mask[PATCHES] = {1};
    struct question question = painted(1, mask);
    text_copy(question.arm, sizeof question.arm, "nobody");
    run_ask(run, &question);
    assert_non_null(strstr(answer_to(run, 1)->problem, "nobody"));
    question = painted(2, mask);
    question.row = 3;
    run_ask(run, &question);
    assert_non_null(strstr(answer_to(run, 2)->problem, "no such picture"));
    mask[0] = 0;
    question = painted(3, mask);
    run_ask(run, &question);
    assert_non_null(strstr(answer_to(run, 3)->problem, "nothing is hidden"));
    stop(run);
}

/* Questions and pictures all along leave the training's bits alone. */
static void test_questions_change_no_bit(void **state)
{
    (void)state;
    struct config config;
    lab_config(&config);
    lab_train(&config, "unasked", NULL, 0);
    struct run *run = lab_begin(&config, "pestered", (struct run_options){.pictures = true});
    uint8_t mask[PATCHES] = {1, 0, 1};
    for (uint64_t number = 1; !run_ended(run); number++) {
        struct question question = painted(number, mask);
        question.attention = number % 2;
        question.stack = number % 4 ? MAE_DECODER : MAE_ENCODER;
        mask[number % PATCHES] ^= 1;
        run_ask(run, &question);
        run_snapshot(run);
        run_answer(run);
        nanosleep(&(struct timespec){.tv_nsec = 200000}, NULL);
    }
    assert_int_equal(lab_finish(run), ERROR_NONE);
    lab_same("unasked", "pestered");
}

static void write_png(const char *name, int side, uint8_t level)
{
    struct image image = {0};
    assert_true(image_resize(&image, side, side, 3, &lab_error));
    memset(image.pixels, level, (size_t)(3 * side * side));
    assert_true(image_write_png(&image, name, NULL, &lab_error));
    image_release(&image);
}

/* A dropped picture takes the first row and the others move down; what is no picture is refused
 * with the reason; other images send the guest away. */
static void test_dropped_files(void **state)
{
    (void)state;
    enum { LEVEL = 77, PICTURE = 3 * LAB_SIDE * LAB_SIDE };
    struct config config;
    lab_config(&config);
    struct scheduled_command pause = lab_at(2, COMMAND_PAUSE, "", "");
    struct run_options options = {
        .pictures = true, .stay = true, .script = &pause, .script_count = 1};
    struct run *run = lab_begin(&config, "dropped", options);
    const struct snapshot *snapshot = lab_wait(run, is_paused);
    uint8_t first[PICTURE];
    memcpy(first, snapshot->gallery.original, PICTURE);
    write_png(lab_path("dropped", "guest.png"), 50, LEVEL);
    send(run, COMMAND_SHOW_FILE, lab_path("dropped", "guest.png"));
    snapshot = lab_wait(run, has_guest);
    assert_string_equal(snapshot->gallery.names[0], "guest.png");
    for (int i = 0; i < PICTURE; i++)
        assert_int_equal(snapshot->gallery.original[i], LEVEL);
    assert_memory_equal(snapshot->gallery.original + PICTURE, first, PICTURE);

    send(run, COMMAND_SHOW_FILE, lab_path("dropped", "config.yaml"));
    snapshot = lab_wait(run, has_refused);
    assert_non_null(strstr(snapshot->gallery.refusal, "config.yaml"));
    send(run, COMMAND_SHOW_FILE, lab_path("dropped", "checkpoints")); /* a folder */
    snapshot = lab_wait(run, has_refused_twice);
    assert_non_null(strstr(snapshot->gallery.refusal, "checkpoints"));
    send(run, COMMAND_SHOW_FILE, lab_path("dropped", "guest.png"));
    lab_wait(run, has_guest);
    send(run, COMMAND_SHOW, "");
    snapshot = lab_wait(run, has_no_guest);
    assert_memory_equal(snapshot->gallery.original, first, PICTURE);
    stop(run);
}

/* Steps are kept from the first to the last; what was kept of a step is what the gallery made of
 * these images then; a resumed run forgets what came after its checkpoint, and goes on the same. */
static void test_history(void **state)
{
    (void)state;
    struct config config;
    lab_config(&config);
    struct run_options options = {.pictures = true, .stay = true};
    struct run *run = lab_begin(&config, "kept", options);
    const struct snapshot *snapshot = lab_wait(run, is_finished);
    int count = snapshot->history_count;
    int64_t steps[HISTORY_LIMIT];
    memcpy(steps, snapshot->history_steps, sizeof steps);
    assert_true(count >= 10);
    assert_int_equal(steps[0], 0);
    assert_int_equal(steps[count - 1], LAB_STEPS);
    struct history_frame frame;
    assert_true(history_frame_init(&frame, &snapshot->shape, &lab_error));
    assert_true(history_read(&frame, snapshot->folder, LAB_STEPS, &lab_error));
    assert_int_equal(frame.gallery.images, 3);
    assert_int_equal(frame.gallery.arms, 1);
    assert_string_equal(frame.arms[0], "random75");
    assert_string_equal(frame.gallery.names[2], snapshot->gallery.names[2]);
    size_t pictures = 3 * 3 * LAB_SIDE * LAB_SIDE;
    assert_memory_equal(frame.gallery.original, snapshot->gallery.original, pictures);
    assert_memory_equal(frame.gallery.prediction, snapshot->gallery.prediction, pictures);
    assert_memory_equal(frame.gallery.mask, snapshot->gallery.mask, 3 * PATCHES);
    assert_memory_equal(frame.gallery.mse, snapshot->gallery.mse, 3 * sizeof(float));
    assert_true(history_read(&frame, snapshot->folder, 0, &lab_error));
    assert_memory_not_equal(frame.gallery.prediction, snapshot->gallery.prediction, pictures);
    stop(run);

    struct scheduled_command stopping = lab_at(7, COMMAND_STOP, "", "");
    struct run_options stopped = {.pictures = true, .script = &stopping, .script_count = 1};
    assert_int_equal(lab_finish(lab_begin(&config, "kept-again", stopped)), ERROR_NONE);
    write_png(lab_path("kept-again", "images/history/step-00000099.safetensors"), 4, 0);
    run = run_resume(lab_path("kept-again", ""), &options, NULL, 0, lab_log, &lab_error);
    assert_non_null(run);
    assert_false(file_exists(lab_path("kept-again", "images/history/step-00000099.safetensors")));
    snapshot = lab_wait(run, is_finished);
    assert_int_equal(snapshot->history_count, count);
    assert_memory_equal(snapshot->history_steps, steps, (size_t)count * sizeof steps[0]);
    history_frame_release(&frame);
    stop(run);
}

static void test_history_that_cannot_be_read(void **state)
{
    (void)state;
    struct history_frame frame;
    struct config config;
    struct mae_shape shape;
    lab_config(&config);
    assert_true(config_shape(&config, &shape, &lab_error));
    assert_true(history_frame_init(&frame, &shape, &lab_error));
    assert_false(history_read(&frame, lab_path("kept", ""), 99999, &lab_error));
    assert_int_equal(lab_error.code, ERROR_INPUT);
    write_png(lab_path("kept", "images/history/step-00099999.safetensors"), 4, 0);
    assert_false(history_read(&frame, lab_path("kept", ""), 99999, &lab_error));
    assert_int_equal(lab_error.code, ERROR_DATA);
    assert_int_equal(frame.gallery.step, -1);
    history_frame_release(&frame);
    shape.patch = 4; /* another model's pictures */
    assert_true(history_frame_init(&frame, &shape, &lab_error));
    assert_false(history_read(&frame, lab_path("kept", ""), 0, &lab_error));
    assert_int_equal(lab_error.code, ERROR_DATA);
    history_frame_release(&frame);
}

/* However long the run, the space holds, and the first step stays. */
static void test_history_is_bounded(void **state)
{
    (void)state;
    enum { TOTAL = 5000 };
    const double space = 200000;
    struct config config;
    struct mae_shape shape;
    struct view_settings view;
    struct history history;
    lab_config(&config);
    assert_true(config_shape(&config, &shape, &lab_error));
    config_view(&config, &shape, false, &view);
    struct source_settings settings;
    config_source(&config, &shape, &settings);
    struct source *source = source_open(&settings, SOURCE_HOLDOUT, NULL, &lab_error);
    assert_non_null(source);
    assert_true(history_init(&history, lab_path("bounded", ""), 0, space, HISTORY_IMAGES, source,
                             &view, &shape, 0, NULL, &lab_error));
    int kept = 0;
    for (int64_t step = 0; step <= TOTAL; step++) {
        int64_t total = 1; /* made longer over and over */
        while (total < step)
            total *= 2;
        if (!history_is_due(&history, step, total, 1))
            continue;
        if (!history_keep(&history, NULL, 0, 0, step, total, &lab_error))
            fail_msg("%s", lab_error.message);
        kept++;
        double bytes = 0;
        for (int i = 0; i < history.count; i++)
            bytes += history.bytes[i];
        assert_true(bytes <= space);
        assert_int_equal(history.steps[0], 0);
        assert_int_equal(history.steps[history.count - 1], step);
    }
    assert_true(kept > 3 && history.count >= 3);
    history_release(&history);
    source_close(source);
}

static void test_no_history(void **state)
{
    (void)state;
    struct config config;
    lab_config(&config);
    lab_set(&config, "show.history", "0");
    struct run *run = lab_begin(&config, "none-kept", (struct run_options){.pictures = true});
    assert_int_equal(lab_finish(run), ERROR_NONE);
    assert_false(file_exists(lab_path("none-kept", "images/history")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_answers_while_paused_and_finished),
        cmocka_unit_test(test_wrong_questions),
        cmocka_unit_test(test_questions_change_no_bit),
        cmocka_unit_test(test_dropped_files),
        cmocka_unit_test(test_history),
        cmocka_unit_test(test_history_that_cannot_be_read),
        cmocka_unit_test(test_history_is_bounded),
        cmocka_unit_test(test_no_history),
    };
    return cmocka_run_group_tests(tests, lab_open, lab_close);
}
