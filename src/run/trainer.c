#include "run/trainer.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/memory.h"
#include "base/parallel.h"
#include "run/sample.h"

/* Seconds between snapshots while training, and between commits of the record. */
static const double publish_interval = 1.0 / 30, flush_interval = 2;

double trainer_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

double trainer_progress(const struct trainer *trainer)
{
    double progress = (double)trainer->step / (double)trainer->total_steps;
    return progress < 1 ? progress : 1;
}

void trainer_plan(struct trainer *trainer)
{
    trainer->epoch_steps = loader_epoch_steps(trainer->loader);
    trainer->total_steps = config_total_steps(&trainer->config, trainer->epoch_steps);
}

/* None, where the training was made shorter than what was done. */
static int64_t steps_left(const struct trainer *trainer)
{
    int64_t left = trainer->total_steps - trainer->step;
    return left > 0 ? left : 0;
}

double trainer_learning_rate(const struct trainer *trainer)
{
    const struct config *config = &trainer->config;
    double peak = config->train.blr * (double)config->train.batch / 256;
    double warmup = config->train.warmup_epochs * (double)trainer->epoch_steps;
    return learning_rate_at((double)trainer->step, warmup, (double)trainer->total_steps, peak,
                            config->train.min_lr);
}

static void describe_arms(struct trainer *trainer)
{
    struct snapshot *live = trainer->live;
    live->arm_count = trainer->arm_count;
    for (int i = 0; i < trainer->arm_count; i++) {
        struct snapshot_arm *arm = &live->arms[i];
        arm->mask = trainer->arms[i].mask;
        memcpy(arm->name, trainer->arms[i].name, sizeof arm->name);
        mask_watch_show(&trainer->watches[i], &live->masks[i]);
        arm->expected_ratio = arm->mask.strategy.strategy->own_count
                                  ? NAN
                                  : ratio_choice_mean(&arm->mask.ratio, trainer_progress(trainer));
    }
}

double trainer_elapsed(const struct trainer *trainer)
{
    const struct trainer_clock *clock = &trainer->clock;
    return clock->elapsed_before + clock->step_seconds + clock->gallery_seconds +
           clock->probe_seconds + clock->other_seconds;
}

/* How long it took, and how long it will take if the rest goes like the last steps, with
 * evaluations and the like in proportion. */
static void tell_time(struct trainer *trainer)
{
    struct snapshot *live = trainer->live;
    const struct trainer_clock *clock = &trainer->clock;
    double steps = clock->step_seconds;
    double all = steps + clock->gallery_seconds + clock->probe_seconds + clock->other_seconds;
    live->elapsed = trainer_elapsed(trainer);
    live->step_seconds = clock->step_mean;
    live->remaining =
        steps > 0 ? clock->step_mean * (double)steps_left(trainer) * all / steps : NAN;
    live->wait_share = steps > 0 ? loader_waited(trainer->loader) / steps : 0;
    live->show_share = all > 0 ? clock->gallery_seconds / all : 0;
}

void trainer_publish(struct trainer *trainer)
{
    struct snapshot *live = trainer->live;
    live->version++;
    live->config = trainer->config;
    live->step = trainer->step;
    live->total_steps = trainer->total_steps;
    live->epoch_steps = trainer->epoch_steps;
    live->learning_rate = trainer_learning_rate(trainer);
    live->learning_rate_peak =
        trainer->config.train.blr * (double)trainer->config.train.batch / 256;
    live->broken_images = loader_broken(trainer->loader);
    struct picture_cache_state kept = source_kept(trainer->train);
    live->kept_images = (int64_t)kept.images;
    live->kept_mb = (double)kept.bytes / 1e6;
    live->checkpoint_step = trainer->checkpoint_step;
    tell_time(trainer);
    describe_arms(trainer);
    snapshot_publish(trainer->channel, live);
    trainer->clock.published_at = trainer_now();
}

void trainer_set_state(struct trainer *trainer, enum run_state state, const char *message)
{
    trainer->live->state = state;
    text_copy(trainer->live->message, sizeof trainer->live->message, message);
    trainer_publish(trainer);
}

