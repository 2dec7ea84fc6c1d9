/* What a resumed run takes over from its record. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "run/schedule.h"
#include "run/trainer.h"

bool trainer_schedule(struct trainer *trainer, const struct scheduled_command *scheduled,
                      struct error *error)
{
    void *schedule = memory_grow(trainer->schedule, (size_t)trainer->schedule_count,
                                 &trainer->schedule_capacity, sizeof *trainer->schedule, error);
    if (!schedule)
        return false;
    trainer->schedule = schedule;
    trainer->schedule[trainer->schedule_count++] = *scheduled;
    return true;
}

/* What a resumed run schedules anew. */
struct replay {
    struct trainer *trainer;
    bool failed;
    struct error *error;
};

static bool schedule_event(void *context, const struct store_event *event)
{
    struct replay *replay = context;
    struct scheduled_command scheduled;
    bool is_change = false;
    if (event->step < replay->trainer->step)
        return true;
    replay->failed = !scheduled_of_event(&scheduled, event, &is_change, replay->error);
    scheduled.recorded = true;
    if (!replay->failed && is_change)
        replay->failed = !trainer_schedule(replay->trainer, &scheduled, replay->error);
    return !replay->failed;
}

static int by_step(const struct scheduled_command *first, const struct scheduled_command *second)
{
    if (first->step != second->step)
        return first->step < second->step ? -1 : 1;
    return second->recorded - first->recorded; /* what was done comes before what is still asked */
}

/* Insertion sort: it is stable, so the events of one step keep their order, and nearly sorted lists
 * such as these are its best case. */
void trainer_sort_schedule(struct trainer *trainer)
{
    struct scheduled_command *schedule = trainer->schedule;
    for (int i = 1; i < trainer->schedule_count; i++)
        for (int j = i; j > 0 && by_step(&schedule[j - 1], &schedule[j]) > 0; j--) {
            struct scheduled_command held = schedule[j];
            schedule[j] = schedule[j - 1];
            schedule[j - 1] = held;
        }
}

bool trainer_schedule_recorded(struct trainer *trainer, struct error *error)
{
    struct replay replay = {trainer, false, error};
    if (!store_read_events(trainer->store, 0, schedule_event, &replay, error) || replay.failed)
        return false;
    trainer_sort_schedule(trainer);
    struct text elapsed = {0};
    bool good = store_get_meta(trainer->store, "elapsed", &elapsed, NULL, error);
    trainer->clock.elapsed_before = strtod(text_of(&elapsed), NULL);
    text_release(&elapsed);
    return good;
}

struct restored_curve {
    struct curve *curve;
    double *smooth; /* null: not kept */
    int64_t step;
    double last;
};

static bool restore_point(void *context, int64_t step, double value)
{
    struct restored_curve *restored = context;
    curve_add(restored->curve, step, value);
    restored->step = step;
    restored->last = value;
    if (restored->smooth && isfinite(value))
        *restored->smooth = isnan(*restored->smooth)
                                ? value
                                : *restored->smooth + (value - *restored->smooth) / SMOOTHING_STEPS;
    return true;
}

static bool restore_arm(struct trainer *trainer, int number, struct error *error)
{
    struct snapshot_arm *arm = &trainer->live->arms[number];
    int id = trainer->store_arm[number];
    struct restored_curve loss = {&arm->loss_curve, &arm->smooth_loss, -1, NAN};
    struct restored_curve probe = {&arm->probe_curve, NULL, -1, NAN};
    struct restored_curve low = {&arm->probe_low_curve, NULL, -1, NAN};
    struct restored_curve high = {&arm->probe_high_curve, NULL, -1, NAN};
    if (!store_read_metric(trainer->store, id, "loss", 0, restore_point, &loss, error) ||
        !store_read_metric(trainer->store, id, "probe_mse", 0, restore_point, &probe, error) ||
        !store_read_metric(trainer->store, id, "probe_low", 0, restore_point, &low, error) ||
        !store_read_metric(trainer->store, id, "probe_high", 0, restore_point, &high, error))
        return false;
    arm->loss = loss.last;
    arm->probe_mse = probe.last;
    arm->probe_low = low.last;
    arm->probe_high = high.last;
    arm->probe_step = probe.step;
    if (probe.step > trainer->evaluated_step)
        trainer->evaluated_step = probe.step;
    trainer->all_evaluated = true;
    return true;
}

static bool restore_event(void *context, const struct store_event *event)
{
    struct trainer *trainer = context;
    const char *arm = NULL;
    for (int i = 0; i < trainer->arm_count; i++)
        if (event->arm == trainer->store_arm[i])
            arm = trainer->arms[i].name;
    trainer_show_event(trainer, event, arm);
    if (!strcmp(event->kind, "checkpoint"))
        trainer->live->checkpoint_time = event->time;
    return true;
}

static bool note_baseline(void *context, const struct store_evaluation *row)
{
    struct trainer *trainer = context;
    (void)row;
    trainer->baselines_recorded = true;
    return false;
}

bool trainer_restore_display(struct trainer *trainer, struct error *error)
{
    for (int i = 0; i < trainer->arm_count; i++)
        if (!restore_arm(trainer, i, error))
            return false;
    struct restored_curve rate = {&trainer->live->learning_rate_curve, NULL, -1, NAN};
    trainer->live->event_count = 0;
    return store_read_evaluations(trainer->store, trainer->store_baseline[0], STORE_LATEST,
                                  note_baseline, trainer, error) &&
           store_read_metric(trainer->store, STORE_RUN, "learning_rate", 0, restore_point, &rate,
                             error) &&
           store_read_events(trainer->store, 0, restore_event, trainer, error) &&
           trainer_show_task(trainer, "", error);
}
