/* How products are cut into parts. Private to src/nn. */
#ifndef MASKSCOPE_NN_PRODUCT_PARTS_H
#define MASKSCOPE_NN_PRODUCT_PARTS_H

#include "nn/product_kernels.h"

enum { PRODUCT_SUM_COLUMNS = 6 * PRODUCT_COLUMNS }; /* of a tile of a weight's gradient at most */

static inline size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

static inline size_t parts_of(size_t count, size_t most)
{
    return (count + most - 1) / most;
}

/* Where part `part` of `count` things begins, when they are divided evenly. */
static inline size_t part_start(size_t count, size_t parts, size_t part)
{
    return count * part / parts;
}

static inline size_t elements_of(const struct product_kernels *kernels, size_t depth)
{
    return parts_of(depth, kernels->values);
}

/* Whether the kernels read floats as they lie in a matrix. */
static inline bool read_in_place(const struct product_kernels *kernels)
{
    return kernels->values == 1;
}

#endif
