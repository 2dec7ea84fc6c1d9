/* Curves: the loss of every arm on its own masks, its MSE on the probe masks, what the downstream
 * task asked while training gave, and the learning rate. */
#include <math.h>
#include <stdio.h>

#include "ui/window/curves.h"
#include "ui/window/theme.h"

enum {
    LEGEND_LINE = 26,
    LEGEND_SAMPLE = 26,
    LEGEND_GAP = 18,
    LEGEND_SPACE = 6,
    LEGEND_LEAST_NAME = 44,
    SMOOTHING_LIMIT = 128
};
static const double zoom_factor = 1.25, closest_steps = 20;

static SDL_FRect plots_area(const struct view_frame *frame)
{
    SDL_FRect area = frame->area;
    return (SDL_FRect){area.x + THEME_MARGIN, area.y + LEGEND_LINE, area.w - 2 * THEME_MARGIN,
                       area.h - LEGEND_LINE};
}

/* A piece of the arm's line, drawn with rectangles: dashes are told apart at any size. */
static void draw_sample(struct canvas *canvas, SDL_FRect area, int arm)
{
    struct series_style style = series_style(arm);
    SDL_Color colour = {style.colour.r, style.colour.g, style.colour.b, 255};
    float y = area.y + area.h / 2 - 1, x = 0;
    if (style.dash.parts[0] == 0) {
        canvas_fill(canvas, (SDL_FRect){area.x, y, LEGEND_SAMPLE, 2}, colour);
        return;
    }
    for (int i = 0; x < LEGEND_SAMPLE; i++) {
        float length = fmaxf(style.dash.parts[i % DASH_PARTS] * 2, 2);
        length = fminf(length, LEGEND_SAMPLE - x);
        if (i % 2 == 0)
            canvas_fill(canvas, (SDL_FRect){area.x + x, y, length, 2}, colour);
        x += length;
    }
}

/* How wide names may be so that all arms fit, or, at the least, are recognisable. */
static float name_limit(const struct view_frame *frame, float width)
{
    const struct snapshot *snapshot = frame->model->snapshot;
    float figures = canvas_text_width(frame->canvas, FONT_SMALL, "0.000");
    float fixed = LEGEND_SAMPLE + 2 * LEGEND_SPACE + figures + LEGEND_GAP;
    float each = (width + LEGEND_GAP) / (float)snapshot->arm_count - fixed;
    return fmaxf(each, LEGEND_LEAST_NAME);
}

/* Draws one arm's entry at the start of the line; returns its width. */
static float draw_entry(const struct view_frame *frame, SDL_FRect line, int index, float most)
{
    const struct snapshot_arm *arm = &frame->model->snapshot->arms[index];
    struct canvas *canvas = frame->canvas;
    bool chosen = index == frame->model->arm;
    enum font_role role = chosen ? FONT_STRONG : FONT_TEXT;
    char value[32];
    ticks_value(value, sizeof value, arm->smooth_loss);
    draw_sample(canvas, line, index);
    SDL_FRect text = {line.x + LEGEND_SAMPLE + LEGEND_SPACE, line.y,
                      fminf(canvas_text_width(canvas, role, arm->name), most), line.h};
    text.x += LEGEND_SPACE + canvas_text_in(canvas, role, text, ALIGN_LEFT,
                                            chosen ? THEME_TEXT : THEME_MUTED, arm->name);
    text.w = canvas_text_width(canvas, FONT_SMALL, value);
    canvas_text_in(canvas, FONT_SMALL, text, ALIGN_LEFT, THEME_MUTED, value);
    return text.x + text.w - line.x;
}

/* Samples, names and newest values of as many arms as fit. */
static void draw_legend(const struct view_frame *frame, float right)
{
    const struct snapshot *snapshot = frame->model->snapshot;
    SDL_FRect line = {frame->area.x + THEME_MARGIN, frame->area.y, 0, LEGEND_LINE};
    float natural = -LEGEND_GAP, most = INFINITY;
    for (int i = 0; i < snapshot->arm_count; i++)
        natural += LEGEND_SAMPLE + 2 * LEGEND_SPACE + LEGEND_GAP +
                   canvas_text_width(frame->canvas, FONT_STRONG, snapshot->arms[i].name) +
                   canvas_text_width(frame->canvas, FONT_SMALL, "0.000");
    if (natural > right - line.x)
        most = name_limit(frame, right - line.x);
    for (int i = 0; i < snapshot->arm_count; i++) {
        if (line.x + LEGEND_SAMPLE + LEGEND_LEAST_NAME > right) {
            char more[32];
            snprintf(more, sizeof more, "+%d", snapshot->arm_count - i);
            line.w = LEGEND_SAMPLE;
            canvas_text_in(frame->canvas, FONT_SMALL, line, ALIGN_LEFT, THEME_MUTED, more);
            return;
        }
        line.x += draw_entry(frame, line, i, most) + LEGEND_GAP;
    }
}

static void draw_header(const struct curves *curves, const struct view_frame *frame)
{
    char text[64];
    snprintf(text, sizeof text, curves->smoothing ? "smoothed over %d points" : "not smoothed",
             2 * curves->smoothing + 1);
    SDL_FRect line = {frame->area.x + THEME_MARGIN, frame->area.y, frame->area.w - 2 * THEME_MARGIN,
                      LEGEND_LINE};
    float width = canvas_text_in(frame->canvas, FONT_SMALL, line, ALIGN_RIGHT, THEME_MUTED, text);
    draw_legend(frame, line.x + line.w - width - LEGEND_GAP);
}

