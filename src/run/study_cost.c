/* How long a study's work takes, from what was measured of it. */
#include <stdlib.h>
#include <string.h>

#include "run/study_private.h"

void study_cost_release(struct study_cost *cost)
{
    free(cost->step_seconds);
    *cost = (struct study_cost){0};
}

double study_training_seconds(const struct study_plan *plan, const struct study_cost *cost,
                              const struct study_run *run)
{
    double step = 0;
    for (int i = 0; i < run->count; i++)
        step += cost->step_seconds[run->first + i];
    return step * (double)(plan->total_steps - run->step);
}

/* Images of a split that tasks take. */
static double limited(int64_t limit, int64_t images)
{
    return (double)(limit > 0 && limit < images ? limit : images);
}

/* A fit of a regression evaluates its loss about so often. */
static const double evaluations = 200;

/* In pairs of features: with each class a row is multiplied, forward and backward. */
static double fit_pairs(double rows, double classes)
{
    return 2 * evaluations * rows * classes;
}

/* What a task makes of features, in pairs; of one model and seed. */
static double pairs_of(const struct study_plan *plan, const struct study_cost *cost,
                       const char *task)
{
    const struct config *config = &plan->study->config;
    double train = limited(config->probe.train_images, plan->train_images);
    double held_out = limited(config->probe.images, plan->held_out_images);
    double classes = plan->classes, pairs = 0;
    if (!strcmp(task, "knn"))
        pairs = train * held_out;
    if (!strcmp(task, "linear"))
        pairs = (1 + config->probe.penalties.count) * fit_pairs(train, classes);
    for (int i = 0; !strcmp(task, "lowshot") && i < config->probe.shots.count; i++)
        pairs += fit_pairs(classes * config->probe.shots.items[i], classes);
    if (!strcmp(task, "segment")) {
        const double classes_of_pixels = 16;
        double rows = (double)(cost->segment_train * plan->patches);
        pairs = rows * (double)(cost->segment_held_out * plan->patches) +
                fit_pairs(rows, classes_of_pixels);
    }
    return pairs;
}

static bool takes_features(const char *task)
{
    return !strcmp(task, "knn") || !strcmp(task, "linear") || !strcmp(task, "lowshot");
}

/* Whether no task before that one, of those left, has made the features. */
static bool makes_features(const struct study_plan *plan, const struct study_run *run, int task)
{
    for (int i = 0; i < plan->study->task_count; i++)
        if (i != task && takes_features(plan->study->tasks[i]->name) && (i < task || run->done[i]))
            return false;
    return takes_features(plan->study->tasks[task]->name);
}

/* How often an image is encoded or, in fine-tuning, trained on, in seconds; of one model. */
static double pass_seconds(const struct study_plan *plan, const struct study_cost *cost,
                           const struct study_run *run, int number)
{
    const struct config *config = &plan->study->config;
    const char *task = plan->study->tasks[number]->name;
    double train = limited(config->probe.train_images, plan->train_images);
    double held_out = limited(config->probe.images, plan->held_out_images);
    double seeds = (double)study_task_seeds(plan->study, plan->study->tasks[number]);
    if (makes_features(plan, run, number))
        return (train + held_out) * cost->encode_seconds;
    if (!strcmp(task, "finetune"))
        return seeds * (config->probe.finetune.epochs * train * cost->finetune_seconds +
                        held_out * cost->encode_seconds);
    if (!strcmp(task, "segment"))
        return (double)(cost->segment_train + cost->segment_held_out) * cost->encode_seconds;
    if (!strcmp(task, "inpaint"))
        return seeds * config->probe.holes.count * held_out * cost->encode_seconds;
    return 0;
}

double study_task_seconds(const struct study_plan *plan, const struct study_cost *cost,
                          const struct study_run *run, int task)
{
    const struct study *study = plan->study;
    double seeds = (double)study_task_seeds(study, study->tasks[task]);
    double models = run->count + study_asks_untrained(study, run);
    if (run->done[task])
        return 0;
    return models * (pass_seconds(plan, cost, run, task) +
                     seeds * pairs_of(plan, cost, study->tasks[task]->name) * cost->pair_seconds);
}
