/* Decoded images: 8-bit, interleaved rows, top row first. */
#ifndef MASKSCOPE_DATA_IMAGE_H
#define MASKSCOPE_DATA_IMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/text.h"

/* A reusable picture: image_resize keeps the memory when it is large enough. All-zero is an empty
 * one. */
struct image {
    int width, height;
    int channels;    /* 1 gray, 3 RGB, 4 RGBA */
    uint8_t *pixels; /* [height, width, channels], owned; IMAGE_PADDING bytes more may be read */
    size_t capacity;
    int full_width, full_height; /* before a decoder scaled it; else width and height */
    int eighths;         /* the scale that a decoder chose, of those it has; 0: it has but one */
    int warnings;        /* oddities that the decoder got over */
    struct text encoded; /* the file it was decoded from, kept to use its memory again */
};

/* Kernels may load whole vectors at the last pixel. */
enum { IMAGE_PADDING = 64 };

/* Contents undefined afterwards; full_width and what follows are those of a new picture. */
bool image_resize(struct image *image, int width, int height, int channels, struct error *error);
/* A picture like another, but for the file it came from. ERROR_SYSTEM. */
bool image_copy(struct image *image, const struct image *other, struct error *error);
void image_release(struct image *image);
/* To another number of channels, as Pillow's convert does: gray from RGB by ITU-R 601-2 luma in
 * 16-bit fixed point, alpha dropped or opaque. In place; full_width and the like stay. */
bool image_convert(struct image *image, int channels, struct error *error);

/* Writes an 8-bit PNG atomically; text is a null-terminated list of keyword, value pairs for its
 * text chunks, or null. ERROR_CREATE, ERROR_IO. */
bool image_write_png(const struct image *image, const char *path, const char *const *text,
                     struct error *error);
/* The same with the size at which it is to be printed; pixels_per_inch 0: not said. */
bool image_write_png_sized(const struct image *image, const char *path, const char *const *text,
                           double pixels_per_inch, struct error *error);

#endif
