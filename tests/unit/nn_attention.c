/* Attention and the small products under it, against their naive twins. */
#include "tests/unit/test.h"

#include <math.h>

#include "base/memory.h"
#include "nn/attention.h"
#include "nn/kernel.h"
#include "nn/small.h"
#include "tests/unit/nn_naive.h"

enum { MOST = 40000, SPANS = 3 };

/* By every kind of kernels of floats that the processor runs, and by none. */
static void for_all_kernels(void (*check)(const struct product_kernels *kernels))
{
    const struct product_kernels *kernels;
    for (size_t i = 0; (kernels = product_kernels_at(i)); i++)
        if (product_kernels_run(kernels) && product_kernels_type(kernels) == PRODUCT_FLOATS)
            check(kernels);
    check(NULL);
}

static void check_small_multiply(const struct product_kernels *kernels)
{
    static float a[MOST], b[MOST], c[MOST];
    static const size_t sizes[][3] = {{1, 1, 1},    {6, 16, 8}, {7, 17, 5},
                                      {17, 48, 33}, {13, 5, 0}, {29, 80, 65}};
    random_floats(a, MOST, 1);
    random_floats(b, MOST, 2);
    for (size_t i = 0; i < ARRAY_LENGTH(sizes); i++)
        for (int transposed = 0; transposed <= 1; transposed++)
            for (int add = 0; add <= 1; add++) {
                size_t rows = sizes[i][0], columns = sizes[i][1], depth = sizes[i][2];
                struct small_matrix left = {a, transposed ? 1 : depth + 2,
                                            transposed ? rows + 1 : 1};
                size_t b_stride = kernel_padded(columns), c_stride = columns + 1;
                poison(c, MOST);
                for (size_t row = 0; add && row < rows; row++)
                    for (size_t column = 0; column < columns; column++)
                        c[row * c_stride + column] = 1;
                small_multiply(kernels, c, c_stride, add, left, b, b_stride, rows, columns, depth);
                for (size_t row = 0; row < rows; row++) {
                    for (size_t column = 0; column < columns; column++) {
                        double sum = add;
                        for (size_t k = 0; k < depth; k++)
                            sum += (double)a[row * left.row_stride + k * left.column_stride] *
                                   (double)b[k * b_stride + column];
                        assert_true(fabs((double)c[row * c_stride + column] - sum) < 1e-5);
                    }
                    assert_true(isnan(c[row * c_stride + columns]));
                }
            }
}

static void test_small_multiply(void **state)
{
    (void)state;
    for_all_kernels(check_small_multiply);
}

static void test_small_transpose(void **state)
{
    (void)state;
    static float in[MOST], out[MOST];
    static const size_t sizes[][2] = {{1, 1}, {16, 16}, {17, 20}, {50, 3}, {33, 64}};
    random_floats(in, MOST, 1);
    for (size_t i = 0; i < ARRAY_LENGTH(sizes); i++) {
        size_t rows = sizes[i][0], columns = sizes[i][1], padded = kernel_padded(rows);
        poison(out, MOST);
        small_transpose(out, in, columns + 5, rows, columns);
        for (size_t column = 0; column < columns; column++)
            for (size_t row = 0; row < padded; row++)
                assert_true(out[column * padded + row] ==
                            (row < rows ? in[row * (columns + 5) + column] : 0));
        assert_true(isnan(out[columns * padded]));
    }
}

/* Queries, keys and values side by side, with spans of different lengths. */
struct attention_case {
    size_t dim, heads, query_offsets[SPANS + 1], key_offsets[SPANS + 1];
    const float *gradient;
    double *queries, *keys, *values; /* [rows, dim] each */
};

/* Whether span lengths exceed the rows of scores held at a time matters: hence a span of 100. */
static const struct attention_case cases[] = {
    {.dim = 8, .heads = 2, .query_offsets = {0, 1, 4, 11}, .key_offsets = {0, 1, 4, 11}},
    {.dim = 15, .heads = 3, .query_offsets = {0, 2, 2, 5}, .key_offsets = {0, 17, 20, 26}},
    {.dim = 32, .heads = 2, .query_offsets = {0, 17, 20, 22}, .key_offsets = {0, 17, 20, 22}},
    {.dim = 16, .heads = 1, .query_offsets = {0, 100, 101, 102}, .key_offsets = {0, 103, 104, 120}},
    {.dim = 10, .heads = 2, .query_offsets = {0, 98, 99, 101}, .key_offsets = {0, 35, 36, 38}},
};

static void naive_spans(double *out, const struct attention_case *c)
{
    for (size_t span = 0; span < SPANS; span++) {
        size_t query = c->query_offsets[span] * c->dim, key = c->key_offsets[span] * c->dim;
        naive_attention(out + query, c->queries + query, c->keys + key, c->values + key,
                        c->query_offsets[span + 1] - c->query_offsets[span],
                        c->key_offsets[span + 1] - c->key_offsets[span], c->dim, c->heads);
    }
}

