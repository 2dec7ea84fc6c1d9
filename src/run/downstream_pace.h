/* How far downstream tasks are, in pieces: one model and one seed of a task. What is left is told
 * by what pieces of the same task took, of this asking or, where they were on record, then.
 *
 * One pace may go through several calls of downstream_run (a study's runs). All-zero is empty.
 */
#ifndef MASKSCOPE_RUN_DOWNSTREAM_PACE_H
#define MASKSCOPE_RUN_DOWNSTREAM_PACE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"
#include "run/downstream.h"

struct downstream_pace_task {
    const struct downstream_task *task;
    int64_t pieces, done;
    double seconds; /* that those done took */
};

struct downstream_pace {
    struct downstream_pace_task tasks[DOWNSTREAM_TASK_LIMIT];
    int count;
    const struct downstream_task *task; /* the one at hand; null: none */
    double since;                       /* when the piece at hand began */
    bool trains; /* models are trained between pieces: how long that takes is not known here */
};

/* So many pieces more are to be done. */
void downstream_pace_add(struct downstream_pace *pace, const struct downstream_task *task,
                         int64_t pieces);
/* A piece begins; a piece is done that took those seconds. */
void downstream_pace_begin(struct downstream_pace *pace, const struct downstream_task *task,
                           double now);
void downstream_pace_end(struct downstream_pace *pace, double seconds);

int64_t downstream_pace_pieces(const struct downstream_pace *pace);
int64_t downstream_pace_done(const struct downstream_pace *pace);
/* Seconds that are left. *whole: none of it is of a task that is not known by a piece yet. */
double downstream_pace_left(const struct downstream_pace *pace, double now, bool *whole);
/* Appends ", 3h07m left", or "left of the tasks" where models are trained between; while not all
 * is known ", 12.3s left of it, more than 3h07m in all", of a piece whose share `done` took `spent`
 * seconds; or nothing. */
void downstream_pace_write_left(const struct downstream_pace *pace, double done, double spent,
                                double now, struct text *text);

#endif
