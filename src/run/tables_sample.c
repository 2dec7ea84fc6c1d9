/* What tables say of a sample, and in their captions of what was sampled. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "run/tables_private.h"

/* ---- Samples ---- */

void sample_columns(struct table_column columns[SAMPLE_COLUMNS], const char *unit)
{
    const struct table_column all[SAMPLE_COLUMNS] = {
        {unit, NULL, TABLE_INTEGER, 0},
        {"mse", NULL, TABLE_REAL, 4},
        {"low", NULL, TABLE_REAL, 4},
        {"high", NULL, TABLE_REAL, 4},
        {"sd", NULL, TABLE_REAL, 3},
        {"psnr", "dB", TABLE_REAL, 4},
        {"boot_low", NULL, TABLE_REAL | TABLE_DETAIL, 4},
        {"boot_high", NULL, TABLE_REAL | TABLE_DETAIL, 4},
        {"quartile_1", NULL, TABLE_REAL | TABLE_DETAIL, 4},
        {"median", NULL, TABLE_REAL | TABLE_DETAIL, 4},
        {"quartile_3", NULL, TABLE_REAL | TABLE_DETAIL, 4},
        {"skewness", NULL, TABLE_REAL | TABLE_DETAIL, 3},
        {"left_out", NULL, TABLE_INTEGER | TABLE_DETAIL, 0},
    };
    memcpy(columns, all, sizeof all);
}

void sampler_release(struct sampler *sampler)
{
    bootstrap_release(&sampler->bootstrap);
    free(sampler->kept);
    *sampler = (struct sampler){0};
}

/* The values that are numbers, in sampler->kept. */
static bool keep_numbers(struct sampler *sampler, const double *values, size_t count, size_t *kept,
                         struct error *error)
{
    if (count > sampler->capacity) {
        free(sampler->kept);
        sampler->capacity = 0;
        if (!(sampler->kept = memory_new(count, sizeof *sampler->kept, error)))
            return false;
        sampler->capacity = count;
    }
    *kept = 0;
    for (size_t i = 0; i < count; i++)
        if (!isnan(values[i]))
            sampler->kept[(*kept)++] = values[i];
    return true;
}

/* Of very many values the t interval is as good. */
static bool bootstrap_interval(struct sampler *sampler, size_t count, double *low, double *high,
                               struct error *error)
{
    enum { MOST = 20000 };
    *low = *high = NAN;
    if (count < BOOTSTRAP_FEWEST || count > MOST)
        return true;
    if (sampler->bootstrap.capacity < count) {
        bootstrap_release(&sampler->bootstrap);
        if (!bootstrap_init(&sampler->bootstrap, count, BOOTSTRAP_RESAMPLES, 0, error))
            return false;
    }
    bootstrap_mean(&sampler->bootstrap, sampler->kept, count, low, high);
    return true;
}

bool sampler_add(struct sampler *sampler, struct table *table, const double *values, size_t count,
                 double psnr, struct error *error)
{
    struct description description;
    size_t kept;
    double low, high;
    if (!keep_numbers(sampler, values, count, &kept, error) ||
        !describe(sampler->kept, kept, &description, error) ||
        !bootstrap_interval(sampler, kept, &low, &high, error))
        return false;
    table_add_integer(table, (int64_t)description.count);
    table_add_real(table, description.mean);
    table_add_real(table, description.low);
    table_add_real(table, description.high);
    table_add_real(table, description.sd);
    table_add_real(table, psnr);
    table_add_real(table, low);
    table_add_real(table, high);
    table_add_real(table, description.quartile_1);
    table_add_real(table, description.median);
    table_add_real(table, description.quartile_3);
    table_add_real(table, description.skewness);
    table_add_integer(table, (int64_t)(count - kept));
    return true;
}

static bool has_seeds(const struct evaluation_set *set)
{
    return !strcmp(set->unit, "seeds");
}

