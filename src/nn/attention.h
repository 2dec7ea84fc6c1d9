/* Scaled dot-product attention (Vaswani et al. 2017) inside the spans of a packed batch, or of some
 * of its spans, on the calling thread.
 *
 * Queries may be fewer than keys: then only their rows of the output are computed. Scores are never
 * kept; the backward pass computes them again, which costs less than storing and reading them.
 */
#ifndef MASKSCOPE_NN_ATTENTION_H
#define MASKSCOPE_NN_ATTENTION_H

#include <stddef.h>

#include "nn/product.h"

struct attention_size {
    size_t dim, heads;           /* each head works on dim / heads columns */
    size_t spans;                /* images */
    const size_t *query_offsets; /* [spans + 1], first rows of each span's queries */
    const size_t *key_offsets;   /* [spans + 1], first rows of each span's keys and values */
};

/* Matrices of `dim` columns that may lie side by side in one: rows are a stride of floats apart. */
struct attention_input {
    const float *queries, *keys, *values;
    size_t query_stride, key_stride;       /* of queries; of keys and values */
    const struct product_kernels *kernels; /* of floats; null: plain loops */
};

struct attention_gradients {
    float *queries, *keys, *values; /* overwritten; strides as in the input */
};

/* out [queries of the spans, dim] = softmax(queries keys^T / sqrt(dim / heads)) values, span by
 * span and head by head. scratch: attention_scratch(longest span of keys, dim / heads) floats,
 * contents undefined.
 */
void attention_forward(float *out, const struct attention_input *in,
                       const struct attention_size *size, float *scratch);
/* gradient [queries of the spans, dim] of the output. */
void attention_backward(const struct attention_gradients *to, const float *gradient,
                        const struct attention_input *in, const struct attention_size *size,
                        float *scratch);
size_t attention_scratch(size_t longest, size_t head_dim);

/* The attention weights of one span and head: weights [queries, keys] of the span. scratch as
 * above. */
void attention_weights(float *weights, const struct attention_input *in,
                       const struct attention_size *size, size_t span, size_t head, float *scratch);

#endif
