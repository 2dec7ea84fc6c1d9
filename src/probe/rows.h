/* What a downstream task learns from and is measured on: rows of features, each with a class. */
#ifndef MASKSCOPE_PROBE_ROWS_H
#define MASKSCOPE_PROBE_ROWS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

/* Called between pieces of work with the share done; false: give up. */
typedef bool probe_progress(void *context, double done);

/* What to call, and with what; all-zero: nothing. */
struct probe_watch {
    probe_progress *progress;
    void *context;
};
/* ERROR_CHECK with the message "interrupted" when progress says so. */
bool probe_watch_tell(const struct probe_watch *watch, double done, struct error *error);

/* Borrowed. Classes are 0 .. classes - 1. */
struct probe_rows {
    const float *values; /* [count, dim] */
    const int *labels;   /* [count]; not read where there are shares */
    size_t count, dim;
    const float *shares; /* null, or [count, classes]: rows belong to several classes, with shares
                            that sum up to 1 */
};

/* Mean and population standard deviation of each column: what a batch norm without affine
 * parameters knows of the training set. All-zero is empty. */
struct standard {
    size_t dim;
    float *mean, *scale; /* [dim]; scale: 1 / sd, and 1 where all values are the same */
};
bool standard_init(struct standard *standard, const struct probe_rows *rows, struct error *error)
    __attribute__((warn_unused_result));
bool standard_copy(struct standard *standard, const struct standard *from, struct error *error)
    __attribute__((warn_unused_result));
void standard_release(struct standard *standard);
/* A copy of rows' values, (value - mean) * scale; the caller frees it. Null with *error set. */
float *standard_apply(const struct standard *standard, const struct probe_rows *rows,
                      struct error *error);

/* How well predictions fit. */
struct probe_score {
    size_t count;      /* rows */
    double accuracy;   /* share of rows whose class was predicted */
    double class_mean; /* that share of each class, averaged over the classes that occur */
};
struct probe_score probe_score_of(const int *predicted, const int *labels, size_t count,
                                  int classes);
/* The index of the largest of values [count], the first of equals. */
int probe_best(const float *values, int count);

#endif
