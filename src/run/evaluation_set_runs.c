/* Evaluation sets of several runs as repetitions of one experiment. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "run/evaluation_set_private.h"

static bool is_measured(const struct evaluation_set *set, int arm, int cell)
{
    return set->measured[arm * set->cells + cell];
}

/* Leaves marked the run's images on which all of the set's predictors have values in all of its
 * cells. */
static void keep_whole(const struct evaluation_set *set, const struct evaluation_set *run,
                       bool *whole)
{
    for (int a = 0; a < set->arms; a++) {
        int arm = evaluation_set_find_arm(run, set->arm[a].name, set->arm[a].baseline);
        for (int c = 0; c < set->cells; c++) {
            int cell = evaluation_set_find_cell(run, &set->cell[c]);
            const double *values = evaluation_set_values(run, arm, cell);
            for (size_t i = 0; is_measured(set, a, c) && i < run->units; i++)
                whole[i] = whole[i] && !isnan(values[i]);
        }
    }
}

/* Marks the run's images that are among the set's. */
static void mark_images(const struct evaluation_set *set, const struct evaluation_set *run,
                        bool *marked)
{
    for (size_t i = 0, next = 0; i < run->units; i++) { /* both ascend */
        while (next < set->images && set->image[next] < run->unit_id[i])
            next++;
        marked[i] = next < set->images && set->image[next] == run->unit_id[i];
    }
}

/* Leaves of the set's images those that the run has whole. */
static bool keep_images(struct evaluation_set *set, const struct evaluation_set *run,
                        struct error *error)
{
    bool *whole = memory_new(run->units + 1, sizeof *whole, error);
    size_t kept = 0;
    if (!whole)
        return false;
    mark_images(set, run, whole);
    keep_whole(set, run, whole);
    for (size_t i = 0; i < run->units; i++)
        if (whole[i])
            set->image[kept++] = run->unit_id[i];
    set->images = kept;
    free(whole);
    return true;
}

/* The images of which all predictors have values, in all runs: means over others would differ by
 * them. */
static bool find_images(struct evaluation_set *set, const struct evaluation_set *runs, int count,
                        struct error *error)
{
    size_t most = runs[0].units;
    if (!(set->image = memory_new(most + 1, sizeof *set->image, error)))
        return false;
    memcpy(set->image, runs[0].unit_id, most * sizeof *set->image);
    set->images = most;
    for (int run = 0; run < count; run++) {
        if (!keep_images(set, &runs[run], error))
            return false;
        most = runs[run].units > most ? runs[run].units : most;
    }
    set->left_out = most - set->images;
    return set->images > 0 ||
           error_set(error, ERROR_DATA,
                     "there is no image with a number for every arm in every run (see each run by "
                     "itself)");
}

static double mean_of(const struct evaluation_set *run, int arm, int cell, const bool *marked)
{
    const double *values = evaluation_set_values(run, arm, cell);
    double sum = 0, count = 0;
    for (size_t i = 0; i < run->units; i++) {
        sum += marked[i] ? values[i] : 0;
        count += marked[i];
    }
    return sum / count;
}

/* The run's values, each a mean over its images, in the set's place `unit`. */
static bool fill_run(struct evaluation_set *set, const struct evaluation_set *run, size_t unit,
                     struct error *error)
{
    bool *marked = memory_new(run->units + 1, sizeof *marked, error);
    if (!marked)
        return false;
    mark_images(set, run, marked);
    for (int a = 0; a < set->arms; a++) {
        int arm = evaluation_set_find_arm(run, set->arm[a].name, set->arm[a].baseline);
        for (int c = 0; c < set->cells; c++)
            if (is_measured(set, a, c))
                evaluation_set_values(set, a, c)[unit] =
                    mean_of(run, arm, evaluation_set_find_cell(run, &set->cell[c]), marked);
    }
    set->unit_id[unit] = run->seed;
    free(marked);
    return true;
}

/* ---- Ratios of signal and noise ---- */

/* values [run->units]: the mean of the run's values over the set's cells of group `which`, on the
 * set's images; NaN elsewhere. */
