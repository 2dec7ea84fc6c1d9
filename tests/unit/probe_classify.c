/* Nearest neighbours, minimising, logistic regression: against naive twins in double precision,
 * central differences, and on any number of threads. */
#include "tests/unit/test.h"

#include <math.h>

#include "base/memory.h"
#include "base/parallel.h"
#include "probe/knn.h"
#include "probe/lbfgs.h"
#include "probe/logistic.h"
#include "probe/lars.h"
#include "probe/subset.h"
#include "tests/unit/probe_rows.h"

static struct error error;

/* ---- Nearest neighbours ---- */

static double cosine(const float *a, const float *b, size_t dim)
{
    double ab = 0, aa = 0, bb = 0;
    for (size_t i = 0; i < dim; i++) {
        ab += (double)a[i] * (double)b[i];
        aa += (double)a[i] * (double)a[i];
        bb += (double)b[i] * (double)b[i];
    }
    return ab / sqrt(aa * bb);
}

/* The k nearest one after another, each the nearest of those that are left. */
static int naive_neighbours(const struct probe_rows *train, const float *row, int k, int classes)
{
    double votes[16] = {0};
    bool *used = calloc(train->count, sizeof *used);
    assert_non_null(used);
    for (int i = 0; i < k; i++) {
        size_t best = SIZE_MAX;
        double most = -INFINITY;
        for (size_t j = 0; j < train->count; j++) {
            double similarity = cosine(row, train->values + j * train->dim, train->dim);
            if (!used[j] && similarity > most) {
                most = similarity;
                best = j;
            }
        }
        used[best] = true;
        votes[train->labels[best]] += exp(most / 0.07);
    }
    free(used);
    int winner = 0;
    for (int i = 1; i < classes; i++)
        if (votes[i] > votes[winner])
            winner = i;
    return winner;
}

static const int ks[] = {1, 5, 33};
enum { KS = ARRAY_LENGTH(ks), TRAIN = 700, TEST = 150, DIM = 11, CLASSES = 6 };

static void classify(int *predicted, const struct probe_rows *train, const struct probe_rows *test)
{
    struct knn_settings settings = {ks, KS, 0.07, CLASSES};
    memset(predicted, 0xff, KS * test->count * sizeof *predicted);
    assert_true(knn_classify(predicted, NULL, train, test, &settings, NULL, &error));
}

static void test_neighbours_against_naive_twin(void **state)
{
    (void)state;
    static int predicted[KS * TEST], again[KS * TEST];
    struct probe_rows train = cloud_rows(TRAIN, DIM, CLASSES, 2, 1);
    struct probe_rows test = cloud_rows(TEST, DIM, CLASSES, 2, 2);
    int correct = 0;
    classify(predicted, &train, &test);
    for (size_t k = 0; k < KS; k++)
        for (size_t i = 0; i < TEST; i++) {
            assert_int_equal(predicted[k * TEST + i],
                             naive_neighbours(&train, test.values + i * DIM, ks[k], CLASSES));
            correct += predicted[k * TEST + i] == test.labels[i];
        }
    assert_in_range(correct, KS * TEST / 4, KS * TEST - 20); /* neither trivial nor chance */
    parallel_set_threads(3);
    classify(again, &train, &test);
    parallel_set_threads(0);
    assert_memory_equal(predicted, again, sizeof again);
    cloud_free(&train);
    cloud_free(&test);
}

/* Rows that are all alike: the first of them is the nearest, and votes tie. */
static void test_ties_go_to_the_first(void **state)
{
    (void)state;
    static const float values[] = {1, 2, 2, 4, 1, 2, 1, 2};
    static const int labels[] = {3, 1, 1, 3}, one_and_four[] = {1, 4};
    struct probe_rows train = {values, labels, 4, 2, NULL}, test = {values, labels, 1, 2, NULL};
    struct knn_settings settings = {one_and_four, 2, 0.07, 4};
    int predicted[2];
    bool tied[2];
    assert_true(knn_classify(predicted, tied, &train, &test, &settings, NULL, &error));
    assert_int_equal(predicted[0], 3); /* the first row's class */
    assert_int_equal(predicted[1], 1); /* two votes each: the lower class */
    assert_true(tied[0] && tied[1]);
}

/* Shares of 0 and 1 say what labels say; others divide a row's vote. */
static void test_shares_of_classes(void **state)
{
    (void)state;
    struct probe_rows train = cloud_rows(200, DIM, CLASSES, 2, 1);
    struct probe_rows test = cloud_rows(40, DIM, CLASSES, 2, 2);
    static float shares[200 * CLASSES], scores[40 * CLASSES], halves[40 * CLASSES];
    int five = 5, predicted[40];
    struct knn_settings settings = {&five, 1, 0.07, CLASSES};
    assert_true(knn_classify(predicted, NULL, &train, &test, &settings, NULL, &error));
    for (size_t row = 0; row < 200; row++)
        shares[row * CLASSES + (size_t)train.labels[row]] = 1;
    train.shares = shares;
    assert_true(knn_scores(scores, &train, &test, &settings, NULL, &error));
    for (size_t row = 0; row < 40; row++) {
        assert_int_equal(probe_best(scores + row * CLASSES, CLASSES), predicted[row]);
        for (size_t i = 0; i < CLASSES; i++)
            halves[row * CLASSES + i] = scores[row * CLASSES + i] / 2 + (i == 0 ? 0.5f : 0);
    }
    for (size_t row = 0; row < 200; row++)
        for (size_t i = 0; i < CLASSES; i++)
            shares[row * CLASSES + i] = shares[row * CLASSES + i] / 2 + (i == 0 ? 0.5f : 0);
    assert_true(knn_scores(scores, &train, &test, &settings, NULL, &error));
    for (size_t i = 0; i < 40 * CLASSES; i++)
        assert_near((double)scores[i], (double)halves[i], 1e-6);
    train.shares = NULL;
    cloud_free(&train);
    cloud_free(&test);
}

