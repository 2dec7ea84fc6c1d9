/* A perceptually uniform colour map for errors: dark violet over teal and green to yellow.
 *
 * It is a path through Oklab (Ottosson 2020, "A perceptual color space for image processing") along
 * which lightness rises in a straight line while the hue turns once by less than half a circle, so
 * equal steps of the value look equally large, and it still reads in grey. Any thread.
 */
#ifndef MASKSCOPE_UI_COLORMAP_H
#define MASKSCOPE_UI_COLORMAP_H

#include <stdint.h>

enum { COLORMAP_ENTRIES = 256 };

struct colormap {
    uint8_t rgb[COLORMAP_ENTRIES][3]; /* sRGB */
};

void colormap_init(struct colormap *map);
/* The colour of value on a scale from 0 to `top`; values outside take the ends. */
const uint8_t *colormap_at(const struct colormap *map, double value, double top);

/* One point of the path before it is rounded to bytes: linear-light RGB and Oklab lightness at t in
 * 0 .. 1. For tests: in gamut, and lightness a straight line. */
double colormap_linear(double t, double rgb[3]);

#endif
