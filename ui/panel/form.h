/* A form: the parameters of what is being chosen, a row each, with what the chosen one means. Drawn
 * inside a menu, which draws below it what comes of them. */
#ifndef MASKSCOPE_UI_PANEL_FORM_H
#define MASKSCOPE_UI_PANEL_FORM_H

#include "ui/panel/form_fields.h"
#include "ui/panel/view.h"

struct form_state {
    bool open;
    struct list fields;
    int first_row; /* of the list on the screen, relative to the view */
};

#define FORM_HINTS                                                                                 \
    "down+up=move;left+right=change;ratio-down-10+ratio-up-10=by 10;enter=take it;command=type "   \
    "it;close"

/* Draws the rows at the top of the area, and returns how many it took; `below` more are wanted by
 * the menu. */
int form_draw(struct form_state *state, const struct form_of *form, const struct frame *frame,
              const struct area *area, int below);
/* Moves among the fields and changes them; false if the action is not about that. */
bool form_act(struct form_state *state, const struct form_of *form, const struct frame *frame,
              enum action action);
void form_click(struct form_state *state, int row);

#endif
