#include "ui/range.h"

#include <math.h>
#include <stdlib.h>

#include "run/snapshot.h"

struct range range_empty(void)
{
    return (struct range){INFINITY, -INFINITY};
}

bool range_known(const struct range *range)
{
    return range->low <= range->high;
}

static bool belongs(double value, bool logarithmic)
{
    return isfinite(value) && (!logarithmic || value > 0);
}

void range_add(struct range *range, double value, bool logarithmic)
{
    if (!belongs(value, logarithmic))
        return;
    range->low = fmin(range->low, value);
    range->high = fmax(range->high, value);
}

void range_add_all(struct range *range, const float *values, int count, bool logarithmic)
{
    for (int i = 0; i < count; i++)
        range_add(range, (double)values[i], logarithmic);
}

static int compare_doubles(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

/* Distances on the axis are differences of these. */
static double length_of(double value, bool logarithmic)
{
    return logarithmic ? log(value) : value;
}

/* What belongs on the axis, rising. */
static int sort_lengths(double sorted[CURVE_POINTS], const float *values, int count,
                        bool logarithmic)
{
    int used = 0;
    for (int i = 0; i < count && used < CURVE_POINTS; i++)
        if (belongs((double)values[i], logarithmic))
            sorted[used++] = length_of((double)values[i], logarithmic);
    qsort(sorted, (size_t)used, sizeof *sorted, compare_doubles);
    return used;
}

/* All but a few at either end are the bulk. What is further from it than some times its own span,
 * or than what would be a span worth showing, is left out: so the bulk takes a good part of the
 * axis, and the steep beginning of an ordinary curve stays. Few values are no bulk. */
void range_add_most(struct range *range, const float *values, int count, bool logarithmic)
{
    enum { FEW = 10, SHARE = 50 };
    static const struct {
        double reach, least_span; /* the span in parts of the values, or as a logarithm */
    } linear = {5, 0.5}, by_factors = {2, 0.7};
    double sorted[CURVE_POINTS];
    int used = sort_lengths(sorted, values, count, logarithmic);
    if (used < FEW) {
        range_add_all(range, values, count, logarithmic);
        return;
    }
    int apart = 1 + used / SHARE;
    double low = sorted[apart], high = sorted[used - 1 - apart];
    double span = high - low, magnitude = fmax(fabs(low), fabs(high));
    double room = logarithmic ? by_factors.reach * fmax(span, by_factors.least_span)
                              : linear.reach * fmax(span, linear.least_span * magnitude);
    for (int i = 0; i < count; i++) {
        double value = (double)values[i], length = length_of(value, logarithmic);
        if (length >= low - room && length <= high + room) /* false for NaN */
            range_add(range, value, logarithmic);
    }
}

void range_settle(struct range *range, bool logarithmic)
{
    if (!range_known(range))
        *range = logarithmic ? (struct range){0.1, 1} : (struct range){0, 1};
    double least = logarithmic ? 0.02 * range->low : 1e-9 + 0.01 * fabs(range->low);
    if (range->high - range->low >= least)
        return;
    double middle = 0.5 * range->low + 0.5 * range->high;
    range->low = middle - 0.5 * least;
    range->high = middle + 0.5 * least;
}

void range_widen(struct range *range, bool logarithmic)
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

double range_position(const struct range *range, bool logarithmic, double value)
{
    if (!belongs(value, logarithmic))
        return NAN;
    if (logarithmic)
        return log(value / range->low) / log(range->high / range->low);
    return (value - range->low) / (range->high - range->low);
}

int range_side(const struct range *range, bool logarithmic, double value)
{
    return !belongs(value, logarithmic) ? 0 : value < range->low ? -1 : value > range->high;
}
