/* The tasks that tell classes apart by an image's features: knn, linear, lowshot. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "probe/knn.h"
#include "probe/logistic.h"
#include "run/downstream_private.h"

/* Adds an outcome of predicted classes for a variant of the task at hand. */
static struct downstream_outcome *add(struct downstream *downstream, int variant, int64_t seed,
                                      const int *predicted, struct error *error)
{
    struct text name = {0};
    downstream->task->variant(downstream, variant, &name);
    struct downstream_outcome *outcome =
        downstream_add_classes(downstream, text_of(&name), seed, predicted, error);
    text_release(&name);
    return outcome;
}

/* ---- Nearest neighbours ---- */

static bool name_knn(const struct downstream *downstream, int index, struct text *name)
{
    const struct setting_reals *k = &downstream->config->probe.k;
    if (index >= k->count)
        return false;
    downstream_write_features(downstream, name);
    text_append(name, ", k = %d", (int)k->items[index]);
    return true;
}

static bool run_knn(struct downstream *downstream, int64_t seed, struct error *error)
{
    if (!downstream_features(downstream, error))
        return false;
    struct probe_rows train = downstream_rows(downstream, &downstream->train_features);
    struct probe_rows test = downstream_rows(downstream, &downstream->features);
    struct probe_watch watch = downstream_watch(downstream);
    int neighbours[SETTING_LIST_LIMIT];
    struct knn_settings settings = {.neighbours = neighbours,
                                    .count = downstream->config->probe.k.count,
                                    .temperature = downstream->config->probe.temperature,
                                    .classes = downstream->classes};
    for (int i = 0; i < settings.count; i++)
        neighbours[i] = (int)downstream->config->probe.k.items[i];
    int *predicted = memory_new((size_t)settings.count * test.count, sizeof *predicted, error);
    bool good =
        predicted && (knn_classify(predicted, NULL, &train, &test, &settings, &watch, error) ||
                      (error->code == ERROR_DATA && error_prefix(error, "probe.k")));
    for (int i = 0; good && i < settings.count; i++)
        good = add(downstream, i, seed, predicted + (size_t)i * test.count, error);
    free(predicted);
    return good;
}

const struct downstream_task downstream_knn = {
    .name = "knn",
    .help = "nearest neighbours by cosine similarity among the training images' features",
    .measure = "accuracy",
    .labelled = true,
    .settings = (const char *const[]){"probe.temperature", NULL},
    .variant = name_knn,
    .run = run_knn,
};

/* ---- Choosing training rows ---- */

/* Copies of rows; all-zero is empty. */
struct subset {
    float *values;
    int *labels;
    size_t count, dim;
};

static void subset_release(struct subset *subset)
{
    free(subset->values);
    free(subset->labels);
}

static bool subset_init(struct subset *subset, size_t capacity, size_t dim, struct error *error)
{
    *subset = (struct subset){.dim = dim};
    return (subset->values = memory_new(capacity + 1, dim * sizeof(float), error)) &&
           (subset->labels = memory_new(capacity + 1, sizeof(int), error));
}

static void subset_add(struct subset *subset, const struct probe_rows *rows, size_t row)
{
    memcpy(subset->values + subset->count * subset->dim, rows->values + row * rows->dim,
           rows->dim * sizeof *rows->values);
    subset->labels[subset->count++] = rows->labels[row];
}

static struct probe_rows subset_rows(const struct subset *subset)
{
    return (struct probe_rows){subset->values, subset->labels, subset->count, subset->dim};
}

/* Rows of one class in an order drawn from the seed: order [returned count]. */
static size_t shuffle_class(uint32_t *order, const struct probe_rows *rows, int label,
                            enum random_stream stream, int64_t seed)
{
    size_t count = 0;
    for (size_t row = 0; row < rows->count; row++)
        if (rows->labels[row] == label)
            order[count++] = (uint32_t)row;
    struct random random = random_begin((uint64_t)seed, stream, 0, (uint32_t)label);
    random_shuffle(&random, order, (uint32_t)count);
    return count;
}

/* ---- Linear ---- */

