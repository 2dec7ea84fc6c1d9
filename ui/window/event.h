/* From SDL's events to the keys of ui/key.h. */
#ifndef MASKSCOPE_UI_WINDOW_EVENT_H
#define MASKSCOPE_UI_WINDOW_EVENT_H

#include <stdbool.h>

#include <SDL.h>

#include "ui/key.h"

/* The key that an event means; false if none. Characters come from SDL_TEXTINPUT, so that every
 * keyboard layout has its '[' where it has it; the rest from SDL_KEYDOWN. */
bool event_key(const SDL_Event *event, struct key *key);

#endif
