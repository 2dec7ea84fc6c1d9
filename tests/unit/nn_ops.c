/* The operations on rows (products, linear layers, GELU, LayerNorm) against their naive twins:
 * values by comparison, gradients by central differences. Outputs are poisoned first. */
#include "tests/unit/test.h"

#include <math.h>

#include "base/memory.h"
#include "nn/gelu.h"
#include "nn/gemm.h"
#include "nn/kernel.h"
#include "nn/layernorm.h"
#include "nn/linear.h"
#include "tests/unit/nn_naive.h"

enum { MOST = 60000 };

static const double value_tolerance = 3e-6, gradient_tolerance = 2e-5;

static void test_gemm(void **state)
{
    (void)state;
    static float a[MOST], b[MOST], c[MOST], expected[MOST];
    static const size_t sizes[][3] = {{1, 1, 1}, {5, 7, 3}, {64, 96, 33}, {137, 17, 64}};
    random_floats(a, MOST, 1);
    random_floats(b, MOST, 2);
    for (size_t i = 0; i < ARRAY_LENGTH(sizes); i++)
        for (int form = GEMM_A_BT; form <= GEMM_AT_B; form++)
            for (int add = 0; add <= 1; add++) {
                size_t rows = sizes[i][0], columns = sizes[i][1], depth = sizes[i][2];
                struct gemm_matrix left = {a, (form == GEMM_AT_B ? rows : depth) + 3};
                struct gemm_matrix right = {b, (form == GEMM_A_BT ? depth : columns) + 1};
                poison(c, MOST);
                for (size_t row = 0; add && row < rows; row++)
                    random_floats(c + row * (columns + 2), columns, 3);
                memcpy(expected, c, sizeof c);
                gemm((enum gemm_form)form, add, c, columns + 2, left, right, rows, columns, depth);
                gemm_naive((enum gemm_form)form, add, expected, columns + 2, left, right, rows,
                           columns, depth);
                for (size_t at = 0; at < MOST; at++)
                    if (isnan(expected[at])) /* between rows and behind them: left alone */
                        assert_true(isnan(c[at]));
                    else
                        assert_true(fabsf(c[at] - expected[at]) < 1e-5f);
            }
}

static void test_exp(void **state)
{
    (void)state;
    double worst = 0;
    for (double x = -86.9; x < 88.2; x += 0.00371) {
        double exact = exp((double)(float)x);
        worst = fmax(worst, fabs((double)kernel_exp((float)x) - exact) / exact);
    }
    assert_true(worst < 2e-7);
    assert_true(kernel_exp(0.0f) == 1.0f);
    assert_true(kernel_exp(-1000.0f) == 0.0f && kernel_exp(-INFINITY) == 0.0f);
    assert_true(isnan(kernel_exp(NAN)));
}

static double gelu_slope(double x)
{
    const double pi = 3.14159265358979323846;
    return 0.5 * (1 + erf(x / sqrt(2))) + x * exp(-x * x / 2) / sqrt(2 * pi);
}

static void test_gelu(void **state)
{
    (void)state;
    enum { COUNT = 4001 }; /* odd, so that a rest is left over */
    static float in[COUNT], out[COUNT], gradient[COUNT];
    for (size_t i = 0; i < COUNT; i++)
        in[i] = -15.0f + 30.0f * (float)i / (COUNT - 1);
    poison(out, COUNT);
    gelu_forward(out, in, COUNT);
    for (size_t i = 0; i < COUNT; i++)
        gradient[i] = 2.0f;
    gelu_backward(gradient, in, COUNT);
    for (size_t i = 0; i < COUNT; i++) {
        double x = (double)in[i], room = fmax(1, fabs(x));
        assert_true(fabs((double)out[i] - naive_gelu(x)) < 1.5e-7 * room);
        assert_true(fabs((double)gradient[i] / 2 - gelu_slope(x)) < 2e-7 * room);
    }
    float nan_in = NAN;
    static float again[COUNT];
    memcpy(again, in, sizeof again);
    for (size_t i = 0; i < COUNT; i++)
        gradient[i] = 2;
    gelu_backward_again(gradient, again, COUNT);
    for (size_t i = 0; i < COUNT; i++) {
        double x = (double)in[i], room = fmax(1, fabs(x));
        assert_true(fabs((double)gradient[i] / 2 - gelu_slope(x)) < 2e-7 * room);
        assert_true(again[i] == out[i]);
    }
    gelu_forward(out, &nan_in, 1);
    assert_true(isnan(out[0]));
}

/* All that one linear layer reads and writes. */
struct linear_case {
    struct linear_size size;
    bool gelu_before;
    const float *gradient;
    double *in, *weight, *bias; /* in: before GELU if gelu_before */
};

