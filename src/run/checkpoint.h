/* Checkpoints: all of a run that is needed to go on with it, in one safetensors file a step.
 *
 *   FOLDER/step-00001200.safetensors    the state after 1200 steps
 *   FOLDER/latest                       a link to the newest
 *
 * With one arm the weights have the names of the published MAE release, so other programs can load
 * the file as it is; with several, every name begins with "ARM/". Each trained NAME has its AdamW
 * moments beside it as optimizer.exp_avg.NAME and optimizer.exp_avg_sq.NAME. An arm whose masks a
 * teacher guides has its averaged weights as ema.NAME, and where that has a head, its weights and
 * moments as guide.NAME, optimizer.exp_avg.guide.NAME and so on. The metadata holds format
 * ("maskscope-checkpoint"), version, step, config (YAML text), and as JSON lists with an entry an
 * arm: arms (the names), adam_steps, ema_updates and guide_steps.
 *
 * Files appear under their names only when they are complete and on the disk.
 */
#ifndef MASKSCOPE_RUN_CHECKPOINT_H
#define MASKSCOPE_RUN_CHECKPOINT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/file.h"
#include "nn/parameters.h"

/* More tensors of an arm: the trained ones of a table under PREFIX.NAME. Borrowed. */
struct checkpoint_block {
    const char *prefix; /* with its full stop */
    const struct parameter_table *table;
    float *values; /* [table->trained] */
};

/* An arm's state: read from by checkpoint_save, written to by checkpoint_load. All borrowed. */
struct checkpoint_arm {
    const char *name; /* without '/' */
    const struct parameter_table *table;
    float *weights;           /* [table->total] */
    float *moment1, *moment2; /* [table->trained]; load: null where not wanted (both or none) */
    int64_t *adam_steps;      /* load: null where not wanted */
    const struct checkpoint_block *blocks; /* [block_count] */
    int block_count;
    int64_t *ema_updates, *guide_steps; /* save: null for 0; load: null where not wanted */
    bool *encoder_only; /* load: null if the decoder must be there, else whether it is not (its
                           weights are left alone then) */
};

/* out = FOLDER/step-STEP.safetensors; ERROR_USAGE if it is too long. */
bool checkpoint_path(char out[FILE_PATH_SIZE], const char *folder, int64_t step,
                     struct error *error) __attribute__((warn_unused_result));

/* The steps of the folder's checkpoints by their names, highest first; *count is set. The caller
 * frees them; null where there is none. */
int64_t *checkpoint_steps(const char *folder, size_t *count);

/* Writes the checkpoint of `step` straight from the arms' memory, makes `latest` point to it, and
 * removes what interrupted saves left. `keep`: how many of the newest checkpoints may stay, this
 * one included; 0: all. Files of later steps are never removed. The folder is made if need be.
 * ERROR_CREATE, ERROR_IO (disk full ...): the checkpoints there are as they were. */
bool checkpoint_save(const char *folder, int64_t step, const char *config,
                     const struct checkpoint_arm *arms, int count, int keep, struct error *error)
    __attribute__((warn_unused_result));

struct checkpoint_header {
    int64_t step;
    char *config; /* YAML text */
    char **arms;  /* [arm_count] names, in the order of the run */
    int arm_count;
};
/* Reads what the checkpoint is of, and checks that the file is whole. ERROR_INPUT, ERROR_DATA (no
 * checkpoint, damaged, from a newer version). The caller releases it. */
bool checkpoint_read_header(const char *path, struct checkpoint_header *header, struct error *error)
    __attribute__((warn_unused_result));
void checkpoint_header_release(struct checkpoint_header *header);

/* Reads these arms of the checkpoint, each by its name; the file may hold more arms. Everything is
 * checked first: if an arm is missing or its tensors are not exactly those of the table, nothing is
 * touched (ERROR_DATA). After ERROR_IO, a disk that fails in the middle, contents are undefined. */
bool checkpoint_load(const char *path, const struct checkpoint_arm *arms, int count,
                     struct error *error) __attribute__((warn_unused_result));

/* The path of the newest complete checkpoint in the folder: that which `latest` points to, or one
 * of a later step that was completed after the link was made (a save that was killed just before it
 * could move the link). If the link is of no use, the whole one of the highest step. ERROR_INPUT:
 * there is none. */
bool checkpoint_latest(const char *folder, char out[FILE_PATH_SIZE], struct error *error)
    __attribute__((warn_unused_result));

#endif
