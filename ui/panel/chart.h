/* A chart on the screen: curves over steps, with axes. */
#ifndef MASKSCOPE_UI_PANEL_CHART_H
#define MASKSCOPE_UI_PANEL_CHART_H

#include <stdbool.h>

#include "run/snapshot.h"
#include "ui/event_words.h"
#include "ui/panel/screen.h"

struct chart_series {
    const struct curve *curve;
    const char *name; /* null: not in the legend */
    int series;       /* its colour and mark */
};

struct chart {
    const char *title;
    const struct chart_series *series;
    int count;
    bool logarithmic;
    bool whole;  /* all values fit; else the axis leaves out single ones far off, and says so */
    bool chosen; /* the title says that this is the chosen pane */
    bool smooth; /* a smooth curve in colour over the values themselves, dimmed */
    const int64_t *mark;                 /* a step that a line marks; null: none */
    const struct snapshot_event *events; /* marked on the axis, with labels where there is room */
    int event_count;
    const char *empty; /* what is said while there is nothing to draw */
};

void chart_draw(const struct screen *screen, const struct area *area, const struct chart *chart);
/* What the events are that are marked at a column of the area, or beside it, in a line; false if
 * there are none. */
bool chart_tell(const struct area *area, const struct chart *chart, int column,
                char out[EVENT_WORDS_SIZE]);
/* The colour of series number i. */
enum role chart_role(int series);

#endif
