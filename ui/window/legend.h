/* The legend of a colour map: its name, its low end, the colours, its high end, on one line. */
#ifndef MASKSCOPE_UI_WINDOW_LEGEND_H
#define MASKSCOPE_UI_WINDOW_LEGEND_H

#include "ui/colormap.h"
#include "ui/window/canvas.h"

struct legend {
    const struct colormap *map;
    const char *label;
    double low, high; /* what the ends of the colours mean */
    bool open_end;    /* larger values have the last colour too: "0.05+" */
};

/* Flush right in the line; returns where it begins. */
float legend_draw(struct canvas *canvas, SDL_FRect line, const struct legend *legend);

#endif
