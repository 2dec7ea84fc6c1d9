/* Decoded pictures kept in memory, so that later epochs need not decode or draw them again.
 *
 * The first that fit are kept and none is given up for another: an epoch takes each image once, in
 * a new order, so that no choice of pictures would be asked for more often than they are. What is
 * handed out is, bit for bit, what the decoder would make. All of it lies in one reservation of the
 * budget's size, which becomes resident as it fills.
 */
#ifndef MASKSCOPE_DATA_CACHE_H
#define MASKSCOPE_DATA_CACHE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "data/image.h"

struct picture_cache;

/* For pictures of images 0 .. images - 1, in `bytes` of memory at most. Null with *error set. */
struct picture_cache *picture_cache_new(size_t images, size_t bytes, struct error *error);
void picture_cache_free(struct picture_cache *cache);

/* What decoding an image with that request (see source_read) would make, into *image. False: it is
 * not kept. Any thread. */
bool picture_cache_get(struct picture_cache *cache, size_t index, int min_width, int min_height,
                       struct image *image);
/* Keeps a copy of what a decoder made, if there is room for it. Any thread. */
void picture_cache_put(struct picture_cache *cache, size_t index, const struct image *image);

struct picture_cache_state {
    size_t pictures, images; /* kept; images of which there is a picture */
    size_t bytes;            /* in use */
};
/* Any thread. */
struct picture_cache_state picture_cache_state(struct picture_cache *cache);

#endif
