/* A new run that begins where another was: from one of its checkpoints. */
#ifndef MASKSCOPE_RUN_FORK_H
#define MASKSCOPE_RUN_FORK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/file.h"

enum { FORK_NEWEST = -1 };

/* "RUN@STEP", or "RUN" for its newest checkpoint. ERROR_USAGE. */
bool fork_parse(const char *text, char folder[FILE_PATH_SIZE], int64_t *step, struct error *error);

/* Makes a folder with the run's settings, its record up to the checkpoint of that step and the
 * checkpoint itself, for run_resume to go on with; the run is left as it is, and may be training.
 * `path`: the new folder, null for "RUN-at-STEP"; a suffix is added if it exists. Its timeline is
 * whole, so that the fork can be replayed from the first step on. ERROR_INPUT (no such run or
 * checkpoint: names those there are), ERROR_CREATE, ERROR_DATA, ERROR_IO: nothing is left then. */
bool run_fork(const char *from, int64_t step, const char *path, char made[FILE_PATH_SIZE],
              struct error *error);
/* Removes what run_fork made, where it cannot be gone on with as it was asked for. */
void run_fork_remove(const char *made);

#endif
