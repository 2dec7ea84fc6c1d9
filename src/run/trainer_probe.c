/* Downstream tasks while training. They are asked of a copy of the arms' weights, in pieces between
 * which training goes on: so no step waits for long, and no bit of the training changes. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "run/downstream.h"
#include "run/trainer.h"

/* One probe. */
struct probing {
    struct trainer *trainer;
    struct config config; /* with the choice of images */
    const struct downstream_task *tasks[DOWNSTREAM_TASK_LIMIT];
    int task_count;
    char wanted[COMMAND_VALUE_SIZE]; /* their names; "": the settings' */
    struct mae *models[ARM_LIMIT];   /* owned */
    char names[ARM_LIMIT][ARM_NAME_SIZE];
    int count;
    int64_t step;
};

/* ---- Which tasks ---- */

/* "": those of the settings. */
static bool find_tasks(struct probing *probing, const char *list, struct error *error)
{
    const struct setting_texts *usual = &probing->config.probe.live.tasks;
    struct text all = {0};
    text_append(&all, "%s", list);
    for (int i = 0; !*list && i < usual->count; i++)
        text_append(&all, "%s,", usual->items[i]);
    bool good = text_is_whole(&all, error) &&
                downstream_tasks_parse(probing->tasks, &probing->task_count, text_of(&all), error);
    text_release(&all);
    return good;
}

void trainer_ask_probe(struct trainer *trainer, const struct command *command)
{
    const struct downstream_task *tasks[DOWNSTREAM_TASK_LIMIT];
    struct error error;
    int count;
    if (command->value[0] && !downstream_tasks_parse(tasks, &count, command->value, &error)) {
        trainer_refuse(trainer, command, &error);
        return;
    }
    trainer->probe.wanted = true;
    text_copy(trainer->probe.tasks, sizeof trainer->probe.tasks, command->value);
}

bool trainer_probe_is_due(const struct trainer *trainer)
{
    const struct trainer_probe *probe = &trainer->probe;
    double epochs = trainer->config.probe.live.every_epochs;
    int64_t interval = (int64_t)(epochs * (double)trainer->epoch_steps + 0.5);
    interval = interval > 0 ? interval : 1;
    if (probe->running)
        return false;
    if (probe->wanted)
        return true;
    if (epochs == 0 || probe->refused || trainer->step == 0 || trainer->step == probe->step)
        return false;
    /* One that was not done when the next was due takes its place late rather than not at all. */
    int64_t before = probe->step > 0 ? probe->step / interval : 0;
    return trainer->step / interval > before || trainer->step >= trainer->total_steps;
}

/* ---- Beside the training ---- */

/* Where there is no step to do nobody waits for one. */
static bool is_training(const struct trainer *trainer)
{
    return trainer->live->state == RUN_TRAINING && trainer->step < trainer->total_steps;
}

/* Whether the probe has had more than its share of the time: then it is training's turn. */
static bool owes(const struct trainer *trainer)
{
    const struct trainer_probe *probe = &trainer->probe;
    double steps = trainer->clock.step_seconds - probe->steps_from;
    double share = trainer->config.probe.live.share;
    return is_training(trainer) && probe->spent > share * (probe->spent + steps);
}

/* What was done since the last look was the probe's. */
static void count(struct trainer *trainer)
{
    double seconds = trainer_now() - trainer->probe.resumed_at;
    if (is_training(trainer)) {
        trainer->probe.spent += seconds;
        trainer->clock.beside_seconds += seconds;
    }
    trainer->clock.probe_seconds += seconds;
}

/* Whether the training has ended under a probe by schedule: the one of its end takes its place. */
static bool is_stale(const struct trainer *trainer)
{
    const struct trainer_probe *probe = &trainer->probe;
    return probe->scheduled && probe->step < trainer->step &&
           trainer->step >= trainer->total_steps && trainer->config.probe.live.every_epochs > 0;
}

/* Between two pieces of the work. */
static bool give_way(void *context, const char *what, double done)
{
    struct trainer *trainer = context;
    bool training = true;
    count(trainer);
    snprintf(trainer->live->message, sizeof trainer->live->message, "%s %.0f%%", what, 100 * done);
    while ((training = trainer_tend(trainer)) && owes(trainer))
        trainer_advance(trainer);
    trainer->probe.resumed_at = trainer_now();
    return training && !is_stale(trainer);
}

/* ---- One probe ---- */

static bool open_source(struct trainer *trainer, enum source_split split, struct source **source,
                        struct error *error)
{
    struct source_settings settings;
    if (*source)
        return true;
    config_source(&trainer->config, &trainer->shape, &settings);
    *source = source_open(&settings, split, trainer->log, error);
    return *source && source_keep(*source, config_cache(&trainer->config), error);
}

static bool copy_arms(struct probing *probing, struct error *error)
{
    const struct trainer *trainer = probing->trainer;
    for (int i = 0; i < trainer->arm_count; i++) {
        const struct mae *mae = trainer->arms[i].mae;
        struct mae *copy = mae_new(&mae->shape, error);
        if (!copy)
            return false;
        memcpy(copy->weights, mae->weights, mae->table.total * sizeof *copy->weights);
        memcpy(probing->names[i], trainer->arms[i].name, ARM_NAME_SIZE);
        probing->models[i] = copy;
        probing->count++;
    }
    return true;
}

