/* Evaluation on the common probe masks: every predictor (the models, then the baselines) on the
 * same held-out images under the same masks, so that their errors are comparable and paired.
 *
 * Images and masks are a pure function of (plan, source), whatever the run's own seed: they do not
 * change during a run, between arms, or with what was evaluated before.
 */
#ifndef MASKSCOPE_RUN_EVALUATE_H
#define MASKSCOPE_RUN_EVALUATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/setting.h"
#include "data/loader.h"
#include "run/baseline.h"
#include "run/config.h"
#include "run/inspect.h"
#include "run/profile.h"
#include "run/snapshot.h"

/* Which masks, on how many images. Plain data. */
struct evaluation_plan {
    uint64_t seed;
    struct setting_texts strategies;
    struct setting_reals ratios;
    int images; /* at most; fewer if the source has fewer */
    int masks;  /* of each image, strategy and ratio; errors are averaged over them */
};
struct evaluation_plan evaluation_plan_of(const struct config *config);
/* Whether probe masks can be drawn by it. ERROR_DATA: it is guided by a model. */
bool evaluation_strategy_check(const struct strategy_choice *choice, struct error *error);

/* mse[predictor][strategy][ratio][image][mask]: mean over the hidden patches, in pixel units;
 * predictors are the models in order, then the BASELINES. A broken image's values are NaN. */
struct evaluation {
    int models, strategies, ratios, images, masks;
    double *mse;
    int *hidden;            /* [strategies][ratios][image][mask]: hidden patches */
    uint32_t *indices;      /* [images]: index in the source */
    struct profile profile; /* the same predictors; cells are [strategies][ratios] */
};
size_t evaluation_index(const struct evaluation *evaluation, int predictor, int strategy, int ratio,
                        int image, int mask);
void evaluation_release(struct evaluation *evaluation);

/* Called between chunks of work with the share done; false: give up. */
typedef bool evaluation_progress(void *context, double done);

/* Evaluates models[count], all of that shape, and the baselines on a fair sample of the source
 * (run/sample.h); count may be 0.
 * ERROR_DATA: unknown strategy, or no image can be read; ERROR_SYSTEM; ERROR_CHECK with the message
 * "interrupted" when progress said so. *evaluation is to be released by the caller when true. */
bool evaluate(struct evaluation *evaluation, const struct evaluation_plan *plan,
              const struct mae_shape *shape, const struct mae *const *models, int count,
              const struct source *source, const struct view_settings *view,
              evaluation_progress *progress, void *context, struct error *error);

/* *summary = the mean over images with its 95% interval, images that could not be read left out.
 * strategy, ratio -1: over all strategies, all ratios (each image's mean first). ERROR_SYSTEM. */
bool evaluation_summary(const struct evaluation *evaluation, int predictor, int strategy, int ratio,
                        struct probe_cell *summary, struct error *error);

#endif
