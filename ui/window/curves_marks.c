/* Events below the axis, and the cross at the mouse. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "ui/event_words.h"
#include "ui/window/curves.h"
#include "ui/window/theme.h"

enum { LABEL_GAP = 10, LABEL_MOST = 260, MARK = 5 };

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
        char text[EVENT_WORDS_SIZE];
        event_label(text, event);
        float width = fminf(canvas_text_width(canvas, FONT_SMALL, text), LABEL_MOST);
        float left = fmaxf(fminf(x - width / 2, right - width), plot->area.x);
        if (left + width + LABEL_GAP > taken)
            continue;
        canvas_text_in(canvas, FONT_SMALL, (SDL_FRect){left, top, width + 1, CURVES_EVENT_LANE},
                       ALIGN_LEFT, THEME_TEXT, text);
        taken = left;
    }
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

/* The arms' points that the tip tells of. */
static void mark_points(const struct curves *curves, const struct view_frame *frame,
                        enum curves_plot which, double step)
{
    const struct snapshot *snapshot = frame->model->snapshot;
    for (int i = 0; i < curves_lines(snapshot, which); i++) {
        const struct curve *curve = curves_line(snapshot, which, i);
        int point = series_point(curve, step);
        if (point < 0)
            continue;
        const float *values = which == CURVES_LOSS ? curves->smooth[i] : curve->value;
        mark(frame, &curves->plots[which], (double)curve->step[point], (double)values[point],
             series_style(i).colour);
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
static double snapped(const struct snapshot *snapshot, enum curves_plot which, double step)
{
    double best = step, distance = INFINITY;
    for (int i = 0; i < curves_lines(snapshot, which); i++) {
        const struct curve *curve = curves_line(snapshot, which, i);
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
    double step = snapped(frame->model->snapshot, (enum curves_plot)which,
                          plot_step_at(plot, (double)frame->mouse_x));
    step = fmin(fmax(step, plot->from), plot->to);
    float x = (float)plot_x(plot, step);
    for (int i = 0; i < CURVES_PLOTS; i++) {
        SDL_FRect area = curves->plots[i].area;
        if (area.h > 0)
            canvas_rule(frame->canvas, x, area.y, x, area.y + area.h, THEME_MUTED);
    }
    char text[CURVES_TIP_SIZE];
    curves_tell(curves, frame, (enum curves_plot)which, step, text);
    mark_points(curves, frame, (enum curves_plot)which, step);
    canvas_tip(frame->canvas, frame->mouse_x, frame->mouse_y, frame->area, text);
}
