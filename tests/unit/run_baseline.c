/* The baselines against cases worked out by hand, and what must not leak into a prediction. */
#include "tests/unit/test.h"

#include <math.h>

#include "run/baseline.h"

/* Three patches of 2 x 2 pixels in a row, one channel. */
static const struct mae_shape row = {2, 6, 2, 1, 8, 1, 1, 8, 1, 1, 4, false};
/* Two rows of two, two channels. */
static const struct mae_shape square = {4, 4, 2, 2, 8, 1, 1, 8, 1, 1, 4, false};

static void test_row(void **state)
{
    (void)state;
    const float patches[] = {0, 1, 2, 1, /**/ 5, 3, 5, 7, /**/ 10, 10, 10, 10};
    float scratch[3 * BASELINE_SCRATCH];
    const uint8_t middle[] = {0, 1, 0}, last[] = {0, 0, 1};
    /* Visible means 1 and 10: their mean 5.5, which is also the interpolation half way. */
    double expected = (0.25 + 6.25 + 0.25 + 2.25) / 4;
    assert_near(baseline_mse(BASELINE_VISIBLE_MEAN, &row, patches, middle, scratch, NULL), expected,
                1e-6);
    assert_near(baseline_mse(BASELINE_INVERSE_DISTANCE, &row, patches, middle, scratch, NULL),
                expected, 1e-6);
    /* Means 1 (two patches away) and 5 (next to it): (1 / 4 + 5) / (1 / 4 + 1) = 4.2. */
    assert_near(baseline_mse(BASELINE_VISIBLE_MEAN, &row, patches, last, scratch, NULL), 49, 1e-5);
    assert_near(baseline_mse(BASELINE_INVERSE_DISTANCE, &row, patches, last, scratch, NULL),
                5.8 * 5.8, 1e-5);
}

static void test_channels_and_diagonals(void **state)
{
    (void)state;
    float patches[4][4][2], scratch[4 * BASELINE_SCRATCH];
    static const float values[4][2] = {{1, 10}, {2, 20}, {4, 80}, {0, 0}};
    for (int i = 0; i < 4; i++)
        for (int pixel = 0; pixel < 4; pixel++)
            memcpy(patches[i][pixel], values[i], sizeof values[i]);
    const uint8_t mask[] = {0, 0, 1, 1};
    /* Mean of the first two: 1.5 and 15. Errors of patch 2: 2.5, 65; of patch 3: 1.5, 15. */
    assert_near(baseline_mse(BASELINE_VISIBLE_MEAN, &square, patches[0][0], mask, scratch, NULL),
                (2.5 * 2.5 + 65 * 65 + 1.5 * 1.5 + 15 * 15) / 4, 1e-3);
    /* Patch 2 lies below patch 0 (weight 1) and diagonally to patch 1 (1 / 2): 4 / 3 and 40 / 3;
     * patch 3 the other way round: 5 / 3 and 50 / 3. */
    double errors[] = {4 - 4 / 3.0, 80 - 40 / 3.0, 5 / 3.0, 50 / 3.0}, sum = 0;
    for (int i = 0; i < 4; i++)
        sum += errors[i] * errors[i];
    assert_near(
        baseline_mse(BASELINE_INVERSE_DISTANCE, &square, patches[0][0], mask, scratch, NULL),
        sum / 4, 1e-3);
}

static void test_denormalise(void **state)
{
    (void)state;
    const float patches[] = {0, 0, 2, 2, /**/ 5, 5, 5, 5, /**/ 10, 10, 14, 14};
    const uint8_t mask[] = {0, 1, 0};
    float pred[12], scratch[3 * BASELINE_SCRATCH];
    for (int i = 0; i < 12; i++)
        pred[i] = i % 4 == 0 ? 1 : 0;
    denormalise_by_neighbours(&row, patches, mask, pred, scratch);
    /* Mean 1 and unbiased variance 4 / 3; mean 12 and 16 / 3; hidden: half way between. */
    double sd = sqrt(4 / 3.0), wide = sqrt(16 / 3.0);
    assert_near(pred[0], 1 + sd, 1e-5);
    assert_near(pred[1], 1, 1e-5);
    assert_near(pred[4], 6.5 + (sd + wide) / 2, 1e-5);
    assert_near(pred[5], 6.5, 1e-5);
    assert_near(pred[8], 12 + wide, 1e-5);
}

/* Hidden pixels are what is to be guessed: a NaN in them reaches no prediction. */
static void test_hidden_pixels_do_not_leak(void **state)
{
    (void)state;
    float patches[] = {0, 1, 2, 1, /**/ NAN, NAN, NAN, NAN, /**/ 10, 12, 10, 12};
    float pred[12], scratch[3 * BASELINE_SCRATCH];
    const uint8_t mask[] = {0, 1, 0};
    for (int i = 0; i < 12; i++)
        pred[i] = (float)i;
    denormalise_by_neighbours(&row, patches, mask, pred, scratch);
    for (int i = 0; i < 12; i++)
        assert_true(isfinite(pred[i]));
    float means[] = {1, NAN, 3};
    interpolate_hidden(&row, mask, 1, means);
    assert_near(means[1], 2, 1e-6);
    assert_true(means[0] == 1 && means[2] == 3); /* visible ones stay */
    for (int baseline = 0; baseline < BASELINES; baseline++)
        assert_true(isnan(baseline_mse(baseline, &row, patches, mask, scratch, NULL)));
    /* Only the error knows them: with the guess in their place it is 0. */
    for (int i = 4; i < 8; i++)
        patches[i] = 6;
    for (int baseline = 0; baseline < BASELINES; baseline++)
        assert_near(baseline_mse(baseline, &row, patches, mask, scratch, NULL), 0, 1e-9);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_row),
        cmocka_unit_test(test_channels_and_diagonals),
        cmocka_unit_test(test_denormalise),
        cmocka_unit_test(test_hidden_pixels_do_not_leak),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
