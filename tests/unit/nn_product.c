/* Products of every kind of kernels that the processor runs, and of BLAS, against their naive twin:
 * sizes with and without remainders, outputs poisoned first. */
#include "tests/unit/test.h"

#include <math.h>

#include "base/memory.h"
#include "nn/gemm.h"
#include "nn/product.h"
#include "tests/unit/nn_naive.h"
#include "tests/unit/nn_rounding.h"

enum { MOST = 260000, GAP = 3 };

static float a[MOST], b[MOST], c[MOST], expected[MOST];

/* The factors as the kernels see them. */
static void fill(float *values, unsigned seed, const struct product_kernels *kernels)
{
    random_floats(values, MOST, seed);
    if (product_kernels_type(kernels) != PRODUCT_HALVES)
        return;
    for (size_t i = 0; i < MOST; i++)
        values[i] = float_from_half(half_from_float(values[i]));
}

static void compare(const struct product_kernels *kernels)
{
    for (size_t at = 0; at < MOST; at++)
        if (isnan(expected[at]) ? !isnan(c[at]) : !(fabsf(c[at] - expected[at]) < 2e-4f))
            fail_msg("%s: value %zu is %g, not %g", product_kernels_name(kernels), at,
                     (double)c[at], (double)expected[at]);
}

static float *new_floats(size_t count)
{
    float *floats = aligned_alloc(MEMORY_ALIGNMENT, (count * sizeof(float) + 63) / 64 * 64 + 64);
    assert_non_null(floats);
    poison(floats, count);
    return floats;
}

static void check_rows(const struct product_kernels *kernels, const size_t size[3], bool turned,
                       bool add)
{
    size_t rows = size[0], columns = size[1], depth = size[2];
    float *scratch = new_floats(product_scratch());
    float *panels = new_floats(product_panels(columns) * product_panel_floats(kernels, depth) + 1);
    struct product_factor factor = {b, turned, depth, columns, panels};
    for (size_t panel = product_panels(columns); panel-- > 0;)
        product_pack(kernels, &factor, panel);
    poison(c, MOST);
    for (size_t row = 0; add && row < rows; row++)
        random_floats(c + row * (columns + GAP), columns, 3);
    memcpy(expected, c, sizeof c);
    struct gemm_matrix left = {a, depth + GAP}, right = {b, turned ? depth : columns};
    product_rows(kernels, c, columns + GAP, add, a, depth + GAP, rows, &factor, scratch);
    gemm_naive(turned ? GEMM_A_BT : GEMM_A_B, add, expected, columns + GAP, left, right, rows,
               columns, depth);
    compare(kernels);
    free(panels);
    free(scratch);
}

/* The fewest and the most rows of a block, more than PRODUCT_ROWS and PRODUCT_DEPTH, odd depths. */
static const size_t row_sizes[][3] = {{1, 1, 1},    {2, 17, 3},    {6, 32, 8},     {13, 33, 16},
                                      {14, 48, 15}, {15, 31, 385}, {113, 65, 200}, {225, 96, 771}};

static void check_all_rows(const struct product_kernels *kernels)
{
    fill(a, 1, kernels);
    fill(b, 2, kernels);
    for (size_t i = 0; i < ARRAY_LENGTH(row_sizes); i++)
        for (int turned = 0; turned <= 1; turned++)
            for (int add = 0; add <= 1; add++)
                check_rows(kernels, row_sizes[i], turned, add);
}

/* A copy of a matrix, made ready for sums in three pieces, the first two of an odd number of rows.
 */
static float *new_paired(const struct product_kernels *kernels, const float *matrix, size_t rows,
                         size_t columns)
{
    float *copy = new_floats(rows * columns + 1);
    size_t ends[] = {rows / 3 | 1, (rows / 3 | 1) + rows / 3 / 2 * 2, rows}, first = 0;
    memcpy(copy, matrix, rows * columns * sizeof *copy);
    for (size_t i = 0; i < ARRAY_LENGTH(ends) && first < rows; first = ends[i++])
        product_pair(kernels, copy, columns, first, ends[i]);
    for (size_t i = 0; i < ARRAY_LENGTH(ends) && rows > 0 && (i == 0 || ends[i] > ends[i - 1]); i++)
        product_pair_at(kernels, copy, columns, ends[i], ends[i] == rows);
    return copy;
}

