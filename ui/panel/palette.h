/* Colours of terminals: the numbers of the 256-colour palette, and what comes nearest where there
 * are fewer. Pure functions. */
#ifndef MASKSCOPE_UI_PANEL_PALETTE_H
#define MASKSCOPE_UI_PANEL_PALETTE_H

#include <stdint.h>

/* A colour: PALETTE_NONE (the terminal's own), a number of the palette (0 .. 255), or PALETTE_RGB
 * and 0xrrggbb. */
enum { PALETTE_NONE = -1, PALETTE_RGB = 0x1000000, PALETTE_DIRECT = 0x1000000 };

/* The colour's number on a terminal of so many colours (PALETTE_DIRECT, 256, 16 or 8); PALETTE_NONE
 * stays what it is. */
int palette_number(int colour, int colours);
int palette_rgb(uint8_t red, uint8_t green, uint8_t blue);
/* How light it looks, 0 .. 255 (Rec. 709 weights). */
int palette_lightness(const uint8_t rgb[3]);

#endif
