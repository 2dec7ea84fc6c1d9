/* The window's help: every action with its keys, over the view. Main thread only. */
#ifndef MASKSCOPE_UI_WINDOW_HELP_H
#define MASKSCOPE_UI_WINDOW_HELP_H

#include "ui/key.h"
#include "ui/window/canvas.h"

/* Draws from line *first on, which is held to where scrolling makes sense. */
void help_draw(struct canvas *canvas, const struct keymap *keymap, SDL_FRect area, int *first);

#endif
