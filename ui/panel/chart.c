#include "ui/panel/chart.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "ui/panel/chart_events.h"
#include "ui/panel/format.h"
#include "ui/panel/plot.h"
#include "ui/range.h"
#include "ui/smooth.h"
#include "ui/ticks.h"

enum {
    LABEL_WIDTH = 8,
    LEAST_HEIGHT = 4,
    LABELLED_HEIGHT = 9, /* from this on there is a row for what the events are */
    LEAST_WIDTH = LABEL_WIDTH + 8,
    TICK_COLUMNS = 14,
    TICK_ROWS = 3
};

enum role chart_role(int series)
{
    return (enum role)(ROLE_SERIES + series % SERIES_ROLES);
}

struct axes {
    struct range x, y;
    bool logarithmic;
};

/* The mark of what lies off the chart, above it or below. */
static const char *leaver_mark(const struct screen *screen, int side)
{
    if (!screen->rich)
        return side > 0 ? "^" : "v";
    return side > 0 ? "\u25b2" : "\u25bc";
}

static bool measure(const struct chart *chart, struct axes *axes)
{
    axes->x = axes->y = range_empty();
    axes->logarithmic = chart->logarithmic;
    for (int pass = 0; pass < 2 && axes->y.low > axes->y.high; pass++) {
        axes->logarithmic =
            chart->logarithmic && pass == 0; /* nothing positive: linear after all */
        for (int i = 0; i < chart->count; i++) {
            const struct curve *curve = chart->series[i].curve;
            range_add_all(&axes->x, curve->step, curve->count, false);
            (chart->whole ? range_add_all : range_add_most)(&axes->y, curve->value, curve->count,
                                                            axes->logarithmic);
        }
    }
    bool any = axes->y.low <= axes->y.high;
    range_settle(&axes->x, false);
    range_settle(&axes->y, axes->logarithmic);
    return any;
}

/* Lines to what lies off the chart lead there, however far it is. */
static double near_chart(double position)
{
    return isfinite(position) ? fmin(fmax(position, -1), 2) : position;
}

static void draw_curve(struct canvas *canvas, const struct axes *axes, const struct curve *curve,
                       const float *values, int series)
{
    double last_x = NAN, last_y = NAN;
    for (int i = 0; i < curve->count; i++) {
        double x = range_position(&axes->x, false, (double)curve->step[i]);
        double y = near_chart(range_position(&axes->y, axes->logarithmic, (double)values[i]));
        bool follows = isfinite(last_x) && isfinite(last_y);
        plot_canvas_line(canvas, follows ? last_x : x, follows ? last_y : y, x, y, series);
        last_x = x;
        last_y = y;
    }
}

/* Whether a point lies above or below the chart. */
static int side_of(const struct axes *axes, const struct curve *curve, int point)
{
    return range_side(&axes->y, axes->logarithmic, (double)curve->value[point]);
}

static void draw_curves(struct canvas *canvas, const struct axes *axes, const struct chart *chart)
{
    for (int i = chart->count; i-- > 0;) {
        const struct curve *curve = chart->series[i].curve;
        bool smooth = chart->smooth && smooth_usual_half(curve->count) > 0;
        draw_curve(canvas, axes, curve, curve->value, smooth ? PLOT_DIM : chart->series[i].series);
    }
    for (int i = chart->count; i-- > 0;) {
        const struct curve *curve = chart->series[i].curve;
        float values[CURVE_POINTS], values_smooth[CURVE_POINTS];
        int half = smooth_usual_half(curve->count);
        if (!chart->smooth || half == 0)
            continue;
        for (int point = 0; point < curve->count; point++)
            values[point] = side_of(axes, curve, point) ? NAN : curve->value[point];
        smooth_values(values, curve->count, half, values_smooth);
        draw_curve(canvas, axes, curve, values_smooth, chart->series[i].series);
    }
}

static void draw_cells(const struct screen *screen, const struct area *area,
                       const struct canvas *canvas)
{
    for (int row = 0; row < canvas->height; row++)
        for (int column = 0; column < canvas->width; column++) {
            char character[8];
            plot_canvas_character(canvas, row, column, character);
            int series = canvas->series[(size_t)row * (size_t)canvas->width + (size_t)column];
            if (series >= 0)
                draw_text(screen, area, row, column,
                          series == PLOT_DIM ? ROLE_BORDER : chart_role(series), character);
        }
}

