/* How the training goes: progress, speed, each arm's numbers, and the curves. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "ui/panel/chart.h"
#include "ui/panel/format.h"
#include "ui/panel/training_arms.h"
#include "ui/panel/view.h"
#include "ui/task_words.h"

enum {
    LABEL_COLUMNS = 10,
    SMALL_HEIGHT = 8, /* below: three lines say it all */
    CHART_HEIGHT = 7, /* the least that is worth drawing */
    TWO_CHARTS_HEIGHT = 22,
    TWO_CHARTS_WIDTH = 110,
};

/* The panes, in the order in which Tab goes through them. That of a downstream task is there once
 * one was asked. */
enum curve_kind { LOSS_CURVES, PROBE_CURVES, TASK_CURVES, RATE_CURVE, CURVE_KINDS };

struct training_state {
    bool zoomed;
    enum curve_kind pane; /* the one that is zoomed, and the only one where there is little room */
    /* What was drawn where, for the mouse. */
    int arms_row, arms_first, arms_shown;
    struct area charts[CURVE_KINDS]; /* on the screen; height 0: not drawn */
};

/* Numbers with what they are, on one row, two blanks apart; one that does not fit whole is left
 * out. */
struct facts {
    const struct frame *frame;
    int row, column;
};

static void fact(struct facts *facts, const char *before, enum role role, const char *value,
                 const char *after)
{
    const struct area *area = &facts->frame->area;
    const struct screen *screen = facts->frame->screen;
    int width = text_width(before) + text_width(value) + text_width(after);
    if (facts->column + width > area->width)
        return;
    facts->column = draw_text(screen, area, facts->row, facts->column, ROLE_DIM, before);
    facts->column = draw_text(screen, area, facts->row, facts->column, role, value);
    facts->column = draw_text(screen, area, facts->row, facts->column, ROLE_DIM, after) + 2;
}

static struct facts begin_facts(const struct frame *frame, int row, const char *label)
{
    draw_text(frame->screen, &frame->area, row, 0, ROLE_HEADING, label);
    return (struct facts){frame, row, LABEL_COLUMNS};
}

static void draw_progress(const struct frame *frame, int row)
{
    const struct snapshot *snapshot = frame->model->snapshot;
    char step[NUMBER_SIZE], total[NUMBER_SIZE], text[128], share_text[NUMBER_SIZE];
    double share =
        snapshot->total_steps > 0 ? (double)snapshot->step / (double)snapshot->total_steps : NAN;
    double epoch =
        snapshot->epoch_steps > 0 ? (double)snapshot->step / (double)snapshot->epoch_steps : NAN;
    text_from_grouped(step, snapshot->step);
    text_from_grouped(total, snapshot->total_steps);
    format_share(share_text, share);
    int length = snprintf(text, sizeof text, "%6s  step %s of %s", share_text, step, total);
    if (isfinite(epoch) && (size_t)length < sizeof text)
        snprintf(text + length, sizeof text - (size_t)length, "  epoch %.1f", epoch);
    int width = frame->area.width - LABEL_COLUMNS - text_width(text) - 2;
    draw_text(frame->screen, &frame->area, row, 0, ROLE_HEADING, "Progress");
    draw_bar(frame->screen, &frame->area, row, LABEL_COLUMNS, width, share);
    draw_text(frame->screen, &frame->area, row,
              width > 0 ? LABEL_COLUMNS + width + 1 : LABEL_COLUMNS, ROLE_TEXT, text);
}

static void draw_time(const struct frame *frame, int row)
{
    const struct snapshot *snapshot = frame->model->snapshot;
    struct facts facts = begin_facts(frame, row, "Time");
    char value[NUMBER_SIZE];
    text_from_duration(value, snapshot->elapsed);
    fact(&facts, "", ROLE_VALUE, value, " so far");
    text_from_duration(value, snapshot->remaining);
    if (strcmp(value, "-") != 0)
        fact(&facts, "", ROLE_VALUE, value, " to go");
    text_from_grouped(value, snapshot->checkpoint_step);
    if (snapshot->checkpoint_step >= 0)
        fact(&facts, "checkpoint at step ", ROLE_VALUE, value, "");
    else
        fact(&facts, "no checkpoint yet", ROLE_DIM, "", "");
}

/* Waiting for data and drawing pictures are worth a warning from this share of the time on. */
static const double share_warning = 0.05;

static void share_fact(struct facts *facts, double share, const char *after)
{
    char value[NUMBER_SIZE];
    format_share(value, share);
    fact(facts, "", share > share_warning ? ROLE_WARNING : ROLE_VALUE, value, after);
}

static void draw_speed(const struct frame *frame, int row)
{
    const struct snapshot *snapshot = frame->model->snapshot;
    struct facts facts = begin_facts(frame, row, "Speed");
    char value[NUMBER_SIZE];
    format_rough(value, snapshot->images_per_second);
    fact(&facts, "", ROLE_VALUE, value, " images/s");
    format_rough(value, 1000 * snapshot->step_seconds);
    fact(&facts, "", ROLE_VALUE, value, " ms/step");
    share_fact(&facts, snapshot->wait_share, " waiting for data");
    share_fact(&facts, snapshot->show_share, " for pictures");
}