static void prepare(struct probing *probing)
{
    struct config *config = &probing->config;
    *config = probing->trainer->config;
    config->probe.train_images = config->probe.live.train_images;
    config->probe.images = config->probe.live.images;
    config->probe.seeds = 1;
    probing->step = probing->trainer->step;
}

static void log_outcomes(const struct probing *probing, const struct downstream_outcomes *outcomes,
                         double seconds)
{
    struct text line = {0};
    for (size_t i = 0; i < outcomes->count; i++)
        text_append(&line, "%s%s %s (%s) %.4g", i ? ", " : "", outcomes->items[i].arm,
                    outcomes->items[i].task, outcomes->items[i].variant,
                    downstream_value(&outcomes->items[i], outcomes->items[i].measure));
    log_write(probing->trainer->log, LOG_INFO, "step %lld: probed in %.1f s: %s",
              (long long)probing->step, seconds, text_of(&line));
    text_release(&line);
}

static void keep(struct probing *probing, const struct downstream_outcomes *outcomes)
{
    struct trainer *trainer = probing->trainer;
    struct error error;
    if (!downstream_write(outcomes, 0, trainer->store, &error) ||
        !trainer_show_task(trainer, probing->tasks[0]->name, &error)) {
        trainer_fail(trainer, &error);
        return;
    }
    trainer->record_changed = true;
    trainer->clock.flushed_at = 0; /* the tables shown are made from the record */
}

static bool ask(struct probing *probing, struct downstream_outcomes *outcomes, struct error *error)
{
    struct trainer *trainer = probing->trainer;
    const char *names[ARM_LIMIT];
    for (int i = 0; i < probing->count; i++)
        names[i] = probing->names[i];
    struct downstream_request request = {
        .config = &probing->config,
        .shape = &trainer->shape,
        .models = (const struct mae *const *)probing->models,
        .names = names,
        .count = probing->count,
        .step = probing->step,
        .train = trainer->probe.train,
        .held_out = trainer->probe.held_out,
        .log = trainer->log,
        .progress = give_way,
        .context = trainer,
    };
    return downstream_run(outcomes, &request, probing->tasks, probing->task_count, error);
}

/* What the last one took beyond its share is still to be worked off. */
static void begin(struct probing *probing)
{
    struct trainer *trainer = probing->trainer;
    struct trainer_probe *probe = &trainer->probe;
    text_copy(probing->wanted, sizeof probing->wanted, probe->tasks);
    probe->tasks[0] = '\0';
    if (!owes(trainer)) {
        probe->spent = 0;
        probe->steps_from = trainer->clock.step_seconds;
    }
    probe->resumed_at = trainer_now();
    probe->step = trainer->step;
    probe->running = true;
    probe->scheduled = !probe->wanted;
    probe->wanted = false;
}

static void run(struct probing *probing)
{
    struct trainer *trainer = probing->trainer;
    struct downstream_outcomes outcomes = {0};
    struct error error;
    double before = trainer->clock.probe_seconds;
    begin(probing);
    prepare(probing);
    bool usual = !probing->wanted[0];
    bool good = find_tasks(probing, probing->wanted, &error) &&
                open_source(trainer, SOURCE_TRAIN, &trainer->probe.train, &error) &&
                open_source(trainer, SOURCE_HOLDOUT, &trainer->probe.held_out, &error) &&
                copy_arms(probing, &error) && ask(probing, &outcomes, &error);
    count(trainer);
    if (good) {
        trainer->probe.refused = trainer->probe.refused && !usual;
        log_outcomes(probing, &outcomes, trainer->clock.probe_seconds - before);
        keep(probing, &outcomes);
    } else if (error.code != ERROR_CHECK) {
        if (usual)
            trainer->probe.refused = error.code == ERROR_DATA || error.code == ERROR_INPUT;
        log_write(trainer->log, LOG_WARNING, "no probe at step %lld: %s", (long long)probing->step,
                  error.message);
    } else if (is_stale(trainer)) {
        log_write(trainer->log, LOG_INFO,
                  "the probe of step %lld was given up for that of the end: within probe.share it "
                  "was not done before",
                  (long long)probing->step);
    }
    downstream_outcomes_release(&outcomes);
}

void trainer_probe(struct trainer *trainer)
{
    struct error error;
    struct probing *probing = memory_new(1, sizeof *probing, &error);
    if (!probing) {
        trainer_fail(trainer, &error);
        return;
    }
    probing->trainer = trainer;
    run(probing);
    for (int i = 0; i < probing->count; i++)
        mae_free(probing->models[i]);
    free(probing);
    trainer->probe.running = false;
    trainer->live->message[0] = '\0';
    trainer_publish(trainer);
}

void trainer_close_probe(struct trainer *trainer)
{
    source_close(trainer->probe.train);
    source_close(trainer->probe.held_out);
    trainer->probe.train = trainer->probe.held_out = NULL;
}
