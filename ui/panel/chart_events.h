/* Events on a chart's axis of steps. */
#ifndef MASKSCOPE_UI_PANEL_CHART_EVENTS_H
#define MASKSCOPE_UI_PANEL_CHART_EVENTS_H

#include "run/snapshot.h"
#include "ui/event_words.h"
#include "ui/panel/screen.h"
#include "ui/range.h"

/* Rows of `axis`: the axis's line, on which each turn of the run is marked; the steps; and, where
 * it has a third, what the events are, the newest where they are in each other's way. */
void chart_events_draw(const struct screen *screen, const struct area *axis,
                       const struct range *steps, const struct snapshot_event *events, int count);
/* Whether any would be marked. */
bool chart_events_any(const struct range *steps, const struct snapshot_event *events, int count);
/* What the events at a column of `width` or beside it are, "step 2,400: block ratio 0.5; ...";
 * false if there are none. */
bool chart_events_tell(const struct range *steps, int width, const struct snapshot_event *events,
                       int count, int column, char out[EVENT_WORDS_SIZE]);

#endif
