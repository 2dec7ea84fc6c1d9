/* Commands: what a person or a script asks of the trainer, carried out between two steps.
 *
 * The queue is bounded; any thread may send, the trainer receives.
 */
#ifndef MASKSCOPE_RUN_COMMAND_H
#define MASKSCOPE_RUN_COMMAND_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

enum command_kind {
    COMMAND_SET, /* name, value: a setting as config_assign takes it (live ones, arms' masks) */
    COMMAND_PAUSE,
    COMMAND_GO_ON,
    COMMAND_STEP,       /* one step, then paused */
    COMMAND_CHECKPOINT, /* now */
    COMMAND_EVALUATE,   /* all arms on the common probe masks, now */
    COMMAND_PROBE,      /* value: downstream tasks, "knn,linear"; "": those of probe.live_tasks */
    COMMAND_NEW_MASKS,  /* new masks for the shown images */
    COMMAND_SHOW,       /* number: the first held-out image to show (wraps around) */
    COMMAND_SHOW_FILE,  /* value: a picture file to show in the first row */
    COMMAND_WAKE,       /* nothing but to look for a question: see run/question.h */
    COMMAND_ARM_ADD, /* name: the new arm's; value: "strategy=...,ratio=..." (YAML flow or short) */
    COMMAND_ARM_REMOVE, /* name */
    COMMAND_NOTE,       /* value: a remark for the timeline */
    COMMAND_STOP,       /* finish the step, checkpoint, close the store, leave */
    COMMAND_ABORT,      /* leave at once, without a checkpoint */
    COMMAND_KINDS
};

enum { COMMAND_NAME_SIZE = 96, COMMAND_VALUE_SIZE = 1024 };

struct command {
    enum command_kind kind;
    int64_t number;
    char name[COMMAND_NAME_SIZE];
    char value[COMMAND_VALUE_SIZE];
};

struct command_queue;
struct command_queue *command_queue_new(struct error *error);
void command_queue_free(struct command_queue *queue);
/* False if the queue is full (the trainer is very busy): nothing was queued. */
bool command_queue_send(struct command_queue *queue, const struct command *command);
/* The oldest command into *command; false if there is none after waiting up to `seconds` (0: do not
 * wait, negative: for ever). */
bool command_queue_receive(struct command_queue *queue, struct command *command, double seconds);

const char *command_kind_name(enum command_kind kind);

#endif
