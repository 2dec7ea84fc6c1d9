/* How an event of a run is told in few words, on either face. Pure functions. */
#ifndef MASKSCOPE_UI_EVENT_WORDS_H
#define MASKSCOPE_UI_EVENT_WORDS_H

#include <stdbool.h>

#include "run/snapshot.h"

enum { EVENT_WORDS_SIZE = 320 };
/* "block ratio 0.6", "blr 1e-4", "arm-add grid", "note it begins to see": for an axis, to be cut by
 * who draws it. */
void event_label(char out[EVENT_WORDS_SIZE], const struct snapshot_event *event);
/* "block ratio: 0.75 -> 0.6", with a real arrow: a line of a tip. */
void event_sentence(char out[EVENT_WORDS_SIZE], const struct snapshot_event *event);
/* Whether a curve may turn there, or somebody remarked on it: all but what comes and goes in any
 * run (started, pause, checkpoint ...). */
bool event_is_turn(const struct snapshot_event *event);

#endif
