/* The arms side by side: what each is set to, how it fares on its own masks and on the common probe
 * masks; below, the trivial predictors they have to beat and the chosen arm's probe masks one by
 * one. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "ui/panel/chart.h"
#include "ui/panel/format.h"
#include "ui/panel/columns.h"
#include "ui/panel/view.h"
#include "ui/perform.h"

struct arms_state {
    struct list list;
    int first_row; /* of the arms, for the mouse */
    int bar_row;   /* of the chosen arm's ratio bar; -1: not shown */
    bool dragging; /* the bar's end */
};

enum { MARK, NAME, STRATEGY, LAW, NOW, DRAWN, LOSS, PROBE, INTERVAL, TREND, TASK, COLUMNS_USED };
static const struct column columns[COLUMNS_USED] = {
    [MARK] = {"", 1, 1, 0, false},
    [NAME] = {"Arm", 12, ARM_NAME_SIZE, 0, false},
    [STRATEGY] = {"strategy", 8, 32, 3, false},
    [LAW] = {"ratio law", 9, 48, 4, false},
    [NOW] = {"now", 5, 5, 2, true},
    [DRAWN] = {"drawn", 5, 5, 6, true},
    [LOSS] = {"loss", 7, 7, 0, true},
    [PROBE] = {"probe MSE", 9, 9, 1, true},
    [INTERVAL] = {"95% +-", 7, 7, 5, true},
    [TREND] = {"trend", 10, 40, 7, false},
    [TASK] = {"", 8, 8, 1, true}, /* called after the downstream task that was asked last */
};

/* Those there is something to show in. */
static int columns_used(const struct snapshot *snapshot, struct column used[COLUMNS_USED])
{
    memcpy(used, columns, sizeof columns);
    used[TASK].heading = snapshot->task;
    return snapshot->task[0] ? COLUMNS_USED : TASK;
}

static void cell(const struct frame *frame, int row, const struct layout *layout, int column,
                 enum role role, const char *text)
{
    columns_cell(frame->screen, &frame->area, row, layout, columns, column, role, text);
}

static void number_cell(const struct frame *frame, int row, const struct layout *layout, int column,
                        enum role role, double value)
{
    char text[NUMBER_SIZE];
    format_number(text, value, columns[column].least);
    cell(frame, row, layout, column, role, text);
}

static void draw_choice(const struct frame *frame, int row, const struct layout *layout,
                        enum role role, const struct mask_choice *mask)
{
    struct text strategy = {0}, law = {0};
    strategy_choice_write(&mask->strategy, &strategy);
    mask_choice_write_ratio(mask, &law);
    cell(frame, row, layout, STRATEGY, role, text_of(&strategy));
    cell(frame, row, layout, LAW, role, text_of(&law));
    text_release(&strategy);
    text_release(&law);
}

static void draw_arm(const struct frame *frame, const struct layout *layout, int row, int index)
{
    const struct snapshot_arm *arm = &frame->model->snapshot->arms[index];
    bool chosen = index == frame->model->arm;
    enum role role = chosen ? ROLE_CHOSEN : ROLE_TEXT;
    if (chosen)
        draw_blank(frame->screen, &frame->area, row, ROLE_CHOSEN);
    cell(frame, row, layout, MARK, chosen ? ROLE_CHOSEN : chart_role(index),
         frame->screen->utf8 ? (chosen ? "\u25b6" : "\u25aa") : (chosen ? ">" : " "));
    cell(frame, row, layout, NAME, role, arm->name);
    draw_choice(frame, row, layout, role, &arm->mask);
    char now[NUMBER_SIZE];
    snprintf(now, sizeof now, isfinite(arm->expected_ratio) ? "%.3f" : "-", arm->expected_ratio);
    cell(frame, row, layout, NOW, role, now);
    format_share(now, arm->realised_ratio);
    cell(frame, row, layout, DRAWN, arm->clamped_share > 0 && !chosen ? ROLE_WARNING : role, now);
    number_cell(frame, row, layout, LOSS, role, arm->smooth_loss);
    number_cell(frame, row, layout, PROBE, role, arm->probe_mse);
    if (frame->model->snapshot->task[0])
        number_cell(frame, row, layout, TASK, role, arm->task);
    number_cell(frame, row, layout, INTERVAL, role, 0.5 * (arm->probe_high - arm->probe_low));
    if (layout->width[TREND] > 0)
        draw_sparkline(frame->screen, &frame->area, row, layout->column[TREND],
                       layout->width[TREND], arm->loss_curve.value, arm->loss_curve.count,
                       chosen ? ROLE_CHOSEN : chart_role(index));
}

