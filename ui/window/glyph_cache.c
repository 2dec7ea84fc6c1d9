#include "ui/window/glyph_cache.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

bool glyph_cache_init(struct glyph_cache *cache, SDL_Renderer *renderer, struct error *error)
{
    memset(cache, 0, sizeof *cache);
    cache->texture = SDL_CreateTexture(renderer, SDL_PIXELFORMAT_ARGB8888, SDL_TEXTUREACCESS_STATIC,
                                       GLYPH_CACHE_SIDE, GLYPH_CACHE_SIDE);
    if (!cache->texture)
        return error_set(error, ERROR_SYSTEM, "cannot make a texture for text: %s", SDL_GetError());
    SDL_SetTextureBlendMode(cache->texture, SDL_BLENDMODE_BLEND);
    return true;
}

void glyph_cache_release(struct glyph_cache *cache)
{
    if (cache->texture)
        SDL_DestroyTexture(cache->texture);
    memset(cache, 0, sizeof *cache);
}

static void forget(struct glyph_cache *cache)
{
    memset(cache->slots, 0, sizeof cache->slots);
    cache->used = cache->x = cache->y = cache->row_height = 0;
}

static struct cached_glyph *slot_of(struct glyph_cache *cache, uint32_t key)
{
    uint32_t i = key * 2654435761u; /* Knuth's multiplicative hash: the golden ratio of 2^32 */
    for (i %= GLYPH_CACHE_SLOTS; cache->slots[i].key && cache->slots[i].key != key;)
        i = (i + 1) % GLYPH_CACHE_SLOTS;
    return &cache->slots[i];
}

/* A free place of that size, one pixel apart from others; false if the texture is full. */
static bool place(struct glyph_cache *cache, int width, int height, SDL_Rect *area)
{
    if (cache->x + width + 1 > GLYPH_CACHE_SIDE) {
        cache->x = 0;
        cache->y += cache->row_height;
        cache->row_height = 0;
    }
    if (width + 1 > GLYPH_CACHE_SIDE || cache->y + height + 1 > GLYPH_CACHE_SIDE)
        return false;
    *area = (SDL_Rect){cache->x, cache->y, width, height};
    cache->x += width + 1;
    if (cache->row_height < height + 1)
        cache->row_height = height + 1;
    return true;
}

static void upload(struct glyph_cache *cache, const struct font_glyph *glyph, SDL_Rect area)
{
    size_t count = (size_t)(glyph->width * glyph->height);
    uint32_t *pixels = memory_new(count, sizeof *pixels, NULL);
    if (!pixels)
        return;
    for (size_t i = 0; i < count; i++)
        pixels[i] = (uint32_t)glyph->coverage[i] << 24 | 0xffffff;
    SDL_UpdateTexture(cache->texture, &area, pixels, glyph->width * (int)sizeof *pixels);
    free(pixels);
}

const struct cached_glyph *glyph_cache_find(struct glyph_cache *cache, const struct font_set *fonts,
                                            enum font_role role, uint32_t code)
{
    uint32_t key = (code << 3 | (uint32_t)role) + 1;
    struct cached_glyph *slot = slot_of(cache, key);
    if (slot->key)
        return slot;
    if (cache->used > GLYPH_CACHE_SLOTS / 2) {
        forget(cache);
        slot = slot_of(cache, key);
    }
    struct font_glyph glyph = {0};
    SDL_Rect area = {0};
    if (font_glyph_init(fonts, role, code, &glyph) && glyph.coverage) {
        bool placed = place(cache, glyph.width, glyph.height, &area);
        if (!placed) {
            forget(cache);
            slot = slot_of(cache, key);
            placed = place(cache, glyph.width, glyph.height, &area);
        }
        if (placed)
            upload(cache, &glyph, area);
    }
    *slot = (struct cached_glyph){key, area, glyph.left, glyph.top, glyph.advance};
    cache->used++;
    font_glyph_release(&glyph);
    return slot;
}
