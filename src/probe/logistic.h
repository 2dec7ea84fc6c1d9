/* Multinomial logistic regression on standardised rows, to convergence: what a linear probe is when
 * nothing is left to the choice of an optimiser.
 *
 * Minimises  mean over rows of -log softmax(W x + b)[label]  +  penalty / 2 * |W|^2.
 * scikit-learn's C is 1 / (penalty * rows). The function is convex, and b is not penalised.
 */
#ifndef MASKSCOPE_PROBE_LOGISTIC_H
#define MASKSCOPE_PROBE_LOGISTIC_H

#include "probe/lbfgs.h"
#include "probe/rows.h"

struct logistic_settings {
    int classes;
    double penalty;
    int iterations;                  /* 0: as many as it takes, within reason */
    double tolerance;                /* of the gradient's largest component; 0: the usual */
    const struct standard *standard; /* by which rows are standardised, copied; null: their own */
};

/* Owned weights; all-zero is empty. It knows how to standardise what it is given. */
struct logistic {
    int classes;
    size_t dim;
    struct standard standard;
    float *weight; /* [classes, dim] */
    float *bias;   /* [classes] */
    struct lbfgs_result fit;
};

/* Starts where `from` ended unless that is null (its classes and dim must be the same).
 * ERROR_SYSTEM; ERROR_CHECK: interrupted. The bits do not depend on the number of threads. */
bool logistic_fit(struct logistic *logistic, const struct probe_rows *train,
                  const struct logistic_settings *settings, const struct logistic *from,
                  const struct probe_watch *watch, struct error *error)
    __attribute__((warn_unused_result));
/* One of weights [classes, dim + 1], a class's bias last in its row, that standardises as rows are.
 * ERROR_SYSTEM. */
bool logistic_init(struct logistic *logistic, const struct probe_rows *rows, int classes,
                   const double *weights, struct error *error) __attribute__((warn_unused_result));
void logistic_release(struct logistic *logistic);

/* scores [rows->count, classes] = W x + b. ERROR_SYSTEM. */
bool logistic_scores(const struct logistic *logistic, const struct probe_rows *rows, float *scores,
                     struct error *error) __attribute__((warn_unused_result));
/* predicted [rows->count]: the class of the highest score. ERROR_SYSTEM. */
bool logistic_predict(const struct logistic *logistic, const struct probe_rows *rows,
                      int *predicted, struct error *error) __attribute__((warn_unused_result));

/* The loss at weights [classes, dim + 1], a class's bias last in its row, and its gradient. values
 * [rows->count, rows->dim], borrowed, are taken as they are; of rows the labels or shares are. */
struct logistic_loss;
struct logistic_loss *logistic_loss_new(const float *values, const struct probe_rows *rows,
                                        int classes, double penalty, struct error *error);
void logistic_loss_free(struct logistic_loss *loss);
double logistic_loss_at(void *loss, const double *weights, double *gradient);

#endif
