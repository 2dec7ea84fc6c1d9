/* How products are cut into parts. Private to src/nn. */
#ifndef MASKSCOPE_NN_PRODUCT_PARTS_H
#define MASKSCOPE_NN_PRODUCT_PARTS_H

#include "nn/product_kernels.h"
#include "nn/sizes.h"

enum { PRODUCT_SUM_COLUMNS = 6 * PRODUCT_COLUMNS }; /* of a tile of a weight's gradient at most */

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
