/* The trainer's evaluations on the common probe masks: carried out, recorded, summarised. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "run/trainer.h"

/* Of fewer images than this a mean says little. */
enum { FEW_IMAGES = 30 };

static bool show_progress(void *context, double done)
{
    struct trainer *trainer = context;
    snprintf(trainer->live->message, sizeof trainer->live->message, "%.0f%%", 100 * done);
    trainer_publish(trainer);
    trainer_answer(trainer);
    return !atomic_load(&trainer->hurry);
}

static bool record_predictor(struct trainer *trainer, const struct evaluation *evaluation,
                             const struct evaluation_plan *plan, int predictor, int id,
                             struct error *error)
{
    for (int strategy = 0; strategy < evaluation->strategies; strategy++)
        for (int ratio = 0; ratio < evaluation->ratios; ratio++)
            for (int image = 0; image < evaluation->images; image++)
                for (int mask = 0; mask < evaluation->masks; mask++) {
                    struct store_evaluation row = {
                        .step = trainer->step,
                        .arm = id,
                        .strategy = plan->strategies.items[strategy],
                        .ratio = plan->ratios.items[ratio],
                        .image = evaluation->indices[image],
                        .mask = mask,
                        .hidden = evaluation->hidden[evaluation_index(evaluation, 0, strategy,
                                                                      ratio, image, mask)],
                        .label = source_label(trainer->held_out, evaluation->indices[image]),
                        .mse = evaluation->mse[evaluation_index(evaluation, predictor, strategy,
                                                                ratio, image, mask)],
                    };
                    if (!store_add_evaluation(trainer->store, &row, error))
                        return false;
                }
    return true;
}

static bool record_distances(struct trainer *trainer, const struct evaluation *evaluation,
                             int predictor, int cell, struct store_distance *row,
                             struct error *error)
{
    const struct profile *profile = &evaluation->profile;
    for (int image = 0; image < evaluation->images; image++) {
        const float *mse = profile->distance_mse + profile_image(profile, predictor, cell, image);
        const int *patches = profile->distance_patches + profile_image(profile, 0, cell, image);
        row->image = evaluation->indices[image];
        for (int bin = 0; bin < DISTANCE_BINS; bin++) {
            row->distance = bin + 1;
            row->patches = patches[bin];
            row->mse = (double)mse[bin];
            if (patches[bin] > 0 && !store_add_distance(trainer->store, row, error))
                return false;
        }
    }
    return true;
}

static bool record_positions(struct trainer *trainer, const struct evaluation *evaluation,
                             int predictor, int cell, struct store_position *row,
                             struct error *error)
{
    const struct profile *profile = &evaluation->profile;
    size_t first = profile_grid(profile, predictor, cell), common = profile_grid(profile, 0, cell);
    for (int patch = 0; patch < profile->patches; patch++) {
        double count = profile->position_images[common + (size_t)patch];
        double mean = profile->position_sum[first + (size_t)patch] / count;
        double squares = profile->position_squares[first + (size_t)patch] - count * mean * mean;
        row->position = patch;
        row->images = (int64_t)count;
        row->mse = mean;
        row->sd = count > 1 ? sqrt(fmax(squares, 0) / (count - 1)) : NAN;
        if (count > 0 && !store_add_position(trainer->store, row, error))
            return false;
    }
    return true;
}

static bool record_profile(struct trainer *trainer, const struct evaluation *evaluation,
                           const struct evaluation_plan *plan, int predictor, int id,
                           struct error *error)
{
    for (int cell = 0; cell < evaluation->profile.cells; cell++) {
        struct store_distance distance = {.step = trainer->step, .arm = id};
        struct store_position position = {.step = trainer->step, .arm = id};
        if (!store_add_cell(trainer->store, plan->strategies.items[cell / evaluation->ratios],
                            plan->ratios.items[cell % evaluation->ratios], &distance.cell, error))
            return false;
        position.cell = distance.cell;
        if (!record_distances(trainer, evaluation, predictor, cell, &distance, error) ||
            !record_positions(trainer, evaluation, predictor, cell, &position, error))
            return false;
    }
    return true;
}

/* The baselines never change, so they are recorded once a run. */
static bool record(struct trainer *trainer, const struct evaluation *evaluation,
                   const struct evaluation_plan *plan, struct error *error)
{
    for (int arm = 0; arm < evaluation->models; arm++)
        if (!record_predictor(trainer, evaluation, plan, arm, trainer->store_arm[arm], error) ||
            !record_profile(trainer, evaluation, plan, arm, trainer->store_arm[arm], error))
            return false;
    for (int baseline = 0; baseline < BASELINES && !trainer->baselines_recorded; baseline++)
        if (!record_predictor(trainer, evaluation, plan, evaluation->models + baseline,
                              trainer->store_baseline[baseline], error) ||
            !record_profile(trainer, evaluation, plan, evaluation->models + baseline,
                            trainer->store_baseline[baseline], error))
            return false;
    trainer->baselines_recorded = trainer->record_changed = true;
    trainer->clock.flushed_at = 0; /* the tables shown are made from the record */
    return true;
}

