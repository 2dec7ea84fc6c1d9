/* The rows around a view: title, tabs, status, hints. */
#ifndef MASKSCOPE_UI_PANEL_BARS_H
#define MASKSCOPE_UI_PANEL_BARS_H

#include "ui/panel/view.h"

/* The run's name, state, step and speed: the less room, the fewer of them. */
void bars_title(const struct frame *frame);
/* The views' names, the open one marked. Returns through columns[] where each begins. */
void bars_tabs(const struct frame *frame, const struct view *const *views, size_t count,
               size_t open, int *columns);
/* What was said last, or what the run says of itself. */
void bars_status(const struct frame *frame);
/* The keys of the actions in a view's hints, as many as fit. */
void bars_hints(const struct frame *frame, const char *hints);

#endif
