/* Outcomes of downstream tasks, in memory and in run.db. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "run/downstream_private.h"
#include "run/tables_private.h"

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

static struct downstream_outcome *new_outcome(struct downstream_outcomes *outcomes,
                                              struct error *error)
{
    enum { FIRST = 16 };
    if (outcomes->count == outcomes->capacity) {
        size_t capacity = outcomes->capacity ? 2 * outcomes->capacity : FIRST;
        void *grown = reallocarray(outcomes->items, capacity, sizeof *outcomes->items);
        if (!grown) {
            error_set(error, ERROR_SYSTEM, "out of memory");
            return NULL;
        }
        outcomes->items = grown;
        outcomes->capacity = capacity;
    }
    struct downstream_outcome *outcome = &outcomes->items[outcomes->count++];
    *outcome = (struct downstream_outcome){0};
    return outcome;
}

static bool copy_text(struct downstream_outcomes *outcomes, const char **text, struct error *error)
{
    return (*text = arena_text(&outcomes->arena, *text, strlen(*text), error));
}

/* The texts are copied. */
static bool keep_texts(struct downstream_outcomes *outcomes, struct downstream_outcome *outcome,
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
    struct downstream_outcome *outcome = new_outcome(outcomes, error);
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
    if (keep_texts(outcomes, outcome, error) &&
        (outcome->values =
             arena_alloc(&outcomes->arena, DOWNSTREAM_VALUES, sizeof *outcome->values, error)) &&
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
    if (outcome->value_count == DOWNSTREAM_VALUES + outcome->classes)
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

static int arm_id(struct downstream *downstream, struct error *error)
{
    int id = STORE_RUN;
    if (!strcmp(downstream->name, DOWNSTREAM_UNTRAINED))
        return id;
    return store_add_arm(downstream->request->store, downstream->name, STORE_KIND_ARM, &id, error)
               ? id
               : -1;
}

static bool write_outcome(struct store *store, const struct downstream_outcome *outcome, int arm,
                          struct error *error)
{
    struct store_probe probe = {.step = outcome->step,
                                .arm = arm,
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
    bool good =
        store_drop_probe(store, &probe, error) && store_add_probe(store, &probe, &id, error);
    for (int i = 0; good && i < outcome->value_count; i++)
        good = store_add_probe_value(store, id, outcome->values[i].name, outcome->values[i].value,
                                     error);
    for (int i = 0; good && outcome->answers && i < outcome->images; i++)
        good = store_add_probe_image(store, id, &outcome->answers[i], error);
    return good;
}

bool downstream_record(struct downstream *downstream, size_t first, struct error *error)
{
    struct store *store = downstream->request->store;
    const struct downstream_outcomes *outcomes = downstream->outcomes;
    if (!store || outcomes->count == first)
        return true;
    if (!store_begin(store, error))
        return false;
    int arm = arm_id(downstream, error);
    bool good = arm >= 0;
    for (size_t i = first; good && i < outcomes->count; i++)
        good = write_outcome(store, &outcomes->items[i], arm, error);
    if (good)
        return store_commit(store, error);
    store_rollback(store);
    return false;
}

/* ---- Reading ---- */

struct reading {
    struct downstream_outcomes *outcomes;
    struct arm_names arms;
    int64_t *ids; /* of the outcomes, in their order */
    size_t count, capacity;
    struct error *error;
    bool failed;
};

/* A record may hold a task that is not known here. */
static const char *measure_of(const char *task)
{
    struct error error;
    const struct downstream_task *known = downstream_task_find(task, &error);
    return known ? known->measure : "";
}

static bool keep_probe(void *context, const struct store_probe *probe)
{
    struct reading *reading = context;
    if (reading->count == reading->capacity) {
        reading->capacity = reading->capacity ? 2 * reading->capacity : 64;
        void *grown = reallocarray(reading->ids, reading->capacity, sizeof *reading->ids);
        if (!grown) {
            reading->failed = true;
            return error_set(reading->error, ERROR_SYSTEM, "out of memory");
        }
        reading->ids = grown;
    }
    struct downstream_outcome *outcome = new_outcome(reading->outcomes, reading->error);
    if (outcome) {
        *outcome = (struct downstream_outcome){.arm = probe->arm == STORE_RUN
                                                          ? DOWNSTREAM_UNTRAINED
                                                          : arm_name(&reading->arms, probe->arm),
                                               .step = probe->step,
                                               .task = probe->task,
                                               .measure = measure_of(probe->task),
                                               .variant = probe->variant,
                                               .data = probe->data,
                                               .key = probe->key,
                                               .seed = probe->seed,
                                               .images = (int)probe->images,
                                               .classes = (int)probe->classes,
                                               .seconds = probe->seconds};
        reading->ids[reading->count++] = probe->id;
    }
    reading->failed = !outcome || !keep_texts(reading->outcomes, outcome, reading->error);
    return !reading->failed;
}

/* Values and answers of one outcome. */
struct filling {
    struct downstream_outcomes *outcomes;
    struct downstream_outcome *outcome;
    int room, answers;
    struct error *error;
    bool failed;
};

static bool keep_value(void *context, const char *name, double value)
{
    struct filling *filling = context;
    struct downstream_outcome *outcome = filling->outcome;
    if (outcome->value_count == filling->room) {
        int room = filling->room ? 2 * filling->room : DOWNSTREAM_VALUES;
        struct downstream_value *values =
            arena_alloc(&filling->outcomes->arena, (size_t)room, sizeof *values, filling->error);
        filling->failed = !values;
        if (!values)
            return false;
        if (filling->room)
            memcpy(values, outcome->values, (size_t)filling->room * sizeof *values);
        outcome->values = values;
        filling->room = room;
    }
    outcome->values[outcome->value_count] = (struct downstream_value){name, value};
    filling->failed = !copy_text(filling->outcomes, &outcome->values[outcome->value_count++].name,
                                 filling->error);
    return !filling->failed;
}

static bool keep_answer(void *context, const struct store_probe_image *answer)
{
    struct filling *filling = context;
    if (filling->answers == filling->outcome->images)
        return false;
    filling->outcome->answers[filling->answers++] = *answer;
    return true;
}

static bool fill(struct reading *reading, struct store *store, size_t first)
{
    struct downstream_outcomes *outcomes = reading->outcomes;
    for (size_t i = 0; i < reading->count; i++) {
        struct downstream_outcome *outcome = &outcomes->items[first + i];
        struct filling filling = {
            .outcomes = outcomes, .outcome = outcome, .error = reading->error};
        outcome->answers = arena_alloc(&outcomes->arena, (size_t)outcome->images,
                                       sizeof *outcome->answers, reading->error);
        if (!outcome->answers ||
            !store_read_probe_values(store, reading->ids[i], keep_value, &filling,
                                     reading->error) ||
            !store_read_probe_images(store, reading->ids[i], keep_answer, &filling,
                                     reading->error) ||
            filling.failed)
            return false;
        if (filling.answers < outcome->images)
            outcome->answers = NULL;
    }
    return true;
}

bool downstream_read(struct downstream_outcomes *outcomes, struct store *store, struct error *error)
{
    struct reading reading = {.outcomes = outcomes, .error = error};
    size_t first = outcomes->count;
    bool good = arm_names_read(&reading.arms, store, error) &&
                store_read_probes(store, keep_probe, &reading, error) && !reading.failed &&
                fill(&reading, store, first);
    arm_names_release(&reading.arms);
    free(reading.ids);
    return good;
}

/* Whether it is what the task at hand would make of that variant. */
static bool is_wanted(const struct downstream *downstream, int64_t seed, const char *variant,
                      const struct downstream_outcome *outcome)
{
    return outcome->seed == seed && outcome->step == downstream->step &&
           !strcmp(outcome->variant, variant) && !strcmp(outcome->arm, downstream->name) &&
           !strcmp(outcome->task, downstream->task->name) && !strcmp(outcome->key, downstream->key);
}

/* Moves the outcome of that variant from those at `first` and later to `kept`. */
static bool keep_variant(const struct downstream *downstream, int64_t seed, const char *variant,
                         size_t first, size_t kept)
{
    struct downstream_outcomes *outcomes = downstream->outcomes;
    for (size_t i = first; i < outcomes->count; i++)
        if (is_wanted(downstream, seed, variant, &outcomes->items[i])) {
            struct downstream_outcome found = outcomes->items[i];
            outcomes->items[i] = outcomes->items[kept];
            outcomes->items[kept] = found;
            return true;
        }
    return false;
}

bool downstream_recall(struct downstream *downstream, int64_t seed, bool *found,
                       struct error *error)
{
    struct downstream_outcomes *outcomes = downstream->outcomes;
    size_t first = outcomes->count, kept = first;
    struct text variant = {0};
    *found = false;
    if (!downstream->request->store || downstream->request->again)
        return true;
    if (!downstream_read(outcomes, downstream->request->store, error))
        return false;
    *found = true;
    for (int i = 0; *found && downstream->task->variant(downstream, i, &variant); i++) {
        *found = keep_variant(downstream, seed, text_of(&variant), kept, kept);
        kept += *found;
        text_clear(&variant);
    }
    text_release(&variant);
    outcomes->count = *found ? kept : first;
    return true;
}