static int probe_cells(const struct config *config)
{
    return config->eval.strategies.count * config->eval.ratios.count;
}

static double mean_of_cells(const struct probe_cell *cells, int count)
{
    double sum = 0;
    for (int i = 0; i < count; i++)
        sum += cells[i].mean;
    return count > 0 ? sum / count : NAN;
}

static void draw_baseline(const struct frame *frame, const struct layout *layout, int row,
                          const char *name, const struct probe_cell *cells)
{
    cell(frame, row, layout, NAME, ROLE_DIM, name);
    number_cell(frame, row, layout, PROBE, ROLE_DIM,
                mean_of_cells(cells, probe_cells(&frame->model->snapshot->config)));
}

static void heading_rule(const struct frame *frame, int row, const char *title)
{
    for (int column = 0; column < frame->area.width; column++)
        draw_line(frame->screen, &frame->area, row, column, LINE_HORIZONTAL);
    draw_format(frame->screen, &frame->area, row, 1, ROLE_HEADING, " %s ", title);
}

enum { MATRIX_LABEL = 22, MATRIX_CELL = 10 };

static void draw_cells(const struct frame *frame, int row, const char *label,
                       const struct probe_cell *cells, const struct probe_cell *beaten,
                       enum role role)
{
    const struct config *config = &frame->model->snapshot->config;
    draw_field(frame->screen, &frame->area, row, 2, MATRIX_LABEL - 2, role, false, label);
    for (int i = 0; i < config->eval.ratios.count; i++) {
        char value[NUMBER_SIZE];
        format_number(value, cells[i].mean, MATRIX_CELL - 2);
        bool worse = beaten && cells[i].mean >= beaten[i].mean;
        draw_field(frame->screen, &frame->area, row, MATRIX_LABEL + i * MATRIX_CELL,
                   MATRIX_CELL - 2, worse ? ROLE_WARNING : role, true, value);
    }
}

/* The whole of what the columns above may cut. */
static void draw_settings(const struct frame *frame, int row, const struct mask_choice *mask)
{
    struct text strategy = {0}, law = {0};
    strategy_choice_write(&mask->strategy, &strategy);
    mask_choice_write_ratio(mask, &law);
    int column = draw_text(frame->screen, &frame->area, row, 2, ROLE_DIM, "trains with ");
    column = draw_text(frame->screen, &frame->area, row, column, ROLE_VALUE, text_of(&strategy));
    column = draw_text(frame->screen, &frame->area, row, column, ROLE_DIM, " at ratio ");
    draw_text(frame->screen, &frame->area, row, column, ROLE_VALUE, text_of(&law));
    text_release(&strategy);
    text_release(&law);
}

enum { BAR_COLUMN = 8, BAR_COLUMNS = 50 };

/* The chosen arm's ratio, to be dragged. */
static void draw_ratio_bar(const struct frame *frame, int row, const struct snapshot_arm *arm)
{
    draw_text(frame->screen, &frame->area, row, 2, ROLE_DIM, "ratio");
    draw_bar(frame->screen, &frame->area, row, BAR_COLUMN, BAR_COLUMNS, arm->expected_ratio);
    if (isfinite(arm->expected_ratio))
        draw_format(frame->screen, &frame->area, row, BAR_COLUMN + BAR_COLUMNS + 1, ROLE_VALUE,
                    "%.3f", arm->expected_ratio);
}

