/* Looking at a model: what it predicts for given images under given masks, in pixel units (those of
 * the normalised input) unless asked for raw ones, and how far off it is. For evaluation, the
 * display and `reconstruct`.
 */
#ifndef MASKSCOPE_RUN_INSPECT_H
#define MASKSCOPE_RUN_INSPECT_H

#include <stdbool.h>

#include "base/error.h"
#include "nn/mae.h"
#include "run/arm.h"
#include "run/pictures.h"

/* One thread at a time; allocates only in inspector_init. */
struct inspector {
    struct mae_shape shape;
    int capacity;               /* images of one call */
    enum pixel_display display; /* of a model with normalised targets; at first by neighbours */
    struct mae_pass *pass;
    struct mask_batch masks; /* the caller draws into masks.masks [capacity, L] before a call */
    float *patches;          /* [capacity, L, P]: the images */
    float *pred; /* [capacity, L, P]: predictions; those of normalised targets as `display` says */
    float
        *patch_mse; /* [capacity, L]: hidden patches, in the units of pred; NaN for visible ones */
    double *mse;    /* [capacity]: mean over the hidden patches of patch_mse */
    double *loss;   /* [capacity]: the same in the units of the model's loss */
    float *scratch;
};

bool inspector_init(struct inspector *inspector, const struct mae_shape *shape, int capacity,
                    struct error *error);
void inspector_release(struct inspector *inspector);

/* Fills patches from pixels [images, C, H, W]; 1 <= images <= capacity. */
void inspector_load(struct inspector *inspector, const float *pixels, int images);
/* Predicts the loaded images under the first `images` masks and fills pred, patch_mse, mse and
 * loss. With MAE_HIDDEN_PATCHES the rows of pred for visible patches mean nothing. */
void inspector_run(struct inspector *inspector, const struct mae *mae, const float *pixels,
                   int images, enum mae_extent extent);
/* patches [L, P] of one image, each normalised as a model's targets are. */
void normalise_patches(const struct mae_shape *shape, const float *patches, float *normalised);

#endif
