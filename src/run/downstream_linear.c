/* The task linear: logistic regression on the features, by one of two solvers, its weight decay
 * chosen on training images that are held back. */
#include <assert.h>
#include <math.h>
#include <stdlib.h>

#include "probe/lars.h"
#include "probe/subset.h"
#include "run/downstream_private.h"

static const char *const solver_names[] = {
    [PROBE_LBFGS] = "lbfgs", [PROBE_LARS] = "lars", [PROBE_SOLVERS] = NULL};
static_assert(ARRAY_LENGTH(solver_names) == PROBE_SOLVERS + 1, "a name for each solver");

const char *probe_solver_name(int index)
{
    return solver_names[index];
}

/* A fit by the solver that is set; `from`, where it can make use of it, is where to begin. */
static bool fit(struct logistic *logistic, struct downstream *downstream,
                const struct probe_rows *rows, double decay, const struct logistic *from,
                int64_t seed, struct error *error)
{
    const struct config *config = downstream->config;
    struct probe_watch watch = downstream_watch(downstream);
    if (config->probe.solver == PROBE_LBFGS)
        return logistic_fit(
            logistic, rows,
            &(struct logistic_settings){.classes = downstream->classes, .penalty = decay}, from,
            &watch, error);
    struct lars_settings settings = {.classes = downstream->classes,
                                     .epochs = (int)config->probe.lars_epochs,
                                     .warmup_epochs = (int)config->probe.lars_epochs / 9,
                                     .batch = (int)config->probe.lars_batch,
                                     .rate = config->probe.lars_lr,
                                     .weight_decay = decay,
                                     .seed = (uint64_t)seed};
    return lars_fit(logistic, rows, &settings, &watch, error);
}

static int by_size_down(const void *a, const void *b)
{
    double left = *(const double *)a, right = *(const double *)b;
    return (left < right) - (left > right);
}

/* What a grid of weight decays is tried with. */
struct trial {
    struct probe_rows fit, held_back;
    struct logistic before; /* the fit with the decay before */
    int *predicted;         /* [held_back.count] */
};

static bool try_decay(struct trial *trial, struct downstream *downstream, double decay,
                      int64_t seed, double *accuracy, struct error *error)
{
    struct logistic logistic;
    const struct logistic *from = trial->before.weight ? &trial->before : NULL;
    if (!fit(&logistic, downstream, &trial->fit, decay, from, seed, error))
        return false;
    logistic_release(&trial->before);
    trial->before = logistic;
    if (!logistic_predict(&logistic, &trial->held_back, trial->predicted, error))
        return false;
    *accuracy = probe_score_of(trial->predicted, trial->held_back.labels, trial->held_back.count,
                               downstream->classes)
                    .accuracy;
    return true;
}

/* From the largest decay down, each beginning where the one before ended. Of equally good ones the
 * larger is taken. */
static bool try_decays(struct trial *trial, struct downstream *downstream, int64_t seed,
                       double *best, struct error *error)
{
    struct setting_reals grid = downstream->config->probe.penalties;
    double most = -1, accuracy = 0;
    qsort(grid.items, (size_t)grid.count, sizeof *grid.items, by_size_down);
    for (int i = 0; i < grid.count; i++) {
        if (!try_decay(trial, downstream, grid.items[i], seed, &accuracy, error))
            return false;
        if (accuracy > most) {
            most = accuracy;
            *best = grid.items[i];
        }
    }
    return true;
}

/* The best may lie beyond the ends of what was tried. */
static void tell_of_edge(const struct downstream *downstream, double best)
{
    const struct setting_reals *grid = &downstream->config->probe.penalties;
    double least = grid->items[0], most = grid->items[0];
    for (int i = 1; i < grid->count; i++) {
        least = fmin(least, grid->items[i]);
        most = fmax(most, grid->items[i]);
    }
    if (best == most || (best == least && least > 0))
        log_write(
            downstream->request->log, LOG_INFO,
            "%s: the weight decay chosen, %g, is the %s of probe.penalties: one beyond may be "
            "better",
            downstream->what, best, best == most ? "largest" : "smallest");
}

static bool choose_decay(struct downstream *downstream, const struct probe_rows *rows, int64_t seed,
                         double *best, struct error *error)
{
    struct subset part = {0}, back = {0};
    struct trial trial = {0};
    *best = downstream->config->probe.penalties.items[0];
    if (downstream->config->probe.penalties.count == 1)
        return true;
    bool good = subset_split(&part, &back, rows, downstream->classes, (uint64_t)seed, error) &&
                (trial.predicted = memory_new(back.count + 1, sizeof(int), error));
    if (good) {
        trial.fit = subset_rows(&part);
        trial.held_back = subset_rows(&back);
        good = try_decays(&trial, downstream, seed, best, error);
    }
    if (good)
        tell_of_edge(downstream, *best);
    logistic_release(&trial.before);
    free(trial.predicted);
    subset_release(&part);
    subset_release(&back);
    return good;
}

static bool name_variant(const struct downstream *downstream, int index, struct text *name)
{
    if (index > 0)
        return false;
    downstream_write_features(downstream, name);
    text_append(name, ", %s", solver_names[downstream->config->probe.solver]);
    return true;
}

static bool run(struct downstream *downstream, int64_t seed, struct error *error)
{
    if (!downstream_features(downstream, error))
        return false;
    struct probe_rows train = downstream_rows(downstream, &downstream->train_features);
    struct logistic logistic = {0};
    double decay;
    if (!choose_decay(downstream, &train, seed, &decay, error) ||
        !fit(&logistic, downstream, &train, decay, NULL, seed, error))
        return false;
    struct downstream_outcome *outcome =
        downstream_add_regression(downstream, 0, seed, &logistic, error);
    if (outcome)
        downstream_add_value(outcome, "weight_decay", decay);
    logistic_release(&logistic);
    return outcome;
}

const struct downstream_task downstream_linear = {
    .name = "linear",
    .help = "logistic regression on the features; its weight decay is chosen on training images "
            "held back",
    .measure = "accuracy",
    .labelled = true,
    .seeded = true,
    .settings = (const char *const[]){"probe.penalties", "probe.lars_epochs", "probe.lars_batch",
                                      "probe.lars_lr", NULL},
    .variant = name_variant,
    .run = run,
};
