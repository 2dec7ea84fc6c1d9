/* Waiting for a run without a screen: progress on stderr, a summary on stdout at the end. */
#ifndef MASKSCOPE_CLI_HEADLESS_H
#define MASKSCOPE_CLI_HEADLESS_H

#include "cli/cli.h"
#include "run/run.h"

/* Returns when the run has ended. The first signal asks it to stop with a checkpoint, the second
 * ends it at once. On a terminal one progress line, elsewhere a line every few seconds. With
 * --quiet warnings alone, and no summary, which is left out too where stdout is for something else.
 * Warnings of the log after cli->log_shown are shown. Frees the run. */
bool headless_wait(struct cli *cli, struct run *run, bool summary, struct error *error);

#endif
