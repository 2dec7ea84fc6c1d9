/* Statistics on data whose truth is known: intervals cover at their nominal rate, tests reject at
 * theirs, and find an effect as often as theory says. Seeds are fixed, so nothing here is left to
 * chance. */
#include "tests/unit/test.h"

#include <math.h>

#include "base/random.h"
#include "stats/bootstrap.h"
#include "stats/describe.h"
#include "stats/distribution.h"
#include "stats/paired.h"

enum { TRIALS = 2000 };

/* Errors of images are skewed to the right: a sum of `shape` exponentials, skewness 2 / sqrt(shape)
 * and mean `shape`. */
static double gamma_value(struct random *random, int shape)
{
    double sum = 0;
    for (int i = 0; i < shape; i++)
        sum -= log(1 - random_uniform(random));
    return sum;
}

/* How many of `trials` intervals of `count` values hold the true mean; resampled as tables are. */
static void count_covered(size_t count, int shape, uint32_t trials, int *by_bootstrap, int *by_t)
{
    struct bootstrap bootstrap;
    double *values = calloc(count, sizeof *values);
    assert_non_null(values);
    assert_true(bootstrap_init(&bootstrap, count, BOOTSTRAP_RESAMPLES, 0, NULL));
    *by_bootstrap = *by_t = 0;
    for (uint32_t trial = 0; trial < trials; trial++) {
        struct random random = random_begin(11, RANDOM_SAMPLE, 0, trial);
        struct description description;
        double low, high;
        for (size_t i = 0; i < count; i++)
            values[i] = gamma_value(&random, shape);
        assert_true(describe(values, count, &description, NULL));
        bootstrap_mean(&bootstrap, values, count, &low, &high);
        *by_bootstrap += low <= shape && shape <= high;
        *by_t += description.low <= shape && shape <= description.high;
    }
    bootstrap_release(&bootstrap);
    free(values);
}

static void test_intervals_cover(void **state)
{
    (void)state;
    /* The fewest, some, and as many as an evaluation has images unless told otherwise. Intervals of
     * few values are nearer to the bound, so more of them are drawn: the share that covers has a
     * standard error of .5% in 2000, and of .2% in 10000. */
    static const struct {
        size_t values;
        uint32_t trials;
    } sizes[] = {{BOOTSTRAP_FEWEST, 10000}, {50, 10000}, {80, TRIALS}, {256, TRIALS}};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        int by_bootstrap, by_t;
        uint32_t trials = sizes[i].trials;
        count_covered(sizes[i].values, 4, trials, &by_bootstrap, &by_t);
        print_message("%zu values: of %u intervals BCa covers %.2f%%, t %.2f%%\n", sizes[i].values,
                      trials, 100.0 * by_bootstrap / trials, 100.0 * by_t / trials);
        assert_in_range(by_bootstrap, 0.94 * trials, 0.96 * trials);
        if (sizes[i].values > BOOTSTRAP_FEWEST) /* too few for Student's t, as skewed as they are */
            assert_in_range(by_t, 0.94 * trials, 0.96 * trials);
    }
}

/* Of skewed values the interval leans to the side of the long tail, as a symmetric one cannot. */
static void test_bootstrap_leans(void **state)
{
    (void)state;
    struct random random = random_begin(5, RANDOM_SAMPLE, 0, 0);
    struct bootstrap bootstrap;
    double values[40], mirrored[40], mean = 0, low, high, mirrored_low, mirrored_high;
    for (int i = 0; i < 40; i++) {
        values[i] = gamma_value(&random, 1);
        mirrored[i] = -values[i];
        mean += values[i] / 40;
    }
    assert_true(bootstrap_init(&bootstrap, 40, BOOTSTRAP_RESAMPLES, 0, NULL));
    bootstrap_mean(&bootstrap, values, 40, &low, &high);
    bootstrap_mean(&bootstrap, mirrored, 40, &mirrored_low, &mirrored_high);
    assert_true(high - mean > 1.15 * (mean - low));
    assert_near(mirrored_low, -high, 1e-9);
    assert_near(mirrored_high, -low, 1e-9);
    double equal[40] = {0};
    bootstrap_mean(&bootstrap, equal, 40, &low, &high);
    assert_true(low == 0 && high == 0);
    bootstrap_mean(&bootstrap, values, 1, &low, &high);
    assert_true(isnan(low) && isnan(high));
    bootstrap_release(&bootstrap);
    /* A sample's interval does not depend on how large others may be. */
    assert_true(bootstrap_init(&bootstrap, 100, BOOTSTRAP_RESAMPLES, 0, NULL));
    bootstrap_mean(&bootstrap, mirrored, 40, &low, &high);
    assert_true(low == mirrored_low && high == mirrored_high);
    bootstrap_release(&bootstrap);
}

