/* What the trainer hands to the engine: learning rates after the schedule's formula, and masks that
 * are a function of seed, epoch and image.
 */
#include "tests/unit/test.h"

#include <math.h>

#include "run/arm.h"
#include "run/store.h"
#include "tests/unit/run_lab.h"

enum { IMAGES = 6 };

/* The rate of lr = blr * batch / 256, linear from 0 over the warm-up, then half a cosine to min_lr;
 * `step` counts from 0. */
static double formula(const struct config *config, double epoch_steps, double total, double step)
{
    double peak = config->train.blr * (double)config->train.batch / 256;
    double warmup = config->train.warmup_epochs * epoch_steps;
    if (step < warmup)
        return peak * step / warmup;
    double done = (step - warmup) / (total - warmup);
    return config->train.min_lr +
           (peak - config->train.min_lr) * 0.5 * (1 + cos(3.14159265358979323846 * done));
}

static void test_learning_rate_follows_the_formula(void **state)
{
    (void)state;
    struct config config;
    lab_config(&config);
    config.train.blr = 3e-2;
    config.train.min_lr = 1e-5;
    config.train.epochs = 3;
    config.train.steps = 0;
    config.train.warmup_epochs = 0.75;
    struct run *run = lab_begin(&config, "rates", (struct run_options){0});
    assert_int_equal(lab_finish(run), ERROR_NONE);
    struct store_series rates = {0};
    struct error error;
    struct store *store = store_open(lab_path("rates", "run.db"), STORE_READ, &error);
    assert_non_null(store);
    assert_true(store_read_series(store, STORE_RUN, "learning_rate", &rates, &error));
    store_close(store);
    double total = (double)rates.count, epoch_steps = total / 3;
    assert_true(rates.count >= 12 && epoch_steps == floor(epoch_steps));
    for (size_t i = 0; i < rates.count; i++) {
        assert_int_equal(rates.steps[i], i + 1);
        assert_near(rates.values[i], formula(&config, epoch_steps, total, (double)i), 1e-12);
    }
    store_series_release(&rates);
}

/* An arm and what it needs to take a step on IMAGES made-up images. */
struct bench {
    struct mae_shape shape;
    struct arm arm;
    struct arm_workspace workspace;
    struct loader_batch batch;
    float *pixels;
    uint32_t indices[IMAGES];
};

static void bench_open(struct bench *bench, int images, const uint32_t *indices, int64_t epoch)
{
    struct error error;
    struct arm_config arm = {.name = "arm"};
    *bench = (struct bench){0};
    bench->shape = mae_preset_find("nano32")->shape;
    assert_true(strategy_choice_parse(&arm.mask.strategy, "block", &error));
    assert_true(ratio_choice_parse(&arm.mask.ratio, "uniform:low=0.4,high=0.9", &error));
    assert_true(arm_init(&bench->arm, &arm, &bench->shape, 1, &error));
    assert_true(arm_workspace_init(&bench->workspace, &bench->shape, images, 1, MAE_F32,
                                   MAE_TRAINING, &error));
    bench->pixels = calloc((size_t)images * mae_image_values(&bench->shape), sizeof(float));
    memcpy(bench->indices, indices, (size_t)images * sizeof *indices);
    bench->batch = (struct loader_batch){
        .epoch = epoch, .images = images, .pixels = bench->pixels, .indices = bench->indices};
}

static void bench_close(struct bench *bench)
{
    arm_workspace_release(&bench->workspace);
    arm_release(&bench->arm);
    free(bench->pixels);
}

static const uint8_t *mask_of(const struct bench *bench, int place)
{
    return bench->workspace.masks.masks + (size_t)place * (size_t)bench->workspace.masks.patches;
}

static void expect_mask(const struct bench *bench, int place, uint64_t seed, uint32_t epoch)
{
    struct error error;
    int patches = mae_patches(&bench->shape);
    uint8_t *mask = malloc((size_t)patches);
    struct mask_drawer *drawer =
        mask_drawer_new(mae_grid_height(&bench->shape), mae_grid_width(&bench->shape), &error);
    struct mask_key key = {
        .seed = seed, .stream = RANDOM_MASK, .epoch = epoch, .image = bench->indices[place]};
    mask_draw(drawer, &bench->arm.mask, 0.5, &key, mask, NULL);
    assert_memory_equal(mask, mask_of(bench, place), (size_t)patches);
    mask_drawer_free(drawer);
    free(mask);
}

