#include "ui/window/legend.h"

#include <stdio.h>

#include "ui/window/theme.h"

enum { BAR_WIDTH = 96, BAR_HEIGHT = 10, LABEL_SIZE = 96 };

/* The high end on the right: `map` has entries for equal steps between the ends. */
static void draw_colours(struct canvas *canvas, const struct colormap *map, float x, float y)
{
    float step = (float)BAR_WIDTH / COLORMAP_ENTRIES;
    for (int i = 0; i < COLORMAP_ENTRIES; i++) {
        const uint8_t *rgb = map->rgb[i];
        canvas_fill(canvas, (SDL_FRect){x + step * (float)i, y, step + 1, BAR_HEIGHT},
                    (SDL_Color){rgb[0], rgb[1], rgb[2], 255});
    }
}

float legend_draw(struct canvas *canvas, SDL_FRect line, const struct legend *legend)
{
    char high[40], low[LABEL_SIZE];
    snprintf(high, sizeof high, "%.3g%s", legend->high, legend->open_end ? "+" : "");
    snprintf(low, sizeof low, "%s  %.3g", legend->label, legend->low);
    float y = line.y + (line.h - canvas_line_height(canvas, FONT_SMALL)) / 2;
    float x = line.x + line.w - canvas_text_width(canvas, FONT_SMALL, high);
    canvas_text(canvas, FONT_SMALL, x, y, THEME_MUTED, high);
    x -= THEME_GAP + BAR_WIDTH;
    draw_colours(canvas, legend->map, x, line.y + (line.h - BAR_HEIGHT) / 2);
    x -= THEME_GAP - 2 + canvas_text_width(canvas, FONT_SMALL, low);
    canvas_text(canvas, FONT_SMALL, x, y, THEME_MUTED, low);
    return x;
}
