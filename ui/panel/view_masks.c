/* The chosen arm's masks: the newest of them, how often each position is hidden, how the ratios are
 * spread, and what the masks are like on average since the arm's mask was last set. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "ui/mask_measures.h"
#include "ui/panel/chart.h"
#include "ui/panel/format.h"
#include "ui/panel/view.h"

enum {
    LEFT_LEAST = 42,    /* columns of masks and measures; what is left is the map's */
    CELL_COLUMNS = 3,   /* of a position in the map, where that is written in numbers */
    GAP = 2,            /* columns between two masks */
    MEASURE_COLUMN = 19 /* where the values begin */
};

static const struct mask_display *chosen_display(const struct frame *frame)
{
    return &frame->model->snapshot->masks[frame->model->arm];
}

/* "arm 1 of 2", its name and what it is set to, on a row of its own if need be; returns the rows.
 */
static int draw_heading(const struct frame *frame)
{
    const struct snapshot *snapshot = frame->model->snapshot;
    const struct snapshot_arm *arm = ui_chosen_arm(frame->model);
    struct text set = {0};
    strategy_choice_write(&arm->mask.strategy, &set);
    text_append(&set, "  ratio ");
    mask_choice_write_ratio(&arm->mask, &set);
    int column = draw_text(frame->screen, &frame->area, 0, 0, chart_role(frame->model->arm),
                           frame->screen->utf8 ? "\u25b6 " : "> ");
    column = draw_text(frame->screen, &frame->area, 0, column, ROLE_HEADING, arm->name);
    if (snapshot->arm_count > 1)
        column = draw_format(frame->screen, &frame->area, 0, column, ROLE_DIM, " (arm %d of %d)",
                             frame->model->arm + 1, snapshot->arm_count);
    bool fits = column + GAP + text_width(text_of(&set)) <= frame->area.width;
    draw_text(frame->screen, &frame->area, fits ? 0 : 1, column * fits + GAP, ROLE_TEXT,
              text_of(&set));
    text_release(&set);
    return fits ? 1 : 2;
}

/* ---- The newest masks ---- */

/* As many as fit, side by side; returns the first row below them. */
static int draw_examples(const struct frame *frame, const struct area *area,
                         const struct mask_display *display, int rows)
{
    int width = display->grid_width, height = (display->grid_height + 1) / 2;
    int across = (area->width + GAP) / (width + GAP), down = (rows + 1) / (height + 1);
    size_t patches = (size_t)width * (size_t)display->grid_height;
    int drawn = across * down < display->examples ? across * down : display->examples;
    if (drawn < 1)
        return 0;
    for (int i = 0; i < drawn; i++)
        draw_mask(frame->screen, area, i / across * (height + 1), i % across * (width + GAP),
                  display->masks + (size_t)i * patches, display->grid_height, width);
    return ((drawn + across - 1) / across) * (height + 1);
}

/* ---- Measures ---- */

/* From the first bin in use to the last, with an empty one at each side to stand on; false: none is
 * in use. */
static bool find_used(const struct mask_display *display, int *first, int *last)
{
    int bins = display->histogram.bins;
    *first = bins;
    *last = -1;
    for (int bin = 0; bin < bins; bin++)
        if (display->ratios[bin] > 0) {
            *first = bin < *first ? bin : *first;
            *last = bin;
        }
    bool used = *last >= 0;
    *first = *first > 0 ? *first - 1 : 0;
    *last = *last + 1 < bins ? *last + 1 : *last;
    return used;
}

