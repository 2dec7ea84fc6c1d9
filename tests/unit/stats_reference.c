/* Every statistic against SciPy's on the same inputs (reference/statistics.json of TEST_SHARED):
 * 1e-9 relative, p values 1e-7. */
#include "tests/unit/test.h"

#include <math.h>

#include <jansson.h>

#include "stats/chi_square.h"
#include "stats/describe.h"
#include "stats/fit.h"
#include "stats/paired.h"

enum { VALUES = 1024, STRATEGIES = 16 };

static int load(void **state)
{
    char path[1024];
    const char *shared = getenv("TEST_SHARED");
    json_error_t error;
    snprintf(path, sizeof path, "%s/reference/statistics.json", shared ? shared : "");
    *state = shared ? json_load_file(path, 0, &error) : NULL;
    return 0;
}

static int unload(void **state)
{
    json_decref(*state);
    return 0;
}

static const json_t *reference_or_skip(void **state)
{
    if (!*state) {
        print_message("no reference/statistics.json under TEST_SHARED: skipped\n");
        skip();
    }
    return *state;
}

static size_t numbers(const json_t *list, double values[VALUES])
{
    size_t count = json_array_size(list);
    assert_in_range(count, 1, VALUES);
    for (size_t i = 0; i < count; i++)
        values[i] = json_number_value(json_array_get(list, i));
    return count;
}

static void check(double value, const json_t *object, const char *key, double tolerance)
{
    const json_t *item = json_object_get(object, key);
    if (!json_is_number(item))
        fail_msg("the reference has no number '%s'", key);
    double expected = json_number_value(item);
    if (!(fabs(value - expected) <= tolerance * fabs(expected)))
        fail_msg("%s is %.17g, not %.17g", key, value, expected);
}

static void check_value(double value, const json_t *object, const char *key)
{
    check(value, object, key, 1e-9);
}

static void check_p(double value, const json_t *object, const char *key)
{
    check(value, object, key, 1e-7);
}

/* Relative to the larger bound: one near 0 is a difference of two numbers, and SciPy 1.10's t
 * quantile is itself off by 5e-10 (59 degrees: 2.0009953770 for 2.0009953781). */
static void check_interval(double low, double high, const json_t *object)
{
    double expected[VALUES];
    assert_int_equal(numbers(json_object_get(object, "ci95"), expected), 2);
    double larger = fmax(fabs(expected[0]), fabs(expected[1]));
    assert_near(low, expected[0], 1e-9 * larger);
    assert_near(high, expected[1], 1e-9 * larger);
}

static void test_describe_agrees(void **state)
{
    const json_t *reference = reference_or_skip(state), *mse = json_object_get(reference, "mse");
    const json_t *expected;
    const char *strategy;
    int checked = 0;
    json_object_foreach(json_object_get(reference, "describe"), strategy, expected)
    {
        double values[VALUES];
        size_t count = numbers(json_object_get(mse, strategy), values);
        struct description d;
        assert_true(describe(values, count, &d, NULL));
        check_value((double)d.count, expected, "n");
        check_value(d.mean, expected, "mean");
        check_value(d.sd, expected, "sd");
        check_value(d.standard_error, expected, "sem");
        check_interval(d.low, d.high, expected);
        check_value(d.quartile_1, expected, "q25");
        check_value(d.median, expected, "median");
        check_value(d.quartile_3, expected, "q75");
        check_value(d.min, expected, "min");
        check_value(d.max, expected, "max");
        check_value(d.skewness, expected, "skewness_biased");
        checked++;
    }
    assert_true(checked > 0);
}

