/* Bootstrap intervals of a mean, bias-corrected and accelerated (BCa; Efron 1987): they follow the
 * skewness of the values, where Student's t interval is symmetric.
 *
 * The resamples are drawn once and serve every sample of the same size: each interval is right on
 * its own, and a table of many costs little.
 */
#ifndef MASKSCOPE_STATS_BOOTSTRAP_H
#define MASKSCOPE_STATS_BOOTSTRAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

enum { BOOTSTRAP_RESAMPLES = 2000 };

struct bootstrap {
    size_t count, resamples;
    uint32_t *indices; /* [resamples][count] */
    double *means;     /* [resamples] */
};

/* For samples of `count` values, at least 1. ERROR_SYSTEM. */
bool bootstrap_init(struct bootstrap *bootstrap, size_t count, size_t resamples, uint64_t seed,
                    struct error *error) __attribute__((warn_unused_result));
void bootstrap_release(struct bootstrap *bootstrap);
/* The 95% interval of the mean of values [count], none of them NaN; NaN of fewer than two. */
void bootstrap_mean(struct bootstrap *bootstrap, const double *values, double *low, double *high);

#endif
