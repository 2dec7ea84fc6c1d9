/* Events below the axis, and values at the mouse. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "ui/window/curves.h"
#include "ui/window/theme.h"

enum { EVENT_TEXT_SIZE = 160, EVENT_REACH = 5, LABEL_GAP = 10, MARK = 5, TIP_SIZE = 2000 };

/* The part of a setting's name after the last dot. */
static const char *short_name(const char *name)
{
    const char *dot = strrchr(name, '.');
    return dot ? dot + 1 : name;
}

static void event_label(char out[EVENT_TEXT_SIZE], const struct snapshot_event *event)
{
    if (!event->name[0])
        snprintf(out, EVENT_TEXT_SIZE, "%s", event->kind);
    else
        snprintf(out, EVENT_TEXT_SIZE, "%s%s%s %s", event->arm, event->arm[0] ? " " : "",
                 short_name(event->name), event->new_value);
}

static void event_sentence(char out[EVENT_TEXT_SIZE], const struct snapshot_event *event)
{
    if (!event->name[0])
        snprintf(out, EVENT_TEXT_SIZE, "%s %.100s", event->kind, event->new_value);
    else
        snprintf(out, EVENT_TEXT_SIZE, "%s%s%s: %.40s \xe2\x86\x92 %.40s", event->arm,
                 event->arm[0] ? " " : "", short_name(event->name),
                 event->old_value[0] ? event->old_value : "-", event->new_value);
}

/* Newest first, so that of labels in each other's way the newest stay. */
void curves_draw_events(const struct curves *curves, const struct view_frame *frame)
{
    const struct snapshot *snapshot = frame->model->snapshot;
    const struct plot *plot = curves_bottom(curves);
    struct canvas *canvas = frame->canvas;
    float top = plot->area.y + plot->area.h + PLOT_STEPS_HEIGHT;
    float right = plot->area.x + plot->area.w, taken = INFINITY;
    for (int i = snapshot->event_count - 1; i >= 0; i--) {
        const struct snapshot_event *event = &snapshot->events[i];
        if ((double)event->step < plot->from || (double)event->step > plot->to)
            continue;
        float x = (float)plot_x(plot, (double)event->step);
        canvas_fill(canvas, (SDL_FRect){x - 1, top - PLOT_STEPS_HEIGHT, 2, MARK}, THEME_TEXT);
        char text[EVENT_TEXT_SIZE];
        event_label(text, event);
        float width = canvas_text_width(canvas, FONT_SMALL, text);
        float left = fmaxf(fminf(x - width / 2, right - width), plot->area.x);
        if (left + width + LABEL_GAP > taken)
            continue;
        canvas_text_in(canvas, FONT_SMALL, (SDL_FRect){left, top, width + 1, CURVES_EVENT_LANE},
                       ALIGN_LEFT, THEME_TEXT, text);
        taken = left;
    }
}

struct tip {
    char text[TIP_SIZE];
    size_t used;
};

__attribute__((format(printf, 2, 3))) static void tip_add(struct tip *tip, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(tip->text + tip->used, sizeof tip->text - tip->used, format, arguments);
    va_end(arguments);
    if (length > 0)
        tip->used += (size_t)length;
    if (tip->used >= sizeof tip->text)
        tip->used = sizeof tip->text - 1;
}

static void mark(const struct view_frame *frame, const struct plot *plot, double step, double value,
                 struct raster_colour c)
{
    if (!isfinite(value) || step < plot->from || step > plot->to)
        return;
    float x = (float)plot_x(plot, step), y = (float)plot_y(plot, value);
    if (y < plot->area.y || y > plot->area.y + plot->area.h)
        return;
    canvas_fill(frame->canvas, (SDL_FRect){x - MARK / 2 - 1, y - MARK / 2 - 1, MARK + 2, MARK + 2},
                THEME_BACKGROUND);
    canvas_fill(frame->canvas, (SDL_FRect){x - MARK / 2, y - MARK / 2, MARK, MARK},
                (SDL_Color){c.r, c.g, c.b, 255});
}

static void tell_loss(const struct curves *curves, const struct view_frame *frame, double step,
                      struct tip *tip)
{
    const struct snapshot *snapshot = frame->model->snapshot;
    for (int i = 0; i < snapshot->arm_count; i++) {
        const struct snapshot_arm *arm = &snapshot->arms[i];
        if (arm->loss_curve.count == 0)
            continue;
        int nearest = series_nearest(&arm->loss_curve, step);
        char smooth[32], raw[32];
        ticks_value(smooth, sizeof smooth, (double)curves->smooth[i][nearest]);
        ticks_value(raw, sizeof raw, (double)arm->loss_curve.value[nearest]);
        if (curves->smoothing > 0)
            tip_add(tip, "\n%s\t%s  (%s)", arm->name, smooth, raw);
        else
            tip_add(tip, "\n%s\t%s", arm->name, raw);
        mark(frame, &curves->plots[CURVES_LOSS], (double)arm->loss_curve.step[nearest],
             (double)curves->smooth[i][nearest], series_style(i).colour);
    }
}

