#include "stats/describe.h"

#include <float.h>
#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "stats/distribution.h"

/* Cubes that may come from the rounding of values and mean alone are taken for 0: those of two
 * values, say, or of values that lie evenly about their mean. */
static double skewness_of(const double *values, size_t count, double mean)
{
    double rounding = 4 * DBL_EPSILON * fmax(fabs(values[0]), fabs(values[count - 1]));
    double squares = 0.0, cubes = 0.0;
    for (size_t i = 0; i < count; i++) {
        double deviation = values[i] - mean;
        squares += deviation * deviation;
        cubes += deviation * deviation * deviation;
    }
    double n = (double)count;
    if (squares > 0.0 && fabs(cubes) <= 3 * squares * rounding)
        return 0;
    return squares > 0.0 ? cubes / n / pow(squares / n, 1.5) : NAN;
}

/* But for rounding, of which a spread would tell nothing. sorted [count]. */
static bool are_equal(const double *sorted, size_t count)
{
    double largest = fmax(fabs(sorted[0]), fabs(sorted[count - 1]));
    return isfinite(largest) && sorted[count - 1] - sorted[0] <= 4 * DBL_EPSILON * largest;
}

/* sorted [description->count], at least one. */
static void fill(struct description *description, const double *sorted)
{
    size_t count = description->count;
    bool equal = are_equal(sorted, count);
    description->mean = equal ? sorted[0] : gsl_stats_mean(sorted, 1, count);
    description->median = gsl_stats_quantile_from_sorted_data(sorted, 1, count, 0.5);
    description->quartile_1 = gsl_stats_quantile_from_sorted_data(sorted, 1, count, 0.25);
    description->quartile_3 = gsl_stats_quantile_from_sorted_data(sorted, 1, count, 0.75);
    description->min = sorted[0];
    description->max = sorted[count - 1];
    if (count < 2)
        return;
    description->sd = equal ? 0 : gsl_stats_sd_m(sorted, 1, count, description->mean);
    description->standard_error = description->sd / sqrt((double)count);
    double reach =
        student_interval(INTERVAL_LEVEL, (double)count - 1.0) * description->standard_error;
    description->low = description->mean - reach;
    description->high = description->mean + reach;
    description->skewness = equal ? (double)NAN : skewness_of(sorted, count, description->mean);
}

bool describe(const double *values, size_t count, struct description *description,
              struct error *error)
{
    *description = (struct description){.mean = NAN,
                                        .sd = NAN,
                                        .standard_error = NAN,
                                        .low = NAN,
                                        .high = NAN,
                                        .median = NAN,
                                        .quartile_1 = NAN,
                                        .quartile_3 = NAN,
                                        .skewness = NAN,
                                        .min = NAN,
                                        .max = NAN};
    double *sorted = memory_new(count ? count : 1, sizeof *sorted, error);
    if (!sorted)
        return false;
    for (size_t i = 0; i < count; i++) {
        if (isnan(values[i]))
            description->missing++;
        else
            sorted[description->count++] = values[i];
    }
    gsl_sort(sorted, 1, description->count);
    if (description->count > 0)
        fill(description, sorted);
    free(sorted);
    return true;
}
