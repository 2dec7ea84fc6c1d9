/* Statistics on small samples, worked out by hand, and what happens where there is nothing to tell.
 */
#include "tests/unit/test.h"

#include <math.h>

#include "base/memory.h"
#include "stats/chi_square.h"
#include "stats/describe.h"
#include "stats/proportion.h"
#include "stats/distribution.h"
#include "stats/fit.h"
#include "stats/paired.h"
#include "stats/rank.h"

/* 1 2 3 4 10: mean 4, squares 50, sd sqrt(12.5), cubes -27 - 8 - 1 + 216 = 180. */
static void test_describe(void **state)
{
    (void)state;
    const double values[] = {10, NAN, 3, 1, 4, NAN, 2};
    struct description d;
    assert_true(describe(values, ARRAY_LENGTH(values), &d, NULL));
    assert_int_equal(d.count, 5);
    assert_int_equal(d.missing, 2);
    assert_near(d.mean, 4.0, 1e-14);
    assert_near(d.sd, sqrt(12.5), 1e-14);
    assert_near(d.standard_error, sqrt(2.5), 1e-14);
    assert_near(d.high - d.mean, 2.776445105197799 * sqrt(2.5), 1e-12); /* t of 4 degrees */
    assert_near(d.mean - d.low, d.high - d.mean, 1e-13);
    assert_near(d.median, 3.0, 0.0);
    assert_near(d.quartile_1, 2.0, 0.0);
    assert_near(d.quartile_3, 4.0, 0.0);
    assert_near(d.skewness, 36.0 / pow(10.0, 1.5), 1e-13);
    assert_true(d.min == 1.0 && d.max == 10.0);
}

static void test_quartiles_are_type_7(void **state)
{
    (void)state;
    struct description d;
    assert_true(describe((const double[]){1, 2, 3, 5}, 4, &d, NULL));
    assert_near(d.quartile_1, 1.75, 1e-15);
    assert_near(d.median, 2.5, 1e-15);
    assert_near(d.quartile_3, 3.5, 1e-15);
}

/* statsmodels' proportion_confint(method="wilson"). */
static void test_proportion(void **state)
{
    (void)state;
    double low, high;
    proportion_interval(10, 20, &low, &high);
    assert_near(low, 0.2992980081982124, 1e-12);
    assert_near(high, 0.7007019918017877, 1e-12);
    proportion_interval(0, 10, &low, &high);
    assert_near(low, 0, 1e-12);
    assert_near(high, 0.27753279986288, 1e-9);
    proportion_interval(0, 0, &low, &high);
    assert_true(isnan(low) && isnan(high));
}

static void test_describe_little(void **state)
{
    (void)state;
    struct description d;
    assert_true(describe(NULL, 0, &d, NULL));
    assert_true(d.count == 0 && isnan(d.mean) && isnan(d.median) && isnan(d.min));
    assert_true(describe((const double[]){NAN, 7}, 2, &d, NULL));
    assert_true(d.mean == 7.0 && d.median == 7.0 && d.quartile_1 == 7.0 && d.max == 7.0);
    assert_true(d.missing == 1 && isnan(d.sd) && isnan(d.low) && isnan(d.skewness));
    assert_true(describe((const double[]){2, 2, 2}, 3, &d, NULL));
    assert_true(d.sd == 0.0 && d.low == 2.0 && d.high == 2.0 && isnan(d.skewness));
    /* They are equal but for rounding; what is not finite equals nothing. */
    assert_true(describe((const double[]){0.3, 0.1 + 0.2, 0.3}, 3, &d, NULL));
    assert_true(d.sd == 0.0 && d.mean == 0.3 && d.low == 0.3 && d.high == 0.3);
    /* Nor is there more than rounding in how two values, or three in even steps, lean. */
    assert_true(describe((const double[]){0.1, 0.8}, 2, &d, NULL) && d.skewness == 0);
    assert_true(describe((const double[]){0.1, 0.2, 0.3}, 3, &d, NULL) && d.skewness == 0);
    assert_true(describe((const double[]){0.1, 0.2, 0.3 + 1e-9}, 3, &d, NULL) && d.skewness > 0);
    assert_true(describe((const double[]){1, 2, -INFINITY}, 3, &d, NULL));
    assert_true(d.sd != 0.0);
}

