#include "stats/response.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "stats/describe.h"
#include "stats/distribution.h"
#include "stats/fit.h"
#include "stats/smooth.h"

static const struct response_point unknown = {NAN, NAN, NAN};

void response_release(struct response *response)
{
    free(response->x);
    free(response->mean);
    free(response->count);
    *response = (struct response){0};
}

static bool allocate(struct response *response, const double *x, size_t levels, struct error *error)
{
    enum { CURVES = 3 };
    response->levels = levels;
    if (!(response->x = memory_new(levels ? levels : 1, sizeof *x, error)) ||
        !(response->mean =
              memory_new(levels ? levels : 1, CURVES * sizeof *response->mean, error)) ||
        !(response->count = memory_new(levels ? levels : 1, sizeof *response->count, error)))
        return false;
    response->line = response->mean + levels;
    response->spline = response->line + levels;
    memcpy(response->x, x, levels * sizeof *x);
    for (size_t i = 0; i < CURVES * levels; i++)
        response->mean[i] = unknown;
    return true;
}

/* What is worked with: the complete units' values, one after another, and room for one number of
 * each and for points. */
struct work {
    const double *x;
    size_t levels, units;
    double *y;      /* [units][levels] */
    double *column; /* [units] */
    double *points; /* [2][units * levels]: x and y of every point */
};

static bool describe_column(const struct work *work, size_t count, struct response_point *point,
                            struct description *description, struct error *error)
{
    if (!describe(work->column, count, description, error))
        return false;
    *point = (struct response_point){description->mean, description->low, description->high};
    return true;
}

/* weights [levels]: each unit's value of a linear function of its curve, described over units. */
static bool describe_linear(const struct work *work, const double *weights,
                            struct response_point *point, struct description *description,
                            struct error *error)
{
    for (size_t unit = 0; unit < work->units; unit++) {
        double sum = 0;
        for (size_t i = 0; i < work->levels; i++)
            sum += weights[i] * work->y[unit * work->levels + i];
        work->column[unit] = sum;
    }
    return describe_column(work, work->units, point, description, error);
}

/* Least squares at the levels: the line's height at x is sum of (1/m + (x - c)(x_i - c)/S) y_i. */
static bool fit_lines(struct response *response, const struct work *work, double *weights,
                      struct error *error)
{
    struct description description;
    double centre = 0, spread = 0, m = (double)work->levels;
    for (size_t i = 0; i < work->levels; i++)
        centre += work->x[i] / m;
    for (size_t i = 0; i < work->levels; i++)
        spread += (work->x[i] - centre) * (work->x[i] - centre);
    if (!(spread > 0))
        return true;
    for (size_t at = 0; at < work->levels; at++) {
        for (size_t i = 0; i < work->levels; i++)
            weights[i] = 1 / m + (work->x[at] - centre) * (work->x[i] - centre) / spread;
        if (!describe_linear(work, weights, &response->line[at], &description, error))
            return false;
    }
    for (size_t i = 0; i < work->levels; i++)
        weights[i] = (work->x[i] - centre) / spread;
    if (!describe_linear(work, weights, &response->slope, &description, error))
        return false;
    if (work->units > 1)
        response->slope_p = student_two_sided(description.mean / description.standard_error,
                                              (double)work->units - 1);
    return true;
}

static bool fit_spline(struct response *response, const struct work *work, struct error *error)
{
    struct smooth smooth;
    struct description description;
    size_t points = work->units * work->levels;
    if (!smooth_fit(work->points, work->points + points, points, &smooth, error))
        return error->code == ERROR_DATA; /* too few levels: there is no curve */
    bool good = true;
    for (size_t at = 0; good && at < work->levels; at++)
        good = describe_linear(work, smooth.hat + at * work->levels, &response->spline[at],
                               &description, error);
    response->spline_degrees = smooth.degrees;
    smooth_release(&smooth);
    return good;
}

static bool describe_levels(struct response *response, const struct work *work, struct error *error)
{
    struct description description;
    for (size_t at = 0; at < work->levels; at++) {
        for (size_t unit = 0; unit < work->units; unit++)
            work->column[unit] = work->y[unit * work->levels + at];
        if (!describe_column(work, work->units, &response->mean[at], &description, error))
            return false;
        response->count[at] = description.count;
    }
    return true;
}

static bool correlate(struct response *response, const struct work *work, struct error *error)
{
    struct spearman spearman;
    size_t points = work->units * work->levels;
    if (!spearman_correlate(work->points, work->points + points, points, &spearman, error))
        return false;
    response->rho = spearman.rho;
    response->rho_p = spearman.p;
    return true;
}

