#include "ui/colormap.h"

#include <math.h>

enum { RED, GREEN, BLUE };

static const double lightness_low = 0.20, lightness_high = 0.92;
static const double hue_low = 305, hue_high = 105; /* degrees: violet, yellow */
/* Chroma stays within sRGB all along: the narrow place is teal, the wide one yellow. */
static const double chroma_low = 0.085, chroma_high = 0.175, chroma_turn = 0.45;

static double smooth_step(double x)
{
    double t = fmin(fmax(x, 0), 1);
    return t * t * (3 - 2 * t);
}

double colormap_linear(double t, double rgb[3])
{
    double lightness = lightness_low + (lightness_high - lightness_low) * t;
    double hue = (hue_low + (hue_high - hue_low) * t) * M_PI / 180;
    double rise = smooth_step((t - chroma_turn) / (1 - chroma_turn));
    double chroma = chroma_low + (chroma_high - chroma_low) * rise;
    double a = chroma * cos(hue), b = chroma * sin(hue);

    /* Ottosson's matrices: Oklab to cone responses, cubed, to linear sRGB. */
    double l = pow(lightness + 0.3963377774 * a + 0.2158037573 * b, 3);
    double m = pow(lightness - 0.1055613458 * a - 0.0638541728 * b, 3);
    double s = pow(lightness - 0.0894841775 * a - 1.2914855480 * b, 3);
    rgb[RED] = 4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s;
    rgb[GREEN] = -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s;
    rgb[BLUE] = -0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s;
    return lightness;
}

/* The sRGB transfer function (IEC 61966-2-1). */
static uint8_t encode(double linear)
{
    double x = fmin(fmax(linear, 0), 1);
    double value = x <= 0.0031308 ? 12.92 * x : 1.055 * pow(x, 1 / 2.4) - 0.055;
    return (uint8_t)lround(255 * value);
}

void colormap_init(struct colormap *map)
{
    for (int i = 0; i < COLORMAP_ENTRIES; i++) {
        double rgb[3];
        colormap_linear(i / (double)(COLORMAP_ENTRIES - 1), rgb);
        for (int c = 0; c < 3; c++)
            map->rgb[i][c] = encode(rgb[c]);
    }
}

const uint8_t *colormap_at(const struct colormap *map, double value, double top)
{
    double share = top > 0 ? value / top : 0;
    /* A NaN fails both comparisons' purpose: it takes the low end. */
    if (!(share > 0))
        return map->rgb[0];
    if (share >= 1)
        return map->rgb[COLORMAP_ENTRIES - 1];
    return map->rgb[lround(share * (COLORMAP_ENTRIES - 1))];
}
