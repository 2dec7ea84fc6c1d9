#include "mask/cell.h"

static int smaller(int a, int b)
{
    return a < b ? a : b;
}

static int cells_along(int patches, int side)
{
    return (patches + side - 1) / side;
}

int cell_count(const struct mask_request *request, int side)
{
    return cells_along(request->grid_height, side) * cells_along(request->grid_width, side);
}

struct cell cell_at(const struct mask_request *request, int side, int index)
{
    int columns = cells_along(request->grid_width, side);
    int top = index / columns * side, left = index % columns * side;
    return (struct cell){top, left, smaller(side, request->grid_height - top),
                         smaller(side, request->grid_width - left)};
}

void cell_write(const struct mask_request *request, const struct cell *cell, int hidden,
                uint8_t *mask)
{
    uint32_t left = (uint32_t)(cell->height * cell->width), wanted = (uint32_t)hidden;
    for (int y = 0; y < cell->height; y++) {
        uint8_t *row = mask + (cell->top + y) * request->grid_width + cell->left;
        for (int x = 0; x < cell->width; x++, left--) {
            bool all = wanted == 0 || wanted == left;
            row[x] = all ? wanted > 0 : random_below(request->random, left) < wanted;
            wanted -= row[x];
        }
    }
}
