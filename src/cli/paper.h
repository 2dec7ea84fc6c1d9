/* Drawing on a picture that is to be written to a file: filled rectangles, enlarged pictures, text
 * in the built-in font. What lies outside the picture is left out. RGB, sizes in pixels.
 */
#ifndef MASKSCOPE_CLI_PAPER_H
#define MASKSCOPE_CLI_PAPER_H

#include <stdint.h>

#include "data/image.h"

/* White all over. ERROR_SYSTEM. */
bool paper_init(struct image *paper, int width, int height, struct error *error);
void paper_fill(struct image *paper, int x, int y, int width, int height, const uint8_t rgb[3]);
/* picture [height, width, 3], every pixel scale x scale large. */
void paper_enlarge(struct image *paper, int x, int y, const uint8_t *picture, int width, int height,
                   int scale);
/* Dots of the font are scale x scale large; a line is PAPER_LINE * scale high. */
void paper_text(struct image *paper, int x, int y, int scale, const char *text);

/* Text in lines of at most `width`, broken after commas and spaces where that leaves no line half
 * empty; what is left after most_lines lines is cut, with "..." at the end. Returns the height the
 * lines take. Null paper: measures only. */
int paper_paragraph(struct image *paper, int x, int y, int width, int most_lines, const char *text);

enum { PAPER_LINE = 10, PAPER_ADVANCE = 6, PAPER_LEADING = 1 };
extern const uint8_t paper_ink[3], paper_faint[3];

#endif
