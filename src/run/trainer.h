/* The trainer: what the background thread owns and does. Private to src/run; others use run.h.
 *
 *   trainer.c          the loop, the plan, what is published
 *   trainer_open.c     opening and closing
 *   trainer_step.c     one step of all arms
 *   trainer_command.c  commands between two steps
 *   trainer_arms.c     those that add an arm or take one away
 *   trainer_event.c    events: what is put on record of them
 *   trainer_record.c   run.db and checkpoints
 *   trainer_answer.c   answers to displays, and pictures kept for them
 *   trainer_evaluate.c evaluations on the common probe masks
 *   trainer_probe.c    downstream tasks between steps
 *   trainer_task.c     what these gave, for displays
 *   trainer_resume.c   what a resumed run takes over from its record
 *
 * Everything here belongs to the trainer thread, from trainer_run to its return; before and after,
 * to the thread that started the run.
 */
#ifndef MASKSCOPE_RUN_TRAINER_H
#define MASKSCOPE_RUN_TRAINER_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/log.h"
#include "run/arm.h"
#include "run/command.h"
#include "run/config.h"
#include "run/evaluate.h"
#include "run/folder.h"
#include "run/gallery.h"
#include "run/history.h"
#include "run/responder.h"
#include "run/run.h"
#include "run/snapshot.h"
#include "run/store.h"

/* Where the time goes. Monotonic seconds; those of this sitting unless it says otherwise. */
struct trainer_clock {
    double flushed_at, published_at, checkpoint_at, gallery_due;
    double checkpoint_again; /* when one that was put off is tried again; 0: none was */
    double elapsed_before;   /* of earlier sittings, pauses left out */
    double step_seconds;     /* in steps */
    double gallery_seconds;  /* making pictures while training */
    double probe_seconds;    /* in downstream tasks, */
    double beside_seconds;   /* and what of it while training went on */
    double other_seconds;    /* evaluations and checkpoints */
    int64_t steps;
    double step_mean;                       /* of the last twenty steps or so */
    double rate_at, rate_from, rate_images; /* the window over which images/s is taken */
    bool rate_known;                        /* a whole window has passed */
};

/* Downstream tasks between steps. */
struct trainer_probe {
    bool wanted, running;
    bool scheduled;                 /* the one at hand: nobody asked for it by hand */
    char tasks[COMMAND_VALUE_SIZE]; /* asked for; "": those of the settings */
    int64_t step;                   /* of the newest; -1: none */
    /* The images are not what the settings' tasks take: they are not tried again by schedule before
     * a setting of them changes. */
    bool refused;
    struct source *train, *held_out; /* their own, opened for the first; owned */
    double resumed_at;               /* when the piece of work at hand began */
    double spent, steps_from;        /* on the present one; steps' seconds when it began */
};

struct trainer {
    /* Shared with other threads. */
    struct command_queue *queue;
    struct snapshot_channel *channel;
    struct question_channel *questions;
    atomic_bool hurry; /* a stop is in the queue: long work gives up */

    struct config config; /* as it stands now */
    struct mae_shape shape;
    struct run_folder folder;
    struct log *log;
    bool pictures;    /* keep a gallery */
    atomic_bool stay; /* pause where a headless run would end, until told to stop */
    struct scheduled_command
        *schedule; /* by step; from a script or the events to carry out again */
    int schedule_count, schedule_next;
    size_t schedule_capacity;

    struct source *train, *held_out;
    struct loader *loader;
    struct store *store;
    int store_arm[ARM_LIMIT], store_baseline[BASELINES];
    struct arm arms[ARM_LIMIT];
    int arm_count;
    struct arm_workspace workspace;
    struct gallery_maker gallery;
    struct responder responder;
    struct trainer_probe probe;
    struct history history;
    struct mask_watch watches[ARM_LIMIT]; /* all-zero without pictures */

