/* Where a step's loss or gradient that is no finite number comes from. */
#ifndef MASKSCOPE_RUN_ARM_TROUBLE_H
#define MASKSCOPE_RUN_ARM_TROUBLE_H

#include <stdbool.h>

#include "data/loader.h"
#include "run/arm.h"

struct arm_trouble {
    /* "learning rate", "image 3" (of the batch, from 0), "weight blocks.0.attn.qkv.weight",
     * "gradient decoder_pred.bias", "weight" or "gradient" of "loss_predictor" (the teacher's
     * head), or "loss": it overflows between finite weights and itself. */
    char place[PARAMETER_NAME_SIZE + 16];
    double value; /* the first there that is not finite, or the loss */
    int image;    /* its place in the batch; -1: it is none */
};

/* After arm_differentiate of that batch gave a step that is not finite. Looks where one thing is
 * made of another: rate, images, weights, and gradients from the loss back to the input. */
struct arm_trouble arm_find_trouble(const struct arm *arm, const struct loader_batch *batch,
                                    const struct arm_step *step);

/* Whether every weight of the arm, its teacher's too, is finite; *trouble says which is not. */
bool arm_is_finite(const struct arm *arm, struct arm_trouble *trouble);

#endif
