/* Evaluation sets of several runs: as repetitions of one experiment, and side by side. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "run/evaluation_set.h"

static int find_arm(const struct evaluation_set *set, const char *name, bool baseline)
{
    for (int i = 0; i < set->arms; i++)
        if (set->arm[i].baseline == baseline && !strcmp(set->arm[i].name, name))
            return i;
    return -1;
}

static int find_cell(const struct evaluation_set *set, const struct evaluation_key *key)
{
    for (int i = 0; i < set->cells; i++)
        if (evaluation_key_same(&set->cell[i], key))
            return i;
    return -1;
}

static ptrdiff_t find_unit(const struct evaluation_set *set, int64_t id)
{
    size_t low = 0, high = set->units;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (set->unit_id[middle] < id)
            low = middle + 1;
        else
            high = middle;
    }
    return low < set->units && set->unit_id[low] == id ? (ptrdiff_t)low : -1;
}

static bool copy_name(struct evaluation_set *set, const char **name, const char *text,
                      struct error *error)
{
    return (*name = arena_text(&set->texts, text, strlen(text), error));
}

/* Numbers of the first run's predictors and cells that all runs have. */
struct common {
    int *arms, *cells;
    int arm_count, cell_count;
};

static bool find_common(struct common *common, const struct evaluation_set *runs, int count,
                        struct error *error)
{
    *common = (struct common){.arms = memory_new((size_t)runs[0].arms + 1, sizeof(int), error)};
    if (!common->arms ||
        !(common->cells = memory_new((size_t)runs[0].cells + 1, sizeof(int), error)))
        return false;
    for (int arm = 0; arm < runs[0].arms; arm++) {
        bool everywhere = true;
        for (int run = 1; run < count; run++)
            everywhere = everywhere && find_arm(&runs[run], runs[0].arm[arm].name,
                                                runs[0].arm[arm].baseline) >= 0;
        if (everywhere)
            common->arms[common->arm_count++] = arm;
    }
    for (int cell = 0; cell < runs[0].cells; cell++) {
        bool everywhere = true;
        for (int run = 1; run < count; run++)
            everywhere = everywhere && find_cell(&runs[run], &runs[0].cell[cell]) >= 0;
        if (everywhere)
            common->cells[common->cell_count++] = cell;
    }
    return (common->arm_count > 0 && common->cell_count > 0) ||
           error_set(error, ERROR_DATA, "the runs have no arm, or no probe masks, in common");
}

static bool name_cells(struct evaluation_set *set, const struct evaluation_set *first,
                       const struct common *common, struct error *error)
{
    for (int c = 0; c < set->cells; c++) {
        const struct evaluation_key *key = &first->cell[common->cells[c]];
        set->cell[c].ratio = key->ratio;
        if (!copy_name(set, &set->cell[c].strategy, key->strategy, error))
            return false;
    }
    return true;
}

static bool is_measured(const struct evaluation_set *set, int arm, int cell)
{
    return set->measured[arm * set->cells + cell];
}

/* Marks the run's images on which all of the set's predictors have values in all of its cells.
 * Returns how many there are. */
static size_t mark_whole(const struct evaluation_set *set, const struct evaluation_set *run,
                         bool *whole)
{
    size_t count = run->units;
    for (size_t i = 0; i < run->units; i++)
        whole[i] = true;
    for (int a = 0; a < set->arms; a++) {
        int arm = find_arm(run, set->arm[a].name, set->arm[a].baseline);
        for (int c = 0; c < set->cells; c++) {
            int cell = find_cell(run, &set->cell[c]);
            const double *values = evaluation_set_values(run, arm, cell);
            for (size_t i = 0; is_measured(set, a, c) && i < run->units; i++) {
                count -= whole[i] && isnan(values[i]);
                whole[i] = whole[i] && !isnan(values[i]);
            }
        }
    }
    return count;
}

static double mean_of(const struct evaluation_set *run, int arm, int cell, const bool *whole,
                      size_t count)
{
    const double *values = evaluation_set_values(run, arm, cell);
    double sum = 0;
    for (size_t i = 0; i < run->units; i++)
        sum += whole[i] ? values[i] : 0;
    return sum / (double)count;
}

/* The run's values, each a mean over its images, in the set's place `unit`. */
static bool fill_run(struct evaluation_set *set, const struct evaluation_set *run, size_t unit,
                     struct error *error)
{
    bool *whole = memory_new(run->units + 1, sizeof *whole, error);
    if (!whole)
        return false;
    size_t count = mark_whole(set, run, whole);
    for (int a = 0; count > 0 && a < set->arms; a++) {
        int arm = find_arm(run, set->arm[a].name, set->arm[a].baseline);
        for (int c = 0; c < set->cells; c++)
            if (is_measured(set, a, c))
                evaluation_set_values(set, a, c)[unit] =
                    mean_of(run, arm, find_cell(run, &set->cell[c]), whole, count);
    }
    set->unit_id[unit] = run->seed;
    set->left_out += run->units - count;
    free(whole);
    return count > 0 || error_set(error, ERROR_DATA,
                                  "the run of seed %lld has no image with a number for every arm: "
                                  "one of them has gone astray (see each run by itself)",
                                  (long long)run->seed);
}

/* ---- Ratios of signal and noise ---- */

/* values [run->units]: the mean of the run's values over the set's cells of group `which`, where
 * all predictors have some; NaN elsewhere. */
