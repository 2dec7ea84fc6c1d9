/* One plot of the Curves view: its axes, and where a value lies on them. */
#ifndef MASKSCOPE_UI_WINDOW_PLOT_H
#define MASKSCOPE_UI_WINDOW_PLOT_H

#include "ui/window/canvas.h"
#include "ui/window/raster.h"
#include "ui/window/series.h"
#include "ui/range.h"
#include "ui/ticks.h"

struct plot {
    SDL_FRect area;  /* within the axes, logical pixels of the window; height 0: not shown */
    double from, to; /* steps at the left and right edges */
    struct range range;
    bool logarithmic; /* the upright axis */
    struct ticks across, up;
};

/* Finds the ticks for area, from, to and range. */
void plot_set_ticks(struct plot *plot);
/* The window's logical position of a step and of a value; beyond the edges outside the range. */
double plot_x(const struct plot *plot, double step);
double plot_y(const struct plot *plot, double value);
double plot_step_at(const struct plot *plot, double x);

/* Ground, grid lines and outline into a raster that covers the window from `origin` on. */
void plot_draw_ground(const struct plot *plot, struct raster *raster, SDL_FPoint origin,
                      double scale);
/* The labels of the upright axis to its left; a title line above. */
void plot_draw_labels(const struct plot *plot, struct canvas *canvas, const char *title);
/* The labels of the axis of steps, below. */
void plot_draw_steps(const struct plot *plot, struct canvas *canvas);

/* The ink of a raster that is to look as the canvas does: for its member `ink`. */
struct raster_colour (*plot_ink(const struct canvas *canvas))(struct raster_colour colour);

struct raster_area plot_raster_area(const struct plot *plot, SDL_FPoint origin, double scale);

enum { PLOT_LABEL_WIDTH = 52, PLOT_TITLE_HEIGHT = 22, PLOT_STEPS_HEIGHT = 20 };

#endif
