/* A list of named choices, filtered, with help beside each: what the menus share. */
#ifndef MASKSCOPE_UI_PANEL_MENU_H
#define MASKSCOPE_UI_PANEL_MENU_H

#include "ui/panel/view.h"

enum { MENU_CHOICES = 64 };

/* First in the state of every menu. */
struct menu_state {
    char filter[FILTER_SIZE];
    struct list list;
    int matching[MENU_CHOICES];
    int first_row, rows; /* of the list on the screen, relative to the view */
};

struct menu_choices {
    size_t count;
    const char *(*name)(size_t index);
    const char *(*help)(size_t index);
};

/* Brings the list up to date with the filter, which may have changed since it was drawn: before
 * anything is taken from it. Returns the index of the chosen choice, or -1. */
int menu_select(struct menu_state *menu, const struct menu_choices *choices);
/* Rows for the list when `extra` more are wanted below it and there are `inside` in all. */
int menu_height(int inside, size_t count, int extra);
/* Draws `rows` rows of the list; returns the index of the chosen choice, or -1. */
int menu_draw(struct menu_state *menu, const struct frame *frame, const struct area *area, int rows,
              const struct menu_choices *choices);
/* The chosen arm's mask as it will be. */
const struct mask_choice *menu_chosen_mask(const struct frame *frame);

/* Callbacks of a view. */
void menu_click(void *state, const struct frame *frame, int row, int column, bool twice);
char *menu_filter(void *state);

#endif