static void draw_ratios(const struct frame *frame, const struct area *area, int row,
                        const struct mask_display *display)
{
    int first, last, counts = display->histogram.counts;
    double patches = display->grid_height * display->grid_width;
    char low[16], high[16];
    float shares[MASK_RATIO_BINS];
    if (!find_used(display, &first, &last))
        return;
    for (int bin = first; bin <= last; bin++)
        shares[bin - first] = (float)display->ratios[bin];
    snprintf(low, sizeof low, "%.2f ", first * counts / patches);
    snprintf(high, sizeof high, " %.2f", fmin(((last + 1) * counts - 1) / patches, 1));
    draw_text(frame->screen, area, row, 0, ROLE_DIM, "ratios");
    int column = draw_text(frame->screen, area, row, 7, ROLE_DIM, low);
    int width = area->width - column - (int)strlen(high), bins = last - first + 1;
    width = width < bins ? width : bins;
    draw_sparkline(frame->screen, area, row, column, width, shares, bins,
                   chart_role(frame->model->arm));
    draw_text(frame->screen, area, row, column + width, ROLE_DIM, high);
}

enum { MEASURE_ROWS = MASK_MEASURES + 1 };

/* The histogram comes third, below the share that it is of. */
static void draw_measures(const struct frame *frame, const struct area *area,
                          const struct mask_display *display)
{
    enum { RATIO_ROW = 2 };
    struct mask_measure rows[MASK_MEASURES];
    mask_measures_write(display, rows);
    draw_ratios(frame, area, RATIO_ROW, display);
    for (int i = 0; i < MASK_MEASURES; i++) {
        int row = i < RATIO_ROW ? i : i + 1;
        draw_text(frame->screen, area, row, 0, ROLE_DIM, rows[i].name);
        int column = draw_text(frame->screen, area, row, MEASURE_COLUMN, ROLE_VALUE, rows[i].value);
        if (rows[i].note[0])
            draw_format(frame->screen, area, row, column, ROLE_DIM, " (%s)", rows[i].note);
    }
}

/* ---- How often each position is hidden ---- */

static void extremes(const struct mask_display *display, float *low, float *high)
{
    *low = 1;
    *high = 0;
    for (int i = 0; i < display->grid_height * display->grid_width; i++) {
        *low = fminf(*low, display->inclusion[i]);
        *high = fmaxf(*high, display->inclusion[i]);
    }
}

/* Numbers in percent, those furthest from the mean marked. */
static void draw_numbers(const struct frame *frame, const struct area *area,
                         const struct mask_display *display)
{
    double mean = display->measures.ratio_mean;
    double spread = sqrt(mean * (1 - mean) / (double)display->measures.masks);
    for (int y = 0; y < display->grid_height; y++)
        for (int x = 0; x < display->grid_width; x++) {
            double share = (double)display->inclusion[y * display->grid_width + x];
            double apart = (share - mean) / spread;
            enum role role = apart > 4 ? ROLE_GOOD : apart < -4 ? ROLE_WARNING : ROLE_TEXT;
            draw_format(frame->screen, area, y, CELL_COLUMNS * x, role, "%3.0f", 100 * share);
        }
}

/* Shades from the least to the most, two columns a position if there is room; where there is none
 * for all, a cell shows the mean of those that fall into it. */
static void draw_shades(const struct frame *frame, const struct area *area,
                        const struct mask_display *display, float low, float high)
{
    static const char *const rich[] = {" ", "\u2591", "\u2592", "\u2593", "\u2588"};
    static const char *const plain[] = {".", ":", "+", "%", "#"};
    enum { SHADES = ARRAY_LENGTH(rich) };
    int grid_height = display->grid_height, grid_width = display->grid_width;
    int wide = 2 * grid_width <= area->width ? 2 : 1;
    int height = grid_height < area->height ? grid_height : area->height;
    int width = wide * grid_width < area->width ? wide * grid_width : area->width;
    for (int row = 0; row < height; row++)
        for (int column = 0; column < width; column++) {
            int y0 = row * grid_height / height, y1 = (row + 1) * grid_height / height;
            int x0 = column * grid_width / width, x1 = (column + 1) * grid_width / width;
            float sum = 0;
            int cells = 0;
            for (int y = y0; y < y1; y++)
                for (int x = x0; x < (x1 > x0 ? x1 : x0 + 1); x++, cells++)
                    sum += display->inclusion[y * grid_width + x];
            float place = high > low ? (sum / (float)cells - low) / (high - low) : 0.5f;
            int shade = (int)(place * SHADES);
            draw_text(frame->screen, area, row, column, ROLE_BAR,
                      (frame->screen->rich ? rich : plain)[shade < SHADES ? shade : SHADES - 1]);
        }
}

