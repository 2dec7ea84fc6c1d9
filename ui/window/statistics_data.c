/* From tables of the record to what the charts need. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "run/baseline.h"
#include "stats/describe.h"
#include "ui/window/statistics.h"

static int column_of(const struct table *table, const char *name)
{
    for (size_t i = 0; i < table->column_count; i++)
        if (!strcmp(table->columns[i].name, name))
            return (int)i;
    return -1;
}

static double real_at(const struct table *table, size_t row, int column)
{
    const struct table_cell *cell = column < 0 ? NULL : table_cell(table, row, (size_t)column);
    return !cell || cell->missing ? NAN : cell->real;
}

static const char *text_at(const struct table *table, size_t row, int column)
{
    const struct table_cell *cell = column < 0 ? NULL : table_cell(table, row, (size_t)column);
    return !cell || cell->missing ? "" : cell->text;
}

static int arm_of(const struct snapshot *snapshot, const char *name)
{
    for (int i = 0; i < snapshot->arm_count; i++)
        if (!strcmp(snapshot->arms[i].name, name))
            return i;
    return -1;
}

/* The arms' rows come first and in the run's order; -1: there is no room, or the arm is gone. */
static int find_row(struct statistics_row *rows, int *count, const struct snapshot *snapshot,
                    const char *name)
{
    int arm = arm_of(snapshot, name);
    bool baseline = arm < 0 && (!strcmp(name, baseline_name(BASELINE_VISIBLE_MEAN)) ||
                                !strcmp(name, baseline_name(BASELINE_INVERSE_DISTANCE)));
    for (int i = 0; i < *count; i++)
        if (!strcmp(rows[i].name, name))
            return i;
    if (*count == STATISTICS_ROWS || (arm < 0 && !baseline))
        return -1;
    rows[*count].arm = arm;
    text_copy(rows[*count].name, STATISTICS_NAME_SIZE, name);
    return (*count)++;
}

static int find_group(struct statistics_matrix *matrix, const char *name, double ratio)
{
    for (int i = 0; i < matrix->groups; i++)
        if (!strcmp(matrix->group[i], name))
            return i;
    if (matrix->groups == STATISTICS_GROUPS)
        return -1;
    text_copy(matrix->group[matrix->groups], STATISTICS_NAME_SIZE, name);
    matrix->ratio[matrix->groups] = ratio;
    return matrix->groups++;
}

static void clear_cells(struct statistics_matrix *matrix)
{
    *matrix = (struct statistics_matrix){0};
    for (int row = 0; row < STATISTICS_ROWS; row++)
        for (int group = 0; group < STATISTICS_GROUPS; group++)
            matrix->cell[row][group] = (struct statistics_cell){NAN, NAN, NAN, 0};
}

void statistics_read_matrix(struct statistics_matrix *matrix, const struct table *table,
                            const char *column, const struct snapshot *snapshot)
{
    int arm = column_of(table, "arm"), by = column_of(table, column);
    int mse = column_of(table, "mse"), low = column_of(table, "low");
    int high = column_of(table, "high"), images = column_of(table, "images");
    bool ratios = by >= 0 && table->columns[by].type == TABLE_REAL;
    clear_cells(matrix);
    for (size_t i = 0; by >= 0 && i < table_rows(table); i++) {
        char name[STATISTICS_NAME_SIZE];
        double ratio = ratios ? real_at(table, i, by) : 0;
        if (ratios)
            snprintf(name, sizeof name, "%g", ratio);
        else
            text_copy(name, sizeof name, text_at(table, i, by));
        int row = find_row(matrix->row, &matrix->rows, snapshot, text_at(table, i, arm));
        int group = row < 0 ? -1 : find_group(matrix, name, ratio);
        if (group < 0)
            continue;
        const struct table_cell *count = images < 0 ? NULL : table_cell(table, i, (size_t)images);
        matrix->cell[row][group] = (struct statistics_cell){
            real_at(table, i, mse), real_at(table, i, low), real_at(table, i, high),
            count && !count->missing ? (int)count->integer : 0};
    }
}

