#include "ui/window/picture_row.h"

#include <math.h>

#include "ui/window/theme.h"

enum { GAP = 16 };

static struct picture_row with_columns(const struct canvas *canvas, SDL_FRect area, int count,
                                       int columns, int image_width, int image_height, float words)
{
    int rows = (count + columns - 1) / columns;
    double width = (double)(area.w - (float)(columns - 1) * GAP) / columns * canvas->scale;
    double height =
        ((double)(area.h - (float)(rows - 1) * GAP) / rows - (double)words) * canvas->scale;
    int zoom = (int)fmin(width / image_width, height / image_height);
    zoom = zoom < 1 ? 1 : zoom;
    return (struct picture_row){.area = area,
                                .count = count,
                                .columns = columns,
                                .zoom = zoom,
                                .width = (float)(zoom * image_width / canvas->scale),
                                .height = (float)(zoom * image_height / canvas->scale)};
}

struct picture_row picture_row_fit(const struct canvas *canvas, SDL_FRect area, int count,
                                   int image_width, int image_height, float above, float below)
{
    struct picture_row best = {0};
    for (int columns = count; columns >= 1; columns--) {
        struct picture_row row =
            with_columns(canvas, area, count, columns, image_width, image_height, above + below);
        if (row.zoom > best.zoom)
            best = row;
    }
    best.below = below;
    return best;
}

float picture_row_height(const struct picture_row *row, float above)
{
    int rows = (row->count + row->columns - 1) / row->columns;
    return (float)rows * (above + row->height + row->below) + (float)(rows - 1) * GAP;
}

SDL_FRect picture_row_cell(const struct picture_row *row, int index, float above)
{
    int column = index % row->columns, line = index / row->columns;
    float pitch = above + row->height + row->below + GAP;
    return (SDL_FRect){row->area.x + (float)column * (row->width + GAP),
                       row->area.y + above + (float)line * pitch, row->width, row->height};
}

void picture_row_draw(const struct view_frame *frame, SDL_FRect cell, SDL_Texture *texture,
                      enum picture_kind kind, const struct gallery *gallery)
{
    SDL_Rect source = {(int)kind * gallery->width, 0, gallery->width, gallery->height};
    SDL_Rect target = canvas_physical(frame->canvas, cell);
    target.w = target.w / gallery->width * gallery->width; /* whole pixels, whatever the rounding */
    target.h = target.h / gallery->height * gallery->height;
    if (texture)
        SDL_RenderCopy(frame->canvas->renderer, texture, &source, &target);
}

int picture_row_patch(const struct view_frame *frame, SDL_FRect cell, const struct gallery *gallery)
{
    if (!frame->mouse_inside || !canvas_inside(cell, frame->mouse_x, frame->mouse_y))
        return -1;
    int columns = picture_grid_width(gallery), rows = gallery->height / gallery->patch;
    int x = (int)((frame->mouse_x - cell.x) / cell.w * (float)columns);
    int y = (int)((frame->mouse_y - cell.y) / cell.h * (float)rows);
    return y * columns + x;
}

SDL_FRect picture_row_patch_area(SDL_FRect cell, const struct gallery *gallery, int patch)
{
    int columns = picture_grid_width(gallery), rows = gallery->height / gallery->patch;
    float width = cell.w / (float)columns, height = cell.h / (float)rows;
    return (SDL_FRect){cell.x + width * (float)(patch % columns),
                       cell.y + height * (float)(patch / columns), width, height};
}

void picture_row_outline(struct canvas *canvas, SDL_FRect area, SDL_Color colour)
{
    static const SDL_Color dark = {0, 0, 0, 200};
    canvas_frame(canvas, (SDL_FRect){area.x - 1, area.y - 1, area.w + 2, area.h + 2}, dark);
    canvas_frame(canvas, area, colour);
    canvas_frame(canvas, (SDL_FRect){area.x + 1, area.y + 1, area.w - 2, area.h - 2}, colour);
}
