/* cells: squares of c x c patches hidden or shown whole, in random order until M are hidden.
 *
 * SimMIM hides 32-pixel cells whatever the patch size; Pixio coarsens its grid by 4. The cell that
 * M ends in is cut at random. Where the grid's sides are no multiples of c, cells at its edge are
 * smaller, and going through whole cells only would favour their patches; so there the M patches
 * begin at a random one of the L in the order drawn and go round: every patch is hidden with
 * probability M / L, and a second cell is cut.
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
              .help = "the side of the squares that are hidden or shown whole"},
};

/* How many of first .. first + count - 1 lie in begin .. begin + length - 1. */
static int overlap(int first, int count, int begin, int length)
{
    int from = first > begin ? first : begin;
    int end = first + count, limit = begin + length;
    int to = end < limit ? end : limit;
    return to > from ? to - from : 0;
}

static void draw(const struct mask_request *request, uint8_t *mask)
{
    int side = (int)request->parameters[CELL];
    int patches = request->grid_height * request->grid_width, count = cell_count(request, side);
    bool equal = request->grid_height % side == 0 && request->grid_width % side == 0;
    uint32_t *order = (uint32_t *)(void *)request->scratch;
    for (int i = 0; i < count; i++)
        order[i] = (uint32_t)i;
    random_shuffle(request->random, order, (uint32_t)count);
    int begin = equal ? 0 : (int)random_below(request->random, (uint32_t)patches);
    for (int i = 0, first = 0; i < count; i++) {
        struct cell cell = cell_at(request, side, (int)order[i]);
        int size = cell.height * cell.width;
        int hidden = overlap(first, size, begin, request->hidden) +
                     overlap(first + patches, size, begin, request->hidden);
        cell_write(request, &cell, hidden, mask);
        first += size;
    }
}

static size_t scratch_size(int patches)
{
    return (size_t)patches * sizeof(uint32_t);
}

const struct strategy strategy_cells = {
    .name = "cells",
    .help = "squares of patches hidden or shown whole",
    .source = "Xie et al. 2022, SimMIM: a Simple Framework for Masked Image Modeling",
    .parameters = {parameters, ARRAY_LENGTH(parameters)},
    .scratch_size = scratch_size,
    .draw = draw,
};
