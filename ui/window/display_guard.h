/* Keeps the process alive when the display goes away. Xlib ends the process when its connection
 * breaks, unless it is told not to; a training run must not end because somebody logged out. Other
 * displays report their end as an event. Main thread only.
 */
#ifndef MASKSCOPE_UI_WINDOW_DISPLAY_GUARD_H
#define MASKSCOPE_UI_WINDOW_DISPLAY_GUARD_H

#include <stdbool.h>

#include <SDL.h>

/* From now on a broken connection sets *lost, which must stay where it is as long as SDL's video is
 * up. Nothing happens on other displays than X11. */
void display_guard_set(SDL_Window *window, bool *lost);

#endif
