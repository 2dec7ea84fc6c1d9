/* Pictures in character cells: two pixels a cell where the terminal has half blocks and many
 * colours, one pixel in two cells where it has no half blocks or only 16 colours, and characters of
 * rising lightness where it has fewer or none.
 */
#ifndef MASKSCOPE_UI_PANEL_CELLS_H
#define MASKSCOPE_UI_PANEL_CELLS_H

#include <stdint.h>

#include "ui/panel/screen.h"

/* The pixels that a picture of that many cells has here. A cell is twice as high as it is wide. */
void cells_pixels(const struct screen *screen, int rows, int columns, int *height, int *width);
/* Draws the pixels [height, width, 3] that cells_pixels told. */
void cells_draw(const struct screen *screen, const struct area *area, int row, int column, int rows,
                int columns, const uint8_t *pixels);
/* Makes a picture [from_height, from_width, 3] smaller, by the mean of what falls on each pixel, or
 * larger, by repetition. */
void cells_scale(const uint8_t *from, int from_height, int from_width, uint8_t *to, int height,
                 int width);

#endif
