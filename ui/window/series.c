#include "ui/window/series.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct series_style series_style(int arm)
{
    static const struct raster_colour colours[] = {
        {0x56, 0xb4, 0xe9, 255}, /* sky blue */
        {0xe6, 0x9f, 0x00, 255}, /* orange */
        {0x00, 0x9e, 0x73, 255}, /* bluish green */
        {0xcc, 0x79, 0xa7, 255}, /* reddish purple */
        {0xf0, 0xe4, 0x42, 255}, /* yellow */
        {0xd5, 0x5e, 0x00, 255}, /* vermillion */
        {0x2f, 0x8f, 0xd8, 255}, /* blue, lightened from 0072b2 for the dark ground */
    };
    static const struct raster_dash dashes[] = {
        {{0}}, {{5, 3, 5, 3}}, {{0.5f, 2.2f, 0.5f, 2.2f}}, {{6, 2.5f, 0.5f, 2.5f}}};
    enum {
        COLOURS = sizeof colours / sizeof colours[0],
        DASHES = sizeof dashes / sizeof dashes[0]
    };
    return (struct series_style){colours[arm % COLOURS], dashes[arm % DASHES]};
}

int series_nearest(const struct curve *curve, double step)
{
    int low = 0, high = curve->count - 1;
    while (low < high) {
        int middle = (low + high) / 2;
        if ((double)curve->step[middle] < step)
            low = middle + 1;
        else
            high = middle;
    }
    bool before = low > 0 && step - (double)curve->step[low - 1] <= (double)curve->step[low] - step;
    return before ? low - 1 : low;
}

int series_point(const struct curve *curve, double step)
{
    if (curve->count == 0 || step < (double)curve->step[0] ||
        step > (double)curve->step[curve->count - 1])
        return -1;
    return series_nearest(curve, step);
}

bool series_between(const struct curve *curve, double from, double to, int *first, int *last)
{
    if (curve->count == 0)
        return false;
    *first = series_nearest(curve, from);
    *last = series_nearest(curve, to);
    *first = *first > 0 ? *first - 1 : 0;
    *last = *last < curve->count - 1 ? *last + 1 : *last;
    return true;
}
