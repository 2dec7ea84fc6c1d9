/* The affine layer on packed rows: out = in W^T + b, W being [out_dim, in_dim] as in PyTorch.
 *
 * Forward is cut into tiles of rows, weight gradients into tiles of output columns; the cuts depend
 * on the sizes alone. What follows the product (GELU, the residual sum) runs on a tile while it is
 * still in the cache.
 */
#ifndef MASKSCOPE_NN_LINEAR_H
#define MASKSCOPE_NN_LINEAR_H

#include <stdbool.h>
#include <stddef.h>

#include "nn/half.h"

/* Where a layer's weight [out, in] and bias [out] lie in a block of weights or gradients. */
struct linear_place {
    size_t weight, bias; /* floats from the start of the block */
};

struct linear_size {
    size_t rows, in_dim, out_dim;
};

/* Given to a layer, its products are of bfloat16 roundings of their factors; null: of the floats
 * themselves. Contents of the memory are undefined between calls. */
struct linear_half {
    const struct half *products;
    uint16_t *in, *gradient; /* room for [rows, in_dim], [rows, out_dim] */
    uint16_t *weight;        /* room for [out_dim, in_dim] */
};

/* out [rows, out_dim], in [rows, in_dim], weight [out_dim, in_dim], bias [out_dim] */
void linear_forward(float *out, const float *in, const float *weight, const float *bias,
                    struct linear_size size, const struct linear_half *half);
/* As linear_forward, and activated [rows, out_dim] = gelu(out). */
void linear_gelu_forward(float *activated, float *out, const float *in, const float *weight,
                         const float *bias, struct linear_size size,
                         const struct linear_half *half);
/* As linear_forward, and residual [rows, out_dim] added. */
void linear_residual_forward(float *out, const float *residual, const float *in,
                             const float *weight, const float *bias, struct linear_size size,
                             const struct linear_half *half);

/* What linear_backward reads and writes besides the gradient of the output. */
struct linear_gradients {
    float *in;                /* [rows, in_dim]; null: not wanted */
    bool add_in;              /* add to `in` instead of overwriting it */
    float *weight;            /* [out_dim, in_dim], overwritten */
    float *bias;              /* [out_dim], overwritten */
    const float *before_gelu; /* null, or [rows, in_dim]: the layer's input was gelu of this, and
                                 `in` is to be the gradient of this */
};

/* gradient [rows, out_dim] of the output, in [rows, in_dim], weight [out_dim, in_dim] */
void linear_backward(const struct linear_gradients *to, const float *gradient, const float *in,
                     const float *weight, struct linear_size size, const struct linear_half *half);

/* sums [columns] = the sums of rows' first `columns` values, one row `stride` floats after another.
 */
void column_sums(float *sums, const float *rows_at, size_t stride, size_t rows, size_t columns);

#endif
