/* Masks of a batch: ratio law -> hidden count -> strategy -> visible lists for the model. */
#ifndef MASKSCOPE_MASK_MASK_H
#define MASKSCOPE_MASK_MASK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "mask/ratio.h"
#include "mask/strategy.h"

/* All of an arm's mask settings. Plain data. */
struct mask_choice {
    struct strategy_choice strategy;
    struct ratio_choice ratio;
};

/* M for a ratio: L - floor(L * (1 - ratio)), held to 1 .. L - 1; *clamped is set when it had to be
 * (null if the caller does not care). The product is nudged by 1e-9 so that 1 - 0.9 of 10 patches
 * leaves 1, as decimal arithmetic has it. */
int mask_hidden_count(int patches, double ratio, bool *clamped);

/* Appends the ratio law, or "its own" where the strategy does not heed it. */
void mask_choice_write_ratio(const struct mask_choice *choice, struct text *text);
/* Makes the choice mean the same wherever and whenever it is read again: the path of a file of
 * masks becomes absolute, and a digest of its masks goes with it, so that others are refused from
 * then on. What has both stays as it is. ERROR_INPUT, ERROR_DATA. */
bool mask_choice_resolve(struct mask_choice *choice, int grid_height, int grid_width,
                         struct error *error);

struct mask_drawer;
/* Draws masks for one grid; owns the scratch memory and the masks of files. One thread at a time in
 * each lane. */
/* Null with *error set: ERROR_DATA for a grid of fewer than 2 or more than MASK_PATCH_LIMIT
 * patches. */
struct mask_drawer *mask_drawer_new(int grid_height, int grid_width, struct error *error);
void mask_drawer_free(struct mask_drawer *drawer);
/* Lets that many threads draw at a time, each in a lane of its own (mask_key.lane). At first there
 * is one. Not while anybody draws. */
bool mask_drawer_set_lanes(struct mask_drawer *drawer, int lanes, struct error *error);
/* Reads what the choice needs besides numbers, the masks of its file, unless the drawer has them.
 * Must come before mask_draw with a choice that may be new. ERROR_INPUT, ERROR_DATA. */
bool mask_drawer_prepare(struct mask_drawer *drawer, const struct mask_choice *choice,
                         struct error *error);
/* Whether masks of this grid can be drawn: what mask_drawer_new and mask_drawer_prepare would say.
 */
bool mask_choice_check(const struct mask_choice *choice, int grid_height, int grid_width,
                       struct error *error);

/* Which image's mask, for what: the streams of base/random.h are taken from the first four, and the
 * mask depends on nothing else, but for what is drawn per batch (ratio.h) and guides. */
struct mask_key {
    uint64_t seed;
    enum random_stream stream; /* RANDOM_MASK, RANDOM_PROBE_MASK or RANDOM_SHOWN_MASK */
    uint32_t epoch, image;
    uint32_t batch;                   /* the batch's number */
    uint32_t batch_images, place;     /* its size, 0 for an image on its own; which of them it is */
    const struct mask_guides *guides; /* null: none; see strategy_choice_guides */
    int lane;                         /* of the drawer's; makes no difference to the mask */
};

/* Draws one mask [L]; returns the number hidden. *clamped may be null. For RANDOM_MASK the ratio
 * comes from the stream RANDOM_RATIO, so changing the strategy does not change the ratios drawn;
 * for the other streams it comes from the same stream as the mask, before it. */
int mask_draw(struct mask_drawer *drawer, const struct mask_choice *choice, double progress,
              const struct mask_key *key, uint8_t *mask, bool *clamped);

/* Appends the visible patches of mask [L] in raster order to visible[] and returns how many. */
int mask_visible(const uint8_t *mask, int patches, int *visible);

#endif
