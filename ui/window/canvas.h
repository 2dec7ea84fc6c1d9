/* Drawing in logical pixels: what views draw with.
 *
 * One logical pixel is canvas.scale physical ones (1 on ordinary displays, more on dense ones).
 * Positions are rounded to physical pixels, so rules and text stay sharp at any scale. Main thread
 * only.
 */
#ifndef MASKSCOPE_UI_WINDOW_CANVAS_H
#define MASKSCOPE_UI_WINDOW_CANVAS_H

#include <stdbool.h>

#include <SDL.h>

#include "base/error.h"
#include "base/log.h"
#include "ui/window/font.h"
#include "ui/window/glyph_cache.h"

enum canvas_align { ALIGN_LEFT, ALIGN_CENTER, ALIGN_RIGHT };

struct canvas {
    SDL_Renderer *renderer;
    struct log *log;
    double scale;      /* physical pixels per logical one */
    int width, height; /* logical */
    bool paper;        /* a figure for print: see theme_on_paper */
    double font_scale; /* that the fonts were opened for */
    struct font_set *fonts;
    struct glyph_cache glyphs;
};

/* Borrows the renderer and the log. */
bool canvas_init(struct canvas *canvas, SDL_Renderer *renderer, struct log *log,
                 struct error *error);
void canvas_release(struct canvas *canvas);
/* Begins a frame of that many logical pixels: takes over the renderer's size and clears it. */
void canvas_begin(struct canvas *canvas, int width, int height);
/* Textures lost their contents (the device was reset): cached glyphs are drawn anew. */
void canvas_reset(struct canvas *canvas);

/* The colour as it is drawn here. Everything below takes colours as the window has them. */
SDL_Color canvas_ink(const struct canvas *canvas, SDL_Color colour);

/* Physical pixels, rounded. */
SDL_Rect canvas_physical(const struct canvas *canvas, SDL_FRect area);
SDL_FRect canvas_logical(const struct canvas *canvas, SDL_Rect area);

void canvas_fill(struct canvas *canvas, SDL_FRect area, SDL_Color colour);
/* An outline just inside the area, one physical pixel wide (at least; the scale rounded down). */
void canvas_frame(struct canvas *canvas, SDL_FRect area, SDL_Color colour);
/* A horizontal or vertical line, one logical pixel wide. */
void canvas_rule(struct canvas *canvas, float x0, float y0, float x1, float y1, SDL_Color colour);
/* Restricts drawing to the area; null: the whole window. */
void canvas_clip(struct canvas *canvas, const SDL_FRect *area);

float canvas_line_height(const struct canvas *canvas, enum font_role role);
float canvas_text_width(struct canvas *canvas, enum font_role role, const char *text);
/* Draws with the top of the line at y; returns the width. */
float canvas_text(struct canvas *canvas, enum font_role role, float x, float y, SDL_Color colour,
                  const char *text);
/* Draws within the area, vertically in its middle, cut with an ellipsis where it is too long;
 * returns the width drawn. */
float canvas_text_in(struct canvas *canvas, enum font_role role, SDL_FRect area,
                     enum canvas_align align, SDL_Color colour, const char *text);

/* The longer of two texts if it fits the area, else the shorter. */
float canvas_text_fit(struct canvas *canvas, enum font_role role, SDL_FRect area,
                      enum canvas_align align, SDL_Color colour, const char *text,
                      const char *shorter);

/* A box with lines of text beside the point, kept within `area`. Lines are separated by '\n'; a tab
 * starts a second, right-aligned column. */
void canvas_tip(struct canvas *canvas, float x, float y, SDL_FRect area, const char *text);

static inline bool canvas_inside(SDL_FRect area, float x, float y)
{
    return x >= area.x && y >= area.y && x < area.x + area.w && y < area.y + area.h;
}

#endif
