#include "ui/window/paint.h"

#include <stdlib.h>
#include <string.h>

static int columns_of(const struct paint *paint)
{
    return picture_grid_width(&paint->drawn);
}

static int rows_of(const struct paint *paint)
{
    return paint->drawn.height / paint->drawn.patch;
}

void paint_take_mask(struct paint *paint, const struct view_frame *frame)
{
    const struct gallery *gallery = &frame->model->snapshot->gallery;
    for (int patch = 0; patch < gallery->patches; patch++)
        paint->drawn.mask[patch] =
            picture_hidden(gallery, frame->model->arm, frame->model->image, patch);
    paint->drawn.version++;
}

static void copy_image(struct paint *paint, const struct view_frame *frame)
{
    const struct gallery *gallery = &frame->model->snapshot->gallery;
    size_t picture = 3 * (size_t)gallery->width * (size_t)gallery->height;
    size_t row = (size_t)frame->model->image;
    struct gallery *drawn = &paint->drawn;
    memcpy(drawn->original, gallery->original + row * picture, picture);
    memcpy(drawn->names[0], gallery->names[row], sizeof drawn->names[0]);
    memcpy(drawn->classes[0], gallery->classes[row], sizeof drawn->classes[0]);
    drawn->images = drawn->arms = 1;
    drawn->version++;
    paint->gallery = gallery->version;
    paint->row = frame->model->image;
}

bool paint_take_image(struct paint *paint, const struct view_frame *frame)
{
    if (!paint->made) {
        if (!gallery_init(&paint->drawn, &frame->model->snapshot->shape, 1, 1, NULL))
            return false;
        paint->made = true;
        paint->brush = 1;
    }
    if (paint->gallery != frame->model->snapshot->gallery.version ||
        paint->row != frame->model->image)
        copy_image(paint, frame);
    if (!paint->started)
        paint_take_mask(paint, frame);
    paint->started = true;
    return true;
}

static int clamp(int value, int low, int high)
{
    return value < low ? low : value > high ? high : value;
}

SDL_Rect paint_brush_area(const struct paint *paint, int patch)
{
    int columns = columns_of(paint), rows = rows_of(paint);
    int x = patch % columns - (paint->brush - 1) / 2, y = patch / columns - (paint->brush - 1) / 2;
    int left = clamp(x, 0, columns), top = clamp(y, 0, rows);
    return (SDL_Rect){left, top, clamp(x + paint->brush, 0, columns) - left,
                      clamp(y + paint->brush, 0, rows) - top};
}

static void dab(struct paint *paint, int x, int y)
{
    int columns = columns_of(paint);
    SDL_Rect area = paint_brush_area(paint, y * columns + x);
    for (int row = area.y; row < area.y + area.h; row++)
        memset(paint->drawn.mask + row * columns + area.x, !paint->showing, (size_t)area.w);
}

void paint_stroke(struct paint *paint, int patch)
{
    int columns = columns_of(paint), x = patch % columns, y = patch / columns;
    int from_x = paint->last_x < 0 ? x : paint->last_x,
        from_y = paint->last_x < 0 ? y : paint->last_y;
    int steps = abs(x - from_x) > abs(y - from_y) ? abs(x - from_x) : abs(y - from_y);
    for (int i = 0; i <= steps; i++) /* a fast mouse leaves no gaps */
        dab(paint, steps ? from_x + (x - from_x) * i / steps : x,
            steps ? from_y + (y - from_y) * i / steps : y);
    paint->last_x = x;
    paint->last_y = y;
    paint->drawn.version++;
}

void paint_fill(struct paint *paint, bool hidden)
{
    memset(paint->drawn.mask, hidden, (size_t)paint->drawn.patches);
    paint->drawn.version++;
}

void paint_invert(struct paint *paint)
{
    for (int patch = 0; patch < paint->drawn.patches; patch++)
        paint->drawn.mask[patch] = !paint->drawn.mask[patch];
    paint->drawn.version++;
}

int paint_hidden(const struct paint *paint)
{
    return picture_hidden_count(&paint->drawn, 0, 0);
}
