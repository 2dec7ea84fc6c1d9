/* The range of an axis over values, and where a value lies on it. Pure functions.
 *
 * On a logarithmic axis only values above zero count. Begin with range_empty.
 */
#ifndef MASKSCOPE_UI_RANGE_H
#define MASKSCOPE_UI_RANGE_H

#include <stdbool.h>

struct range {
    double low, high; /* low > high: empty */
};
struct range range_empty(void);
bool range_known(const struct range *range);
/* Takes in a finite value. */
void range_add(struct range *range, double value, bool logarithmic);
void range_add_all(struct range *range, const float *values, int count, bool logarithmic);
/* The same, but for values so far from all the others that the others would become a flat line: a
 * loss that jumped once. At most CURVE_POINTS values, as of a curve. */
void range_add_most(struct range *range, const float *values, int count, bool logarithmic);
/* Makes it fit to be an axis: not empty, not a point. */
void range_settle(struct range *range, bool logarithmic);
/* Adds a little room at both ends, and makes a single value a range. */
void range_widen(struct range *range, bool logarithmic);
/* Where a value lies, 0 at low and 1 at high; NaN if it lies nowhere. */
double range_position(const struct range *range, bool logarithmic, double value);
/* Whether a value belongs on the axis and lies outside of the range: -1 below, 1 above. */
int range_side(const struct range *range, bool logarithmic, double value);

#endif