/* The chosen arm's MSE on each kind of probe masks, with the better trivial predictor below it. */
static void draw_matrix(struct arms_state *arms, const struct frame *frame, int row)
{
    const struct snapshot *snapshot = frame->model->snapshot;
    const struct config *config = &snapshot->config;
    const struct snapshot_arm *arm = ui_chosen_arm(frame->model);
    int ratios = config->eval.ratios.count, strategies_used = config->eval.strategies.count;
    char title[128], step[NUMBER_SIZE];
    text_from_grouped(step, arm->probe_step);
    if (arm->probe_step < 0)
        snprintf(title, sizeof title, "%s on the common probe masks: not evaluated yet", arm->name);
    else
        snprintf(title, sizeof title, "%s on the common probe masks, step %s (MSE)", arm->name,
                 step);
    heading_rule(frame, row++, title);
    draw_settings(frame, row++, &arm->mask);
    arms->bar_row = row;
    draw_ratio_bar(frame, row++, arm);
    draw_text(frame->screen, &frame->area, row, 2, ROLE_HEADING, "strategy, ratio");
    for (int i = 0; i < ratios; i++) {
        char ratio[32];
        text_from_real(ratio, config->eval.ratios.items[i]);
        draw_field(frame->screen, &frame->area, row, MATRIX_LABEL + i * MATRIX_CELL,
                   MATRIX_CELL - 2, ROLE_HEADING, true, ratio);
    }
    row++;
    bool room = frame->area.height - row >= 2 * strategies_used;
    for (int i = 0; i < strategies_used; i++) {
        const struct probe_cell *base = &snapshot->baseline_inverse_distance[i * ratios];
        draw_cells(frame, row++, config->eval.strategies.items[i], &arm->probe[i * ratios], base,
                   ROLE_TEXT);
        if (room)
            draw_cells(frame, row++, "  filled by distance", base, NULL, ROLE_DIM);
    }
}

static void draw(void *state, const struct frame *frame)
{
    enum { BASELINE_ROWS = 2, MATRIX_LEAST = 8 };
    struct arms_state *arms = state;
    const struct snapshot *snapshot = frame->model->snapshot;
    struct layout layout;
    struct column used[COLUMNS_USED];
    int height = frame->area.height, count = columns_used(snapshot, used);
    columns_layout(&layout, used, count, frame->area.width);
    columns_headings(frame->screen, &frame->area, 0, &layout, used, count);
    bool baselines = height >= 2 + BASELINE_ROWS;
    int room = height - 1 - (baselines ? BASELINE_ROWS : 0);
    arms->first_row = 1;
    arms->bar_row = -1;
    arms->list.chosen = frame->model->arm;
    list_fit(&arms->list, snapshot->arm_count, room);
    int row = 1;
    for (int i = arms->list.top; i < snapshot->arm_count && row <= room; i++)
        draw_arm(frame, &layout, row++, i);
    if (baselines) {
        draw_baseline(frame, &layout, row++, "visible mean", snapshot->baseline_visible_mean);
        draw_baseline(frame, &layout, row++, "by distance", snapshot->baseline_inverse_distance);
    }
    if (snapshot->arm_count > 0 && height - row > MATRIX_LEAST)
        draw_matrix(arms, frame, row + 1);
}

static bool act(void *state, const struct frame *frame, enum action action, const char *argument)
{
    (void)argument;
    struct arms_state *arms = state;
    if (action == ACTION_ENTER) {
        panel_perform(frame->panel, ACTION_STRATEGY, "");
        return true;
    }
    arms->list.chosen = frame->model->arm;
    if (!list_act(&arms->list, action, frame->area.height - 3))
        return false;
    frame->model->arm = arms->list.chosen < 0 ? 0 : arms->list.chosen;
    return true;
}

static void drag(void *state, const struct frame *frame, int row, int column)
{
    (void)row;
    struct arms_state *arms = state;
    if (arms->dragging)
        perform_ratio_mean(frame->model, (column - BAR_COLUMN + 0.5) / BAR_COLUMNS);
    arms->dragging = false;
}

static void click(void *state, const struct frame *frame, int row, int column, bool twice)
{
    struct arms_state *arms = state;
    arms->dragging =
        row == arms->bar_row && column >= BAR_COLUMN && column <= BAR_COLUMN + BAR_COLUMNS;
    if (arms->dragging)
        return; /* the ratio follows when the button comes up */
    int index = arms->list.top + row - arms->first_row;
    if (row < arms->first_row || index >= frame->model->snapshot->arm_count)
        return;
    frame->model->arm = index;
    if (twice)
        panel_perform(frame->panel, ACTION_STRATEGY, "");
}

const struct view panel_view_arms = {
    .name = "arms",
    .title = "Arms",
    .hints = "down+up=move;strategy;strategy-next=next;law;ratio-down+ratio-up=ratio;eval;export",
    .state_size = sizeof(struct arms_state),
    .draw = draw,
    .act = act,
    .click = click,
    .drag = drag,
};