static void test_masks_follow_seed_epoch_and_image(void **state)
{
    (void)state;
    static const uint32_t indices[IMAGES] = {40, 3, 17, 90, 8, 51};
    struct bench whole, part;
    struct arm_step step = {.seed = 9, .progress = 0.5, .learning_rate = 1e-3};
    bench_open(&whole, IMAGES, indices, 4);
    bench_open(&part, 2, indices + 3, 4);
    arm_differentiate(&whole.arm, &whole.workspace, &whole.batch, &step);
    int hidden = 0;
    for (int i = 0; i < IMAGES; i++) {
        expect_mask(&whole, i, 9, 4);
        for (int k = 0; k < whole.workspace.masks.patches; k++)
            hidden += mask_of(&whole, i)[k];
    }
    assert_near(step.realised_ratio, hidden / (double)(IMAGES * whole.workspace.masks.patches),
                1e-12);
    arm_differentiate(&part.arm, &part.workspace, &part.batch, &step);
    for (int i = 0; i < 2; i++)
        assert_memory_equal(mask_of(&part, i), mask_of(&whole, i + 3),
                            (size_t)part.workspace.masks.patches);
    bench_close(&whole);
    bench_close(&part);
}

/* Adam's first moment after one step is 0.1 times the gradient it was given. */
static double first_moment_norm(const char *run)
{
    struct safetensors *file = lab_checkpoint(run, 1);
    double sum = 0;
    for (size_t i = 0; i < safetensors_count(file); i++) {
        const char *name = safetensors_at(file, i)->name;
        if (strncmp(name, "optimizer.exp_avg.", strlen("optimizer.exp_avg.")))
            continue;
        size_t bytes;
        float *values = lab_tensor(file, name, &bytes);
        for (size_t k = 0; k < bytes / sizeof *values; k++)
            sum += (double)values[k] * values[k];
        free(values);
    }
    safetensors_close(file);
    return sqrt(sum);
}

static double first_metric(const char *run, int arm, const char *name, struct store_series *series)
{
    struct store *store = store_open(lab_path(run, "run.db"), STORE_READ, &lab_error);
    assert_non_null(store);
    assert_true(store_read_series(store, arm, name, series, &lab_error));
    store_close(store);
    assert_true(series->count > 0);
    return series->values[0];
}

static void test_gradients_are_clipped(void **state)
{
    (void)state;
    struct config config;
    struct store_series norms = {0};
    lab_config(&config);
    lab_set(&config, "train.steps", "1");
    lab_set(&config, "train.warmup_epochs", "0");
    lab_train(&config, "free", NULL, 0);
    double norm = first_metric("free", 1, "gradient_norm", &norms);
    assert_near(first_moment_norm("free"), 0.1 * norm, 1e-5 * norm);
    char limit[32];
    snprintf(limit, sizeof limit, "%.9g", norm / 4);
    lab_set(&config, "train.clip", limit);
    lab_train(&config, "clipped", NULL, 0);
    assert_near(first_moment_norm("clipped"), 0.1 * norm / 4, 1e-5 * norm);
    store_series_release(&norms);
}

static void test_schedules_follow_progress(void **state)
{
    (void)state;
    enum { STEPS = 24, PATCHES = 16 };
    struct config config;
    struct store_series ratios = {0};
    lab_config(&config);
    lab_set(&config, "mask.ratio", "{law: constant, value: {from: 0.25, to: 0.75}}");
    lab_train(&config, "scheduled", NULL, 0);
    first_metric("scheduled", 1, "ratio", &ratios);
    assert_int_equal(ratios.count, STEPS);
    for (int step = 0; step < STEPS; step++) {
        double ratio = 0.25 + 0.5 * step / STEPS;
        double hidden = PATCHES - floor(PATCHES * (1 - ratio) + 1e-9);
        assert_near(ratios.values[step], hidden / PATCHES, 1e-12);
    }
    store_series_release(&ratios);
}

static void test_speed_is_images_over_time(void **state)
{
    (void)state;
    struct config config;
    lab_config(&config);
    lab_set(&config, "train.batch", "64");
    lab_set(&config, "eval.every_epochs", "0");
    struct run *run = lab_begin(&config, "speed", (struct run_options){0});
    while (!run_ended(run))
        ;
    const struct snapshot *snapshot = run_snapshot(run);
    double images = snapshot->images_per_second * snapshot->step_seconds;
    assert_true(images > 64 / 8.0 && images < 64 * 8.0); /* the two look at different steps */
    assert_int_equal(lab_finish(run), ERROR_NONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_learning_rate_follows_the_formula),
        cmocka_unit_test(test_masks_follow_seed_epoch_and_image),
        cmocka_unit_test(test_gradients_are_clipped),
        cmocka_unit_test(test_schedules_follow_progress),
        cmocka_unit_test(test_speed_is_images_over_time),
    };
    return cmocka_run_group_tests(tests, lab_open, lab_close);
}