static void test_ranks(void **state)
{
    (void)state;
    double ranks[6], ties;
    assert_true(rank_values((const double[]){3, 1, 3, 2, 3, 1}, 6, ranks, &ties, NULL));
    const double expected[] = {5, 1.5, 5, 3, 5, 1.5};
    assert_memory_equal(ranks, expected, sizeof expected);
    assert_near(ties, 24.0 + 6.0, 0.0);
}

/* What varies nowhere tells nothing of chance. */
static void test_welch_without_spread(void **state)
{
    (void)state;
    struct welch welch;
    assert_true(welch_compare((const double[]){2, 2}, 2, (const double[]){3, 3}, 2, &welch, NULL));
    assert_near(welch.difference, -1.0, 0.0);
    assert_true(isnan(welch.t) && isnan(welch.degrees) && isnan(welch.p));
}

/* Differences 1 1 -2 4 0 6: mean 5/3; Wilcoxon drops the 0: sizes 1 1 2 4 6 have ranks 1.5 1.5 3 4
 * 5, W = 3, variance 5 * 6 * 11 / 24 - 6 / 48 = 13.625. */
static void test_paired(void **state)
{
    (void)state;
    const double a[] = {2, 3, 1, 8, 5, 9, NAN, 1}, b[] = {1, 2, 3, 4, 5, 3, 1, NAN};
    struct paired paired;
    assert_true(paired_compare(a, b, 8, &paired, NULL));
    assert_int_equal(paired.count, 6);
    assert_int_equal(paired.missing, 2);
    double sd = sqrt((58.0 - 100.0 / 6.0) / 5.0), mean = 10.0 / 6.0;
    assert_near(paired.mean_difference, mean, 1e-14);
    assert_near(paired.cohen_dz, mean / sd, 1e-14);
    assert_near(paired.t, mean / sd * sqrt(6.0), 1e-13);
    assert_near(paired.degrees, 5.0, 0.0);
    assert_near(paired.high - paired.mean_difference, 2.570581835636314 * sd / sqrt(6.0), 1e-12);
    assert_int_equal(paired.wilcoxon_count, 5);
    assert_near(paired.wilcoxon_w, 3.0, 0.0);
    assert_near(paired.wilcoxon_p, erfc(4.5 / sqrt(2.0 * 13.625)), 1e-14);
}

/* With 2 degrees of freedom, P(|T| >= t) = 1 - t / sqrt(t^2 + 2). */
static void test_student(void **state)
{
    (void)state;
    for (double t = -3.0; t < 10.0; t += 0.7)
        assert_near(student_two_sided(t, 2.0), 1.0 - fabs(t) / sqrt(t * t + 2.0), 1e-14);
    assert_near(student_interval(0.95, 1.0), tan(0.475 * M_PI), 1e-9);     /* Cauchy */
    assert_near(student_interval(0.95, 59.0), 2.00099537808826770, 1e-14); /* mpmath, 30 digits */
    assert_true(student_two_sided(INFINITY, 3.0) == 0.0);
    assert_true(isnan(student_two_sided(1.0, 0.0)) && isnan(student_interval(0.95, -1.0)));
    assert_true(isnan(student_two_sided(NAN, 3.0)) && isnan(normal_two_sided(NAN)));
    assert_near(normal_two_sided(-1.959963984540054), 0.05, 1e-14);
    assert_near(chi_square_upper(3.0, 2.0), exp(-1.5), 1e-15);
    assert_true(isnan(chi_square_upper(3.0, 0.0)) && chi_square_upper(-1.0, 2.0) == 1.0);
}

