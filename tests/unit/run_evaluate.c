/* Evaluation: its masks depend on nothing but the seed, its errors are what they say. */
#include "tests/unit/test.h"

#include <math.h>

#include "base/memory.h"
#include "run/evaluate.h"
#include "tests/unit/run_lab.h"

struct bench {
    struct config config;
    struct mae_shape shape;
    struct view_settings view;
    struct source *source;
    struct mae *models[2]; /* of seeds 0 and 1 */
};

static void bench_open(struct bench *bench, bool norm_pix)
{
    struct source_settings settings;
    lab_config(&bench->config);
    lab_set(&bench->config, "model.norm_pix", norm_pix ? "true" : "false");
    lab_set(&bench->config, "eval.masks", "2");
    assert_true(config_shape(&bench->config, &bench->shape, &lab_error));
    config_source(&bench->config, &bench->shape, &settings);
    config_view(&bench->config, &bench->shape, false, &bench->view);
    bench->source = source_open(&settings, SOURCE_HOLDOUT, NULL, &lab_error);
    assert_non_null(bench->source);
    for (int i = 0; i < 2; i++) {
        bench->models[i] = mae_new(&bench->shape, &lab_error);
        assert_non_null(bench->models[i]);
        mae_initialise(bench->models[i], (uint64_t)i);
    }
}

static void bench_close(struct bench *bench)
{
    for (int i = 0; i < 2; i++)
        mae_free(bench->models[i]);
    source_close(bench->source);
}

static void run_evaluation(struct bench *bench, int first, int count, struct evaluation *evaluation)
{
    struct evaluation_plan plan = evaluation_plan_of(&bench->config);
    const struct mae *const models[] = {bench->models[first], bench->models[1]};
    if (!evaluate(evaluation, &plan, &models[0]->shape, models, count, bench->source, &bench->view,
                  NULL, NULL, &lab_error))
        fail_msg("%s", lab_error.message);
}

/* All values of a predictor. */
static const double *values_of(const struct evaluation *evaluation, int predictor)
{
    return evaluation->mse + evaluation_index(evaluation, predictor, 0, 0, 0, 0);
}

static void assert_same_values(const struct evaluation *a, int predictor,
                               const struct evaluation *b, int other)
{
    size_t count = evaluation_index(a, 1, 0, 0, 0, 0);
    assert_int_equal(count, evaluation_index(b, 1, 0, 0, 0, 0));
    assert_memory_equal(values_of(a, predictor), values_of(b, other), count * sizeof(double));
}

/* The same masks whoever is looked at, in whichever company, and however often. */
static void test_masks_are_common(void **state)
{
    (void)state;
    struct bench bench;
    struct evaluation both, again, second;
    bench_open(&bench, false);
    run_evaluation(&bench, 0, 2, &both);
    run_evaluation(&bench, 1, 1, &second);
    run_evaluation(&bench, 0, 2, &again);
    for (int predictor = 0; predictor < 2 + BASELINES; predictor++)
        assert_same_values(&both, predictor, &again, predictor);
    assert_same_values(&both, 1, &second, 0);
    for (int baseline = 0; baseline < BASELINES; baseline++)
        assert_same_values(&both, 2 + baseline, &second, 1 + baseline);
    size_t cells = evaluation_index(&both, 1, 0, 0, 0, 0);
    assert_memory_equal(both.hidden, second.hidden, cells * sizeof *both.hidden);
    for (size_t i = 0; i < cells; i++)
        assert_true(values_of(&both, 0)[i] > 0 && values_of(&both, 0)[i] != values_of(&both, 1)[i]);
    evaluation_release(&both);
    evaluation_release(&again);
    evaluation_release(&second);
    bench_close(&bench);
}

/* A cell's masks do not depend on which other cells there are. */
static void test_cells_are_independent(void **state)
{
    (void)state;
    struct bench bench;
    struct evaluation all, one;
    bench_open(&bench, false);
    run_evaluation(&bench, 0, 1, &all);
    lab_set(&bench.config, "eval.strategies", "[block]");
    lab_set(&bench.config, "eval.ratios", "[0.75]");
    run_evaluation(&bench, 0, 1, &one);
    for (int image = 0; image < all.images; image++)
        for (int mask = 0; mask < all.masks; mask++)
            assert_true(all.mse[evaluation_index(&all, 0, 1, 1, image, mask)] ==
                        one.mse[evaluation_index(&one, 0, 0, 0, image, mask)]);
    evaluation_release(&all);
    evaluation_release(&one);
    bench_close(&bench);
}