static bool summarise_cells(const struct evaluation *evaluation, int predictor,
                            struct probe_cell *cells, struct error *error)
{
    for (int strategy = 0; strategy < evaluation->strategies; strategy++)
        for (int ratio = 0; ratio < evaluation->ratios; ratio++)
            if (!evaluation_summary(evaluation, predictor, strategy, ratio,
                                    &cells[strategy * evaluation->ratios + ratio], error))
                return false;
    return true;
}

/* An arm's mean over all probe masks: on display, on its curves and on record. */
static bool summarise_arm(struct trainer *trainer, const struct evaluation *evaluation, int number,
                          struct error *error)
{
    struct snapshot_arm *arm = &trainer->live->arms[number];
    struct probe_cell all;
    int64_t step = trainer->step;
    int id = trainer->store_arm[number];
    if (!evaluation_summary(evaluation, number, -1, -1, &all, error) ||
        !summarise_cells(evaluation, number, arm->probe, error))
        return false;
    arm->probe_mse = all.mean;
    arm->probe_low = all.low;
    arm->probe_high = all.high;
    arm->probe_step = step;
    curve_add(&arm->probe_curve, step, all.mean);
    curve_add(&arm->probe_low_curve, step, all.low);
    curve_add(&arm->probe_high_curve, step, all.high);
    return store_add_metric(trainer->store, step, id, "probe_mse", all.mean, error) &&
           store_add_metric(trainer->store, step, id, "probe_low", all.low, error) &&
           store_add_metric(trainer->store, step, id, "probe_high", all.high, error);
}

static bool summarise(struct trainer *trainer, const struct evaluation *evaluation,
                      struct error *error)
{
    struct snapshot *live = trainer->live;
    for (int i = 0; i < evaluation->models; i++)
        if (!summarise_arm(trainer, evaluation, i, error))
            return false;
    return summarise_cells(evaluation, evaluation->models + BASELINE_VISIBLE_MEAN,
                           live->baseline_visible_mean, error) &&
           summarise_cells(evaluation, evaluation->models + BASELINE_INVERSE_DISTANCE,
                           live->baseline_inverse_distance, error);
}

/* Evaluates the first `count` arms and the baselines; false: it was interrupted or failed. */
static bool evaluate_arms(struct trainer *trainer, int count, evaluation_progress *progress)
{
    const struct mae *models[ARM_LIMIT];
    for (int i = 0; i < count; i++)
        models[i] = trainer->arms[i].mae;
    struct evaluation_plan plan = evaluation_plan_of(&trainer->config);
    struct view_settings view;
    config_view(&trainer->config, &trainer->shape, false, &view);
    struct evaluation evaluation;
    struct error error;
    if (!evaluate(&evaluation, &plan, &trainer->shape, models, count, trainer->held_out, &view,
                  progress, trainer, &error)) {
        if (error.code != ERROR_CHECK)
            log_write(trainer->log, LOG_WARNING, "no evaluation at step %lld: %s",
                      (long long)trainer->step, error.message);
        return false;
    }
    if (evaluation.images < plan.images && !trainer->few_told)
        log_write(trainer->log, evaluation.images < FEW_IMAGES ? LOG_WARNING : LOG_INFO,
                  "eval.images: %d asked for, %d held out", plan.images, evaluation.images);
    trainer->few_told = true;
    if (!record(trainer, &evaluation, &plan, &error) || !summarise(trainer, &evaluation, &error))
        trainer_fail(trainer, &error);
    evaluation_release(&evaluation);
    return true;
}

void trainer_evaluate(struct trainer *trainer)
{
    struct trainer_display before = trainer_display(trainer);
    double start = trainer_now();
    bool again = trainer->evaluated_step == trainer->step && !trainer->all_evaluated;
    trainer->evaluation_wanted = false;
    if (again) /* rows alone do not say which of two arms of one name they are of */
        trainer_event(trainer, command_kind_name(COMMAND_EVALUATE), NULL, NULL, NULL, NULL);
    trainer->evaluated_step = trainer->step;
    trainer->all_evaluated = true;
    trainer_set_state(trainer, RUN_EVALUATING, "");
    if (evaluate_arms(trainer, trainer->arm_count, show_progress))
        log_write(trainer->log, LOG_INFO, "step %lld: evaluated in %.1f s",
                  (long long)trainer->step, trainer_now() - start);
    trainer_set_state(trainer, before.state, before.message);
}

bool trainer_has_evaluated(const struct trainer *trainer)
{
    return trainer->evaluated_step == trainer->step && trainer->all_evaluated;
}

void trainer_measure_baselines(struct trainer *trainer)
{
    if (trainer->config.eval.every_epochs > 0)
        evaluate_arms(trainer, 0, NULL);
}