static void keep_complete(struct work *work, const double *y, size_t units)
{
    for (size_t unit = 0; unit < units; unit++) {
        bool complete = true;
        for (size_t i = 0; i < work->levels; i++)
            complete = complete && isfinite(y[unit * work->levels + i]);
        if (complete)
            memcpy(work->y + work->units++ * work->levels, y + unit * work->levels,
                   work->levels * sizeof *y);
    }
    size_t points = work->units * work->levels;
    for (size_t i = 0; i < points; i++) {
        work->points[i] = work->x[i % work->levels];
        work->points[points + i] = work->y[i];
    }
}

/* ---- Points that stand for themselves ---- */

/* False: some unit was measured at two levels, but none at all; its points are not independent. */
static bool keep_points(struct work *work, const double *y, size_t units)
{
    size_t points = 0;
    double *values = work->y;
    for (size_t unit = 0; unit < units; unit++) {
        size_t before = points;
        for (size_t i = 0; i < work->levels; i++)
            if (isfinite(y[unit * work->levels + i])) {
                work->points[points] = work->x[i];
                values[points++] = y[unit * work->levels + i];
            }
        if (points > before + 1)
            return false;
    }
    memcpy(work->points + points, values, points * sizeof *values);
    work->units = points;
    return points > 0;
}

/* Level by level: the points there are a sample. */
static bool describe_points(struct response *response, const struct work *work, struct error *error)
{
    const double *x = work->points, *y = work->points + work->units;
    struct description description;
    for (size_t at = 0; at < work->levels; at++) {
        size_t *count = &response->count[at];
        for (size_t point = 0; point < work->units; point++)
            if (x[point] == work->x[at])
                work->column[(*count)++] = y[point];
        if (!describe_column(work, *count, &response->mean[at], &description, error))
            return false;
    }
    return true;
}

static bool fit_points(struct response *response, const struct work *work, struct error *error)
{
    size_t points = work->units;
    const double *x = work->points, *y = work->points + points;
    struct linear_fit line;
    struct spearman spearman;
    struct smooth smooth;
    if (!linear_fit(x, y, points, &line, error) ||
        !spearman_correlate(x, y, points, &spearman, error) ||
        !describe_points(response, work, error))
        return false;
    response->slope = (struct response_point){line.slope, line.slope_low, line.slope_high};
    response->slope_p = line.p;
    response->rho = spearman.rho;
    response->rho_p = spearman.p;
    for (size_t i = 0; i < work->levels; i++) {
        struct response_point *at = &response->line[i];
        at->mean = linear_fit_at(&line, work->x[i], &at->low, &at->high);
    }
    if (!smooth_fit(x, y, points, &smooth, error))
        return error->code == ERROR_DATA;
    for (size_t i = 0, knot = 0; i < work->levels && knot < smooth.knots; i++)
        if (work->x[i] == smooth.x[knot]) {
            response->spline[i] =
                (struct response_point){smooth.fit[knot], smooth.low[knot], smooth.high[knot]};
            knot++;
        }
    response->spline_degrees = smooth.degrees;
    smooth_release(&smooth);
    return true;
}

bool response_fit(const double *x, size_t levels, const double *y, size_t units,
                  struct response *response, struct error *error)
{
    struct error local; /* fit_spline looks at the kind of its failure */
    size_t values = units * levels + 1;
    *response = (struct response){
        .slope = unknown, .slope_p = NAN, .rho = NAN, .rho_p = NAN, .spline_degrees = NAN};
    struct work work = {.x = x, .levels = levels};
    double *weights = memory_new(levels + 1, sizeof *weights, &local);
    bool good = weights && (work.y = memory_new(values, sizeof(double), &local)) &&
                (work.points = memory_new(values, 2 * sizeof(double), &local)) &&
                (work.column = memory_new(units + 1, sizeof(double), &local)) &&
                allocate(response, x, levels, &local);
    if (good) {
        keep_complete(&work, y, units);
        response->units = work.units;
        response->points = work.units * levels;
    }
    if (good && work.units == 0 && keep_points(&work, y, units)) {
        response->points = work.units;
        good = fit_points(response, &work, &local);
    } else if (good) {
        good = describe_levels(response, &work, &local) &&
               fit_lines(response, &work, weights, &local) && fit_spline(response, &work, &local) &&
               correlate(response, &work, &local);
    }
    free(weights);
    free(work.y);
    free(work.points);
    free(work.column);
    if (good)
        return true;
    response_release(response);
    if (error)
        *error = local;
    return false;
}
