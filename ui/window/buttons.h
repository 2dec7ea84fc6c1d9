/* A row of buttons: what can be clicked in a view, beside the keys. Main thread only. */
#ifndef MASKSCOPE_UI_WINDOW_BUTTONS_H
#define MASKSCOPE_UI_WINDOW_BUTTONS_H

#include "ui/window/view.h"

struct button {
    const char *label; /* null: it is left out */
    const char *tip;   /* what it does, for the mouse that rests on it */
    bool on;           /* it is what is chosen */
    SDL_FRect place;   /* set by buttons_lay_out */
};

enum { BUTTON_HEIGHT = 22 };

/* From left to right, in as many rows as needed, within the width; returns their height. */
float buttons_lay_out(struct canvas *canvas, SDL_FRect area, struct button *buttons, int count);
void buttons_draw(const struct view_frame *frame, const struct button *buttons, int count);
/* The one under the mouse, or -1. */
int buttons_at(const struct view_frame *frame, const struct button *buttons, int count);

#endif
