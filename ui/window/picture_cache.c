#include "ui/window/picture_cache.h"

#include <stdlib.h>

#include "base/memory.h"

void picture_cache_release(struct picture_cache *cache)
{
    for (int i = 0; cache->slots && i < cache->count; i++)
        if (cache->slots[i].texture)
            SDL_DestroyTexture(cache->slots[i].texture);
    free(cache->slots);
    free(cache->pixels);
    free(cache->scratch);
    *cache = (struct picture_cache){0};
}

static bool make_room(struct picture_cache *cache, const struct gallery *gallery, int count)
{
    if (cache->slots && cache->count == count && cache->width == gallery->width &&
        cache->height == gallery->height)
        return true;
    double given_top = cache->given_top;
    picture_cache_release(cache);
    cache->given_top = given_top;
    cache->count = count;
    cache->width = gallery->width;
    cache->height = gallery->height;
    colormap_init(&cache->map);
    size_t picture = 3 * (size_t)gallery->width * (size_t)gallery->height;
    cache->slots = memory_new((size_t)count, sizeof *cache->slots, NULL);
    cache->pixels = memory_new(PICTURE_KINDS, picture, NULL);
    if (cache->slots && cache->pixels)
        return true;
    picture_cache_release(cache);
    return false;
}

static bool find_top(struct picture_cache *cache, const struct gallery *gallery)
{
    if (cache->given_top > 0) {
        cache->top = cache->given_top;
        return true;
    }
    if (cache->top_version == gallery->version)
        return true;
    size_t size = (size_t)gallery->arms * (size_t)gallery->images * (size_t)gallery->patches;
    if (size > cache->scratch_size) {
        free(cache->scratch);
        cache->scratch = memory_new(size, sizeof *cache->scratch, NULL);
        cache->scratch_size = cache->scratch ? size : 0;
        if (!cache->scratch)
            return false;
    }
    cache->top = picture_error_top(gallery, cache->scratch);
    cache->top_version = gallery->version;
    return true;
}

bool picture_cache_prepare(struct picture_cache *cache, const struct gallery *gallery, int count)
{
    return make_room(cache, gallery, count) && find_top(cache, gallery);
}

static SDL_Texture *new_texture(SDL_Renderer *renderer, const struct gallery *gallery)
{
    SDL_Texture *texture =
        SDL_CreateTexture(renderer, SDL_PIXELFORMAT_RGB24, SDL_TEXTUREACCESS_STATIC,
                          PICTURE_KINDS * gallery->width, gallery->height);
    if (texture)
        SDL_SetTextureScaleMode(texture, SDL_ScaleModeNearest);
    return texture;
}

SDL_Texture *picture_cache_texture(struct picture_cache *cache, SDL_Renderer *renderer,
                                   const struct gallery *gallery, int index, int arm, int image)
{
    struct picture_slot *slot = &cache->slots[index];
    if (!slot->texture)
        slot->texture = new_texture(renderer, gallery);
    if (!slot->texture || (slot->version == gallery->version && slot->arm == arm &&
                           slot->image == image && slot->top == cache->top))
        return slot->texture;
    size_t row = 3 * (size_t)gallery->width, pitch = PICTURE_KINDS * row;
    for (int kind = 0; kind < PICTURE_KINDS; kind++)
        picture_draw(gallery, arm, image, (enum picture_kind)kind, &cache->map, cache->top,
                     cache->pixels + (size_t)kind * row, pitch);
    SDL_UpdateTexture(slot->texture, NULL, cache->pixels, (int)pitch);
    slot->version = gallery->version;
    slot->arm = arm;
    slot->image = image;
    slot->top = cache->top;
    return slot->texture;
}