void evaluation_set_write_units(const struct evaluation_set *set, size_t least, size_t most,
                                struct text *text)
{
    text_append(text, "n = %zu", least);
    if (most > least)
        text_append(text, " to %zu", most);
    if (least < set->units)
        text_append(text, " of %zu", set->units);
    text_append(text, " %s%s", strcmp(set->unit, "images") ? "" : "held-out ", set->unit);
    if (has_seeds(set) || set->runs == 0)
        return;
    if (set->runs > 1)
        text_append(text, " under models of %d runs", set->runs);
    else
        text_append(text, " of one run");
    if (set->seed >= 0)
        text_append(text, " (seed %lld)", (long long)set->seed);
}

/* An arm whose runs were evaluated at different steps has none. */
static bool runs_differ_in_step(const struct evaluation_set *set)
{
    bool differ = false;
    for (int arm = 0; arm < set->arms; arm++)
        differ = differ || (!set->arm[arm].baseline && set->arm[arm].step < 0);
    return has_seeds(set) && differ;
}

/* An arm that was removed was last evaluated then. */
static bool arms_differ_in_step(const struct evaluation_set *set)
{
    int64_t step = -1;
    for (int arm = 0; arm < set->arms; arm++) {
        if (set->arm[arm].baseline || set->arm[arm].step < 0)
            continue;
        if (step >= 0 && set->arm[arm].step != step)
            return true;
        step = set->arm[arm].step;
    }
    return false;
}

/* "Arms trained for fewer than 200 steps: late 50; ..." of those that came later or went earlier.
 */
static bool write_trained(const struct evaluation_set *set, struct text *text)
{
    int64_t most = 0;
    bool told = false;
    for (int arm = 0; arm < set->arms; arm++)
        most = set->arm[arm].trained > most ? set->arm[arm].trained : most;
    for (int arm = 0; arm < set->arms; arm++) {
        int64_t trained = set->arm[arm].trained;
        if (set->arm[arm].baseline || trained < 0 || trained == most)
            continue;
        if (!told)
            text_append(text, " Arms trained for fewer than %lld steps:", (long long)most);
        text_append(text, "%s %s %lld", told ? "," : "", set->arm[arm].name, (long long)trained);
        told = true;
    }
    if (told)
        text_append(text, "; they differ from others in more than their masks.");
    return told;
}

static void write_changed(const struct evaluation_set *set, struct text *text)
{
    int count = 0;
    for (int arm = 0; arm < set->arms; arm++)
        if (set->arm[arm].changed)
            text_append(text, "%s%s",
                        count++ ? ", " : " Arms whose masks were changed while they trained: ",
                        set->arm[arm].name);
    text_append(text, "%s", count ? "." : "");
}

/* Of arms that have gone astray. */
static void write_empty(const struct evaluation_set *set, struct text *text)
{
    int count = 0;
    for (int arm = 0; arm < set->arms; arm++)
        if (!set->arm[arm].baseline && !evaluation_set_has_any(set, arm))
            text_append(text, "%s%s",
                        count++ ? ", " : " Without any number, and no part of what all have: ",
                        set->arm[arm].name);
    text_append(text, "%s", count ? "." : "");
}

void evaluation_set_write_remarks(const struct evaluation_set *set, struct text *text)
{
    enum { FEW_SEEDS = 5 };
    if (set->left_out > 0)
        text_append(text, " %zu image%s left out, where an arm has no value.", set->left_out,
                    set->left_out == 1 ? " was" : "s were");
    if (runs_differ_in_step(set))
        text_append(text, " The runs were evaluated at different steps, and differ by more than "
                          "their seeds.");
    if (!write_trained(set, text) && arms_differ_in_step(set))
        text_append(text, " Some were evaluated at different steps (see arms), and differ by more "
                          "than their masks.");
    write_changed(set, text);
    write_empty(set, text);
    if (has_seeds(set) && set->units < FEW_SEEDS)
        text_append(text, " So few seeds give wide intervals, and tests that find only large "
                          "differences.");
}
