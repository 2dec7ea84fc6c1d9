/* Progress of downstream tasks on a terminal's last line, and the log beside it. */
#ifndef MASKSCOPE_CLI_TASK_PROGRESS_H
#define MASKSCOPE_CLI_TASK_PROGRESS_H

#include "cli/cli.h"
#include "run/downstream_pace.h"

enum { TASK_WHAT_SIZE = 96 };

/* The estimate is of all that is left where the pace knows enough, else of what is at hand.
 * All-zero but for cli and pace at first. */
struct task_progress {
    const struct cli *cli;
    struct downstream_pace pace;
    char what[TASK_WHAT_SIZE];
    double since, shown;
    bool line; /* something is on the terminal's last line */
};
/* A downstream_progress, whose context is a struct task_progress: false after a signal. */
bool task_progress_show(void *context, const char *what, double done);
/* Clears the line. */
void task_progress_end(struct task_progress *progress);

/* A log sink, whose context is the struct cli. */
struct log_line;
void log_to_stderr(void *context, const struct log_line *line);

#endif
