/* One sample in numbers. */
#ifndef MASKSCOPE_STATS_DESCRIBE_H
#define MASKSCOPE_STATS_DESCRIBE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

/* What the sample does not tell (the mean of nothing, the spread of one value) is NaN. */
struct description {
    size_t count;   /* n: values that are numbers */
    size_t missing; /* values that are NaN: left out of everything else */
    double mean;
    double sd;             /* divisor n - 1; 0 where they are equal but for rounding */
    double standard_error; /* sd / sqrt(n) */
    double low, high;      /* 95% interval of the mean, Student's t */
    double median, quartile_1,
        quartile_3;  /* type 7 of Hyndman & Fan 1996: R's and NumPy's default */
    double skewness; /* m3 / m2^1.5 of central moments with divisor n (g1) */
    double min, max;
};

/* values [count], unchanged. ERROR_SYSTEM when memory runs out. Any thread. */
bool describe(const double *values, size_t count, struct description *description,
              struct error *error) __attribute__((warn_unused_result));

#endif