/* Two masks of an image differ, and ratios hide what they say. */
static void test_masks_are_what_was_asked_for(void **state)
{
    (void)state;
    struct bench bench;
    struct evaluation evaluation;
    bench_open(&bench, false);
    run_evaluation(&bench, 0, 1, &evaluation);
    assert_int_equal(evaluation.images, 8);
    static const int hidden[] = {8, 12}; /* of 16 */
    int different = 0;
    for (int ratio = 0; ratio < 2; ratio++)
        for (int image = 0; image < 8; image++) {
            size_t at = evaluation_index(&evaluation, 0, 0, ratio, image, 0);
            assert_int_equal(evaluation.hidden[at], hidden[ratio]);
            different += evaluation.mse[at] != evaluation.mse[at + 1];
        }
    assert_int_equal(different, 16);
    evaluation_release(&evaluation);
    bench_close(&bench);
}

/* Every error is that of the predictions under that mask: worked out anew from an inspector's. */
static void test_inspector_agrees(void **state)
{
    (void)state;
    for (int norm_pix = 0; norm_pix < 2; norm_pix++) {
        struct bench bench;
        struct inspector inspector;
        struct view_scratch scratch = {0};
        bench_open(&bench, norm_pix);
        assert_true(inspector_init(&inspector, &bench.shape, 1, &lab_error));
        float *pixels = memory_new(mae_image_values(&bench.shape), sizeof *pixels, &lab_error);
        assert_true(view_read(bench.source, 3, &bench.view, &scratch, pixels, &lab_error));
        for (int i = 0; i < 16; i++)
            inspector.masks.masks[i] = i % 3 != 0;
        inspector_load(&inspector, pixels, 1);
        inspector_run(&inspector, bench.models[0], pixels, 1, MAE_ALL_PATCHES);
        size_t values = (size_t)mae_patch_values(&bench.shape);
        double sum = 0;
        for (size_t i = 0; i < 16; i++) {
            double squares = 0;
            for (size_t k = i * values; k < (i + 1) * values; k++)
                squares += pow((double)inspector.pred[k] - inspector.patches[k], 2);
            assert_true(inspector.masks.masks[i] ? 1 : isnan(inspector.patch_mse[i]));
            if (inspector.masks.masks[i])
                assert_near(inspector.patch_mse[i], squares / (double)values, 1e-5 * squares);
            if (inspector.masks.masks[i])
                sum += squares / (double)values;
        }
        assert_near(inspector.mse[0], sum / 10, 1e-5 * sum);
        if (!norm_pix) /* pixels are the loss's units then */
            assert_near(inspector.mse[0], inspector.loss[0], 1e-5 * sum);
        else
            assert_true(fabs(inspector.mse[0] - inspector.loss[0]) > 1e-3);
        inspector_release(&inspector);
        view_scratch_release(&scratch);
        free(pixels);
        bench_close(&bench);
    }
}

/* A model whose last layer is its bias alone, on images of that colour, is never wrong. */
static void test_perfect_prediction(void **state)
{
    (void)state;
    struct bench bench;
    struct inspector inspector;
    bench_open(&bench, false);
    struct mae *mae = bench.models[0];
    const struct parameter_table *table = &mae->table;
    size_t values = (size_t)mae_patch_values(&bench.shape);
    for (int i = 0; i < table->count; i++) {
        const struct parameter *parameter = &table->items[i];
        float *weights = mae->weights + parameter->offset;
        if (!strcmp(parameter->name, "decoder_pred.weight"))
            memset(weights, 0, parameter->count * sizeof *weights);
        for (size_t k = 0; k < values && !strcmp(parameter->name, "decoder_pred.bias"); k++)
            weights[k] = 0.5f + (float)(k % 3);
    }
    float *pixels = memory_new(mae_image_values(&bench.shape), sizeof *pixels, &lab_error);
    size_t plane = mae_image_values(&bench.shape) / 3;
    for (size_t i = 0; i < 3 * plane; i++)
        pixels[i] = 0.5f + (float)(i / plane);
    assert_true(inspector_init(&inspector, &bench.shape, 1, &lab_error));
    for (int i = 0; i < 16; i++)
        inspector.masks.masks[i] = i > 3;
    inspector_load(&inspector, pixels, 1);
    inspector_run(&inspector, mae, pixels, 1, MAE_HIDDEN_PATCHES);
    assert_true(inspector.mse[0] == 0 && inspector.loss[0] == 0);
    pixels[3 * plane - 1] += 4; /* one value of the last patch: 16 / P in it, of 12 hidden ones */
    inspector_load(&inspector, pixels, 1);
    inspector_run(&inspector, mae, pixels, 1, MAE_HIDDEN_PATCHES);
    assert_near(inspector.mse[0], 16.0 / (double)values / 12, 1e-6);
    inspector_release(&inspector);
    free(pixels);
    bench_close(&bench);
}

