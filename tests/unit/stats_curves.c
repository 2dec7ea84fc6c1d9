/* Curves over ratios and over training: smoothing splines against a naive twin, bands over units,
 * trends of curves whose course is known. */
#include "tests/unit/test.h"

#include <math.h>

#include "base/random.h"
#include "stats/describe.h"
#include "stats/fit.h"
#include "stats/response.h"
#include "stats/smooth.h"
#include "stats/trend.h"

enum { KNOTS = 9, REPEATS = 3, POINTS = KNOTS * REPEATS };

static void solve(double a[KNOTS][KNOTS], double b[KNOTS])
{
    for (int i = 0; i < KNOTS; i++)
        for (int row = 0; row < KNOTS; row++) {
            double share = row == i ? 0 : a[row][i] / a[i][i];
            for (int k = 0; k < KNOTS; k++)
                a[row][k] -= share * a[i][k];
            b[row] -= share * b[i];
        }
    for (int i = 0; i < KNOTS; i++)
        b[i] /= a[i][i];
}

/* The second derivatives at the knots of the natural cubic spline that is 1 at knot `one` and 0 at
 * the others. */
static void bend(const double *x, int one, double second[KNOTS])
{
    double a[KNOTS][KNOTS] = {{0}}, y[KNOTS] = {0};
    y[one] = 1;
    a[0][0] = a[KNOTS - 1][KNOTS - 1] = 1;
    second[0] = second[KNOTS - 1] = 0;
    for (int i = 1; i < KNOTS - 1; i++) {
        double before = x[i] - x[i - 1], after = x[i + 1] - x[i];
        a[i][i - 1] = before / 6;
        a[i][i] = (before + after) / 3;
        a[i][i + 1] = after / 6;
        second[i] = (y[i + 1] - y[i]) / after - (y[i] - y[i - 1]) / before;
    }
    solve(a, second);
}

/* (W + lambda K)^-1 W mean, K the integral of products of second derivatives, each of which is
 * linear between knots. */
static void naive_fit(const struct smooth *smooth, double fit[KNOTS])
{
    double second[KNOTS][KNOTS], a[KNOTS][KNOTS];
    for (int i = 0; i < KNOTS; i++)
        bend(smooth->x, i, second[i]);
    for (int i = 0; i < KNOTS; i++) {
        for (int k = 0; k < KNOTS; k++) {
            double sum = 0;
            for (int at = 0; at + 1 < KNOTS; at++) {
                double p = second[i][at], q = second[i][at + 1];
                double r = second[k][at], s = second[k][at + 1];
                sum += (smooth->x[at + 1] - smooth->x[at]) / 6 *
                       (2 * p * r + 2 * q * s + p * s + q * r);
            }
            a[i][k] = smooth->lambda * sum + (i == k ? smooth->weight[i] : 0);
        }
        fit[i] = smooth->weight[i] * smooth->mean[i];
    }
    solve(a, fit);
}

static const double places[KNOTS] = {0.1, 0.15, 0.3, 0.4, 0.5, 0.62, 0.75, 0.9, 0.95};

static void make_points(double x[POINTS], double y[POINTS], double noise)
{
    struct random random = random_begin(2, RANDOM_SAMPLE, 0, 0);
    for (int i = 0; i < POINTS; i++) {
        x[i] = places[(7 * i) % KNOTS];
        y[i] = sin(4 * x[i]) + noise * random_normal(&random);
    }
    y[4] = NAN; /* weights differ, and a missing value is left out */
}

static void test_smooth_agrees_with_twin(void **state)
{
    (void)state;
    double x[POINTS], y[POINTS], fit[KNOTS], trace = 0;
    struct smooth smooth;
    make_points(x, y, 0.3);
    assert_true(smooth_fit(x, y, POINTS, &smooth, NULL));
    assert_int_equal(smooth.knots, KNOTS);
    naive_fit(&smooth, fit);
    for (int i = 0; i < KNOTS; i++) {
        assert_near(smooth.fit[i], fit[i], 1e-9);
        assert_true(smooth.low[i] < smooth.fit[i] && smooth.fit[i] < smooth.high[i]);
        trace += smooth.hat[i * KNOTS + i];
    }
    assert_near(smooth.degrees, trace, 1e-9);
    assert_true(smooth.degrees > 2.2 && smooth.degrees < 8); /* neither a line nor every bump */
    smooth_release(&smooth);
}

