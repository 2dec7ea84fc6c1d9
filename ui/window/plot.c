#include "ui/window/plot.h"

#include <math.h>

#include "ui/window/theme.h"

/* Logical pixels that a tick label wants for itself. */
enum { TICK_ROOM_ACROSS = 90, TICK_ROOM_UP = 34, LABEL_GAP = 6 };

static int room_for(float length, int each)
{
    int count = (int)(length / (float)each);
    return count < TICKS_LEAST ? TICKS_LEAST : count > TICK_LIMIT - 2 ? TICK_LIMIT - 2 : count;
}

void plot_set_ticks(struct plot *plot)
{
    ticks_whole(&plot->across, plot->from, plot->to, room_for(plot->area.w, TICK_ROOM_ACROSS));
    int most = room_for(plot->area.h, TICK_ROOM_UP);
    if (plot->logarithmic)
        ticks_log(&plot->up, plot->range.low, plot->range.high, most);
    else
        ticks_linear(&plot->up, plot->range.low, plot->range.high, most);
}

double plot_x(const struct plot *plot, double step)
{
    double share = (step - plot->from) / (plot->to - plot->from);
    return (double)plot->area.x + share * (double)plot->area.w;
}

double plot_y(const struct plot *plot, double value)
{
    double low = plot->range.low, high = plot->range.high, share;
    if (plot->logarithmic) /* values below the axis lie far down, not nowhere */
        share = log(fmax(value, low * 1e-3) / low) / log(high / low);
    else
        share = (value - low) / (high - low);
    return (double)(plot->area.y + plot->area.h) - share * (double)plot->area.h;
}

double plot_step_at(const struct plot *plot, double x)
{
    double share = (x - (double)plot->area.x) / (double)plot->area.w;
    return plot->from + share * (plot->to - plot->from);
}

struct raster_area plot_raster_area(const struct plot *plot, SDL_FPoint origin, double scale)
{
    double left = (double)(plot->area.x - origin.x) * scale;
    double top = (double)(plot->area.y - origin.y) * scale;
    return (struct raster_area){(int)lround(left), (int)lround(top),
                                (int)lround(left + (double)plot->area.w * scale),
                                (int)lround(top + (double)plot->area.h * scale)};
}

static struct raster_colour on_paper(struct raster_colour colour)
{
    SDL_Color ink = theme_on_paper((SDL_Color){colour.r, colour.g, colour.b, colour.a});
    return (struct raster_colour){ink.r, ink.g, ink.b, ink.a};
}

struct raster_colour (*plot_ink(const struct canvas *canvas))(struct raster_colour colour)
{
    return canvas->paper ? on_paper : NULL;
}

static struct raster_colour paint(SDL_Color colour)
{
    return (struct raster_colour){colour.r, colour.g, colour.b, colour.a};
}

void plot_draw_ground(const struct plot *plot, struct raster *raster, SDL_FPoint origin,
                      double scale)
{
    struct raster_area area = plot_raster_area(plot, origin, scale);
    int width = scale < 2 ? 1 : (int)scale;
    raster_fill(raster, area, paint(THEME_PLOT));
    for (int i = 0; i < plot->across.count; i++) {
        double x = (plot_x(plot, plot->across.value[i]) - (double)origin.x) * scale;
        int left = (int)lround(x);
        raster_fill(raster, (struct raster_area){left, area.top, left + width, area.bottom},
                    paint(THEME_GRID));
    }
    for (int i = 0; i < plot->up.count; i++) {
        double y = (plot_y(plot, plot->up.value[i]) - (double)origin.y) * scale;
        int top = (int)lround(y);
        raster_fill(raster, (struct raster_area){area.left, top, area.right, top + width},
                    paint(THEME_GRID));
    }
    raster_fill(raster,
                (struct raster_area){area.left, area.bottom - width, area.right, area.bottom},
                paint(THEME_RULE));
    raster_fill(raster, (struct raster_area){area.left, area.top, area.left + width, area.bottom},
                paint(THEME_RULE));
}

void plot_draw_labels(const struct plot *plot, struct canvas *canvas, const char *title)
{
    SDL_FRect area = plot->area;
    SDL_FRect line = {area.x, area.y - PLOT_TITLE_HEIGHT, area.w, PLOT_TITLE_HEIGHT};
    canvas_text_in(canvas, FONT_STRONG, line, ALIGN_LEFT, THEME_TEXT, title);
    float height = canvas_line_height(canvas, FONT_SMALL);
    for (int i = 0; i < plot->up.count; i++) {
        char text[32];
        ticks_label(text, sizeof text, plot->up.value[i], plot->up.step);
        float y = (float)plot_y(plot, plot->up.value[i]);
        SDL_FRect place = {area.x - PLOT_LABEL_WIDTH, y - height / 2, PLOT_LABEL_WIDTH - LABEL_GAP,
                           height};
        canvas_text_in(canvas, FONT_SMALL, place, ALIGN_RIGHT, THEME_MUTED, text);
    }
}

void plot_draw_steps(const struct plot *plot, struct canvas *canvas)
{
    SDL_FRect area = plot->area;
    float top = area.y + area.h, right = area.x + area.w;
    float name = canvas_text_width(canvas, FONT_SMALL, "step");
    SDL_FRect line = {right - name, top, name, PLOT_STEPS_HEIGHT};
    canvas_text_in(canvas, FONT_SMALL, line, ALIGN_RIGHT, THEME_MUTED, "step");
    for (int i = 0; i < plot->across.count; i++) {
        char text[32];
        ticks_count(text, sizeof text, plot->across.value[i]);
        float width = canvas_text_width(canvas, FONT_SMALL, text);
        float x = (float)plot_x(plot, plot->across.value[i]) - width / 2;
        if (x + width + LABEL_GAP > right - name)
            continue;
        SDL_FRect place = {x, top, width + 1, PLOT_STEPS_HEIGHT};
        canvas_text_in(canvas, FONT_SMALL, place, ALIGN_LEFT, THEME_MUTED, text);
    }
}