/* At the edge over which a point left the chart. */
static void draw_leavers(const struct screen *screen, const struct area *inside,
                         const struct axes *axes, const struct chart *chart)
{
    for (int i = chart->count; i-- > 0;) {
        const struct curve *curve = chart->series[i].curve;
        for (int point = 0; point < curve->count; point++) {
            int side = side_of(axes, curve, point);
            double x = range_position(&axes->x, false, (double)curve->step[point]);
            if (side != 0)
                draw_text(screen, inside, side > 0 ? 0 : inside->height - 1,
                          (int)lround(x * (inside->width - 1)), chart_role(chart->series[i].series),
                          leaver_mark(screen, side));
        }
    }
}

/* " (^ to 1e+06)": how far points lie above the chart, or below it. */
static int draw_leavers_note(const struct screen *screen, const struct area *area, int column,
                             const struct axes *axes, const struct chart *chart)
{
    struct range all = range_empty();
    for (int i = 0; i < chart->count; i++)
        range_add_all(&all, chart->series[i].curve->value, chart->series[i].curve->count,
                      axes->logarithmic);
    for (int side = 1; side >= -1; side -= 2) {
        double furthest = side > 0 ? all.high : all.low;
        if (range_side(&axes->y, axes->logarithmic, furthest) == side)
            column = draw_format(screen, area, 0, column, ROLE_WARNING, " (%s to %.3g)",
                                 leaver_mark(screen, side), furthest);
    }
    return column;
}

/* Labels and the line left of the plot; `area` includes them. */
static void draw_y_axis(const struct screen *screen, const struct area *area, int height,
                        const struct axes *axes)
{
    struct ticks ticks;
    int most = (height + TICK_ROWS - 1) / TICK_ROWS + 1;
    if (axes->logarithmic)
        ticks_log(&ticks, axes->y.low, axes->y.high, most);
    else
        ticks_linear(&ticks, axes->y.low, axes->y.high, most);
    for (int row = 0; row < height; row++)
        draw_line(screen, area, row, LABEL_WIDTH, LINE_VERTICAL);
    int last = -2;
    for (int i = ticks.count; i-- > 0;) {
        double position = range_position(&axes->y, axes->logarithmic, ticks.value[i]);
        int row = (int)lround((1 - position) * (height - 1));
        if (row <= last + 1 && last >= 0)
            continue;
        char label[NUMBER_SIZE];
        snprintf(label, sizeof label, "%.4g", ticks.value[i]);
        draw_field(screen, area, row, 0, LABEL_WIDTH - 1, ROLE_DIM, true, label);
        draw_line(screen, area, row, LABEL_WIDTH, LINE_TICK);
        last = row;
    }
}

/* Behind the curves: a line at the marked step. */
static void draw_mark(const struct screen *screen, const struct area *inside,
                      const struct axes *axes, int64_t step)
{
    double position = range_position(&axes->x, false, (double)step);
    if (!(position >= 0 && position <= 1))
        return;
    int column = (int)lround(position * (inside->width - 1));
    for (int row = 0; row < inside->height; row++)
        draw_text(screen, inside, row, column, ROLE_KEY, screen->utf8 ? "\u2502" : "|");
}

/* "2k": a count without the zeros that say nothing. */
static void format_tick(char label[24], double count)
{
    text_from_count(label, count);
    char *point = strchr(label, '.');
    if (!point)
        return;
    char *suffix = point + strspn(point, ".0123456789"), *end = suffix;
    while (end[-1] == '0')
        end--;
    end -= end[-1] == '.';
    memmove(end, suffix, strlen(suffix) + 1);
}

static void draw_x_axis(const struct screen *screen, const struct area *area,
                        const struct axes *axes)
{
    int width = area->width - LABEL_WIDTH - 1;
    struct ticks ticks;
    ticks_whole(&ticks, axes->x.low, axes->x.high, width / TICK_COLUMNS + 1);
    draw_line(screen, area, 0, LABEL_WIDTH, LINE_BOTTOM_LEFT);
    for (int column = 0; column < width; column++)
        draw_line(screen, area, 0, LABEL_WIDTH + 1 + column, LINE_HORIZONTAL);
    int free_from = 0;
    for (int i = 0; i < ticks.count; i++) {
        char label[24];
        format_tick(label, ticks.value[i]);
        int length = (int)strlen(label);
        int column = LABEL_WIDTH + 1 +
                     (int)lround(range_position(&axes->x, false, ticks.value[i]) * (width - 1));
        int start = column - length / 2;
        start = start + length > area->width ? area->width - length : start;
        if (start < free_from)
            continue;
        draw_line(screen, area, 0, column, LINE_TICK_DOWN);
        draw_text(screen, area, 1, start, ROLE_DIM, label);
        free_from = start + length + 1;
    }
}

