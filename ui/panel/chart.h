/* A chart on the screen: curves over steps, with axes. */
#ifndef MASKSCOPE_UI_PANEL_CHART_H
#define MASKSCOPE_UI_PANEL_CHART_H

#include <stdbool.h>

#include "run/snapshot.h"
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
    bool chosen;         /* the title says that this is the chosen pane */
    bool smooth;         /* a smooth curve in colour over the values themselves, dimmed */
    const int64_t *mark; /* a step that a line marks; null: none */
    const char *empty;   /* what is said while there is nothing to draw */
};

void chart_draw(const struct screen *screen, const struct area *area, const struct chart *chart);
/* The colour of series number i. */
enum role chart_role(int series);

#endif
