/* The lines of the plots, drawn into a texture only when they changed. */
#include <math.h>
#include <string.h>

#include "ui/window/curves.h"
#include "ui/window/theme.h"

/* Line widths in logical pixels; opacities of 255. */
static const double thin = 1, medium = 1.6, thick = 2.2, dot = 2.6;
enum { FAINT = 90, BAND_CHOSEN = 60, BAND_OTHERS = 70, BAND_LEAST = 14, WHISKER = 200 };

/* Where lines go: a plot on a raster whose first pixel is at `origin` of the window. */
struct pen {
    struct raster *raster;
    const struct plot *plot;
    SDL_FPoint origin;
    double scale;
};

static double pen_x(const struct pen *pen, double step)
{
    return (plot_x(pen->plot, step) - (double)pen->origin.x) * pen->scale;
}

static double pen_y(const struct pen *pen, double value)
{
    return (plot_y(pen->plot, value) - (double)pen->origin.y) * pen->scale;
}

/* A curve's points with other values in their places; the line breaks where a value is not finite.
 */
static void draw_line(const struct pen *pen, const struct curve *curve, const float *values,
                      double width, struct series_style style)
{
    int first, last;
    double phase = 0;
    if (!series_between(curve, pen->plot->from, pen->plot->to, &first, &last))
        return;
    for (int i = first; i <= last; i++) {
        if (!isfinite(values[i]))
            continue;
        double x = pen_x(pen, (double)curve->step[i]), y = pen_y(pen, (double)values[i]);
        bool joined = i > first && isfinite(values[i - 1]);
        bool alone = !joined && (i == last || !isfinite(values[i + 1]));
        if (joined)
            raster_line(pen->raster, pen_x(pen, (double)curve->step[i - 1]),
                        pen_y(pen, (double)values[i - 1]), x, y, width * pen->scale, style.colour,
                        &style.dash, &phase);
        else if (alone)
            raster_disc(pen->raster, x, y, width * pen->scale, style.colour);
    }
}

static void draw_loss(const struct pen *pen, struct curves *curves, const struct view_frame *frame,
                      int arm)
{
    const struct curve *curve = &frame->model->snapshot->arms[arm].loss_curve;
    struct series_style style = series_style(arm), faint = {.colour = style.colour};
    faint.colour.a = FAINT;
    if (curves->smoothing > 0)
        draw_line(pen, curve, curve->value, thin, faint);
    draw_line(pen, curve, curves->smooth[arm], arm == frame->model->arm ? thick : medium, style);
}

static void draw_band(const struct pen *pen, const struct snapshot_arm *arm,
                      struct raster_colour colour, int alpha)
{
    const struct curve *low = &arm->probe_low_curve, *high = &arm->probe_high_curve;
    if (low->count != arm->probe_curve.count || high->count != low->count)
        return;
    colour.a = (uint8_t)alpha;
    for (int i = 1; i < low->count; i++) {
        bool known = isfinite(low->value[i - 1]) && isfinite(low->value[i]) &&
                     isfinite(high->value[i - 1]) && isfinite(high->value[i]);
        if (known && low->step[i] > low->step[i - 1])
            raster_band(pen->raster, pen_x(pen, (double)low->step[i - 1]),
                        pen_y(pen, (double)low->value[i - 1]),
                        pen_y(pen, (double)high->value[i - 1]), pen_x(pen, (double)low->step[i]),
                        pen_y(pen, (double)low->value[i]), pen_y(pen, (double)high->value[i]),
                        colour);
    }
}

/* All below the lines; the more there are, the fainter, but for the chosen arm's. */
static void draw_bands(const struct pen *pen, const struct snapshot *snapshot, int chosen)
{
    int others = BAND_OTHERS / snapshot->arm_count;
    others = others < BAND_LEAST ? BAND_LEAST : others;
    for (int arm = 0; arm < snapshot->arm_count; arm++)
        draw_band(pen, &snapshot->arms[arm], series_style(arm).colour,
                  arm == chosen ? BAND_CHOSEN : others);
}