/* With normalised targets too, what is hidden shows in errors and nowhere else. */
static void test_hidden_pixels_do_not_leak(void **state)
{
    (void)state;
    for (int norm_pix = 0; norm_pix < 2; norm_pix++) {
        struct bench bench;
        struct inspector inspector;
        bench_open(&bench, norm_pix);
        float *pixels = memory_new(mae_image_values(&bench.shape), sizeof *pixels, &lab_error);
        assert_true(inspector_init(&inspector, &bench.shape, 1, &lab_error));
        for (size_t i = 0; i < mae_image_values(&bench.shape); i++)
            pixels[i] = (float)(i % 17) / 10;
        for (int i = 0; i < 16; i++)
            inspector.masks.masks[i] = i >= 4;
        for (size_t channel = 0; channel < 3; channel++) /* all but the first row of patches */
            for (size_t i = 8 * 32; i < 32 * 32; i++)
                pixels[channel * 32 * 32 + i] = NAN;
        inspector_load(&inspector, pixels, 1);
        inspector_run(&inspector, bench.models[0], pixels, 1, MAE_ALL_PATCHES);
        for (int i = 0; i < 16 * mae_patch_values(&bench.shape); i++)
            assert_true(isfinite(inspector.pred[i]));
        assert_true(isnan(inspector.mse[0]) && isnan(inspector.loss[0]));
        inspector_release(&inspector);
        free(pixels);
        bench_close(&bench);
    }
}

static bool refuse_at_once(void *context, double done)
{
    *(double *)context = done;
    return false;
}

static void test_interrupted(void **state)
{
    (void)state;
    struct bench bench;
    struct evaluation evaluation;
    double done = -1;
    bench_open(&bench, false);
    struct evaluation_plan plan = evaluation_plan_of(&bench.config);
    const struct mae *const models[] = {bench.models[0]};
    assert_false(evaluate(&evaluation, &plan, &models[0]->shape, models, 1, bench.source,
                          &bench.view, refuse_at_once, &done, &lab_error));
    assert_int_equal(lab_error.code, ERROR_CHECK);
    assert_true(done > 0 && done < 1);
    bench_close(&bench);
}

/* The summary's mean is over images: each image's mean first, broken ones left out. */
static void test_summary(void **state)
{
    (void)state;
    double mse[] = {1, 3, /**/ 5, 7, /**/ NAN, NAN};
    struct evaluation evaluation = {
        .models = 1, .strategies = 1, .ratios = 1, .images = 3, .masks = 2, .mse = mse};
    struct probe_cell cell;
    assert_true(evaluation_summary(&evaluation, 0, 0, 0, &cell, &lab_error));
    assert_int_equal(cell.images, 2);
    assert_near(cell.mean, 4, 1e-12);
    /* Means 2 and 6: standard error 2; t(0.975) with one degree of freedom is 12.7062. */
    assert_near(cell.high - cell.mean, 2 * 12.7062, 1e-3);
    assert_near(cell.mean - cell.low, 2 * 12.7062, 1e-3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_masks_are_common),
        cmocka_unit_test(test_cells_are_independent),
        cmocka_unit_test(test_masks_are_what_was_asked_for),
        cmocka_unit_test(test_inspector_agrees),
        cmocka_unit_test(test_perfect_prediction),
        cmocka_unit_test(test_hidden_pixels_do_not_leak),
        cmocka_unit_test(test_interrupted),
        cmocka_unit_test(test_summary),
    };
    return cmocka_run_group_tests(tests, lab_open, lab_close);
}
