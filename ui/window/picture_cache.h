/* Textures of the shown images: the five pictures of one image side by side on one texture, drawn
 * anew only when the gallery, the arm or the error scale changed. Main thread only.
 */
#ifndef MASKSCOPE_UI_WINDOW_PICTURE_CACHE_H
#define MASKSCOPE_UI_WINDOW_PICTURE_CACHE_H

#include <SDL.h>

#include "ui/picture.h"

struct picture_slot {
    SDL_Texture *texture; /* [H, PICTURE_KINDS * W] */
    uint64_t version;     /* of the gallery it shows; 0: none */
    int arm;
};

struct picture_cache {
    int images, width, height;
    struct picture_slot *slots; /* [images] */
    uint8_t *pixels;            /* one texture's */
    float *scratch;
    size_t scratch_size;
    uint64_t top_version; /* of the gallery that `top` was found for */
    double top;           /* the error scale's end */
    struct colormap map;
};

/* Makes room for the gallery's images and finds the error scale; false when out of memory. */
bool picture_cache_prepare(struct picture_cache *cache, const struct gallery *gallery);
/* The texture of an image as the arm has it; null when out of memory. */
SDL_Texture *picture_cache_texture(struct picture_cache *cache, SDL_Renderer *renderer,
                                   const struct gallery *gallery, int arm, int image);
/* Frees everything; the cache is as new. */
void picture_cache_release(struct picture_cache *cache);

#endif
