/* The table `matrix`: predictors on the common probe masks; and what it shares with `arms`. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "run/tables_private.h"

void evaluation_add_step(struct table *table, const struct evaluation_arm *arm)
{
    /* A baseline learns nothing: it is measured once, and that step says nothing of its values. */
    if (arm->baseline || arm->step < 0)
        table_add_missing(table);
    else
        table_add_integer(table, arm->step);
}

/* Values from elsewhere have none. */
static bool has_steps(const struct evaluation_set *set)
{
    for (int arm = 0; arm < set->arms; arm++)
        if (set->arm[arm].step >= 0)
            return true;
    return false;
}

bool table_filling_init(struct table_filling *filling, struct table *table,
                        const struct evaluation_set *set, struct error *error)
{
    *filling = (struct table_filling){.table = table, .set = set};
    return (filling->group = memory_new((size_t)set->cells + 1, sizeof(int), error)) &&
           (filling->values = memory_new(set->units + 1, sizeof(double), error)) &&
           (filling->whole = memory_new(set->units + 1, sizeof(bool), error));
}

void table_filling_release(struct table_filling *filling)
{
    free(filling->group);
    free(filling->values);
    free(filling->whole);
    sampler_release(&filling->sampler);
}

void table_filling_count_units(const struct table_filling *filling, int groups, size_t *least,
                               size_t *most)
{
    const struct evaluation_set *set = filling->set;
    *least = set->units;
    *most = 0;
    for (int arm = 0; arm < set->arms; arm++) {
        bool any = evaluation_set_has_any(set, arm);
        for (int which = 0; any && which < groups; which++) {
            size_t count = 0;
            if (!evaluation_set_mean(set, arm, -1, filling->group, which, filling->values))
                continue;
            for (size_t unit = 0; unit < set->units; unit++)
                count += !isnan(filling->values[unit]);
            *least = count < *least ? count : *least;
            *most = count > *most ? count : *most;
        }
    }
    *least = *least < *most ? *least : *most;
}

bool table_filling_takes_part(const struct table_filling *filling, int arm, int which)
{
    const struct evaluation_set *set = filling->set;
    for (int cell = 0; !set->arm[arm].baseline && cell < set->cells; cell++)
        if (filling->group[cell] == which && evaluation_set_has(set, arm, cell))
            return true;
    return false;
}

bool table_filling_is_common(const struct table_filling *filling, int cell)
{
    const struct evaluation_set *set = filling->set;
    for (int arm = 0; arm < set->arms && !set->own_ratios; arm++)
        if (!evaluation_set_has(set, arm, cell) &&
            table_filling_takes_part(filling, arm, filling->group[cell]))
            return false;
    return true;
}

size_t table_filling_mark_whole(struct table_filling *filling, int which)
{
    const struct evaluation_set *set = filling->set;
    size_t count = set->units;
    int first = -1; /* the others under the masks that it has */
    for (size_t unit = 0; unit < set->units; unit++)
        filling->whole[unit] = true;
    for (int arm = 0; arm < set->arms; arm++) {
        if (!table_filling_takes_part(filling, arm, which))
            continue;
        bool any = evaluation_set_mean(set, arm, first, filling->group, which, filling->values);
        for (size_t unit = 0; unit < set->units; unit++) {
            bool there = any && !isnan(filling->values[unit]);
            count -= filling->whole[unit] && !there;
            filling->whole[unit] = filling->whole[unit] && there;
        }
        first = first < 0 ? arm : first;
    }
    return count;
}

/* The cell of the group in which the arm has the unit's value; -1: it has none. */
static int find_own(const struct table_filling *filling, int arm, int which, size_t unit)
{
    for (int cell = 0; cell < filling->set->cells; cell++)
        if (filling->group[cell] == which &&
            !isnan(evaluation_set_values(filling->set, arm, cell)[unit]))
            return cell;
    return -1;
}