/* What is nothing but a curve is followed, and what is nothing but a line is made one. */
static void test_smooth_extremes(void **state)
{
    (void)state;
    double x[POINTS], y[POINTS];
    struct smooth smooth;
    struct linear_fit line;
    struct error error;
    make_points(x, y, 0);
    assert_true(smooth_fit(x, y, POINTS, &smooth, NULL));
    for (int i = 0; i < KNOTS; i++) /* it is followed */
        assert_near(smooth.fit[i], sin(4 * places[i]), 1e-3);
    smooth_release(&smooth);
    for (int i = 0; i < POINTS; i++) /* each place has the same three residuals */
        y[i] = 2 - 3 * x[i] + (i < KNOTS ? 0.01 : -0.005);
    assert_true(smooth_fit(x, y, POINTS, &smooth, NULL));
    assert_true(linear_fit(x, y, POINTS, &line, NULL));
    assert_near(smooth.degrees, 2, 0.01); /* nothing but a line */
    for (int i = 0; i < KNOTS; i++)
        assert_near(smooth.fit[i], line.intercept + line.slope * places[i], 1e-6);
    smooth_release(&smooth);
    double two[] = {1, 1, 2, 2};
    assert_false(smooth_fit(two, two, 4, &smooth, &error));
    assert_int_equal(error.code, ERROR_DATA);
}

enum { UNITS = 12, LEVELS = 4 };

static void test_response(void **state)
{
    (void)state;
    static const double x[LEVELS] = {0.5, 0.6, 0.75, 0.9};
    double y[UNITS + 1][LEVELS], slopes[UNITS], at_last[UNITS], pooled[UNITS * LEVELS];
    double places_of[UNITS * LEVELS];
    struct random random = random_begin(4, RANDOM_SAMPLE, 0, 0);
    for (int unit = 0; unit < UNITS; unit++) {
        double own = random_normal(&random), steep = 1 + 0.2 * random_normal(&random);
        for (int i = 0; i < LEVELS; i++) {
            y[unit][i] = own + steep * x[i] + 0.01 * random_normal(&random);
            pooled[unit * LEVELS + i] = y[unit][i];
            places_of[unit * LEVELS + i] = x[i];
        }
        struct linear_fit fit;
        double low, high;
        assert_true(linear_fit(x, y[unit], LEVELS, &fit, NULL));
        slopes[unit] = fit.slope;
        at_last[unit] = linear_fit_at(&fit, x[LEVELS - 1], &low, &high);
    }
    for (int i = 0; i < LEVELS; i++)
        y[UNITS][i] = i == 2 ? NAN : 1000; /* incomplete: left out whole */
    struct response response;
    struct description description;
    assert_true(response_fit(x, LEVELS, y[0], UNITS + 1, &response, NULL));
    assert_int_equal(response.units, UNITS);
    assert_true(describe(slopes, UNITS, &description, NULL));
    assert_near(response.slope.mean, description.mean, 1e-12);
    assert_near(response.slope.low, description.low, 1e-12);
    assert_true(describe(at_last, UNITS, &description, NULL));
    assert_near(response.line[LEVELS - 1].mean, description.mean, 1e-12);
    assert_near(response.line[LEVELS - 1].high, description.high, 1e-12);
    struct smooth smooth;
    struct spearman spearman;
    assert_true(smooth_fit(places_of, pooled, UNITS * LEVELS, &smooth, NULL));
    assert_true(spearman_correlate(places_of, pooled, UNITS * LEVELS, &spearman, NULL));
    for (int i = 0; i < LEVELS; i++)
        assert_near(response.spline[i].mean, smooth.fit[i], 1e-9);
    assert_near(response.rho, spearman.rho, 1e-12);
    /* Units differ far more than their slopes do: the slope is sure all the same. */
    assert_true(response.slope_p < 1e-6 && spearman.p > 0.05);
    smooth_release(&smooth);
    response_release(&response);
}

/* Every unit at one level of its own: the fits are the ordinary ones. */
static void test_response_of_points(void **state)
{
    (void)state;
    enum { UNITS_HERE = 9 };
    double y[UNITS_HERE][KNOTS], x[UNITS_HERE], values[UNITS_HERE], low, high;
    struct random random = random_begin(8, RANDOM_SAMPLE, 0, 0);
    for (int unit = 0; unit < UNITS_HERE; unit++) {
        for (int i = 0; i < KNOTS; i++)
            y[unit][i] = NAN;
        x[unit] = places[unit];
        values[unit] = y[unit][unit] = x[unit] + 0.1 * random_normal(&random);
    }
    struct response response;
    struct linear_fit fit;
    struct smooth smooth;
    assert_true(response_fit(places, KNOTS, y[0], UNITS_HERE, &response, NULL));
    assert_true(linear_fit(x, values, UNITS_HERE, &fit, NULL));
    assert_true(smooth_fit(x, values, UNITS_HERE, &smooth, NULL));
    assert_true(response.units == 0 && response.points == UNITS_HERE);
    assert_true(response.slope.mean == fit.slope && response.slope_p == fit.p);
    for (int i = 0; i < KNOTS; i++) {
        assert_true(response.line[i].mean == linear_fit_at(&fit, places[i], &low, &high));
        assert_true(response.line[i].low == low && response.spline[i].high == smooth.high[i]);
        assert_true(response.spline[i].mean == smooth.fit[i] && response.count[i] == 1);
        assert_true(response.mean[i].mean == values[i] && isnan(response.mean[i].low));
    }
    response_release(&response);
    y[0][1] = 1; /* a unit at two levels of many: neither one thing nor the other */
    assert_true(response_fit(places, KNOTS, y[0], UNITS_HERE, &response, NULL));
    assert_true(isnan(response.slope.mean));
    response_release(&response);
    smooth_release(&smooth);
}

