#include "ui/panel/plot.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

bool plot_canvas_init(struct canvas *canvas, int height, int width, bool braille,
                      struct error *error)
{
    *canvas = (struct canvas){.height = height, .width = width, .braille = braille};
    size_t cells = (size_t)height * (size_t)width;
    canvas->dots = memory_new(cells, sizeof *canvas->dots, error);
    canvas->series = canvas->dots ? memory_new(cells, sizeof *canvas->series, error) : NULL;
    if (!canvas->series) {
        plot_canvas_release(canvas);
        return false;
    }
    memset(canvas->series, -1, cells);
    return true;
}

void plot_canvas_release(struct canvas *canvas)
{
    free(canvas->dots);
    free(canvas->series);
    *canvas = (struct canvas){0};
}

/* Unicode's braille patterns: the bit of dot (row, column) in U+2800 + bits. */
static const uint8_t braille_bits[4][2] = {{0x01, 0x08}, {0x02, 0x10}, {0x04, 0x20}, {0x40, 0x80}};

static void set_dot(struct canvas *canvas, int x, int y, int series)
{
    int across = canvas->braille ? 2 : 1, down = canvas->braille ? 4 : 1;
    if (x < 0 || y < 0 || x >= canvas->width * across || y >= canvas->height * down)
        return;
    size_t cell = (size_t)(y / down) * (size_t)canvas->width + (size_t)(x / across);
    canvas->dots[cell] |= canvas->braille ? braille_bits[y % 4][x % 2] : 1;
    canvas->series[cell] = (int8_t)series;
}

/* Also false for NaN. */
static bool is_near(double position)
{
    return fabs(position) < 100;
}

void plot_canvas_line(struct canvas *canvas, double x0, double y0, double x1, double y1, int series)
{
    if (!is_near(x0) || !is_near(y0) || !is_near(x1) || !is_near(y1))
        return;
    int columns = canvas->width * (canvas->braille ? 2 : 1) - 1;
    int rows = canvas->height * (canvas->braille ? 4 : 1) - 1;
    double dx = (x1 - x0) * columns, dy = (y1 - y0) * rows;
    int steps = (int)ceil(fmax(fabs(dx), fabs(dy)));
    for (int i = 0; i <= steps; i++) {
        double t = steps > 0 ? (double)i / steps : 0;
        set_dot(canvas, (int)lround(x0 * columns + t * dx), (int)lround((1 - y0) * rows - t * dy),
                series);
    }
}

char plot_mark(int series)
{
    static const char marks[] = "*o+x#@";
    bool named = series >= 0 && series < PLOT_DIM;
    return named ? marks[(size_t)series % (sizeof marks - 1)] : '.';
}

void plot_canvas_character(const struct canvas *canvas, int row, int column, char out[8])
{
    size_t cell = (size_t)row * (size_t)canvas->width + (size_t)column;
    unsigned dots = canvas->dots[cell];
    if (!dots) {
        snprintf(out, 8, " ");
    } else if (!canvas->braille) {
        snprintf(out, 8, "%c", plot_mark(canvas->series[cell]));
    } else {
        unsigned code = 0x2800 + dots;
        snprintf(out, 8, "%c%c%c", (int)(0xE0 | code >> 12), (int)(0x80 | (code >> 6 & 0x3F)),
                 (int)(0x80 | (code & 0x3F)));
    }
}