/* The sum of gradient * (the layer's output): its derivatives are what linear_backward gives. */
static double linear_objective(void *context)
{
    static double out[MOST], in[MOST];
    const struct linear_case *c = context;
    for (size_t i = 0; i < c->size.rows * c->size.in_dim; i++)
        in[i] = c->gelu_before ? naive_gelu(c->in[i]) : c->in[i];
    naive_linear(out, in, c->weight, c->bias, c->size.rows, c->size.in_dim, c->size.out_dim);
    double sum = 0;
    for (size_t i = 0; i < c->size.rows * c->size.out_dim; i++)
        sum += (double)c->gradient[i] * out[i];
    return sum;
}

/* What layers of the sizes below compute with and in: kernels, or BLAS. */
static void open_space(struct linear_space *space, const struct product_kernels *kernels)
{
    enum { SIDE = 160, THREADS = 2 };
    space->kernels = kernels;
    space->slot_count = THREADS;
    space->slot_floats = kernel_padded(product_scratch());
    space->panels = calloc(linear_panels(kernels, SIDE, SIDE) + 1, sizeof(float));
    space->slots = calloc(THREADS * space->slot_floats, sizeof(float));
    assert_true(space->panels && space->slots);
}

static void close_space(struct linear_space *space)
{
    free(space->panels);
    free(space->slots);
}

static const struct linear_size linear_sizes[] = {
    {1, 3, 2}, {7, 16, 5}, {137, 5, 100}, {300, 12, 97}};

static void check_linear_forward(const struct linear_space *space)
{
    static float in[MOST], weight[MOST], bias[MOST], residual[MOST], out[MOST], activated[MOST];
    static double wide_in[MOST], wide_weight[MOST], wide_bias[MOST], expected[MOST];
    random_floats(in, MOST, 1);
    random_floats(weight, MOST, 2);
    random_floats(bias, MOST, 3);
    random_floats(residual, MOST, 4);
    widen(wide_in, in, MOST);
    widen(wide_weight, weight, MOST);
    widen(wide_bias, bias, MOST);
    for (size_t i = 0; i < ARRAY_LENGTH(linear_sizes); i++) {
        struct linear_size size = linear_sizes[i];
        size_t count = size.rows * size.out_dim;
        naive_linear(expected, wide_in, wide_weight, wide_bias, size.rows, size.in_dim,
                     size.out_dim);
        poison(out, MOST);
        linear_forward(out, in, weight, bias, size, space);
        assert_true(relative_error(out, expected, count) < value_tolerance);
        assert_true(isnan(out[count]));
        poison(out, MOST);
        poison(activated, MOST);
        linear_gelu_forward(activated, out, in, weight, bias, size, space);
        assert_true(relative_error(out, expected, count) < value_tolerance);
        for (size_t at = 0; at < count; at++)
            assert_true(fabs((double)activated[at] - naive_gelu(expected[at])) < 1e-5);
        poison(out, MOST);
        linear_residual_forward(out, residual, in, weight, bias, size, space);
        for (size_t at = 0; at < count; at++)
            expected[at] += (double)residual[at];
        assert_true(relative_error(out, expected, count) < value_tolerance);
    }
}

static void check_linear_backward(struct linear_size size, bool gelu_before,
                                  const struct linear_space *space)
{
    static float before[MOST], in[MOST], weight[MOST], gradient[MOST];
    static float in_gradient[MOST], weight_gradient[MOST], bias_gradient[MOST];
    static double wide_in[MOST], wide_weight[MOST], wide_bias[MOST];
    size_t in_count = size.rows * size.in_dim, weights = size.in_dim * size.out_dim;
    random_floats(before, in_count, 1);
    random_floats(weight, weights, 2);
    random_floats(gradient, size.rows * size.out_dim, 3);
    widen(wide_in, before, in_count);
    widen(wide_weight, weight, weights);
    memset(wide_bias, 0, size.out_dim * sizeof *wide_bias);
    memcpy(in, before, in_count * sizeof *in);
    if (gelu_before)
        gelu_forward(in, before, in_count);
    poison(in_gradient, MOST);
    poison(weight_gradient, MOST);
    poison(bias_gradient, MOST);
    struct linear_gradients to = {.in = in_gradient,
                                  .weight = weight_gradient,
                                  .bias = bias_gradient,
                                  .before_gelu = gelu_before ? before : NULL};
    linear_backward(&to, gradient, in, weight, size, space);
    struct linear_case c = {size, gelu_before, gradient, wide_in, wide_weight, wide_bias};
    assert_true(gradient_error(linear_objective, &c, wide_in, in_gradient, in_count,
                               1 + in_count / 40) < gradient_tolerance);
    assert_true(gradient_error(linear_objective, &c, wide_weight, weight_gradient, weights,
                               1 + weights / 40) < gradient_tolerance);
    assert_true(gradient_error(linear_objective, &c, wide_bias, bias_gradient, size.out_dim,
                               1 + size.out_dim / 40) < gradient_tolerance);
    to.add_in = true;
    if (!gelu_before) {
        static float twice[MOST];
        memcpy(twice, in_gradient, in_count * sizeof *twice);
        linear_backward(&to, gradient, in, weight, size, space);
        for (size_t i = 0; i < in_count; i++)
            assert_true(fabsf(in_gradient[i] - 2 * twice[i]) <= 1e-5f * (1 + fabsf(twice[i])));
    }
}