static void draw_learning(const struct frame *frame, int row)
{
    const struct snapshot *snapshot = frame->model->snapshot;
    struct facts facts = begin_facts(frame, row, "Learning");
    char value[NUMBER_SIZE];
    snprintf(value, sizeof value, "%.3g", snapshot->learning_rate);
    fact(&facts, "rate ", ROLE_VALUE, value, "");
    snprintf(value, sizeof value, "%.3g", snapshot->learning_rate_peak);
    fact(&facts, "peak ", ROLE_VALUE, value, "");
    text_from_count(value, (double)snapshot->parameters);
    fact(&facts, "", ROLE_VALUE, value, " parameters");
    text_from_count(value, (double)snapshot->train_images);
    fact(&facts, "", ROLE_VALUE, value, " images");
    if (snapshot->broken_images > 0) {
        text_from_count(value, (double)snapshot->broken_images);
        fact(&facts, "", ROLE_WARNING, value, " broken");
    }
}

/* A chart with what it is made of. */
struct curves_chart {
    struct chart chart;
    struct chart_series series[ARM_LIMIT];
    char title[TASK_TITLE_SIZE];
};

static const struct curve *curve_of(const struct snapshot *snapshot, enum curve_kind kind, int arm)
{
    switch (kind) {
    case LOSS_CURVES:
        return &snapshot->arms[arm].loss_curve;
    case PROBE_CURVES:
        return &snapshot->arms[arm].probe_curve;
    case TASK_CURVES:
        return &snapshot->arms[arm].task_curve;
    default:
        return &snapshot->learning_rate_curve;
    }
}

static void chart_of(struct curves_chart *made, const struct frame *frame, enum curve_kind kind)
{
    const struct snapshot *snapshot = frame->model->snapshot;
    static const struct chart charts[] = {
        [LOSS_CURVES] = {.title = "Loss", .empty = "no step done yet"},
        [PROBE_CURVES] = {.title = "Probe-mask MSE",
                          .empty = "no evaluation yet (E evaluates now)"},
        [TASK_CURVES] = {.empty = "no task asked yet (P asks now)"},
        [RATE_CURVE] = {.title = "Learning rate", .whole = true, .empty = "no step done yet"},
    };
    struct chart *chart = &made->chart;
    *chart = charts[kind];
    chart->series = made->series;
    chart->events = snapshot->events;
    chart->event_count = snapshot->event_count;
    chart->count = kind == RATE_CURVE ? 1 : snapshot->arm_count;
    chart->smooth = kind == LOSS_CURVES;
    chart->logarithmic = frame->model->log_scale && (kind == LOSS_CURVES || kind == PROBE_CURVES);
    if (kind == TASK_CURVES) {
        task_name(made->title, snapshot);
        chart->title = made->title;
    }
    for (int i = 0; i < chart->count; i++)
        made->series[i] = (struct chart_series){
            .curve = curve_of(snapshot, kind, i),
            .name = kind == RATE_CURVE || snapshot->arm_count == 1 ? NULL : snapshot->arms[i].name,
            .series = i,
        };
}

static void draw_curves(struct training_state *training, const struct frame *frame,
                        const struct area *area, enum curve_kind kind)
{
    struct curves_chart made;
    chart_of(&made, frame, kind);
    made.chart.chosen = kind == training->pane;
    training->charts[kind] = *area;
    chart_draw(frame->screen, area, &made.chart);
}

static bool has_task(const struct snapshot *snapshot)
{
    return snapshot->task[0] != '\0';
}

/* What stands beside the loss where there is room for all, from the top down. */
static void draw_others(struct training_state *training, const struct frame *frame,
                        const struct area *area)
{
    bool task = has_task(frame->model->snapshot);
    int probe_rows = task ? area->height / 3 : area->height * 3 / 5;
    int task_rows = task ? area->height / 3 : 0;
    struct area probe = area_rows(area, 0, probe_rows);
    struct area middle = area_rows(area, probe_rows, task_rows);
    struct area rate = area_rows(area, probe_rows + task_rows, area->height);
    draw_curves(training, frame, &probe, PROBE_CURVES);
    if (task)
        draw_curves(training, frame, &middle, TASK_CURVES);
    draw_curves(training, frame, &rate, RATE_CURVE);
}

/* The chosen pane alone, the loss with another beside or above it, or all. */
static void draw_charts(struct training_state *training, const struct frame *frame,
                        const struct area *area)
{
    enum { GAP = 2 };
    enum curve_kind pane = training->pane;
    bool wide = !training->zoomed && area->width >= TWO_CHARTS_WIDTH,
         tall = !training->zoomed && area->height >= TWO_CHARTS_HEIGHT;
    struct area left = *area, right = *area;
    if (!wide && !tall) {
        draw_curves(training, frame, area, pane);
        return;
    }
    if (wide) {
        left = area_columns(area, 0, area->width * 3 / 5);
        right = area_columns(area, left.width + GAP, area->width);
    } else {
        left = area_rows(area, 0, area->height * 3 / 5);
        right = area_rows(area, left.height, area->height);
    }
    draw_curves(training, frame, &left, LOSS_CURVES);
    if (wide && tall)
        draw_others(training, frame, &right);
    else
        draw_curves(training, frame, &right, pane == LOSS_CURVES ? PROBE_CURVES : pane);
}

