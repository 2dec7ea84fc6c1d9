/* Events of the timeline as the commands that carry them out again: for a replay, and for a run
 * that goes on from a checkpoint older than they are. */
#ifndef MASKSCOPE_RUN_SCHEDULE_H
#define MASKSCOPE_RUN_SCHEDULE_H

#include <stdbool.h>

#include "base/error.h"
#include "run/run.h"
#include "run/store.h"

/* The note of an arm's coming or going that was asked for when the arms had been evaluated at that
 * step already (while paused, say): the timeline knows the step, and this which came first. */
#define EVENT_AFTER_EVALUATION "after the evaluation"

/* Whether the event is a change of settings or arms. */
bool event_is_change(const struct store_event *event);
/* *is_command: the event is a change, or an evaluation at a step that had one (of arms that came
 * since: other evaluations are found by their rows), and *scheduled its command, binding.
 * ERROR_DATA: it is, and too long to be carried out again. */
bool scheduled_of_event(struct scheduled_command *scheduled, const struct store_event *event,
                        bool *is_command, struct error *error) __attribute__((warn_unused_result));

#endif