static void tell_probe(const struct curves *curves, const struct view_frame *frame, double step,
                       struct tip *tip)
{
    const struct snapshot *snapshot = frame->model->snapshot;
    for (int i = 0; i < snapshot->arm_count; i++) {
        const struct snapshot_arm *arm = &snapshot->arms[i];
        if (arm->probe_curve.count == 0)
            continue;
        int nearest = series_nearest(&arm->probe_curve, step);
        char value[32], low[32] = "", high[32] = "";
        ticks_value(value, sizeof value, (double)arm->probe_curve.value[nearest]);
        bool band = arm->probe_low_curve.count == arm->probe_curve.count &&
                    arm->probe_high_curve.count == arm->probe_curve.count;
        if (band) {
            ticks_value(low, sizeof low, (double)arm->probe_low_curve.value[nearest]);
            ticks_value(high, sizeof high, (double)arm->probe_high_curve.value[nearest]);
            tip_add(tip, "\n%s\t%s  (%s \xe2\x80\x93 %s)", arm->name, value, low, high);
        } else {
            tip_add(tip, "\n%s\t%s", arm->name, value);
        }
        mark(frame, &curves->plots[CURVES_PROBE], (double)arm->probe_curve.step[nearest],
             (double)arm->probe_curve.value[nearest], series_style(i).colour);
    }
}

static void tell_rate(const struct curves *curves, const struct view_frame *frame, double step,
                      struct tip *tip)
{
    const struct curve *curve = &frame->model->snapshot->learning_rate_curve;
    if (curve->count == 0)
        return;
    int nearest = series_nearest(curve, step);
    tip_add(tip, "\nlearning rate\t%.3g", (double)curve->value[nearest]);
    mark(frame, &curves->plots[CURVES_RATE], (double)curve->step[nearest],
         (double)curve->value[nearest], series_style(0).colour);
}

static void tell_events(const struct plot *plot, const struct view_frame *frame, struct tip *tip)
{
    const struct snapshot *snapshot = frame->model->snapshot;
    for (int i = 0; i < snapshot->event_count; i++) {
        const struct snapshot_event *event = &snapshot->events[i];
        double distance = fabs(plot_x(plot, (double)event->step) - (double)frame->mouse_x);
        char text[EVENT_TEXT_SIZE];
        event_sentence(text, event);
        if (distance <= EVENT_REACH)
            tip_add(tip, "\n%s\tstep %" PRId64, text, event->step);
    }
}

static int plot_under(const struct curves *curves, float x, float y)
{
    for (int i = 0; i < CURVES_PLOTS; i++)
        if (curves->plots[i].area.h > 0 && canvas_inside(curves->plots[i].area, x, y))
            return i;
    return -1;
}

/* The upright line snaps to the nearest step that has a point in the plot under the mouse. */
static double snapped(const struct snapshot *snapshot, int which, double step)
{
    double best = step, distance = INFINITY;
    for (int i = 0; i < snapshot->arm_count; i++) {
        const struct curve *curve = which == CURVES_PROBE  ? &snapshot->arms[i].probe_curve
                                    : which == CURVES_LOSS ? &snapshot->arms[i].loss_curve
                                                           : &snapshot->learning_rate_curve;
        if (curve->count == 0)
            continue;
        double candidate = (double)curve->step[series_nearest(curve, step)];
        if (fabs(candidate - step) < distance) {
            distance = fabs(candidate - step);
            best = candidate;
        }
    }
    return best;
}

void curves_draw_crosshair(const struct curves *curves, const struct view_frame *frame)
{
    int which = plot_under(curves, frame->mouse_x, frame->mouse_y);
    if (!frame->mouse_inside || which < 0)
        return;
    const struct plot *plot = &curves->plots[which];
    double step =
        snapped(frame->model->snapshot, which, plot_step_at(plot, (double)frame->mouse_x));
    step = fmin(fmax(step, plot->from), plot->to);
    float x = (float)plot_x(plot, step);
    for (int i = 0; i < CURVES_PLOTS; i++) {
        SDL_FRect area = curves->plots[i].area;
        if (area.h > 0)
            canvas_rule(frame->canvas, x, area.y, x, area.y + area.h, THEME_MUTED);
    }
    struct tip tip = {.used = 0};
    tip_add(&tip, "step %.0f", step);
    if (which == CURVES_LOSS)
        tell_loss(curves, frame, step, &tip);
    else if (which == CURVES_PROBE)
        tell_probe(curves, frame, step, &tip);
    else
        tell_rate(curves, frame, step, &tip);
    tell_events(plot, frame, &tip);
    canvas_tip(frame->canvas, frame->mouse_x, frame->mouse_y, frame->area, tip.text);
}
