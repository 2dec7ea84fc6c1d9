#include "ui/window/raster.h"

#include <math.h>
#include <stdlib.h>

#include "base/memory.h"

bool raster_resize(struct raster *raster, int width, int height)
{
    size_t needed = (size_t)width * (size_t)height;
    if (needed > raster->capacity) {
        free(raster->pixels);
        raster->pixels = memory_new(needed, sizeof *raster->pixels, NULL);
        raster->capacity = raster->pixels ? needed : 0;
    }
    raster->width = width;
    raster->height = height;
    raster->clip = (struct raster_area){0, 0, width, height};
    return raster->pixels != NULL;
}

void raster_release(struct raster *raster)
{
    free(raster->pixels);
    *raster = (struct raster){0};
}

static int clamp_int(int value, int low, int high)
{
    return value < low ? low : value > high ? high : value;
}

void raster_clip(struct raster *raster, struct raster_area area)
{
    raster->clip = (struct raster_area){
        clamp_int(area.left, 0, raster->width), clamp_int(area.top, 0, raster->height),
        clamp_int(area.right, 0, raster->width), clamp_int(area.bottom, 0, raster->height)};
}

/* alpha is 0 to 256. Red and blue are mixed at once: they lie far enough apart. */
static uint32_t mix(uint32_t under, uint32_t over, uint32_t alpha)
{
    enum { RED_BLUE = 0xff00ff, GREEN = 0x00ff00 };
    uint32_t rest = 256 - alpha;
    uint32_t red_blue = ((under & RED_BLUE) * rest + (over & RED_BLUE) * alpha) >> 8 & RED_BLUE;
    uint32_t green = ((under & GREEN) * rest + (over & GREEN) * alpha) >> 8 & GREEN;
    return 0xff000000 | red_blue | green;
}

static struct raster_colour ink(const struct raster *raster, struct raster_colour colour)
{
    return raster->ink ? raster->ink(colour) : colour;
}

static uint32_t packed(struct raster_colour colour)
{
    return 0xff000000 | (uint32_t)colour.r << 16 | (uint32_t)colour.g << 8 | colour.b;
}

/* The caller has seen to the clip. */
static void blend(struct raster *raster, int x, int y, struct raster_colour colour, double coverage)
{
    uint32_t *pixel = &raster->pixels[(size_t)y * (size_t)raster->width + (size_t)x];
    *pixel = mix(*pixel, packed(colour), (uint32_t)(colour.a * coverage * 256 / 255 + 0.5));
}

void raster_fill(struct raster *raster, struct raster_area area, struct raster_colour colour)
{
    struct raster_area clip = raster->clip;
    colour = ink(raster, colour);
    int left = clamp_int(area.left, clip.left, clip.right);
    int right = clamp_int(area.right, clip.left, clip.right);
    int bottom = clamp_int(area.bottom, clip.top, clip.bottom);
    uint32_t over = packed(colour), alpha = colour.a * 256u / 255;
    for (int y = clamp_int(area.top, clip.top, clip.bottom); y < bottom; y++) {
        uint32_t *row = &raster->pixels[(size_t)y * (size_t)raster->width];
        for (int x = left; x < right; x++)
            row[x] = alpha == 256 ? over : mix(row[x], over, alpha);
    }
}

static double limit(double value, double low, double high)
{
    return fmin(fmax(value, low), high);
}

struct stroke {
    double x0, y0, x1, y1, half; /* half the width */
};

static double stroke_coverage(const struct stroke *stroke, double x, double y)
{
    double dx = stroke->x1 - stroke->x0, dy = stroke->y1 - stroke->y0;
    double length = dx * dx + dy * dy;
    double t = length > 0 ? ((x - stroke->x0) * dx + (y - stroke->y0) * dy) / length : 0;
    t = limit(t, 0, 1);
    double off_x = x - stroke->x0 - t * dx, off_y = y - stroke->y0 - t * dy;
    double distance = sqrt(off_x * off_x + off_y * off_y);
    return limit(stroke->half + 0.5 - distance, 0, 1);
}

/* Visits only pixels near the line: along its longer direction, and across it as far as the stroke
 * reaches. */
