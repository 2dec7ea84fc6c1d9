/* What an arm's masks have been like since its mask was last set: the newest ones, and coverage
 * over all of them. The trainer watches, a snapshot carries the display, both faces draw it.
 */
#ifndef MASKSCOPE_RUN_MASK_DISPLAY_H
#define MASKSCOPE_RUN_MASK_DISPLAY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "mask/coverage.h"

enum {
    MASK_EXAMPLES = 24,
    MASK_RATIO_BINS = 50,
    MASK_WATCHED = 16, /* masks of a batch that are measured: looking must not slow training down */
};

struct mask_display {
    uint64_t version; /* grows when anything below changed; 0: nothing yet */
    int grid_height, grid_width;
    int64_t since; /* steps done when the mask was set */
    int examples;
    uint8_t *masks; /* [MASK_EXAMPLES, L], owned: the first of the newest batch; 1 = hidden */
    struct coverage_measures measures;
    struct coverage_histogram histogram; /* of the ratios: of the grid, the same from the start */
    double ratios[MASK_RATIO_BINS];      /* [histogram.bins]: share of the masks */
    float *inclusion; /* [L], owned: share of the masks in which a position is hidden */
};
bool mask_display_init(struct mask_display *display, int grid_height, int grid_width,
                       struct error *error);
void mask_display_release(struct mask_display *display);
/* Copies the contents, not the pointers, if they are of another version. */
void mask_display_copy(struct mask_display *to, const struct mask_display *from);

/* The trainer's side. All-zero: nothing is watched, and the calls below do nothing. */
struct mask_watch {
    struct coverage coverage;
    int64_t since;
    int examples;
    uint8_t *masks; /* [MASK_EXAMPLES, L], owned */
    bool changed;   /* since it was last shown */
};
bool mask_watch_init(struct mask_watch *watch, int grid_height, int grid_width,
                     struct error *error);
void mask_watch_release(struct mask_watch *watch);
/* Forgets the masks: those of steps after `step` have another law. */
void mask_watch_clear(struct mask_watch *watch, int64_t step);
/* The masks [images, L] of a batch. Allocates nothing. */
void mask_watch_add(struct mask_watch *watch, const uint8_t *masks, int images);
void mask_watch_show(struct mask_watch *watch, struct mask_display *display);

#endif
