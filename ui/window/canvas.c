#include "ui/window/canvas.h"

#include <math.h>
#include <string.h>

#include "ui/window/theme.h"

static bool open_fonts(struct canvas *canvas, struct error *error)
{
    struct font_set *fonts = font_set_new(canvas->scale, canvas->log, error);
    if (!fonts)
        return false;
    font_set_free(canvas->fonts);
    canvas->fonts = fonts;
    canvas->font_scale = canvas->scale;
    canvas_reset(canvas);
    return canvas->glyphs.texture != NULL;
}

bool canvas_init(struct canvas *canvas, SDL_Renderer *renderer, struct log *log,
                 struct error *error)
{
    memset(canvas, 0, sizeof *canvas);
    canvas->renderer = renderer;
    canvas->log = log;
    canvas->scale = 1;
    SDL_SetRenderDrawBlendMode(renderer, SDL_BLENDMODE_BLEND);
    if (open_fonts(canvas, error))
        return true;
    canvas_release(canvas);
    return false;
}

void canvas_release(struct canvas *canvas)
{
    glyph_cache_release(&canvas->glyphs);
    font_set_free(canvas->fonts);
    canvas->fonts = NULL;
}

void canvas_reset(struct canvas *canvas)
{
    glyph_cache_release(&canvas->glyphs);
    glyph_cache_init(&canvas->glyphs, canvas->renderer, NULL);
}

SDL_Color canvas_ink(const struct canvas *canvas, SDL_Color colour)
{
    return canvas->paper ? theme_on_paper(colour) : colour;
}

static void set_colour(struct canvas *canvas, SDL_Color colour)
{
    SDL_Color ink = canvas_ink(canvas, colour);
    SDL_SetRenderDrawColor(canvas->renderer, ink.r, ink.g, ink.b, ink.a);
}

void canvas_begin(struct canvas *canvas, int width, int height)
{
    int physical_width = width, physical_height = height;
    SDL_GetRendererOutputSize(canvas->renderer, &physical_width, &physical_height);
    canvas->width = width;
    canvas->height = height;
    canvas->scale = width > 0 ? (double)physical_width / width : 1;
    if (fabs(canvas->scale - canvas->font_scale) > 0.01)
        open_fonts(canvas, NULL);
    canvas_clip(canvas, NULL);
    set_colour(canvas, THEME_BACKGROUND);
    SDL_RenderClear(canvas->renderer);
}

SDL_Rect canvas_physical(const struct canvas *canvas, SDL_FRect area)
{
    double scale = canvas->scale;
    int left = (int)lround(area.x * scale), top = (int)lround(area.y * scale);
    int right = (int)lround((area.x + area.w) * scale);
    int bottom = (int)lround((area.y + area.h) * scale);
    return (SDL_Rect){left, top, right - left, bottom - top};
}

SDL_FRect canvas_logical(const struct canvas *canvas, SDL_Rect area)
{
    float scale = (float)canvas->scale;
    return (SDL_FRect){(float)area.x / scale, (float)area.y / scale, (float)area.w / scale,
                       (float)area.h / scale};
}

void canvas_fill(struct canvas *canvas, SDL_FRect area, SDL_Color colour)
{
    SDL_Rect physical = canvas_physical(canvas, area);
    set_colour(canvas, colour);
    SDL_RenderFillRect(canvas->renderer, &physical);
}

static int line_width(const struct canvas *canvas)
{
    return canvas->scale < 2 ? 1 : (int)canvas->scale;
}

void canvas_frame(struct canvas *canvas, SDL_FRect area, SDL_Color colour)
{
    SDL_Rect r = canvas_physical(canvas, area);
    int width = line_width(canvas);
    set_colour(canvas, colour);
    const SDL_Rect sides[] = {{r.x, r.y, r.w, width},
                              {r.x, r.y + r.h - width, r.w, width},
                              {r.x, r.y + width, width, r.h - 2 * width},
                              {r.x + r.w - width, r.y + width, width, r.h - 2 * width}};
    SDL_RenderFillRects(canvas->renderer, sides, 4);
}

void canvas_rule(struct canvas *canvas, float x0, float y0, float x1, float y1, SDL_Color colour)
{
    SDL_Rect r = canvas_physical(canvas, (SDL_FRect){x0, y0, x1 - x0, y1 - y0});
    int width = line_width(canvas);
    r.w = r.w < width ? width : r.w;
    r.h = r.h < width ? width : r.h;
    set_colour(canvas, colour);
    SDL_RenderFillRect(canvas->renderer, &r);
}

void canvas_clip(struct canvas *canvas, const SDL_FRect *area)
{
    if (!area) {
        SDL_RenderSetClipRect(canvas->renderer, NULL);
        return;
    }
    SDL_Rect physical = canvas_physical(canvas, *area);
    /* SDL takes an empty rectangle for no clipping at all. */
    physical.w = physical.w < 1 ? 1 : physical.w;
    physical.h = physical.h < 1 ? 1 : physical.h;
    SDL_RenderSetClipRect(canvas->renderer, &physical);
}
