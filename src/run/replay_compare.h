/* Comparing two records, and the checkpoints of two runs, bit for bit. Used by replay.c alone.
 *
 *   replay_compare.c      records
 *   replay_checkpoints.c  checkpoints
 *   replay_rows.c         the rows of an evaluation in a form that can be compared
 */
#ifndef MASKSCOPE_RUN_REPLAY_COMPARE_H
#define MASKSCOPE_RUN_REPLAY_COMPARE_H

#include "run/replay.h"
#include "run/store.h"

/* Compares the metrics and evaluations of steps from `from` to `until`, whatever either side has;
 * counts the numbers, and puts the earliest difference into *report. */
bool replay_compare(struct store *recorded, struct store *replayed, int64_t from, int64_t until,
                    struct replay_report *report, struct error *error);
/* The weights and moments of each checkpoint that is left of the recorded run. */
bool replay_compare_checkpoints(const char *recorded, const char *replayed,
                                struct replay_report *report, struct error *error);

#endif
