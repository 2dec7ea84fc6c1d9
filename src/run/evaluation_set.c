#include "run/evaluation_set.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static size_t at_least_one(size_t count)
{
    return count ? count : 1;
}

bool evaluation_set_init(struct evaluation_set *set, int arms, int cells, size_t units,
                         struct error *error)
{
    size_t values = (size_t)arms * (size_t)cells * units;
    *set =
        (struct evaluation_set){.unit = "images",
                                .predictor = "arm",
                                .what = "Mean squared error on the hidden patches under the common "
                                        "probe masks, in units of the normalised input",
                                .arms = arms,
                                .cells = cells,
                                .units = units,
                                .deviation = NAN,
                                .seed = -1,
                                .conditions.seed = -1};
    bool good = (set->arm = memory_new(at_least_one((size_t)arms), sizeof *set->arm, error)) &&
                (set->cell = memory_new(at_least_one((size_t)cells), sizeof *set->cell, error)) &&
                (set->unit_id = memory_new(at_least_one(units), sizeof *set->unit_id, error)) &&
                (set->label = memory_new(at_least_one(units), sizeof *set->label, error)) &&
                (set->mse = memory_new(at_least_one(values), sizeof *set->mse, error)) &&
                (set->measured =
                     memory_new(at_least_one((size_t)arms * (size_t)cells), sizeof(bool), error));
    for (size_t i = 0; good && i < values; i++)
        set->mse[i] = NAN;
    for (size_t i = 0; good && i < units; i++)
        set->label[i] = -1;
    for (int i = 0; good && i < arms; i++)
        set->arm[i] = (struct evaluation_arm){
            .name = "", .step = -1, .own_loss = NAN, .trained = -1, .trained_most = -1};
    if (!good)
        evaluation_set_release(set);
    return good;
}

void evaluation_set_release(struct evaluation_set *set)
{
    arena_release(&set->texts);
    free(set->arm);
    free(set->cell);
    free(set->unit_id);
    free(set->image);
    free(set->label);
    free(set->mse);
    free(set->measured);
    free(set->classes);
    *set = (struct evaluation_set){0};
}

double *evaluation_set_values(const struct evaluation_set *set, int arm, int cell)
{
    return set->mse + ((size_t)arm * (size_t)set->cells + (size_t)cell) * set->units;
}

bool evaluation_conditions_agree(const struct evaluation_conditions *a,
                                 const struct evaluation_conditions *b, struct error *error)
{
    if (!a->images[0] || !b->images[0])
        return error_set(error, ERROR_DATA,
                         "a record does not say on which images it was evaluated (it is of an "
                         "older version)");
    if (strcmp(a->images, b->images))
        return error_set(error, ERROR_DATA, "they were evaluated on different held-out images");
    if (a->seed != b->seed)
        return error_set(error, ERROR_DATA,
                         "they were evaluated with different eval.seed (%lld and %lld), that is on "
                         "other images under other masks",
                         (long long)a->seed, (long long)b->seed);
    if (strcmp(a->input, b->input))
        return error_set(error, ERROR_DATA, "their images were of different sizes (%s and %s)",
                         a->input, b->input);
    if (a->masks != b->masks)
        return error_set(error, ERROR_DATA,
                         "they were evaluated with different eval.masks (%d and %d)", a->masks,
                         b->masks);
    return true;
}

bool evaluation_conditions_repeat(const struct evaluation_conditions *a,
                                  const struct evaluation_conditions *b, struct error *error)
{
    if (!a->trained[0] || strcmp(a->trained, b->trained))
        return error_set(error, ERROR_DATA, "they were trained on different images");
    return evaluation_conditions_agree(a, b, error);
}

/* ---- Groups of cells ---- */

static bool same_ratio(double a, double b)
{
    return a == b || (isnan(a) && isnan(b));
}

bool evaluation_key_same(const struct evaluation_key *a, const struct evaluation_key *b)
{
    return !strcmp(a->strategy, b->strategy) && same_ratio(a->ratio, b->ratio);
}

static bool same_group(const struct evaluation_key *a, const struct evaluation_key *b,
                       unsigned parts)
{
    return (!(parts & TABLE_BY_STRATEGY) || !strcmp(a->strategy, b->strategy)) &&
           (!(parts & TABLE_BY_RATIO) || same_ratio(a->ratio, b->ratio));
}

