/* Decoded images: 8-bit, interleaved rows, top row first. */
#ifndef MASKSCOPE_DATA_IMAGE_H
#define MASKSCOPE_DATA_IMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

/* A reusable picture: image_resize keeps the memory when it is large enough. */
struct image {
    int width, height;
    int channels;    /* 1 gray, 3 RGB, 4 RGBA */
    uint8_t *pixels; /* [height, width, channels], owned */
    size_t capacity;
};

/* Contents undefined afterwards. */
bool image_resize(struct image *image, int width, int height, int channels, struct error *error);
void image_release(struct image *image);
/* To another number of channels, as Pillow's convert does: gray from RGB by ITU-R 601-2 luma in 16-bit
 * fixed point, alpha dropped or opaque. */
bool image_convert(struct image *image, int channels, struct error *error);

/* Writes an 8-bit PNG atomically; text is a null-terminated list of keyword, value pairs for its text
 * chunks, or null. ERROR_CREATE, ERROR_IO. */
bool image_write_png(const struct image *image, const char *path, const char *const *text,
                     struct error *error);

#endif
