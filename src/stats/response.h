/* How an error goes with the ratio when the same units (images, or seeds) were measured at every
 * ratio: the unit is what is repeated, so every band and test is over units. A line and a smooth
 * curve are fitted to each unit's values, and described over the units. Where no unit was measured
 * at more than one ratio, the points are independent, and ordinary fits are made to all at once.
 */
#ifndef MASKSCOPE_STATS_RESPONSE_H
#define MASKSCOPE_STATS_RESPONSE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

/* A value with its 95% interval over units (t); NaN where the units do not tell. */
struct response_point {
    double mean, low, high;
};

/* All-zero is empty. */
struct response {
    size_t levels, units;                        /* units: those measured at every level */
    double *x;                                   /* [levels], ascending */
    struct response_point *mean, *line, *spline; /* [levels]; spline NaN below three levels */
    size_t *count;                               /* [levels]: of values in the mean there */
    size_t points;                               /* that the fits are made to */
    struct response_point slope;
    double slope_p;        /* of no slope, two-sided: a t test of the units' own slopes */
    double rho, rho_p;     /* Spearman's over all points: conservative, since units repeat */
    double spline_degrees; /* effective; 2 is a line */
};

/* x [levels] ascending; y [units][levels], units with a NaN are left out. ERROR_SYSTEM. The caller
 * releases it if true. Any thread. */
bool response_fit(const double *x, size_t levels, const double *y, size_t units,
                  struct response *response, struct error *error)
    __attribute__((warn_unused_result));
void response_release(struct response *response);

#endif
