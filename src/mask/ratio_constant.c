/* The constant law: every image the same ratio, as MAE (.75), SimMIM (.6), BEiT (.4). */
#include "mask/families.h"

enum { VALUE };

static const struct setting parameters[] = {
    [VALUE] = {.name = "value",
               .type = SETTING_REAL,
               .low = 0.0,
               .high = 1.0,
               .fallback = "0.75",
               .help = "the share of patches hidden, between 0 and 1"},
};

static const char *problem(const double *values)
{
    return values[VALUE] > 0.0 && values[VALUE] < 1.0
               ? NULL
               : "the ratio must lie in (0, 1), 0 and 1 excluded";
}

static double quantile(const double *values, double u)
{
    (void)u;
    return values[VALUE];
}

static double cdf(const double *values, double ratio)
{
    return ratio >= values[VALUE] ? 1.0 : 0.0;
}

static double mean(const double *values)
{
    return values[VALUE];
}

const struct ratio_law ratio_law_constant = {
    .name = "constant",
    .help = "every image the same ratio",
    .formula = "r = value",
    .parameters = {parameters, ARRAY_LENGTH(parameters)},
    .problem = problem,
    .quantile = quantile,
    .cdf = cdf,
    .mean = mean,
};