/* Without a space, and with every kind of kernels. */
static void for_spaces(void (*check)(const struct linear_space *space))
{
    const struct product_kernels *kernels;
    check(NULL);
    for (size_t i = 0; (kernels = product_kernels_at(i)); i++) {
        struct linear_space space;
        if (!product_kernels_run(kernels) || product_kernels_type(kernels) != PRODUCT_FLOATS)
            continue;
        open_space(&space, kernels);
        check(&space);
        close_space(&space);
    }
}

static void test_linear_forward(void **state)
{
    (void)state;
    for_spaces(check_linear_forward);
}

static void check_linear_backwards(const struct linear_space *space)
{
    for (size_t i = 0; i < ARRAY_LENGTH(linear_sizes); i++) {
        check_linear_backward(linear_sizes[i], false, space);
        check_linear_backward(linear_sizes[i], true, space);
    }
}

static void test_linear_backward(void **state)
{
    (void)state;
    for_spaces(check_linear_backwards);
}

struct norm_case {
    size_t rows, dim;
    const float *gradient;
    double *in, *weight, *bias;
};

static double norm_objective(void *context)
{
    static double out[MOST];
    const struct norm_case *c = context;
    naive_layernorm(out, c->in, c->weight, c->bias, c->rows, c->dim);
    double sum = 0;
    for (size_t i = 0; i < c->rows * c->dim; i++)
        sum += (double)c->gradient[i] * out[i];
    return sum;
}

static void check_layernorm(size_t rows, size_t dim)
{
    static float in[MOST], weight[MOST], bias[MOST], gradient[MOST], out[MOST], statistics[MOST];
    static float in_gradient[MOST], weight_gradient[MOST], bias_gradient[MOST], scratch[MOST];
    static double wide_in[MOST], wide_weight[MOST], wide_bias[MOST], expected[MOST];
    size_t count = rows * dim;
    random_floats(in, count, 1);
    random_floats(weight, dim, 2);
    random_floats(bias, dim, 3);
    random_floats(gradient, count, 4);
    for (size_t i = 0; i < count; i++)
        in[i] += 3; /* a mean far from zero */
    widen(wide_in, in, count);
    widen(wide_weight, weight, dim);
    widen(wide_bias, bias, dim);
    poison(out, MOST);
    poison(statistics, MOST);
    layernorm_forward(out, statistics, in, weight, bias, rows, dim);
    naive_layernorm(expected, wide_in, wide_weight, wide_bias, rows, dim);
    assert_true(relative_error(out, expected, count) < value_tolerance);
    assert_true(isnan(out[count]) && isnan(statistics[2 * rows]));

    assert_true(layernorm_scratch(rows, dim) < MOST);
    poison(scratch, MOST);
    poison(weight_gradient, MOST);
    poison(bias_gradient, MOST);
    for (size_t i = 0; i < count; i++)
        in_gradient[i] = 0.5f; /* is added to */
    layernorm_backward(in_gradient, weight_gradient, bias_gradient, scratch, gradient, in,
                       statistics, weight, rows, dim);
    assert_true(isnan(scratch[layernorm_scratch(rows, dim)]));
    for (size_t i = 0; i < count; i++)
        in_gradient[i] -= 0.5f;
    struct norm_case c = {rows, dim, gradient, wide_in, wide_weight, wide_bias};
    assert_true(gradient_error(norm_objective, &c, wide_in, in_gradient, count, 1 + count / 60) <
                gradient_tolerance);
    assert_true(gradient_error(norm_objective, &c, wide_weight, weight_gradient, dim, 1) <
                gradient_tolerance);
    assert_true(gradient_error(norm_objective, &c, wide_bias, bias_gradient, dim, 1) <
                gradient_tolerance);
}

static void test_layernorm(void **state)
{
    (void)state;
    check_layernorm(1, 4);
    check_layernorm(3, 33);
    check_layernorm(64, 48);
    check_layernorm(131, 20);
}

int main(void)
{
    struct error error;
    if (!gemm_prepare(&error))
        return 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_gemm),
        cmocka_unit_test(test_exp),
        cmocka_unit_test(test_gelu),
        cmocka_unit_test(test_linear_forward),
        cmocka_unit_test(test_linear_backward),
        cmocka_unit_test(test_layernorm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
