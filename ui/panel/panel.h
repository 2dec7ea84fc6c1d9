/* The ncurses panel. Main thread only; at most one at a time. */
#ifndef MASKSCOPE_UI_PANEL_PANEL_H
#define MASKSCOPE_UI_PANEL_PANEL_H

#include <stdbool.h>

#include "base/error.h"
#include "ui/key.h"
#include "ui/model.h"

struct panel;
/* Takes over the terminal of stdin and stdout. Null with *error set (no terminal: ERROR_USAGE). A
 * fatal signal restores the terminal first. */
struct panel *panel_new(struct ui_model *model, struct keymap *keymap, bool mouse,
                        struct error *error);
/* Gives the terminal back. */
void panel_free(struct panel *panel);
/* Handles all pending input without waiting (the owner polls stdin). */
void panel_input(struct panel *panel);
/* Carries out an action with its argument ("" for none) as if its key had been pressed: the
 * model's, the view's in front, or the panel's own. */
void panel_perform(struct panel *panel, enum action action, const char *argument);
/* Draws if anything changed since the last call: the snapshot, the model, the size, the clock. */
void panel_draw(struct panel *panel);

#endif
