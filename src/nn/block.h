/* A pre-norm transformer block (Dosovitskiy et al. 2021):
 *     middle = in + proj(attention(qkv(norm1(in))))
 *     out = middle + fc2(gelu(fc1(norm2(middle))))
 *
 * A block may be asked for some rows of its output only; keys and values still come from all rows.
 */
#ifndef MASKSCOPE_NN_BLOCK_H
#define MASKSCOPE_NN_BLOCK_H

#include <stdbool.h>
#include <stddef.h>

#include "nn/layernorm.h"
#include "nn/linear.h"

struct block_size {
    size_t dim, heads, hidden; /* hidden: columns of the MLP */
};

/* Where a block's parameters lie, in floats from the start of the block's own. */
struct block_layout {
    struct norm_place norm1, norm2;
    struct linear_place qkv, proj, fc1, fc2;
};

/* The rows of a packed batch. */
struct block_rows {
    size_t spans, count;   /* images; rows in all */
    const size_t *offsets; /* [spans + 1], first rows of the spans */
    /* Null: every row of the output is wanted. Else wanted[i] is the row of `in` that row i of the
     * output belongs to, ascending, and those of span s are wanted_offsets[s] to [s + 1]. */
    const size_t *wanted, *wanted_offsets;
    size_t wanted_count;
};

/* What a forward pass leaves for the backward pass. M rows, W of them wanted (M if all are). */
struct block_memory {
    float *norm1, *statistics1; /* [M, dim], [M, 2] */
    float *wanted_in;           /* [W, dim], the wanted rows of in, then of norm1; */
    float *wanted_norm1;        /*   both unused if all are wanted */
    float *qkv;               /* [M, 3 dim]; or keys and values [M, 2 dim], then queries [W, dim] */
    float *attended, *middle; /* [W, dim] */
    float *norm2, *statistics2;  /* [W, dim], [W, 2] */
    float *before_gelu, *hidden; /* [W, hidden] */
    float *out;                  /* [W, dim] */
};

/* Shared by all blocks, contents undefined between calls. */
struct block_scratch {
    const struct linear_half *half; /* for the products; null: floats */
    float *attention;               /* attention_scratch(longest span, dim / heads) floats */
    /* backward only: */
    float *norm;                        /* layernorm_scratch(M, dim) floats */
    float *hidden, *qkv, *wide, *wide2; /* [M, hidden], [M, 3 dim], [M, dim], [M, dim] */
};

/* in [M, dim] -> memory->out, which may be the same memory if all rows are wanted and no backward
 * pass follows. weights: the block's own, laid out as `layout` says. */
void block_forward(const struct block_memory *memory, const float *in, const float *weights,
                   const struct block_layout *layout, const struct block_size *size,
                   const struct block_rows *rows, const struct block_scratch *scratch);
/* After block_forward: what one head's `query`, counted among the wanted rows of a span, attends
 * to; weights [rows of the span], summing up to 1. */
void block_attention(float *weights, const struct block_memory *memory,
                     const struct block_size *size, const struct block_rows *rows, size_t span,
                     size_t head, size_t query, const struct block_scratch *scratch);
/* gradient [W, dim] of the output is used up; in_gradient [M, dim] is overwritten, and is the same
 * memory as gradient if and only if all rows are wanted. weight_gradients: as weights, overwritten.
 */
void block_backward(float *in_gradient, float *weight_gradients, float *gradient,
                    const struct block_memory *memory, const float *in, const float *weights,
                    const struct block_layout *layout, const struct block_size *size,
                    const struct block_rows *rows, const struct block_scratch *scratch);

/* out [count, dim] = the rows `index` of in; and in += out at these rows. */
void rows_gather(float *out, const float *in, const size_t *index, size_t count, size_t dim);
void rows_scatter_add(float *in, const float *out, const size_t *index, size_t count, size_t dim);

#endif
