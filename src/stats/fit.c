#include "stats/fit.h"

#include <gsl/gsl_fit.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "stats/distribution.h"
#include "stats/rank.h"

/* Copies the complete points to kept [2 * count], the x first; sets how many. Null: no memory. */
static double *keep_points(const double *x, const double *y, size_t count, size_t *n,
                           struct error *error)
{
    double *kept = memory_new(count ? count : 1, 2 * sizeof *kept, error);
    *n = 0;
    for (size_t i = 0; kept && i < count; i++)
        if (!isnan(x[i]) && !isnan(y[i])) {
            kept[*n] = x[i];
            kept[count + (*n)++] = y[i];
        }
    return kept;
}

/* At least two points whose x differ. */
static void fill_line(struct linear_fit *fit, const double *x, const double *y)
{
    double c00, c01, c11, squares;
    gsl_fit_linear(x, 1, y, 1, fit->count, &fit->intercept, &fit->slope, &c00, &c01, &c11,
                   &squares);
    fit->r = gsl_stats_correlation(x, 1, y, 1, fit->count);
    if (fit->count < 3)
        return;
    double degrees = (double)fit->count - 2.0;
    fit->residual_sd = sqrt(squares / degrees);
    fit->slope_error = fit->residual_sd / sqrt(fit->spread_x);
    double reach = student_interval(INTERVAL_LEVEL, degrees) * fit->slope_error;
    fit->slope_low = fit->slope - reach;
    fit->slope_high = fit->slope + reach;
    fit->t = fit->slope / fit->slope_error;
    fit->p = student_two_sided(fit->t, degrees);
}

bool linear_fit(const double *x, const double *y, size_t count, struct linear_fit *fit,
                struct error *error)
{
    *fit = (struct linear_fit){.slope = NAN,
                               .intercept = NAN,
                               .slope_error = NAN,
                               .slope_low = NAN,
                               .slope_high = NAN,
                               .t = NAN,
                               .p = NAN,
                               .r = NAN,
                               .residual_sd = NAN,
                               .mean_x = NAN,
                               .spread_x = NAN};
    double *kept = keep_points(x, y, count, &fit->count, error);
    if (!kept)
        return false;
    fit->missing = count - fit->count;
    if (fit->count > 1) {
        fit->mean_x = gsl_stats_mean(kept, 1, fit->count);
        fit->spread_x = gsl_stats_tss_m(kept, 1, fit->count, fit->mean_x);
        if (fit->spread_x > 0.0)
            fill_line(fit, kept, kept + count);
    }
    free(kept);
    return true;
}

double linear_fit_at(const struct linear_fit *fit, double x, double *low, double *high)
{
    double y = fit->intercept + fit->slope * x, n = (double)fit->count;
    double away = x - fit->mean_x;
    double error = fit->residual_sd * sqrt(1.0 / n + away * away / fit->spread_x);
    double reach = student_interval(INTERVAL_LEVEL, n - 2.0) * error;
    *low = y - reach;
    *high = y + reach;
    return y;
}

/* Of ranks about their mean, each twice over: sums of whole numbers, so that none is rounded and
 * what is 0 comes out as 0. */
static double sum_of_products(const double *a, const double *b, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += (2 * a[i] - (double)(n + 1)) * (2 * b[i] - (double)(n + 1));
    return sum;
}

bool spearman_correlate(const double *x, const double *y, size_t count, struct spearman *spearman,
                        struct error *error)
{
    *spearman = (struct spearman){.rho = NAN, .p = NAN};
    double *kept = keep_points(x, y, count, &spearman->count, error);
    double *ranks = memory_new(count ? count : 1, 2 * sizeof *ranks, error);
    size_t n = spearman->count;
    bool good = kept && ranks && rank_values(kept, n, ranks, NULL, error) &&
                rank_values(kept + count, n, ranks + count, NULL, error);
    spearman->missing = count - n;
    if (good && n > 1)
        spearman->rho = sum_of_products(ranks, ranks + count, n) /
                        sqrt(sum_of_products(ranks, ranks, n) *
                             sum_of_products(ranks + count, ranks + count, n));
    if (good && n > 2) {
        double degrees = (double)n - 2.0, rho = spearman->rho;
        double t = rho * sqrt(degrees / ((1.0 + rho) * (1.0 - rho)));
        spearman->p = student_two_sided(t, degrees);
    }
    free(kept);
    free(ranks);
    return good;
}
