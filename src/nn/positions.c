#include "nn/positions.h"

#include <math.h>
#include <string.h>

/* out [2 * count]: count sines, then count cosines */
static void encode(float *out, size_t position, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        double angle = (double)position / pow(10000.0, (double)i / (double)count);
        out[i] = (float)sin(angle);
        out[count + i] = (float)cos(angle);
    }
}

void positions_fill(float *table, size_t grid_height, size_t grid_width, size_t dim)
{
    memset(table, 0, dim * sizeof *table);
    for (size_t row = 0; row < grid_height; row++)
        for (size_t column = 0; column < grid_width; column++) {
            float *out = table + (1 + row * grid_width + column) * dim;
            encode(out, column, dim / 4);
            encode(out + dim / 2, row, dim / 4);
        }
}
