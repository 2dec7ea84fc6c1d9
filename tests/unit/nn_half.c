/* bfloat16: rounding, and whole steps beside those of floats. */
#include "tests/unit/test.h"

#include <math.h>

#include "base/memory.h"
#include "base/parallel.h"
#include "nn/adamw.h"
#include "nn/mae.h"
#include "nn/product_kernels.h"
#include "tests/unit/nn_naive.h"
#include "tests/unit/nn_rounding.h"

static void expect_half(uint16_t half, float value)
{
    float found = float_from_half(half), expected = float_from_half(half_from_float(value));
    if (isnan(expected) ? !isnan(found) : found != expected)
        fail_msg("%.9g becomes %.9g, not %.9g", (double)value, (double)found, (double)expected);
}

/* Kernels' packing of rows and pairing of lines; whole vectors and a rest. */
static void check_kernels(const struct product_kernels *kernels, float value)
{
    enum { LENGTH = 37 };
    float first[LENGTH], second[LENGTH];
    uint16_t row[LENGTH + 2], pairs[2 * LENGTH + 1], single[2 * LENGTH];
    for (size_t i = 0; i < LENGTH; i++) {
        first[i] = value;
        second[i] = (float)i;
    }
    row[LENGTH + 1] = pairs[2 * LENGTH] = 0x1234;
    kernels->pack_row(row, first, LENGTH);
    kernels->pair_lines(pairs, first, second, LENGTH);
    kernels->pair_lines(single, first, NULL, LENGTH);
    for (size_t i = 0; i < LENGTH; i++) {
        expect_half(row[i], value);
        expect_half(pairs[2 * i], value);
        expect_half(pairs[2 * i + 1], (float)i);
        expect_half(single[2 * i], value);
        expect_half(single[2 * i + 1], 0);
    }
    expect_half(row[LENGTH], 0);
    assert_int_equal(row[LENGTH + 1], 0x1234);
    assert_int_equal(pairs[2 * LENGTH], 0x1234);
}

static void check_rounding(float value, float expected)
{
    const struct product_kernels *kernels = product_kernels_best(PRODUCT_HALVES);
    float found = float_from_half(half_from_float(value));
    assert_true(isnan(expected) ? isnan(found) : found == expected);
    if (kernels)
        check_kernels(kernels, value);
}

static void test_rounding(void **state)
{
    (void)state;
    const float ulp = 1.0f / 128; /* at 1 .. 2 */
    check_rounding(0, 0);
    check_rounding(-1.5f, -1.5f);
    check_rounding(1 + 0.49f * ulp, 1);
    check_rounding(1 + 0.51f * ulp, 1 + ulp);
    check_rounding(1 + 0.5f * ulp, 1); /* ties to even */
    check_rounding(1 + 1.5f * ulp, 1 + 2 * ulp);
    check_rounding(-(1 + 1.5f * ulp), -(1 + 2 * ulp));
    check_rounding(2 - 0.25f * ulp, 2); /* into the next power of two */
    check_rounding(3.4e38f, INFINITY);
    check_rounding(-INFINITY, -INFINITY);
    check_rounding(NAN, NAN);
    uint32_t low = 0x7f800001; /* a NaN whose upper half alone would be infinity */
    float quiet;
    memcpy(&quiet, &low, sizeof quiet);
    check_rounding(quiet, NAN);
}

/* Where there are no such products, that must be said. */
static void skip_without_products(void)
{
    struct mae_shape tiny = mae_preset_find("nano32")->shape;
    struct error error = {0};
    struct mae_pass *pass = mae_pass_new(&tiny, 1, 16, true, &error);
    assert_non_null(pass);
    bool good = mae_pass_set_precision(pass, MAE_BF16, &error);
    mae_pass_free(pass);
    assert_true(good == (product_kernels_best(PRODUCT_HALVES) != NULL));
    if (good)
        return;
    assert_int_equal(error.code, ERROR_DATA);
    assert_non_null(strstr(error.message, "bf16"));
    print_message("%s\n", error.message);
    skip();
}

enum { IMAGES = 24, SIDE = 16, VISIBLE = 5 };

struct fixture {
    struct mae *mae;
    struct mae_pass *pass;
    struct adamw adamw;
    struct mae_batch batch;
    float *gradients;
};

static const struct mae_shape shape = {.image_height = SIDE,
                                       .image_width = SIDE,
                                       .patch = 4,
                                       .channels = 3,
                                       .embed_dim = 48,
                                       .depth = 2,
                                       .heads = 3,
                                       .decoder_dim = 36,
                                       .decoder_depth = 2,
                                       .decoder_heads = 2,
                                       .mlp_ratio = 4};

