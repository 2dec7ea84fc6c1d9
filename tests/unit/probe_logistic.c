/* Minimising, logistic regression and LARS: against naive twins in double precision, central
 * differences, and on any number of threads. */
#include "tests/unit/test.h"

#include <math.h>

#include "base/memory.h"
#include "base/parallel.h"
#include "probe/lars.h"
#include "probe/lbfgs.h"
#include "probe/logistic.h"
#include "tests/unit/probe_rows.h"

enum { DIM = 11, CLASSES = 6 };
static struct error error;

/* ---- Minimising ---- */

/* Rosenbrock's valley, whose minimum is 0 at (1, 1, 1, 1). */
static double valley(void *context, const double *x, double *gradient)
{
    enum { COUNT = 4 };
    double value = 0;
    ++*(int *)context;
    memset(gradient, 0, COUNT * sizeof *gradient);
    for (int i = 0; i + 1 < COUNT; i++) {
        double bend = x[i + 1] - x[i] * x[i];
        value += 100 * bend * bend + (1 - x[i]) * (1 - x[i]);
        gradient[i] -= 400 * x[i] * bend + 2 * (1 - x[i]);
        gradient[i + 1] += 200 * bend;
    }
    return value;
}

static void test_minimising(void **state)
{
    (void)state;
    double x[] = {-1.2, 1, -1.2, 1};
    int calls = 0;
    struct lbfgs_settings settings = {.iterations = 500, .tolerance = 1e-9};
    struct lbfgs_result result;
    assert_true(lbfgs_minimise(x, 4, valley, &calls, &settings, &result, NULL, &error));
    assert_true(result.converged);
    assert_int_equal(result.evaluations, calls);
    assert_in_range(calls, 20, 400);
    for (int i = 0; i < 4; i++)
        assert_near(x[i], 1.0, 1e-8);
}

static bool stop_at_half(void *context, double done)
{
    *(double *)context = done;
    return done < 0.5;
}

static void test_interrupting(void **state)
{
    (void)state;
    double x[] = {-1.2, 1, -1.2, 1}, seen = 0;
    int calls = 0;
    struct probe_watch watch = {stop_at_half, &seen};
    struct lbfgs_settings settings = {.iterations = 20, .tolerance = 1e-12};
    struct lbfgs_result result;
    assert_false(lbfgs_minimise(x, 4, valley, &calls, &settings, &result, &watch, &error));
    assert_int_equal(error.code, ERROR_CHECK);
    assert_near(seen, 0.5, 1e-12);
}

/* ---- Logistic regression ---- */

static double naive_loss(const struct probe_rows *rows, const float *values, int classes,
                         double penalty, const double *weights)
{
    double total = 0, square = 0;
    for (size_t row = 0; row < rows->count; row++) {
        double scores[16], sum = 0;
        for (int c = 0; c < classes; c++) {
            const double *of = weights + (size_t)c * (rows->dim + 1);
            scores[c] = of[rows->dim];
            for (size_t i = 0; i < rows->dim; i++)
                scores[c] += of[i] * (double)values[row * rows->dim + i];
            sum += exp(scores[c]);
        }
        total += log(sum);
        for (int c = 0; c < classes; c++)
            total -=
                scores[c] * (rows->shares ? (double)rows->shares[row * (size_t)classes + (size_t)c]
                                          : c == rows->labels[row]);
    }
    for (int c = 0; c < classes; c++)
        for (size_t i = 0; i < rows->dim; i++)
            square += pow(weights[(size_t)c * (rows->dim + 1) + i], 2);
    return total / (double)rows->count + penalty / 2 * square;
}

enum { WEIGHTS = CLASSES * (DIM + 1) };