/* The newest value's interval, which is known even where the others' are not. */
static void draw_whisker(const struct pen *pen, const struct snapshot_arm *arm,
                         struct raster_colour colour)
{
    static const struct raster_dash solid;
    double phase = 0, x = pen_x(pen, (double)arm->probe_step);
    if (arm->probe_step < 0 || !isfinite(arm->probe_low) || !isfinite(arm->probe_high))
        return;
    colour.a = WHISKER;
    raster_line(pen->raster, x, pen_y(pen, arm->probe_low), x, pen_y(pen, arm->probe_high),
                thin * pen->scale, colour, &solid, &phase);
}

/* A curve of few points, each with a dot. */
static void draw_dotted(const struct pen *pen, const struct view_frame *frame,
                        const struct curve *curve, int index)
{
    enum { TOO_MANY_FOR_DOTS = 80 };
    struct series_style style = series_style(index);
    draw_line(pen, curve, curve->value, index == frame->model->arm ? thick : medium, style);
    for (int i = 0; i < curve->count && curve->count <= TOO_MANY_FOR_DOTS; i++)
        if (isfinite(curve->value[i]))
            raster_disc(pen->raster, pen_x(pen, (double)curve->step[i]),
                        pen_y(pen, (double)curve->value[i]), dot * pen->scale, style.colour);
}

/* Dots at the edge over which single points left the plot. */
static void draw_leavers(const struct pen *pen, const struct curve *curve, int index)
{
    struct raster_area area = plot_raster_area(pen->plot, pen->origin, pen->scale);
    double radius = dot * pen->scale;
    for (int i = 0; i < curve->count; i++) {
        int side = curves_side(pen->plot, (double)curve->value[i]);
        if (side != 0)
            raster_disc(pen->raster, pen_x(pen, (double)curve->step[i]),
                        side > 0 ? area.top + radius : area.bottom - radius, radius,
                        series_style(index).colour);
    }
}

static void draw_arm(const struct pen *pen, struct curves *curves, const struct view_frame *frame,
                     enum curves_plot which, int index)
{
    const struct snapshot_arm *arm = &frame->model->snapshot->arms[index];
    if (which == CURVES_LOSS)
        draw_loss(pen, curves, frame, index);
    if (which == CURVES_PROBE)
        draw_whisker(pen, arm, series_style(index).colour);
    if (which != CURVES_LOSS)
        draw_dotted(pen, frame, curves_line(frame->model->snapshot, which, index), index);
    draw_leavers(pen, curves_line(frame->model->snapshot, which, index), index);
}

static void draw_level(const struct pen *pen, double value)
{
    static const struct series_style style = {.colour = {0x9b, 0xa0, 0xa9, 200},
                                              .dash = {{2, 4, 2, 4}}};
    double phase = 0, y = pen_y(pen, value);
    if (isfinite(value))
        raster_line(pen->raster, pen_x(pen, pen->plot->from), y, pen_x(pen, pen->plot->to), y,
                    thin * pen->scale, style.colour, &style.dash, &phase);
}

static void draw_event_lines(const struct pen *pen, const struct snapshot *snapshot)
{
    static const struct raster_dash dots = {{1, 3, 1, 3}};
    static const struct raster_colour colour = {0xe6, 0xe7, 0xea, 110};
    struct raster_area area = plot_raster_area(pen->plot, pen->origin, pen->scale);
    for (int i = 0; i < snapshot->event_count; i++) {
        double step = (double)snapshot->events[i].step, phase = 0;
        if (step < pen->plot->from || step > pen->plot->to)
            continue;
        double x = floor(pen_x(pen, step)) + 0.5;
        raster_line(pen->raster, x, area.top, x, area.bottom, thin * pen->scale, colour, &dots,
                    &phase);
    }
}

