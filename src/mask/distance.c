#include "mask/distance.h"

#include <string.h>

/* Farther than any patch of a grid: sides are at most 2^14, and far^2 + 2^28 fits an int. */
static const int far = 1 << 14;

static inline int smaller(int a, int b)
{
    return a < b ? a : b;
}

/* One sweep along a column: how far back the last visible patch lies. Going round twice lets the
 * second turn see what lies behind the edge of a torus. */
static void sweep_column(int height, int stride, int turns, bool down, const uint8_t *mask,
                         int *distance)
{
    int since = far;
    for (int step = 0; step < turns * height; step++) {
        int y = down ? step % height : height - 1 - step % height;
        since = mask[y * stride] ? smaller(since + 1, far) : 0;
        distance[y * stride] = smaller(distance[y * stride], since);
    }
}

static inline int square(int value)
{
    return value * value;
}

/* min over the row's columns c of (x - c)^2 + row[c]^2. */
static int nearest_in_row(int width, bool torus, const int *row, int x)
{
    int best = square(row[x]);
    int reach = torus ? width / 2 : width - 1;
    for (int dx = 1; dx <= reach && square(dx) < best; dx++) {
        int left = x - dx, right = x + dx;
        if (torus) {
            left = left < 0 ? left + width : left;
            right = right >= width ? right - width : right;
        }
        if (left >= 0)
            best = smaller(best, square(dx) + square(row[left]));
        if (right < width)
            best = smaller(best, square(dx) + square(row[right]));
    }
    return best;
}

void distance_to_visible(int grid_height, int grid_width, bool torus, const uint8_t *mask,
                         int *squared, int *row)
{
    for (int patch = 0; patch < grid_height * grid_width; patch++)
        squared[patch] = far;
    for (int x = 0; x < grid_width; x++) {
        sweep_column(grid_height, grid_width, torus ? 2 : 1, true, mask + x, squared + x);
        sweep_column(grid_height, grid_width, torus ? 2 : 1, false, mask + x, squared + x);
    }
    for (int y = 0; y < grid_height; y++) {
        int *out = squared + y * grid_width;
        memcpy(row, out, (size_t)grid_width * sizeof *row);
        for (int x = 0; x < grid_width; x++)
            out[x] = nearest_in_row(grid_width, torus, row, x);
    }
}
