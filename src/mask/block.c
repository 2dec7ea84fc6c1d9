/* block: a union of rectangles, then single patches at its edge until exactly M are hidden.
 *
 * Bao et al. 2022 (BEiT), algorithm 1. Area uniform in [min_area, what remains], aspect log-uniform
 * in [a, 1/a], any place that lies wholly on the grid, its last row and column included; a
 * rectangle counts if it hides 1 .. remaining new patches, and ten that do not end the search. BEiT
 * stops short of M then; here the union grows at its edge.
 */
#include "mask/families.h"

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

struct rectangle {
    int top, left, height, width;
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
    int height = (int)fmax(1.0, rint(sqrt(area * aspect)));
    int width = (int)fmax(1.0, rint(sqrt(area / aspect)));
    if (height > request->grid_height || width > request->grid_width)
        return false;
    uint32_t tops = (uint32_t)(request->grid_height - height + 1);
    uint32_t lefts = (uint32_t)(request->grid_width - width + 1);
    *rectangle = (struct rectangle){.top = (int)random_below(request->random, tops),
                                    .left = (int)random_below(request->random, lefts),
                                    .height = height,
                                    .width = width};
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
        for (int y = 0; y < rectangle.height; y++)
            memset(mask + (rectangle.top + y) * request->grid_width + rectangle.left, 1,
                   (size_t)rectangle.width);
        return added;
    }
    return 0;
}

/* The visible patches that touch a hidden one, and whether a patch ever was among them. */
struct edge {
    int grid_height, grid_width;
    uint8_t *known; /* [L] */
    uint32_t *patches, count;
};

static void edge_add(struct edge *edge, const uint8_t *mask, int y, int x)
{
    if (y < 0 || x < 0 || y >= edge->grid_height || x >= edge->grid_width)
        return;
    int patch = y * edge->grid_width + x;
    if (mask[patch] || edge->known[patch])
        return;
    edge->known[patch] = 1;
    edge->patches[edge->count++] = (uint32_t)patch;
}

static void edge_add_around(struct edge *edge, const uint8_t *mask, int patch)
{
    int y = patch / edge->grid_width, x = patch % edge->grid_width;
    edge_add(edge, mask, y - 1, x);
    edge_add(edge, mask, y + 1, x);
    edge_add(edge, mask, y, x - 1);
    edge_add(edge, mask, y, x + 1);
}

/* Hides `remaining` more patches, each drawn from the present edge. */
static void grow(const struct mask_request *request, int remaining, uint8_t *mask)
{
    int patches = request->grid_height * request->grid_width;
    struct edge edge = {request->grid_height, request->grid_width,
                        request->scratch + (size_t)patches * sizeof(uint32_t),
                        (uint32_t *)(void *)request->scratch, 0};
    memset(edge.known, 0, (size_t)patches);
    for (int patch = 0; patch < patches; patch++)
        if (mask[patch])
            edge_add_around(&edge, mask, patch);
    if (edge.count == 0) /* no rectangle fitted: begin anywhere */
        edge.patches[edge.count++] = random_below(request->random, (uint32_t)patches);
    for (; remaining > 0; remaining--) {
        uint32_t chosen = random_below(request->random, edge.count);
        int patch = (int)edge.patches[chosen];
        edge.patches[chosen] = edge.patches[--edge.count];
        mask[patch] = 1;
        edge_add_around(&edge, mask, patch);
    }
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
        grow(request, remaining, mask);
}

static size_t scratch_size(int patches)
{
    return (size_t)patches * (sizeof(uint32_t) + 1);
}

const struct strategy strategy_block = {
    .name = "block",
    .help = "a union of rectangles, grown at its edge to the exact number",
    .source = "Bao et al. 2022, BEiT: BERT Pre-Training of Image Transformers",
    .parameters = parameters,
    .parameter_count = ARRAY_LENGTH(parameters),
    .scratch_size = scratch_size,
    .draw = draw,
};
