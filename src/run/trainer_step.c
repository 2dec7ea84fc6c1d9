/* One training step of all arms, and how fast steps go. */
#include <math.h>

#include "run/trainer.h"

/* Seconds over which images/s is taken. */
static const double rate_interval = 1.5;

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

/* Trains every arm; returns the first whose step could not be applied, with its result, or -1. */
static int train_arms(struct trainer *trainer, const struct loader_batch *batch,
                      struct arm_step *refused)
{
    const struct config *config = &trainer->config;
    double rate = trainer_learning_rate(trainer);
    int refused_arm = -1;
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
        if (!step.applied && refused_arm < 0) {
            refused_arm = i;
            *refused = step;
        }
    }
    return refused_arm;
}

/* Says that an arm's step was not applied, and stops where a person or a script can see it. */
static void diverged(struct trainer *trainer, const struct arm *arm, const struct arm_step *result)
{
    char value[32];
    bool loss = !isfinite(result->loss);
    text_from_real(value, loss ? result->loss : result->gradient_norm);
    trainer_event(trainer, "not-finite", arm->name, loss ? "loss" : "gradient_norm", NULL, value);
    struct error error;
    error_set(&error, ERROR_DIVERGED,
              "step %lld: the %s of arm '%s' is %s; the step was not applied (lower train.blr, or "
              "set train.clip)",
              (long long)trainer->step, loss ? "loss" : "gradient", arm->name, value);
    if (!trainer->stay) {
        trainer_fail(trainer, &error);
        return;
    }
    log_write(trainer->log, LOG_ERROR, "%s", error.message);
    trainer_set_state(trainer, RUN_PAUSED, error.message);
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

void trainer_step(struct trainer *trainer)
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
    struct arm_step refused;
    int refused_arm = train_arms(trainer, batch, &refused);
    loader_return(trainer->loader, batch);
    trainer->step++;
    measure_speed(trainer, trainer_now() - start);
    if (refused_arm >= 0)
        diverged(trainer, &trainer->arms[refused_arm], &refused);
}
