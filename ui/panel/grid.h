/* A table on the screen: the first column stays, the others scroll sideways, rows up and down. */
#ifndef MASKSCOPE_UI_PANEL_GRID_H
#define MASKSCOPE_UI_PANEL_GRID_H

#include "ui/live_tables.h"
#include "ui/panel/list.h"
#include "ui/panel/screen.h"

enum { GRID_COLUMNS = 32 };

struct grid {
    struct list list;  /* of the answer's rows */
    size_t first;      /* of the columns behind the frozen one: the first shown */
    uint64_t measured; /* the answer that the widths are of */
    int width[GRID_COLUMNS];
    int place[GRID_COLUMNS]; /* where each column was drawn, for the mouse; -1: not */
    size_t columns;
};

/* Headings on the first row, then as many rows as fit. */
void grid_draw(struct grid *grid, const struct screen *screen, const struct area *area,
               const struct live_answer *answer);
/* Moving, and scrolling sideways; false: something else. `rows`: the area's height. */
bool grid_act(struct grid *grid, enum action action, int rows);
/* The column at that place of the area, or -1. */
int grid_column_at(const struct grid *grid, int column);

#endif
