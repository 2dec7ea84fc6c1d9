#include "ui/panel/training_arms.h"

#include <stdio.h>

#include "base/memory.h"
#include "ui/panel/chart.h"
#include "ui/panel/columns.h"
#include "ui/panel/format.h"

enum { ARM_MARK, ARM_NAME, ARM_LOSS, ARM_SMOOTH, ARM_GRADIENT, ARM_RATIO, ARM_PROBE, ARM_COLUMNS };
static const struct column arm_columns[ARM_COLUMNS] = {
    [ARM_MARK] = {"", 1, 1, 0, false},
    [ARM_NAME] = {"Arm", 10, ARM_NAME_SIZE, 0, false},
    [ARM_LOSS] = {"loss", 8, 8, 0, true},
    [ARM_SMOOTH] = {"smooth", 8, 8, 1, true},
    [ARM_GRADIENT] = {"gradient", 8, 8, 2, true},
    [ARM_RATIO] = {"hidden", 7, 7, 3, true},
    [ARM_PROBE] = {"probe MSE", 9, 9, 4, true},
};

static void draw_arm(const struct frame *frame, const struct layout *layout, int row, int index)
{
    const struct snapshot_arm *arm = &frame->model->snapshot->arms[index];
    const struct screen *screen = frame->screen;
    const struct area *area = &frame->area;
    char value[NUMBER_SIZE];
    bool chosen = index == frame->model->arm;
    columns_cell(screen, area, row, layout, arm_columns, ARM_MARK, chart_role(index),
                 screen->utf8 ? (chosen ? "\u25b6" : "\u25aa") : (chosen ? ">" : " "));
    columns_cell(screen, area, row, layout, arm_columns, ARM_NAME, chosen ? ROLE_VALUE : ROLE_TEXT,
                 arm->name);
    const double numbers[] = {[ARM_LOSS] = arm->loss,
                              [ARM_SMOOTH] = arm->smooth_loss,
                              [ARM_GRADIENT] = arm->gradient_norm,
                              [ARM_PROBE] = arm->probe_mse};
    static const int order[] = {ARM_LOSS, ARM_SMOOTH, ARM_GRADIENT, ARM_PROBE};
    for (size_t i = 0; i < ARRAY_LENGTH(order); i++) {
        format_number(value, numbers[order[i]], 8);
        columns_cell(screen, area, row, layout, arm_columns, order[i],
                     order[i] == ARM_LOSS ? ROLE_VALUE : ROLE_TEXT, value);
    }
    format_share(value, arm->realised_ratio);
    columns_cell(screen, area, row, layout, arm_columns, ARM_RATIO, ROLE_TEXT, value);
}

/* Says in the heading that there are more. */
static void draw_some(const struct frame *frame, const struct layout *layout, int row, int shown)
{
    char some[NUMBER_SIZE];
    snprintf(some, sizeof some, "%d of %d arms", shown, frame->model->snapshot->arm_count);
    columns_cell(frame->screen, &frame->area, row, layout, arm_columns, ARM_NAME, ROLE_HEADING,
                 some);
}

int training_arms_draw(const struct frame *frame, int row, int rows, int *first)
{
    const struct snapshot *snapshot = frame->model->snapshot;
    struct layout layout;
    columns_layout(&layout, arm_columns, ARM_COLUMNS, frame->area.width);
    columns_headings(frame->screen, &frame->area, row, &layout, arm_columns, ARM_COLUMNS);
    int shown = snapshot->arm_count < rows - 1 ? snapshot->arm_count : rows - 1;
    if (shown < snapshot->arm_count)
        draw_some(frame, &layout, row, shown);
    *first = frame->model->arm >= shown ? frame->model->arm - shown + 1 : 0;
    for (int i = 0; i < shown; i++)
        draw_arm(frame, &layout, row + 1 + i, *first + i);
    return shown;
}
