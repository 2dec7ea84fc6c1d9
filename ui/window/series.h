/* What a curve looks like: ranges, the colour and dashes of each arm. No SDL. */
#ifndef MASKSCOPE_UI_WINDOW_SERIES_H
#define MASKSCOPE_UI_WINDOW_SERIES_H

#include <stdbool.h>
#include <stdint.h>

#include "run/snapshot.h"
#include "ui/window/raster.h"

/* Colours of Okabe and Ito (2008), told apart with any colour vision, in an order that reads on a
 * dark ground; with each, dashes, so that they read without colour too. */
struct series_style {
    struct raster_colour colour;
    struct raster_dash dash;
};
struct series_style series_style(int arm);

/* Index of the point nearest to a step; the curve has points. */
int series_nearest(const struct curve *curve, double step);
/* The same for a step that the curve covers; -1 before its first point and past its last. */
int series_point(const struct curve *curve, double step);
/* The points within [from, to] and one to either side; false if there are none. */
bool series_between(const struct curve *curve, double from, double to, int *first, int *last);

#endif
