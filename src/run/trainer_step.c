/* One training step of all arms, and how fast steps go. */
#include <math.h>
#include <stdio.h>

#include "run/arm_trouble.h"
#include "run/trainer.h"

/* Seconds over which images/s is taken. */
static const double rate_interval = 1.5;

/* Says once, until the mask is changed, that the ratio drawn does not fit the grid. */
static void note_clamped(struct trainer *trainer, int number, const struct arm_step *result)
{
    struct arm *arm = &trainer->arms[number];
    if (result->clamped_share == 0 || arm->clamp_told)
        return;
    arm->clamp_told = true;
    char share[32];
    snprintf(share, sizeof share, "%.0f%% of the masks", 100 * result->clamped_share);
    trainer_event(trainer, "ratio-clamped", arm->name, NULL, NULL, share);
    log_write(trainer->log, LOG_WARNING,
              "arm '%s': the ratio drawn would hide all patches or none of the %d, for %s of this "
              "batch; one is left over",
              arm->name, trainer->workspace.masks.patches, share);
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
    note_clamped(trainer, number, result);
}

/* A step that could not be applied. */
struct refused {
    int arm; /* -1: none was */
    struct arm_step step;
    struct arm_trouble trouble;
    char image[FILE_PATH_SIZE]; /* its name, where the trouble is in one */
};

static void refuse(struct trainer *trainer, int arm, const struct loader_batch *batch,
                   const struct arm_step *step, struct refused *refused)
{
    *refused = (struct refused){.arm = arm, .step = *step};
    refused->trouble = arm_find_trouble(&trainer->arms[arm], batch, step);
    int image = refused->trouble.image;
    if (image >= 0)
        text_copy(refused->image, sizeof refused->image,
                  source_name(trainer->train, batch->indices[image], refused->image,
                              sizeof refused->image));
}

/* Trains every arm, or none: arms that took different numbers of steps could no longer be compared.
 * What stands in the way is the first arm's whose step could not be applied. */
static void train_arms(struct trainer *trainer, const struct loader_batch *batch,
                       struct refused *refused)
{
    const struct config *config = &trainer->config;
    double rate = trainer_learning_rate(trainer);
    struct arm_step steps[ARM_LIMIT];
    refused->arm = -1;
    curve_add(&trainer->live->learning_rate_curve, trainer->step + 1, rate);
    for (int i = 0; i < trainer->arm_count; i++) {
        steps[i] = (struct arm_step){
            .seed = (uint64_t)config->seed,
            .progress = trainer_progress(trainer),
            .learning_rate = rate,
            .clip = config->train.clip,
            .weight_decay = config->train.weight_decay,
            .ema_momentum = config->train.ema_momentum,
        };
        arm_differentiate(&trainer->arms[i], &trainer->workspace, batch, &steps[i]);
        mask_watch_add(&trainer->watches[i], trainer->workspace.masks.masks, batch->images);
        note_result(trainer, i, &steps[i]);
        if (!steps[i].finite && refused->arm < 0)
            refuse(trainer, i, batch, &steps[i], refused);
    }
    for (int i = 0; i < trainer->arm_count && refused->arm < 0; i++)
        arm_update(&trainer->arms[i], &steps[i]);
}

/* Says that the step was not applied, and stops where a person or a script can see it. */
static void diverged(struct trainer *trainer, const struct refused *refused)
{
    char value[32];
    const char *arm = trainer->arms[refused->arm].name, *place = refused->trouble.place;
    bool image = refused->trouble.image >= 0;
    text_from_real(value, refused->trouble.value);
    trainer_event(trainer, "not-finite", arm, place, NULL, value);
    struct error error;
    error_set(&error, ERROR_DIVERGED,
              "step %lld, arm '%s': %s%s%s%s is %s; the step was not applied (%s)",
              (long long)trainer->step, arm, place, image ? " (" : "", refused->image,
              image ? ")" : "", value,
              image ? "look at the image, data.mean and data.deviation"
                    : "lower train.blr, or set train.clip");
    if (!trainer->stay) {
        trainer_fail(trainer, &error);
        return;
    }
    log_write(trainer->log, LOG_ERROR, "%s", error.message);
    trainer_set_state(trainer, RUN_PAUSED, error.message);
}

/* The rate over the last window; while the first one is open, over what there is of it. The first
 * step warms caches and threads and says little of those to come: it counts only until the second.
 */
static void measure_rate(struct trainer *trainer, bool first)
{
    struct trainer_clock *clock = &trainer->clock;
    double batch = (double)trainer->config.train.batch, now = trainer_now();
    clock->rate_images += batch;
    bool full = now - clock->rate_at > rate_interval;
    if (full || !clock->rate_known)
        trainer->live->images_per_second =
            clock->rate_images / (clock->step_seconds - clock->rate_from);
    if (full || first) {
        clock->rate_known = clock->rate_known || !first;
        clock->rate_at = now;
        clock->rate_from = clock->step_seconds;
        clock->rate_images = 0;
    }
}

static void measure_speed(struct trainer *trainer, double seconds)
{
    struct trainer_clock *clock = &trainer->clock;
    int64_t counted = clock->steps++;
    double weight = counted < 2 ? 1 : fmax(0.05, 1 / (double)counted);
    clock->step_mean += weight * (seconds - clock->step_mean);
    clock->step_seconds += seconds;
    measure_rate(trainer, counted == 0);
}

void trainer_step(struct trainer *trainer)
{
    double start = trainer_now(), answering = trainer->clock.gallery_seconds;
    struct error error;
    struct loader_batch *batch = loader_next(trainer->loader, &error);
    if (!batch) {
        if (error.code == ERROR_DATA)
            error_prefix(&error, "data.broken_limit");
        trainer_fail(trainer, &error);
        return;
    }
    struct refused refused;
    train_arms(trainer, batch, &refused);
    loader_return(trainer->loader, batch);
    trainer->step++;
    answering = trainer->clock.gallery_seconds - answering;
    measure_speed(trainer, trainer_now() - start - answering);
    if (refused.arm >= 0)
        diverged(trainer, &refused);
}
