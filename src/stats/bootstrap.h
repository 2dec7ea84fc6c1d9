/* Bootstrap intervals of a mean, bias-corrected and accelerated (BCa; Efron 1987), with percentiles
 * expanded for few values (Hesterberg 2015): they follow the skewness of the values, where
 * Student's t interval is symmetric.
 *
 * Of BOOTSTRAP_FEWEST values or more, 94 to 96% of them hold the mean where the values' skewness is
 * 1 or less; of values as skewed as an exponential's (2) that takes 50 (of 20: 93.5%). HACKING.md
 * has the figures. Of fewer values they hold it too seldom, and tables leave them out.
 *
 * What is drawn depends on the seed and on nothing else: it is drawn once and serves every sample
 * of up to `capacity` values. Each interval is right on its own, and a table of many costs little.
 */
#ifndef MASKSCOPE_STATS_BOOTSTRAP_H
#define MASKSCOPE_STATS_BOOTSTRAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

enum { BOOTSTRAP_RESAMPLES = 2000, BOOTSTRAP_FEWEST = 20 };

/* All-zero is empty. One thread at a time. */
struct bootstrap {
    size_t capacity, resamples;
    uint32_t *bits; /* [resamples][capacity] */
    double *means;  /* [resamples] */
};

/* ERROR_SYSTEM. */
bool bootstrap_init(struct bootstrap *bootstrap, size_t capacity, size_t resamples, uint64_t seed,
                    struct error *error) __attribute__((warn_unused_result));
void bootstrap_release(struct bootstrap *bootstrap);
/* The 95% interval of the mean of values [count <= capacity], none of them NaN; NaN of fewer than
 * two. */
void bootstrap_mean(struct bootstrap *bootstrap, const double *values, size_t count, double *low,
                    double *high);

#endif
