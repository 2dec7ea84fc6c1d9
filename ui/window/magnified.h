/* Drawing what a magnifier shows. Main thread only. */
#ifndef MASKSCOPE_UI_WINDOW_MAGNIFIED_H
#define MASKSCOPE_UI_WINDOW_MAGNIFIED_H

#include "ui/window/magnifier.h"

/* Draws the part of a picture that its cell shows, each of its pixels as one block of whole
 * physical pixels; only the last column and row may be cut. The picture lies in the texture from
 * `origin` on. */
void magnified_draw(SDL_Renderer *renderer, SDL_Texture *texture, SDL_Point origin,
                    const struct magnifier *magnifier, const struct magnifier_view *view);
/* The same of a picture of patches: one pixel of the texture each, rows by columns of them. */
void magnified_draw_patches(SDL_Renderer *renderer, SDL_Texture *texture, SDL_Rect source,
                            const struct magnifier *magnifier, const struct magnifier_view *view);

#endif
