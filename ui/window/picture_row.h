/* Pictures of one image side by side, as large as they fit: where they go, which patch is where.
 * What the Paint and Attention views are made of. Main thread only.
 */
#ifndef MASKSCOPE_UI_WINDOW_PICTURE_ROW_H
#define MASKSCOPE_UI_WINDOW_PICTURE_ROW_H

#include "ui/window/magnifier.h"
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
/* A picture in its cell: of what, and which part of it is shown. */
struct picture_cell {
    SDL_FRect area;
    const struct gallery *gallery; /* its size and patches */
    const struct magnifier *magnifier;
};
/* Draws a part of a texture as the picture: for one of picture_cache, the part of a kind; or one
 * with a pixel for each patch. */
void picture_cell_draw(const struct view_frame *frame, const struct picture_cell *cell,
                       SDL_Texture *texture, SDL_Rect source);
SDL_Rect picture_kind_source(const struct gallery *gallery, enum picture_kind kind);
/* The patch at the mouse, or -1. */
int picture_cell_patch(const struct view_frame *frame, const struct picture_cell *cell);
/* An outline around patches, first column and row and how many, in light on dark. */
void picture_cell_outline(const struct view_frame *frame, const struct picture_cell *cell,
                          SDL_Rect patches, SDL_Color colour);
/* The wheel over a picture zooms there; false: the mouse is elsewhere. */
bool picture_cell_turn(const struct view_frame *frame, const struct picture_cell *cell,
                       struct magnifier *magnifier, float amount);
/* Moves what is zoomed by logical pixels. */
void picture_cell_drag(const struct view_frame *frame, const struct picture_cell *cell,
                       struct magnifier *magnifier, float dx, float dy);
/* A title above a cell and a caption below it, each with a shorter one for narrow pictures. */
struct picture_words {
    const char *title, *short_title, *caption, *short_caption;
};
enum { PICTURE_ROW_TITLE = 20, PICTURE_ROW_CAPTION = 18 };
void picture_row_words(struct canvas *canvas, SDL_FRect cell, const struct picture_words *words);
/* What stands in a cell where there is no picture: why, in as many lines as it takes. */
void picture_row_reason(struct canvas *canvas, SDL_FRect cell, const char *why);
#endif
