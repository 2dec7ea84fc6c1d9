/* A pre-norm transformer block (Dosovitskiy et al. 2021):
 *     middle = in + proj(attention(qkv(norm1(in))))
 *     out = middle + fc2(gelu(fc1(norm2(middle))))
 *
 * Nothing but the gradients of weights mixes images, so a task takes a few images through the whole
 * block, one layer after another, while their rows are in its core's cache.
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
    size_t spans, count;         /* images; rows in all */
    const size_t *offsets;       /* [spans + 1], first rows of the spans */
    size_t groups;               /* of spans; a task takes one */
    const size_t *group_offsets; /* [groups + 1], first spans of the groups */
    size_t group_rows;           /* of the largest group */
    /* Null: every row of the output is wanted. Else wanted[i] is the row of `in` that row i of the
     * output belongs to, ascending, and those of span s are wanted_offsets[s] to [s + 1]. */
    const size_t *wanted, *wanted_offsets;
    size_t wanted_count;
};

/* What a forward pass leaves for the backward pass. M rows, W of them wanted (M if all are). */
struct block_memory {
    float *statistics1;       /* [M, 2] */
    float *qkv;               /* [M, 3 dim]; or keys and values [M, 2 dim], then queries [W, dim] */
    float *attended, *middle; /* [W, dim] */
    float *statistics2;       /* [W, 2] */
    float *before_gelu;       /* [W, hidden] */
    float *out;               /* [W, dim] */
};

/* Shared by all blocks, contents undefined between calls. */
struct block_scratch {
    /* Panels: block_panels(). Slots: block_slot() floats each. */
    struct linear_space space;
    /* backward only: */
    float *norm;                  /* [2, groups, 2 dim] */
    float *hidden, *qkv, *middle; /* gradients: [M, hidden], [M, 3 dim], [W, dim] */
    float *wanted_norm1;          /* [W, dim]; unused if all are wanted */
};

/* Floats of a block's packed weights, and of what a task works in when no group has more than
 * `most_rows` rows and no span more than `longest`. */
size_t block_panels(const struct product_kernels *kernels, const struct block_size *size);
size_t block_slot(const struct block_size *size, size_t most_rows, size_t longest);

/* What of a block's forward pass is wanted. */
enum block_extent {
    BLOCK_OUTPUT,
    BLOCK_MEMORY, /* all but the output: for a backward pass whose block_memory was used again */
};

/* in [M, dim] -> memory->out, which may be the same memory if all rows are wanted and no backward
 * pass follows. weights: the block's own, laid out as `layout` says. */
void block_forward(const struct block_memory *memory, const float *in, const float *weights,
                   const struct block_layout *layout, const struct block_size *size,
                   const struct block_rows *rows, const struct block_scratch *scratch,
                   enum block_extent extent);
/* After block_forward: what one head's `query`, counted among the wanted rows of a span, attends
 * to; weights [rows of the span], summing up to 1. */
void block_attention(float *weights, const struct block_memory *memory,
                     const struct block_size *size, const struct block_rows *rows, size_t span,
                     size_t head, size_t query, const struct block_scratch *scratch);
/* From the gradient [W, dim] of the output to in_gradient [M, dim], overwritten, and
 * weight_gradients, laid out as weights, overwritten. Uses up memory, in and gradient: what the
 * weights' gradients need takes their place. */
void block_backward(float *in_gradient, float *weight_gradients, float *gradient,
                    const struct block_memory *memory, float *in, const float *weights,
                    const struct block_layout *layout, const struct block_size *size,
                    const struct block_rows *rows, const struct block_scratch *scratch);

#endif
