/* Ranks from 1, equal values sharing the mean of theirs. */
#ifndef MASKSCOPE_STATS_RANK_H
#define MASKSCOPE_STATS_RANK_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

/* ranks [count] of values [count], which are numbers. Sets *ties to the sum over groups of equal
 * values of t^3 - t, which rank tests correct their variance with (null: not wanted). ERROR_SYSTEM
 * when memory runs out. Any thread. */
bool rank_values(const double *values, size_t count, double *ranks, double *ties,
                 struct error *error) __attribute__((warn_unused_result));

#endif