static void test_paired_without_difference(void **state)
{
    (void)state;
    const double same[] = {1, 2, 3}, more[] = {2, 3, 4};
    struct paired paired;
    assert_true(paired_compare(same, same, 3, &paired, NULL));
    assert_true(paired.mean_difference == 0.0 && isnan(paired.t) && isnan(paired.p));
    assert_true(paired.wilcoxon_count == 0 && isnan(paired.wilcoxon_p));
    assert_true(paired_compare(same, more, 3, &paired, NULL));
    assert_true(paired.mean_difference == -1.0 && isnan(paired.t) && isnan(paired.p));
    assert_true(paired.wilcoxon_w == 0.0);
    /* Counts of 300 in shares: the same difference, but for rounding, of about 1e-17. */
    const double of_a[] = {101 / 300., 110 / 300., 97 / 300.};
    const double of_b[] = {100 / 300., 109 / 300., 96 / 300.};
    assert_true(of_a[0] - of_b[0] != of_a[1] - of_b[1]);
    assert_true(paired_compare(of_a, of_b, 3, &paired, NULL));
    assert_near(paired.mean_difference, 1 / 300., 1e-15);
    assert_true(isnan(paired.t) && isnan(paired.p));
    assert_true(paired_compare(same, more, 1, &paired, NULL));
    assert_true(paired.mean_difference == -1.0 && isnan(paired.low) && isnan(paired.p));
    assert_true(paired_compare(same, more, 0, &paired, NULL));
    assert_true(isnan(paired.mean_difference));
}

static void test_holm(void **state)
{
    (void)state;
    double adjusted[5];
    const double p[] = {0.01, 0.04, 0.03, NAN, 0.005};
    const double expected[] = {0.03, 0.06, 0.06, NAN, 0.02};
    assert_true(holm_adjust(p, 5, adjusted, NULL));
    for (int i = 0; i < 5; i++)
        assert_true(isnan(expected[i]) ? isnan(adjusted[i])
                                       : fabs(adjusted[i] - expected[i]) < 1e-15);
    double large[] = {0.9, 0.8};
    assert_true(holm_adjust(large, 2, large, NULL));
    assert_true(large[0] == 1.0 && large[1] == 1.0);
}

/* Points (0,1) (1,3) (2,4) (3,4): slope 1, intercept 1.5; residuals -.5 .5 .5 -.5. */
static void test_line(void **state)
{
    (void)state;
    const double x[] = {0, 1, NAN, 2, 3}, y[] = {1, 3, 9, 4, 4};
    struct linear_fit fit;
    assert_true(linear_fit(x, y, 5, &fit, NULL));
    assert_true(fit.count == 4 && fit.missing == 1);
    assert_near(fit.slope, 1.0, 1e-14);
    assert_near(fit.intercept, 1.5, 1e-14);
    assert_near(fit.residual_sd, sqrt(0.5), 1e-14);
    assert_near(fit.slope_error, sqrt(0.5 / 5.0), 1e-14);
    assert_near(fit.slope_high - fit.slope, 4.302652729749462 * sqrt(0.1), 1e-12);
    assert_near(fit.r, 5.0 / sqrt(5.0 * 6.0), 1e-14);
    assert_near(fit.p, 1.0 - fit.t / sqrt(fit.t * fit.t + 2.0), 1e-14);
    double low, high;
    assert_near(linear_fit_at(&fit, 1.5, &low, &high), 3.0, 1e-14);
    assert_near(high - 3.0, 4.302652729749462 * sqrt(0.5 / 4.0), 1e-12);
    assert_near(linear_fit_at(&fit, 3.5, &low, &high), 5.0, 1e-14);
    assert_near(5.0 - low, 4.302652729749462 * sqrt(0.5 * (0.25 + 0.8)), 1e-12);
}

static void test_line_of_little(void **state)
{
    (void)state;
    struct linear_fit fit;
    assert_true(linear_fit((const double[]){1, 1}, (const double[]){1, 2}, 2, &fit, NULL));
    assert_true(isnan(fit.slope) && isnan(fit.p));
    assert_true(linear_fit((const double[]){1, 2}, (const double[]){1, 3}, 2, &fit, NULL));
    assert_true(fit.slope == 2.0 && isnan(fit.slope_error) && isnan(fit.p));
    assert_true(linear_fit(NULL, NULL, 0, &fit, NULL));
    assert_true(isnan(fit.intercept));
}

