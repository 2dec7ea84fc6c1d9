/* Scripts: lines "at STEP : command", as --script takes them.
 *
 * What steers the training is handed to the trainer ahead of time, so that it happens before
 * exactly that step; what belongs to a screen (save-screen, view ...) is done when the step shows.
 */
#ifndef MASKSCOPE_CLI_SCRIPT_H
#define MASKSCOPE_CLI_SCRIPT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/memory.h"
#include "run/run.h"

struct script_line {
    int64_t step;
    const char *command; /* as on the : line */
};

/* All-zero is an empty script. */
struct script {
    struct arena arena;
    struct scheduled_command *scheduled; /* by step */
    int scheduled_count;
    struct script_line *deferred; /* for the screens, by step */
    int deferred_count, deferred_next;
};

/* Reads and checks the whole script against the configuration, as the lines before leave it.
 * ERROR_DATA names file and line. */
bool script_read(struct script *script, const char *path, const struct config *config,
                 struct error *error);
void script_release(struct script *script);
/* The next line for the screens that is due at this step, or null. */
const char *script_due(struct script *script, int64_t step);

#endif
