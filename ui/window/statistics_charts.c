/* The charts as smooth lines on a raster; words and axes are the view's. */
#include <math.h>
#include <string.h>

#include "run/baseline.h"
#include "ui/window/statistics.h"
#include "ui/window/theme.h"

static const double line = 1.6, thick = 2.4, thin = 1.2, dot = 3.2;
static const double spread_share = 0.6; /* of a group's width that its arms take */
static const double ridge_share = 0.82; /* of a row's height that the highest density takes */
enum { BAND = 46, FILL = 96 };
static const struct raster_dash solid;

static double pen_x(const struct statistics_pen *pen, double x)
{
    return (x - (double)pen->origin.x) * pen->scale;
}

static double pen_y(const struct statistics_pen *pen, double y)
{
    return (y - (double)pen->origin.y) * pen->scale;
}

struct series_style statistics_style(const struct statistics_row *row)
{
    static const struct series_style mean = {.colour = {0x9b, 0xa0, 0xa9, 255},
                                             .dash = {{2, 4, 2, 4}}};
    static const struct series_style distance = {.colour = {0x74, 0x7a, 0x84, 255},
                                                 .dash = {{7, 3, 7, 3}}};
    bool by_distance = !strcmp(row->name, baseline_name(BASELINE_INVERSE_DISTANCE));
    return row->arm >= 0 ? series_style(row->arm) : by_distance ? distance : mean;
}

static void stroke(const struct statistics_pen *pen, double x0, double y0, double x1, double y1,
                   double width, struct raster_colour colour, const struct raster_dash *dash)
{
    double phase = 0;
    raster_line(pen->raster, pen_x(pen, x0), pen_y(pen, y0), pen_x(pen, x1), pen_y(pen, y1),
                width * pen->scale, colour, dash, &phase);
}

static void disc(const struct statistics_pen *pen, double x, double y, double radius,
                 struct raster_colour colour)
{
    raster_disc(pen->raster, pen_x(pen, x), pen_y(pen, y), radius * pen->scale, colour);
}

/* The arms' intervals decide; a baseline far off may lie outside. */
static void find_range(struct plot *plot, const struct statistics_matrix *matrix)
{
    plot->range = range_empty();
    for (int row = 0; row < matrix->rows; row++)
        for (int group = 0; group < matrix->groups; group++) {
            const struct statistics_cell *cell = &matrix->cell[row][group];
            if (matrix->row[row].arm < 0)
                continue;
            range_add(&plot->range, cell->low, false);
            range_add(&plot->range, cell->high, false);
            range_add(&plot->range, cell->mean, false);
        }
    if (!range_known(&plot->range))
        plot->range = (struct range){0, 1};
    range_widen(&plot->range, false);
}

static void begin(const struct statistics_pen *pen, const struct plot *plot)
{
    raster_clip(pen->raster, (struct raster_area){0, 0, pen->raster->width, pen->raster->height});
    plot_draw_ground(plot, pen->raster, pen->origin, pen->scale);
    raster_clip(pen->raster, plot_raster_area(plot, pen->origin, pen->scale));
}

float statistics_group_x(const struct plot *plot, const struct statistics_matrix *matrix, int group)
{
    return plot->area.x + plot->area.w * ((float)group + 0.5f) / (float)matrix->groups;
}

/* Arms side by side within a group. */
static double row_x(const struct plot *plot, const struct statistics_matrix *matrix, int group,
                    int row)
{
    double width = (double)plot->area.w / matrix->groups * spread_share;
    double share = matrix->rows > 1 ? (double)row / (matrix->rows - 1) - 0.5 : 0;
    return (double)statistics_group_x(plot, matrix, group) + share * width;
}

static void draw_whisker(const struct statistics_pen *pen, const struct plot *plot, double x,
                         const struct statistics_cell *cell, struct raster_colour colour,
                         double width)
{
    enum { CAP = 3 };
    double low = plot_y(plot, cell->low), high = plot_y(plot, cell->high);
    if (isfinite(low) && isfinite(high)) {
        stroke(pen, x, low, x, high, width, colour, &solid);
        stroke(pen, x - CAP, low, x + CAP, low, width, colour, &solid);
        stroke(pen, x - CAP, high, x + CAP, high, width, colour, &solid);
    }
}

