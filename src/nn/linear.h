/* The affine layer on packed rows: out = in W^T + b, W being [out_dim, in_dim] as in PyTorch.
 *
 * Forward is cut into tiles of rows, weight gradients into tiles of the weight; the cuts depend on
 * the sizes alone. What follows the product (GELU, the residual sum) runs on a tile while it is
 * still in the cache. linear_rows is one tile of it, for those who cut by themselves.
 */
#ifndef MASKSCOPE_NN_LINEAR_H
#define MASKSCOPE_NN_LINEAR_H

#include <stdbool.h>
#include <stddef.h>

#include "nn/product.h"

/* Where a layer's weight [out, in] and bias [out] lie in a block of weights or gradients. */
struct linear_place {
    size_t weight, bias; /* floats from the start of the block */
};

struct linear_size {
    size_t rows, in_dim, out_dim;
};

/* What layers compute with and in. Contents of the memory are undefined between calls. Where a
 * layer is given none, its products are those of BLAS. */
struct linear_space {
    const struct product_kernels *kernels; /* null: BLAS */
    const struct product_kernels *floats;  /* of attention; null: plain loops */
    float *panels;                         /* room for the largest layer's packed weight */
    float *slots;                          /* [slot_count, slot_floats] */
    size_t slot_count;                     /* threads that may work at a time */
    size_t slot_floats;                    /* at least product_scratch() */
};

/* Floats of the packed weights of a layer, to be multiplied by rows of in (forward) or of
 * gradients.
 */
size_t linear_panels(const struct product_kernels *kernels, size_t in_dim, size_t out_dim);

/* out [rows, out_dim], in [rows, in_dim], weight [out_dim, in_dim], bias [out_dim] */
void linear_forward(float *out, const float *in, const float *weight, const float *bias,
                    struct linear_size size, const struct linear_space *space);
/* As linear_forward, and activated [rows, out_dim] = gelu(out). */
void linear_gelu_forward(float *activated, float *out, const float *in, const float *weight,
                         const float *bias, struct linear_size size,
                         const struct linear_space *space);
/* As linear_forward, and residual [rows, out_dim] added. */
void linear_residual_forward(float *out, const float *residual, const float *in,
                             const float *weight, const float *bias, struct linear_size size,
                             const struct linear_space *space);

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
                     const float *weight, struct linear_size size,
                     const struct linear_space *space);

/* A layer whose weight is packed. */
struct linear_layer {
    struct product_factor weight;
    const float *bias;
};
/* Some rows of a layer: out [rows, out_dim] = in W^T + b, plus residual [rows, out_dim] unless it
 * is null. On the calling thread; scratch: product_scratch() floats. */
void linear_rows(const struct product_kernels *kernels, float *out, const float *residual,
                 const float *in, const struct linear_layer *layer, size_t rows, float *scratch);

/* sums [columns] = the sums of rows' first `columns` values, one row `stride` floats after another.
 */
void column_sums(float *sums, const float *rows_at, size_t stride, size_t rows, size_t columns);

#endif
