/* Minimising a smooth function by limited-memory BFGS (Nocedal & Wright 2006, algorithm 7.5) with a
 * line search that ends at a point of sufficient decrease and curvature (weak Wolfe conditions, by
 * bisection: A. S. Lewis & M. L. Overton 2013, algorithm 2.6).
 */
#ifndef MASKSCOPE_PROBE_LBFGS_H
#define MASKSCOPE_PROBE_LBFGS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "probe/rows.h"

/* The value at x [count]; gradient [count] is overwritten. */
typedef double lbfgs_function(void *context, const double *x, double *gradient);

struct lbfgs_settings {
    int iterations;   /* at most */
    double tolerance; /* of the gradient's largest component */
};

struct lbfgs_result {
    double value, gradient; /* its largest component */
    int iterations, evaluations;
    bool converged; /* the gradient is below the tolerance, or rounding lets nothing get better */
};

/* x [count]: where to begin, and the minimum found. The watch is told the share of iterations.
 * ERROR_SYSTEM; ERROR_CHECK: interrupted. */
bool lbfgs_minimise(double *x, size_t count, lbfgs_function *function, void *context,
                    const struct lbfgs_settings *settings, struct lbfgs_result *result,
                    const struct probe_watch *watch, struct error *error)
    __attribute__((warn_unused_result));

#endif