/* A dash; at the edge, pointing on, where it lies beyond. */
static void draw_baseline(const struct statistics_pen *pen, const struct plot *plot, double x,
                          double y, struct raster_colour colour)
{
    enum { HALF = 6, POINT = 5 };
    double top = (double)plot->area.y, bottom = top + (double)plot->area.h;
    double at = fmin(fmax(y, top + 2), bottom - 2);
    stroke(pen, x - HALF, at, x + HALF, at, line, colour, &solid);
    if (y >= top && y <= bottom)
        return;
    double inside = y < top ? at + POINT : at - POINT;
    stroke(pen, x - HALF, inside, x, at, thin, colour, &solid);
    stroke(pen, x + HALF, inside, x, at, thin, colour, &solid);
}

void statistics_draw_means(const struct statistics_pen *pen, struct plot *plot,
                           const struct statistics_matrix *matrix, int chosen)
{
    find_range(plot, matrix);
    plot->from = 0;
    plot->to = 1;
    plot_set_ticks(plot);
    plot->across.count = 0; /* groups have names instead */
    begin(pen, plot);
    for (int row = 0; row < matrix->rows; row++)
        for (int group = 0; group < matrix->groups; group++) {
            const struct statistics_cell *cell = &matrix->cell[row][group];
            const struct statistics_row *whose = &matrix->row[row];
            struct raster_colour colour = statistics_style(whose).colour;
            double x = row_x(plot, matrix, group, row), y = plot_y(plot, cell->mean);
            if (!isfinite(cell->mean))
                continue;
            bool strong = whose->arm == chosen;
            if (whose->arm < 0) {
                draw_baseline(pen, plot, x, y, colour);
                continue;
            }
            draw_whisker(pen, plot, x, cell, colour, strong ? line : thin);
            disc(pen, x, y, strong ? dot * 1.3 : dot, colour);
        }
}

static void draw_curve(const struct statistics_pen *pen, const struct plot *plot,
                       const struct statistics_matrix *matrix, int row, bool strong)
{
    struct series_style style = statistics_style(&matrix->row[row]);
    double phase = 0;
    for (int group = 0; group < matrix->groups; group++) {
        const struct statistics_cell *cell = &matrix->cell[row][group];
        double x = plot_x(plot, matrix->ratio[group]), y = plot_y(plot, cell->mean);
        if (!isfinite(cell->mean))
            continue;
        if (group > 0 && isfinite(matrix->cell[row][group - 1].mean))
            raster_line(pen->raster, pen_x(pen, plot_x(plot, matrix->ratio[group - 1])),
                        pen_y(pen, plot_y(plot, matrix->cell[row][group - 1].mean)), pen_x(pen, x),
                        pen_y(pen, y), (strong ? thick : line) * pen->scale, style.colour,
                        &style.dash, &phase);
        if (matrix->row[row].arm >= 0)
            disc(pen, x, y, strong ? dot : dot * 0.8, style.colour);
    }
}

static void draw_band(const struct statistics_pen *pen, const struct plot *plot,
                      const struct statistics_matrix *matrix, int row)
{
    struct raster_colour colour = statistics_style(&matrix->row[row]).colour;
    colour.a = BAND;
    for (int group = 1; group < matrix->groups; group++) {
        const struct statistics_cell *a = &matrix->cell[row][group - 1];
        const struct statistics_cell *b = &matrix->cell[row][group];
        if (isfinite(a->low) && isfinite(a->high) && isfinite(b->low) && isfinite(b->high))
            raster_band(pen->raster, pen_x(pen, plot_x(plot, matrix->ratio[group - 1])),
                        pen_y(pen, plot_y(plot, a->low)), pen_y(pen, plot_y(plot, a->high)),
                        pen_x(pen, plot_x(plot, matrix->ratio[group])),
                        pen_y(pen, plot_y(plot, b->low)), pen_y(pen, plot_y(plot, b->high)),
                        colour);
    }
}

