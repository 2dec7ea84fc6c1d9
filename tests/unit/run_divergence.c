/* A loss, a gradient or a weight that is no number: no step is applied, nothing is saved over what
 * was good, and the place it came from is named. */
#include "tests/unit/test.h"

#include <math.h>

#include "run/arm_trouble.h"
#include "tests/unit/run_bench.h"
#include "tests/unit/run_trouble.h"

/* Weight decay that overshoots: every step multiplies the weights by about -30. */
static void diverging_config(struct config *config)
{
    lab_config(config);
    lab_set(config, "train.batch", "64");
    lab_set(config, "train.steps", "1000");
    lab_set(config, "train.blr", "10");
    lab_set(config, "train.weight_decay", "10");
    lab_set(config, "train.checkpoint_steps", "2");
    lab_set(config, "eval.every_epochs", "0");
}

static void test_divergence(void **state)
{
    (void)state;
    struct config config;
    char newest[FILE_PATH_SIZE], again[FILE_PATH_SIZE];
    diverging_config(&config);
    assert_int_equal(lab_finish(lab_begin(&config, "diverged", none)), ERROR_DIVERGED);
    assert_non_null(strstr(lab_error.message, "random75"));
    struct tally event = count_events("diverged", "not-finite");
    assert_int_equal(event.count, 1);
    assert_false(has_checkpoint("diverged", event.step)); /* nothing over the last good one */
    assert_true(checkpoint_latest(lab_path("diverged", "checkpoints"), newest, &lab_error));

    /* It goes on from there, and comes to the same end at the same step. */
    struct run *run = run_resume(lab_path("diverged", ""), &none, NULL, 0, lab_log, &lab_error);
    assert_non_null(run);
    assert_int_equal(lab_finish(run), ERROR_DIVERGED);
    assert_int_equal(count_events("diverged", "not-finite").step, event.step);
    assert_true(checkpoint_latest(lab_path("diverged", "checkpoints"), again, &lab_error));
    assert_string_equal(newest, again);
}

/* Writes a value over the first one of a tensor in a checkpoint. */
static void plant(const char *run, int64_t step, const char *name, float value)
{
    char path[FILE_PATH_SIZE];
    struct text bytes = {0};
    struct safetensors *file = lab_checkpoint(run, step);
    size_t size;
    void *values = lab_tensor(file, name, &size);
    safetensors_close(file);
    assert_true(checkpoint_path(path, lab_path(run, "checkpoints"), step, &lab_error));
    assert_true(file_read(path, 1 << 28, &bytes, &lab_error));
    char *place = memmem(bytes.bytes, bytes.length, values, size);
    assert_non_null(place);
    FILE *stream = fopen(path, "r+b");
    assert_non_null(stream);
    assert_int_equal(fseek(stream, place - bytes.bytes, SEEK_SET), 0);
    assert_int_equal(fwrite(&value, sizeof value, 1, stream), 1);
    assert_int_equal(fclose(stream), 0);
    text_release(&bytes);
    free(values);
}

/* A step that one arm cannot take is taken by none: they have seen the same number of updates. */
static void test_divergence_of_one_arm(void **state)
{
    (void)state;
    enum { GOOD_STEPS = 24 };
    struct config config;
    struct mask_choice mask;
    lab_config(&config);
    mask = config.mask; /* another than the first arm's, so that their weights differ */
    assert_true(ratio_choice_parse(&mask.ratio, "0.5", &lab_error));
    assert_true(config_arm_add(&config, "second", &mask, &lab_error));
    lab_train(&config, "pair", NULL, 0);
    plant("pair", GOOD_STEPS, "second/blocks.0.norm1.weight", 1e38f); /* squares are too large */
    struct run_options stay = {.stay = true};
    static const char *const longer[] = {"train.steps=30"};
    struct run *run = run_resume(lab_path("pair", ""), &stay, longer, 1, lab_log, &lab_error);
    assert_non_null(run);
    const struct snapshot *snapshot = lab_wait(run, is_paused);
    assert_int_equal(snapshot->step, GOOD_STEPS + 1);
    assert_true(isfinite(snapshot->arms[0].loss));
    assert_false(isfinite(snapshot->arms[1].loss));
    send(run, COMMAND_STOP, "", "");
    assert_int_equal(lab_finish(run), ERROR_NONE);
    struct safetensors *file = lab_checkpoint("pair", GOOD_STEPS + 1);
    const char *updates = safetensors_metadata(file, "adam_steps");
    int first, second;
    assert_int_equal(sscanf(updates, " [%d, %d", &first, &second), 2);
    assert_int_equal(first, GOOD_STEPS);
    assert_int_equal(second, GOOD_STEPS);
    safetensors_close(file);
}

/* Where somebody looks on, it pauses and says why, and the weights stay as they were. */
static void test_divergence_pauses(void **state)
{
    (void)state;
    struct config config;
    diverging_config(&config);
    struct run *run = lab_begin(&config, "watched", (struct run_options){.stay = true});
    const struct snapshot *snapshot = lab_wait(run, is_paused);
    int64_t step = snapshot->step;
    assert_non_null(strstr(snapshot->message, "train.blr"));
    char message[SNAPSHOT_MESSAGE_SIZE];
    text_copy(message, sizeof message, snapshot->message);
    send(run, COMMAND_CHECKPOINT, "", "");
    send(run, COMMAND_STOP, "", "");
    while (!run_ended(run))
        ;
    assert_int_equal(lab_finish(run), ERROR_NONE);
    struct safetensors *file = lab_checkpoint("watched", step);
    for (size_t i = 0; i < safetensors_count(file); i++) {
        size_t bytes;
        float *values = lab_tensor(file, safetensors_at(file, i)->name, &bytes);
        for (size_t k = 0; k < bytes / sizeof *values; k++)
            if (isnan(values[k]))
                fail_msg("%s is not a number", safetensors_at(file, i)->name);
        free(values);
    }
    safetensors_close(file);
}

