/* Glyphs on a texture: each is drawn by SDL_ttf once and copied from there ever after, so text that
 * changes all the time, like counters, costs no more than text that does not. Main thread only.
 */
#ifndef MASKSCOPE_UI_WINDOW_GLYPH_CACHE_H
#define MASKSCOPE_UI_WINDOW_GLYPH_CACHE_H

#include <SDL.h>

#include "ui/window/font.h"

enum { GLYPH_CACHE_SIDE = 512, GLYPH_CACHE_SLOTS = 2048 };

struct cached_glyph {
    uint32_t key;  /* code and role; 0: empty */
    SDL_Rect area; /* on the texture */
    int left, top, advance;
};

struct glyph_cache {
    SDL_Texture *texture; /* white, the coverage in alpha */
    struct cached_glyph slots[GLYPH_CACHE_SLOTS];
    int used;
    int x, y, row_height; /* where the next glyph goes: shelves from the top */
};

bool glyph_cache_init(struct glyph_cache *cache, SDL_Renderer *renderer, struct error *error);
void glyph_cache_release(struct glyph_cache *cache);
/* Never null: when a glyph cannot be had, an empty one. When the texture is full it starts anew.
 * Valid until the next call. */
const struct cached_glyph *glyph_cache_find(struct glyph_cache *cache, const struct font_set *fonts,
                                            enum font_role role, uint32_t code);

#endif
