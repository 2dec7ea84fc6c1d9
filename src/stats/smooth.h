/* Cubic smoothing splines: the curve f that minimises
 *     sum of w_i (y_i - f(x_i))^2 + lambda * integral of f''^2
 * (Green & Silverman 1994, chapter 2), lambda chosen by generalised cross-validation (Craven &
 * Wahba 1979) in which a degree of freedom costs 1.4 of its own (Kim & Gu 2004: plain,
 * it now and then follows every point of mere noise), with Wahba's Bayesian band (1983).
 */
#ifndef MASKSCOPE_STATS_SMOOTH_H
#define MASKSCOPE_STATS_SMOOTH_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

enum { SMOOTH_KNOTS = 512 }; /* work grows with the cube of their number */

/* All-zero is empty. */
struct smooth {
    size_t knots;       /* distinct x, ascending */
    double *x;          /* [knots] */
    double *mean;       /* [knots]: of the y there */
    double *weight;     /* [knots]: how many */
    double *fit;        /* [knots] */
    double *low, *high; /* [knots]: 95% band */
    double *hat;        /* [knots][knots]: fit = hat * mean */
    double lambda;
    double degrees; /* effective, the trace of hat: 2 is a line, `knots` an interpolation */
    double sd;      /* of y about the curve */
};

/* Points with a NaN are left out. ERROR_DATA: fewer than three distinct x, or more than
 * SMOOTH_KNOTS; ERROR_SYSTEM. The caller releases it if true. Any thread. */
bool smooth_fit(const double *x, const double *y, size_t count, struct smooth *smooth,
                struct error *error) __attribute__((warn_unused_result));
void smooth_release(struct smooth *smooth);

#endif
