#include "ui/window/magnified.h"

/* Pixels of a picture along one axis: those that are seen whole, then one that is cut. */
struct span {
    int from, count; /* of the picture */
    int start, size; /* physical, of the cell */
};

static void split(struct span spans[2], int from, int count, int start, int size, int zoom)
{
    int whole = size / zoom < count ? size / zoom : count;
    int rest = count > whole ? size - whole * zoom : 0;
    spans[0] = (struct span){from, whole, start, whole * zoom};
    spans[1] = (struct span){from + whole, 1, start + whole * zoom, rest};
}

/* A renderer that clips what it enlarges may stretch it, so nothing is left to be clipped. */
void magnified_draw(SDL_Renderer *renderer, SDL_Texture *texture, SDL_Point origin,
                    const struct magnifier *magnifier, const struct magnifier_view *view)
{
    SDL_Rect source, target;
    struct span across[2], down[2];
    int zoom = magnifier_zoom(magnifier, view->fit);
    magnifier_part(magnifier, view, &source, &target);
    split(across, origin.x + source.x, source.w, view->cell.x, view->cell.w, zoom);
    split(down, origin.y + source.y, source.h, view->cell.y, view->cell.h, zoom);
    for (int i = 0; i < 4; i++) {
        const struct span *x = &across[i % 2], *y = &down[i / 2];
        SDL_Rect from = {x->from, y->from, x->count, y->count};
        SDL_Rect to = {x->start, y->start, x->size, y->size};
        if (!SDL_RectEmpty(&from) && !SDL_RectEmpty(&to))
            SDL_RenderCopy(renderer, texture, &from, &to);
    }
}

void magnified_draw_patches(SDL_Renderer *renderer, SDL_Texture *texture, SDL_Rect source,
                            const struct magnifier *magnifier, const struct magnifier_view *view)
{
    SDL_Rect whole = magnifier_whole(magnifier, view);
    int width = whole.w / source.w, height = whole.h / source.h;
    for (int i = 0; i < source.w * source.h; i++) {
        int x = i % source.w, y = i / source.w;
        SDL_Rect patch = {whole.x + x * width, whole.y + y * height, width, height}, seen;
        SDL_Rect pixel = {source.x + x, source.y + y, 1, 1};
        if (SDL_IntersectRect(&patch, &view->cell, &seen))
            SDL_RenderCopy(renderer, texture, &pixel, &seen);
    }
}
