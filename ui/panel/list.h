/* A list with a chosen row that scrolls. */
#ifndef MASKSCOPE_UI_PANEL_LIST_H
#define MASKSCOPE_UI_PANEL_LIST_H

#include <stdbool.h>

#include "ui/action.h"

struct list {
    int count;  /* rows there are */
    int chosen; /* 0 .. count - 1 */
    int top;    /* first row shown */
};

/* Takes over a new number of rows, of which `shown` fit, and keeps the chosen one in sight. */
void list_fit(struct list *list, int count, int shown);
/* Moves the chosen row; false if the action is not about moving. */
bool list_act(struct list *list, enum action action, int shown);

/* Whether `text` holds `filter`, without regard to case; an empty filter is in everything. */
bool list_matches(const char *text, const char *filter);

#endif
