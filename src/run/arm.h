/* An arm: a model with its optimiser and its mask settings, and how it takes one training step.
 *
 * Arms of a run see the same batches and start from the same weights; only their masks differ. They
 * are trained one after another in the trainer thread and share one workspace. A step has two
 * halves, so that it can be applied to all arms or to none.
 */
#ifndef MASKSCOPE_RUN_ARM_H
#define MASKSCOPE_RUN_ARM_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "data/loader.h"
#include "nn/adamw.h"
#include "nn/mae.h"
#include "run/config.h"
#include "run/mask_batch.h"
#include "run/teacher.h"

struct arm {
    char name[ARM_NAME_SIZE];
    struct mask_choice mask;
    bool clamp_told;         /* it was said that this mask's ratio is clamped */
    struct mae *mae;         /* owned */
    struct adamw adamw;      /* its moments are owned */
    float *gradients;        /* [trained parameters], of the last batch; owned */
    struct teacher *teacher; /* guides the masks; owned; null where they need none */
};

/* A model with the initial weights of `seed`. */
bool arm_init(struct arm *arm, const struct arm_config *config, const struct mae_shape *shape,
              uint64_t seed, struct error *error);
void arm_release(struct arm *arm);

/* What a training step needs besides the arm; one for all arms of a run.
 *
 * A step may take its batch in several parts and sum up their gradients (gradient accumulation):
 * the sums are those of the whole batch within rounding, for the activation memory of a part.
 */
struct arm_workspace {
    struct mae_pass *pass; /* for a part */
    int part;              /* images of a part */
    struct mask_batch masks;
    float *part_gradients; /* [trained parameters]; null where the whole batch is the only part */
    struct teacher_pass teacher; /* made when the first arm needs it */
};
/* For batches of up to `batch` images, taken in `parts` parts, which divides it. ERROR_DATA: there
 * is no such precision here. */
bool arm_workspace_init(struct arm_workspace *workspace, const struct mae_shape *shape, int batch,
                        int parts, enum mae_precision precision, enum mae_use use,
                        struct error *error);
void arm_workspace_release(struct arm_workspace *workspace);

/* Makes ready to train the arm with a choice that may be new: reads a file of masks, makes a
 * teacher of the arm as it is now and its head from the seed, where the choice is guided by them
 * and they are not there yet. The arm's own choice is the caller's to set, and then arm_settle. */
bool arm_prepare(struct arm *arm, struct arm_workspace *workspace, const struct mask_choice *choice,
                 uint64_t seed, struct error *error);
/* What the arm's masks ask of its teacher: bits of MASK_GUIDES_OF_MODEL, 0 where it has none. */
unsigned arm_guides(const struct arm *arm);
/* Gives up what arm->mask does not need, so that a teacher is there exactly while a strategy that
 * is guided by it is. */
void arm_settle(struct arm *arm);

struct arm_step {
    /* Given. */
    uint64_t seed;
    double progress; /* of training, 0 .. 1, for schedules */
    double learning_rate;
    double clip; /* largest gradient norm; 0: none */
    double weight_decay;
    double ema_momentum; /* of the teacher's average */
    /* Returned. */
    double loss;
    double gradient_norm;
    double realised_ratio; /* hidden patches / all patches of the batch */
    double clamped_share;  /* of the masks, those whose ratio had to be clamped */
    double guide_loss;     /* of the teacher's head; NaN where there is none */
    bool finite; /* loss, gradient and rate are; if not, the step must not be applied */
};
/* The first half, for whose masks the workspace was prepared: masks, forward, backward; fills in
 * what is returned. Allocates nothing. */
void arm_differentiate(struct arm *arm, struct arm_workspace *workspace,
                       const struct loader_batch *batch, struct arm_step *step);
/* The second: the update of the weights, and of the teacher. Allocates nothing. */
void arm_update(struct arm *arm, const struct arm_step *step);

#endif
