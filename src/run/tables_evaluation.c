/* The tables `matrix` and `arms`: predictors on the common probe masks. */
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

/* The mean of the units' peak signal-to-noise ratios, the peak being white: 1 in 0 .. 1. */
static double mean_psnr(const double *values, size_t count, double deviation)
{
    static const double decibels = 10;
    double sum = 0;
    for (size_t i = 0; i < count; i++)
        sum -= decibels * log10(values[i] * deviation * deviation);
    return count ? sum / (double)count : (double)NAN;
}

bool sampler_add(struct sampler *sampler, struct table *table, const double *values, size_t count,
                 double deviation, struct error *error)
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
    table_add_real(table, mean_psnr(sampler->kept, kept, deviation));
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

void evaluation_set_write_remarks(const struct evaluation_set *set, struct text *text)
{
    enum { FEW_SEEDS = 5 };
    if (set->left_out > 0)
        text_append(text, " %zu image%s left out, where an arm has no value.", set->left_out,
                    set->left_out == 1 ? " was" : "s were");
    if (runs_differ_in_step(set))
        text_append(text, " The runs were evaluated at different steps, and differ by more than "
                          "their seeds.");
    if (has_seeds(set) && set->units < FEW_SEEDS)
        text_append(text, " So few seeds give wide intervals, and tests that find only large "
                          "differences.");
}

/* ---- The tables ---- */

enum { COLUMN_LIMIT = 24 };

static void add_step(struct table *table, const struct evaluation_arm *arm)
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

static bool begin_matrix(struct table *table, const struct evaluation_set *set, unsigned groups,
                         struct error *error)
{
    struct table_column columns[COLUMN_LIMIT];
    size_t count = 0;
    columns[count++] = (struct table_column){set->predictor, NULL, TABLE_TEXT, 0};
    if (groups & TABLE_BY_STRATEGY)
        columns[count++] = (struct table_column){"strategy", NULL, TABLE_TEXT, 0};
    if (groups & TABLE_BY_RATIO)
        columns[count++] = (struct table_column){"ratio", NULL, TABLE_REAL, 3};
    size_t keys = count;
    if (has_steps(set))
        columns[count++] = (struct table_column){"step", NULL, TABLE_INTEGER, 0};
    sample_columns(columns + count, set->unit);
    struct text caption = {0};
    text_append(&caption, "%s; ", set->what);
    evaluation_set_write_units(set, set->units, set->units, &caption);
    text_append(&caption, "; low and high are the 95%% t interval of the mean over %s.", set->unit);
    evaluation_set_write_remarks(set, &caption);
    bool good =
        table_init(table, "matrix", text_of(&caption), columns, count + SAMPLE_COLUMNS, error);
    table->keys = keys;
    text_release(&caption);
    return good;
}

static const struct evaluation_key *key_of(const struct evaluation_set *set, const int *group,
                                           int which)
{
    int cell = 0;
    while (group[cell] != which)
        cell++;
    return &set->cell[cell];
}

/* What every maker here works with. */
struct filling {
    struct table *table;
    const struct evaluation_set *set;
    struct sampler sampler;
    int *group;     /* [cells] */
    double *values; /* [units] */
};

static bool filling_init(struct filling *filling, struct table *table,
                         const struct evaluation_set *set, struct error *error)
{
    *filling = (struct filling){.table = table, .set = set};
    return (filling->group = memory_new((size_t)set->cells + 1, sizeof(int), error)) &&
           (filling->values = memory_new(set->units + 1, sizeof(double), error));
}

static void filling_release(struct filling *filling)
{
    free(filling->group);
    free(filling->values);
    sampler_release(&filling->sampler);
}

static bool add_matrix_row(struct filling *filling, unsigned groups, int arm, int which,
                           struct error *error)
{
    const struct evaluation_set *set = filling->set;
    const struct evaluation_key *key = key_of(set, filling->group, which);
    if (!evaluation_set_mean(set, arm, -1, filling->group, which, filling->values))
        return true;
    table_add_text(filling->table, set->arm[arm].name);
    if (groups & TABLE_BY_STRATEGY)
        table_add_text(filling->table, key->strategy);
    if (groups & TABLE_BY_RATIO)
        table_add_real(filling->table, key->ratio);
    if (has_steps(set))
        add_step(filling->table, &set->arm[arm]);
    return sampler_add(&filling->sampler, filling->table, filling->values, set->units,
                       set->deviation, error);
}

