/* The SDL2 window. Main thread only; at most one at a time. */
#ifndef MASKSCOPE_UI_WINDOW_WINDOW_H
#define MASKSCOPE_UI_WINDOW_WINDOW_H

#include <stdbool.h>

#include "base/error.h"
#include "ui/key.h"
#include "ui/model.h"

struct window;
/* Null with *error set (no display, no renderer, the display of an earlier window was lost):
 * training goes on without. Sets model->window_open, and window_free clears it. A missing font is
 * not an error: the window says so and falls back. */
struct window *window_new(struct ui_model *model, struct keymap *keymap, struct error *error);
void window_free(struct window *window);
/* Handles all pending events without waiting. Closing the window clears model->want_window; so does
 * the loss of the display, which model->window_problem then tells. */
void window_input(struct window *window);
/* Draws and presents if anything changed; returns whether it is animating and wants 60 Hz. */
bool window_draw(struct window *window);

#endif
