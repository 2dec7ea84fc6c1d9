/* Which plots are shown, where, and over which ranges. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "ui/smooth.h"
#include "ui/window/curves.h"
#include "ui/window/theme.h"

enum {
    RATE_HEIGHT = 44,     /* of the learning rate's strip */
    LEAST_FOR_RATE = 210, /* heights of the area below which plots are left out */
    LEAST_FOR_PROBE = 240,
    LEAST_FOR_TASK = 340,
    FEWEST_STEPS = 10, /* across the axis */
};
static const double rate_headroom = 1.15;
/* Heights, in parts of those that are shown. */
static const double loss_share = 0.58, probe_share = 0.42, task_share = 0.4;

double curves_newest(const struct snapshot *snapshot)
{
    double newest = 0;
    for (int arm = 0; arm < snapshot->arm_count; arm++) {
        const struct curve *curve = &snapshot->arms[arm].loss_curve;
        if (curve->count > 0)
            newest = fmax(newest, (double)curve->step[curve->count - 1]);
    }
    return newest;
}

double curves_baseline(const struct snapshot *snapshot, const struct probe_cell *cells)
{
    int count =
        (int)snapshot->config.eval.strategies.count * (int)snapshot->config.eval.ratios.count;
    double sum = 0;
    int known = 0;
    for (int i = 0; i < count && i < PROBE_LIMIT; i++)
        if (cells[i].images > 0 && isfinite(cells[i].mean)) {
            sum += cells[i].mean;
            known++;
        }
    return known > 0 ? sum / known : NAN;
}

int curves_side(const struct plot *plot, double value)
{
    return range_side(&plot->range, plot->logarithmic, value);
}

/* "; dots at the edge: up to 1e+06", where points lie off the plot. */
static void add_leavers(char title[CURVES_TITLE_SIZE], const struct curves *curves,
                        enum curves_plot which, const struct snapshot *snapshot)
{
    const struct plot *plot = &curves->plots[which];
    struct range all = range_empty();
    for (int line = 0; line < curves_lines(snapshot, which); line++) {
        const struct curve *curve = curves_line(snapshot, which, line);
        int first, last;
        if (series_between(curve, plot->from, plot->to, &first, &last))
            range_add_all(&all, curve->value + first, last - first + 1, plot->logarithmic);
    }
    size_t used = strlen(title);
    if (range_known(&all) && curves_side(plot, all.high) > 0)
        used += (size_t)snprintf(title + used, CURVES_TITLE_SIZE - used,
                                 "; dots at the top: up to %.3g", all.high);
    if (range_known(&all) && curves_side(plot, all.low) < 0 && used < CURVES_TITLE_SIZE)
        snprintf(title + used, CURVES_TITLE_SIZE - used, "; at the bottom: down to %.3g", all.low);
}

void curves_title(char out[CURVES_TITLE_SIZE], const struct curves *curves, enum curves_plot which,
                  const struct view_frame *frame)
{
    static const char *const titles[CURVES_PLOTS] = {
        [CURVES_LOSS] = "Loss on own masks",
        [CURVES_PROBE] = "MSE on the probe masks, 95% interval",
        [CURVES_RATE] = "Learning rate",
    };
    bool scaled = which == CURVES_LOSS || which == CURVES_PROBE;
    if (which == CURVES_TASK)
        task_title(out, frame->model->snapshot);
    else
        snprintf(out, CURVES_TITLE_SIZE, "%s%s", titles[which],
                 scaled && frame->model->log_scale ? ", log scale" : "");
    add_leavers(out, curves, which, frame->model->snapshot);
}

static bool any_probe(const struct snapshot *snapshot)
{
    for (int arm = 0; arm < snapshot->arm_count; arm++)
        if (snapshot->arms[arm].probe_curve.count > 0)
            return true;
    return false;
}

static bool any_task(const struct snapshot *snapshot)
{
    for (int arm = 0; arm < snapshot->arm_count; arm++)
        if (snapshot->arms[arm].task_curve.count > 0)
            return true;
    return false;
}

static void set_steps(struct curves *curves, const struct snapshot *snapshot)
{
    double newest = fmax(curves_newest(snapshot), FEWEST_STEPS);
    double from = 0, to = newest;
    if (curves->span > 0) {
        to = fmin(curves->end, newest);
        from = fmax(0, to - curves->span);
    }
    for (int i = 0; i < CURVES_PLOTS; i++) {
        curves->plots[i].from = from;
        curves->plots[i].to = to;
    }
}

static void add_visible(struct plot *plot, const struct curve *curve, bool logarithmic)
{
    int first, last;
    if (series_between(curve, plot->from, plot->to, &first, &last))
        range_add_most(&plot->range, curve->value + first, last - first + 1, logarithmic);
}

static void range_of_probe(struct plot *plot, const struct snapshot *snapshot, bool logarithmic)
{
    for (int arm = 0; arm < snapshot->arm_count; arm++) {
        add_visible(plot, &snapshot->arms[arm].probe_curve, logarithmic);
        add_visible(plot, &snapshot->arms[arm].probe_low_curve, logarithmic);
        add_visible(plot, &snapshot->arms[arm].probe_high_curve, logarithmic);
    }
    double visible = curves_baseline(snapshot, snapshot->baseline_visible_mean);
    double distance = curves_baseline(snapshot, snapshot->baseline_inverse_distance);
    range_add(&plot->range, fmin(visible, distance), logarithmic);
}

