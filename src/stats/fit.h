/* How one quantity goes with another: least-squares line and rank correlation. */
#ifndef MASKSCOPE_STATS_FIT_H
#define MASKSCOPE_STATS_FIT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

/* y = intercept + slope x + normal error. What the sample does not tell is NaN. */
struct linear_fit {
    size_t count;   /* n: points of which both numbers are there */
    size_t missing; /* points left out */
    double slope, intercept;
    double slope_error;           /* standard error: residual_sd / sqrt(spread_x) */
    double slope_low, slope_high; /* 95% interval, Student's t with n - 2 degrees of freedom */
    double t, p;                  /* of the slope against 0, two-sided */
    double r;                     /* Pearson's correlation */
    double residual_sd;           /* sqrt(sum of squared residuals / (n - 2)) */
    double mean_x, spread_x;      /* mean of x, sum of (x - mean_x)^2 */
};

/* x [count], y [count]. ERROR_SYSTEM when memory runs out. Any thread. */
bool linear_fit(const double *x, const double *y, size_t count, struct linear_fit *fit,
                struct error *error) __attribute__((warn_unused_result));
/* The line at x, with the 95% interval of the mean of y there (the confidence band). */
double linear_fit_at(const struct linear_fit *fit, double x, double *low, double *high);

/* Spearman's rank correlation: Pearson's of the ranks, ties sharing theirs; two-sided p by
 * Student's t with n - 2 degrees of freedom, t = rho sqrt((n - 2) / (1 - rho^2)) (Kendall &
 * Stuart, 31.19). */
struct spearman {
    size_t count, missing;
    double rho, p;
};

bool spearman_correlate(const double *x, const double *y, size_t count, struct spearman *spearman,
                        struct error *error) __attribute__((warn_unused_result));

#endif
