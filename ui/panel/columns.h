/* Columns that give way: a table whose less important columns vanish when the screen is narrow. */
#ifndef MASKSCOPE_UI_PANEL_COLUMNS_H
#define MASKSCOPE_UI_PANEL_COLUMNS_H

#include <stdbool.h>

#include "ui/panel/screen.h"

enum { COLUMN_LIMIT = 12 };

struct column {
    const char *heading;
    int least, most; /* width; what is left over widens all columns alike, each up to `most` */
    int rank;        /* 0 is always shown; of the others, the highest rank goes first */
    bool right;
};

/* Where each column lies; width 0: not shown. */
struct layout {
    int column[COLUMN_LIMIT], width[COLUMN_LIMIT];
};
void columns_layout(struct layout *layout, const struct column *columns, int count, int width);
void columns_headings(const struct screen *screen, const struct area *area, int row,
                      const struct layout *layout, const struct column *columns, int count);
void columns_cell(const struct screen *screen, const struct area *area, int row,
                  const struct layout *layout, const struct column *columns, int column,
                  enum role role, const char *text);

#endif
