/* A linear probe as the MAE release trains it: batch norm without affine parameters and a linear
 * layer, by LARS (Y. You, I. Gitman, B. Ginsburg 2017: Large Batch Training of Convolutional
 * Networks) with momentum 0.9 and trust coefficient 0.001 on the weight (the bias is neither
 * decayed nor scaled), a linear warm-up and half a cosine, per step; weights begin normal with sd
 * 0.01.
 *
 * Unlike the release it sees features of one view of each image rather than of random crops, and in
 * use its batch norm has the statistics of the whole training set rather than a running mean of
 * those of batches.
 */
#ifndef MASKSCOPE_PROBE_LARS_H
#define MASKSCOPE_PROBE_LARS_H

#include <stdint.h>

#include "probe/logistic.h"

struct lars_settings {
    int classes;
    int epochs, warmup_epochs;
    int batch;   /* of fewer rows all are taken */
    double rate; /* the peak of the learning rate */
    double weight_decay;
    uint64_t seed; /* of the initial weights and of the order of rows */
};

/* ERROR_SYSTEM; ERROR_CHECK: interrupted. The caller releases *logistic if true. The bits do not
 * depend on the number of threads. */
bool lars_fit(struct logistic *logistic, const struct probe_rows *train,
              const struct lars_settings *settings, const struct probe_watch *watch,
              struct error *error) __attribute__((warn_unused_result));

/* One update: weights and momentum [classes, dim + 1], a class's bias last in its row, from the
 * gradient of the loss. */
void lars_step(double *weights, double *momentum, const double *gradient, size_t classes,
               size_t dim, double rate, double weight_decay);

#endif
