#include "ui/window/magnifier.h"

#include <math.h>

/* At the strongest zoom a cell still shows about this many image pixels across. */
enum { FEWEST_PIXELS = 4 };

int magnifier_zoom(const struct magnifier *magnifier, int fit)
{
    return magnifier->zoom > fit ? magnifier->zoom : fit;
}

static double clamp_corner(double corner, int image, int cell, int zoom)
{
    double most = image - (double)cell / zoom;
    return fmax(0, fmin(corner, most));
}

static void clamp(struct magnifier *magnifier, const struct magnifier_view *view)
{
    int zoom = magnifier_zoom(magnifier, view->fit);
    magnifier->x = clamp_corner(magnifier->x, view->image_width, view->cell.w, zoom);
    magnifier->y = clamp_corner(magnifier->y, view->image_height, view->cell.h, zoom);
}

static int turned(int zoom, double amount)
{
    int change = (int)ceil(zoom / 4.0);
    return amount > 0 ? zoom + change : zoom - change;
}

void magnifier_turn(struct magnifier *magnifier, const struct magnifier_view *view, double amount,
                    int x, int y)
{
    int before = magnifier_zoom(magnifier, view->fit);
    int after = turned(before, amount), most = view->cell.w / FEWEST_PIXELS;
    after = after > most ? most : after;
    if (after <= view->fit) {
        *magnifier = (struct magnifier){0};
        return;
    }
    double in_cell_x = x - view->cell.x, in_cell_y = y - view->cell.y;
    magnifier->x += in_cell_x / before - in_cell_x / after;
    magnifier->y += in_cell_y / before - in_cell_y / after;
    magnifier->zoom = after;
    clamp(magnifier, view);
}

void magnifier_drag(struct magnifier *magnifier, const struct magnifier_view *view, double dx,
                    double dy)
{
    int zoom = magnifier_zoom(magnifier, view->fit);
    magnifier->x -= dx / zoom;
    magnifier->y -= dy / zoom;
    clamp(magnifier, view);
}

/* The corner as drawn: a whole pixel, so that no pixel is cut at the left or the top. Rounded up at
 * the far end, where the last pixel must be reachable. */
static int corner(double position)
{
    return (int)ceil(position - 0.5);
}

static int part(int image, int from, int cell, int zoom)
{
    int needed = (cell + zoom - 1) / zoom;
    return needed < image - from ? needed : image - from;
}

void magnifier_part(const struct magnifier *magnifier, const struct magnifier_view *view,
                    SDL_Rect *source, SDL_Rect *target)
{
    int zoom = magnifier_zoom(magnifier, view->fit);
    int x = corner(magnifier->x), y = corner(magnifier->y);
    source->x = x;
    source->y = y;
    source->w = part(view->image_width, x, view->cell.w, zoom);
    source->h = part(view->image_height, y, view->cell.h, zoom);
    *target = (SDL_Rect){view->cell.x, view->cell.y, source->w * zoom, source->h * zoom};
}

SDL_Rect magnifier_whole(const struct magnifier *magnifier, const struct magnifier_view *view)
{
    int zoom = magnifier_zoom(magnifier, view->fit);
    return (SDL_Rect){view->cell.x - corner(magnifier->x) * zoom,
                      view->cell.y - corner(magnifier->y) * zoom, view->image_width * zoom,
                      view->image_height * zoom};
}

bool magnifier_pixel(const struct magnifier *magnifier, const struct magnifier_view *view, int x,
                     int y, int *pixel_x, int *pixel_y)
{
    SDL_Point point = {x, y};
    if (!SDL_PointInRect(&point, &view->cell))
        return false;
    int zoom = magnifier_zoom(magnifier, view->fit);
    *pixel_x = corner(magnifier->x) + (x - view->cell.x) / zoom;
    *pixel_y = corner(magnifier->y) + (y - view->cell.y) / zoom;
    return *pixel_x < view->image_width && *pixel_y < view->image_height;
}
