/* The truncated normal law, as MAGE's N(.55, .25) on [.5, 1] and MAR's N(1, .25) on [.7, 1].
 *
 * Drawn by the inverse of its distribution function; clipping a normal draw instead would put atoms
 * on both ends.
 */
#include "mask/families.h"

#include <gsl/gsl_cdf.h>
#include <math.h>

enum { MEAN, SD, LOW, HIGH };

static const struct setting parameters[] = {
    [MEAN] = {.name = "mean",
              .type = SETTING_REAL,
              .low = -1.0,
              .high = 2.0,
              .fallback = "0.6",
              .help = "mean of the normal before it is cut"},
    [SD] = {.name = "sd",
            .type = SETTING_REAL,
            .low = 0.001,
            .high = 10.0,
            .fallback = "0.1",
            .help = "standard deviation of the normal before it is cut"},
    [LOW] = {.name = "low",
             .type = SETTING_REAL,
             .low = 0.0,
             .high = 1.0,
             .fallback = "0.3",
             .help = "the smallest share of patches hidden"},
    [HIGH] = {.name = "high",
              .type = SETTING_REAL,
              .low = 0.0,
              .high = 1.0,
              .fallback = "0.9",
              .help = "the largest share of patches hidden"},
};

/* The standard normal between two ends. Where both lie above 0 it is turned round, so that
 * probabilities are those of the lower tail, which keeps its digits. */
struct tail {
    bool turned;
    double from, to;           /* standardised ends */
    double below, probability; /* P(Z <= from), P(from < Z <= to) */
};

static struct tail tail_of(const double *values)
{
    double from = (values[LOW] - values[MEAN]) / values[SD];
    double to = (values[HIGH] - values[MEAN]) / values[SD];
    bool turned = from > 0.0;
    struct tail tail = {.turned = turned, .from = turned ? -to : from, .to = turned ? -from : to};
    tail.below = gsl_cdf_ugaussian_P(tail.from);
    tail.probability = gsl_cdf_ugaussian_P(tail.to) - tail.below;
    return tail;
}

static const char *problem(const double *values)
{
    const char *limits = ratio_limits_problem(values[LOW], values[HIGH]);
    if (limits)
        return limits;
    if (values[LOW] < values[HIGH] && !(tail_of(values).probability > 1e-280))
        return "low .. high lies too many sd from the mean for any draw to fall there";
    return NULL;
}

static double quantile(const double *values, double u)
{
    if (values[LOW] >= values[HIGH])
        return values[LOW];
    struct tail tail = tail_of(values);
    double share = tail.turned ? 1.0 - u : u;
    double z = gsl_cdf_ugaussian_Pinv(tail.below + share * tail.probability);
    double ratio = values[MEAN] + values[SD] * (tail.turned ? -z : z);
    return fmin(fmax(ratio, values[LOW]), values[HIGH]);
}

static double cdf(const double *values, double ratio)
{
    if (ratio < values[LOW])
        return 0.0;
    if (ratio >= values[HIGH])
        return 1.0;
    struct tail tail = tail_of(values);
    double z = (ratio - values[MEAN]) / values[SD];
    double share = (gsl_cdf_ugaussian_P(tail.turned ? -z : z) - tail.below) / tail.probability;
    return tail.turned ? 1.0 - share : share;
}

static double density(double z)
{
    return exp(-0.5 * z * z) / sqrt(2.0 * M_PI);
}

/* Johnson, Kotz & Balakrishnan 1994, Continuous Univariate Distributions 1, 13.10.1. */
static double mean(const double *values)
{
    if (values[LOW] >= values[HIGH])
        return values[LOW];
    struct tail tail = tail_of(values);
    double shift = (density(tail.from) - density(tail.to)) / tail.probability;
    return values[MEAN] + values[SD] * (tail.turned ? -shift : shift);
}

const struct ratio_law ratio_law_truncnorm = {
    .name = "truncnorm",
    .help = "a normal distribution cut to low .. high",
    .formula = "N(mean, sd) given low <= r <= high",
    .parameters = {parameters, ARRAY_LENGTH(parameters)},
    .problem = problem,
    .quantile = quantile,
    .cdf = cdf,
    .mean = mean,
};
