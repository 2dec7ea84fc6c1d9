/* What stands around the tiles: the line above them and the scroll bar. */
#include <stdio.h>

#include "ui/window/legend.h"
#include "ui/window/shown.h"
#include "ui/window/theme.h"
#include "ui/window/tiles.h"

enum { SCROLL_BAR = 4 };

void tiles_draw_header(const struct tiles *tiles, const struct view_frame *frame,
                       const char *strong, const char *text)
{
    struct canvas *canvas = frame->canvas;
    SDL_FRect line = {frame->area.x + THEME_MARGIN, frame->area.y, frame->area.w - 2 * THEME_MARGIN,
                      TILES_HEADER};
    struct legend legend = {.map = &tiles->cache.map,
                            .label = shown_error_label(tiles->subject.gallery),
                            .open_end = true};
    legend.high = tiles->cache.top;
    float end = legend_draw(canvas, line, &legend) - THEME_MARGIN;
    SDL_FRect name = {line.x, line.y, (end - line.x) * 0.4f, line.h};
    float x = line.x + THEME_GAP +
              canvas_text_in(canvas, FONT_STRONG, name, ALIGN_LEFT, THEME_TEXT, strong);
    canvas_text_in(canvas, FONT_TEXT, (SDL_FRect){x, line.y, end - x, line.h}, ALIGN_LEFT,
                   THEME_MUTED, text);
}

void tiles_draw_scroll_bar(const struct tiles *tiles, const struct view_frame *frame)
{
    int count = tiles_count(tiles), slots = tiles_layout_slots(&tiles->layout);
    if (slots >= count || frame->canvas->paper)
        return;
    SDL_FRect area = tiles->subject.area;
    SDL_FRect track = {frame->area.x + frame->area.w - SCROLL_BAR - 3, area.y, SCROLL_BAR, area.h};
    float start = (float)tiles->first / (float)count, size = (float)slots / (float)count;
    canvas_fill(frame->canvas, track, THEME_GRID);
    canvas_fill(frame->canvas,
                (SDL_FRect){track.x, track.y + start * track.h, track.w, size * track.h},
                THEME_MUTED);
}
