/* Tests whose statistic is a chi-square: over more than two conditions, and over categories. */
#ifndef MASKSCOPE_STATS_CHI_SQUARE_H
#define MASKSCOPE_STATS_CHI_SQUARE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

struct chi_square_test {
    size_t count; /* blocks, or categories, that took part */
    double chi_square, degrees, p;
};

/* Friedman's test (Friedman 1937) that `conditions` conditions measured on the same blocks (images)
 * do not differ. values [blocks, conditions], a block after the other; blocks with a NaN are left
 * out. Ties share ranks and the statistic is divided by 1 - sum(t^3 - t) / (n k (k^2 - 1)) (Conover
 * 1999, 5.8). NaN where the sample does not tell. ERROR_SYSTEM when memory runs out. Any thread. */
bool friedman_test(const double *values, size_t blocks, size_t conditions,
                   struct chi_square_test *test, struct error *error)
    __attribute__((warn_unused_result));

/* Pearson's chi-square test that all categories are equally likely, on count - 1 degrees of
 * freedom. Not for the counts of masks, which are drawn without replacement: mask/coverage.h has
 * those. */
struct chi_square_test chi_square_equal(const int64_t *counts, size_t count);

#endif
