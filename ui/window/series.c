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

struct series_range series_range_empty(void)
{
    return (struct series_range){INFINITY, -INFINITY};
}

bool series_range_known(const struct series_range *range)
{
    return range->low <= range->high;
}

void series_range_add(struct series_range *range, double value, bool positive)
{
    if (!isfinite(value) || (positive && value <= 0))
        return;
    range->low = fmin(range->low, value);
    range->high = fmax(range->high, value);
}

static int compare_floats(const void *left, const void *right)
{
    float a = *(const float *)left, b = *(const float *)right;
    return (a > b) - (a < b);
}

void series_range_add_most(struct series_range *range, const float *values, int first, int last,
                           double outliers, bool positive)
{
    float sorted[CURVE_POINTS];
    int count = 0;
    for (int i = first; i <= last; i++)
        if (isfinite(values[i]) && (!positive || values[i] > 0))
            sorted[count++] = values[i];
    if (count == 0)
        return;
    qsort(sorted, (size_t)count, sizeof *sorted, compare_floats);
    int left_out = (int)(outliers * count);
    series_range_add(range, (double)sorted[left_out], positive);
    series_range_add(range, (double)sorted[count - 1 - left_out], positive);
}

void series_range_widen(struct series_range *range, bool logarithmic)
{
    static const double room = 0.05;
    if (logarithmic) {
        double factor = fmax(pow(range->high / range->low, room), 1.02);
        range->low /= factor;
        range->high *= factor;
        return;
    }
    double extra = (range->high - range->low) * room;
    if (extra <= 0)
        extra = range->high != 0 ? fabs(range->high) * room : room;
    range->low -= extra;
    range->high += extra;
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
