/* The grid cut into square cells, those at its right and lower edge as large as fits. Used inside
 * src/mask.
 */
#ifndef MASKSCOPE_MASK_CELL_H
#define MASKSCOPE_MASK_CELL_H

#include "mask/strategy.h"

struct cell {
    int top, left, height, width;
};

/* How many cells of `side` x `side` patches cover the request's grid. */
int cell_count(const struct mask_request *request, int side);
struct cell cell_at(const struct mask_request *request, int side, int index);
/* Writes the cell's patches: `hidden` of them 1, drawn at random, the others 0. */
void cell_write(const struct mask_request *request, const struct cell *cell, int hidden,
                uint8_t *mask);

#endif
