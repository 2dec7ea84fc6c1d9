#include "data/cache.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "data/decode.h"

/* One decoding of an image. Once it is in a list it does not change. */
struct picture {
    const struct picture *next; /* of the same image, decoded at another scale */
    struct image image;         /* its pixels lie behind */
};

struct picture_cache {
    pthread_mutex_t mutex;
    /* Under the mutex; a new picture is its maker's own until it is in a list. */
    struct block memory;
    const struct picture **lists; /* [images], in the memory; null where there is no room for it */
    struct picture_cache_state state;
};

static size_t pixel_bytes(const struct image *image)
{
    return (size_t)image->width * (size_t)image->height * (size_t)image->channels;
}

struct picture_cache *picture_cache_new(size_t images, size_t bytes, struct error *error)
{
    struct picture_cache *cache = memory_new(1, sizeof *cache, error);
    if (!cache)
        return NULL;
    if (!block_init(&cache->memory, bytes, error)) {
        free(cache);
        return NULL;
    }
    pthread_mutex_init(&cache->mutex, NULL);
    cache->lists = block_take(&cache->memory, images * sizeof *cache->lists);
    return cache;
}

void picture_cache_free(struct picture_cache *cache)
{
    if (!cache)
        return;
    pthread_mutex_destroy(&cache->mutex);
    block_release(&cache->memory);
    free(cache);
}

/* With the mutex. */
static const struct picture *first_of(const struct picture_cache *cache, size_t index)
{
    return cache->lists ? cache->lists[index] : NULL;
}

/* Whether a decoder that is asked for so many pixels makes this picture. */
static bool answers(const struct image *image, int min_width, int min_height)
{
    return !image->eighths ||
           image->eighths ==
               decode_eighths(image->full_width, image->full_height, min_width, min_height);
}

bool picture_cache_get(struct picture_cache *cache, size_t index, int min_width, int min_height,
                       struct image *image)
{
    pthread_mutex_lock(&cache->mutex);
    const struct picture *picture = first_of(cache, index);
    pthread_mutex_unlock(&cache->mutex);
    while (picture && !answers(&picture->image, min_width, min_height))
        picture = picture->next;
    return picture && image_copy(image, &picture->image, NULL);
}

/* With the mutex. */
static bool is_kept(const struct picture_cache *cache, size_t index, int eighths)
{
    const struct picture *picture = first_of(cache, index);
    while (picture && picture->image.eighths != eighths)
        picture = picture->next;
    return picture;
}

/* Room for a picture and its pixels, or null. */
static struct picture *reserve(struct picture_cache *cache, size_t index, const struct image *image)
{
    struct picture *picture = NULL;
    pthread_mutex_lock(&cache->mutex);
    if (cache->lists && !is_kept(cache, index, image->eighths))
        picture = block_take(&cache->memory, sizeof *picture + pixel_bytes(image) + IMAGE_PADDING);
    pthread_mutex_unlock(&cache->mutex);
    return picture;
}

void picture_cache_put(struct picture_cache *cache, size_t index, const struct image *image)
{
    struct picture *picture = reserve(cache, index, image);
    if (!picture)
        return;
    picture->image = *image;
    picture->image.encoded = (struct text){0};
    picture->image.pixels = (uint8_t *)(picture + 1);
    memcpy(picture->image.pixels, image->pixels, pixel_bytes(image));
    pthread_mutex_lock(&cache->mutex);
    picture->next = cache->lists[index];
    cache->lists[index] = picture;
    cache->state.pictures++;
    cache->state.images += !picture->next;
    pthread_mutex_unlock(&cache->mutex);
}

struct picture_cache_state picture_cache_state(struct picture_cache *cache)
{
    pthread_mutex_lock(&cache->mutex);
    struct picture_cache_state state = cache->state;
    state.bytes = cache->memory.used;
    pthread_mutex_unlock(&cache->mutex);
    return state;
}
