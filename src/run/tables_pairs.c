/* The table `pairs`: each two arms on the same units. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "run/tables_private.h"
#include "stats/chi_square.h"
#include "stats/paired.h"

/* One comparison. */
struct pair {
    int a, b, group;
    double mean_a, mean_b;
    struct paired paired;
    struct welch welch;
    double holm;
};

struct pairs {
    const struct evaluation_set *set;
    struct pair *items;
    size_t count;
    int *group;                      /* [cells] */
    double *a, *b;                   /* [units] */
    double *p;                       /* of all comparisons, then adjusted */
    int common;                      /* cells that all arms have */
    struct chi_square_test friedman; /* over all arms; NaN: not made, or it does not tell */
};

static void pairs_release(struct pairs *pairs)
{
    free(pairs->items);
    free(pairs->group);
    free(pairs->a);
    free(pairs->b);
    free(pairs->p);
}

static int count_ranked(const struct evaluation_set *set)
{
    int count = 0;
    for (int i = 0; i < set->arms; i++)
        count += evaluation_set_ranks(set, i);
    return count;
}

/* Arms with each other. Where there is one arm alone, with the baselines: what it has to beat.
 * `ranked`: how many arms have values; those without are named in remarks. */
static bool is_wanted(const struct evaluation_set *set, int ranked, int a, int b)
{
    bool first = evaluation_set_ranks(set, a), second = evaluation_set_ranks(set, b);
    if (ranked > 1)
        return first && second;
    return (first && set->arm[b].baseline) || (second && set->arm[a].baseline);
}

static bool compare(struct pairs *pairs, int a, int b, int group, struct error *error)
{
    const struct evaluation_set *set = pairs->set;
    struct pair *pair = &pairs->items[pairs->count];
    struct description first, second;
    *pair = (struct pair){.a = a, .b = b, .group = group, .holm = NAN};
    if (!evaluation_set_mean(set, a, b, pairs->group, group, pairs->a) ||
        !evaluation_set_mean(set, b, a, pairs->group, group, pairs->b))
        return true; /* they have no cell in common */
    for (size_t i = 0; i < set->units; i++)
        if (isnan(pairs->a[i]) || isnan(pairs->b[i]))
            pairs->a[i] = pairs->b[i] = NAN;
    if (!describe(pairs->a, set->units, &first, error) ||
        !describe(pairs->b, set->units, &second, error) ||
        !paired_compare(pairs->a, pairs->b, set->units, &pair->paired, error) ||
        !welch_compare(pairs->a, set->units, pairs->b, set->units, &pair->welch, error))
        return false;
    pair->mean_a = first.mean;
    pair->mean_b = second.mean;
    pairs->p[pairs->count++] = pair->paired.p;
    return true;
}

static bool compare_all(struct pairs *pairs, unsigned groups, struct error *error)
{
    const struct evaluation_set *set = pairs->set;
    int count = evaluation_set_group(set, groups, pairs->group), ranked = count_ranked(set);
    for (int group = 0; group < count; group++)
        for (int a = 0; a < set->arms; a++)
            for (int b = a + 1; b < set->arms; b++)
                if (is_wanted(set, ranked, a, b) && !compare(pairs, a, b, group, error))
                    return false;
    if (!holm_adjust(pairs->p, pairs->count, pairs->p, error))
        return false;
    for (size_t i = 0; i < pairs->count; i++)
        pairs->items[i].holm = pairs->p[i];
    return pairs->count > 0 ||
           error_set(error, ERROR_DATA, "there are no two arms with values under the same masks");
}

/* Over all arms at once, on the probe masks that all have. */
static bool compare_together(struct pairs *pairs, struct error *error)
{
    const struct evaluation_set *set = pairs->set;
    size_t arms = (size_t)count_ranked(set), arm = 0;
    int first = -1; /* the others under the masks that it has */
    pairs->common = evaluation_set_common(set, pairs->group);
    if (arms < 3 || pairs->common == 0)
        return true;
    double *blocks = memory_new(set->units * arms + 1, sizeof *blocks, error);
    bool good = blocks;
    for (int i = 0; good && i < set->arms; i++)
        if (evaluation_set_ranks(set, i)) {
            (void)evaluation_set_mean(set, i, first, pairs->group, 0, pairs->a);
            for (size_t unit = 0; unit < set->units; unit++)
                blocks[unit * arms + arm] = pairs->a[unit];
            first = first < 0 ? i : first;
            arm++;
        }
    good = good && friedman_test(blocks, set->units, arms, &pairs->friedman, error);
    free(blocks);
    return good;
}

/* Of the pairs, how many units the one with the fewest and the one with the most has. */
static void count_units(const struct pairs *pairs, size_t *least, size_t *most)
{
    *least = *most = pairs->items[0].paired.count;
    for (size_t i = 1; i < pairs->count; i++) {
        size_t count = pairs->items[i].paired.count;
        *least = count < *least ? count : *least;
        *most = count > *most ? count : *most;
    }
}