static void open_fixture(struct fixture *fixture, enum mae_precision precision, int images)
{
    static float pixels[IMAGES * 3 * SIDE * SIDE];
    static int visible[IMAGES * VISIBLE], offsets[IMAGES + 1];
    struct error error;
    *fixture = (struct fixture){.mae = mae_new(&shape, &error)};
    fixture->pass = mae_pass_new(&shape, IMAGES, IMAGES * VISIBLE, true, &error);
    assert_true(fixture->mae && fixture->pass);
    assert_true(adamw_init(&fixture->adamw, &fixture->mae->table, &error));
    if (!mae_pass_set_precision(fixture->pass, precision, &error))
        fail_msg("%s", error.message);
    fixture->gradients = calloc(fixture->mae->table.trained, sizeof(float));
    assert_non_null(fixture->gradients);
    random_floats(pixels, ARRAY_LENGTH(pixels), 3);
    for (int image = 0; image < images; image++) {
        offsets[image + 1] = offsets[image] + 1 + image % VISIBLE;
        for (int i = offsets[image]; i < offsets[image + 1]; i++)
            visible[i] = (image + 3 * (i - offsets[image])) % mae_patches(&shape);
    }
    fixture->batch = (struct mae_batch){images, pixels, visible, offsets, 0};
    mae_initialise(fixture->mae, 3);
}

static void close_fixture(struct fixture *fixture)
{
    adamw_release(&fixture->adamw);
    mae_pass_free(fixture->pass);
    mae_free(fixture->mae);
    free(fixture->gradients);
}

static double step(struct fixture *fixture)
{
    double loss = mae_forward(fixture->pass, fixture->mae, &fixture->batch, MAE_HIDDEN_PATCHES);
    mae_backward(fixture->pass, fixture->mae, &fixture->batch, fixture->gradients);
    return loss;
}

/* The cosine of the angle between two gradients of one tensor. */
static double cosine(const float *a, const float *b, size_t count)
{
    double ab = 0, aa = 0, bb = 0;
    for (size_t i = 0; i < count; i++) {
        ab += (double)a[i] * (double)b[i];
        aa += (double)a[i] * (double)a[i];
        bb += (double)b[i] * (double)b[i];
    }
    return aa * bb > 0 ? ab / sqrt(aa * bb) : aa == bb;
}

/* Each tensor's gradient points where that of floats does, but is not the same bits: a product that
 * quietly stayed one of floats would show. */
static void check_step(int images)
{
    struct fixture exact, rounded;
    open_fixture(&exact, MAE_F32, images);
    open_fixture(&rounded, MAE_BF16, images);
    double loss = step(&exact), rounded_loss = step(&rounded);
    assert_near(rounded_loss / loss, 1, 0.01);
    assert_true(rounded_loss != loss);
    for (int i = 0; i < exact.mae->table.count; i++) {
        const struct parameter *item = &exact.mae->table.items[i];
        if (item->init == PARAMETER_FIXED)
            continue;
        const float *a = exact.gradients + item->offset, *b = rounded.gradients + item->offset;
        if (!(cosine(a, b, item->count) > 0.995))
            fail_msg("the gradient of %s is off: cosine %g", item->name, cosine(a, b, item->count));
        assert_memory_not_equal(a, b, item->count * sizeof *a);
    }
    assert_true(mae_pass_set_precision(rounded.pass, MAE_F32, NULL));
    assert_true(step(&rounded) == loss);
    assert_memory_equal(rounded.gradients, exact.gradients,
                        exact.mae->table.trained * sizeof(float));
    close_fixture(&exact);
    close_fixture(&rounded);
}

/* Rows are paired: an even number of them all, an odd number in the encoder and in the decoder, and
 * an odd number of hidden patches. */
static void test_step_near_floats(void **state)
{
    (void)state;
    skip_without_products();
    check_step(IMAGES);
    check_step(IMAGES - 1);
    check_step(IMAGES - 2);
}

static void test_steps_train(void **state)
{
    (void)state;
    skip_without_products();
    double last[2] = {0};
    for (int precision = MAE_F32; precision <= MAE_BF16; precision++) {
        struct fixture fixture;
        open_fixture(&fixture, (enum mae_precision)precision, IMAGES);
        for (int i = 0; i < 60; i++) {
            last[precision] = step(&fixture);
            adamw_step(&fixture.adamw, fixture.mae->weights, fixture.gradients, 3e-3, 1);
        }
        close_fixture(&fixture);
    }
    assert_near(last[MAE_BF16] / last[MAE_F32], 1, 0.02);
}

static void test_nan_shows(void **state)
{
    (void)state;
    skip_without_products();
    struct fixture fixture;
    open_fixture(&fixture, MAE_BF16, IMAGES);
    fixture.mae->weights[fixture.mae->table.trained / 2] = NAN;
    assert_true(isnan(step(&fixture)));
    close_fixture(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rounding),
        cmocka_unit_test(test_step_near_floats),
        cmocka_unit_test(test_steps_train),
        cmocka_unit_test(test_nan_shows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
