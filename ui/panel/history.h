/* Lines typed before, kept in $XDG_STATE_HOME/maskscope/history. */
#ifndef MASKSCOPE_UI_PANEL_HISTORY_H
#define MASKSCOPE_UI_PANEL_HISTORY_H

#include <stdbool.h>

#include "base/error.h"

enum { HISTORY_LINES = 500, HISTORY_LINE_SIZE = 512 };

struct history {
    int count;
    bool changed;
    char lines[HISTORY_LINES][HISTORY_LINE_SIZE]; /* oldest first */
};

/* What can be read of the file; none is fine. */
void history_load(struct history *history);
/* Writes the file if anything was added; ERROR_CREATE, ERROR_IO. */
bool history_save(struct history *history, struct error *error);
/* Adds a line as the newest; an older equal one goes. */
void history_add(struct history *history, const char *line);
/* The nearest line before (direction -1) or after (+1) `from` that begins with `beginning`, or -1.
 */
int history_find(const struct history *history, int from, int direction, const char *beginning);

#endif