    struct snapshot *live; /* the truth that is published; owned */
    /* Steps done: batches seen. One that was refused because a loss was not finite counts too, so
     * that the next batch is another. */
    int64_t step, total_steps, epoch_steps;
    int64_t evaluated_step, checkpoint_step; /* the newest; -1: none */
    bool all_evaluated;                      /* then, and no arm was added since */
    int64_t step_once_at;                    /* pause again after this step; -1: no */
    const struct scheduled_command
        *due; /* the one being carried out; null: a queued one, or none */
    bool gallery_wanted, evaluation_wanted, checkpoint_wanted;
    bool baselines_recorded;
    bool record_changed; /* by an event or an evaluation that is not committed yet */
    bool few_told;       /* that fewer images are held out than eval.images asks for */
    bool leaving, aborted;
    struct error failure; /* code ERROR_NONE: all is well */

    struct trainer_clock clock;
};

/* The smoothed loss is an exponential mean over about this many steps. */
enum { SMOOTHING_STEPS = 50 };

double trainer_now(void);

/* trainer_open.c */
/* In this order, on a zeroed trainer whose config, shape, log, step and options are set:
 * trainer_open_inputs opens sources, models and loader (all that bad data or settings can break,
 * before a folder is made); trainer_load where a run is resumed; trainer_init opens the record in
 * trainer->folder and what other threads share. trainer_release undoes any part of them. */
bool trainer_open_inputs(struct trainer *trainer, struct error *error);
bool trainer_init(struct trainer *trainer, bool resume, struct error *error);
void trainer_release(struct trainer *trainer);

/* trainer.c */
/* Trains until done, stopped or failed (trainer->failure). */
void trainer_run(struct trainer *trainer);
void trainer_publish(struct trainer *trainer);
void trainer_set_state(struct trainer *trainer, enum run_state state, const char *message);
/* State and message as they stand, for work that puts them back when it is done. */
struct trainer_display {
    enum run_state state;
    char message[SNAPSHOT_MESSAGE_SIZE];
};
struct trainer_display trainer_display(const struct trainer *trainer);
/* Total steps and the schedule's other lengths, after a change of the configuration. */
void trainer_plan(struct trainer *trainer);
double trainer_progress(const struct trainer *trainer);
/* Seconds over all sittings, pauses left out. */
double trainer_elapsed(const struct trainer *trainer);
/* Of the step that comes next. */
double trainer_learning_rate(const struct trainer *trainer);

/* What is due between two steps, commands first; false: training ends. */
bool trainer_tend(struct trainer *trainer);
/* A step, and the pause after it if that was asked for. */
void trainer_advance(struct trainer *trainer);

/* trainer_step.c */
/* Trains all arms on the next batch. */
void trainer_step(struct trainer *trainer);

/* trainer_command.c */
/* Makes the arms' masks in config mean the same when they are read again: see mask_choice_resolve.
 */
bool trainer_resolve_masks(const struct trainer *trainer, struct config *config,
                           struct error *error);
/* Whether a change that is on record of this run already is carried out again. */
bool trainer_repeats(const struct trainer *trainer);
/* Commands scheduled for this step, then those in the queue. */
void trainer_obey(struct trainer *trainer);
void trainer_carry_out(struct trainer *trainer, const struct command *command);

/* trainer_arms.c */
void trainer_add_arm(struct trainer *trainer, const struct command *command);
void trainer_remove_arm(struct trainer *trainer, const struct command *command);
/* As it is before the arm's first step: nothing is known. */
void trainer_clear_arm_display(struct snapshot_arm *arm);

/* trainer_event.c */
/* Puts what happened on record: store, snapshot, log. Texts may be null. */
void trainer_event(struct trainer *trainer, const char *kind, const char *arm, const char *name,
                   const char *old_value, const char *new_value);
/* The same of an arm that came with these masks, or went (null); the note says whether the arms had
 * been evaluated at this step before. */
void trainer_arm_event(struct trainer *trainer, const char *kind, const char *arm,
                       const char *masks);
