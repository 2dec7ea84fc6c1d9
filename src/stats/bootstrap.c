#include "stats/bootstrap.h"

#include <gsl/gsl_sort.h>
#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "base/random.h"
#include "stats/distribution.h"

bool bootstrap_init(struct bootstrap *bootstrap, size_t capacity, size_t resamples, uint64_t seed,
                    struct error *error)
{
    *bootstrap = (struct bootstrap){.capacity = capacity, .resamples = resamples};
    bool good = (bootstrap->means = memory_new(resamples, sizeof(double), error)) &&
                (bootstrap->bits = memory_new(resamples, capacity * sizeof(uint32_t), error));
    if (!good) {
        bootstrap_release(bootstrap);
        return false;
    }
    for (size_t i = 0; i < resamples; i++) {
        struct random random = random_begin(seed, RANDOM_BOOTSTRAP, 0, (uint32_t)i);
        for (size_t k = 0; k < capacity; k++)
            bootstrap->bits[i * capacity + k] = random_bits(&random);
    }
    return true;
}

void bootstrap_release(struct bootstrap *bootstrap)
{
    free(bootstrap->bits);
    free(bootstrap->means);
    *bootstrap = (struct bootstrap){0};
}

/* Bits times count, over 2^32: equally likely but for one part in 2^32 / count. */
static void resample(struct bootstrap *bootstrap, const double *values, size_t count)
{
    for (size_t i = 0; i < bootstrap->resamples; i++) {
        const uint32_t *bits = bootstrap->bits + i * bootstrap->capacity;
        double sum = 0;
        for (size_t k = 0; k < count; k++)
            sum += values[((uint64_t)bits[k] * count) >> 32];
        bootstrap->means[i] = sum / (double)count;
    }
    gsl_sort(bootstrap->means, 1, bootstrap->resamples);
}

/* Efron 1987, equation 6.6: of a mean the jackknife's values are (x_i - mean) / (n - 1). */
static double acceleration(const double *values, size_t count, double mean)
{
    double squares = 0, cubes = 0;
    for (size_t i = 0; i < count; i++) {
        double deviation = values[i] - mean;
        squares += deviation * deviation;
        cubes += deviation * deviation * deviation;
    }
    return cubes / (6 * pow(squares, 1.5));
}

/* z0: where the mean itself lies among those of the resamples; ties count half. */
static double bias_correction(const struct bootstrap *bootstrap, double mean)
{
    double below = 0;
    for (size_t i = 0; i < bootstrap->resamples; i++)
        below += bootstrap->means[i] < mean ? 1 : bootstrap->means[i] == mean ? 0.5 : 0;
    return normal_quantile(below / (double)bootstrap->resamples);
}

/* The quantile of the sorted means, their i-th taken as that of i / (resamples + 1). */
static double quantile(const struct bootstrap *bootstrap, double p)
{
    double place = p * ((double)bootstrap->resamples + 1) - 1;
    double last = (double)bootstrap->resamples - 1;
    place = fmin(fmax(place, 0), last);
    size_t before = (size_t)place;
    size_t after = before + 1 < bootstrap->resamples ? before + 1 : before;
    double share = place - (double)before;
    return (1 - share) * bootstrap->means[before] + share * bootstrap->means[after];
}

/* How far the bounds reach, as a normal deviate. The means of resamples spread less than means of
 * samples do, by sqrt((n - 1) / n), and as if the spread were known: without the factor and
 * Student's t for it, intervals of few values hold the mean too seldom (Hesterberg 2015,
 * section 5.3). */
static double expanded_reach(size_t count)
{
    double degrees = (double)count - 1;
    return sqrt((double)count / degrees) * student_interval(INTERVAL_LEVEL, degrees);
}

void bootstrap_mean(struct bootstrap *bootstrap, const double *values, size_t count, double *low,
                    double *high)
{
    *low = *high = NAN;
    if (count < 2)
        return;
    double sum = 0;
    bool differ = false;
    for (size_t i = 0; i < count; i++) {
        sum += values[i];
        differ = differ || values[i] != values[0];
    }
    if (!differ) {
        *low = *high = values[0];
        return;
    }
    double mean = sum / (double)count;
    resample(bootstrap, values, count);
    double bias = bias_correction(bootstrap, mean);
    double lean = acceleration(values, count, mean);
    double reach = expanded_reach(count);
    double down = bias - reach, up = bias + reach;
    *low = quantile(bootstrap, normal_lower(bias + down / (1 - lean * down)));
    *high = quantile(bootstrap, normal_lower(bias + up / (1 - lean * up)));
}