/* The names of the baselines' lines, at their right ends. */
static void draw_baselines(const struct curves *curves, const struct view_frame *frame)
{
    static const SDL_Color ground = {0x1b, 0x1c, 0x20, 200};
    const struct snapshot *snapshot = frame->model->snapshot;
    const struct plot *plot = &curves->plots[CURVES_PROBE];
    const struct {
        const char *name;
        double value;
    } lines[] = {
        {"mean of visible pixels", curves_baseline(snapshot, snapshot->baseline_visible_mean)},
        {"inverse distance", curves_baseline(snapshot, snapshot->baseline_inverse_distance)},
    };
    float height = canvas_line_height(frame->canvas, FONT_SMALL);
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        float y = (float)plot_y(plot, lines[i].value);
        if (plot->area.h <= 0 || !isfinite(y) || y < plot->area.y ||
            y > plot->area.y + plot->area.h)
            continue;
        float top = y - height - 1 < plot->area.y ? y + 1 : y - height - 1;
        float width = canvas_text_width(frame->canvas, FONT_SMALL, lines[i].name);
        SDL_FRect place = {plot->area.x + plot->area.w - width - 8, top, width + 4, height};
        canvas_fill(frame->canvas, place, ground);
        canvas_text_in(frame->canvas, FONT_SMALL, place, ALIGN_CENTER, THEME_MUTED, lines[i].name);
    }
}

static void curves_draw(void *state, const struct view_frame *frame)
{
    struct curves *curves = state;
    if (curves_newest(frame->model->snapshot) <= 0) {
        canvas_text_in(frame->canvas, FONT_TEXT, frame->area, ALIGN_CENTER, THEME_MUTED,
                       "No points yet: curves begin with the first training step.");
        return;
    }
    SDL_FRect area = plots_area(frame);
    curves_lay_out(curves, frame, area);
    curves_draw_lines(curves, frame, area);
    for (int i = 0; i < CURVES_PLOTS; i++)
        if (curves->plots[i].area.h > 0) {
            char title[CURVES_TITLE_SIZE];
            curves_title(title, curves, (enum curves_plot)i, frame);
            plot_draw_labels(&curves->plots[i], frame->canvas, title);
        }
    plot_draw_steps(curves_bottom(curves), frame->canvas);
    draw_baselines(curves, frame);
    draw_header(curves, frame);
    curves_draw_events(curves, frame);
    curves_draw_crosshair(curves, frame);
}

static bool curves_act(void *state, const struct view_frame *frame, enum action action)
{
    struct curves *curves = state;
    (void)frame;
    if (action != ACTION_RESET_ZOOM)
        return false;
    curves->span = 0;
    curves->smoothing_chosen = false;
    return true;
}

/* Shows [from, from + span], held within the run; a window at its end follows it. */
static void set_window(struct curves *curves, double newest, double from, double span)
{
    if (span >= newest) {
        curves->span = 0;
        return;
    }
    curves->span = span;
    from = fmin(fmax(from, 0), newest - span);
    curves->end = from + span >= newest ? INFINITY : from + span;
}

static void change_smoothing(struct curves *curves, float amount)
{
    int half = curves->smoothing;
    half = amount > 0 ? half * 3 / 2 + 1 : half * 2 / 3;
    curves->smoothing = half > SMOOTHING_LIMIT ? SMOOTHING_LIMIT : half;
    curves->smoothing_chosen = true;
}

static void curves_wheel(void *state, const struct view_frame *frame, float amount, bool shift)
{
    struct curves *curves = state;
    double newest = curves_newest(frame->model->snapshot);
    if (newest <= closest_steps)
        return;
    if (shift) {
        change_smoothing(curves, amount);
        return;
    }
    curves_lay_out(curves, frame, plots_area(frame));
    const struct plot *plot = &curves->plots[CURVES_LOSS];
    double share = (double)((frame->mouse_x - plot->area.x) / plot->area.w);
    share = fmin(fmax(share, 0), 1);
    double before = plot->to - plot->from, under = plot->from + share * before;
    double after = fmax(before * pow(zoom_factor, -(double)amount), closest_steps);
    set_window(curves, newest, under - share * after, after);
}

static void curves_drag(void *state, const struct view_frame *frame, float dx, float dy)
{
    struct curves *curves = state;
    (void)dy;
    double newest = curves_newest(frame->model->snapshot);
    if (curves->span <= 0 || newest <= 0)
        return;
    curves_lay_out(curves, frame, plots_area(frame));
    const struct plot *plot = &curves->plots[CURVES_LOSS];
    double steps = (double)(dx / plot->area.w) * (plot->to - plot->from);
    set_window(curves, newest, plot->from - steps, curves->span);
}

static void curves_release(void *state)
{
    struct curves *curves = state;
    if (curves->texture)
        SDL_DestroyTexture(curves->texture);
    curves->texture = NULL;
    raster_release(&curves->raster);
}

const struct view window_view_curves = {
    .title = "Curves",
    .state_size = sizeof(struct curves),
    .draw = curves_draw,
    .act = curves_act,
    .wheel = curves_wheel,
    .drag = curves_drag,
    .release = curves_release,
};
