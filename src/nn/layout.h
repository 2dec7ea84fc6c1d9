/* Where each parameter of a masked autoencoder lies in a block of weights, gradients or moments.
 *
 * One walk over the model makes both this and the table of parameters, so they cannot disagree.
 * Blocks of a stack have equal sizes: block i's parameters start at first + i * stride, and its
 * block_layout counts from there.
 */
#ifndef MASKSCOPE_NN_LAYOUT_H
#define MASKSCOPE_NN_LAYOUT_H

#include "nn/block.h"
#include "nn/mae.h"

struct stack_layout {
    struct block_size size;
    size_t depth, first, stride;
    struct block_layout block;
    struct norm_place norm; /* after the last block */
};

struct mae_layout {
    size_t cls_token, mask_token;
    struct linear_place patch_embed, decoder_embed, decoder_pred;
    struct stack_layout encoder, decoder;
    size_t pos_embed, decoder_pos_embed; /* [1 + L, dim] each */
};

/* Fills *layout and, unless table is null, *table, whose items the caller frees with free(). False
 * with *error set when out of memory (never with a null table). The shape must be valid. */
bool mae_layout_init(struct mae_layout *layout, struct parameter_table *table,
                     const struct mae_shape *shape, struct error *error);

#endif