static void image_means(const struct evaluation_set *set, const struct evaluation_set *run, int arm,
                        const int *group, int which, const bool *marked, double *values)
{
    int from = evaluation_set_find_arm(run, set->arm[arm].name, set->arm[arm].baseline), count = 0;
    for (size_t i = 0; i < run->units; i++)
        values[i] = marked[i] ? 0 : (double)NAN;
    for (int c = 0; c < set->cells; c++) {
        if (group[c] != which || !is_measured(set, arm, c))
            continue;
        const double *mse =
            evaluation_set_values(run, from, evaluation_set_find_cell(run, &set->cell[c]));
        for (size_t i = 0; i < run->units; i++)
            values[i] += mse[i];
        count++;
    }
    for (size_t i = 0; i < run->units; i++)
        values[i] /= count;
}

static bool run_psnr(const struct evaluation_set *set, const struct evaluation_set *run, int arm,
                     const int *group, int which, double *psnr, struct error *error)
{
    bool *marked = memory_new(run->units + 1, sizeof *marked, error);
    double *values = memory_new(run->units + 1, sizeof *values, error);
    bool good = marked && values;
    if (good) {
        mark_images(set, run, marked);
        image_means(set, run, arm, group, which, marked, values);
        *psnr = evaluation_psnr(values, run->units, set->deviation);
    }
    free(marked);
    free(values);
    return good;
}

bool evaluation_set_psnr(const struct evaluation_set *set, int arm, const int *group, int which,
                         const double *values, double *psnr, struct error *error)
{
    double sum = 0, one;
    if (!set->of) {
        *psnr = evaluation_psnr(values, set->units, set->deviation);
        return true;
    }
    for (size_t unit = 0; unit < set->units; unit++) {
        if (!run_psnr(set, &set->of[unit], arm, group, which, &one, error))
            return false;
        sum += one;
    }
    *psnr = sum / (double)set->units;
    return true;
}

/* ---- Runs as units ---- */

/* What the runs say of one predictor. */
static void take_arm(struct evaluation_set *set, int a, const struct evaluation_set *runs,
                     int count)
{
    struct evaluation_arm *arm = &set->arm[a];
    arm->own_loss = 0;
    arm->trend = TREND_UNKNOWN;
    for (int c = 0; c < set->cells; c++)
        set->measured[a * set->cells + c] = true;
    for (int run = 0; run < count; run++) {
        int from = evaluation_set_find_arm(&runs[run], arm->name, arm->baseline);
        const struct evaluation_arm *own = &runs[run].arm[from];
        arm->own_loss += own->own_loss / count;
        arm->step = arm->step == own->step ? arm->step : -1;
        arm->trained = own->trained < arm->trained ? own->trained : arm->trained;
        arm->trained_most = own->trained > arm->trained_most ? own->trained : arm->trained_most;
        arm->changed = arm->changed || own->changed;
        for (int c = 0; c < set->cells; c++)
            if (!evaluation_set_has(&runs[run], from,
                                    evaluation_set_find_cell(&runs[run], &set->cell[c])))
                set->measured[a * set->cells + c] = false;
    }
}

static bool fill_over_runs(struct evaluation_set *set, const struct evaluation_set *runs, int count,
                           const struct evaluation_common *common, struct error *error)
{
    if (!evaluation_common_name_cells(set, &runs[0], common, error))
        return false;
    for (int a = 0; a < set->arms; a++) {
        const struct evaluation_arm *first = &runs[0].arm[common->arms[a]];
        set->arm[a] = *first;
        if (!evaluation_set_copy_name(set, &set->arm[a].name, first->name, error))
            return false;
        take_arm(set, a, runs, count);
    }
    if (!find_images(set, runs, count, error))
        return false;
    for (int run = 0; run < count; run++)
        if (!fill_run(set, &runs[run], (size_t)run, error))
            return false;
    return true;
}

static bool are_repetitions(const struct evaluation_set *runs, int count, struct error *error)
{
    for (int run = 1; run < count; run++)
        if (!evaluation_conditions_repeat(&runs[0].conditions, &runs[run].conditions, error))
            return false;
    return true;
}

bool evaluation_set_over_runs(struct evaluation_set *set, const struct evaluation_set *runs,
                              int count, struct error *error)
{
    struct evaluation_common common = {0};
    bool good = are_repetitions(runs, count, error) &&
                evaluation_common_find(&common, runs, count, error) &&
                evaluation_set_init(set, common.arm_count, common.cell_count, (size_t)count, error);
    if (good) {
        set->unit = "seeds";
        set->of = runs;
        set->runs = count;
        set->deviation = runs[0].deviation;
        good = fill_over_runs(set, runs, count, &common, error);
        if (!good)
            evaluation_set_release(set);
    }
    evaluation_common_release(&common);
    return good;
}
