/* The Beta law, stretched to low .. high. */
#include "mask/families.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_randist.h>
#include <math.h>

enum { A, B, LOW, HIGH };
/* Halving alone reaches the last digit in this many steps. */
enum { INVERSION_STEPS = 60 };

static const struct setting parameters[] = {
    [A] = {.name = "a",
           .type = SETTING_REAL,
           .low = 0.05,
           .high = 1000.0,
           .fallback = "2",
           .help = "first shape: larger moves the ratio up"},
    [B] = {.name = "b",
           .type = SETTING_REAL,
           .low = 0.05,
           .high = 1000.0,
           .fallback = "2",
           .help = "second shape: larger moves the ratio down"},
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

static const char *problem(const double *values)
{
    return ratio_limits_problem(values[LOW], values[HIGH]);
}

/* The x with P(X <= x) = u: Newton's steps, and halves where one would leave the bracket. */
static double beta_quantile(double a, double b, double u)
{
    double low = 0.0, high = 1.0, x = a / (a + b);
    for (int step = 0; step < INVERSION_STEPS; step++) {
        double over = gsl_cdf_beta_P(x, a, b) - u;
        *(over > 0.0 ? &high : &low) = x;
        double next = x - over / gsl_ran_beta_pdf(x, a, b);
        if (!(next > low && next < high))
            next = (low + high) / 2.0;
        if (fabs(next - x) <= 1e-15)
            return next;
        x = next;
    }
    return x;
}

static double quantile(const double *values, double u)
{
    if (u <= 0.0)
        return values[LOW];
    double x = beta_quantile(values[A], values[B], u);
    return values[LOW] + (values[HIGH] - values[LOW]) * x;
}

static double cdf(const double *values, double ratio)
{
    if (ratio < values[LOW])
        return 0.0;
    if (ratio >= values[HIGH])
        return 1.0;
    return gsl_cdf_beta_P((ratio - values[LOW]) / (values[HIGH] - values[LOW]), values[A],
                          values[B]);
}

static double mean(const double *values)
{
    return values[LOW] + (values[HIGH] - values[LOW]) * values[A] / (values[A] + values[B]);
}

const struct ratio_law ratio_law_beta = {
    .name = "beta",
    .help = "a Beta distribution stretched to low .. high",
    .formula = "low + (high - low) Beta(a, b)",
    .parameters = {parameters, ARRAY_LENGTH(parameters)},
    .problem = problem,
    .quantile = quantile,
    .cdf = cdf,
    .mean = mean,
};