enum {
    LEGEND_MARK = 5, /* two blanks, the mark, and one more, at most */
    LEGEND_NAME_SIZE = 4 * ARM_NAME_SIZE,
    LEGEND_NAME_LEAST = 4, /* where names would be shorter, only some are there */
    LEGEND_NAME_USUAL = 8,
    LEGEND_MORE = 5, /* "  +12" */
};

/* The columns that each name of the legend may take so that all are seen, if need be cut. */
static int name_room(const struct chart *chart, int columns)
{
    int longest = 0;
    for (int i = 0; i < chart->count; i++)
        if (chart->series[i].name && text_width(chart->series[i].name) > longest)
            longest = text_width(chart->series[i].name);
    for (int room = longest; room > 1; room--) {
        int used = 0;
        for (int i = 0; i < chart->count; i++) {
            int width = chart->series[i].name ? text_width(chart->series[i].name) : 0;
            used += width > 0 ? LEGEND_MARK + (width < room ? width : room) : 0;
        }
        if (used <= columns)
            return room;
    }
    return 1;
}

/* The title and the names of the curves on one row, or of the first ones and how many more. */
static void draw_legend(const struct screen *screen, const struct area *area,
                        const struct chart *chart, const struct axes *axes)
{
    int column =
        draw_text(screen, area, 0, 0, chart->chosen ? ROLE_TAB : ROLE_HEADING, chart->title);
    column = draw_text(screen, area, 0, column, ROLE_DIM, axes->logarithmic ? " (log)" : "");
    column = draw_leavers_note(screen, area, column, axes, chart);
    int room = name_room(chart, area->width - column);
    int fit = (area->width - column - LEGEND_MORE) / (LEGEND_MARK + LEGEND_NAME_USUAL);
    bool some = room < LEGEND_NAME_LEAST && fit < chart->count;
    int count = some ? (fit > 0 ? fit : 0) : chart->count;
    room = some ? LEGEND_NAME_USUAL : room;
    for (int i = 0; i < count; i++) {
        if (!chart->series[i].name)
            continue;
        int series = chart->series[i].series;
        char mark[2] = {plot_mark(series), '\0'}, name[LEGEND_NAME_SIZE];
        text_fit(name, sizeof name, chart->series[i].name, room,
                 FIT_ELLIPSIS | (screen->utf8 ? 0 : FIT_ASCII));
        column = draw_text(screen, area, 0, column + 2, chart_role(series),
                           screen->rich ? "\u2501\u2501" : mark);
        column = draw_text(screen, area, 0, column + 1, ROLE_TEXT, name);
    }
    if (count < chart->count)
        draw_format(screen, area, 0, column, ROLE_DIM, "  +%d", chart->count - count);
}

void chart_draw(const struct screen *screen, const struct area *area, const struct chart *chart)
{
    if (area->height < LEAST_HEIGHT || area->width < LEAST_WIDTH)
        return;
    struct axes axes;
    bool any = measure(chart, &axes);
    draw_legend(screen, area, chart, &axes);
    if (!any) {
        draw_text(screen, area, area->height / 2, LABEL_WIDTH, ROLE_DIM, chart->empty);
        return;
    }
    bool labelled = area->height >= LABELLED_HEIGHT &&
                    chart_events_any(&axes.x, chart->events, chart->event_count);
    struct area plot = area_rows(area, 1, area->height - (labelled ? 4 : 3));
    struct area axis = area_rows(area, 1 + plot.height, area->height);
    struct area inside = area_columns(&plot, LABEL_WIDTH + 1, plot.width);
    struct canvas canvas;
    struct error error;
    draw_y_axis(screen, &plot, plot.height, &axes);
    draw_x_axis(screen, &axis, &axes);
    axis = area_columns(&axis, LABEL_WIDTH + 1, axis.width);
    chart_events_draw(screen, &axis, &axes.x, chart->events, chart->event_count);
    if (!plot_canvas_init(&canvas, inside.height, inside.width, screen->rich, &error))
        return;
    if (chart->mark)
        draw_mark(screen, &inside, &axes, *chart->mark);
    draw_curves(&canvas, &axes, chart);
    draw_cells(screen, &inside, &canvas);
    draw_leavers(screen, &inside, &axes, chart);
    plot_canvas_release(&canvas);
}

bool chart_tell(const struct area *area, const struct chart *chart, int column,
                char out[EVENT_WORDS_SIZE])
{
    struct axes axes;
    return measure(chart, &axes) &&
           chart_events_tell(&axes.x, area->width - LABEL_WIDTH - 1, chart->events,
                             chart->event_count, column - LABEL_WIDTH - 1, out);
}
