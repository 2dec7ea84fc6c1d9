/* The masked autoencoder of He et al. 2022 (Masked Autoencoders Are Scalable Vision Learners).
 *
 * `struct mae` owns the weights. `struct mae_pass` owns what one pass over a batch needs: the
 * activations and, for training, their gradients. A pass is made once for the largest batch it will
 * see and allocates nothing afterwards. Several passes may share one model as long as nobody writes
 * its weights meanwhile.
 *
 * Tokens are packed: those of image i are rows offsets of one [sum of T_i, D] matrix, the class
 * token first in each span, so images of a batch may keep different numbers of patches.
 *
 * Numbers follow the release: parameter names, shapes, initialisation, fixed sine-cosine positions,
 * LayerNorm eps 1e-6, exact GELU, fused qkv, unbiased variance in normalised targets, and
 *     loss = sum over hidden patches of (mean over the patch's values of (pred - target)^2)
 *            / number of hidden patches in the batch.
 * Results have the same bits for any number of threads.
 */
#ifndef MASKSCOPE_NN_MAE_H
#define MASKSCOPE_NN_MAE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "nn/parameters.h"

struct mae_shape {
    int image_height, image_width; /* pixels; multiples of patch */
    int patch;                     /* pixels a side */
    int channels;                  /* 1 to 4 */
    int embed_dim, depth, heads;   /* encoder */
    int decoder_dim, decoder_depth, decoder_heads;
    double mlp_ratio;
    bool norm_pix; /* targets normalised patch by patch */
};

struct mae_preset {
    const char *name, *help;
    struct mae_shape shape; /* 3 channels, square */
};
/* The published and the small sizes; *count is set. */
const struct mae_preset *mae_presets(size_t *count);
const struct mae_preset *mae_preset_find(const char *name);

static inline int mae_grid_height(const struct mae_shape *shape)
{
    return shape->image_height / shape->patch;
}
static inline int mae_grid_width(const struct mae_shape *shape)
{
    return shape->image_width / shape->patch;
}
/* L, patches of an image. */
static inline int mae_patches(const struct mae_shape *shape)
{
    return mae_grid_height(shape) * mae_grid_width(shape);
}
/* P, values of a patch: patch * patch * channels, row by row, the channel fastest. */
static inline int mae_patch_values(const struct mae_shape *shape)
{
    return shape->patch * shape->patch * shape->channels;
}
static inline size_t mae_image_values(const struct mae_shape *shape)
{
    return (size_t)shape->channels * (size_t)shape->image_height * (size_t)shape->image_width;
}

/* Floating-point operations of one image's training step (forward, and twice as many backward) with
 * `visible` patches kept: the products of linear layers and attention, as the step computes them.
 */
double mae_step_flop(const struct mae_shape *shape, int visible);

/* ERROR_DATA naming the setting (model.heads, model.patch ...) and what would be right. */
bool mae_shape_check(const struct mae_shape *shape, struct error *error);

struct mae {
    struct mae_shape shape;
    struct parameter_table table;
    float *weights; /* [table.total], owned */
};

/* Whether the parameter of that name belongs to what reconstructs, and not to the encoder. */
bool mae_is_of_decoder(const char *name);
#define MAE_DECODER_FIRST "decoder_embed.weight" /* no model is without */

/* Weights are zero but for the fixed position tables. Null with *error set. */
struct mae *mae_new(const struct mae_shape *shape, struct error *error);
void mae_free(struct mae *mae);
/* The release's initial weights, from the seed alone. */
void mae_initialise(struct mae *mae, uint64_t seed);

/* A batch as a pass sees it. Borrowed: nothing is kept after the call that takes it returns, except
 * that mae_backward needs the batch of the preceding mae_forward unchanged. */
struct mae_batch {
    int images;          /* N, at least 1 */
    const float *pixels; /* [N, C, H, W], normalised */
    const int *visible;  /* patch indices in the order in which they enter the encoder */
    const int
        *offsets; /* [N + 1]: image i's are visible[offsets[i]] .. visible[offsets[i+1] - 1] */
    /* What the loss and its gradients are divided by: hidden patches of the whole that this batch
     * is a part of, so that those of all parts sum up to the whole's. 0: this batch is the whole.
     */
    size_t loss_hidden;
};

