/* From a model's numbers to pictures for the eye: normalised values, or rows of patches, to 8-bit
 * display colours. One owner, one thread; a warm one allocates nothing.
 */
#ifndef MASKSCOPE_RUN_PICTURE_WRITER_H
#define MASKSCOPE_RUN_PICTURE_WRITER_H

#include <stdbool.h>
#include <stdint.h>

#include "data/view.h"
#include "run/pictures.h"

struct picture_writer {
    struct mae_shape shape;
    struct view_settings view;
    struct image image;
    float *values; /* [C, H, W] */
};

bool picture_writer_init(struct picture_writer *writer, const struct mae_shape *shape,
                         const struct view_settings *view, struct error *error);
void picture_writer_release(struct picture_writer *writer);

/* Values [C, H, W] of an input, to rgb [H, W, 3]. */
bool picture_write_values(struct picture_writer *writer, const float *values, uint8_t *rgb,
                          struct error *error);
/* Rows of patches [L, P] in an input's units, or, if `raw`, normalised patch by patch: then their
 * mean is middle grey, and black and white are PICTURE_RAW_SPREAD standard deviations off. */
enum { PICTURE_RAW_SPREAD = 3 };
bool picture_write_patches(struct picture_writer *writer, const float *patches, bool raw,
                           uint8_t *rgb, struct error *error);

#endif
