/* Pictures of one image side by side, as large as they fit: where they go, which patch is where.
 * What the Paint and Attention views are made of. Main thread only.
 */
#ifndef MASKSCOPE_UI_WINDOW_PICTURE_ROW_H
#define MASKSCOPE_UI_WINDOW_PICTURE_ROW_H

#include "ui/window/picture_cache.h"
#include "ui/window/view.h"

struct picture_row {
    SDL_FRect area; /* logical */
    int count, columns, zoom;
    double fit;          /* the zoom that would fill the area; below 1: not all of it can be seen */
    bool apart;          /* the first has the first column to itself; `columns` are the others' */
    float width, height; /* of a picture */
    float left;          /* of the first column: all of it stands in the middle */
    float below;         /* room for words below each */
};

/* In one line or more, whichever lets them be larger; with `above` and `below` logical pixels for
 * words at each. */
struct picture_row picture_row_fit(const struct canvas *canvas, SDL_FRect area, int count,
                                   bool apart, int image_width, int image_height, float above,
                                   float below);
/* The height of all of it. */
float picture_row_height(const struct picture_row *row, float above);
SDL_FRect picture_row_cell(const struct picture_row *row, int index, float above);
/* The cell in physical pixels: a whole number of them for each of the picture's, whatever rounding
 * its edges would make of it. */
SDL_Rect picture_row_target(const struct canvas *canvas, SDL_FRect cell, int width, int height);
/* Draws one of the pictures on a texture of picture_cache into the cell. */
void picture_row_draw(const struct view_frame *frame, SDL_FRect cell, SDL_Texture *texture,
                      enum picture_kind kind, const struct gallery *gallery);
/* A title above a cell and a caption below it, each with a shorter one for narrow pictures. */
struct picture_words {
    const char *title, *short_title, *caption, *short_caption;
};
enum { PICTURE_ROW_TITLE = 20, PICTURE_ROW_CAPTION = 18 };
void picture_row_words(struct canvas *canvas, SDL_FRect cell, const struct picture_words *words);
/* What stands in a cell where there is no picture: why, in as many lines as it takes. */
void picture_row_reason(struct canvas *canvas, SDL_FRect cell, const char *why);
/* The patch at the mouse in a picture drawn into the cell, or -1. */
int picture_row_patch(const struct view_frame *frame, SDL_FRect cell,
                      const struct gallery *gallery);
/* The place of a patch in the cell, and its outline in light on dark. */
SDL_FRect picture_row_patch_area(SDL_FRect cell, const struct gallery *gallery, int patch);
void picture_row_outline(struct canvas *canvas, SDL_FRect area, SDL_Color colour);

#endif
