#include "data/image.h"

#include <stdlib.h>
#include <string.h>

enum { OPAQUE = 255 };

bool image_resize(struct image *image, int width, int height, int channels, struct error *error)
{
    size_t size = (size_t)width * (size_t)height * (size_t)channels;
    if (size > image->capacity || !image->pixels) {
        uint8_t *pixels = malloc(size + IMAGE_PADDING);
        if (!pixels)
            return error_set(error, ERROR_SYSTEM, "out of memory for a picture of %d x %d", width,
                             height);
        free(image->pixels);
        image->pixels = pixels;
        image->capacity = size;
    }
    image->width = image->full_width = width;
    image->height = image->full_height = height;
    image->channels = channels;
    image->eighths = 0;
    image->warnings = 0;
    return true;
}

bool image_copy(struct image *image, const struct image *other, struct error *error)
{
    if (!image_resize(image, other->width, other->height, other->channels, error))
        return false;
    image->full_width = other->full_width;
    image->full_height = other->full_height;
    image->eighths = other->eighths;
    image->warnings = other->warnings;
    memcpy(image->pixels, other->pixels,
           (size_t)other->width * (size_t)other->height * (size_t)other->channels);
    return true;
}

void image_release(struct image *image)
{
    free(image->pixels);
    text_release(&image->encoded);
    *image = (struct image){0};
}

/* ITU-R 601-2 luma in 16-bit fixed point, rounded: .299 R + .587 G + .114 B. */
static uint8_t luma(const uint8_t *rgb)
{
    return (uint8_t)((19595u * rgb[0] + 38470u * rgb[1] + 7471u * rgb[2] + 0x8000u) >> 16);
}

static void convert_pixel(const uint8_t *from, int from_channels, uint8_t *to, int to_channels)
{
    uint8_t rgba[4] = {from[0], from[0], from[0], OPAQUE};
    if (from_channels >= 3)
        memcpy(rgba, from, (size_t)from_channels);
    if (to_channels >= 3)
        memcpy(to, rgba, (size_t)to_channels);
    else
        to[0] = from_channels >= 3 ? luma(rgba) : from[0];
}

bool image_convert(struct image *image, int channels, struct error *error)
{
    int from = image->channels;
    size_t count = (size_t)image->width * (size_t)image->height;
    if (channels == from)
        return true;
    if (channels > from && count * (size_t)channels > image->capacity) {
        uint8_t *pixels = realloc(image->pixels, count * (size_t)channels + IMAGE_PADDING);
        if (!pixels)
            return error_set(error, ERROR_SYSTEM, "out of memory for a picture of %d x %d",
                             image->width, image->height);
        image->pixels = pixels;
        image->capacity = count * (size_t)channels;
    }
    uint8_t *pixels = image->pixels;
    /* In place: towards the front when pixels shrink, from the back when they grow. */
    if (channels < from)
        for (size_t i = 0; i < count; i++)
            convert_pixel(pixels + i * (size_t)from, from, pixels + i * (size_t)channels, channels);
    else
        for (size_t i = count; i-- > 0;)
            convert_pixel(pixels + i * (size_t)from, from, pixels + i * (size_t)channels, channels);
    image->channels = channels;
    return true;
}