/* 9000 rows make chunks of more than one piece. */
static void check_loss(size_t count, bool shared)
{
    struct probe_rows rows = cloud_rows(count, DIM, CLASSES, 2, 3);
    float *shares = calloc(count * CLASSES, sizeof *shares);
    assert_non_null(shares);
    for (size_t row = 0; row < count; row++) {
        shares[row * CLASSES + row % CLASSES] += 0.25f;
        shares[row * CLASSES + (size_t)rows.labels[row]] += 0.75f;
    }
    rows.shares = shared ? shares : NULL;
    struct standard standard;
    assert_true(standard_init(&standard, &rows, &error));
    float *values = standard_apply(&standard, &rows, &error);
    struct logistic_loss *loss = logistic_loss_new(values, &rows, CLASSES, 0.3, &error);
    double weights[WEIGHTS], gradient[WEIGHTS];
    struct random random = random_begin(1, RANDOM_SAMPLE, 0, 0);
    for (int i = 0; i < WEIGHTS; i++)
        weights[i] = 0.5 * (float)random_normal(&random);
    memset(gradient, 0xff, sizeof gradient);
    assert_near(logistic_loss_at(loss, weights, gradient),
                naive_loss(&rows, values, CLASSES, 0.3, weights), 1e-6);
    for (int i = 0; i < WEIGHTS; i++) {
        const double step = 1e-5;
        double kept = weights[i];
        weights[i] = kept + step;
        double above = naive_loss(&rows, values, CLASSES, 0.3, weights);
        weights[i] = kept - step;
        double below = naive_loss(&rows, values, CLASSES, 0.3, weights);
        weights[i] = kept;
        assert_near(gradient[i], (above - below) / (2 * step), 2e-6);
    }
    logistic_loss_free(loss);
    free(shares);
    free(values);
    standard_release(&standard);
    cloud_free(&rows);
}

static void test_loss_and_gradient(void **state)
{
    (void)state;
    check_loss(5, false);
    check_loss(300, true);
    check_loss(9000, false);
}

static void test_standardising(void **state)
{
    (void)state;
    struct probe_rows rows = cloud_rows(500, DIM, CLASSES, 1, 4);
    for (size_t row = 0; row < rows.count; row++)
        ((float *)(uintptr_t)rows.values)[row * DIM + 3] = 7; /* the same everywhere */
    struct standard standard;
    assert_true(standard_init(&standard, &rows, &error));
    float *values = standard_apply(&standard, &rows, &error);
    for (size_t i = 0; i < DIM; i++) {
        double sum = 0, square = 0;
        for (size_t row = 0; row < rows.count; row++) {
            sum += (double)values[row * DIM + i];
            square += (double)values[row * DIM + i] * (double)values[row * DIM + i];
        }
        assert_near(sum / 500, 0.0, 1e-5);
        assert_near(square / 500, i == 3 ? 0.0 : 1.0, 1e-5);
    }
    free(values);
    standard_release(&standard);
    cloud_free(&rows);
}

/* The gradient of the naive loss vanishes where the fit ends, and a fit from there stays. */
static void test_fit_is_the_minimum(void **state)
{
    (void)state;
    struct probe_rows train = cloud_rows(400, DIM, CLASSES, 2, 5);
    struct logistic_settings settings = {.classes = CLASSES, .penalty = 1. / 400};
    struct logistic fit, again;
    assert_true(logistic_fit(&fit, &train, &settings, NULL, NULL, &error));
    assert_true(fit.fit.converged);
    float *values = standard_apply(&fit.standard, &train, &error);
    double weights[WEIGHTS], least;
    for (size_t c = 0; c < CLASSES; c++) {
        for (size_t i = 0; i < DIM; i++)
            weights[c * (DIM + 1) + i] = (double)fit.weight[c * DIM + i];
        weights[c * (DIM + 1) + DIM] = (double)fit.bias[c];
    }
    least = naive_loss(&train, values, CLASSES, settings.penalty, weights);
    for (int i = 0; i < WEIGHTS; i++)
        for (int side = -1; side <= 1; side += 2) {
            double kept = weights[i];
            weights[i] += side * 0.01;
            assert_true(naive_loss(&train, values, CLASSES, settings.penalty, weights) > least);
            weights[i] = kept;
        }
    assert_true(logistic_fit(&again, &train, &settings, &fit, NULL, &error));
    assert_in_range(again.fit.iterations, 0, 3);
    free(values);
    logistic_release(&fit);
    logistic_release(&again);
    cloud_free(&train);
}

