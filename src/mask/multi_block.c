/* multi-block: the patches of a few target rectangles hidden, and those outside one large context
 * rectangle; then grown or cut at the edge until exactly M are hidden.
 *
 * Assran et al. 2023 (I-JEPA): targets cover .15 to .2 of the grid with aspect .75 to 1.5, the
 * context .85 to 1 with aspect 1; the encoder sees the context without the targets. Scale and
 * aspect are drawn apart, where the published code takes both from one number. A rectangle that
 * does not fit is cut to the grid's sides.
 */
#include "mask/edge.h"
#include "mask/families.h"
#include "mask/rectangle.h"

#include <stdlib.h>
#include <string.h>

enum { TARGETS, SCALE_LOW, SCALE_HIGH };

static const struct setting parameters[] = {
    [TARGETS] = {.name = "targets",
                 .type = SETTING_INT,
                 .low = 1,
                 .high = 16,
                 .fallback = "4",
                 .help = "how many rectangles are hidden"},
    [SCALE_LOW] = {.name = "low",
                   .type = SETTING_REAL,
                   .low = 0.01,
                   .high = 1.0,
                   .fallback = "0.15",
                   .help = "the smallest target, as a share of the grid"},
    [SCALE_HIGH] = {.name = "high",
                    .type = SETTING_REAL,
                    .low = 0.01,
                    .high = 1.0,
                    .fallback = "0.2",
                    .help = "the largest target, as a share of the grid"},
};

static const double aspect_low = 0.75, aspect_high = 1.5;
static const double context_low = 0.85, context_high = 1.0;

static double draw_between(struct random *random, double low, double high)
{
    return low + (high - low) * random_uniform(random);
}

static void place_rectangle(const struct mask_request *request, double share, double aspect,
                            uint8_t value, uint8_t *mask)
{
    double area = share * request->grid_height * request->grid_width;
    struct rectangle rectangle = rectangle_shaped(area, aspect);
    if (rectangle.height > request->grid_height)
        rectangle.height = request->grid_height;
    if (rectangle.width > request->grid_width)
        rectangle.width = request->grid_width;
    rectangle_place(request, &rectangle);
    rectangle_fill(request, &rectangle, value, mask);
}

static void draw(const struct mask_request *request, uint8_t *mask)
{
    int patches = request->grid_height * request->grid_width, hidden = 0;
    memset(mask, 1, (size_t)patches);
    place_rectangle(request, draw_between(request->random, context_low, context_high), 1.0, 0,
                    mask);
    for (int target = 0; target < (int)request->parameters[TARGETS]; target++) {
        double share = draw_between(request->random, request->parameters[SCALE_LOW],
                                    request->parameters[SCALE_HIGH]);
        double aspect = draw_between(request->random, aspect_low, aspect_high);
        place_rectangle(request, share, aspect, 1, mask);
    }
    for (int patch = 0; patch < patches; patch++)
        hidden += mask[patch];
    int missing = request->hidden - hidden;
    if (missing != 0)
        edge_grow(request, missing > 0, abs(missing), mask);
}

static const char *problem(const double *values)
{
    return values[SCALE_LOW] > values[SCALE_HIGH] ? "low is above high" : NULL;
}

const struct strategy strategy_multi_block = {
    .name = "multi-block",
    .help = "a few rectangles, and what lies outside a large one",
    .source = "Assran et al. 2023, Self-Supervised Learning from Images with a Joint-Embedding "
              "Predictive Architecture",
    .parameters = {parameters, ARRAY_LENGTH(parameters)},
    .scratch_size = edge_scratch_size,
    .draw = draw,
    .problem = problem,
};
