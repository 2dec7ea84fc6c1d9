/* Recorded outcomes of downstream tasks: nearest neighbours and logistic regression. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "probe/knn.h"
#include "probe/logistic.h"
#include "run/verify_private.h"

enum { CLASS_LIMIT = 100000, ROW_LIMIT = 10000000, KINDS_OF_K = 2 };
static const int neighbours[KINDS_OF_K] = {20, 1};
static const char *const knn_names[KINDS_OF_K] = {"expected.knn20", "expected.knn1"};
static const double temperature = 0.07, inverse_penalty = 1;
/* Shares of the test rows: of labels that differ, and of the accuracy. */
static const double label_tolerance = 0.01, accuracy_tolerance = 0.01;

struct recorded {
    struct probe_rows train, test;
    int classes;
};

static const struct safetensors_tensor *find_rows(const struct verification *verification,
                                                  const char *name, struct error *error)
{
    const struct safetensors_tensor *tensor = safetensors_find(verification->file, name);
    bool good = tensor && tensor->type == SAFETENSORS_F32 && tensor->dimensions == 2 &&
                tensor->shape[0] >= 1 && tensor->shape[0] <= ROW_LIMIT && tensor->shape[1] >= 1;
    if (!good)
        error_set(error, ERROR_DATA, "%s: %s must be F32 [rows, columns]",
                  safetensors_path(verification->file), name);
    return good ? tensor : NULL;
}

static int *read_labels(struct verification *verification, const char *name, size_t count,
                        struct error *error)
{
    int shape[1] = {(int)count};
    const struct safetensors_tensor *tensor =
        safetensors_expect(verification->file, name, SAFETENSORS_I32, 1, shape, error);
    int *labels = tensor ? arena_alloc(&verification->arena, count, sizeof *labels, error) : NULL;
    if (!labels || !safetensors_read(verification->file, tensor, labels, error))
        return NULL;
    for (size_t i = 0; i < count; i++)
        if (labels[i] < 0 || labels[i] >= CLASS_LIMIT) {
            error_set(error, ERROR_DATA, "%s: %s holds the class %d, expected 0 .. %d",
                      safetensors_path(verification->file), name, labels[i], CLASS_LIMIT - 1);
            return NULL;
        }
    return labels;
}

static bool read_split(struct verification *verification, const char *split,
                       struct probe_rows *rows, int *classes, struct error *error)
{
    char name[VERIFY_NAME_SIZE];
    snprintf(name, sizeof name, "%s.features", split);
    const struct safetensors_tensor *tensor = find_rows(verification, name, error);
    float *values = tensor ? verify_floats(verification, tensor->count, error) : NULL;
    if (!values || !safetensors_read(verification->file, tensor, values, error))
        return false;
    *rows = (struct probe_rows){
        .values = values, .count = (size_t)tensor->shape[0], .dim = (size_t)tensor->shape[1]};
    snprintf(name, sizeof name, "%s.labels", split);
    rows->labels = read_labels(verification, name, rows->count, error);
    for (size_t i = 0; rows->labels && i < rows->count; i++)
        if (rows->labels[i] >= *classes)
            *classes = rows->labels[i] + 1;
    return rows->labels;
}

/* Ours against the recorded labels; tied [count] may be null. A label that hangs on rounding may
 * differ. */
static bool compare_labels(struct verification *verification, const char *name, const int *ours,
                           const bool *tied, size_t count, double tolerance, struct error *error)
{
    int *recorded = read_labels(verification, name, count, error), shape[1] = {(int)count};
    size_t differ = 0;
    for (size_t i = 0; recorded && i < count; i++)
        differ += recorded[i] != ours[i] && !(tied && tied[i]);
    return recorded &&
           verify_add(verification, name, (double)differ / (double)count, tolerance, error) &&
           verify_dump(verification, name, SAFETENSORS_I32, 1, shape, ours, error);
}

static bool verify_neighbours(struct verification *verification, const struct recorded *recorded,
                              struct error *error)
{
    size_t count = recorded->test.count;
    struct knn_settings settings = {.neighbours = neighbours,
                                    .count = KINDS_OF_K,
                                    .temperature = temperature,
                                    .classes = recorded->classes};
    int *ours = arena_alloc(&verification->arena, KINDS_OF_K * count, sizeof *ours, error);
    bool *tied = arena_alloc(&verification->arena, KINDS_OF_K * count, sizeof *tied, error);
    if (!ours || !tied ||
        !knn_classify(ours, tied, &recorded->train, &recorded->test, &settings, NULL, error))
        return false;
    for (size_t i = 0; i < KINDS_OF_K; i++)
        if (!compare_labels(verification, knn_names[i], ours + i * count, tied + i * count, count,
                            0, error))
            return false;
    return true;
}

static double accuracy(const int *labels, const struct probe_rows *rows, int classes)
{
    return probe_score_of(labels, rows->labels, rows->count, classes).accuracy;
}

static bool verify_regression(struct verification *verification, const struct recorded *recorded,
                              struct error *error)
{
    const char *name = "expected.logistic";
    const struct probe_rows *test = &recorded->test;
    struct logistic_settings settings = {.classes = recorded->classes,
                                         .penalty =
                                             1 / (inverse_penalty * (double)recorded->train.count)};
    struct logistic logistic = {0};
    int *ours = arena_alloc(&verification->arena, test->count, sizeof *ours, error);
    int *theirs = read_labels(verification, name, test->count, error);
    bool good =
        ours && theirs && logistic_fit(&logistic, &recorded->train, &settings, NULL, NULL, error) &&
        logistic_predict(&logistic, test, ours, error) &&
        compare_labels(verification, name, ours, NULL, test->count, label_tolerance, error) &&
        verify_add(verification, "expected.logistic (accuracy)",
                   fabs(accuracy(ours, test, recorded->classes) -
                        accuracy(theirs, test, recorded->classes)),
                   accuracy_tolerance, error);
    logistic_release(&logistic);
    return good;
}

bool verify_probe(struct verification *verification, struct error *error)
{
    struct recorded recorded = {0};
    if (!read_split(verification, "train", &recorded.train, &recorded.classes, error) ||
        !read_split(verification, "test", &recorded.test, &recorded.classes, error))
        return false;
    if (recorded.train.dim != recorded.test.dim)
        return error_set(error, ERROR_DATA, "%s: test.features has %zu columns, train.features %zu",
                         safetensors_path(verification->file), recorded.test.dim,
                         recorded.train.dim);
    return verify_neighbours(verification, &recorded, error) &&
           verify_regression(verification, &recorded, error);
}
