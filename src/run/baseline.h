/* Predictions that need no model, for comparison: every hidden patch filled with the mean of the
 * image's visible pixels, or with visible patches' means interpolated by inverse distance.
 *
 * Patches are rows [L, P] as mae_patchify makes them, the channel fastest. Masks [L]: 1 = hidden.
 * Plain functions, any thread.
 */
#ifndef MASKSCOPE_RUN_BASELINE_H
#define MASKSCOPE_RUN_BASELINE_H

#include <stdint.h>

#include "nn/mae.h"

enum baseline { BASELINE_VISIBLE_MEAN, BASELINE_INVERSE_DISTANCE, BASELINES };
enum { BASELINE_SCRATCH = 4 }; /* floats of scratch memory for each patch */
const char *baseline_name(enum baseline baseline);

/* Shepard's interpolation (1968), weight 1 / distance^2: rows of values [L, width] that are hidden
 * are replaced by the weighted mean of the visible ones; distances in patches. */
void interpolate_hidden(const struct mae_shape *shape, const uint8_t *mask, int width,
                        float *values);

/* Mean over the hidden patches of the mean squared error of the baseline's prediction, channel by
 * channel constant within a patch. scratch [L, BASELINE_SCRATCH]. patch_mse [L] is given each
 * hidden patch's part; null: not wanted. */
double baseline_mse(enum baseline baseline, const struct mae_shape *shape, const float *patches,
                    const uint8_t *mask, float *scratch, float *patch_mse);

/* Predictions pred [L, P] of a model with normalised targets, to pixel units: visible patches by
 * their own mean and variance, hidden ones by those interpolated from the visible. (With a hidden
 * patch's true mean and variance the answer would leak.) scratch [L, BASELINE_SCRATCH]. */
void denormalise_by_neighbours(const struct mae_shape *shape, const float *patches,
                               const uint8_t *mask, float *pred, float *scratch);

#endif
