/* The fixed two-dimensional sine-cosine position table of the MAE release. */
#ifndef MASKSCOPE_NN_POSITIONS_H
#define MASKSCOPE_NN_POSITIONS_H

#include <stddef.h>

/* table [1 + grid_height * grid_width, dim]; the class token's row is zero. The first half of a row
 * encodes the patch's column and the second its row, each as dim / 4 sines, then as many cosines,
 * of position / 10000^(i / (dim / 4)). dim is a multiple of 4. */
void positions_fill(float *table, size_t grid_height, size_t grid_width, size_t dim);

#endif
