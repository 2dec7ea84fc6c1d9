/* Products of matrices that fit in the cache, for attention inside one image and head, where a call
 * into BLAS costs more than the product.
 */
#ifndef MASKSCOPE_NN_SMALL_H
#define MASKSCOPE_NN_SMALL_H

#include <stdbool.h>
#include <stddef.h>

/* Element (row, column) is at[row * row_stride + column * column_stride]: a transposed matrix is
 * the same one with the strides exchanged. */
struct small_matrix {
    const float *at;
    size_t row_stride, column_stride;
};

struct product_kernels;

/* c [rows, columns] = a b, or c += a b if `add`; a [rows, depth], one of whose strides is 1. By the
 * kernels, which must be of floats; null: by plain loops.
 * b [depth, columns] has consecutive columns, its rows b_stride floats apart, and is read in whole
 * vectors: each row is followed by readable floats up to kernel_padded(columns). c is written in
 * its `columns` only. With depth 0 the product is 0. */
void small_multiply(const struct product_kernels *kernels, float *c, size_t c_stride, bool add,
                    struct small_matrix a, const float *b, size_t b_stride, size_t rows,
                    size_t columns, size_t depth);
/* out [columns, padded rows] = the transpose of in [rows, columns], each row of it filled up with
 * zeros to kernel_padded(rows). */
void small_transpose(float *out, const float *in, size_t in_stride, size_t rows, size_t columns);

#endif
