/* What one pass over a batch keeps in memory, and how its rows are packed. Private to src/nn. */
#ifndef MASKSCOPE_NN_PASS_H
#define MASKSCOPE_NN_PASS_H

#include "base/memory.h"
#include "nn/layout.h"

/* Rows of a batch. The encoder's are the class token and the visible patches of each image, the
 * decoder's the class token and all patches. */
struct pass_rows {
    size_t images, hidden;     /* of the batch at hand; hidden patches the loss is divided by */
    size_t *encoder_offsets;   /* [images + 1] */
    size_t *decoder_offsets;   /* [images + 1] */
    size_t *source;            /* [images, L]: a patch's row in the encoder, or PATCH_HIDDEN */
    size_t *predicted;         /* the decoder's rows that get a prediction, ascending */
    size_t *predicted_offsets; /* [images + 1] */
    size_t predicted_count;
    struct pass_groups {
        size_t count, rows; /* rows: of the largest */
        size_t *offsets;    /* [count + 1], first images; room for [images + 1] */
    } encoder_groups, decoder_groups;
};
static const size_t PATCH_HIDDEN = (size_t)-1;

/* The block whose queries and keys can be asked for: a pass without training keeps one's only. */
struct pass_attended {
    bool decoder;
    size_t block;
};

/* E rows of the encoder, D of the decoder, R predicted rows; P values of a patch. */
struct mae_pass {
    struct mae_shape shape;
    struct mae_layout layout;
    int images;     /* capacity */
    size_t visible; /* capacity */
    enum mae_use use;
    mae_interlude *interlude; /* null: none */
    void *interlude_context;

    struct block memory; /* all floats below are pieces of it, from pass_pack on */
    size_t *indices;     /* owned; pass_rows points into it */
    struct pass_rows rows;
    struct pass_attended attended;

    float *patches;               /* [E, P], zero where a row is a class token */
    float *encoder_in;            /* [E, embed_dim] */
    struct block_memory *encoder; /* [depth], owned */
    float *latent;                /* [E, embed_dim] */
    float *latent_statistics;     /* [E, 2] */
    float *embedded;              /* [E, decoder_dim] */
    float *decoder_in;            /* [D, decoder_dim] */
    struct block_memory *decoder; /* [decoder_depth], owned */
    float *decoded;               /* [R, decoder_dim], after the last norm */
    float *decoded_statistics;    /* [R, 2] */
    float *pred, *target;         /* [R, P] */
    float *patch_error;           /* [images, L] */
    float *looked;                /* [2, 1 + L]: scratch of look.c */
    float *pred_grid;             /* [images, L, P], filled when asked for */
    bool pred_grid_valid;

    struct block_scratch scratch;
    /* training only: gradients, the first three in memory of the scratch */
    float *pred_gradient;     /* [R, P] */
    float *latent_gradient;   /* [E, embed_dim]; [R, decoder_dim] */
    float *embedded_gradient; /* [E, decoder_dim] */
    float *gradient[2];       /* [E, embed_dim] or [D, decoder_dim], taking turns */
};

/* Works out the packing of a batch, and lays the pass's memory out for it: pieces lie end to end,
 * so that no more becomes resident than the batch needs. Aborts if the batch is larger than the
 * pass.
 */
void pass_pack(struct mae_pass *pass, const struct mae_batch *batch, enum mae_extent extent);

/* Between two blocks. */
static inline void pass_breathe(const struct mae_pass *pass)
{
    if (pass->interlude)
        pass->interlude(pass->interlude_context);
}

static inline struct block_rows pass_encoder_rows(const struct mae_pass *pass)
{
    const struct pass_rows *rows = &pass->rows;
    return (struct block_rows){.spans = rows->images,
                               .count = rows->encoder_offsets[rows->images],
                               .offsets = rows->encoder_offsets,
                               .groups = rows->encoder_groups.count,
                               .group_offsets = rows->encoder_groups.offsets,
                               .group_rows = rows->encoder_groups.rows};
}

/* The last block of the decoder works on the predicted rows only. */
static inline struct block_rows pass_decoder_rows(const struct mae_pass *pass, bool last)
{
    const struct pass_rows *rows = &pass->rows;
    struct block_rows all = {.spans = rows->images,
                             .count = rows->decoder_offsets[rows->images],
                             .offsets = rows->decoder_offsets,
                             .groups = rows->decoder_groups.count,
                             .group_offsets = rows->decoder_groups.offsets,
                             .group_rows = rows->decoder_groups.rows};
    if (last) {
        all.wanted = rows->predicted;
        all.wanted_offsets = rows->predicted_offsets;
        all.wanted_count = rows->predicted_count;
    }
    return all;
}

#endif
