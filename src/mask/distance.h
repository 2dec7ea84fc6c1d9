/* Distance from every patch to the nearest visible one, in patches (centre to centre).
 *
 * The exact squared Euclidean distance transform, one pass down the columns and one along the rows:
 * A. Meijster, J. Roerdink, W. Hesselink, A General Algorithm for Computing Distance Transforms in
 * Linear Time (2000), with a plain search that stops early for the second pass.
 */
#ifndef MASKSCOPE_MASK_DISTANCE_H
#define MASKSCOPE_MASK_DISTANCE_H

#include <stdbool.h>
#include <stdint.h>

/* What a grid without any visible patch gives, at least. */
enum { DISTANCE_NONE = 1 << 28 };

/* squared [grid_height * grid_width]: squared distance to the nearest patch with mask 0; 0 at
 * visible patches. `torus`: the grid's opposite edges touch. row [grid_width] is scratch. Any
 * thread. */
void distance_to_visible(int grid_height, int grid_width, bool torus, const uint8_t *mask,
                         int *squared, int *row);

#endif
