/* A small head that ranks the patches of an image by how hard they will be to reconstruct: a
 * hidden layer with GELU over each patch's latent vector (Wang et al. 2023, Hard Patches Mining,
 * who use a decoder for it).
 *
 * Only the order of its scores means anything. It learns from pairs of hidden patches of an image:
 * with losses L and scores s, eq. 6 there, the mean over the pairs with L_i > L_j of
 *     -log sigmoid(s_i - s_j),
 * and then over images. Nothing flows back into the latents.
 */
#ifndef MASKSCOPE_NN_LOSS_PREDICTOR_H
#define MASKSCOPE_NN_LOSS_PREDICTOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "nn/adamw.h"
#include "nn/parameters.h"

/* One thread at a time; its loops run in parallel. All-zero: empty. */
struct loss_predictor {
    size_t dim, hidden;           /* of a latent; of the layer between */
    struct parameter_table table; /* items owned */
    float *weights, *gradients;   /* [table.total] each, owned */
    struct adamw adamw;
};

/* The weights follow from the seed. */
bool loss_predictor_init(struct loss_predictor *predictor, int dim, uint64_t seed,
                         struct error *error);
void loss_predictor_release(struct loss_predictor *predictor);

/* What a pass over a batch of N images with L patches keeps. */
struct loss_predictor_memory {
    float *before_gelu, *activated, *gradient; /* [N * L, hidden] each, owned */
    float *scores, *score_gradients;           /* [N * L] each, owned */
    double *image_loss;                        /* [N], owned */
};
bool loss_predictor_memory_init(struct loss_predictor_memory *memory, int dim, int images,
                                int patches, struct error *error);
void loss_predictor_memory_release(struct loss_predictor_memory *memory);

/* memory->scores [N * L] from latents [N * L, dim], those of the class tokens left out. */
void loss_predictor_forward(const struct loss_predictor *predictor,
                            struct loss_predictor_memory *memory, const float *latents,
                            size_t rows);
/* The pairwise loss of the scores and predictor->gradients. losses [N, L] of the patches with
 * masks [N, L] 1; the other values are not read. memory and latents as the forward pass left them.
 */
double loss_predictor_backward(struct loss_predictor *predictor,
                               struct loss_predictor_memory *memory, const float *latents,
                               const float *losses, const uint8_t *masks, int images, int patches);

#endif
