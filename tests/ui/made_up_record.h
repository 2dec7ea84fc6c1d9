/* The record of a run that never was, for views that draw from run.db. */
#ifndef MASKSCOPE_TESTS_UI_MADE_UP_RECORD_H
#define MASKSCOPE_TESTS_UI_MADE_UP_RECORD_H

#include "run/snapshot.h"

/* Makes a folder for the snapshot's run below a new one in TMPDIR, with a run.db of its arms, two
 * baselines, evaluations and events, and makes it the snapshot's. */
bool made_up_record_new(struct snapshot *snapshot, struct error *error);
/* One more event. */
bool made_up_record_note(struct snapshot *snapshot, const char *text, struct error *error);
/* Removes the folder. */
void made_up_record_remove(const struct snapshot *snapshot);

#endif