static void draw_stroke(struct raster *raster, const struct stroke *stroke,
                        struct raster_colour colour)
{
    double dx = stroke->x1 - stroke->x0, dy = stroke->y1 - stroke->y0;
    bool steep = fabs(dy) > fabs(dx);
    double along0 = steep ? stroke->y0 : stroke->x0, along = steep ? dy : dx;
    double across0 = steep ? stroke->x0 : stroke->y0, across = steep ? dx : dy;
    double reach = stroke->half + 1, slope = along != 0 ? across / along : 0;
    double spread = reach * sqrt(1 + slope * slope);
    struct raster_area clip = raster->clip;
    colour = ink(raster, colour);
    int along_low = steep ? clip.top : clip.left, along_high = steep ? clip.bottom : clip.right;
    int across_low = steep ? clip.left : clip.top, across_high = steep ? clip.right : clip.bottom;

    double from = fmin(along0, along0 + along) - reach, to = fmax(along0, along0 + along) + reach;
    int first = (int)floor(limit(from, along_low, along_high));
    int last = (int)ceil(limit(to, along_low, along_high));
    for (int i = first; i < last; i++) {
        double t = along != 0 ? limit((i + 0.5 - along0) / along, 0, 1) : 0;
        double middle = across0 + t * across;
        int low = (int)floor(limit(middle - spread, across_low, across_high));
        int high = (int)ceil(limit(middle + spread, across_low, across_high));
        for (int j = low; j < high; j++) {
            int x = steep ? j : i, y = steep ? i : j;
            double coverage = stroke_coverage(stroke, x + 0.5, y + 0.5);
            if (coverage > 0)
                blend(raster, x, y, colour, coverage);
        }
    }
}

/* How far to the next change of the pattern, and whether this is a stroke. */
static double dash_left(const struct raster_dash *dash, double width, double phase, bool *stroke)
{
    double total = 0;
    for (int i = 0; i < DASH_PARTS; i++)
        total += dash->parts[i] * width;
    double at = fmod(phase, total);
    for (int i = 0; i < DASH_PARTS; i++) {
        double part = dash->parts[i] * width;
        *stroke = i % 2 == 0;
        if (at < part)
            return part - at;
        at -= part;
    }
    return total;
}

void raster_line(struct raster *raster, double x0, double y0, double x1, double y1, double width,
                 struct raster_colour colour, const struct raster_dash *dash, double *phase)
{
    double length = hypot(x1 - x0, y1 - y0);
    if (dash->parts[0] == 0) {
        draw_stroke(raster, &(struct stroke){x0, y0, x1, y1, width / 2}, colour);
        return;
    }
    enum {
        LEAST = 64
    }; /* guards against rounding that would stand still: pixels to the power -1 */
    for (double at = 0; at < length;) {
        bool stroke;
        double next = fmin(length, at + fmax(dash_left(dash, width, *phase, &stroke), 1.0 / LEAST));
        double a = at / length, b = next / length;
        if (stroke)
            draw_stroke(raster,
                        &(struct stroke){x0 + a * (x1 - x0), y0 + a * (y1 - y0), x0 + b * (x1 - x0),
                                         y0 + b * (y1 - y0), width / 2},
                        colour);
        *phase += next - at;
        at = next;
    }
}

void raster_band(struct raster *raster, double x0, double low0, double high0, double x1,
                 double low1, double high1, struct raster_colour colour)
{
    struct raster_area clip = raster->clip;
    colour = ink(raster, colour);
    /* Columns whose middle lies in [x0, x1): neighbouring pieces share none. */
    int first = (int)ceil(limit(x0 - 0.5, clip.left, clip.right));
    int last = (int)ceil(limit(x1 - 0.5, clip.left, clip.right));
    for (int x = first; x < last; x++) {
        double t = (x + 0.5 - x0) / (x1 - x0);
        double a = low0 + t * (low1 - low0), b = high0 + t * (high1 - high0);
        double top = limit(fmin(a, b), clip.top, clip.bottom);
        double bottom = limit(fmax(a, b), clip.top, clip.bottom);
        for (int y = (int)floor(top); y < (int)ceil(bottom); y++)
            blend(raster, x, y, colour, fmin(y + 1, bottom) - fmax(y, top));
    }
}

void raster_disc(struct raster *raster, double x, double y, double radius,
                 struct raster_colour colour)
{
    draw_stroke(raster, &(struct stroke){x, y, x, y, radius}, colour);
}
