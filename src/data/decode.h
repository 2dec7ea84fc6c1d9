/* From the bytes of a JPEG or PNG file to pixels. What a file is, its content says, not its name.
 *
 * Gray stays 1 channel; palettes become RGB; transparency of any kind makes 4 channels; CMYK
 * becomes RGB; 16-bit samples keep their high byte. Any thread, each with its own image.
 */
#ifndef MASKSCOPE_DATA_DECODE_H
#define MASKSCOPE_DATA_DECODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "data/image.h"

/* A file of a few bytes can claim any size: what is larger is refused before memory is taken. */
enum { DECODE_PIXEL_LIMIT = 64 << 20, DECODE_FILE_LIMIT = 256 << 20 };

struct decode_request {
    int min_width, min_height; /* scaling may leave no less than twice these; 0: full size */
    bool exif;                 /* turn the picture as its EXIF orientation says */
};

/* ERROR_DATA says what is wrong with the bytes. */
bool decode_image(const uint8_t *bytes, size_t size, const struct decode_request *request,
                  struct image *image, struct error *error);
/* The same of a file, which is read whole into image->encoded; errors name it. */
bool decode_file(const char *path, const struct decode_request *request, struct image *image,
                 struct error *error);

/* One format each, called by decode_image. */
bool decode_jpeg(const uint8_t *bytes, size_t size, const struct decode_request *request,
                 struct image *image, struct error *error);
bool decode_png(const uint8_t *bytes, size_t size, const struct decode_request *request,
                struct image *image, struct error *error);

/* The scale at which a JPEG picture of that size is decoded, in eighths: the smallest that leaves
 * both sides at least twice what is wanted. */
int decode_eighths(int width, int height, int min_width, int min_height);

/* ERROR_DATA when a picture of that size is over DECODE_PIXEL_LIMIT. */
bool decode_check_size(uint32_t width, uint32_t height, struct error *error);

#endif
