/* Where errors lie: by distance to the nearest visible patch and by position on the grid, gathered
 * patch by patch during an evaluation and kept small: for each predictor and cell (a strategy with
 * a ratio) a mean for each image and distance, and one for each position over the images.
 *
 * One thread at a time. Allocates only in profile_init.
 */
#ifndef MASKSCOPE_RUN_PROFILE_H
#define MASKSCOPE_RUN_PROFILE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "nn/mae.h"

/* Distances in patches, centre to centre, rounded to whole ones: 1 is also a diagonal neighbour
 * (1.41), 2 begins at 1.5; the last holds whatever is farther. */
enum { DISTANCE_BINS = 8 };

struct profile {
    int predictors, cells, images, patches;
    float *distance_mse;   /* [predictors][cells][images][DISTANCE_BINS]; NaN: no such patch */
    int *distance_patches; /* [cells][images][DISTANCE_BINS]: hidden patches, of all masks */
    /* Over the images in which the patch was hidden, of its mean over those masks. */
    double *position_sum, *position_squares; /* [predictors][cells][patches] */
    int *position_images;                    /* [cells][patches] */
    struct profile_scratch *scratch;
};

/* `chunk`: the most images between profile_begin and profile_fold. ERROR_SYSTEM. */
bool profile_init(struct profile *profile, int predictors, int cells, int images, int chunk,
                  const struct mae_shape *shape, struct error *error)
    __attribute__((warn_unused_result));
void profile_release(struct profile *profile);

/* A cell's chunk: begin; for each round of masks profile_mask each slot's, then profile_add each
 * predictor's errors patch_mse [L] under it, of which only hidden patches are read; at last fold
 * into the image numbers [count] that the slots hold. */
void profile_begin(struct profile *profile);
void profile_mask(struct profile *profile, int slot, const uint8_t *mask);
void profile_add(struct profile *profile, int predictor, int slot, const float *patch_mse);
void profile_fold(struct profile *profile, int cell, const int *images, int count);

/* Index into distance_mse (predictor 0: into distance_patches) of the first bin. */
size_t profile_image(const struct profile *profile, int predictor, int cell, int image);
/* Index into position_sum (predictor 0: into position_images) of the first patch. */
size_t profile_grid(const struct profile *profile, int predictor, int cell);

#endif