struct trainer_display trainer_display(const struct trainer *trainer)
{
    struct trainer_display display = {.state = trainer->live->state};
    memcpy(display.message, trainer->live->message, sizeof display.message);
    return display;
}

static void make_gallery(struct trainer *trainer)
{
    double start = trainer_now();
    struct error error;
    if (!gallery_make(&trainer->gallery, trainer->arms, trainer->arm_count,
                      trainer_progress(trainer), trainer->step, &trainer->live->gallery, &error))
        log_write(trainer->log, LOG_WARNING, "pictures for the display: %s", error.message);
    trainer->gallery_wanted = false;
    double end = trainer_now(), share = trainer->config.show.share;
    trainer->clock.gallery_due = share > 0 ? end + (end - start) / share : INFINITY;
    if (trainer->live->state == RUN_TRAINING)
        trainer->clock.gallery_seconds += end - start;
    trainer_publish(trainer);
}

static bool evaluation_is_due(const struct trainer *trainer)
{
    double epochs = trainer->config.eval.every_epochs;
    int64_t interval = (int64_t)(epochs * (double)trainer->epoch_steps + 0.5);
    if (epochs == 0 || trainer->step == 0 || trainer->step == trainer->evaluated_step)
        return false;
    return steps_left(trainer) == 0 || trainer->step % (interval > 0 ? interval : 1) == 0;
}

static bool checkpoint_is_due(const struct trainer *trainer)
{
    const struct config *config = &trainer->config;
    if (trainer->clock.checkpoint_again > 0) /* it was put off */
        return trainer_now() >= trainer->clock.checkpoint_again;
    if (trainer->checkpoint_wanted)
        return true;
    if (trainer->step == trainer->checkpoint_step || trainer->step == 0)
        return false;
    bool by_steps =
        config->train.checkpoint_steps > 0 && trainer->step % config->train.checkpoint_steps == 0;
    bool by_clock =
        config->train.checkpoint_minutes > 0 &&
        trainer_now() - trainer->clock.checkpoint_at > 60 * config->train.checkpoint_minutes;
    return by_steps || by_clock || steps_left(trainer) == 0;
}

/* What a step, a command or the clock made due. */
static void do_chores(struct trainer *trainer)
{
    double start = trainer_now();
    if (trainer->evaluation_wanted || evaluation_is_due(trainer))
        trainer_evaluate(trainer);
    if (checkpoint_is_due(trainer))
        trainer_checkpoint(trainer);
    trainer->clock.other_seconds += trainer_now() - start;
    bool training = trainer->live->state == RUN_TRAINING;
    double now = trainer_now();
    if (trainer->pictures &&
        (trainer->gallery_wanted || (training && now >= trainer->clock.gallery_due)))
        make_gallery(trainer);
    trainer_answer(trainer);
    trainer_keep_history(trainer);
    if (now - trainer->clock.flushed_at > flush_interval)
        trainer_flush(trainer);
    if (now - trainer->clock.published_at > publish_interval)
        trainer_publish(trainer);
}

static void finish(struct trainer *trainer)
{
    trainer->gallery_wanted = trainer->pictures;
    trainer_event(trainer, "finished", NULL, NULL, NULL, NULL);
    trainer_set_state(trainer, RUN_FINISHED, "");
    trainer->leaving = !trainer->stay;
}

/* Waits for something to do while paused or finished. */
static void idle(struct trainer *trainer)
{
    struct command command;
    trainer_flush(trainer);
    trainer_publish(trainer);
    if (!trainer->leaving && command_queue_receive(trainer->queue, &command, -1))
        trainer_carry_out(trainer, &command);
}

static void log_probing(struct trainer *trainer)
{
    const struct trainer_clock *clock = &trainer->clock;
    double apart = clock->probe_seconds - clock->beside_seconds;
    if (clock->probe_seconds > 0)
        log_write(
            trainer->log, LOG_INFO,
            "probes took %.1f%% of the time beside the training, and %.1f s when it waited or "
            "had ended",
            100 * clock->beside_seconds / (clock->beside_seconds + clock->step_seconds), apart);
}

