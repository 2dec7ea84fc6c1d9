/* The masks of a batch, and the lists of visible patches that a model takes.
 *
 * Images are drawn one at a time, those of different lanes in parallel: image i of a training batch
 * is drawn in lane i / MASK_LANE_IMAGES. Allocates only in mask_batch_init and mask_batch_prepare.
 */
#ifndef MASKSCOPE_RUN_MASK_BATCH_H
#define MASKSCOPE_RUN_MASK_BATCH_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "mask/mask.h"
#include "nn/mae.h"
#include "run/guide.h"

enum { MASK_LANE_IMAGES = 8 };

struct mask_batch {
    struct mask_drawer *drawer;
    struct mae_shape shape;
    int lanes;                  /* 1 + (capacity - 1) / MASK_LANE_IMAGES */
    struct guide_maker *makers; /* [lanes] */
    int *clamped;               /* [lanes]: masks of the lane whose ratio had to be clamped */
    int patches;                /* L */
    int capacity;               /* images */
    uint8_t *masks;             /* [capacity, L] */
    int *visible;               /* [capacity * L] */
    int *offsets;               /* [capacity + 1] */
};
/* For batches of up to `capacity` images. */
bool mask_batch_init(struct mask_batch *masks, const struct mae_shape *shape, int capacity,
                     struct error *error);
void mask_batch_release(struct mask_batch *masks);
/* Makes ready to draw with a choice that may be new: see mask_drawer_prepare. */
bool mask_batch_prepare(struct mask_batch *masks, const struct mask_choice *choice,
                        struct error *error);
/* Draws the mask of image `place` of the batch, whose pixels are [C, H, W], as key says; its
 * guides, if any, are those of a model. Returns the number hidden. *clamped may be null. Different
 * threads may draw in different lanes (key->lane). */
int mask_batch_draw(struct mask_batch *masks, int place, const struct mask_choice *choice,
                    double progress, const struct mask_key *key, const float *pixels,
                    bool *clamped);
/* The visible lists and offsets from the masks of the first `images`. */
void mask_batch_list(struct mask_batch *masks, int images);

#endif
