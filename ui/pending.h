/* What was sent to the trainer and is not in a snapshot yet. */
#ifndef MASKSCOPE_UI_PENDING_H
#define MASKSCOPE_UI_PENDING_H

#include <stdbool.h>

#include "ui/model.h"

/* Sends a command; when the queue is full that is said and false returned. */
bool pending_send(struct ui_model *model, const struct command *command);
/* Checks NAME=VALUE against the configuration as it will be, sends it and remembers it. What is
 * wrong is said in the status line. */
bool pending_set(struct ui_model *model, const char *name, const char *value);
/* After a new snapshot: forgets what it shows, and applies the rest to its configuration. */
void pending_settle(struct ui_model *model);

#endif