static void log_loading(struct trainer *trainer)
{
    tell_time(trainer);
    struct picture_cache_state kept = source_kept(trainer->train);
    log_write(
        trainer->log, LOG_INFO,
        "%.1f%% of the time of steps went in waiting for data; decoded pictures of %zu of %zu "
        "images are in memory (%.1f MB); %.0f MB were resident at most",
        100 * trainer->live->wait_share, kept.images, trainer->train->count,
        (double)kept.bytes / 1e6, (double)memory_peak() / 1e6);
}

static void leave(struct trainer *trainer)
{
    log_loading(trainer);
    log_probing(trainer);
    bool failed = trainer->failure.code != ERROR_NONE;
    if (!failed && !trainer->aborted && trainer->step > 0 &&
        trainer->checkpoint_step != trainer->step)
        trainer_checkpoint(trainer);
    failed = trainer->failure.code != ERROR_NONE;
    if (!failed && trainer->live->state != RUN_FINISHED)
        trainer_event(trainer, "stopped", NULL, NULL, NULL, NULL);
    trainer_flush(trainer);
    enum run_state state = failed                     ? RUN_FAILED
                           : steps_left(trainer) == 0 ? RUN_FINISHED
                                                      : RUN_STOPPED;
    trainer_set_state(trainer, state, failed ? trainer->failure.message : "");
    if (failed) /* after the state, so that who reads this line can know that it is the last */
        log_write(trainer->log, LOG_ERROR, "%s", trainer->failure.message);
}

static void warn_of_warmup(const struct trainer *trainer)
{
    double warmup = trainer->config.train.warmup_epochs * (double)trainer->epoch_steps;
    if (warmup >= (double)trainer->total_steps)
        log_write(trainer->log, LOG_WARNING,
                  "train.warmup_epochs: the warm-up (%.0f steps) is as long as the whole training "
                  "(%lld steps): the learning rate never reaches its peak",
                  warmup, (long long)trainer->total_steps);
}

/* A stop at a step of the script leaves what is due at that step to be done; a person does not wait
 * for it. */
static bool is_urgent(const struct trainer *trainer)
{
    return trainer->aborted || trainer->failure.code != ERROR_NONE || atomic_load(&trainer->hurry);
}

bool trainer_tend(struct trainer *trainer)
{
    trainer_obey(trainer);
    if (trainer->leaving && is_urgent(trainer))
        return false;
    do_chores(trainer);
    if (atomic_load(
            &trainer->hurry)) /* what was given up is of this step: no further one is made */
        trainer_obey(trainer);
    return !trainer->leaving;
}

void trainer_advance(struct trainer *trainer)
{
    trainer_step(trainer);
    if (trainer->step == trainer->step_once_at && trainer->live->state == RUN_TRAINING) {
        trainer->step_once_at = -1;
        trainer->gallery_wanted = trainer->pictures;
        trainer_set_state(trainer, RUN_PAUSED, "");
    }
}

void trainer_run(struct trainer *trainer)
{
    parallel_set_threads((int)trainer->config.train.threads);
    trainer->clock.flushed_at = trainer->clock.checkpoint_at = trainer->clock.rate_at =
        trainer_now();
    trainer->gallery_wanted = trainer->pictures;
    trainer_set_state(trainer, RUN_TRAINING, "");
    trainer_obey(trainer); /* what a resumed run was given on the way may change the plan */
    warn_of_warmup(trainer);
    do_chores(trainer); /* the first pictures */
    trainer_measure_baselines(trainer);
    while (!trainer->leaving && trainer_tend(trainer)) {
        if (trainer_probe_is_due(trainer))
            trainer_probe(trainer);
        else if (trainer->live->state != RUN_TRAINING)
            idle(trainer);
        else if (trainer->step >= trainer->total_steps)
            finish(trainer);
        else
            trainer_advance(trainer);
    }
    leave(trainer);
}
