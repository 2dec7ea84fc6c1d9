/* uniform: every cell of c x c patches keeps its share of the visible ones, at random places.
 *
 * Li et al. 2022 (UM-MAE) keep one patch of every 2 x 2, which is .75. At other ratios a cell's
 * share V s / L is no whole number: it keeps the floor or the ceiling, so that the sum is V and
 * every cell has its share on average. Systematic sampling does both: with the cells in random
 * order and u uniform, a cell that covers the shares from a to b keeps floor(b + u) - floor(a + u)
 * (Madow 1949), here in whole numbers of L-th parts.
 */
#include "mask/cell.h"
#include "mask/families.h"

enum { CELL };

static const struct setting parameters[] = {
    [CELL] = {.name = "cell",
              .type = SETTING_INT,
              .unit = "patches",
              .low = 1,
              .high = 64,
              .fallback = "2",
              .help = "the side of the squares that all keep the same share of visible patches"},
};

static void draw(const struct mask_request *request, uint8_t *mask)
{
    int side = (int)request->parameters[CELL];
    int patches = request->grid_height * request->grid_width, count = cell_count(request, side);
    int64_t visible = patches - request->hidden;
    uint32_t *order = (uint32_t *)(void *)request->scratch;
    for (int i = 0; i < count; i++)
        order[i] = (uint32_t)i;
    random_shuffle(request->random, order, (uint32_t)count);
    int64_t share = random_below(request->random, (uint32_t)patches);
    for (int i = 0; i < count; i++) {
        struct cell cell = cell_at(request, side, (int)order[i]);
        int size = cell.height * cell.width;
        int shown = (int)((share + visible * size) / patches - share / patches);
        share += visible * size;
        cell_write(request, &cell, size - shown, mask);
    }
}

static size_t scratch_size(int patches)
{
    return (size_t)patches * sizeof(uint32_t);
}

const struct strategy strategy_uniform = {
    .name = "uniform",
    .help = "every cell keeps the same share of visible patches",
    .source = "Li et al. 2022, Uniform Masking: Enabling MAE Pre-training for Pyramid-based Vision "
              "Transformers with Locality",
    .parameters = {parameters, ARRAY_LENGTH(parameters)},
    .scratch_size = scratch_size,
    .draw = draw,
};