static void test_too_few_neighbours(void **state)
{
    (void)state;
    struct probe_rows train = cloud_rows(32, DIM, CLASSES, 1, 1);
    struct knn_settings settings = {ks, KS, 0.07, CLASSES};
    int predicted[KS * 32];
    assert_false(knn_classify(predicted, NULL, &train, &train, &settings, NULL, &error));
    assert_int_equal(error.code, ERROR_DATA);
    assert_non_null(strstr(error.message, "k = 33 neighbours, but there are only 32"));
    cloud_free(&train);
}

static void test_a_row_of_zeros(void **state)
{
    (void)state;
    struct probe_rows train = cloud_rows(64, DIM, CLASSES, 1, 1);
    float zeros[DIM] = {0};
    struct probe_rows test = {zeros, train.labels, 1, DIM, NULL};
    int predicted[KS];
    classify(predicted, &train, &test);
    assert_int_equal(predicted[0], train.labels[0]);
    cloud_free(&train);
}

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

/* ---- Drawing rows ---- */

/* Whether every row of the subset is one of rows, and none twice (values are all different). */
static void check_drawn(const struct subset *subset, const struct probe_rows *rows, bool *used)
{
    for (size_t i = 0; i < subset->count; i++) {
        size_t at = 0;
        while (at < rows->count &&
               memcmp(rows->values + at * rows->dim, subset->values + i * rows->dim,
                      rows->dim * sizeof(float)) != 0)
            at++;
        assert_in_range(at, 0, rows->count - 1);
        assert_int_equal(subset->labels[i], rows->labels[at]);
        assert_false(used[at]);
        used[at] = true;
    }
}

static void test_split(void **state)
{
    (void)state;
    struct probe_rows rows = cloud_rows(300, DIM, CLASSES, 1, 9);
    struct subset fit, back, fit2, back2;
    bool used[300] = {false};
    assert_true(subset_split(&fit, &back, &rows, CLASSES, 5, &error));
    assert_true(subset_split(&fit2, &back2, &rows, CLASSES, 6, &error));
    assert_int_equal(fit.count + back.count, 300);
    check_drawn(&fit, &rows, used);
    check_drawn(&back, &rows, used);
    struct probe_rows held = subset_rows(&back);
    for (int label = 0; label < CLASSES; label++)
        assert_int_equal(rows_of_class(&held, label), rows_of_class(&rows, label) / 5);
    assert_memory_not_equal(back.values, back2.values, back.count * DIM * sizeof(float));
    subset_release(&fit);
    subset_release(&back);
    subset_release(&fit2);
    subset_release(&back2);
    cloud_free(&rows);
}

static void test_draw(void **state)
{
    (void)state;
    struct probe_rows rows = cloud_rows(120, DIM, CLASSES, 1, 9);
    struct subset few, more, all;
    bool used[120] = {false};
    int lacking;
    assert_true(subset_draw(&few, &rows, CLASSES, 3, 5, &lacking, &error));
    assert_true(subset_draw(&more, &rows, CLASSES, 8, 5, &lacking, &error));
    assert_int_equal(few.count, 3 * CLASSES);
    check_drawn(&more, &rows, used);
    for (size_t i = 0; i < few.count; i++) /* the first three of the eight */
        assert_memory_equal(few.values + i * DIM, more.values + (i / 3 * 8 + i % 3) * DIM,
                            DIM * sizeof(float));
    assert_false(subset_draw(&all, &rows, CLASSES, 1000, 5, &lacking, &error));
    assert_in_range(lacking, 0, CLASSES - 1);
    subset_release(&few);
    subset_release(&more);
    subset_release(&all);
    cloud_free(&rows);
}

static void test_scores(void **state)
{
    (void)state;
    static const int labels[] = {0, 0, 0, 2, 2}, predicted[] = {0, 0, 1, 2, 0};
    struct probe_score score = probe_score_of(predicted, labels, 5, 3);
    assert_near(score.accuracy, 3. / 5, 1e-12);
    assert_near(score.class_mean, (2. / 3 + 1. / 2) / 2, 1e-12); /* class 1 does not occur */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_neighbours_against_naive_twin),
        cmocka_unit_test(test_ties_go_to_the_first),
        cmocka_unit_test(test_shares_of_classes),
        cmocka_unit_test(test_too_few_neighbours),
        cmocka_unit_test(test_a_row_of_zeros),
        cmocka_unit_test(test_minimising),
        cmocka_unit_test(test_interrupting),
        cmocka_unit_test(test_loss_and_gradient),
        cmocka_unit_test(test_standardising),
        cmocka_unit_test(test_fit_is_the_minimum),
        cmocka_unit_test(test_fit_on_any_threads),
        cmocka_unit_test(test_lars_step),
        cmocka_unit_test(test_lars_fit),
        cmocka_unit_test(test_split),
        cmocka_unit_test(test_draw),
        cmocka_unit_test(test_scores),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
