/* A fine-tuning under way on the disk, in the folder of features, so that it can be interrupted:
 * one file for each model, data, settings and seed, which is removed when its outcome is there.
 */
#ifndef MASKSCOPE_RUN_FINETUNE_FILE_H
#define MASKSCOPE_RUN_FINETUNE_FILE_H

#include "base/file.h"
#include "probe/finetune.h"
#include "run/downstream_private.h"

struct finetune_file {
    char path[FILE_PATH_SIZE], folder[FILE_PATH_SIZE];
    double saved_at; /* downstream_now() */
    struct log *log;
    struct finetune_keeper keeper;
};

/* The keeper of the task at hand, which lives in *file; null where nothing is kept on the disk, or
 * with *error set. It writes when interrupted, and after an epoch if the last time was minutes ago.
 */
const struct finetune_keeper *finetune_file_open(struct finetune_file *file,
                                                 const struct downstream *downstream, int64_t seed,
                                                 struct error *error);
void finetune_file_remove(const struct finetune_file *file);

#endif
