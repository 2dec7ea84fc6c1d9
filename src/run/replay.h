/* Replaying a run: its settings with its timeline, from the first step on, compared with what is on
 * record. One binary on one machine gives the same bits, whatever was looked at, paused or stopped
 * in between; where it does not, the first number that differs says where the two part.
 */
#ifndef MASKSCOPE_RUN_REPLAY_H
#define MASKSCOPE_RUN_REPLAY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/file.h"
#include "base/log.h"

struct replay_options {
    const char *out;                /* the replay's folder; null: a temporary one */
    const char *const *assignments; /* NAME=VALUE of circumstances: where the images are, threads */
    int assignment_count;
    /* Called now and then with the step reached; false: give up. */
    bool (*progress)(void *context, int64_t step, int64_t steps);
    void *context;
};

struct replay_report {
    int64_t steps;                /* on record */
    int64_t numbers, checkpoints; /* compared */
    bool same;
    /* Where it parts, if it does: "step 120, arm block: loss 0.31 on record, 0.32 now". */
    char parts[320];
    char folder[FILE_PATH_SIZE]; /* of the replay, if it was kept; else "" */
    char warning[320];           /* why bits may differ (other kernels, another version); or "" */
};

/* Replays the run in `folder` up to its last recorded step, or to where it parts. ERROR_INPUT,
 * ERROR_DATA (no record, images that are not those it began with, an assignment that is no
 * circumstance), ERROR_CHECK with the message "interrupted". A temporary folder is kept where the
 * two part. */
bool run_replay(const char *folder, const struct replay_options *options,
                struct replay_report *report, struct log *log, struct error *error);

#endif
