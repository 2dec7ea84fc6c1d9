/* inverse-block: one visible rectangle of V patches, everything else hidden.
 *
 * Darcet et al. 2025 (CAPI): aspect log-uniform in [a, 1/a], the last row cut so that exactly V are
 * visible, then rolled around the torus by a random number of rows and columns, so that every
 * position is equally likely to be hidden. Without the roll it lies wholly on the grid.
 */
#include "mask/families.h"
#include "mask/rectangle.h"

#include <math.h>

enum { ASPECT, ROLL };

static const struct setting parameters[] = {
    [ASPECT] = {.name = "aspect",
                .type = SETTING_REAL,
                .low = 0.01,
                .high = 1.0,
                .fallback = "0.5",
                .help = "the rectangle's aspect lies between this and its inverse"},
    [ROLL] = {.name = "roll",
              .type = SETTING_INT,
              .low = 0,
              .high = 1,
              .fallback = "1",
              .help = "1: it may leave the grid and come back at the opposite edge; 0: it may not"},
};

static void draw(const struct mask_request *request, uint8_t *mask)
{
    int visible = request->grid_height * request->grid_width - request->hidden;
    double log_aspect = log(request->parameters[ASPECT]);
    double aspect = exp(log_aspect * (1.0 - 2.0 * random_uniform(request->random)));
    struct rectangle rectangle = rectangle_holding(request, visible, aspect);
    if (request->parameters[ROLL] > 0.0) {
        rectangle.top = (int)random_below(request->random, (uint32_t)request->grid_height);
        rectangle.left = (int)random_below(request->random, (uint32_t)request->grid_width);
    } else {
        rectangle_place(request, &rectangle);
    }
    rectangle_show(request, &rectangle, visible, mask);
}

const struct strategy strategy_inverse_block = {
    .name = "inverse-block",
    .help = "everything but one rectangle",
    .source = "Darcet et al. 2025, Cluster and Predict Latent Patches for Improved Masked Image "
              "Modeling",
    .parameters = {parameters, ARRAY_LENGTH(parameters)},
    .draw = draw,
};
