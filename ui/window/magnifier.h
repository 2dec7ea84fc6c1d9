/* Which part of a picture its cell shows: the whole at first, a part when zoomed in. Zoom is a
 * whole number of physical pixels per image pixel, the corner a whole image pixel; every picture on
 * display shows the same part. Pure arithmetic.
 */
#ifndef MASKSCOPE_UI_WINDOW_MAGNIFIER_H
#define MASKSCOPE_UI_WINDOW_MAGNIFIER_H

#include <stdbool.h>

#include <SDL.h>

struct magnifier {
    int zoom;    /* 0: as the layout has it */
    double x, y; /* the image pixel in the cell's top left corner; fractions while dragging */
};

/* A cell in physical pixels and what it shows. */
struct magnifier_view {
    SDL_Rect cell;
    int image_width, image_height;
    int fit; /* the zoom at which the picture just fills the cell */
};

/* The zoom in force. */
int magnifier_zoom(const struct magnifier *magnifier, int fit);
/* Zooms in (amount > 0) or out by a quarter at least, keeping the image pixel under the physical
 * point where it is. Back at the layout's zoom it is the whole picture again. */
void magnifier_turn(struct magnifier *magnifier, const struct magnifier_view *view, double amount,
                    int x, int y);
/* Moves the picture by that many physical pixels. */
void magnifier_drag(struct magnifier *magnifier, const struct magnifier_view *view, double dx,
                    double dy);
/* The part of the image to draw, and where: target is source enlarged by the zoom, and may reach
 * over the cell's right and lower edges. */
void magnifier_part(const struct magnifier *magnifier, const struct magnifier_view *view,
                    SDL_Rect *source, SDL_Rect *target);
/* Where all of the image would lie, of which the cell shows a part. */
SDL_Rect magnifier_whole(const struct magnifier *magnifier, const struct magnifier_view *view);
/* The image pixel under a physical point; false if there is none. */
bool magnifier_pixel(const struct magnifier *magnifier, const struct magnifier_view *view, int x,
                     int y, int *pixel_x, int *pixel_y);

#endif