/* Whether group a comes after b: cells are in order of strategy first, which is not that of ratios.
 */
static bool is_after(const struct evaluation_key *a, const struct evaluation_key *b, unsigned parts)
{
    return parts == TABLE_BY_RATIO && a->ratio > b->ratio;
}

int evaluation_set_group(const struct evaluation_set *set, unsigned parts, int *group)
{
    int groups = 0;
    for (int cell = 0; cell < set->cells; cell++) {
        group[cell] = -1;
        for (int other = 0; other < cell && group[cell] < 0; other++)
            if (same_group(&set->cell[other], &set->cell[cell], parts))
                group[cell] = group[other];
        if (group[cell] >= 0)
            continue;
        int place = groups++;
        for (int other = 0; other < cell; other++)
            if (is_after(&set->cell[other], &set->cell[cell], parts)) {
                place = group[other] < place ? group[other] : place;
            }
        for (int other = 0; other < cell; other++)
            group[other] += group[other] >= place;
        group[cell] = place;
    }
    return groups;
}

bool evaluation_set_has(const struct evaluation_set *set, int arm, int cell)
{
    const double *values = evaluation_set_values(set, arm, cell);
    for (size_t unit = 0; unit < set->units; unit++)
        if (!isnan(values[unit]))
            return true;
    return false;
}

bool evaluation_set_has_any(const struct evaluation_set *set, int arm)
{
    for (int cell = 0; cell < set->cells; cell++)
        if (evaluation_set_has(set, arm, cell))
            return true;
    return false;
}

bool evaluation_set_ranks(const struct evaluation_set *set, int arm)
{
    return !set->arm[arm].baseline && evaluation_set_has_any(set, arm);
}

int evaluation_set_common(const struct evaluation_set *set, int *group)
{
    int count = 0;
    for (int cell = 0; cell < set->cells; cell++)
        group[cell] = 0;
    for (int arm = 0; arm < set->arms && !set->own_ratios; arm++) {
        bool ranks = evaluation_set_ranks(set, arm);
        for (int cell = 0; ranks && cell < set->cells; cell++)
            if (!evaluation_set_has(set, arm, cell))
                group[cell] = -1;
    }
    for (int cell = 0; cell < set->cells; cell++)
        count += group[cell] == 0;
    return count;
}

/* Where each unit has one ratio. */
static bool take_own(const struct evaluation_set *set, int arm, int other, const int *group,
                     int which, double *values)
{
    bool any = false;
    for (size_t unit = 0; unit < set->units; unit++)
        values[unit] = NAN;
    for (int cell = 0; cell < set->cells; cell++) {
        const double *mse = evaluation_set_values(set, arm, cell);
        const double *its = evaluation_set_values(set, other < 0 ? arm : other, cell);
        for (size_t unit = 0; group[cell] == which && unit < set->units; unit++)
            if (!isnan(mse[unit]) && !isnan(its[unit])) {
                values[unit] = mse[unit];
                any = true;
            }
    }
    return any;
}

bool evaluation_set_mean(const struct evaluation_set *set, int arm, int other, const int *group,
                         int which, double *values)
{
    int count = 0;
    if (set->own_ratios)
        return take_own(set, arm, other, group, which, values);
    for (size_t unit = 0; unit < set->units; unit++)
        values[unit] = 0;
    for (int cell = 0; cell < set->cells; cell++) {
        if (group[cell] != which || !set->measured[arm * set->cells + cell] ||
            (other >= 0 && !set->measured[other * set->cells + cell]))
            continue;
        const double *mse = evaluation_set_values(set, arm, cell);
        for (size_t unit = 0; unit < set->units; unit++)
            values[unit] += mse[unit];
        count++;
    }
    for (size_t unit = 0; unit < set->units; unit++)
        values[unit] /= count;
    return count > 0;
}

double evaluation_psnr(const double *values, size_t count, double deviation)
{
    static const double decibels = 10;
    size_t numbers = 0;
    double sum = 0;
    for (size_t i = 0; i < count; i++)
        if (!isnan(values[i])) {
            sum -= decibels * log10(values[i] * deviation * deviation);
            numbers++;
        }
    return numbers ? sum / (double)numbers : (double)NAN;
}
