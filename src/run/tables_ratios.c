/* The table `ratios`: errors over the ratio of hidden patches. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "run/tables_private.h"
#include "stats/response.h"

static const struct table_column columns_after_ratio[] = {
    {"mse", NULL, TABLE_REAL, 4},
    {"low", NULL, TABLE_REAL, 4},
    {"high", NULL, TABLE_REAL, 4},
    {"line", NULL, TABLE_REAL, 4},
    {"line_low", NULL, TABLE_REAL | TABLE_DETAIL, 4},
    {"line_high", NULL, TABLE_REAL | TABLE_DETAIL, 4},
    {"spline", NULL, TABLE_REAL, 4},
    {"spline_low", NULL, TABLE_REAL | TABLE_DETAIL, 4},
    {"spline_high", NULL, TABLE_REAL | TABLE_DETAIL, 4},
    {"slope", NULL, TABLE_REAL, 4},
    {"slope_low", NULL, TABLE_REAL | TABLE_DETAIL, 4},
    {"slope_high", NULL, TABLE_REAL | TABLE_DETAIL, 4},
    {"slope_p", NULL, TABLE_REAL | TABLE_PROBABILITY | TABLE_DETAIL, 2},
    {"rho", NULL, TABLE_REAL | TABLE_COEFFICIENT, 3},
    {"rho_p", NULL, TABLE_REAL | TABLE_PROBABILITY | TABLE_DETAIL, 2},
    {"spline_degrees", NULL, TABLE_REAL | TABLE_DETAIL, 3},
};

/* Whether no unit was measured at two ratios: its values are independent (stats/response.h). */
static bool stand_alone(const struct evaluation_set *set)
{
    bool alone = true;
    for (int cell = 1; cell < set->cells; cell++)
        alone = alone && set->cell[cell].ratio == set->cell[0].ratio;
    return alone || set->own_ratios;
}

/* Of the curves, how many units the one with the fewest and the one with the most has. */
struct extent {
    size_t least, most;
};

static void write_caption(const struct evaluation_set *set, struct text *caption)
{
    text_append(caption,
                "%s, over the ratio of hidden patches, with lines and smoothing splines (penalty "
                "by generalised cross-validation); slope is per unit of ratio; rho is Spearman's "
                "over all points.",
                set->what);
}

static void write_remarks(const struct evaluation_set *set, const struct extent *extent,
                          struct text *remarks)
{
    evaluation_set_write_units(set, extent->least, extent->most, remarks);
    if (stand_alone(set))
        text_append(remarks,
                    "; curves are fitted to all values at once, none of the %s having two; low and "
                    "high are 95%% t intervals of the mean of the values at the ratio, those of "
                    "line and spline the fits' 95%% bands.",
                    set->unit);
    else
        text_append(remarks,
                    "; curves are fitted to each of the %s, and low and high are 95%% t intervals "
                    "over them.",
                    set->unit);
    if (extent->least == 0)
        text_append(remarks,
                    " Where n is 0, none of the %s has values at all ratios of the curve, and some "
                    "have several: there is no fit.",
                    set->unit);
    evaluation_set_write_remarks(set, remarks);
}

static bool begin(struct table *table, const struct evaluation_set *set, unsigned groups,
                  struct error *error)
{
    struct table_column columns[1 + GROUP_COLUMNS + 1 + ARRAY_LENGTH(columns_after_ratio)] = {
        {set->predictor, NULL, TABLE_TEXT, 0}};
    struct table_words words = {0};
    size_t keys = group_columns(groups | TABLE_BY_RATIO, columns, 1), count = keys;
    columns[count++] = (struct table_column){set->unit, NULL, TABLE_INTEGER, 0};
    memcpy(columns + count, columns_after_ratio, sizeof columns_after_ratio);
    write_caption(set, &words.caption);
    return table_begin(table, "ratios", &words, columns, count + ARRAY_LENGTH(columns_after_ratio),
                       keys, error);
}

static void add_point(struct table *table, const struct response_point *point)
{
    table_add_real(table, point->mean);
    table_add_real(table, point->low);
    table_add_real(table, point->high);
}

static void add_rows(struct table *table, const struct evaluation_set *set, int arm,
                     const char *strategy, const struct response *response)
{
    for (size_t level = 0; level < response->levels; level++) {
        table_add_text(table, set->arm[arm].name);
        if (strategy)
            table_add_text(table, strategy);
        table_add_real(table, response->x[level]);
        table_add_integer(table, (int64_t)response->count[level]);
        add_point(table, &response->mean[level]);
        add_point(table, &response->line[level]);
        add_point(table, &response->spline[level]);
        add_point(table, &response->slope);
        table_add_real(table, response->slope_p);
        table_add_real(table, response->rho);
        table_add_real(table, response->rho_p);
        table_add_real(table, response->spline_degrees);
    }
}

