/* The line at the bottom: commands (":") and filters ("/"), with editing, history and completion.
 */
#ifndef MASKSCOPE_UI_PANEL_PROMPT_H
#define MASKSCOPE_UI_PANEL_PROMPT_H

#include <stdbool.h>
#include <stddef.h>

#include "ui/key.h"
#include "ui/model.h"
#include "ui/panel/completion.h"
#include "ui/panel/history.h"
#include "ui/panel/screen.h"

enum { PROMPT_SIZE = HISTORY_LINE_SIZE };

struct prompt {
    const struct themes *themes; /* to offer; set by the owner, may be null */
    bool open;
    char lead; /* ':' or '/' */
    char line[PROMPT_SIZE];
    size_t cursor;           /* byte, at a character's start */
    int recalled;            /* line of the history on show, history.count: none */
    char draft[PROMPT_SIZE]; /* what was typed before going through the history */
    int offered;             /* completion word in the line, -1: none */
    struct completion completion;
    struct history history;
};

enum prompt_result { PROMPT_EDITING, PROMPT_DONE, PROMPT_CANCELLED };

void prompt_open(struct prompt *prompt, char lead, const char *text);
/* Takes a key. DONE: prompt->line holds what was typed and it is closed. */
enum prompt_result prompt_key(struct prompt *prompt, struct key key, const struct ui_model *model);
/* Inserts a character at the cursor, whatever its key does otherwise; false if there is no room. */
bool prompt_insert(struct prompt *prompt, struct key key);
/* Draws it on the last row of the area and the offers of a completion on the one above, and puts
 * the cursor there. */
void prompt_draw(const struct prompt *prompt, const struct screen *screen, const struct area *area);

#endif