static double attention_objective(void *context)
{
    static double out[MOST];
    const struct attention_case *c = context;
    naive_spans(out, c);
    double sum = 0;
    for (size_t i = 0; i < c->query_offsets[SPANS] * c->dim; i++)
        sum += (double)c->gradient[i] * out[i];
    return sum;
}

static void narrow_rows(double *out, const float *in, size_t stride, size_t rows, size_t dim)
{
    for (size_t row = 0; row < rows; row++)
        widen(out + row * dim, in + row * stride, dim);
}

static void check_part(const struct attention_case *c, double *values, const float *gradient,
                       size_t stride, size_t rows)
{
    static float packed[MOST];
    size_t count = rows * c->dim;
    for (size_t row = 0; row < rows; row++)
        memcpy(packed + row * c->dim, gradient + row * stride, c->dim * sizeof *packed);
    assert_true(gradient_error(attention_objective, (void *)(uintptr_t)c, values, packed, count,
                               1 + count / 60) < 2e-5);
}

static void check_case(const struct product_kernels *kernels, struct attention_case c)
{
    static float qkv[MOST], out[MOST], gradient[MOST], gradients[MOST];
    static double queries[MOST], keys[MOST], values[MOST], expected[MOST];
    size_t stride = 3 * c.dim + 1, query_rows = c.query_offsets[SPANS];
    size_t key_rows = c.key_offsets[SPANS], longest = 103;
    random_floats(qkv, MOST, 1);
    random_floats(gradient, MOST, 2);
    for (size_t i = 0; i < MOST; i++)
        qkv[i] *= 3;
    narrow_rows(queries, qkv, stride, query_rows, c.dim);
    narrow_rows(keys, qkv + c.dim, stride, key_rows, c.dim);
    narrow_rows(values, qkv + 2 * c.dim, stride, key_rows, c.dim);
    c.gradient = gradient;
    c.queries = queries;
    c.keys = keys;
    c.values = values;
    naive_spans(expected, &c);

    struct attention_input in = {qkv, qkv + c.dim, qkv + 2 * c.dim, stride, stride, kernels};
    struct attention_size size = {c.dim, c.heads, SPANS, c.query_offsets, c.key_offsets};
    size_t floats = attention_scratch(longest, c.dim / c.heads);
    float *scratch = calloc(floats + 1, sizeof *scratch);
    assert_non_null(scratch);
    poison(scratch, floats + 1);
    poison(out, MOST);
    attention_forward(out, &in, &size, scratch);
    assert_true(relative_error(out, expected, query_rows * c.dim) < 3e-6);
    assert_true(isnan(out[query_rows * c.dim]));

    poison(scratch, floats + 1);
    poison(gradients, MOST);
    struct attention_gradients to = {gradients, gradients + c.dim, gradients + 2 * c.dim};
    attention_backward(&to, gradient, &in, &size, scratch);
    assert_true(isnan(scratch[floats]));
    free(scratch);
    check_part(&c, queries, gradients, stride, query_rows);
    check_part(&c, keys, gradients + c.dim, stride, key_rows);
    check_part(&c, values, gradients + 2 * c.dim, stride, key_rows);
}

static void check_attention(const struct product_kernels *kernels)
{
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++)
        check_case(kernels, cases[i]);
}

static void test_attention(void **state)
{
    (void)state;
    for_all_kernels(check_attention);
}

/* Rows of weights sum to one and mix the values into the output. */
static void test_attention_weights(void **state)
{
    (void)state;
    enum { ROWS = 9, DIM = 8, HEADS = 2 };
    static float qkv[ROWS * 3 * DIM], out[ROWS * DIM], weights[ROWS * ROWS];
    const size_t offsets[] = {0, 4, ROWS};
    struct attention_input in = {.queries = qkv,
                                 .keys = qkv + DIM,
                                 .values = qkv + 2 * DIM,
                                 .query_stride = 3 * DIM,
                                 .key_stride = 3 * DIM};
    struct attention_size size = {DIM, HEADS, 2, offsets, offsets};
    float *scratch = calloc(attention_scratch(ROWS, DIM / HEADS), sizeof *scratch);
    assert_non_null(scratch);
    random_floats(qkv, ARRAY_LENGTH(qkv), 1);
    attention_forward(out, &in, &size, scratch);
    attention_weights(weights, &in, &size, 1, 1, scratch);
    free(scratch);
    for (size_t query = 0; query < 5; query++) {
        double sum = 0, mixed = 0;
        for (size_t key = 0; key < 5; key++) {
            sum += (double)weights[query * 5 + key];
            mixed += (double)weights[query * 5 + key] *
                     (double)in.values[(4 + key) * 3 * DIM + DIM / HEADS];
        }
        assert_true(fabs(sum - 1) < 1e-6);
        assert_true(fabs(mixed - (double)out[(4 + query) * DIM + DIM / HEADS]) < 1e-6);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_small_multiply),
        cmocka_unit_test(test_small_transpose),
        cmocka_unit_test(test_attention),
        cmocka_unit_test(test_attention_weights),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
