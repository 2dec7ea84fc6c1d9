/* Resizing part of a picture: bicubic (a = -0.5) with antialiasing, bit for bit as Pillow resizes
 * 8-bit pictures and so as torchvision's resize and random-resized crop do.
 *
 * R. G. Keys: Cubic Convolution Interpolation for Digital Image Processing (IEEE Trans. ASSP 1981),
 * stretched by the scale when it shrinks. Two passes, first along rows and then along columns, in
 * 22-bit fixed point, rounded to 8 bits after each.
 */
#ifndef MASKSCOPE_DATA_RESAMPLE_H
#define MASKSCOPE_DATA_RESAMPLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "data/image.h"

/* In pixels of the source, edges between pixels: (0, 0, width, height) is all of it. */
struct resample_box {
    double x0, y0, x1, y1;
};

/* Memory that is used again from call to call; all-zero is empty. */
struct resample_memory {
    void *bytes;
    size_t size;
};

/* The box of source, width x height pixels large, into *target (same channels; full_width and
 * full_height are its own). The box must lie within the source and not be empty. Pixels that the
 * box does not touch have no influence, as when one crops before resizing. Channels are
 * independent. ERROR_SYSTEM. */
bool resample(const struct image *source, const struct resample_box *box, int width, int height,
              struct image *target, struct resample_memory *memory, struct error *error);
void resample_memory_release(struct resample_memory *memory);

#endif