static void set_ranges(struct curves *curves, const struct snapshot *snapshot, bool logarithmic)
{
    for (int i = 0; i < CURVES_PLOTS; i++) {
        curves->plots[i].range = range_empty();
        curves->plots[i].logarithmic = logarithmic && (i == CURVES_LOSS || i == CURVES_PROBE);
    }
    for (int arm = 0; arm < snapshot->arm_count; arm++) {
        add_visible(&curves->plots[CURVES_LOSS], &snapshot->arms[arm].loss_curve, logarithmic);
        add_visible(&curves->plots[CURVES_TASK], &snapshot->arms[arm].task_curve, false);
    }
    range_of_probe(&curves->plots[CURVES_PROBE], snapshot, logarithmic);
    for (int i = 0; i < CURVES_RATE; i++) {
        struct plot *plot = &curves->plots[i];
        if (!range_known(&plot->range)) /* nothing finite: an axis all the same */
            plot->range = (struct range){0.1, 1};
        range_widen(&plot->range, plot->logarithmic);
    }
    struct plot *rate = &curves->plots[CURVES_RATE];
    double peak = snapshot->learning_rate_peak;
    const struct curve *curve = &snapshot->learning_rate_curve;
    for (int i = 0; i < curve->count; i++)
        peak = isfinite(curve->value[i]) ? fmax(peak, (double)curve->value[i]) : peak;
    rate->range = (struct range){0, peak > 0 ? peak * rate_headroom : 1};
}

/* Single points off the plot stay out of it: they would draw their neighbours along. */
static void smooth(struct curves *curves, const struct snapshot *snapshot)
{
    const struct plot *plot = &curves->plots[CURVES_LOSS];
    int longest = 0;
    for (int arm = 0; arm < snapshot->arm_count; arm++)
        longest = longest < snapshot->arms[arm].loss_curve.count
                      ? snapshot->arms[arm].loss_curve.count
                      : longest;
    if (!curves->smoothing_chosen)
        curves->smoothing = smooth_usual_half(longest);
    for (int arm = 0; arm < snapshot->arm_count; arm++) {
        const struct curve *curve = &snapshot->arms[arm].loss_curve;
        float values[CURVE_POINTS];
        for (int i = 0; i < curve->count; i++)
            values[i] = curves_side(plot, (double)curve->value[i]) ? NAN : curve->value[i];
        smooth_values(values, curve->count, curves->smoothing, curves->smooth[arm]);
    }
}

/* One below the other: the loss, the probe masks, the task where these are wanted. */
static void stack(struct curves *curves, SDL_FRect area, float bottom, bool probe, bool task)
{
    const bool wanted[CURVES_RATE] = {true, probe, task};
    const double shares[CURVES_RATE] = {loss_share, probe_share, task_share};
    double all = 0;
    float room = bottom - area.y, top = area.y;
    for (int i = 0; i < CURVES_RATE; i++) {
        all += wanted[i] ? shares[i] : 0;
        room -= wanted[i] ? PLOT_TITLE_HEIGHT : 0;
    }
    for (int i = 0; i < CURVES_RATE; i++) {
        if (!wanted[i])
            continue;
        float height = fmaxf(floorf(room * (float)(shares[i] / all)), 1);
        top += PLOT_TITLE_HEIGHT;
        curves->plots[i].area.y = top;
        curves->plots[i].area.h = height;
        top += height;
    }
}

static void set_areas(struct curves *curves, SDL_FRect area, bool probe, bool task, bool rate)
{
    float bottom = area.y + area.h - PLOT_STEPS_HEIGHT - CURVES_EVENT_LANE;
    for (int i = 0; i < CURVES_PLOTS; i++)
        curves->plots[i].area =
            (SDL_FRect){area.x + PLOT_LABEL_WIDTH, area.y, area.w - PLOT_LABEL_WIDTH, 0};
    if (rate) {
        curves->plots[CURVES_RATE].area.y = bottom - RATE_HEIGHT;
        curves->plots[CURVES_RATE].area.h = RATE_HEIGHT;
        bottom -= RATE_HEIGHT + PLOT_TITLE_HEIGHT;
    }
    stack(curves, area, bottom, probe, task);
}

void curves_lay_out(struct curves *curves, const struct view_frame *frame, SDL_FRect area)
{
    const struct snapshot *snapshot = frame->model->snapshot;
    bool logarithmic = frame->model->log_scale;
    bool probe = any_probe(snapshot), task = any_task(snapshot);
    set_areas(curves, area, probe && area.h >= LEAST_FOR_PROBE,
              task && area.h >= (probe ? LEAST_FOR_TASK : LEAST_FOR_PROBE),
              area.h >= LEAST_FOR_RATE);
    set_steps(curves, snapshot);
    set_ranges(curves, snapshot, logarithmic);
    smooth(curves, snapshot);
    for (int i = 0; i < CURVES_PLOTS; i++)
        if (curves->plots[i].area.h > 0)
            plot_set_ticks(&curves->plots[i]);
}

const struct plot *curves_bottom(const struct curves *curves)
{
    int which = CURVES_PLOTS - 1;
    while (which > 0 && curves->plots[which].area.h <= 0)
        which--;
    return &curves->plots[which];
}