static void test_fit_on_any_threads(void **state)
{
    (void)state;
    struct probe_rows train = cloud_rows(1500, DIM, CLASSES, 2, 6);
    struct logistic_settings settings = {.classes = CLASSES, .penalty = 1e-3};
    struct logistic one, many;
    parallel_set_threads(1);
    assert_true(logistic_fit(&one, &train, &settings, NULL, NULL, &error));
    parallel_set_threads(4);
    assert_true(logistic_fit(&many, &train, &settings, NULL, NULL, &error));
    parallel_set_threads(0);
    assert_memory_equal(one.weight, many.weight, CLASSES * DIM * sizeof(float));
    assert_memory_equal(one.bias, many.bias, CLASSES * sizeof(float));
    logistic_release(&one);
    logistic_release(&many);
    cloud_free(&train);
}

/* ---- LARS ---- */

/* As PyTorch's optimiser of the release: the weight's update is scaled by trust |w| / |g + d w|. */
static void test_lars_step(void **state)
{
    (void)state;
    double weights[] = {3, 4, 1, 0, 0, 2}, momentum[] = {0.5, 0, 0, 0, 0, 1};
    const double gradient[] = {1, 0, 2, 0, 1, -1};
    const double rate = 0.5, decay = 0.1;
    const double update[] = {1 + 0.3, 0.4, 0, 1};
    double norm = sqrt(1.3 * 1.3 + 0.4 * 0.4 + 1), scale = 0.001 * 5 / norm;
    lars_step(weights, momentum, gradient, 2, 2, rate, decay);
    assert_near(momentum[0], 0.45 + scale * update[0], 1e-12);
    assert_near(momentum[1], scale * update[1], 1e-12);
    assert_near(momentum[2], 2, 1e-12); /* a bias is neither decayed nor scaled */
    assert_near(momentum[4], scale, 1e-12);
    assert_near(momentum[5], 0.9 - 1, 1e-12);
    assert_near(weights[0], 3 - rate * momentum[0], 1e-12);
    assert_near(weights[2], 1 - rate * 2, 1e-12);
    assert_near(weights[4], -rate * momentum[4], 1e-12);
}

static double accuracy_of(const struct logistic *logistic, const struct probe_rows *rows)
{
    int *predicted = malloc(rows->count * sizeof *predicted);
    assert_true(logistic_predict(logistic, rows, predicted, &error));
    double accuracy = probe_score_of(predicted, rows->labels, rows->count, CLASSES).accuracy;
    free(predicted);
    return accuracy;
}

/* It comes near to what the converged fit knows, and depends on the seed but not on threads. */
static void test_lars_fit(void **state)
{
    (void)state;
    struct probe_rows train = cloud_rows(900, DIM, CLASSES, 1, 7);
    struct probe_rows test = cloud_rows(500, DIM, CLASSES, 1, 8);
    struct lars_settings settings = {CLASSES, 60, 6, 64, 6.4, 1e-5, 1};
    struct logistic_settings converged = {.classes = CLASSES, .penalty = 1e-3};
    struct logistic one, many, other, best;
    parallel_set_threads(1);
    assert_true(lars_fit(&one, &train, &settings, NULL, &error));
    parallel_set_threads(3);
    assert_true(lars_fit(&many, &train, &settings, NULL, &error));
    parallel_set_threads(0);
    settings.seed = 2;
    assert_true(lars_fit(&other, &train, &settings, NULL, &error));
    assert_true(logistic_fit(&best, &train, &converged, NULL, NULL, &error));
    assert_memory_equal(one.weight, many.weight, CLASSES * DIM * sizeof(float));
    assert_memory_not_equal(one.weight, other.weight, CLASSES * DIM * sizeof(float));
    assert_near(accuracy_of(&one, &test), accuracy_of(&best, &test), 0.03);
    assert_true(accuracy_of(&best, &test) > 0.6);
    logistic_release(&one);
    logistic_release(&many);
    logistic_release(&other);
    logistic_release(&best);
    cloud_free(&train);
    cloud_free(&test);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_minimising),         cmocka_unit_test(test_interrupting),
        cmocka_unit_test(test_loss_and_gradient),  cmocka_unit_test(test_standardising),
        cmocka_unit_test(test_fit_is_the_minimum), cmocka_unit_test(test_fit_on_any_threads),
        cmocka_unit_test(test_lars_step),          cmocka_unit_test(test_lars_fit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
