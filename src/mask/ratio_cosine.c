/* The cosine law of MaskGIT (Chang et al. 2022): cos(pi u / 2) for uniform u, mean 2 / pi; held to
 * low .. high by drawing u from the part that gives those.
 */
#include "mask/families.h"

#include <math.h>

enum { LOW, HIGH };

static const struct setting parameters[] = {
    [LOW] = {.name = "low",
             .type = SETTING_REAL,
             .low = 0.0,
             .high = 1.0,
             .fallback = "0",
             .help = "the smallest share of patches hidden"},
    [HIGH] = {.name = "high",
              .type = SETTING_REAL,
              .low = 0.0,
              .high = 1.0,
              .fallback = "1",
              .help = "the largest share of patches hidden"},
};

static const char *problem(const double *values)
{
    return ratio_limits_problem(values[LOW], values[HIGH]);
}

/* P(cos(pi u / 2) <= ratio) = (2 / pi) asin(ratio): so the angle itself is uniform. */
static double quantile(const double *values, double u)
{
    double from = asin(values[LOW]), to = asin(values[HIGH]);
    return fmin(fmax(sin(from + (to - from) * u), values[LOW]), values[HIGH]);
}

static double cdf(const double *values, double ratio)
{
    if (ratio < values[LOW])
        return 0.0;
    if (ratio >= values[HIGH])
        return 1.0;
    double from = asin(values[LOW]), to = asin(values[HIGH]);
    return (asin(ratio) - from) / (to - from);
}

static double mean(const double *values)
{
    double from = asin(values[LOW]), to = asin(values[HIGH]);
    return to > from ? (cos(from) - cos(to)) / (to - from) : values[LOW];
}

const struct ratio_law ratio_law_cosine = {
    .name = "cosine",
    .help = "the cosine of a uniform angle, high ratios more often than low ones",
    .formula = "cos(pi u / 2), u ~ U(0, 1), given low <= r <= high",
    .parameters = {parameters, ARRAY_LENGTH(parameters)},
    .problem = problem,
    .quantile = quantile,
    .cdf = cdf,
    .mean = mean,
};