/* The same of what somebody remarked. */
void trainer_note(struct trainer *trainer, const char *text);
/* Puts an event of the record on display. */
void trainer_show_event(struct trainer *trainer, const struct store_event *event, const char *arm);
/* The command changed nothing: says why. If it is one that was carried out once, training ends
 * (trainer->failure): what followed would not be the run that is on record. */
void trainer_refuse(struct trainer *trainer, const struct command *command,
                    const struct error *error);
/* Sets *error (ERROR_DATA) to say that a change on record is no longer possible, and why. Returns
 * false. */
bool trainer_cannot_repeat(const struct scheduled_command *due, const struct error *reason,
                           struct error *error);
/* Reads the masks that the scheduled changes of a record will want, before the first step, and
 * keeps them. ERROR_DATA: the first change that would be refused for its masks. */
bool trainer_rehearse(struct trainer *trainer, struct error *error);
/* Whether what an event would say fits a command, to be carried out again; written whole it may be
 * longer than what was asked for. ERROR_DATA. */
bool trainer_fits_command(const struct text *value, struct error *error);

/* trainer_record.c */
/* Loads weights and moments from a checkpoint of trainer->step. */
bool trainer_load(struct trainer *trainer, const char *checkpoint, struct error *error);
/* Opens run.db. On resume what lies after the checkpoint's step is forgotten, but for the changes
 * made then: they are scheduled to be carried out again. */
bool trainer_open_record(struct trainer *trainer, bool resume, struct error *error);
void trainer_record_step(struct trainer *trainer, int arm, const struct arm_step *result);
/* Commits what was recorded; on failure training cannot go on (trainer->failure). */
void trainer_flush(struct trainer *trainer);
void trainer_checkpoint(struct trainer *trainer);
/* Training cannot go on: the first failure is kept as the cause. */
void trainer_fail(struct trainer *trainer, const struct error *error);

/* trainer_answer.c */
/* Answers the newest question, if there is one. Also called within a step, between two blocks. */
void trainer_answer(struct trainer *trainer);
bool trainer_open_history(struct trainer *trainer, struct error *error);
/* Keeps pictures of this step if it is one of those. */
void trainer_keep_history(struct trainer *trainer);

/* trainer_evaluate.c */
/* Evaluates all arms on the common probe masks, records and summarises. */
void trainer_evaluate(struct trainer *trainer);
/* Whether all arms there are were evaluated at this step. */
bool trainer_has_evaluated(const struct trainer *trainer);
/* Measures what needs no model, so that there is something to beat from the start. */
void trainer_measure_baselines(struct trainer *trainer);

/* trainer_probe.c */
void trainer_ask_probe(struct trainer *trainer, const struct command *command);
bool trainer_probe_is_due(const struct trainer *trainer);
/* Asks all arms as they are now. Training goes on meanwhile, so that the probe takes at most its
 * share of the time: steps follow each piece of its work until they make up for it, unless the
 * training ends first. */
void trainer_probe(struct trainer *trainer);
void trainer_close_probe(struct trainer *trainer);

/* trainer_task.c */
/* Shows what the task gave on record, as it was asked last ("": the newest task, if any). What was
 * asked before a resume counts in the schedule of probes. */
bool trainer_show_task(struct trainer *trainer, const char *task, struct error *error);

/* trainer_resume.c */
/* Appends to the schedule, before the training begins. */
bool trainer_schedule(struct trainer *trainer, const struct scheduled_command *scheduled,
                      struct error *error);
/* Puts the schedule in order: by step, and of one step what is on record already comes first. */
void trainer_sort_schedule(struct trainer *trainer);
/* Schedules the changes recorded at and after trainer->step, to be carried out again. */
bool trainer_schedule_recorded(struct trainer *trainer, struct error *error);
/* Fills curves and events on display from the record. */
bool trainer_restore_display(struct trainer *trainer, struct error *error);

#endif