enum mae_extent {
    MAE_HIDDEN_PATCHES, /* predictions for hidden patches only: all that the loss needs */
    MAE_ALL_PATCHES,    /* predictions for every patch */
};

struct mae_pass;
/* What a pass is for, and so what it keeps. */
enum mae_use {
    MAE_INFERENCE,
    MAE_TRAINING, /* what the backward pass needs */
    /* Of each block its output only; the backward pass computes the rest of it once more. The same
     * bits for less memory and a quarter more time. */
    MAE_TRAINING_RECOMPUTE,
};
/* Room for batches of up to `images` images with up to `visible` visible patches in all. Memory is
 * resident only once used. At most parallel_threads(), or the number of cores where that is more,
 * as they are now, will work at a time (but 8 always may). Null with *error set. */
struct mae_pass *mae_pass_new(const struct mae_shape *shape, int images, size_t visible,
                              enum mae_use use, struct error *error);
void mae_pass_free(struct mae_pass *pass);
enum mae_precision { MAE_F32, MAE_BF16 };
/* The arithmetic of a training pass's linear layers, forward and backward, from now on; at first it
 * is MAE_F32. MAE_BF16: the factors of their products are rounded to bfloat16 and summed up as
 * floats; weights, gradients, norms, attention and the loss stay floats. ERROR_DATA, naming
 * train.precision: this build or this processor lacks such products. */
bool mae_pass_set_precision(struct mae_pass *pass, enum mae_precision precision,
                            struct error *error);
/* Called in the pass's own thread between two blocks, forward and backward, from now on: for what
 * cannot wait until a large batch is through. It may run other passes, and must leave this one and
 * the weights alone. Null: nothing is called. */
typedef void mae_interlude(void *context);
void mae_pass_set_interlude(struct mae_pass *pass, mae_interlude *interlude, void *context);
/* Bytes that such a pass reserves. */
size_t mae_pass_size(const struct mae_shape *shape, int images, size_t visible, enum mae_use use);
/* Bytes of it, within a few in a hundred, that a step takes if just so many patches are visible. */
size_t mae_pass_needs(const struct mae_shape *shape, int images, size_t visible, enum mae_use use);

/* The loss of the batch. Every image needs at least one visible and one hidden patch. */
double mae_forward(struct mae_pass *pass, const struct mae *mae, const struct mae_batch *batch,
                   enum mae_extent extent);
/* Writes the gradients of the last mae_forward's loss (a training pass's) into gradients
 * [table.trained], overwriting. Uses up what the forward pass kept: once for each mae_forward. */
void mae_backward(struct mae_pass *pass, const struct mae *mae, const struct mae_batch *batch,
                  float *gradients);
/* The encoder alone, on the visible patches: afterwards mae_pass_latent is valid. */
void mae_encode(struct mae_pass *pass, const struct mae *mae, const struct mae_batch *batch);

/* After mae_encode on a training pass: the gradients of the encoder's parameters, from those of its
 * tokens before the last norm, which the caller has written into mae_pass_token_gradient. Writes
 * gradients [table.trained], overwriting: zero for what is not the encoder's, and for its last
 * norm. Once for each mae_encode. */
void mae_encode_backward(struct mae_pass *pass, const struct mae *mae, float *gradients);
/* [sum of (V_i + 1), embed_dim], packed. */
float *mae_pass_token_gradient(struct mae_pass *pass);

/* Results of the last pass, valid until the next one; owned by the pass. */
/* [N, L, P]; in normalised units if shape.norm_pix; rows of patches not predicted are zero. Laid
 * out at the first call after a pass: training steps that nobody looks at do not pay for it. */
const float *mae_pass_pred(struct mae_pass *pass);
/* [N, L]: mean squared error of each predicted patch, in the loss's units; zero elsewhere. */
const float *mae_pass_patch_error(const struct mae_pass *pass);
/* [sum of (V_i + 1), embed_dim], packed, after the encoder's last norm. */
const float *mae_pass_latent(const struct mae_pass *pass);
/* The same before that norm: what the encoder's last block made. */
const float *mae_pass_tokens(const struct mae_pass *pass);

/* images [count, C, H, W] to patches [count, L, P] and back. */
void mae_patchify(const struct mae_shape *shape, int count, const float *images, float *patches);
void mae_unpatchify(const struct mae_shape *shape, int count, const float *patches, float *images);

#endif