bool table_filling_is_unlike(const struct table_filling *filling, int which)
{
    const struct evaluation_set *set = filling->set;
    for (size_t unit = 0; set->own_ratios && unit < set->units; unit++) {
        int first = -1;
        for (int arm = 0; arm < set->arms; arm++) {
            int own = find_own(filling, arm, which, unit);
            if (own >= 0 && first >= 0 && own != first)
                return true;
            first = first < 0 ? own : first;
        }
    }
    return false;
}

/* Of means over several strategies or ratios: whether one arm has some that another lacks. */
static bool is_unlike(const struct table_filling *filling)
{
    bool unlike = false;
    for (int cell = 0; cell < filling->set->cells; cell++)
        unlike = unlike || !table_filling_is_common(filling, cell);
    return unlike;
}

static void write_words(const struct table_filling *filling, int group_count,
                        struct table_words *words)
{
    const struct evaluation_set *set = filling->set;
    size_t least, most;
    text_append(&words->caption, "%s; low and high are the 95%% t interval of the mean over %s.",
                set->what, set->unit);
    table_filling_count_units(filling, group_count, &least, &most);
    evaluation_set_write_units(set, least, most, &words->remarks);
    text_append(&words->remarks, ".");
    evaluation_set_write_fewest(set, least, &words->remarks);
    evaluation_set_write_unlike(is_unlike(filling), &words->remarks);
    evaluation_set_write_remarks(set, &words->remarks);
}

static bool begin_matrix(const struct table_filling *filling, unsigned groups, int group_count,
                         struct error *error)
{
    const struct evaluation_set *set = filling->set;
    struct table_column columns[EVALUATION_COLUMNS] = {{set->predictor, NULL, TABLE_TEXT, 0}};
    struct table_words words = {0};
    size_t keys = group_columns(groups, columns, 1), count = keys;
    if (has_steps(set))
        columns[count++] = (struct table_column){"step", NULL, TABLE_INTEGER, 0};
    sample_columns(columns + count, set->unit);
    write_words(filling, group_count, &words);
    return table_begin(filling->table, "matrix", &words, columns, count + SAMPLE_COLUMNS, keys,
                       error);
}

const struct evaluation_key *evaluation_set_key(const struct evaluation_set *set, const int *group,
                                                int which)
{
    int cell = 0;
    while (group[cell] != which)
        cell++;
    return &set->cell[cell];
}

bool table_filling_add_sample(struct table_filling *filling, int arm, int which,
                              struct error *error)
{
    const struct evaluation_set *set = filling->set;
    double psnr;
    return evaluation_set_psnr(set, arm, filling->group, which, filling->values, &psnr, error) &&
           sampler_add(&filling->sampler, filling->table, filling->values, set->units, psnr, error);
}

static bool add_matrix_row(struct table_filling *filling, unsigned groups, int arm, int which,
                           struct error *error)
{
    const struct evaluation_set *set = filling->set;
    if (!evaluation_set_mean(set, arm, -1, filling->group, which, filling->values))
        return true;
    table_add_text(filling->table, set->arm[arm].name);
    group_add(filling->table, groups, evaluation_set_key(set, filling->group, which));
    if (has_steps(set))
        evaluation_add_step(filling->table, &set->arm[arm]);
    return table_filling_add_sample(filling, arm, which, error);
}

bool table_fill_matrix(struct table *table, const struct evaluation_set *set, unsigned groups,
                       struct error *error)
{
    struct table_filling filling;
    bool good = table_filling_init(&filling, table, set, error);
    int count = good ? evaluation_set_group(set, groups, filling.group) : 0;
    bool begun = good = good && begin_matrix(&filling, groups, count, error);
    for (int arm = 0; good && arm < set->arms; arm++)
        for (int which = 0; good && which < count; which++)
            good = add_matrix_row(&filling, groups, arm, which, error);
    table_filling_release(&filling);
    if (begun && !good)
        table_release(table);
    return good;
}
