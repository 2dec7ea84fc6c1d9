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
static const double publish_interval = 1.0 / 30, flush_interval = 2, rate_interval = 1.5;

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
    const struct config *config = &trainer->config;
    trainer->epoch_steps = loader_epoch_steps(trainer->loader);
    int64_t steps = config->train.steps;
    if (steps == 0)
        steps = (int64_t)ceil(config->train.epochs * (double)trainer->epoch_steps - 1e-9);
    steps = steps > 0 ? steps : 1;
    trainer->total_steps = steps;
}

/* None, where the training was made shorter than what was done. */
static int64_t steps_left(const struct trainer *trainer)
{
    int64_t left = trainer->total_steps - trainer->step;
    return left > 0 ? left : 0;
}

static double learning_rate(const struct trainer *trainer)
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
        arm->expected_ratio = ratio_choice_mean(&arm->mask.ratio, trainer_progress(trainer));
    }
}

void trainer_publish(struct trainer *trainer)
{
    struct snapshot *live = trainer->live;
    live->version++;
    live->config = trainer->config;
    live->step = trainer->step;
    live->total_steps = trainer->total_steps;
    live->epoch_steps = trainer->epoch_steps;
    live->elapsed = trainer->elapsed_before + trainer->busy_seconds;
    live->step_seconds = trainer->step_seconds_mean;
    live->remaining = trainer->step_seconds_mean > 0
                          ? trainer->step_seconds_mean * (double)steps_left(trainer)
                          : NAN;
    live->learning_rate = learning_rate(trainer);
    live->learning_rate_peak =
        trainer->config.train.blr * (double)trainer->config.train.batch / 256;
    live->broken_images = loader_broken(trainer->loader);
    live->checkpoint_step = trainer->checkpoint_step;
    double busy = trainer->busy_seconds;
    live->wait_share = busy > 0 ? loader_waited(trainer->loader) / busy : 0;
    live->show_share = busy > 0 ? trainer->gallery_seconds / busy : 0;
    describe_arms(trainer);
    snapshot_publish(trainer->channel, live);
    trainer->published_at = trainer_now();
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

static bool open_sources(struct trainer *trainer, struct error *error)
{
    struct source_settings settings;
    config_source(&trainer->config, &trainer->shape, &settings);
    trainer->train = source_open(&settings, SOURCE_TRAIN, trainer->log, error);
    if (trainer->train)
        trainer->held_out = source_open(&settings, SOURCE_HOLDOUT, trainer->log, error);
    if (trainer->held_out)
        return true;
    if (settings.path[0])
        error_prefix(error, "data.path");
    return false;
}

static bool open_loader(struct trainer *trainer, int64_t first_step, struct error *error)
{
    const struct config *config = &trainer->config;
    int threads = (int)config->data.threads;
    if (threads == 0)
        threads = parallel_cores() > 1 ? parallel_cores() / 2 : 1;
    struct loader_settings settings = {
        .batch = (int)config->train.batch,
        .seed = (uint64_t)config->seed,
        .threads = threads,
        .ahead = (int)config->data.ahead,
        .broken_limit = config->data.broken_limit,
    };
    config_view(config, &trainer->shape, true, &settings.view);
    trainer->loader = loader_new(trainer->train, &settings, first_step, trainer->log, error);
    if (!trainer->loader && error->code == ERROR_DATA)
        error_prefix(error, "train.batch");
    return trainer->loader;
}

static bool open_arms(struct trainer *trainer, struct error *error)
{
    for (int i = 0; i < trainer->config.arm_count; i++) {
        if (!arm_init(&trainer->arms[i], &trainer->config.arms[i], &trainer->shape,
                      (uint64_t)trainer->config.seed, error))
            return false;
        trainer->arm_count++;
    }
    return arm_workspace_init(&trainer->workspace, &trainer->shape,
                              (int)trainer->config.train.batch, error);
}

static bool open_gallery(struct trainer *trainer, struct error *error)
{
    struct view_settings view;
    config_view(&trainer->config, &trainer->shape, false, &view);
    uint32_t *order =
        sample_order((uint64_t)trainer->config.eval.seed, trainer->held_out->count, error);
    return order && gallery_maker_init(&trainer->gallery, trainer->held_out, &view, &trainer->shape,
                                       (int)trainer->config.show.images,
                                       (uint64_t)trainer->config.seed, order, error);
}

static bool open_shared(struct trainer *trainer, struct error *error)
{
    int images = trainer->pictures ? (int)trainer->config.show.images : 0;
    return (trainer->live = memory_new(1, sizeof *trainer->live, error)) &&
           snapshot_init(trainer->live, &trainer->shape, images, error) &&
           (trainer->channel = snapshot_channel_new(&trainer->shape, images, error)) &&
           (trainer->queue = command_queue_new(error));
}

static void first_snapshot(struct trainer *trainer)
{
    struct snapshot *live = trainer->live;
    text_copy(live->folder, sizeof live->folder, trainer->folder.path);
    live->train_images = (int64_t)trainer->train->count;
    live->held_out_images = (int64_t)trainer->held_out->count;
    live->class_count = trainer->train->class_count;
    live->parameters = (int64_t)trainer->arms[0].mae->table.trained;
    for (int i = 0; i < ARM_LIMIT; i++) {
        struct snapshot_arm *arm = &live->arms[i];
        arm->loss = arm->smooth_loss = arm->gradient_norm = NAN;
        arm->realised_ratio = NAN;
        arm->probe_mse = arm->probe_low = arm->probe_high = NAN;
        arm->probe_step = -1;
        for (int cell = 0; cell < PROBE_LIMIT; cell++)
            arm->probe[cell] = (struct probe_cell){NAN, NAN, NAN, 0};
    }
    for (int cell = 0; cell < PROBE_LIMIT; cell++)
        live->baseline_visible_mean[cell] = live->baseline_inverse_distance[cell] =
            (struct probe_cell){NAN, NAN, NAN, 0};
}

bool trainer_open_inputs(struct trainer *trainer, struct error *error)
{
    trainer->evaluated_step = trainer->checkpoint_step = trainer->step_once_at = -1;
    return open_sources(trainer, error) && open_arms(trainer, error) &&
           open_loader(trainer, trainer->step, error);
}

bool trainer_init(struct trainer *trainer, bool resume, struct error *error)
{
    if (!open_shared(trainer, error) || (trainer->pictures && !open_gallery(trainer, error)))
        return false;
    trainer_plan(trainer);
    first_snapshot(trainer);
    return trainer_open_record(trainer, resume, error) &&
           (!resume || trainer_restore_display(trainer, error));
}

void trainer_release(struct trainer *trainer)
{
    loader_free(trainer->loader);
    if (trainer->store)
        store_close(trainer->store);
    if (trainer->pictures)
        gallery_maker_release(&trainer->gallery);
    arm_workspace_release(&trainer->workspace);
    for (int i = 0; i < trainer->arm_count; i++)
        arm_release(&trainer->arms[i]);
    source_close(trainer->held_out);
    source_close(trainer->train);
    command_queue_free(trainer->queue);
    snapshot_channel_free(trainer->channel);
    if (trainer->live)
        snapshot_release(trainer->live);
    free(trainer->live);
    free(trainer->schedule);
}

/* The step was not applied for this arm: say so and stop where a person or a script can see it. */
static void diverged(struct trainer *trainer, const struct arm *arm, const struct arm_step *result)
{
    char value[32];
    bool loss = !isfinite(result->loss);
    text_from_real(value, loss ? result->loss : result->gradient_norm);
    trainer_event(trainer, "not-finite", arm->name, loss ? "loss" : "gradient_norm", NULL, value);
    struct error error;
    error_set(
        &error, ERROR_DIVERGED,
        "step %lld: the %s of arm '%s' is %s; the step was not applied (lower train.blr, or set "
        "train.clip)",
        (long long)trainer->step, loss ? "loss" : "gradient", arm->name, value);
    if (!trainer->stay) {
        trainer_fail(trainer, &error);
        return;
    }
    log_write(trainer->log, LOG_ERROR, "%s", error.message);
    trainer_set_state(trainer, RUN_PAUSED, error.message);
}

static void note_result(struct trainer *trainer, int number, const struct arm_step *result)
{
    struct snapshot_arm *arm = &trainer->live->arms[number];
    arm->loss = result->loss;
    arm->gradient_norm = result->gradient_norm;
    arm->realised_ratio = result->realised_ratio;
    arm->clamped_share = result->clamped_share;
    if (isfinite(result->loss))
        arm->smooth_loss =
            isnan(arm->smooth_loss)
                ? result->loss
                : arm->smooth_loss + (result->loss - arm->smooth_loss) / SMOOTHING_STEPS;
    curve_add(&arm->loss_curve, trainer->step + 1, result->loss);
    trainer_record_step(trainer, number, result);
}

static void train_arms(struct trainer *trainer, const struct loader_batch *batch)
{
    const struct config *config = &trainer->config;
    double rate = learning_rate(trainer);
    curve_add(&trainer->live->learning_rate_curve, trainer->step + 1, rate);
    for (int i = 0; i < trainer->arm_count; i++) {
        struct arm_step step = {
            .seed = (uint64_t)config->seed,
            .progress = trainer_progress(trainer),
            .learning_rate = rate,
            .clip = config->train.clip,
            .weight_decay = config->train.weight_decay,
        };
        arm_train(&trainer->arms[i], &trainer->workspace, batch, &step);
        note_result(trainer, i, &step);
        if (!step.applied)
            diverged(trainer, &trainer->arms[i], &step);
    }
}

static void measure_speed(struct trainer *trainer, double seconds)
{
    trainer->busy_seconds += seconds;
    double weight = trainer->step_seconds_mean > 0 ? 0.05 : 1;
    trainer->step_seconds_mean += weight * (seconds - trainer->step_seconds_mean);
    trainer->rate_images += (double)trainer->config.train.batch;
    double now = trainer_now(), busy = trainer->busy_seconds - trainer->rate_busy;
    if (now - trainer->rate_at > rate_interval || trainer->live->images_per_second == 0) {
        trainer->live->images_per_second = trainer->rate_images / busy;
        trainer->rate_at = now;
        trainer->rate_busy = trainer->busy_seconds;
        trainer->rate_images = 0;
    }
}

static void train_step(struct trainer *trainer)
{
    double start = trainer_now();
    struct error error;
    struct loader_batch *batch = loader_next(trainer->loader, &error);
    if (!batch) {
        if (error.code == ERROR_DATA)
            error_prefix(&error, "data.broken_limit");
        trainer_fail(trainer, &error);
        return;
    }
    train_arms(trainer, batch);
    loader_return(trainer->loader, batch);
    trainer->step++;
    measure_speed(trainer, trainer_now() - start);
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
    trainer->gallery_due = share > 0 ? end + (end - start) / share : INFINITY;
    if (trainer->live->state == RUN_TRAINING) {
        trainer->gallery_seconds += end - start;
        trainer->busy_seconds += end - start;
    }
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
    if (trainer->step == trainer->checkpoint_step || trainer->step == 0)
        return false;
    bool by_steps =
        config->train.checkpoint_steps > 0 && trainer->step % config->train.checkpoint_steps == 0;
    bool by_clock = config->train.checkpoint_minutes > 0 &&
                    trainer_now() - trainer->checkpoint_at > 60 * config->train.checkpoint_minutes;
    return by_steps || by_clock || steps_left(trainer) == 0;
}

/* What a step, a command or the clock made due. */
static void do_chores(struct trainer *trainer)
{
    if (trainer->evaluation_wanted || evaluation_is_due(trainer))
        trainer_evaluate(trainer);
    if (trainer->checkpoint_wanted || checkpoint_is_due(trainer))
        trainer_checkpoint(trainer);
    bool training = trainer->live->state == RUN_TRAINING;
    double now = trainer_now();
    if (trainer->pictures && (trainer->gallery_wanted || (training && now >= trainer->gallery_due)))
        make_gallery(trainer);
    if (now - trainer->flushed_at > flush_interval)
        trainer_flush(trainer);
    if (now - trainer->published_at > publish_interval)
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

static void leave(struct trainer *trainer)
{
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

void trainer_run(struct trainer *trainer)
{
    parallel_set_threads((int)trainer->config.train.threads);
    trainer->flushed_at = trainer->checkpoint_at = trainer->rate_at = trainer_now();
    trainer->gallery_wanted = trainer->pictures;
    trainer_set_state(trainer, RUN_TRAINING, "");
    trainer_obey(trainer); /* what a resumed run was given on the way may change the plan */
    warn_of_warmup(trainer);
    while (!trainer->leaving) {
        trainer_obey(trainer);
        if (trainer->leaving)
            break;
        do_chores(trainer);
        if (trainer->leaving)
            break;
        if (trainer->live->state != RUN_TRAINING)
            idle(trainer);
        else if (trainer->step >= trainer->total_steps)
            finish(trainer);
        else
            train_step(trainer);
        if (trainer->step == trainer->step_once_at && trainer->live->state == RUN_TRAINING) {
            trainer->step_once_at = -1;
            trainer->gallery_wanted = trainer->pictures;
            trainer_set_state(trainer, RUN_PAUSED, "");
        }
    }
    leave(trainer);
}
