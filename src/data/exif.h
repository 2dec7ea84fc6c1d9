/* The orientation that a camera notes in a picture's EXIF block, and turning pictures by it. */
#ifndef MASKSCOPE_DATA_EXIF_H
#define MASKSCOPE_DATA_EXIF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "data/image.h"

enum { EXIF_UPRIGHT = 1, EXIF_TRANSPOSED = 5 }; /* from 5 on, width and height change places */

/* Tag 0x0112 of the first directory of a TIFF block (EXIF 2.3, 4.6.4), 1 .. 8; EXIF_UPRIGHT where
 * it is missing or the block is damaged. */
int exif_orientation(const uint8_t *tiff, size_t size);

/* Turns and mirrors the picture so that it is upright. */
bool exif_apply(struct image *image, int orientation, struct error *error);

#endif
