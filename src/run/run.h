/* A live run: its folder, its trainer thread, and what other threads may ask of it.
 *
 * The thread that starts a run owns it. The trainer thread inside owns models, optimisers, sources
 * and the store; others reach it only through commands and snapshots.
 */
#ifndef MASKSCOPE_RUN_RUN_H
#define MASKSCOPE_RUN_RUN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/log.h"
#include "run/command.h"
#include "run/config.h"
#include "run/question.h"
#include "run/snapshot.h"

struct run;

/* A command to be carried out before the step of that number begins (steps count from 0). */
struct scheduled_command {
    int64_t step;
    struct command command;
    bool recorded; /* it is on the timeline already: carry it out without recording it again */
    bool after_evaluation; /* the arms are evaluated first, if they are not yet at this step */
    bool binding; /* refused, it ends the run with ERROR_DATA: what followed would be another run */
};

struct run_options {
    const char *folder; /* the run's folder; null: made below config.run.folder with a name of date,
                           model and arms. A suffix is added if it exists already. */
    bool pictures;      /* keep a gallery for a display */
    bool stay;          /* where a headless run would end (done, diverged), wait for commands */
    const struct scheduled_command *script; /* sorted by step; copied */
    int script_count;
};

/* Makes the folder, opens sources and store, and starts the trainer thread. log may be null. Null
 * with *error set; nothing is left behind then. */
struct run *run_start(const struct config *config, const struct run_options *options,
                      struct log *log, struct error *error);
/* Goes on with the run in `folder` from its newest complete checkpoint; changes recorded after it
 * are carried out again at their steps. `assignments` (NAME=VALUE, count of them) may change what
 * may change while training, which is put on record as such a change is, and where things are and
 * with how many threads they are done. ERROR_DATA: anything else, or the images are not those it
 * began with. */
struct run *run_resume(const char *folder, const struct run_options *options,
                       const char *const *assignments, int assignment_count, struct log *log,
                       struct error *error);

/* Whether the setting says where things are or with how many threads they are done, and so touches
 * no number. */
bool run_is_circumstance(const char *name);

/* Undoes run_options.stay: the run ends by itself where a headless one would. Any thread. */
void run_end_when_done(struct run *run);
/* False: the queue is full. Any thread. */
bool run_send(struct run *run, const struct command *command);
/* The newest snapshot, valid until the next call. One reader thread. */
const struct snapshot *run_snapshot(struct run *run);
/* By the thread that reads snapshots: asks about a shown image; and the newest answer, valid until
 * the next call (number 0: none yet). Null from a run without pictures, which answers nothing. */
void run_ask(struct run *run, const struct question *question);
const struct answer *run_answer(struct run *run);
/* Whether the trainer thread has ended; its last snapshot is final. Any thread. */
bool run_ended(const struct run *run);
const char *run_folder(const struct run *run);
/* Waits for the trainer thread to end (send COMMAND_STOP first to make it). True if it ended well;
 * else *error says why (ERROR_DIVERGED, ERROR_IO ...). */
bool run_join(struct run *run, struct error *error);
/* Joins if need be. */
void run_free(struct run *run);

#endif