static void take_extent(struct extent *extent, const struct response *response)
{
    size_t count = response->units ? response->units : response->points;
    extent->least = count < extent->least ? count : extent->least;
    extent->most = count > extent->most ? count : extent->most;
}

/* What is worked with. */
struct work {
    int *curve, *level;   /* [cells]: the strategy's curve, the ratio's place on it */
    int *marked;          /* [cells] */
    int *found;           /* [cells]: the levels at which the arm was measured */
    double *x, *y, *mean; /* [cells], [units][cells], [units] */
    struct extent
        extent; /* of what was fitted; arms without any value, which remarks name, apart */
};

/* Marks the cells there; one in which the arm was measured, or -1. */
static int mark_level(const struct evaluation_set *set, struct work *work, int arm, int curve,
                      int level)
{
    int measured = -1;
    for (int cell = 0; cell < set->cells; cell++) {
        work->marked[cell] = work->curve[cell] == curve && work->level[cell] == level;
        if (work->marked[cell] && set->measured[arm * set->cells + cell])
            measured = cell;
    }
    return measured;
}

/* The arm's values on that curve, unit by unit. Returns at how many ratios; *cell is one of them.
 */
static size_t gather(const struct evaluation_set *set, struct work *work, int arm, int curve,
                     int levels, int *cell)
{
    size_t count = 0;
    for (int level = 0; level < levels; level++) {
        int measured = mark_level(set, work, arm, curve, level);
        if (measured < 0 || isnan(set->cell[measured].ratio))
            continue;
        *cell = measured;
        work->x[count] = set->cell[measured].ratio;
        work->found[count++] = level;
    }
    for (size_t i = 0; i < count; i++) {
        mark_level(set, work, arm, curve, work->found[i]);
        evaluation_set_mean(set, arm, -1, work->marked, 1, work->mean);
        for (size_t unit = 0; unit < set->units; unit++)
            work->y[unit * count + i] = work->mean[unit];
    }
    return count;
}

static bool add_curves(struct table *table, const struct evaluation_set *set, unsigned groups,
                       struct work *work, struct error *error)
{
    unsigned parts = groups & TABLE_BY_STRATEGY;
    int curves = evaluation_set_group(set, parts, work->curve);
    int levels = evaluation_set_group(set, TABLE_BY_RATIO, work->level);
    for (int arm = 0; arm < set->arms; arm++)
        for (int curve = 0; curve < curves; curve++) {
            struct response response;
            int cell = 0;
            size_t count = gather(set, work, arm, curve, levels, &cell);
            if (count == 0)
                continue;
            if (!response_fit(work->x, count, work->y, set->units, &response, error))
                return false;
            add_rows(table, set, arm, parts ? set->cell[cell].strategy : NULL, &response);
            if (evaluation_set_has_any(set, arm))
                take_extent(&work->extent, &response);
            response_release(&response);
        }
    return table_rows(table) > 0 || error_set(error, ERROR_DATA, "the values have no ratios");
}

static bool remark(struct table *table, const struct evaluation_set *set,
                   const struct extent *extent, struct error *error)
{
    struct text remarks = {0};
    write_remarks(set, extent, &remarks);
    bool good = text_is_whole(&remarks, error);
    if (good)
        table_remark(table, text_of(&remarks));
    text_release(&remarks);
    return good;
}

bool table_fill_ratios(struct table *table, const struct evaluation_set *set, unsigned groups,
                       struct error *error)
{
    struct work work = {.extent.least = set->units};
    size_t cells = (size_t)set->cells + 1, units = set->units + 1;
    if (!begin(table, set, groups, error))
        return false;
    bool good = (work.curve = memory_new(cells, sizeof(int), error)) &&
                (work.level = memory_new(cells, sizeof(int), error)) &&
                (work.marked = memory_new(cells, sizeof(int), error)) &&
                (work.found = memory_new(cells, sizeof(int), error)) &&
                (work.x = memory_new(cells, sizeof(double), error)) &&
                (work.y = memory_new(cells * units, sizeof(double), error)) &&
                (work.mean = memory_new(units, sizeof(double), error)) &&
                add_curves(table, set, groups, &work, error) &&
                remark(table, set, &work.extent, error);
    free(work.curve);
    free(work.level);
    free(work.marked);
    free(work.found);
    free(work.x);
    free(work.y);
    free(work.mean);
    if (!good)
        table_release(table);
    return good;
}
