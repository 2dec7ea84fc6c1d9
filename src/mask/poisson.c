/* poisson: patches spread as evenly as chance allows, by best-candidate sampling on the torus.
 *
 * Mitchell 1991, Spectrally Optimal Sampling for Distribution Ray Tracing: each new point is the
 * one of a few candidates that lies furthest from the points there are. The points are the visible
 * patches, or the hidden ones where those are fewer. Opposite edges of the grid touch, so every
 * position is equally likely. One candidate is random; the more, the more regular.
 */
#include "mask/families.h"

#include <limits.h>
#include <string.h>

enum { CANDIDATES };

static const struct setting parameters[] = {
    [CANDIDATES] = {.name = "candidates",
                    .type = SETTING_INT,
                    .low = 1,
                    .high = 256,
                    .fallback = "8",
                    .help = "places tried for every patch; the furthest from the others is taken"},
};

struct spread {
    int height, width;
    int *distance;   /* [L]: squared, to the nearest point so far, over the torus */
    int *along;      /* [width]: squared distance of each column to the new point's */
    uint32_t *empty; /* the places without a point */
    uint32_t count;
};

static int around(int a, int b, int size)
{
    int apart = a < b ? b - a : a - b;
    return apart < size - apart ? apart : size - apart;
}

static void note_point(struct spread *spread, int point)
{
    int point_y = point / spread->width, point_x = point % spread->width;
    for (int x = 0; x < spread->width; x++) {
        int dx = around(x, point_x, spread->width);
        spread->along[x] = dx * dx;
    }
    for (int y = 0; y < spread->height; y++) {
        int dy = around(y, point_y, spread->height), *row = spread->distance + y * spread->width;
        for (int x = 0; x < spread->width; x++) {
            int squared = dy * dy + spread->along[x];
            row[x] = squared < row[x] ? squared : row[x];
        }
    }
}

/* The index in `empty` of the best of the candidates; the first of equals, which are in random
 * order. */
static uint32_t best_candidate(const struct spread *spread, int candidates, struct random *random)
{
    uint32_t best = random_below(random, spread->count);
    for (int i = 1; i < candidates; i++) {
        uint32_t other = random_below(random, spread->count);
        if (spread->distance[spread->empty[other]] > spread->distance[spread->empty[best]])
            best = other;
    }
    return best;
}

static void draw(const struct mask_request *request, uint8_t *mask)
{
    int patches = request->grid_height * request->grid_width;
    int visible = patches - request->hidden;
    bool hidden_points = request->hidden < visible;
    int *numbers = (int *)(void *)request->scratch;
    struct spread spread = {.height = request->grid_height,
                            .width = request->grid_width,
                            .distance = numbers,
                            .along = numbers + patches,
                            .empty = (uint32_t *)(numbers + 2 * patches),
                            .count = (uint32_t)patches};
    for (int patch = 0; patch < patches; patch++) {
        spread.distance[patch] = INT_MAX;
        spread.empty[patch] = (uint32_t)patch;
    }
    memset(mask, !hidden_points, (size_t)patches);
    for (int left = hidden_points ? request->hidden : visible; left > 0; left--) {
        uint32_t chosen =
            best_candidate(&spread, (int)request->parameters[CANDIDATES], request->random);
        int point = (int)spread.empty[chosen];
        spread.empty[chosen] = spread.empty[--spread.count];
        mask[point] = hidden_points;
        note_point(&spread, point);
    }
}

static size_t scratch_size(int patches)
{
    return (size_t)patches * 3 * sizeof(int);
}

const struct strategy strategy_poisson = {
    .name = "poisson",
    .help = "patches spread as evenly as chance allows",
    .source = "Mitchell 1991, Spectrally Optimal Sampling for Distribution Ray Tracing",
    .parameters = {parameters, ARRAY_LENGTH(parameters)},
    .scratch_size = scratch_size,
    .draw = draw,
};