/* Several such units at one level are a sample there. */
static void test_response_of_samples(void **state)
{
    (void)state;
    enum { UNITS_HERE = 5, LEVELS_HERE = 3 };
    static const double x[] = {0.5, 0.75, 0.9};
    static const double y[UNITS_HERE][LEVELS_HERE] = {
        {1, NAN, NAN}, {NAN, 7, NAN}, {4, NAN, NAN}, {4, NAN, NAN}, {NAN, NAN, NAN}};
    struct response response;
    struct description first;
    assert_true(response_fit(x, LEVELS_HERE, y[0], UNITS_HERE, &response, NULL));
    assert_true(describe((const double[]){1, 4, 4}, 3, &first, NULL));
    assert_true(response.count[0] == 3 && response.count[1] == 1 && response.count[2] == 0);
    assert_near(response.mean[0].mean, 3, 1e-12);
    assert_near(response.mean[0].low, first.low, 1e-12);
    assert_near(response.mean[0].high, first.high, 1e-12);
    assert_true(response.mean[1].mean == 7 && isnan(response.mean[2].mean));
    response_release(&response);
}

/* Noise has no curve: none of many samples is followed through its points. */
static void test_smooth_of_noise(void **state)
{
    (void)state;
    enum { SAMPLES = 60, NOISY = 60 };
    struct random random = random_begin(9, RANDOM_SAMPLE, 0, 0);
    for (int sample = 0; sample < SAMPLES; sample++) {
        double x[NOISY], y[NOISY];
        struct smooth smooth;
        for (int i = 0; i < NOISY; i++) {
            x[i] = random_normal(&random);
            y[i] = random_normal(&random);
        }
        assert_true(smooth_fit(x, y, NOISY, &smooth, NULL));
        assert_true(smooth.degrees < NOISY / 2.0);
        smooth_release(&smooth);
    }
}

static void test_response_of_little(void **state)
{
    (void)state;
    struct response response;
    const double x[] = {0.5, 0.75}, y[] = {1, 2};
    assert_true(response_fit(x, 2, y, 1, &response, NULL)); /* one image, two ratios */
    assert_near(response.slope.mean, 4, 1e-12);
    assert_true(isnan(response.slope.low) && isnan(response.slope_p));
    assert_true(isnan(response.spline[0].mean));
    response_release(&response);
    assert_true(response_fit(x, 1, y, 2, &response, NULL)); /* one ratio */
    assert_true(isnan(response.slope.mean) && response.mean[0].mean == 1.5);
    response_release(&response);
    assert_true(response_fit(x, 0, y, 0, &response, NULL));
    response_release(&response);
}

enum { STEPS = 1000 };

static enum trend trend_of(double per_window, double noise, double broken)
{
    double values[STEPS];
    struct trend_test test;
    struct random random = random_begin(6, RANDOM_SAMPLE, 0, 0);
    for (int i = 0; i < STEPS; i++)
        values[i] = 1 + per_window * i / STEPS + noise * random_normal(&random);
    values[STEPS / 2] += broken;
    assert_true(trend_find(values, STEPS, &test, NULL));
    if (isfinite(broken))
        assert_true(test.low < test.change && test.change < test.high);
    return test.trend;
}

static void test_trends(void **state)
{
    (void)state;
    assert_int_equal(trend_of(-0.2, 0.05, 0), TREND_FALLING);
    assert_int_equal(trend_of(0.2, 0.05, 0), TREND_RISING);
    assert_int_equal(trend_of(0, 0.05, 0), TREND_PLATEAU);
    assert_int_equal(trend_of(-0.005, 0.01, 0),
                     TREND_PLATEAU);                    /* falls, but too little to matter */
    assert_int_equal(trend_of(0, 1, 0), TREND_UNCLEAR); /* no slope to be seen is no plateau */
    assert_int_equal(trend_of(0, 0.05, NAN), TREND_DIVERGED);
    assert_int_equal(trend_of(0, 0.05, INFINITY), TREND_DIVERGED);
    struct trend_test test;
    double few[TREND_BLOCKS - 1] = {0};
    assert_true(trend_find(few, TREND_BLOCKS - 1, &test, NULL));
    assert_int_equal(test.trend, TREND_UNKNOWN);
    double still[TREND_BLOCKS] = {0};
    assert_true(trend_find(still, TREND_BLOCKS, &test, NULL));
    assert_int_equal(test.trend, TREND_PLATEAU);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_smooth_agrees_with_twin),
        cmocka_unit_test(test_smooth_extremes),
        cmocka_unit_test(test_response),
        cmocka_unit_test(test_response_of_little),
        cmocka_unit_test(test_response_of_points),
        cmocka_unit_test(test_response_of_samples),
        cmocka_unit_test(test_smooth_of_noise),
        cmocka_unit_test(test_trends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
