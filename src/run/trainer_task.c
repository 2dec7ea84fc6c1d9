/* What downstream tasks gave, for displays: of one task, each arm's newest value and a curve. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "run/downstream.h"
#include "run/trainer.h"

/* One outcome on record. */
struct point {
    int64_t id, step;
    int arm; /* of the trainer's */
};

/* Outcomes that make one curve: they differ in step and arm only. */
struct showing {
    struct trainer *trainer;
    char task[24];              /* "": the newest, whichever it is */
    struct text variant, setup; /* of the newest of that task */
    struct point *points;       /* [count], owned */
    size_t count, capacity;
    struct error *error;
    bool failed;
};

static int arm_of(const struct trainer *trainer, const struct store_probe *probe)
{
    for (int i = 0; i < trainer->arm_count; i++)
        if (trainer->store_arm[i] == probe->arm && probe->step <= trainer->step)
            return i;
    return -1;
}

static bool note_newest(void *context, const struct store_probe *probe)
{
    struct showing *showing = context;
    struct trainer_probe *before = &showing->trainer->probe;
    struct error unknown;
    if (arm_of(showing->trainer, probe) < 0)
        return true;
    before->step = probe->step > before->step ? probe->step : before->step;
    if (!downstream_task_find(probe->task, &unknown) ||
        (showing->task[0] && strcmp(showing->task, probe->task) != 0))
        return true;
    text_copy(showing->trainer->live->task, sizeof showing->trainer->live->task, probe->task);
    text_clear(&showing->variant);
    text_clear(&showing->setup);
    text_append(&showing->variant, "%s", probe->variant);
    text_append(&showing->setup, "%.*s", DOWNSTREAM_SETUP_SIZE, probe->key);
    return true;
}

static bool note_point(void *context, const struct store_probe *probe)
{
    struct showing *showing = context;
    int arm = arm_of(showing->trainer, probe);
    if (arm < 0 || probe->seed != 0 || strcmp(probe->task, showing->trainer->live->task) != 0 ||
        strcmp(probe->variant, text_of(&showing->variant)) != 0 ||
        strncmp(probe->key, text_of(&showing->setup), DOWNSTREAM_SETUP_SIZE) != 0)
        return true;
    void *points = memory_grow(showing->points, showing->count, &showing->capacity,
                               sizeof *showing->points, showing->error);
    showing->failed = !points;
    if (points) {
        showing->points = points;
        showing->points[showing->count++] = (struct point){probe->id, probe->step, arm};
    }
    return points;
}

static int by_step(const void *left, const void *right)
{
    const struct point *a = left, *b = right;
    return a->step < b->step ? -1 : a->step > b->step;
}

struct wanted_value {
    const char *name;
    double value;
};

static bool take_value(void *context, const char *name, double value)
{
    struct wanted_value *wanted = context;
    if (strcmp(name, wanted->name) != 0)
        return true;
    wanted->value = value;
    return false;
}

static bool add_points(struct showing *showing, const char *measure)
{
    struct trainer *trainer = showing->trainer;
    if (showing->count > 0)
        qsort(showing->points, showing->count, sizeof *showing->points, by_step);
    for (size_t i = 0; i < showing->count; i++) {
        const struct point *point = &showing->points[i];
        struct snapshot_arm *arm = &trainer->live->arms[point->arm];
        struct wanted_value wanted = {measure, NAN};
        if (!store_read_probe_values(trainer->store, point->id, take_value, &wanted,
                                     showing->error))
            return false;
        curve_add(&arm->task_curve, point->step, wanted.value);
        arm->task = wanted.value;
        arm->task_step = point->step;
    }
    return true;
}

static void clear(struct trainer *trainer)
{
    for (int i = 0; i < trainer->arm_count; i++) {
        struct snapshot_arm *arm = &trainer->live->arms[i];
        curve_clear(&arm->task_curve);
        arm->task = NAN;
        arm->task_step = -1;
    }
    trainer->live->task[0] = trainer->live->task_variant[0] = '\0';
}

bool trainer_show_task(struct trainer *trainer, const char *task, struct error *error)
{
    struct showing showing = {.trainer = trainer, .error = error};
    struct snapshot *live = trainer->live;
    text_copy(showing.task, sizeof showing.task, task);
    clear(trainer);
    bool good = store_read_probes(trainer->store, note_newest, &showing, error);
    if (good && live->task[0]) {
        const struct downstream_task *shown = downstream_task_find(live->task, error);
        text_copy(live->task_variant, sizeof live->task_variant, text_of(&showing.variant));
        text_copy(live->task_measure, sizeof live->task_measure, shown->measure);
        good = store_read_probes(trainer->store, note_point, &showing, error) && !showing.failed &&
               add_points(&showing, shown->measure);
    }
    text_release(&showing.variant);
    text_release(&showing.setup);
    free(showing.points);
    return good;
}