void statistics_draw_ratios(const struct statistics_pen *pen, struct plot *plot,
                            const struct statistics_matrix *matrix, int chosen)
{
    double low = INFINITY, high = -INFINITY;
    for (int group = 0; group < matrix->groups; group++) {
        low = fmin(low, matrix->ratio[group]);
        high = fmax(high, matrix->ratio[group]);
    }
    double room = high > low ? (high - low) * 0.05 : 0.1;
    find_range(plot, matrix);
    plot->from = matrix->groups > 0 ? low - room : 0;
    plot->to = matrix->groups > 0 ? high + room : 1;
    plot_set_ticks(plot);
    plot->across.count = matrix->groups;
    for (int group = 0; group < matrix->groups; group++)
        plot->across.value[group] = matrix->ratio[group];
    begin(pen, plot);
    for (int row = 0; row < matrix->rows; row++)
        if (matrix->row[row].arm >= 0)
            draw_band(pen, plot, matrix, row);
    for (int row = 0; row < matrix->rows; row++)
        draw_curve(pen, plot, matrix, row, matrix->row[row].arm == chosen && chosen >= 0);
}

float statistics_row_y(const struct plot *plot, const struct statistics_densities *densities,
                       int row)
{
    return plot->area.y + plot->area.h * ((float)row + 1) / (float)densities->rows;
}

static double density_x(const struct plot *plot, const struct statistics_densities *densities,
                        int point)
{
    return plot_x(plot, densities->low +
                            (densities->high - densities->low) * point / (STATISTICS_POINTS - 1));
}

/* The quartiles and the median as marks on the row's ground line. */
static void draw_quartiles(const struct statistics_pen *pen, const struct plot *plot,
                           const struct statistics_density *density, double ground,
                           struct raster_colour colour)
{
    enum { TICK = 7 };
    double left = plot_x(plot, density->quartile_1), right = plot_x(plot, density->quartile_3);
    double middle = plot_x(plot, density->median);
    if (!isfinite(middle))
        return;
    stroke(pen, left, ground - 2, right, ground - 2, thick * 1.4, colour, &solid);
    stroke(pen, middle, ground - TICK, middle, ground, thick, colour, &solid);
}

void statistics_draw_densities(const struct statistics_pen *pen, struct plot *plot,
                               const struct statistics_densities *densities, int chosen)
{
    plot->range = (struct range){0, 1};
    plot->from = densities->low;
    plot->to = densities->high;
    plot_set_ticks(plot);
    plot->up.count = 0; /* rows have names instead */
    ticks_linear(&plot->across, plot->from, plot->to,
                 plot->area.w > 260 ? 6 : 4); /* plot_set_ticks takes whole numbers, for steps */
    begin(pen, plot);
    double height =
        (double)plot->area.h / (densities->rows > 0 ? densities->rows : 1) * ridge_share;
    for (int row = 0; row < densities->rows; row++) {
        const struct statistics_density *density = &densities->row[row];
        struct raster_colour colour = statistics_style(&density->row).colour, fill = colour;
        double ground = (double)statistics_row_y(plot, densities, row) - 1;
        fill.a = FILL;
        for (int i = 1; i < STATISTICS_POINTS; i++) {
            double x0 = density_x(plot, densities, i - 1), x1 = density_x(plot, densities, i);
            double y0 = ground - height * density->density[i - 1];
            double y1 = ground - height * density->density[i];
            raster_band(pen->raster, pen_x(pen, x0), pen_y(pen, ground), pen_y(pen, y0),
                        pen_x(pen, x1), pen_y(pen, ground), pen_y(pen, y1), fill);
            stroke(pen, x0, y0, x1, y1, density->row.arm == chosen ? thick : thin, colour, &solid);
        }
        draw_quartiles(pen, plot, density, ground, colour);
    }
}
