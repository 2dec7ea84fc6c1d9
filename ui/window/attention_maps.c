/* The maps of attention as a texture: their mean, then each head. */
#include "ui/window/attention.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "ui/ticks.h"

double attention_weight(const struct answer *answer, int map, int token_at)
{
    size_t tokens = 1 + (size_t)answer->gallery.patches;
    double sum = 0;
    if (map > 0)
        return (double)answer->weights[(size_t)(map - 1) * tokens + (size_t)token_at];
    for (int head = 0; head < answer->heads; head++)
        sum += (double)answer->weights[(size_t)head * tokens + (size_t)token_at];
    return sum / answer->heads;
}

/* One scale for all heads, or they could not be compared. */
static double greatest(const struct answer *answer)
{
    double most = 0;
    for (int map = 1; map <= answer->heads; map++)
        for (int patch = 1; patch <= answer->gallery.patches; patch++)
            most = fmax(most, attention_weight(answer, map, patch));
    return most > 0 ? ticks_round_above(most) : 1;
}

static bool fit_maps(struct attention *attention, SDL_Renderer *renderer, int width, int height)
{
    if (attention->maps && attention->map_width == width && attention->map_height == height)
        return true;
    if (attention->maps)
        SDL_DestroyTexture(attention->maps);
    free(attention->pixels);
    attention->pixels = memory_new((size_t)width * (size_t)height, 3, NULL);
    attention->maps =
        SDL_CreateTexture(renderer, SDL_PIXELFORMAT_RGB24, SDL_TEXTUREACCESS_STATIC, width, height);
    attention->map_width = width;
    attention->map_height = height;
    attention->drawn = 0;
    if (attention->maps)
        SDL_SetTextureScaleMode(attention->maps, SDL_ScaleModeNearest);
    return attention->maps && attention->pixels;
}

bool attention_is_there(const struct answer *answer, int patch)
{
    return answer->stack == MAE_DECODER || !answer->gallery.mask[patch];
}

static void draw_all(struct attention *attention, const struct answer *answer)
{
    int columns = picture_grid_width(&answer->gallery);
    for (int map = 0; map <= answer->heads; map++)
        for (int patch = 0; patch < answer->gallery.patches; patch++) {
            const uint8_t *rgb = colormap_at(
                &attention->map, attention_weight(answer, map, 1 + patch), attention->top);
            int x = map * columns + patch % columns, y = patch / columns;
            uint8_t *out =
                attention->pixels + 3 * ((size_t)y * (size_t)attention->map_width + (size_t)x);
            if (attention_is_there(answer, patch))
                memcpy(out, rgb, 3);
            else
                memset(out, PICTURE_NOTHING, 3);
        }
    SDL_UpdateTexture(attention->maps, NULL, attention->pixels, 3 * attention->map_width);
    attention->drawn = answer->number;
}

bool attention_draw_maps(struct attention *attention, SDL_Renderer *renderer,
                         const struct answer *answer)
{
    const struct gallery *gallery = &answer->gallery;
    int columns = picture_grid_width(gallery), rows = gallery->height / gallery->patch;
    if (!attention->mapped)
        colormap_init(&attention->map);
    attention->mapped = true;
    if (!fit_maps(attention, renderer, columns * (1 + answer->heads), rows))
        return false;
    if (attention->drawn != answer->number) {
        attention->top = greatest(answer);
        draw_all(attention, answer);
    }
    return true;
}

void attention_release_maps(struct attention *attention)
{
    if (attention->maps)
        SDL_DestroyTexture(attention->maps);
    attention->maps = NULL;
}
