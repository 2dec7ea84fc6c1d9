/* Text that is pasted in brackets (terminals do so when asked): never keys, but text for the line
 * that is open, and nothing otherwise.
 */
#ifndef MASKSCOPE_UI_PANEL_PASTE_H
#define MASKSCOPE_UI_PANEL_PASTE_H

#include <stdbool.h>

#include "ui/key.h"
#include "ui/model.h"
#include "ui/panel/prompt.h"

struct paste {
    bool open;
    bool wanted; /* there was a line to take it */
    bool full;   /* which has no room for all of it */
    bool gap;    /* an end of a line: a blank if more text follows */
    int ignored; /* characters */
};

void paste_begin(struct paste *paste, const struct prompt *prompt);
/* A key between the brackets; the line is not carried out, whatever comes. Escape, which no
 * terminal lets through, ends a paste whose end was lost. */
void paste_key(struct paste *paste, struct key key, struct prompt *prompt);
/* Says what was not taken. */
void paste_end(struct paste *paste, struct ui_model *model);

#endif