static void test_pairs_agree(void **state)
{
    const json_t *reference = reference_or_skip(state), *mse = json_object_get(reference, "mse");
    const json_t *pairs = json_object_get(reference, "pairs"), *expected;
    double p[VALUES] = {0};
    size_t i;
    json_array_foreach(pairs, i, expected)
    {
        double a[VALUES], b[VALUES];
        const char *a_name = json_string_value(json_object_get(expected, "a"));
        const char *b_name = json_string_value(json_object_get(expected, "b"));
        size_t count = numbers(json_object_get(mse, a_name), a);
        assert_int_equal(numbers(json_object_get(mse, b_name), b), count);
        struct paired paired;
        assert_true(paired_compare(a, b, count, &paired, NULL));
        check_value(paired.mean_difference, expected, "mean_difference");
        check_interval(paired.low, paired.high, expected);
        check_value(paired.t, expected, "paired_t");
        check_value(paired.degrees, expected, "df");
        check_p(paired.p, expected, "paired_p");
        check_value(paired.cohen_dz, expected, "cohen_dz");
        check_value(paired.wilcoxon_w, expected, "wilcoxon_w");
        check_p(paired.wilcoxon_p, expected, "wilcoxon_p_normal_no_continuity");
        struct welch welch;
        assert_true(welch_compare(a, count, b, count, &welch, NULL));
        check_value(welch.t, expected, "welch_t");
        check_p(welch.p, expected, "welch_p");
        p[i] = paired.p;
    }
    size_t count = json_array_size(pairs);
    assert_true(count > 0 && holm_adjust(p, count, p, NULL));
    json_array_foreach(pairs, i, expected) check_p(p[i], expected, "holm_p");
}

static void test_friedman_agrees(void **state)
{
    const json_t *reference = reference_or_skip(state), *mse = json_object_get(reference, "mse");
    const json_t *names = json_object_get(reference, "strategies"), *name;
    static double values[VALUES * STRATEGIES];
    size_t conditions = json_array_size(names), blocks = 0, i;
    assert_in_range(conditions, 2, STRATEGIES);
    json_array_foreach(names, i, name)
    {
        double column[VALUES];
        blocks = numbers(json_object_get(mse, json_string_value(name)), column);
        for (size_t block = 0; block < blocks; block++)
            values[block * conditions + i] = column[block];
    }
    struct chi_square_test test;
    assert_true(friedman_test(values, blocks, conditions, &test, NULL));
    const json_t *expected = json_object_get(reference, "friedman");
    check_value(test.chi_square, expected, "chi2");
    check_value(test.degrees, expected, "df");
    check_p(test.p, expected, "p");
}

static void test_ratio_fit_agrees(void **state)
{
    const json_t *expected = json_object_get(reference_or_skip(state), "ratio_fit");
    double ratio[VALUES], mse[VALUES];
    size_t count = numbers(json_object_get(expected, "ratio"), ratio);
    assert_int_equal(numbers(json_object_get(expected, "mse"), mse), count);
    struct linear_fit fit;
    struct spearman spearman;
    assert_true(linear_fit(ratio, mse, count, &fit, NULL));
    assert_true(spearman_correlate(ratio, mse, count, &spearman, NULL));
    check_value(fit.slope, expected, "slope");
    check_value(fit.intercept, expected, "intercept");
    check_value(fit.r, expected, "r");
    check_value(fit.slope_error, expected, "slope_se");
    check_p(fit.p, expected, "p");
    check_value(spearman.rho, expected, "spearman_rho");
    check_p(spearman.p, expected, "spearman_p");
}

static void test_chi_square_agrees(void **state)
{
    const json_t *expected = json_object_get(reference_or_skip(state), "coverage");
    double counts[VALUES];
    int64_t whole[VALUES];
    size_t count = numbers(json_object_get(expected, "counts"), counts);
    for (size_t i = 0; i < count; i++)
        whole[i] = (int64_t)counts[i];
    struct chi_square_test test = chi_square_equal(whole, count);
    check_value(test.chi_square, expected, "chi2");
    check_value(test.degrees, expected, "df");
    check_p(test.p, expected, "p");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_describe_agrees),   cmocka_unit_test(test_pairs_agree),
        cmocka_unit_test(test_friedman_agrees),   cmocka_unit_test(test_ratio_fit_agrees),
        cmocka_unit_test(test_chi_square_agrees),
    };
    return cmocka_run_group_tests(tests, load, unload);
}
