/* The arms' numbers in the Training view, a row each. */
#ifndef MASKSCOPE_UI_PANEL_TRAINING_ARMS_H
#define MASKSCOPE_UI_PANEL_TRAINING_ARMS_H

#include "ui/panel/view.h"

/* Headings and, from *first on, as many arms as there are rows for, the chosen one among them;
 * returns how many. */
int training_arms_draw(const struct frame *frame, int row, int rows, int *first);

#endif
