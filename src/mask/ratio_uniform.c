/* The uniform law, as AttMask (.3 +- .2) and I-JEPA's U(.4, .6). */
#include "mask/families.h"

enum { LOW, HIGH };

static const struct setting parameters[] = {
    [LOW] = {.name = "low",
             .type = SETTING_REAL,
             .low = 0.0,
             .high = 1.0,
             .fallback = "0.5",
             .help = "the smallest share of patches hidden"},
    [HIGH] = {.name = "high",
              .type = SETTING_REAL,
              .low = 0.0,
              .high = 1.0,
              .fallback = "0.9",
              .help = "the largest share of patches hidden"},
};

static const char *problem(const double *values)
{
    return ratio_limits_problem(values[LOW], values[HIGH]);
}

static double quantile(const double *values, double u)
{
    return values[LOW] + (values[HIGH] - values[LOW]) * u;
}

static double cdf(const double *values, double ratio)
{
    if (ratio < values[LOW])
        return 0.0;
    if (ratio >= values[HIGH])
        return 1.0;
    return (ratio - values[LOW]) / (values[HIGH] - values[LOW]);
}

static double mean(const double *values)
{
    return (values[LOW] + values[HIGH]) / 2.0;
}

const struct ratio_law ratio_law_uniform = {
    .name = "uniform",
    .help = "every ratio between low and high equally likely",
    .formula = "U(low, high)",
    .parameters = {parameters, ARRAY_LENGTH(parameters)},
    .problem = problem,
    .quantile = quantile,
    .cdf = cdf,
    .mean = mean,
};
