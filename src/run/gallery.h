/* The gallery: a few held-out images, and what each arm makes of them, as pictures for the display.
 * Belongs to the trainer thread; fills the struct gallery of a snapshot. A picture from anywhere
 * may be its guest: it takes the first row, until other images are asked for.
 */
#ifndef MASKSCOPE_RUN_GALLERY_H
#define MASKSCOPE_RUN_GALLERY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/file.h"
#include "data/loader.h"
#include "run/arm.h"
#include "run/inspect.h"
#include "run/picture_writer.h"
#include "run/pictures.h"

struct gallery_maker {
    const struct source *source; /* held-out images, borrowed */
    struct view_settings view;
    uint64_t seed;
    int images;      /* rows */
    uint32_t *order; /* [source->count]: in which images are shown; null: as the source has them */
    int64_t first;   /* the first image shown, counted in that order */
    uint32_t mask_round; /* how often new masks were asked for */
    bool loaded;         /* pixels are those of `first`, shown as the inspector's display says */
    float *pixels;       /* [images, C, H, W] */
    float *patches;      /* [L, P]: an original on its way to a picture */
    float *guest;        /* [C, H, W] */
    bool has_guest;
    char guest_name[64];
    int refusals; /* files that could not be guests, and why the last could not */
    char refusal[192];
    struct inspector inspector;
    struct teacher_pass teacher; /* of one image; made when the first arm needs it */
    struct picture_writer writer;
    struct view_scratch scratch;
};

/* `order` is taken over (freed with free()) and may be null. */
bool gallery_maker_init(struct gallery_maker *maker, const struct source *source,
                        const struct view_settings *view, const struct mae_shape *shape, int images,
                        uint64_t seed, uint32_t *order, struct error *error);
void gallery_maker_release(struct gallery_maker *maker);
/* Shows the images from `first` on (any number: it wraps around), and no guest. */
void gallery_show(struct gallery_maker *maker, int64_t first);
/* Takes a picture file in as the guest; exif: turned upright. One that cannot be read is a refusal,
 * which the next gallery tells, and changes nothing. */
void gallery_show_file(struct gallery_maker *maker, const char *path, bool exif);
/* How predictions of normalised targets are shown from the next gallery on. */
void gallery_set_display(struct gallery_maker *maker, enum pixel_display display);
/* Makes all pictures anew for the arms as they are; broken images are shown black and named so. */
bool gallery_make(struct gallery_maker *maker, const struct arm *arms, int count, double progress,
                  int64_t step, struct gallery *gallery, struct error *error);
/* Puts what the inspector found out about its `image` into a row of an arm; gallery->images says
 * how many rows an arm has. */
bool gallery_put(struct gallery *gallery, int arm, int row, const struct inspector *inspector,
                 int image, struct picture_writer *writer, struct error *error);

#endif
