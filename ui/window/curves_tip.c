/* What is told of the curves at a step. */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "ui/event_words.h"
#include "ui/window/curves.h"

/* Logical pixels: events this near to the mouse are told, points this near are "here". */
enum { REACH = 5 };

struct tip {
    char *text;
    size_t used;
};

__attribute__((format(printf, 2, 3))) static void tip_add(struct tip *tip, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(tip->text + tip->used, CURVES_TIP_SIZE - tip->used, format, arguments);
    va_end(arguments);
    if (length > 0)
        tip->used += (size_t)length;
    if (tip->used >= CURVES_TIP_SIZE)
        tip->used = CURVES_TIP_SIZE - 1;
}

int curves_lines(const struct snapshot *snapshot, enum curves_plot which)
{
    return which == CURVES_RATE ? 1 : snapshot->arm_count;
}

const struct curve *curves_line(const struct snapshot *snapshot, enum curves_plot which, int line)
{
    switch (which) {
    case CURVES_LOSS:
        return &snapshot->arms[line].loss_curve;
    case CURVES_PROBE:
        return &snapshot->arms[line].probe_curve;
    case CURVES_TASK:
        return &snapshot->arms[line].task_curve;
    default:
        return &snapshot->learning_rate_curve;
    }
}

static void tell_loss(const struct curves *curves, const struct snapshot *snapshot, int arm,
                      int point, struct tip *tip)
{
    char smooth[32], raw[32];
    ticks_value(smooth, sizeof smooth, (double)curves->smooth[arm][point]);
    ticks_value(raw, sizeof raw, (double)snapshot->arms[arm].loss_curve.value[point]);
    if (curves->smoothing > 0)
        tip_add(tip, "\n%s\t%s  (%s)", snapshot->arms[arm].name, smooth, raw);
    else
        tip_add(tip, "\n%s\t%s", snapshot->arms[arm].name, raw);
}

static void tell_probe(const struct snapshot_arm *arm, int point, struct tip *tip)
{
    char value[32], low[32], high[32];
    ticks_value(value, sizeof value, (double)arm->probe_curve.value[point]);
    tip_add(tip, "\n%s\t%s", arm->name, value);
    if (arm->probe_low_curve.count != arm->probe_curve.count ||
        arm->probe_high_curve.count != arm->probe_curve.count)
        return;
    ticks_value(low, sizeof low, (double)arm->probe_low_curve.value[point]);
    ticks_value(high, sizeof high, (double)arm->probe_high_curve.value[point]);
    tip_add(tip, "  (%s \xe2\x80\x93 %s)", low, high);
}

static void tell_task(const struct snapshot_arm *arm, int point, struct tip *tip)
{
    char value[32];
    ticks_value(value, sizeof value, (double)arm->task_curve.value[point]);
    tip_add(tip, "\n%s\t%s", arm->name, value);
}

static void tell_point(const struct curves *curves, const struct snapshot *snapshot,
                       enum curves_plot which, int line, int point, struct tip *tip)
{
    if (which == CURVES_LOSS)
        tell_loss(curves, snapshot, line, point, tip);
    else if (which == CURVES_PROBE)
        tell_probe(&snapshot->arms[line], point, tip);
    else if (which == CURVES_TASK)
        tell_task(&snapshot->arms[line], point, tip);
    else
        tip_add(tip, "\nlearning rate\t%.3g", (double)snapshot->learning_rate_curve.value[point]);
}

static void tell_events(const struct plot *plot, const struct view_frame *frame, struct tip *tip)
{
    const struct snapshot *snapshot = frame->model->snapshot;
    for (int i = 0; i < snapshot->event_count; i++) {
        const struct snapshot_event *event = &snapshot->events[i];
        double distance = fabs(plot_x(plot, (double)event->step) - (double)frame->mouse_x);
        char text[EVENT_WORDS_SIZE], step[32];
        event_sentence(text, event);
        text_from_grouped(step, event->step);
        if (distance <= REACH)
            tip_add(tip, "\n%s\tstep %s", text, step);
    }
}

void curves_tell(const struct curves *curves, const struct view_frame *frame,
                 enum curves_plot which, double step, char out[CURVES_TIP_SIZE])
{
    const struct snapshot *snapshot = frame->model->snapshot;
    const struct plot *plot = &curves->plots[which];
    struct tip tip = {.text = out};
    char number[32];
    text_from_grouped(number, llround(step));
    tip_add(&tip, "step %s", number);
    for (int line = 0; line < curves_lines(snapshot, which); line++) {
        const struct curve *curve = curves_line(snapshot, which, line);
        int point = series_point(curve, step);
        if (point < 0)
            continue;
        tell_point(curves, snapshot, which, line, point, &tip);
        double there = (double)curve->step[point];
        text_from_grouped(number, llround(there));
        if (fabs(plot_x(plot, there) - plot_x(plot, step)) > REACH)
            tip_add(&tip, "  at step %s", number);
    }
    tell_events(plot, frame, &tip);
}
