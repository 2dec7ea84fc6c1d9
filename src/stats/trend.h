/* Where a training curve is heading: still falling, on a plateau, rising, or lost.
 *
 * Losses of neighbouring steps are not independent (one model made them), so the curve is cut into
 * TREND_BLOCKS blocks and a line is fitted to their means. A plateau is not "no significant slope",
 * which a noisy curve always is, but an equivalence: the whole 95% interval of the change over the
 * window lies within TREND_MARGIN of the level.
 */
#ifndef MASKSCOPE_STATS_TREND_H
#define MASKSCOPE_STATS_TREND_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

enum trend {
    TREND_UNKNOWN,  /* fewer values than blocks */
    TREND_FALLING,  /* the interval of the change lies below 0 */
    TREND_PLATEAU,  /* it lies within the margin */
    TREND_RISING,   /* it lies above the margin */
    TREND_UNCLEAR,  /* none of these: too noisy to say */
    TREND_DIVERGED, /* a value that is no number */
    TRENDS
};
const char *trend_name(enum trend trend);

enum { TREND_BLOCKS = 20 };
#define TREND_MARGIN 0.02 /* share of the level */

struct trend_test {
    enum trend trend;
    double change;    /* over the window, as a share of its level; NaN if unknown */
    double low, high; /* its 95% interval (t, TREND_BLOCKS - 2 degrees of freedom) */
};

/* values [count]: the window, evenly spaced in steps. ERROR_SYSTEM. Any thread. */
bool trend_find(const double *values, size_t count, struct trend_test *test, struct error *error)
    __attribute__((warn_unused_result));

#endif
