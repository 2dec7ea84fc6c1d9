/* Curves on a grid of character cells: dots and ranges. Pure: nothing here knows a terminal.
 *
 * A braille cell holds 2 x 4 dots, a plain one a single mark; each cell has the colour of the curve
 * that drew in it last.
 */
#ifndef MASKSCOPE_UI_PANEL_PLOT_H
#define MASKSCOPE_UI_PANEL_PLOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

struct canvas {
    int height, width; /* in cells */
    bool braille;
    uint8_t *dots;  /* [height, width] */
    int8_t *series; /* [height, width], -1: none */
};
bool plot_canvas_init(struct canvas *canvas, int height, int width, bool braille,
                      struct error *error);
void plot_canvas_release(struct canvas *canvas);
/* A line from (x0, y0) to (x1, y1), positions in 0 .. 1 from the lower left; NaN and what lies far
 * outside draw nothing. */
void plot_canvas_line(struct canvas *canvas, double x0, double y0, double x1, double y1,
                      int series);
/* Series of this number are drawn as a background: a dot in plain cells. */
enum { PLOT_DIM = 100 };
/* The mark of a curve in plain cells. */
char plot_mark(int series);
/* The cell's character, UTF-8; " " where nothing was drawn. */
void plot_canvas_character(const struct canvas *canvas, int row, int column, char out[8]);

#endif