static void check_sum(const struct product_kernels *kernels, const size_t size[3], bool paired)
{
    static float bias[MOST];
    size_t rows = size[0], out_dim = size[1], in_dim = size[2];
    float *scratch = new_floats(product_scratch());
    float *gradient = new_paired(kernels, a, rows, out_dim);
    float *in = new_paired(kernels, b, rows, in_dim);
    struct product_sum sum = {c,      bias,  paired ? gradient : a, paired ? in : b, rows, out_dim,
                              in_dim, paired};
    poison(c, MOST);
    poison(bias, MOST);
    memcpy(expected, c, sizeof c);
    for (size_t tile = product_sum_tiles(&sum); tile-- > 0;)
        product_sum_tile(kernels, &sum, tile, scratch);
    gemm_naive(GEMM_AT_B, false, expected, in_dim, (struct gemm_matrix){a, out_dim},
               (struct gemm_matrix){b, in_dim}, out_dim, in_dim, rows);
    compare(kernels);
    for (size_t i = 0; i < out_dim; i++) {
        double exact = 0;
        for (size_t row = 0; row < rows; row++)
            exact += (double)a[row * out_dim + i];
        assert_near((double)bias[i], exact, 1e-4);
    }
    assert_true(isnan(bias[out_dim]));
    free(gradient);
    free(in);
    free(scratch);
}

/* No rows at all give zeros; of the last one a tile is several chunks of rows. */
static const size_t sum_sizes[][3] = {
    {1, 1, 1},      {2, 5, 17},     {0, 4, 6},      {33, 14, 32},   {77, 112, 9},
    {385, 120, 48}, {800, 17, 200}, {91, 230, 225}, {5, 1300, 195},
};

static void check_all_sums(const struct product_kernels *kernels)
{
    fill(a, 4, kernels);
    fill(b, 5, kernels);
    for (size_t i = 0; i < ARRAY_LENGTH(sum_sizes); i++)
        for (int paired = 0; paired <= 1; paired++)
            check_sum(kernels, sum_sizes[i], paired);
}

static void for_all_kernels(void (*check)(const struct product_kernels *kernels))
{
    const struct product_kernels *kernels;
    for (size_t i = 0; (kernels = product_kernels_at(i)); i++)
        if (product_kernels_run(kernels))
            check(kernels);
        else
            print_message("# not on this processor: %s\n", product_kernels_name(kernels));
    check(NULL);
}

static void test_rows(void **state)
{
    (void)state;
    struct error error;
    assert_true(gemm_prepare(&error));
    for_all_kernels(check_all_rows);
}

static void test_sums(void **state)
{
    (void)state;
    for_all_kernels(check_all_sums);
}

/* The environment sets a limit, and what it does not know is an error. */
static void test_limit(void **state)
{
    (void)state;
    struct error error;
    assert_int_equal(setenv("MASKSCOPE_KERNELS", "blas", 1), 0);
    assert_true(product_kernels_check(&error));
    assert_null(product_kernels_best(PRODUCT_FLOATS));
    assert_null(product_kernels_best(PRODUCT_HALVES));
    assert_int_equal(setenv("MASKSCOPE_KERNELS", "mmx", 1), 0);
    assert_false(product_kernels_check(&error));
    assert_int_equal(error.code, ERROR_USAGE);
    assert_non_null(strstr(error.message, "'mmx'"));
    assert_int_equal(setenv("MASKSCOPE_KERNELS", "avx2", 1), 0);
    const struct product_kernels *kernels = product_kernels_best(PRODUCT_FLOATS);
    assert_null(product_kernels_best(PRODUCT_HALVES));
    if (kernels)
        assert_string_equal(product_kernels_name(kernels), "AVX2");
    assert_int_equal(unsetenv("MASKSCOPE_KERNELS"), 0);
    assert_true(product_kernels_check(&error));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_sums),
        cmocka_unit_test(test_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
