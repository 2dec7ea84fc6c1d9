/* What both faces share: what is chosen, what is open, what was just said, and how actions are
 * carried out. The panel and the window draw from the same snapshot and this. Main thread only.
 */
#ifndef MASKSCOPE_UI_MODEL_H
#define MASKSCOPE_UI_MODEL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/log.h"
#include "run/command.h"
#include "run/question.h"
#include "run/snapshot.h"
#include "ui/action.h"

enum { UI_SENT_LIMIT = 16 };

/* A setting on its way to the trainer: sent, but in no snapshot yet. */
struct ui_sent {
    char name[COMMAND_NAME_SIZE], value[COMMAND_VALUE_SIZE];
    double until; /* ui_now() clock: then it is given up */
};

struct ui_model {
    /* Set by the owner. */
    struct log *log;
    bool (*send)(void *context,
                 const struct command *command); /* to the trainer; false: queue full */
    /* Asks the trainer about a shown image; null: nobody answers. */
    void (*ask)(void *context, const struct question *question);
    void *send_context; /* of both */

    /* This frame's data; never null once the loop runs. */
    const struct snapshot *snapshot;
    const struct answer *answer; /* the newest; null, or its number 0: none yet */
    uint64_t questions;          /* the number of the last one asked, by whomever */

    /* The configuration as it will be when the trainer has taken all that was sent: what the next
     * key press starts from, so that presses add up while a step is still running. */
    struct config config;
    int sent_count;
    struct ui_sent sent[UI_SENT_LIMIT];
    int pause_sent;    /* 1: to pause, 0: to go on, -1: neither, or answered */
    int64_t show_sent; /* first image asked for, -1: none, or answered */

    /* What is chosen; both faces follow. */
    int arm;   /* index into snapshot->arms */
    int image; /* row of the gallery */
    bool log_scale;
    int64_t goto_step;   /* the step last asked for with :goto-step ... */
    uint64_t goto_count; /* ... and how often one was asked for */

    /* The status line: the newest thing worth saying, for a few seconds. */
    char status[256];
    enum log_level status_level;
    double status_until; /* ui_now() clock */

    /* Wishes for the owner of the loop and the faces; each is reset by whoever grants it. */
    bool want_quit;                  /* leave: the owner stops the run with a checkpoint */
    bool want_window;                /* whether the window should be open */
    bool window_open;                /* whether it is */
    char window_problem[160];        /* why it could not be opened, or "" */
    char screenshot[FILE_PATH_SIZE]; /* the window saves itself there, then clears it */
    char figure[FILE_PATH_SIZE]; /* the window saves its view there as a figure, then clears it */
    double figure_width;         /* mm */
    char save_screen[FILE_PATH_SIZE]; /* the panel likewise */
    bool has_panel;                   /* there is one, for what only it can do ... */
    enum action for_panel;            /* ... as this, asked for in the window; ACTION_NONE */
};

void ui_model_init(struct ui_model *model, struct log *log);
/* Takes over a new snapshot and keeps what is chosen within its bounds. */
void ui_model_take(struct ui_model *model, const struct snapshot *snapshot);
/* Says something in the status line (and in the log if it is a warning or worse). */
void ui_say(struct ui_model *model, enum log_level level, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* Monotonic seconds. */
double ui_now(void);
const struct snapshot_arm *ui_chosen_arm(const struct ui_model *model);

/* Carries out an action with its argument text ("" for none): either a change of the model or a
 * command to the trainer. Actions that only a face can carry out (moving, opening a menu, help)
 * return false and are the face's to handle. Wrong arguments are said in the status line. */
bool ui_perform(struct ui_model *model, enum action action, const char *argument);
enum { UI_LINE_SIZE = 1024 };
/* Takes a : line apart: the action (ACTION_NONE for an empty line) and its argument without blanks
 * around it. False: no such command, an argument where there is none, or too long, which is said.
 */
bool ui_command_parse(struct ui_model *model, const char *line, enum action *action,
                      char argument[UI_LINE_SIZE]);
/* One : line, as typed or from a script: "ratio 0.6 block". True: carried out, or refused with the
 * reason in the status line. False: *action, with *argument (which points into line), is the face's
 * to carry out, or it is ACTION_NONE: no such command, which was said. */
bool ui_command_line(struct ui_model *model, const char *line, enum action *action,
                     const char **argument);

#endif