/* A Gaussian kernel's estimate with Silverman's bandwidth (Silverman 1986, eq. 3.31). */
static void estimate(struct statistics_density *density, const double *values, int count,
                     double low, double high, const struct description *description)
{
    double spread =
        fmin(description->sd, (description->quartile_3 - description->quartile_1) / 1.34);
    double width = 0.9 * (spread > 0 ? spread : description->sd) * pow(count, -0.2);
    width = fmax(width, (high - low) / STATISTICS_POINTS);
    for (int i = 0; i < STATISTICS_POINTS; i++) {
        double at = low + (high - low) * i / (STATISTICS_POINTS - 1), sum = 0;
        for (int k = 0; k < count; k++) {
            double z = (at - values[k]) / width;
            sum += isfinite(values[k]) ? exp(-z * z / 2) : 0;
        }
        density->density[i] = sum / (count * width);
    }
}

/* One arm's values lie together; values [n] are room for them. */
static void read_density(struct statistics_densities *densities, const struct table *table, int row,
                         int arm_column, int mse_column, double *values)
{
    struct statistics_density *density = &densities->row[row];
    struct description description;
    size_t count = 0;
    for (size_t i = 0; i < table_rows(table); i++)
        if (!strcmp(text_at(table, i, arm_column), density->row.name))
            values[count++] = real_at(table, i, mse_column);
    if (!describe(values, count, &description, NULL))
        return;
    density->images = (int)description.count;
    density->mean = description.mean;
    density->median = description.median;
    density->quartile_1 = description.quartile_1;
    density->quartile_3 = description.quartile_3;
    estimate(density, values, (int)count, densities->low, densities->high, &description);
}

/* The axis reaches from 0 to where but few images lie beyond. */
static void find_range(struct statistics_densities *densities, const struct table *table,
                       int mse_column, double *values)
{
    struct description description;
    size_t count = 0;
    for (size_t i = 0; i < table_rows(table); i++)
        values[count++] = real_at(table, i, mse_column);
    densities->low = 0;
    densities->high = 1;
    if (describe(values, count, &description, NULL) && description.count > 0)
        densities->high =
            fmin(description.max,
                 description.quartile_3 + 3 * (description.quartile_3 - description.quartile_1)) *
                1.05 +
            1e-9;
}

static void scale_densities(struct statistics_densities *densities)
{
    double most = 0;
    for (int row = 0; row < densities->rows; row++)
        for (int i = 0; i < STATISTICS_POINTS; i++)
            most = fmax(most, densities->row[row].density[i]);
    for (int row = 0; most > 0 && row < densities->rows; row++)
        for (int i = 0; i < STATISTICS_POINTS; i++)
            densities->row[row].density[i] /= most;
}

void statistics_read_densities(struct statistics_densities *densities, const struct table *table,
                               const struct snapshot *snapshot)
{
    int arm = column_of(table, "arm"), mse = column_of(table, "mse");
    size_t rows = table_rows(table);
    struct statistics_row found[STATISTICS_ROWS];
    int count = 0;
    *densities = (struct statistics_densities){.high = 1};
    double *values = memory_new(rows, sizeof *values, NULL);
    if (!values || rows == 0) {
        free(values);
        return;
    }
    for (size_t i = 0; i < rows; i++)
        find_row(found, &count, snapshot, text_at(table, i, arm));
    find_range(densities, table, mse, values);
    for (int i = 0; i < count; i++)
        if (found[i].arm >= 0) /* baselines would only stretch the axis */
            densities->row[densities->rows++].row = found[i];
    for (int row = 0; row < densities->rows; row++)
        read_density(densities, table, row, arm, mse, values);
    scale_densities(densities);
    free(values);
}
