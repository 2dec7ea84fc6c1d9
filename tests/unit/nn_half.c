/* bfloat16: rounding, products against their naive twin, and whole steps beside those of floats. */
#include "tests/unit/test.h"

#include <math.h>

#include "base/memory.h"
#include "base/parallel.h"
#include "nn/adamw.h"
#include "nn/half.h"
#include "nn/mae.h"
#include "tests/unit/nn_naive.h"

static float float_of(uint16_t half)
{
    uint32_t bits = (uint32_t)half << 16;
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static void check_rounding(float value, float expected)
{
    enum { LENGTH = 37 }; /* whole vectors and a rest */
    float in[LENGTH];
    uint16_t out[LENGTH + 1];
    for (size_t i = 0; i < LENGTH; i++)
        in[i] = value;
    out[LENGTH] = 0x1234;
    half_from_floats(out, in, LENGTH);
    for (size_t i = 0; i < LENGTH; i++)
        if (isnan(expected) ? !isnan(float_of(out[i])) : float_of(out[i]) != expected)
            fail_msg("%.9g becomes %.9g, not %.9g", (double)value, (double)float_of(out[i]),
                     (double)expected);
    assert_int_equal(out[LENGTH], 0x1234);
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

/* Skips where there are no such products, which must then be said in so many words. */
static struct half *new_half(void)
{
    struct error error = {0};
    struct half *half = half_new(&error);
    if (half)
        return half;
    assert_int_equal(error.code, ERROR_DATA);
    assert_non_null(strstr(error.message, "bf16"));
    print_message("%s\n", error.message);
    skip();
    return NULL;
}

enum { MOST = 60000 };

static void fill_rounded(uint16_t *half, float *values, uint32_t seed)
{
    random_floats(values, MOST, seed);
    half_from_floats(half, values, MOST);
    for (size_t i = 0; i < MOST; i++)
        values[i] = float_of(half[i]);
}

static void test_products(void **state)
{
    (void)state;
    static uint16_t a[MOST], b[MOST];
    static float a_values[MOST], b_values[MOST], c[MOST], expected[MOST];
    static const size_t sizes[][3] = {{1, 1, 1}, {5, 7, 3}, {64, 96, 33}, {137, 17, 64}};
    struct half *half = new_half();
    fill_rounded(a, a_values, 1);
    fill_rounded(b, b_values, 2);
    for (size_t i = 0; i < ARRAY_LENGTH(sizes); i++)
        for (int form = GEMM_A_BT; form <= GEMM_AT_B; form++)
            for (int add = 0; add <= 1; add++) {
                size_t rows = sizes[i][0], columns = sizes[i][1], depth = sizes[i][2];
                size_t a_stride = (form == GEMM_AT_B ? rows : depth) + 3;
                size_t b_stride = (form == GEMM_A_BT ? depth : columns) + 1;
                poison(c, MOST);
                for (size_t row = 0; add && row < rows; row++)
                    random_floats(c + row * (columns + 2), columns, 3);
                memcpy(expected, c, sizeof c);
                half_gemm(half, (enum gemm_form)form, add, c, columns + 2,
                          (struct half_matrix){a, a_stride}, (struct half_matrix){b, b_stride},
                          rows, columns, depth);
                gemm_naive((enum gemm_form)form, add, expected, columns + 2,
                           (struct gemm_matrix){a_values, a_stride},
                           (struct gemm_matrix){b_values, b_stride}, rows, columns, depth);
                for (size_t at = 0; at < MOST; at++)
                    if (isnan(expected[at])) /* between rows and behind them: left alone */
                        assert_true(isnan(c[at]));
                    else
                        assert_true(fabsf(c[at] - expected[at]) < 1e-5f);
            }
    half_free(half);
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

static void open_fixture(struct fixture *fixture, enum mae_precision precision)
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
    for (int image = 0; image < IMAGES; image++) {
        offsets[image + 1] = offsets[image] + 1 + image % VISIBLE;
        for (int i = offsets[image]; i < offsets[image + 1]; i++)
            visible[i] = (image + 3 * (i - offsets[image])) % mae_patches(&shape);
    }
    fixture->batch = (struct mae_batch){IMAGES, pixels, visible, offsets, 0};
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
static void test_step_near_floats(void **state)
{
    (void)state;
    half_free(new_half());
    struct fixture exact, rounded;
    open_fixture(&exact, MAE_F32);
    open_fixture(&rounded, MAE_BF16);
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

static void test_threads_same_bits(void **state)
{
    (void)state;
    half_free(new_half());
    struct fixture one, more;
    for (int threads = 2; threads <= 3; threads++) {
        open_fixture(&one, MAE_BF16);
        open_fixture(&more, MAE_BF16);
        size_t bytes = one.mae->table.trained * sizeof(float);
        for (int i = 0; i < 3; i++) {
            parallel_set_threads(1);
            double loss = step(&one);
            adamw_step(&one.adamw, one.mae->weights, one.gradients, 1e-3, 1);
            parallel_set_threads(threads);
            assert_true(step(&more) == loss);
            adamw_step(&more.adamw, more.mae->weights, more.gradients, 1e-3, 1);
        }
        assert_memory_equal(more.gradients, one.gradients, bytes);
        assert_memory_equal(more.mae->weights, one.mae->weights, bytes);
        close_fixture(&one);
        close_fixture(&more);
    }
    parallel_set_threads(0);
}

static void test_steps_train(void **state)
{
    (void)state;
    half_free(new_half());
    double last[2] = {0};
    for (int precision = MAE_F32; precision <= MAE_BF16; precision++) {
        struct fixture fixture;
        open_fixture(&fixture, (enum mae_precision)precision);
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
    half_free(new_half());
    struct fixture fixture;
    open_fixture(&fixture, MAE_BF16);
    fixture.mae->weights[fixture.mae->table.trained / 2] = NAN;
    assert_true(isnan(step(&fixture)));
    close_fixture(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rounding),         cmocka_unit_test(test_products),
        cmocka_unit_test(test_step_near_floats), cmocka_unit_test(test_threads_same_bits),
        cmocka_unit_test(test_steps_train),      cmocka_unit_test(test_nan_shows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
