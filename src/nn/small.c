#include "nn/small.h"

#include "nn/kernel.h"
#include "nn/product_kernels.h"
#include "nn/sizes.h"

/* Rows of C that are computed together: six accumulators, one vector of B and one broadcast value
 * fit in the sixteen registers of AVX2 even though a vector takes two of them. */
enum { BLOCK_ROWS = 6 };

/* Vectors go by address: by value their width would change the calling convention. */
KERNEL_INLINE void store(float *c, const kernel_vector *value, bool add, size_t columns)
{
    if (columns < KERNEL_LANES) {
        for (size_t i = 0; i < columns; i++)
            c[i] = add ? c[i] + (*value)[i] : (*value)[i];
        return;
    }
    kernel_vector_at *at = (kernel_vector_at *)c;
    *at = add ? *at + *value : *value;
}

/* Up to BLOCK_ROWS rows of one vector of columns. Where there are fewer rows, the last one stands
 * in for those that are missing, and only `rows` are stored. */
KERNEL_INLINE void multiply_block(float *c, size_t c_stride, bool add, const float *a,
                                  size_t row_stride, size_t column_stride, const float *b,
                                  size_t b_stride, size_t rows, size_t columns, size_t depth)
{
    const size_t last = rows - 1;
    const float *a0 = a, *a1 = a + (last < 1 ? last : 1) * row_stride,
                *a2 = a + (last < 2 ? last : 2) * row_stride,
                *a3 = a + (last < 3 ? last : 3) * row_stride,
                *a4 = a + (last < 4 ? last : 4) * row_stride,
                *a5 = a + (last < 5 ? last : 5) * row_stride;
    kernel_vector c0 = {0}, c1 = {0}, c2 = {0}, c3 = {0}, c4 = {0}, c5 = {0};
    for (size_t i = 0; i < depth; i++) {
        kernel_vector row = *(const kernel_vector_at *)(b + i * b_stride);
        size_t at = i * column_stride;
        c0 += a0[at] * row;
        c1 += a1[at] * row;
        c2 += a2[at] * row;
        c3 += a3[at] * row;
        c4 += a4[at] * row;
        c5 += a5[at] * row;
    }
    const kernel_vector sums[BLOCK_ROWS] = {c0, c1, c2, c3, c4, c5};
    for (size_t row = 0; row < rows; row++)
        store(c + row * c_stride, &sums[row], add, columns);
}

KERNEL static void multiply_plainly(float *c, size_t c_stride, bool add, struct small_matrix a,
                                    const float *b, size_t b_stride, size_t rows, size_t columns,
                                    size_t depth)
{
    for (size_t column = 0; column < columns; column += KERNEL_LANES)
        for (size_t row = 0; row < rows; row += BLOCK_ROWS) {
            size_t rows_left = smaller(rows - row, BLOCK_ROWS);
            multiply_block(c + row * c_stride + column, c_stride, add, a.at + row * a.row_stride,
                           a.row_stride, a.column_stride, b + column, b_stride, rows_left,
                           columns - column, depth);
        }
}

void small_multiply(const struct product_kernels *kernels, float *c, size_t c_stride, bool add,
                    struct small_matrix a, const float *b, size_t b_stride, size_t rows,
                    size_t columns, size_t depth)
{
    if (!kernels) {
        multiply_plainly(c, c_stride, add, a, b, b_stride, rows, columns, depth);
        return;
    }
    bool turned = a.column_stride != 1;
    struct product_operands from = {
        .a = a.at, .a_stride = turned ? a.column_stride : a.row_stride, .b_stride = b_stride};
    for (size_t column = 0; column < columns; column += PRODUCT_COLUMNS) {
        size_t left = columns - column;
        from.b = b + column;
        product_panel(kernels, turned, c + column, c_stride, add, &from, rows,
                      left < PRODUCT_COLUMNS ? left : PRODUCT_COLUMNS, depth);
    }
}

/* Four floats at any address: the transpose moves blocks of 4 x 4, which every processor has
 * shuffles for. */
typedef float quad __attribute__((vector_size(16), aligned(4), may_alias));

/* a0 b0 a1 b1, and a2 b2 a3 b3. */
#if defined __has_builtin && __has_builtin(__builtin_shufflevector)
KERNEL_INLINE quad interleave_low(quad a, quad b)
{
    return __builtin_shufflevector(a, b, 0, 4, 1, 5);
}

KERNEL_INLINE quad interleave_high(quad a, quad b)
{
    return __builtin_shufflevector(a, b, 2, 6, 3, 7);
}
#else
KERNEL_INLINE quad interleave_low(quad a, quad b)
{
    return (quad){a[0], b[0], a[1], b[1]};
}

KERNEL_INLINE quad interleave_high(quad a, quad b)
{
    return (quad){a[2], b[2], a[3], b[3]};
}
#endif

KERNEL_INLINE void transpose_4x4(float *out, size_t out_stride, const float *in, size_t in_stride)
{
    quad a = *(const quad *)in, b = *(const quad *)(in + in_stride);
    quad c = *(const quad *)(in + 2 * in_stride), d = *(const quad *)(in + 3 * in_stride);
    quad ac_low = interleave_low(a, c), ac_high = interleave_high(a, c);
    quad bd_low = interleave_low(b, d), bd_high = interleave_high(b, d);
    *(quad *)out = interleave_low(ac_low, bd_low);
    *(quad *)(out + out_stride) = interleave_high(ac_low, bd_low);
    *(quad *)(out + 2 * out_stride) = interleave_low(ac_high, bd_high);
    *(quad *)(out + 3 * out_stride) = interleave_high(ac_high, bd_high);
}

KERNEL void small_transpose(float *restrict out, const float *restrict in, size_t in_stride,
                            size_t rows, size_t columns)
{
    size_t padded = kernel_padded(rows), whole_rows = rows / 4 * 4, whole_columns = columns / 4 * 4;
    for (size_t row = 0; row < whole_rows; row += 4)
        for (size_t column = 0; column < whole_columns; column += 4)
            transpose_4x4(out + column * padded + row, padded, in + row * in_stride + column,
                          in_stride);
    for (size_t column = 0; column < columns; column++) {
        float *line = out + column * padded;
        size_t row = column < whole_columns ? whole_rows : 0;
        for (; row < rows; row++)
            line[row] = in[row * in_stride + column];
        for (; row < padded; row++)
            line[row] = 0;
    }
}
