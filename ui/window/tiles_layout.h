/* Where the pictures of the Images view go. Pure arithmetic; no drawing.
 *
 * A tile holds the pictures of one image: all side by side, or, where that would make them tiny, in
 * two rows of three with words in the sixth place. Tiles fill the area across and down. Pictures
 * are enlarged by a whole number of physical pixels.
 */
#ifndef MASKSCOPE_UI_WINDOW_TILES_LAYOUT_H
#define MASKSCOPE_UI_WINDOW_TILES_LAYOUT_H

#include <stdbool.h>

#include <SDL.h>

#include "ui/picture.h"

struct tiles_layout {
    SDL_FRect area;   /* logical, as all lengths here */
    int zoom;         /* physical pixels per image pixel */
    int columns;      /* pictures side by side in a tile: PICTURE_KINDS, or 3 */
    int across, down; /* tiles shown at once */
    float cell_width, cell_height;
    float tile_width, tile_height;
    float pitch_x, pitch_y; /* from tile to tile */
    float left, top;        /* of the first tile */
};

/* The best arrangement: large pictures, many images. Pictures keep one physical pixel per image
 * pixel even where the area is too small for that. */
void tiles_layout_fit(struct tiles_layout *layout, SDL_FRect area, double scale, int image_width,
                      int image_height, int images);
/* The same without folding tiles: for paper, where there is room. */
void tiles_layout_fit_flat(struct tiles_layout *layout, SDL_FRect area, double scale,
                           int image_width, int image_height, int images);
/* Tiles that fit at once. */
int tiles_layout_slots(const struct tiles_layout *layout);
/* The tile in slot 0, 1 ... (row by row), and in it the place of a picture; kind PICTURE_KINDS is
 * the place for words in a tile of two rows. */
SDL_FRect tiles_layout_tile(const struct tiles_layout *layout, int slot);
SDL_FRect tiles_layout_cell(const struct tiles_layout *layout, int slot, int kind);
/* Whether titles stand above every picture rather than once at the top, and words beside them. */
bool tiles_layout_folded(const struct tiles_layout *layout);

/* Heights of a line of titles and of captions. */
enum { TILES_TITLE = 20, TILES_CAPTION = 18 };

#endif