bool table_fill_matrix(struct table *table, const struct evaluation_set *set, unsigned groups,
                       struct error *error)
{
    struct filling filling;
    if (!begin_matrix(table, set, groups, error))
        return false;
    bool good = filling_init(&filling, table, set, error);
    int count = good ? evaluation_set_group(set, groups, filling.group) : 0;
    for (int arm = 0; good && arm < set->arms; arm++)
        for (int which = 0; good && which < count; which++)
            good = add_matrix_row(&filling, groups, arm, which, error);
    filling_release(&filling);
    if (!good)
        table_release(table);
    return good;
}

static bool begin_arms(struct table *table, const struct evaluation_set *set, struct error *error)
{
    const struct table_column first[] = {
        {set->predictor, NULL, TABLE_TEXT, 0}, {"kind", NULL, TABLE_TEXT | TABLE_DETAIL, 0},
        {"step", NULL, TABLE_INTEGER, 0},      {"own_loss", NULL, TABLE_REAL, 4},
        {"own_rank", NULL, TABLE_INTEGER, 0},  {"rank", NULL, TABLE_INTEGER, 0},
        {"trend", NULL, TABLE_TEXT, 0},
    };
    struct table_column columns[COLUMN_LIMIT];
    memcpy(columns, first, sizeof first);
    sample_columns(columns + ARRAY_LENGTH(first), set->unit);
    struct text caption = {0};
    text_append(&caption, "%s, over all of them; ", set->what);
    evaluation_set_write_units(set, set->units, set->units, &caption);
    text_append(&caption,
                "; low and high are the 95%% t interval of the mean over %s. own_loss is the "
                "training loss on the arm's own masks, over its last 100 steps: easy masks make it "
                "low, and it cannot rank arms.",
                set->unit);
    evaluation_set_write_remarks(set, &caption);
    bool good = table_init(table, "arms", text_of(&caption), columns,
                           ARRAY_LENGTH(first) + SAMPLE_COLUMNS, error);
    text_release(&caption);
    return good;
}

/* 1 for the lowest of the arms' numbers; 0 for none: not an arm, or not known. */
static int rank_of(const struct evaluation_set *set, const double *numbers, int arm)
{
    int rank = 1;
    if (set->arm[arm].baseline || isnan(numbers[arm]))
        return 0;
    for (int other = 0; other < set->arms; other++)
        rank += !set->arm[other].baseline && numbers[other] < numbers[arm];
    return rank;
}

static void add_rank(struct table *table, int rank)
{
    if (rank)
        table_add_integer(table, rank);
    else
        table_add_missing(table);
}

static bool add_arm(struct filling *filling, const double *own, const double *common, int arm,
                    struct error *error)
{
    const struct evaluation_set *set = filling->set;
    const struct evaluation_arm *it = &set->arm[arm];
    if (!evaluation_set_mean(set, arm, -1, filling->group, 0, filling->values))
        return true;
    table_add_text(filling->table, it->name);
    table_add_text(filling->table, it->baseline ? "baseline" : "arm");
    add_step(filling->table, it);
    table_add_real(filling->table, it->own_loss);
    add_rank(filling->table, rank_of(set, own, arm));
    add_rank(filling->table, rank_of(set, common, arm));
    table_add_text(filling->table, it->trend == TREND_UNKNOWN ? NULL : trend_name(it->trend));
    return sampler_add(&filling->sampler, filling->table, filling->values, set->units,
                       set->deviation, error);
}

/* Each arm's training loss, and its mean over the units that are there. */
static bool measure_arms(struct filling *filling, double *own, double *common, struct error *error)
{
    const struct evaluation_set *set = filling->set;
    struct description description;
    for (int arm = 0; arm < set->arms; arm++) {
        own[arm] = set->arm[arm].own_loss;
        common[arm] = NAN;
        if (!evaluation_set_mean(set, arm, -1, filling->group, 0, filling->values))
            continue;
        if (!describe(filling->values, set->units, &description, error))
            return false;
        common[arm] = description.mean;
    }
    return true;
}

bool table_fill_arms(struct table *table, const struct evaluation_set *set, unsigned groups,
                     struct error *error)
{
    (void)groups;
    struct filling filling;
    if (!begin_arms(table, set, error))
        return false;
    double *numbers = memory_new((size_t)set->arms + 1, 2 * sizeof *numbers, error);
    bool good = numbers && filling_init(&filling, table, set, error);
    if (numbers) {
        double *common = numbers + set->arms;
        if (good) {
            evaluation_set_group(set, TABLE_BY_NOTHING, filling.group);
            good = measure_arms(&filling, numbers, common, error);
        }
        for (int arm = 0; good && arm < set->arms; arm++)
            good = add_arm(&filling, numbers, common, arm, error);
        filling_release(&filling);
    }
    free(numbers);
    if (!good)
        table_release(table);
    return good;
}