/* Weights that are no numbers are named, and are not saved over the last good ones. */
static void test_broken_weights(void **state)
{
    (void)state;
    enum { GOOD_STEPS = 24 };
    struct config config;
    lab_config(&config);
    lab_train(&config, "broken", NULL, 0);
    plant("broken", GOOD_STEPS, "blocks.0.norm1.weight", NAN);
    struct run_options stay = {.stay = true};
    static const char *const longer[] = {"train.steps=30"};
    struct run *run = run_resume(lab_path("broken", ""), &stay, longer, 1, lab_log, &lab_error);
    assert_non_null(run);
    const struct snapshot *snapshot = lab_wait(run, is_paused);
    assert_non_null(strstr(snapshot->message, "weight blocks.0.norm1.weight is nan"));
    send(run, COMMAND_STOP, "", "");
    assert_int_equal(lab_finish(run), ERROR_DIVERGED);
    assert_non_null(strstr(lab_error.message, "weight blocks.0.norm1.weight of arm 'random75'"));
    assert_false(has_checkpoint("broken", GOOD_STEPS + 1));
    assert_string_equal(count_events("broken", "not-finite").name, "weight blocks.0.norm1.weight");
    assert_string_equal(count_events("broken", "not-finite").value, "nan");
}

/* One differentiation with what was planted: it must not be applied, and this is why. */
static void expect_trouble(struct bench *bench, double rate, const char *place, double value)
{
    struct arm_step step = {.seed = BENCH_SEED, .progress = 0.5, .learning_rate = rate};
    arm_differentiate(&bench->arm, &bench->workspace, &bench->batch, &step);
    assert_false(step.finite);
    struct arm_trouble trouble = arm_find_trouble(&bench->arm, &bench->batch, &step);
    assert_string_equal(trouble.place, place);
    assert_true(isnan(value) ? isnan(trouble.value) : trouble.value == value);
}

static void test_images(void **state)
{
    (void)state;
    struct bench bench;
    open_bench(&bench, "random", 1);
    size_t values = mae_image_values(&shape);
    for (int image = 0; image < IMAGES; image += IMAGES - 1) {
        float *pixel = bench.batch.pixels + (size_t)image * values + values - 1, before = *pixel;
        char place[16];
        snprintf(place, sizeof place, "image %d", image);
        *pixel = NAN;
        expect_trouble(&bench, 1e-3, place, NAN);
        *pixel = before;
    }
    close_bench(&bench);
}

/* In the first and the last value of every tensor. */
static void test_weights(void **state)
{
    (void)state;
    struct bench bench;
    open_bench(&bench, "random", 1);
    const struct parameter_table *table = &bench.arm.mae->table;
    for (int i = 0; i < table->count; i++)
        for (int last = 0; last < 2; last++) {
            const struct parameter *parameter = &table->items[i];
            float *weight =
                bench.arm.mae->weights + parameter->offset + (last ? parameter->count - 1 : 0);
            float before = *weight;
            struct arm_trouble trouble;
            char place[sizeof trouble.place];
            snprintf(place, sizeof place, "weight %s", parameter->name);
            assert_true(arm_is_finite(&bench.arm, &trouble));
            *weight = -INFINITY;
            assert_false(arm_is_finite(&bench.arm, &trouble));
            assert_string_equal(trouble.place, place);
            if (parameter->init != PARAMETER_FIXED) /* of which not every value is used */
                expect_trouble(&bench, 1e-3, place, -INFINITY);
            *weight = before;
        }
    close_bench(&bench);
}

/* The gradient nearest to the loss is where it arose: those before it were made of it. */
static void test_gradients_and_rate(void **state)
{
    (void)state;
    struct bench bench;
    open_bench(&bench, "random", 1);
    const struct parameter_table *table = &bench.arm.mae->table;
    struct arm_step step = step_once(&bench);
    for (int i = 0; i < table->count; i++) {
        const struct parameter *parameter = &table->items[i];
        if (parameter->init == PARAMETER_FIXED)
            continue;
        char place[PARAMETER_NAME_SIZE + 16];
        snprintf(place, sizeof place, "gradient %s", parameter->name);
        bench.arm.gradients[parameter->offset + parameter->count / 2] = INFINITY;
        struct arm_trouble trouble = arm_find_trouble(&bench.arm, &bench.batch, &step);
        assert_string_equal(trouble.place, place);
        assert_true(isinf(trouble.value));
    }
    expect_trouble(&bench, INFINITY, "learning rate", INFINITY);
    expect_trouble(&bench, NAN, "learning rate", NAN);
    close_bench(&bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_divergence),
        cmocka_unit_test(test_divergence_pauses),
        cmocka_unit_test(test_divergence_of_one_arm),
        cmocka_unit_test(test_broken_weights),
        cmocka_unit_test(test_images),
        cmocka_unit_test(test_weights),
        cmocka_unit_test(test_gradients_and_rate),
    };
    return cmocka_run_group_tests(tests, lab_open, lab_close);
}
