/* A picture that lines are drawn into with smooth edges, the same on every renderer. Physical
 * pixels; positions are of pixel corners, so the middle of the first pixel is (0.5, 0.5). No SDL.
 */
#ifndef MASKSCOPE_UI_WINDOW_RASTER_H
#define MASKSCOPE_UI_WINDOW_RASTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct raster_colour {
    uint8_t r, g, b, a;
};

/* Half-open rectangle. */
struct raster_area {
    int left, top, right, bottom;
};

struct raster {
    int width, height;
    uint32_t *pixels; /* [height, width], 0xffRRGGBB; owned */
    size_t capacity;
    struct raster_area clip;                                  /* nothing is drawn outside */
    struct raster_colour (*ink)(struct raster_colour colour); /* how colours are drawn; null: as
                                                                 they are */
};

enum { DASH_PARTS = 4 };
/* Lengths of stroke and gap in turn, in line widths; all zero: a solid line. */
struct raster_dash {
    float parts[DASH_PARTS];
};

/* Contents undefined afterwards; the clip is everything. False when out of memory. */
bool raster_resize(struct raster *raster, int width, int height);
void raster_release(struct raster *raster);
void raster_clip(struct raster *raster, struct raster_area area);
void raster_fill(struct raster *raster, struct raster_area area, struct raster_colour colour);
/* A line with round ends; *phase is how far along the dash pattern it begins, and is moved on so
 * that the next piece of a polyline continues it. */
void raster_line(struct raster *raster, double x0, double y0, double x1, double y1, double width,
                 struct raster_colour colour, const struct raster_dash *dash, double *phase);
/* Fills between (x0, low0)-(x1, low1) and (x0, high0)-(x1, high1); x0 < x1. */
void raster_band(struct raster *raster, double x0, double low0, double high0, double x1,
                 double low1, double high1, struct raster_colour colour);
void raster_disc(struct raster *raster, double x, double y, double radius,
                 struct raster_colour colour);

#endif