static void draw_map(const struct frame *frame, const struct area *area,
                     const struct mask_display *display)
{
    float low, high;
    struct area map = area_rows(area, 1, area->height - 2);
    extremes(display, &low, &high);
    bool numbers =
        CELL_COLUMNS * display->grid_width <= area->width && display->grid_height <= map.height;
    draw_text(frame->screen, area, 0, 0, ROLE_HEADING,
              numbers ? "hidden there, %" : "how often hidden");
    if (numbers)
        draw_numbers(frame, &map, display);
    else
        draw_shades(frame, &map, display, low, high);
    int below = map.height < display->grid_height ? map.height : display->grid_height;
    draw_format(frame->screen, area, 1 + below, 0, ROLE_DIM, "least %.1f%%, most %.1f%%",
                100 * (double)low, 100 * (double)high);
}

/* ---- The view ---- */

static void draw_nothing(const struct frame *frame, int row)
{
    draw_text(frame->screen, &frame->area, row, GAP, ROLE_DIM,
              "No masks with these settings yet: they appear with the next step.");
}

/* The map takes the right where there is room for it beside the rest. */
static int map_width(const struct frame *frame, const struct mask_display *display)
{
    int room = frame->area.width - LEFT_LEAST - 2;
    int numbers = CELL_COLUMNS * display->grid_width;
    if (room < 16)
        return 0;
    return numbers > room ? room : numbers < 24 ? 24 : numbers;
}

static void draw(void *state, const struct frame *frame)
{
    (void)state;
    const struct mask_display *display = chosen_display(frame);
    if (frame->model->snapshot->arm_count == 0)
        return;
    int head = draw_heading(frame);
    if (display->version == 0 || display->measures.masks == 0) {
        draw_nothing(frame, head + 1);
        return;
    }
    int map = map_width(frame, display), height = frame->area.height - head - 1;
    struct area below = area_rows(&frame->area, head + 1, height);
    struct area left = area_columns(&below, 0, below.width - (map > 0 ? map + 2 : 0));
    bool pictures = height >= MEASURE_ROWS + 3;
    if (pictures)
        draw_text(frame->screen, &frame->area, head, 0, ROLE_DIM, "newest masks (filled: visible)");
    int next = pictures ? draw_examples(frame, &left, display, height - MEASURE_ROWS - 1) : 0;
    struct area rest = area_rows(&left, next, MEASURE_ROWS);
    draw_measures(frame, &rest, display);
    if (map > 0) {
        struct area tall = area_rows(&frame->area, head, height + 1);
        struct area right = area_columns(&tall, tall.width - map, map);
        draw_map(frame, &right, display);
    }
}

static bool act(void *state, const struct frame *frame, enum action action, const char *argument)
{
    (void)state;
    (void)argument;
    int count = frame->model->snapshot->arm_count;
    int step = action == ACTION_DOWN ? 1 : action == ACTION_UP ? -1 : 0;
    if (action == ACTION_ENTER) {
        panel_perform(frame->panel, ACTION_STRATEGY, "");
        return true;
    }
    if (step == 0 || count == 0)
        return false;
    int arm = frame->model->arm + step;
    frame->model->arm = arm < 0 ? 0 : arm >= count ? count - 1 : arm;
    return true;
}

const struct view panel_view_masks = {
    .name = "masks",
    .title = "Masks",
    .hints = "down+up=arm;strategy;strategy-next=next;law;ratio-down+ratio-up=ratio",
    .draw = draw,
    .act = act,
};
