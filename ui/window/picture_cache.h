/* Textures of shown pictures: the five pictures of one image as one arm has it side by side on one
 * texture, drawn anew only when the gallery, the image or the arm changed. Main thread only.
 */
#ifndef MASKSCOPE_UI_WINDOW_PICTURE_CACHE_H
#define MASKSCOPE_UI_WINDOW_PICTURE_CACHE_H

#include <SDL.h>

#include "ui/picture.h"

struct picture_slot {
    SDL_Texture *texture; /* [H, PICTURE_KINDS * W] */
    uint64_t version;     /* of the gallery it shows; 0: none */
    int arm, image;
    double top;
};

struct picture_cache {
    int count, width, height;
    struct picture_slot *slots; /* [count] */
    uint8_t *pixels;            /* one texture's */
    float *scratch;
    size_t scratch_size;
    uint64_t top_version; /* of the gallery that `top` was found for */
    double top;           /* the error scale's end */
    double given_top;     /* set by the owner: this is to be the end; 0: found from the gallery */
    struct colormap map;
};

/* Makes room for `count` textures of the gallery's pictures and finds the error scale; false when
 * out of memory. */
bool picture_cache_prepare(struct picture_cache *cache, const struct gallery *gallery, int count);
/* The texture in a slot, showing an image as the arm has it; null when out of memory. */
SDL_Texture *picture_cache_texture(struct picture_cache *cache, SDL_Renderer *renderer,
                                   const struct gallery *gallery, int slot, int arm, int image);
/* Frees everything; the cache is as new. */
void picture_cache_release(struct picture_cache *cache);

#endif