/* Ranks 1 2 3 4 against 1 3 2 4: rho = 1 - 6 * 2 / 60 = .8. */
static void test_spearman(void **state)
{
    (void)state;
    struct spearman spearman;
    const double x[] = {1, 10, 100, 1000, NAN}, y[] = {-5, 2, 1, 3, 1};
    assert_true(spearman_correlate(x, y, 5, &spearman, NULL));
    assert_true(spearman.count == 4 && spearman.missing == 1);
    assert_near(spearman.rho, 0.8, 1e-14);
    assert_near(spearman.p, 0.2, 1e-13); /* t = .8 sqrt(2 / .36), 2 degrees */
    /* Ranks that go with each other not at all do so exactly: 4 1 3 5 2, and two places. */
    assert_true(spearman_correlate((const double[]){1, 2, 3, 4, 5}, (const double[]){4, 1, 3, 5, 2},
                                   5, &spearman, NULL));
    assert_true(spearman.rho == 0 && spearman.p == 1);
    assert_true(spearman_correlate((const double[]){1, 1, 1, 2, 2, 2},
                                   (const double[]){1, 4, 6, 2, 3, 6}, 6, &spearman, NULL));
    assert_true(spearman.rho == 0);
    assert_true(spearman_correlate((const double[]){1, 1, 1}, y, 3, &spearman, NULL));
    assert_true(isnan(spearman.rho) && isnan(spearman.p));
    assert_true(spearman_correlate(NULL, NULL, 0, &spearman, NULL));
}

/* Three blocks in the same order of three: ranks' sums 3 6 9, chi-square 12 * 18 / 36 = 6. */
static void test_friedman(void **state)
{
    (void)state;
    const double values[] = {1, 2, 3, 4, 5, 6, NAN, 1, 2, 0, 7, 9};
    struct chi_square_test test;
    assert_true(friedman_test(values, 4, 3, &test, NULL));
    assert_int_equal(test.count, 3);
    assert_near(test.chi_square, 6.0, 1e-14);
    assert_near(test.p, exp(-3.0), 1e-15);
    /* ranks 1.5 1.5 3 / 1 2 3: sums 2.5 3.5 6, squares 6.5, untied 1 - 6 / 48 */
    const double tied[] = {1, 1, 3, 4, 5, 6};
    assert_true(friedman_test(tied, 2, 3, &test, NULL));
    assert_near(test.chi_square, 12.0 * 6.5 / 24.0 / 0.875, 1e-14);
    assert_true(friedman_test(values, 0, 3, &test, NULL));
    assert_true(isnan(test.p));
}

static void test_equal_categories(void **state)
{
    (void)state;
    struct chi_square_test test = chi_square_equal((const int64_t[]){8, 12, 10}, 3);
    assert_near(test.chi_square, 0.8, 1e-15);
    assert_near(test.p, exp(-0.4), 1e-15);
    assert_true(isnan(chi_square_equal((const int64_t[]){0, 0}, 2).p));
}

/* Small probabilities are as exact as large ones: against the density itself, summed by Simpson's
 * rule from t on, with steps that grow as the density falls. */
static void test_student_tail(void **state)
{
    (void)state;
    static const double cases[][2] = {{1, 255}, {8, 255},  {12.5, 255}, {15, 255},  {16.5, 255},
                                      {5, 59},  {7.6, 59}, {7.8, 59},   {40, 2000}, {3, 4}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        enum { STEPS = 40000 };
        double t = cases[i][0], degrees = cases[i][1], sum = 0;
        double scale = lgamma((degrees + 1) / 2) - lgamma(degrees / 2) - log(degrees * M_PI) / 2;
        for (int step = 0; step <= STEPS; step++) {
            /* x = t + u / (1 - u), u from 0 to 1 */
            double u = (double)step / STEPS, x = t + u / (1 - u);
            double weight = step == 0 || step == STEPS ? 1 : step % 2 ? 4 : 2;
            double density = exp(scale - (degrees + 1) / 2 * log1p(x * x / degrees));
            sum += step == STEPS ? 0 : weight * density / ((1 - u) * (1 - u));
        }
        double expected = 2 * sum / (3.0 * STEPS);
        assert_near(student_two_sided(t, degrees), expected, 1e-9 * expected);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_describe),       cmocka_unit_test(test_quartiles_are_type_7),
        cmocka_unit_test(test_proportion),     cmocka_unit_test(test_describe_little),
        cmocka_unit_test(test_ranks),          cmocka_unit_test(test_welch_without_spread),
        cmocka_unit_test(test_paired),         cmocka_unit_test(test_student),
        cmocka_unit_test(test_student_tail),   cmocka_unit_test(test_paired_without_difference),
        cmocka_unit_test(test_holm),           cmocka_unit_test(test_line),
        cmocka_unit_test(test_line_of_little), cmocka_unit_test(test_spearman),
        cmocka_unit_test(test_friedman),       cmocka_unit_test(test_equal_categories),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
