#include "ui/panel/palette.h"

#include <stdbool.h>
#include <stddef.h>

/* xterm's: 16 named colours, a cube of 6 levels a channel, 24 greys. */
enum { NAMED = 16, CUBE_LEVELS = 6, GREYS = 24, CUBE = 216, FIRST_GREY = NAMED + CUBE };
/* Channels this far apart make a colour, and how much farther than the nearest grey it may lie. */
enum { COLOURFUL = 40, COLOUR_WORTH = 3 };

static const uint8_t named[NAMED][3] = {
    {0, 0, 0},     {205, 0, 0},     {0, 205, 0},     {205, 205, 0},   {0, 0, 238}, {205, 0, 205},
    {0, 205, 205}, {229, 229, 229}, {127, 127, 127}, {255, 0, 0},     {0, 255, 0}, {255, 255, 0},
    {92, 92, 255}, {255, 0, 255},   {0, 255, 255},   {255, 255, 255},
};
static const uint8_t levels[CUBE_LEVELS] = {0, 95, 135, 175, 215, 255};

static void rgb_of(int colour, uint8_t rgb[3])
{
    if (colour >= PALETTE_RGB) {
        for (int i = 0; i < 3; i++)
            rgb[i] = (uint8_t)(colour >> (16 - 8 * i));
        return;
    }
    int cube = colour - NAMED, grey = colour - FIRST_GREY;
    for (int i = 0; i < 3; i++)
        rgb[i] = colour < NAMED ? named[colour][i]
                 : grey >= 0    ? (uint8_t)(8 + 10 * grey)
                                : levels[cube /
                                      (i == 0   ? 36
                                          : i == 1 ? 6
                                                   : 1) %
                                      CUBE_LEVELS];
}

static int distance(const uint8_t a[3], const uint8_t b[3])
{
    int sum = 0;
    for (int i = 0; i < 3; i++)
        sum += (a[i] - b[i]) * (a[i] - b[i]);
    return sum;
}

static int nearest_named(const uint8_t rgb[3], int count)
{
    int best = 0;
    for (int i = 1; i < count; i++)
        if (distance(rgb, named[i]) < distance(rgb, named[best]))
            best = i;
    return best;
}

static int nearest_level(uint8_t value)
{
    int best = 0;
    for (int i = 1; i < CUBE_LEVELS; i++)
        if ((value - levels[i]) * (value - levels[i]) <
            (value - levels[best]) * (value - levels[best]))
            best = i;
    return best;
}

static bool is_colourful(const uint8_t rgb[3])
{
    int low = 255, high = 0;
    for (int i = 0; i < 3; i++) {
        low = rgb[i] < low ? rgb[i] : low;
        high = rgb[i] > high ? rgb[i] : high;
    }
    return high - low > COLOURFUL;
}

/* The named colours are left out: every terminal shows them otherwise. */
static int nearest_of_256(const uint8_t rgb[3])
{
    int cube =
        NAMED + 36 * nearest_level(rgb[0]) + 6 * nearest_level(rgb[1]) + nearest_level(rgb[2]);
    int mean = (rgb[0] + rgb[1] + rgb[2]) / 3, grey = (mean - 3) / 10;
    grey = FIRST_GREY + (grey < 0 ? 0 : grey >= GREYS ? GREYS - 1 : grey);
    uint8_t of_cube[3], of_grey[3];
    rgb_of(cube, of_cube);
    rgb_of(grey, of_grey);
    /* A colour that is far from grey stays one, even where a grey is a little nearer. */
    int loss = is_colourful(rgb) ? COLOUR_WORTH : 1;
    return loss * distance(rgb, of_grey) < distance(rgb, of_cube) ? grey : cube;
}

int palette_number(int colour, int colours)
{
    if (colour == PALETTE_NONE || (colour < colours && colour < PALETTE_RGB && colours <= 256))
        return colour;
    uint8_t rgb[3];
    rgb_of(colour, rgb);
    if (colours == 256)
        return nearest_of_256(rgb);
    if (colours < 256)
        return nearest_named(rgb, colours);
    /* The first eight numbers of a terminal with direct colour are the named ones. */
    int direct = rgb[0] << 16 | rgb[1] << 8 | rgb[2];
    return direct > 0 && direct < 8 ? 8 : direct;
}

int palette_rgb(uint8_t red, uint8_t green, uint8_t blue)
{
    return PALETTE_RGB | red << 16 | green << 8 | blue;
}

int palette_lightness(const uint8_t rgb[3])
{
    return (int)(0.2126 * rgb[0] + 0.7152 * rgb[1] + 0.0722 * rgb[2] + 0.5);
}