enum { HELD_BACK_SHARE = 5 };

/* A fifth of each class, at least one where it has two, is held back. */
static bool split(const struct probe_rows *rows, int classes, int64_t seed, struct subset *fit,
                  struct subset *held_back, struct error *error)
{
    uint32_t *order = memory_new(rows->count, sizeof *order, error);
    bool good = order && subset_init(fit, rows->count, rows->dim, error) &&
                subset_init(held_back, rows->count, rows->dim, error);
    for (int label = 0; good && label < classes; label++) {
        size_t count = shuffle_class(order, rows, label, RANDOM_SPLIT, seed);
        size_t back = count / HELD_BACK_SHARE;
        back = back == 0 && count > 1 ? 1 : back;
        for (size_t i = 0; i < count; i++)
            subset_add(i < back ? held_back : fit, rows, order[i]);
    }
    free(order);
    return good;
}

static int by_size_down(const void *a, const void *b)
{
    double left = *(const double *)a, right = *(const double *)b;
    return (left < right) - (left > right);
}

/* The accuracy on what was held back of a fit with each penalty, from the largest down, each
 * beginning where the one before ended. Of equal ones the larger penalty is taken. */
static bool choose_penalty(struct downstream *downstream, const struct probe_rows *fit,
                           const struct probe_rows *held_back, double *best, struct error *error)
{
    struct setting_reals grid = downstream->config->probe.penalties;
    struct probe_watch watch = downstream_watch(downstream);
    struct logistic_settings settings = {.classes = downstream->classes};
    struct logistic before = {0};
    int *predicted = memory_new(held_back->count + 1, sizeof *predicted, error);
    bool good = predicted;
    double most = -1;
    qsort(grid.items, (size_t)grid.count, sizeof *grid.items, by_size_down);
    for (int i = 0; good && i < grid.count; i++) {
        struct logistic logistic;
        settings.penalty = grid.items[i];
        good = logistic_fit(&logistic, fit, &settings, i ? &before : NULL, &watch, error);
        if (!good)
            break;
        logistic_release(&before);
        before = logistic;
        good = logistic_predict(&logistic, held_back, predicted, error);
        double accuracy =
            probe_score_of(predicted, held_back->labels, held_back->count, downstream->classes)
                .accuracy;
        if (good && accuracy > most) {
            most = accuracy;
            *best = grid.items[i];
        }
    }
    logistic_release(&before);
    free(predicted);
    return good;
}

/* A fit to rows, asked about the held-out images. */
static struct downstream_outcome *fit_and_ask(struct downstream *downstream,
                                              const struct probe_rows *rows,
                                              const struct logistic_settings *settings, int variant,
                                              int64_t seed, struct error *error)
{
    struct probe_rows test = downstream_rows(downstream, &downstream->features);
    struct probe_watch watch = downstream_watch(downstream);
    struct downstream_outcome *outcome = NULL;
    struct logistic logistic = {0};
    int *predicted = memory_new(test.count, sizeof *predicted, error);
    if (predicted && logistic_fit(&logistic, rows, settings, NULL, &watch, error) &&
        logistic_predict(&logistic, &test, predicted, error))
        outcome = add(downstream, variant, seed, predicted, error);
    if (outcome && !logistic.fit.converged)
        log_write(downstream->request->log, LOG_WARNING,
                  "%s: the regression had not converged after %d iterations (gradient %.2g)",
                  downstream->what, logistic.fit.iterations, logistic.fit.gradient);
    logistic_release(&logistic);
    free(predicted);
    return outcome;
}

static bool name_linear(const struct downstream *downstream, int index, struct text *name)
{
    if (index > 0)
        return false;
    downstream_write_features(downstream, name);
    text_append(name, ", logistic");
    return true;
}

