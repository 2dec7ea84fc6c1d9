/* Views: how a picture becomes the input of a model. A part of it is cut out, resized (bicubic with
 * antialiasing, as torchvision does), perhaps mirrored, and normalised.
 */
#ifndef MASKSCOPE_DATA_VIEW_H
#define MASKSCOPE_DATA_VIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/random.h"
#include "data/image.h"
#include "data/resample.h"
#include "data/source.h"

enum crop_kind {
    CROP_RANDOM_RESIZED, /* a random part: GoogLeNet's, as torchvision's RandomResizedCrop draws it
                          */
    CROP_CENTER,         /* the largest centred part of the view's shape */
    CROP_SQUASH,         /* all of it, the shape be what it may */
    CROP_KINDS
};

enum { VIEW_CHANNELS_LIMIT = 4 };

/* How a picture becomes an input. Plain data. */
struct view_settings {
    int width, height, channels; /* channels: 1 gray, 3 RGB, 4 RGBA */
    enum crop_kind crop;
    double min_scale; /* random-resized: area share in [min_scale, 1], aspect 3/4 .. 4/3 */
    bool flip;        /* random-resized: mirrored for half of the draws */
    /* per channel, of values in [0, 1] */
    float mean[VIEW_CHANNELS_LIMIT], deviation[VIEW_CHANNELS_LIMIT];
};

/* Pictures and memory that are used again from call to call, so that a warm one allocates nothing.
 * All-zero is empty; belongs to one thread. */
struct view_scratch {
    struct image decoded, resized;
    struct resample_memory memory;
};
void view_scratch_release(struct view_scratch *scratch);

/* One image as a deterministic view (CROP_RANDOM_RESIZED counts as CROP_CENTER), for evaluation and
 * display: values [channels, height, width]. Any thread. Errors as source_read. */
bool view_read(const struct source *source, size_t index, const struct view_settings *view,
               struct view_scratch *scratch, float *values, struct error *error);
/* The same of a picture already in memory; its contents are converted in place. */
bool view_of_image(struct image *image, const struct view_settings *view,
                   struct view_scratch *scratch, float *values, struct error *error);
/* One image as training sees it: part and mirroring drawn from *random, by a pure function of its
 * draws and of the image. */
bool view_draw(const struct source *source, size_t index, const struct view_settings *view,
               struct random *random, struct view_scratch *scratch, float *values,
               struct error *error);

/* Normalised values [channels, height, width] back to 8-bit pixels, clipped and rounded. */
bool view_to_image(const float *values, const struct view_settings *view, struct image *image,
                   struct error *error);

#endif
