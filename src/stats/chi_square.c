#include "stats/chi_square.h"

#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "stats/distribution.h"
#include "stats/rank.h"

static bool any_missing(const double *values, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (isnan(values[i]))
            return true;
    return false;
}

/* sums [conditions] of ranks over complete blocks, and the sum of t^3 - t over all their ties. */
static bool sum_ranks(const double *values, size_t blocks, size_t conditions, double *sums,
                      double *ranks, size_t *complete, double *ties, struct error *error)
{
    for (size_t block = 0; block < blocks; block++, values += conditions) {
        double tied;
        if (any_missing(values, conditions))
            continue;
        if (!rank_values(values, conditions, ranks, &tied, error))
            return false;
        for (size_t i = 0; i < conditions; i++)
            sums[i] += ranks[i];
        *ties += tied;
        ++*complete;
    }
    return true;
}

bool friedman_test(const double *values, size_t blocks, size_t conditions,
                   struct chi_square_test *test, struct error *error)
{
    *test = (struct chi_square_test){.chi_square = NAN, .degrees = NAN, .p = NAN};
    double *sums = memory_new(conditions ? conditions : 1, 2 * sizeof *sums, error);
    double ties = 0.0;
    bool good = sums && sum_ranks(values, blocks, conditions, sums, sums + conditions, &test->count,
                                  &ties, error);
    if (good && test->count > 0 && conditions > 1) {
        double n = (double)test->count, k = (double)conditions, squares = 0.0;
        for (size_t i = 0; i < conditions; i++) {
            double deviation = sums[i] - n * (k + 1.0) / 2.0;
            squares += deviation * deviation;
        }
        double untied = 1.0 - ties / (n * k * (k * k - 1.0));
        test->chi_square = 12.0 * squares / (n * k * (k + 1.0)) / untied;
        test->degrees = k - 1.0;
        test->p = chi_square_upper(test->chi_square, test->degrees);
    }
    free(sums);
    return good;
}

struct chi_square_test chi_square_equal(const int64_t *counts, size_t count)
{
    struct chi_square_test test = {.count = count, .chi_square = NAN, .degrees = NAN, .p = NAN};
    double total = 0.0, squares = 0.0;
    for (size_t i = 0; i < count; i++)
        total += (double)counts[i];
    if (count < 2 || !(total > 0.0))
        return test;
    double expected = total / (double)count;
    for (size_t i = 0; i < count; i++)
        squares += ((double)counts[i] - expected) * ((double)counts[i] - expected);
    test.chi_square = squares / expected;
    test.degrees = (double)count - 1.0;
    test.p = chi_square_upper(test.chi_square, test.degrees);
    return test;
}
