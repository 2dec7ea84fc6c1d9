/* Rows to classify: clouds around one centre for each class. */
#ifndef MASKSCOPE_TESTS_UNIT_PROBE_ROWS_H
#define MASKSCOPE_TESTS_UNIT_PROBE_ROWS_H

#include "base/random.h"
#include "probe/rows.h"
#include "tests/unit/test.h"

/* Owns its values and labels, which the caller frees. Columns differ in mean and spread. */
static inline struct probe_rows cloud_rows(size_t count, size_t dim, int classes, double spread,
                                           uint32_t item)
{
    float *values = malloc(count * dim * sizeof *values);
    int *labels = malloc(count * sizeof *labels);
    assert_non_null(values);
    assert_non_null(labels);
    struct random random = random_begin(7, RANDOM_SAMPLE, 1, item);
    for (size_t row = 0; row < count; row++) {
        int label = labels[row] = (int)random_below(&random, (uint32_t)classes);
        struct random centre = random_begin(7, RANDOM_SAMPLE, 2, (uint32_t)label);
        for (size_t i = 0; i < dim; i++) {
            double value = random_normal(&centre) + spread * random_normal(&random);
            values[row * dim + i] = (float)(value * (1 + (double)i) + 5 * (double)i);
        }
    }
    return (struct probe_rows){values, labels, count, dim, NULL};
}

static inline void cloud_free(struct probe_rows *rows)
{
    free((void *)(uintptr_t)rows->values);
    free((void *)(uintptr_t)rows->labels);
}

#endif
