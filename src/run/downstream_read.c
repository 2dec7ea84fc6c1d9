/* Outcomes of downstream tasks from run.db. */
#include <stdlib.h>
#include <string.h>

#include "run/downstream_private.h"
#include "run/tables_private.h"

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
    void *ids = memory_grow(reading->ids, reading->count, &reading->capacity, sizeof *reading->ids,
                            reading->error);
    if (!ids)
        return !(reading->failed = true);
    reading->ids = ids;
    struct downstream_outcome *outcome = downstream_new_outcome(reading->outcomes, reading->error);
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
    reading->failed =
        !outcome || !downstream_keep_texts(reading->outcomes, outcome, reading->error);
    return !reading->failed;
}

/* Values and answers of one outcome. */
struct filling {
    struct downstream_outcomes *outcomes;
    struct downstream_outcome *outcome;
    int answers;
    struct error *error;
    bool failed;
};

static bool keep_name(struct filling *filling, const char **name)
{
    return (*name = arena_text(&filling->outcomes->arena, *name, strlen(*name), filling->error));
}

static bool keep_value(void *context, const char *name, double value)
{
    struct filling *filling = context;
    struct downstream_outcome *outcome = filling->outcome;
    if (outcome->value_count == outcome->value_room) {
        int room = outcome->value_room ? 2 * outcome->value_room : DOWNSTREAM_VALUES;
        struct downstream_value *values =
            arena_alloc(&filling->outcomes->arena, (size_t)room, sizeof *values, filling->error);
        filling->failed = !values;
        if (!values)
            return false;
        if (outcome->value_room)
            memcpy(values, outcome->values, (size_t)outcome->value_room * sizeof *values);
        outcome->values = values;
        outcome->value_room = room;
    }
    outcome->values[outcome->value_count] = (struct downstream_value){name, value};
    filling->failed = !keep_name(filling, &outcome->values[outcome->value_count++].name);
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
