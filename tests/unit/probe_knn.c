/* Nearest neighbours: against a naive twin in double precision, and on any number of threads. */
#include "tests/unit/test.h"

#include <math.h>

#include "base/memory.h"
#include "base/parallel.h"
#include "probe/knn.h"
#include "tests/unit/probe_rows.h"

static struct error error;

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_neighbours_against_naive_twin),
        cmocka_unit_test(test_ties_go_to_the_first),
        cmocka_unit_test(test_shares_of_classes),
        cmocka_unit_test(test_too_few_neighbours),
        cmocka_unit_test(test_a_row_of_zeros),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