static void image_means(const struct evaluation_set *set, const struct evaluation_set *run, int arm,
                        const int *group, int which, const bool *whole, double *values)
{
    int from = find_arm(run, set->arm[arm].name, set->arm[arm].baseline), count = 0;
    for (size_t i = 0; i < run->units; i++)
        values[i] = whole[i] ? 0 : (double)NAN;
    for (int c = 0; c < set->cells; c++) {
        if (group[c] != which || !is_measured(set, arm, c))
            continue;
        const double *mse = evaluation_set_values(run, from, find_cell(run, &set->cell[c]));
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
    bool *whole = memory_new(run->units + 1, sizeof *whole, error);
    double *values = memory_new(run->units + 1, sizeof *values, error);
    bool good = whole && values;
    if (good) {
        (void)mark_whole(set, run, whole);
        image_means(set, run, arm, group, which, whole, values);
        *psnr = evaluation_psnr(values, run->units, set->deviation);
    }
    free(whole);
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
        int from = find_arm(&runs[run], arm->name, arm->baseline);
        const struct evaluation_arm *own = &runs[run].arm[from];
        arm->own_loss += own->own_loss / count;
        arm->step = arm->step == own->step ? arm->step : -1;
        arm->trained = own->trained < arm->trained ? own->trained : arm->trained;
        arm->trained_most = own->trained > arm->trained_most ? own->trained : arm->trained_most;
        arm->changed = arm->changed || own->changed;
        for (int c = 0; c < set->cells; c++)
            if (!is_measured(&runs[run], from, find_cell(&runs[run], &set->cell[c])))
                set->measured[a * set->cells + c] = false;
    }
}

static bool fill_over_runs(struct evaluation_set *set, const struct evaluation_set *runs, int count,
                           const struct common *common, struct error *error)
{
    if (!name_cells(set, &runs[0], common, error))
        return false;
    for (int a = 0; a < set->arms; a++) {
        const struct evaluation_arm *first = &runs[0].arm[common->arms[a]];
        set->arm[a] = *first;
        if (!copy_name(set, &set->arm[a].name, first->name, error))
            return false;
        take_arm(set, a, runs, count);
    }
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
    struct common common = {0};
    bool good = are_repetitions(runs, count, error) && find_common(&common, runs, count, error) &&
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
    free(common.arms);
    free(common.cells);
    return good;
}

static size_t common_units(const struct evaluation_set *runs, int count, int64_t *ids)
{
    size_t units = 0;
    for (size_t i = 0; i < runs[0].units; i++) {
        bool everywhere = true;
        for (int run = 1; run < count; run++)
            everywhere = everywhere && find_unit(&runs[run], runs[0].unit_id[i]) >= 0;
        if (everywhere)
            ids[units++] = runs[0].unit_id[i];
    }
    return units;
}

/* Puts run's predictor `from` in place of predictor `to`. */
static void copy_predictor(struct evaluation_set *set, int to, const struct evaluation_set *run,
                           int from)
{
    for (int c = 0; c < set->cells; c++) {
        int cell = find_cell(run, &set->cell[c]);
        set->measured[to * set->cells + c] = run->measured[from * run->cells + cell];
        for (size_t i = 0; i < set->units; i++)
            evaluation_set_values(set, to, c)[i] =
                evaluation_set_values(run, from, cell)[find_unit(run, set->unit_id[i])];
    }
}

static bool fill_join(struct evaluation_set *set, const struct evaluation_set *runs,
                      const char *const *names, int count, struct error *error)
{
    int to = 0;
    for (int run = 0; run < count; run++)
        for (int arm = 0; arm < runs[run].arms; arm++) {
            const struct evaluation_arm *from = &runs[run].arm[arm];
            if (from->baseline && run > 0)
                continue; /* they learn nothing, and are the same on the same images */
            struct text name = {0};
            text_append(&name, from->baseline ? "%s%s" : "%s/%s", from->baseline ? "" : names[run],
                        from->name);
            set->arm[to] = *from;
            bool named = copy_name(set, &set->arm[to].name, text_of(&name), error);
            text_release(&name);
            if (!named)
                return false;
            copy_predictor(set, to++, &runs[run], arm);
        }
    set->arms = to;
    return true;
}

bool evaluation_set_join(struct evaluation_set *set, const struct evaluation_set *runs,
                         const char *const *names, int count, struct error *error)
{
    struct common common = {0};
    int64_t *ids = memory_new(runs[0].units + 1, sizeof *ids, error);
    int arms = 0;
    bool good = ids;
    for (int run = 0; run < count; run++) {
        good = good &&
               (evaluation_conditions_agree(&runs[0].conditions, &runs[run].conditions, error) ||
                error_prefix(error, "%s and %s cannot be paired", names[0], names[run]));
        arms += runs[run].arms;
    }
    /* Predictors need not be common; find_common is asked for the cells. */
    if (good)
        (void)find_common(&common, runs, count, error);
    good = good && (common.cell_count > 0 ||
                    error_set(error, ERROR_DATA, "the runs have no probe masks in common"));
    size_t units = good ? common_units(runs, count, ids) : 0;
    good = good && (units > 0 || error_set(error, ERROR_DATA, "the runs have no image in common"));
    good = good && evaluation_set_init(set, arms, common.cell_count, units, error);
    if (good) {
        memcpy(set->unit_id, ids, units * sizeof *ids);
        set->deviation = runs[0].deviation;
        set->conditions = runs[0].conditions;
        set->runs = count;
        good =
            name_cells(set, &runs[0], &common, error) && fill_join(set, runs, names, count, error);
        if (!good)
            evaluation_set_release(set);
    }
    free(ids);
    free(common.arms);
    free(common.cells);
    return good;
}