static void write_words(const struct pairs *pairs, struct table_words *words)
{
    const struct evaluation_set *set = pairs->set;
    struct text *remarks = &words->remarks;
    char p[32], statistic[32];
    size_t least, most;
    text_append(
        &words->caption,
        "%s: differences a - b on the same %s, with their 95%% t intervals from low to high; "
        "paired t test, p_holm adjusted by Holm over all comparisons; * p < .05, ** p < "
        ".01, *** p < .001; d_z is Cohen's.",
        set->what, set->unit);
    if (set->runs > 0 && !set->of)
        text_append(&words->caption, " With images as units this is about these models; of the "
                                     "strategies, runs of several seeds say something.");
    count_units(pairs, &least, &most);
    text_append(remarks, "%zu comparison%s, ", pairs->count, pairs->count == 1 ? "" : "s");
    evaluation_set_write_units(set, least, most, remarks);
    text_append(remarks, ".");
    evaluation_set_write_fewest(set, least, remarks);
    if (!isnan(pairs->friedman.chi_square)) {
        table_show_real(p, pairs->friedman.p, 2);
        table_show_real(statistic, pairs->friedman.chi_square, 4);
        text_append(remarks, " Friedman's test over all%s",
                    pairs->common < set->cells ? ", under the masks that all have" : "");
        if (pairs->friedman.count < set->units)
            text_append(remarks, ", on the %zu of %zu %s that all have%s", pairs->friedman.count,
                        set->units, set->unit, set->own_ratios ? " at equal ratios" : "");
        text_append(remarks, ": chi-square(%.0f) = %s, p = %s.", pairs->friedman.degrees, statistic,
                    p);
    }
    evaluation_set_write_remarks(set, remarks);
}

static bool begin(struct table *table, const struct pairs *pairs, unsigned groups,
                  struct error *error)
{
    const struct table_column measures[] = {
        {pairs->set->unit, NULL, TABLE_INTEGER, 0},
        {"mse_a", NULL, TABLE_REAL, 4},
        {"mse_b", NULL, TABLE_REAL, 4},
        {"difference", NULL, TABLE_REAL, 3},
        {"mark", NULL, TABLE_MARK, 0},
        {"low", NULL, TABLE_REAL, 3},
        {"high", NULL, TABLE_REAL, 3},
        {"t", NULL, TABLE_REAL | TABLE_DETAIL, 4},
        {"p", NULL, TABLE_REAL | TABLE_PROBABILITY | TABLE_DETAIL, 2},
        {"p_holm", NULL, TABLE_REAL | TABLE_PROBABILITY, 2},
        {"d_z", NULL, TABLE_REAL, 3},
        {"wilcoxon_w", NULL, TABLE_REAL | TABLE_DETAIL, 6},
        {"wilcoxon_p", NULL, TABLE_REAL | TABLE_PROBABILITY | TABLE_DETAIL, 2},
        {"welch_t", NULL, TABLE_REAL | TABLE_DETAIL, 4},
        {"welch_p", NULL, TABLE_REAL | TABLE_PROBABILITY | TABLE_DETAIL, 2},
        {"friedman_chi2", NULL, TABLE_REAL | TABLE_DETAIL, 4},
        {"friedman_p", NULL, TABLE_REAL | TABLE_PROBABILITY | TABLE_DETAIL, 2},
        {"left_out", NULL, TABLE_INTEGER | TABLE_DETAIL, 0},
    };
    enum { ARMS = 2 };
    struct table_column columns[ARMS + GROUP_COLUMNS + ARRAY_LENGTH(measures)] = {
        {"a", NULL, TABLE_TEXT, 0}, {"b", NULL, TABLE_TEXT, 0}};
    struct table_words words = {0};
    size_t keys = group_columns(groups, columns, ARMS);
    memcpy(columns + keys, measures, sizeof measures);
    write_words(pairs, &words);
    return table_begin(table, "pairs", &words, columns, keys + ARRAY_LENGTH(measures), keys, error);
}

static void add(struct table *table, const struct pairs *pairs, const struct pair *pair,
                unsigned groups)
{
    const struct evaluation_set *set = pairs->set;
    const struct paired *paired = &pair->paired;
    table_add_text(table, set->arm[pair->a].name);
    table_add_text(table, set->arm[pair->b].name);
    group_add(table, groups, evaluation_set_key(set, pairs->group, pair->group));
    table_add_integer(table, (int64_t)paired->count);
    table_add_real(table, pair->mean_a);
    table_add_real(table, pair->mean_b);
    table_add_real(table, paired->mean_difference);
    table_add_text(table, table_significance(pair->holm));
    table_add_real(table, paired->low);
    table_add_real(table, paired->high);
    table_add_real(table, paired->t);
    table_add_real(table, paired->p);
    table_add_real(table, pair->holm);
    table_add_real(table, paired->cohen_dz);
    table_add_real(table, paired->wilcoxon_w);
    table_add_real(table, paired->wilcoxon_p);
    table_add_real(table, pair->welch.t);
    table_add_real(table, pair->welch.p);
    table_add_real(table, pairs->friedman.chi_square);
    table_add_real(table, pairs->friedman.p);
    table_add_integer(table, (int64_t)paired->missing);
}

bool table_fill_pairs(struct table *table, const struct evaluation_set *set, unsigned groups,
                      struct error *error)
{
    struct pairs pairs = {.set = set, .friedman = {.chi_square = NAN, .p = NAN}};
    size_t arms = (size_t)set->arms, limit = arms * arms * (size_t)(set->cells + 1) / 2 + 1;
    bool good = (pairs.items = memory_new(limit, sizeof *pairs.items, error)) &&
                (pairs.p = memory_new(limit, sizeof(double), error)) &&
                (pairs.group = memory_new((size_t)set->cells + 1, sizeof(int), error)) &&
                (pairs.a = memory_new(set->units + 1, sizeof(double), error)) &&
                (pairs.b = memory_new(set->units + 1, sizeof(double), error)) &&
                compare_together(&pairs, error) && compare_all(&pairs, groups, error) &&
                begin(table, &pairs, groups, error);
    for (size_t i = 0; good && i < pairs.count; i++)
        add(table, &pairs, &pairs.items[i], groups);
    pairs_release(&pairs);
    return good;
}