/* Little room: what there is no doing without. */
static void draw_small(const struct frame *frame)
{
    const struct snapshot *snapshot = frame->model->snapshot;
    char step[16], total[16], value[NUMBER_SIZE];
    text_from_count(step, (double)snapshot->step);
    text_from_count(total, (double)snapshot->total_steps);
    for (int i = 0; i < snapshot->arm_count; i++) {
        const struct snapshot_arm *arm =
            &snapshot->arms[(frame->model->arm + i) % snapshot->arm_count];
        format_number(value, arm->loss, 8);
        int column = draw_text(frame->screen, &frame->area, i, 0, ROLE_DIM, "loss ");
        column = draw_text(frame->screen, &frame->area, i, column, ROLE_VALUE, value);
        draw_text(frame->screen, &frame->area, i, column + 1, ROLE_TEXT, arm->name);
    }
    int row =
        snapshot->arm_count < frame->area.height - 1 ? snapshot->arm_count : frame->area.height - 1;
    if (row < 1)
        return;
    draw_blank(frame->screen, &frame->area, row, ROLE_TEXT);
    draw_format(frame->screen, &frame->area, row, 0, ROLE_TEXT, "step %s of %s", step, total);
}

static void draw(void *state, const struct frame *frame)
{
    struct training_state *training = state;
    int height = frame->area.height, row = 0;
    training->arms_shown = 0;
    memset(training->charts, 0, sizeof training->charts);
    if (height < SMALL_HEIGHT) {
        draw_small(frame);
        return;
    }
    if (!training->zoomed) {
        draw_progress(frame, row++);
        draw_time(frame, row++);
        draw_speed(frame, row++);
        draw_learning(frame, row++);
        row += height >= 2 * SMALL_HEIGHT;
        int rows = height - row - CHART_HEIGHT;
        training->arms_row = row + 1;
        training->arms_shown =
            training_arms_draw(frame, row, rows < 2 ? height - row : rows, &training->arms_first);
        row += 1 + training->arms_shown;
        row += height >= 2 * SMALL_HEIGHT + 4;
    }
    struct area rest = area_rows(&frame->area, row, height);
    draw_charts(training, frame, &rest);
}

static bool act(void *state, const struct frame *frame, enum action action, const char *argument)
{
    (void)argument;
    struct training_state *training = state;
    struct list arms = {.count = frame->model->snapshot->arm_count, .chosen = frame->model->arm};
    if (action == ACTION_ZOOM) {
        training->zoomed = !training->zoomed;
        return true;
    }
    if (action == ACTION_VIEW_NEXT) { /* and from the last pane on to the next view */
        training->pane = (enum curve_kind)((training->pane + 1) % CURVE_KINDS);
        if (training->pane == TASK_CURVES && !has_task(frame->model->snapshot))
            training->pane = RATE_CURVE;
        return training->pane != LOSS_CURVES;
    }
    if (!list_act(&arms, action, arms.count))
        return false;
    frame->model->arm = arms.chosen < 0 ? 0 : arms.chosen;
    return true;
}

/* A click chooses an arm or a pane and says what is marked there; twice, it zooms. */
static void click(void *state, const struct frame *frame, int row, int column, bool twice)
{
    struct training_state *training = state;
    int arm = row - training->arms_row;
    if (arm >= 0 && arm < training->arms_shown)
        frame->model->arm = training->arms_first + arm;
    for (int kind = 0; kind < CURVE_KINDS; kind++) {
        const struct area *area = &training->charts[kind];
        struct curves_chart made;
        char told[EVENT_WORDS_SIZE];
        int down = frame->area.row + row - area->row, across = column - area->column;
        if (down < 0 || down >= area->height || across < 0 || across >= area->width)
            continue;
        training->pane = (enum curve_kind)kind;
        training->zoomed ^= twice;
        chart_of(&made, frame, (enum curve_kind)kind);
        if (!twice && chart_tell(area, &made.chart, across, told))
            ui_say(frame->model, LOG_INFO, "%s", told);
    }
}

static const char *table(const void *state)
{
    (void)state;
    return "curves";
}

const struct view panel_view_training = {
    .name = "training",
    .title = "Training",
    .hints = "pause;ratio-down+ratio-up=ratio;strategy;law;lr-down+lr-up=learning rate;"
             "log-scale=log;view-next=pane;zoom;eval;checkpoint",
    .state_size = sizeof(struct training_state),
    .draw = draw,
    .act = act,
    .click = click,
    .table = table,
};