/* The interval worked out naively from the resamples' means: the bias from how many lie below, the
 * acceleration from means with one value left out, and quantiles by counting. */
static void test_bootstrap_agrees_with_twin(void **state)
{
    (void)state;
    enum { VALUES = 25 };
    struct random random = random_begin(9, RANDOM_SAMPLE, 0, 0);
    struct bootstrap bootstrap;
    double values[VALUES], mean = 0, low, high;
    for (int i = 0; i < VALUES; i++) {
        values[i] = gamma_value(&random, 1);
        mean += values[i] / VALUES;
    }
    assert_true(bootstrap_init(&bootstrap, VALUES, 999, 4, NULL));
    bootstrap_mean(&bootstrap, values, VALUES, &low, &high);
    double below = 0, squares = 0, cubes = 0, bounds[2];
    for (int i = 0; i < 999; i++)
        below += bootstrap.means[i] < mean;
    for (int i = 0; i < VALUES; i++) {
        double without = (mean * VALUES - values[i]) / (VALUES - 1);
        squares += pow(mean - without, 2);
        cubes += pow(mean - without, 3);
    }
    double bias = normal_quantile(below / 999), lean = cubes / (6 * pow(squares, 1.5));
    static const double t = 2.063898561628021; /* of 24 degrees */
    for (int side = 0; side < 2; side++) {
        double z = bias + (side ? t : -t) * sqrt(25. / 24);
        double place = 1000 * normal_lower(bias + z / (1 - lean * z));
        int rank = (int)place; /* the means are sorted */
        bounds[side] = bootstrap.means[rank - 1] +
                       (place - rank) * (bootstrap.means[rank] - bootstrap.means[rank - 1]);
    }
    assert_near(low, bounds[0], 1e-9);
    assert_near(high, bounds[1], 1e-9);
    assert_true(lean > 0.02); /* there is something to correct */
    bootstrap_release(&bootstrap);
}

/* Of TRIALS comparisons of 50 images each, how many reject at .05: images differ much more than
 * arms, which is what pairing is for; `effect` in units of the differences' spread. */
static void count_rejected(double effect, int *by_t, int *by_wilcoxon)
{
    enum { IMAGES = 50 };
    *by_t = *by_wilcoxon = 0;
    for (uint32_t trial = 0; trial < TRIALS; trial++) {
        struct random random = random_begin(17, RANDOM_SAMPLE, 0, trial);
        double a[IMAGES], b[IMAGES];
        struct paired paired;
        for (int i = 0; i < IMAGES; i++) {
            double image = gamma_value(&random, 4);
            a[i] = image + effect + random_normal(&random);
            b[i] = image;
        }
        assert_true(paired_compare(a, b, IMAGES, &paired, NULL));
        *by_t += paired.p < 0.05;
        *by_wilcoxon += paired.wilcoxon_p < 0.05;
    }
}

/* The power of the paired t test: T is (Z + delta) / S with S^2 a chi-square over its degrees;
 * integrated over S. */
static double power_of(double effect, int images)
{
    double degrees = images - 1, critical = student_interval(0.95, degrees);
    double delta = effect * sqrt(images), power = 0, mass = 0;
    for (double s = 0.0005; s < 3; s += 0.001) {
        double density = exp((degrees - 1) * log(s) - degrees * s * s / 2);
        double rejected = normal_lower(delta - critical * s) + normal_lower(-delta - critical * s);
        power += density * rejected;
        mass += density;
    }
    return power / mass;
}

static void test_null_and_power(void **state)
{
    (void)state;
    static const double effects[] = {0, 0.2, 0.4};
    for (size_t i = 0; i < sizeof effects / sizeof effects[0]; i++) {
        int by_t, by_wilcoxon;
        count_rejected(effects[i], &by_t, &by_wilcoxon);
        double expected = power_of(effects[i], 50), spread = sqrt(expected * (1 - expected));
        print_message("d_z %.1f: rejected %.2f%% (t), %.2f%% (Wilcoxon); theory %.2f%%\n",
                      effects[i], 100.0 * by_t / TRIALS, 100.0 * by_wilcoxon / TRIALS,
                      100 * expected);
        /* Three standard errors of a share of TRIALS; Wilcoxon is a little weaker. */
        assert_near(1.0 * by_t / TRIALS, expected, 3 * spread / sqrt(TRIALS));
        assert_near(1.0 * by_wilcoxon / TRIALS, expected, 3 * spread / sqrt(TRIALS) + 0.03);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_intervals_cover),
        cmocka_unit_test(test_bootstrap_leans),
        cmocka_unit_test(test_bootstrap_agrees_with_twin),
        cmocka_unit_test(test_null_and_power),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
