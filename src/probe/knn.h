/* Weighted nearest neighbours by cosine similarity (Z. Wu et al. 2018: Unsupervised Feature
 * Learning via Non-Parametric Instance Discrimination, 3.4): each of the k most similar training
 * rows votes for its class with weight exp(similarity / temperature).
 *
 * Among equal similarities the training row that comes first is nearer, among equal votes the lower
 * class wins. So results are the same on any number of threads.
 */
#ifndef MASKSCOPE_PROBE_KNN_H
#define MASKSCOPE_PROBE_KNN_H

#include "probe/rows.h"

struct knn_settings {
    const int *neighbours; /* [count]: each k, at least 1 */
    int count;
    double temperature; /* 0.07 in the paper */
    int classes;
};

/* predicted [settings.count, test->count]. tied, unless null, says in the same order whether the
 * outcome hangs on rounding: two classes whose votes, or two neighbours at the edge of the k whose
 * similarities, are less than 1e-5 apart. ERROR_DATA: k is more than there are training rows;
 * ERROR_CHECK: interrupted. */
bool knn_classify(int *predicted, bool *tied, const struct probe_rows *train,
                  const struct probe_rows *test, const struct knn_settings *settings,
                  const struct probe_watch *watch, struct error *error)
    __attribute__((warn_unused_result));

/* The same of rows that have shares in classes, and of one k: scores [test->count, classes] are
 * each class's share of the votes. */
bool knn_scores(float *scores, const struct probe_rows *train, const struct probe_rows *test,
                const struct knn_settings *settings, const struct probe_watch *watch,
                struct error *error) __attribute__((warn_unused_result));

#endif
