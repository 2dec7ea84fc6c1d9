/* Between images and rows of patches: what enters the encoder, what the decoder is to predict, and
 * how far off it is.
 */
#ifndef MASKSCOPE_NN_PATCHES_H
#define MASKSCOPE_NN_PATCHES_H

#include <stdbool.h>
#include <stddef.h>

#include "nn/mae.h"

/* values [C * patch * patch] of one patch in the order of patch_embed's weight: channel by channel,
 * row by row. image [C, H, W]. */
void patch_gather(float *values, const struct mae_shape *shape, const float *image, int patch);
/* values [P] of one patch in the order of predictions: row by row, the channel fastest. */
void patch_target(float *values, const struct mae_shape *shape, const float *image, int patch);
/* values become (values - mean) / sqrt(unbiased variance + 1e-6); count >= 2. */
void patch_normalise(float *values, size_t count);

/* The mean of (pred - target)^2 over `count` values. */
float patch_error(const float *pred, const float *target, size_t count);
/* gradient = scale * (pred - target). */
void patch_error_gradient(float *gradient, const float *pred, const float *target, float scale,
                          size_t count);

#endif