static bool run_linear(struct downstream *downstream, int64_t seed, struct error *error)
{
    if (!downstream_features(downstream, error))
        return false;
    struct probe_rows train = downstream_rows(downstream, &downstream->train_features);
    struct subset fit = {0}, held_back = {0};
    struct logistic_settings settings = {.classes = downstream->classes,
                                         .penalty = downstream->config->probe.penalties.items[0]};
    bool good = split(&train, downstream->classes, seed, &fit, &held_back, error);
    if (good && downstream->config->probe.penalties.count > 1) {
        struct probe_rows fit_rows = subset_rows(&fit), back_rows = subset_rows(&held_back);
        good = choose_penalty(downstream, &fit_rows, &back_rows, &settings.penalty, error);
    }
    subset_release(&fit);
    subset_release(&held_back);
    if (!good)
        return false;
    struct downstream_outcome *outcome = fit_and_ask(downstream, &train, &settings, 0, seed, error);
    if (outcome)
        downstream_add_value(outcome, "penalty", settings.penalty);
    return outcome;
}

const struct downstream_task downstream_linear = {
    .name = "linear",
    .help = "logistic regression on the features, to convergence; its weight decay is chosen on "
            "training images held back",
    .measure = "accuracy",
    .labelled = true,
    .seeded = true,
    .settings = (const char *const[]){"probe.penalties", NULL},
    .variant = name_linear,
    .run = run_linear,
};

/* ---- Few images a class ---- */

static bool too_few(int label, size_t count, int shots, const struct downstream *downstream,
                    struct error *error)
{
    return error_set(error, ERROR_DATA,
                     "probe.shots: %d images of each class, but there are only %zu of '%s'", shots,
                     count, downstream->train.source->class_names[label]);
}

/* The first `shots` of each class: those of fewer shots are among those of more. */
static bool draw_shots(const struct downstream *downstream, const struct probe_rows *rows,
                       int shots, int64_t seed, struct subset *subset, struct error *error)
{
    uint32_t *order = memory_new(rows->count, sizeof *order, error);
    bool good = order && subset_init(subset, rows->count, rows->dim, error);
    for (int label = 0; good && label < downstream->classes; label++) {
        size_t count = shuffle_class(order, rows, label, RANDOM_SHOTS, seed);
        good =
            count == 0 || count >= (size_t)shots || too_few(label, count, shots, downstream, error);
        for (size_t i = 0; good && count > 0 && i < (size_t)shots; i++)
            subset_add(subset, rows, order[i]);
    }
    free(order);
    return good;
}

static bool run_shots(struct downstream *downstream, const struct probe_rows *train,
                      const struct standard *standard, int variant, int64_t seed,
                      struct error *error)
{
    struct subset subset = {0};
    int shots = (int)downstream->config->probe.shots.items[variant];
    bool good = draw_shots(downstream, train, shots, seed, &subset, error);
    if (good) {
        struct probe_rows rows = subset_rows(&subset);
        struct logistic_settings settings = {.classes = downstream->classes,
                                             .penalty = 1 / (double)rows.count,
                                             .standard = standard};
        good = fit_and_ask(downstream, &rows, &settings, variant, seed, error);
    }
    subset_release(&subset);
    return good;
}

static bool name_lowshot(const struct downstream *downstream, int index, struct text *name)
{
    const struct setting_reals *shots = &downstream->config->probe.shots;
    if (index >= shots->count)
        return false;
    downstream_write_features(downstream, name);
    text_append(name, ", %d a class", (int)shots->items[index]);
    return true;
}

/* Columns are standardised by all training images: that takes no labels. */
static bool run_lowshot(struct downstream *downstream, int64_t seed, struct error *error)
{
    if (!downstream_features(downstream, error))
        return false;
    const struct setting_reals *shots = &downstream->config->probe.shots;
    struct probe_rows train = downstream_rows(downstream, &downstream->train_features);
    struct standard standard;
    bool good = standard_init(&standard, &train, error);
    for (int i = 0; good && i < shots->count; i++)
        good = run_shots(downstream, &train, &standard, i, seed, error);
    standard_release(&standard);
    return good;
}

const struct downstream_task downstream_lowshot = {
    .name = "lowshot",
    .help = "logistic regression (C = 1) from a few labelled training images of each class",
    .measure = "accuracy",
    .labelled = true,
    .seeded = true,
    .settings = (const char *const[]){NULL},
    .variant = name_lowshot,
    .run = run_lowshot,
};
