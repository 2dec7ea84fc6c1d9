/* Outcomes of downstream tasks: the list of them, and writing them to run.db. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "run/downstream_private.h"

void downstream_outcomes_release(struct downstream_outcomes *outcomes)
{
    free(outcomes->items);
    arena_release(&outcomes->arena);
    *outcomes = (struct downstream_outcomes){0};
}

double downstream_value(const struct downstream_outcome *outcome, const char *name)
{
    for (int i = 0; i < outcome->value_count; i++)
        if (!strcmp(outcome->values[i].name, name))
            return outcome->values[i].value;
    return NAN;
}

bool downstream_is_share(const char *measure)
{
    return !strcmp(measure, "accuracy") || !strcmp(measure, "miou");
}

struct downstream_outcome *downstream_new_outcome(struct downstream_outcomes *outcomes,
                                                  struct error *error)
{
    void *items = memory_grow(outcomes->items, outcomes->count, &outcomes->capacity,
                              sizeof *outcomes->items, error);
    if (!items)
        return NULL;
    outcomes->items = items;
    struct downstream_outcome *outcome = &outcomes->items[outcomes->count++];
    *outcome = (struct downstream_outcome){0};
    return outcome;
}

static bool copy_text(struct downstream_outcomes *outcomes, const char **text, struct error *error)
{
    return (*text = arena_text(&outcomes->arena, *text, strlen(*text), error));
}

bool downstream_keep_texts(struct downstream_outcomes *outcomes, struct downstream_outcome *outcome,
                           struct error *error)
{
    return copy_text(outcomes, &outcome->arm, error) &&
           copy_text(outcomes, &outcome->task, error) &&
           copy_text(outcomes, &outcome->variant, error) &&
           copy_text(outcomes, &outcome->data, error) && copy_text(outcomes, &outcome->key, error);
}

/* What downstream_add does but for the variant's name. */
static struct downstream_outcome *add_named(struct downstream *downstream, const char *variant,
                                            int64_t seed, size_t images, struct error *error)
{
    struct downstream_outcomes *outcomes = downstream->outcomes;
    struct downstream_outcome *outcome = downstream_new_outcome(outcomes, error);
    if (!outcome)
        return NULL;
    outcome->arm = downstream->name;
    outcome->step = downstream->step;
    outcome->task = downstream->task->name;
    outcome->measure = downstream->task->measure;
    outcome->variant = variant;
    outcome->data = downstream->data;
    outcome->key = downstream->key;
    outcome->seed = seed;
    outcome->images = (int)images;
    outcome->classes = downstream->classes;
    outcome->seconds = downstream_now() - downstream->seconds_from;
    outcome->value_room = DOWNSTREAM_VALUES + downstream->classes;
    if (downstream_keep_texts(outcomes, outcome, error) &&
        (outcome->values = arena_alloc(&outcomes->arena, (size_t)outcome->value_room,
                                       sizeof *outcome->values, error)) &&
        (outcome->answers = arena_alloc(&outcomes->arena, images, sizeof *outcome->answers, error)))
        return outcome;
    return NULL;
}

struct downstream_outcome *downstream_add(struct downstream *downstream, int variant, int64_t seed,
                                          size_t images, struct error *error)
{
    struct text name = {0};
    downstream->task->variant(downstream, variant, &name);
    struct downstream_outcome *outcome = add_named(downstream, text_of(&name), seed, images, error);
    text_release(&name);
    return outcome;
}

void downstream_add_value(struct downstream_outcome *outcome, const char *name, double value)
{
    if (outcome->value_count == outcome->value_room)
        abort(); /* a programming error */
    outcome->values[outcome->value_count++] = (struct downstream_value){name, value};
}

struct downstream_outcome *downstream_add_predictions(struct downstream *downstream, int variant,
                                                      int64_t seed, const uint32_t *images,
                                                      const int *labels, const int *predicted,
                                                      size_t count, struct error *error)
{
    struct probe_score score = probe_score_of(predicted, labels, count, downstream->classes);
    struct downstream_outcome *outcome = downstream_add(downstream, variant, seed, count, error);
    if (!outcome)
        return NULL;
    downstream_add_value(outcome, "accuracy", score.accuracy);
    downstream_add_value(outcome, "class_mean", score.class_mean);
    for (size_t i = 0; i < count; i++)
        outcome->answers[i] = (struct store_probe_image){
            .image = images[i], .label = labels[i], .predicted = predicted[i], .value = NAN};
    return outcome;
}

struct downstream_outcome *downstream_add_classes(struct downstream *downstream, int variant,
                                                  int64_t seed, const int *predicted,
                                                  struct error *error)
{
    const struct features *features = &downstream->features;
    return downstream_add_predictions(downstream, variant, seed, features->images, features->labels,
                                      predicted, features->count, error);
}

struct downstream_outcome *downstream_add_regression(struct downstream *downstream, int variant,
                                                     int64_t seed, const struct logistic *logistic,
                                                     struct error *error)
{
    struct probe_rows test = downstream_rows(downstream, &downstream->features);
    struct downstream_outcome *outcome = NULL;
    int *predicted = memory_new(test.count, sizeof *predicted, error);
    if (predicted && logistic_predict(logistic, &test, predicted, error))
        outcome = downstream_add_classes(downstream, variant, seed, predicted, error);
    if (outcome && logistic->fit.evaluations > 0 && !logistic->fit.converged)
        log_write(downstream->request->log, LOG_WARNING,
                  "%s: the regression had not converged after %d iterations (gradient %.2g)",
                  downstream->what, logistic->fit.iterations, logistic->fit.gradient);
    free(predicted);
    return outcome;
}

/* ---- Writing ---- */

static bool find_arm(struct store *store, const char *name, int *id, struct error *error)
{
    *id = STORE_RUN;
    return !strcmp(name, DOWNSTREAM_UNTRAINED) ||
           store_add_arm(store, name, STORE_KIND_ARM, id, error);
}

static bool write_outcome(struct store *store, const struct downstream_outcome *outcome,
                          struct error *error)
{
    struct store_probe probe = {.step = outcome->step,
                                .task = outcome->task,
                                .variant = outcome->variant,
                                .key = outcome->key,
                                .data = outcome->data,
                                .seed = outcome->seed,
                                .images = outcome->images,
                                .classes = outcome->classes,
                                .time = (double)time(NULL),
                                .seconds = outcome->seconds};
    int64_t id;
    bool good = find_arm(store, outcome->arm, &probe.arm, error) &&
                store_drop_probe(store, &probe, error) &&
                store_add_probe(store, &probe, &id, error);
    for (int i = 0; good && i < outcome->value_count; i++)
        good = store_add_probe_value(store, id, outcome->values[i].name, outcome->values[i].value,
                                     error);
    for (int i = 0; good && outcome->answers && i < outcome->images; i++)
        good = store_add_probe_image(store, id, &outcome->answers[i], error);
    return good;
}

bool downstream_write(const struct downstream_outcomes *outcomes, size_t first, struct store *store,
                      struct error *error)
{
    bool good = true;
    for (size_t i = first; good && i < outcomes->count; i++)
        good = write_outcome(store, &outcomes->items[i], error);
    return good;
}

bool downstream_record(struct downstream *downstream, size_t first, struct error *error)
{
    struct store *store = downstream->request->store;
    if (!store || downstream->outcomes->count == first)
        return true;
    if (!store_begin(store, error))
        return false;
    if (downstream_write(downstream->outcomes, first, store, error))
        return store_commit(store, error);
    store_rollback(store);
    return false;
}