static void draw_plot(struct curves *curves, const struct view_frame *frame, const struct pen *pen,
                      enum curves_plot which)
{
    const struct snapshot *snapshot = frame->model->snapshot;
    raster_clip(pen->raster, (struct raster_area){0, 0, pen->raster->width, pen->raster->height});
    plot_draw_ground(pen->plot, pen->raster, pen->origin, pen->scale);
    raster_clip(pen->raster, plot_raster_area(pen->plot, pen->origin, pen->scale));
    draw_event_lines(pen, snapshot);
    if (which == CURVES_RATE) {
        struct series_style style = {.colour = {0x9b, 0xa0, 0xa9, 255}};
        draw_line(pen, &snapshot->learning_rate_curve, snapshot->learning_rate_curve.value, medium,
                  style);
        return;
    }
    if (which == CURVES_PROBE) {
        draw_level(pen, curves_baseline(snapshot, snapshot->baseline_visible_mean));
        draw_level(pen, curves_baseline(snapshot, snapshot->baseline_inverse_distance));
        draw_bands(pen, snapshot, frame->model->arm);
    }
    /* The chosen arm last, on top. */
    for (int i = 1; i <= snapshot->arm_count; i++)
        draw_arm(pen, curves, frame, which, (frame->model->arm + i) % snapshot->arm_count);
}

static struct curves_stamp stamp_of(const struct curves *curves, const struct view_frame *frame,
                                    SDL_FRect area)
{
    struct curves_stamp stamp;
    memset(&stamp, 0, sizeof stamp); /* compared as bytes, padding included */
    stamp.version = frame->model->snapshot->version;
    stamp.area = area;
    stamp.scale = frame->canvas->scale;
    stamp.from = curves->plots[CURVES_LOSS].from;
    stamp.to = curves->plots[CURVES_LOSS].to;
    stamp.arm = frame->model->arm;
    stamp.smoothing = curves->smoothing;
    stamp.logarithmic = frame->model->log_scale;
    return stamp;
}

static bool fit_texture(struct curves *curves, SDL_Renderer *renderer, int width, int height)
{
    if (curves->texture && curves->texture_width == width && curves->texture_height == height)
        return true;
    if (curves->texture)
        SDL_DestroyTexture(curves->texture);
    curves->texture = SDL_CreateTexture(renderer, SDL_PIXELFORMAT_ARGB8888,
                                        SDL_TEXTUREACCESS_STREAMING, width, height);
    if (!curves->texture)
        return false;
    SDL_SetTextureBlendMode(curves->texture, SDL_BLENDMODE_NONE);
    SDL_SetTextureScaleMode(curves->texture, SDL_ScaleModeNearest);
    curves->texture_width = width;
    curves->texture_height = height;
    return true;
}

static void redraw(struct curves *curves, const struct view_frame *frame, SDL_FRect area,
                   SDL_Rect physical)
{
    SDL_Color ground = THEME_BACKGROUND;
    if (!raster_resize(&curves->raster, physical.w, physical.h))
        return;
    curves->raster.ink = plot_ink(frame->canvas);
    raster_fill(&curves->raster, curves->raster.clip,
                (struct raster_colour){ground.r, ground.g, ground.b, 255});
    for (int i = 0; i < CURVES_PLOTS; i++) {
        struct pen pen = {
            &curves->raster, &curves->plots[i], {area.x, area.y}, frame->canvas->scale};
        if (curves->plots[i].area.h > 0)
            draw_plot(curves, frame, &pen, (enum curves_plot)i);
    }
    SDL_UpdateTexture(curves->texture, NULL, curves->raster.pixels,
                      physical.w * (int)sizeof *curves->raster.pixels);
}

void curves_draw_lines(struct curves *curves, const struct view_frame *frame, SDL_FRect area)
{
    SDL_Rect physical = canvas_physical(frame->canvas, area);
    if (physical.w < 1 || physical.h < 1)
        return;
    struct curves_stamp stamp = stamp_of(curves, frame, area);
    bool current = curves->texture && !memcmp(&stamp, &curves->stamp, sizeof stamp);
    if (!fit_texture(curves, frame->canvas->renderer, physical.w, physical.h))
        return;
    if (!current) {
        redraw(curves, frame, area, physical);
        curves->stamp = stamp;
    }
    SDL_RenderCopy(frame->canvas->renderer, curves->texture, NULL, &physical);
}
