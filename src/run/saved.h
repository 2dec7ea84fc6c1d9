/* The models of a checkpoint, for looking at them: no optimiser, no data, no thread. */
#ifndef MASKSCOPE_RUN_SAVED_H
#define MASKSCOPE_RUN_SAVED_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/file.h"
#include "nn/mae.h"
#include "run/config.h"
#include "run/teacher.h"

struct saved {
    char path[FILE_PATH_SIZE]; /* the checkpoint's */
    int64_t step;
    struct config config; /* as it was then */
    struct mae_shape shape;
    bool encoder_only; /* of some arm the file has no decoder: its weights are zero */
    int arm_count;
    struct mae *models[ARM_LIMIT];       /* owned; in the order of config.arms */
    struct teacher *teachers[ARM_LIMIT]; /* owned; of arms whose masks were guided by one */
};

/* `path` is a checkpoint, a run's folder (its newest complete checkpoint is taken), or a folder of
 * checkpoints. ERROR_INPUT, ERROR_DATA. The caller releases it if true. */
bool saved_open(struct saved *saved, const char *path, struct error *error);
/* The same where encoders are enough: the file may lack the decoders (saved->encoder_only). */
bool saved_open_encoders(struct saved *saved, const char *path, struct error *error);
void saved_release(struct saved *saved);
/* Sees to it that teachers[arm] can guide the choice, if that takes one. An arm that had no teacher
 * guides by its own weights; ERROR_DATA where that is not enough: the head of `loss` cannot be had
 * afterwards. */
bool saved_prepare(struct saved *saved, int arm, const struct strategy_choice *choice,
                   struct error *error);

#endif
