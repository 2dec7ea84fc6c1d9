/* Pictures for a display: a few images, and what some arms make of them, ready to be shown.
 *
 * A gallery owns its memory and belongs to whoever made it; as part of a snapshot, to the
 * snapshot's channel. Plain data: no thread of its own.
 */
#ifndef MASKSCOPE_RUN_PICTURES_H
#define MASKSCOPE_RUN_PICTURES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "nn/mae.h"

/* How predictions of a model with normalised targets become pictures. */
enum pixel_display {
    PIXELS_NEIGHBOURS, /* with the mean and spread of the visible neighbours: nothing leaks */
    PIXELS_RAW,        /* as they are: every patch about its own mean, originals too */
    PIXELS_ORACLE,     /* with the hidden patches' true mean and spread, which leaks the answer */
    PIXELS_DISPLAYS
};
/* "neighbours", "raw", "oracle"; null past the last. */
const char *pixel_display_name(int display);
/* What must stand beside such pictures. */
const char *pixel_display_label(enum pixel_display display);

/* Pictures are [H, W, 3] 8-bit, already in display colours (gray is repeated, alpha dropped). */
struct gallery {
    uint64_t version; /* grows when anything below changed */
    int64_t step;     /* at which it was made; -1: not yet */
    int images;       /* rows */
    int arms;
    int width, height, patch, patches;
    bool norm_pix;              /* the model's targets are normalised; then: */
    enum pixel_display display; /* how they are shown, and what units errors are in */
    int64_t first;              /* the first, counted in the order in which they are shown */
    int64_t held_out;           /* how many held-out images there are */
    bool guest;                 /* row 0 is a file that somebody dropped, and `first` is in row 1 */
    int refusals;               /* how many dropped files could not be shown */
    char refusal[192];          /* why, of the last one */
    char (*names)[64];          /* [images] */
    int *labels;                /* [images], -1: none */
    char (*classes)[32];        /* [images]: the name of the label; "" where there is none */
    uint8_t *original;          /* [images, H, W, 3] */
    uint8_t *mask;              /* [arms, images, patches], 1 = hidden */
    uint8_t *prediction;        /* [arms, images, H, W, 3], the model's output for every patch */
    float *patch_mse; /* [arms, images, patches]: hidden patches, in pixel units (PIXELS_RAW:
                         normalised ones); NaN elsewhere */
    float *mse;       /* [arms, images], mean over the hidden patches */
};

/* Room for `images` rows and `arms` arms; no picture yet. */
bool gallery_init(struct gallery *gallery, const struct mae_shape *shape, int images, int arms,
                  struct error *error);
void gallery_release(struct gallery *gallery);
/* Copies the contents but not the pointers, and only if the versions differ. `to` has the room. */
void gallery_copy(struct gallery *to, const struct gallery *from);

#endif
