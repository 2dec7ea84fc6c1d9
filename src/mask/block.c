/* block: a union of rectangles, then single patches at its edge until exactly M are hidden.
 *
 * Bao et al. 2022 (BEiT), algorithm 1. Area uniform in [min_area, what remains], aspect log-uniform
 * in [a, 1/a], any place that lies wholly on the grid, its last row and column included; a
 * rectangle counts if it hides 1 .. remaining new patches, and ten that do not end the search. BEiT
 * stops short of M then; here the union grows at its edge.
 */
#include "mask/edge.h"
#include "mask/families.h"
#include "mask/rectangle.h"

#include <math.h>
#include <string.h>

enum { MIN_AREA, ASPECT };
enum { TRIES = 10 };
/* BEiT's min_area is meant for 14 x 14 patches. */
static const double reference_patches = 196.0;

static const struct setting parameters[] = {
    [MIN_AREA] = {.name = "min_area",
                  .type = SETTING_REAL,
                  .unit = "patches",
                  .low = 1.0,
                  .high = 196.0,
                  .fallback = "16",
                  .help = "the smallest rectangle, in patches of a 14 x 14 grid"},
    [ASPECT] = {.name = "aspect",
                .type = SETTING_REAL,
                .low = 0.01,
                .high = 1.0,
                .fallback = "0.3",
                .help = "rectangles' aspect lies between this and its inverse"},
};

/* False: the rectangle does not fit on the grid. */
static bool draw_rectangle(const struct mask_request *request, int remaining,
                           struct rectangle *rectangle)
{
    int patches = request->grid_height * request->grid_width;
    double smallest = request->parameters[MIN_AREA] * patches / reference_patches;
    smallest = fmin(smallest, remaining);
    double area = smallest + (remaining - smallest) * random_uniform(request->random);
    double log_aspect = log(request->parameters[ASPECT]);
    double aspect = exp(log_aspect * (1.0 - 2.0 * random_uniform(request->random)));
    *rectangle = rectangle_shaped(area, aspect);
    if (rectangle->height > request->grid_height || rectangle->width > request->grid_width)
        return false;
    rectangle_place(request, rectangle);
    return true;
}

static int count_visible(const struct rectangle *rectangle, int grid_width, const uint8_t *mask)
{
    int visible = 0;
    for (int y = rectangle->top; y < rectangle->top + rectangle->height; y++)
        for (int x = rectangle->left; x < rectangle->left + rectangle->width; x++)
            visible += !mask[y * grid_width + x];
    return visible;
}

/* Hides one more rectangle; returns the patches newly hidden, 0 once ten tries have failed. */
static int hide_rectangle(const struct mask_request *request, int remaining, uint8_t *mask)
{
    for (int attempt = 0; attempt < TRIES; attempt++) {
        struct rectangle rectangle;
        if (!draw_rectangle(request, remaining, &rectangle))
            continue;
        int added = count_visible(&rectangle, request->grid_width, mask);
        if (added < 1 || added > remaining)
            continue;
        rectangle_fill(request, &rectangle, 1, mask);
        return added;
    }
    return 0;
}

static void draw(const struct mask_request *request, uint8_t *mask)
{
    int remaining = request->hidden, added;
    memset(mask, 0, (size_t)(request->grid_height * request->grid_width));
    do {
        added = hide_rectangle(request, remaining, mask);
        remaining -= added;
    } while (added > 0 && remaining > 0);
    if (remaining > 0)
        edge_grow(request, 1, remaining, mask);
}

const struct strategy strategy_block = {
    .name = "block",
    .help = "a union of rectangles, grown at its edge to the exact number",
    .source = "Bao et al. 2022, BEiT: BERT Pre-Training of Image Transformers",
    .parameters = {parameters, ARRAY_LENGTH(parameters)},
    .scratch_size = edge_scratch_size,
    .draw = draw,
};
