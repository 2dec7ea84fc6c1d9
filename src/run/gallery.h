/* The gallery: a few held-out images, and what each arm makes of them, as pictures for the display.
 * Belongs to the trainer thread; fills the struct gallery of a snapshot.
 */
#ifndef MASKSCOPE_RUN_GALLERY_H
#define MASKSCOPE_RUN_GALLERY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "data/loader.h"
#include "run/arm.h"
#include "run/inspect.h"
#include "run/snapshot.h"

struct gallery_maker {
    const struct source *source; /* held-out images, borrowed */
    struct view_settings view;
    uint64_t seed;
    int images;      /* rows */
    uint32_t *order; /* [source->count]: in which images are shown; null: as the source has them */
    int64_t first;   /* the first image shown, counted in that order */
    uint32_t mask_round; /* how often new masks were asked for */
    bool loaded;         /* pixels are those of `first` */
    float *pixels;       /* [images, C, H, W] */
    float *unfolded;     /* [C, H, W]: a prediction on its way to a picture */
    struct inspector inspector;
    struct teacher_pass teacher; /* of one image; made when the first arm needs it */
    struct view_scratch scratch;
    struct image picture;
};

/* `order` is taken over (freed with free()) and may be null. */
bool gallery_maker_init(struct gallery_maker *maker, const struct source *source,
                        const struct view_settings *view, const struct mae_shape *shape, int images,
                        uint64_t seed, uint32_t *order, struct error *error);
void gallery_maker_release(struct gallery_maker *maker);
/* Shows the images from `first` on (any number: it wraps around). */
void gallery_show(struct gallery_maker *maker, int64_t first);
/* Makes all pictures anew for the arms as they are; broken images are shown black and named so. */
bool gallery_make(struct gallery_maker *maker, const struct arm *arms, int count, double progress,
                  int64_t step, struct gallery *gallery, struct error *error);

#endif
