/* What the passes through a block share. Private to src/nn. */
#ifndef MASKSCOPE_NN_BLOCK_PRIVATE_H
#define MASKSCOPE_NN_BLOCK_PRIVATE_H

#include "nn/attention.h"
#include "nn/block.h"

/* One pass through one block. */
struct block_job {
    const struct block_memory *memory;
    const float *weights;
    const struct block_layout *layout;
    const struct block_size *size;
    const struct block_rows *rows;
    const struct block_scratch *scratch;
};

/* The layers of a block, in this order; queries are a layer of their own, and qkv keys and values
 * only, where not all rows are wanted. */
enum block_layer { BLOCK_QKV, BLOCK_PROJ, BLOCK_FC1, BLOCK_FC2, BLOCK_QUERIES, BLOCK_LAYERS };

struct block_layers {
    struct linear_layer items[BLOCK_LAYERS]; /* one that is not there has no columns */
};
/* Packs the layers' weights as the second factors of forward products, or (not turned) of backward
 * ones. */
void block_pack(struct block_layers *layers, const struct block_job *job, bool turned);

/* The rows of a group, and those of them that are wanted. */
struct block_group {
    size_t first_span, spans;
    size_t first, rows;
    size_t first_wanted, wanted;
};
struct block_group block_group_at(const struct block_rows *rows, size_t group);

/* What a task works in: [rows of the group, columns] each. */
struct block_slot {
    float *product, *attention;
    float *norm, *wanted; /* dim columns */
    float *hidden;        /* hidden columns */
};
struct block_slot block_slot_at(const struct block_job *job, size_t slot);

struct attention_input block_attention_input(const struct block_job *job);
struct attention_size block_attention_size(const struct block_size *size,
                                           const struct block_rows *rows, size_t first_span,
                                           size_t spans);

#endif
