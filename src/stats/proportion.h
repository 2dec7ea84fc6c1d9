/* Shares: how sure one can be of a proportion that was counted. */
#ifndef MASKSCOPE_STATS_PROPORTION_H
#define MASKSCOPE_STATS_PROPORTION_H

#include <stddef.h>

/* The 95% score interval of a proportion, `hits` of `count` (Wilson 1927): it stays within 0 and 1
 * and is near its level for shares near them. NaN of none. Any thread. */
void proportion_interval(double hits, double count, double *low, double *high);

#endif
