/* What tables say of a sample, and of the group that it is of. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "run/tables_private.h"

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

size_t group_columns(unsigned groups, struct table_column *columns, size_t count)
{
    if (groups & TABLE_BY_STRATEGY)
        columns[count++] = (struct table_column){"strategy", NULL, TABLE_TEXT, 0};
    if (groups & TABLE_BY_RATIO)
        columns[count++] = (struct table_column){"ratio", NULL, TABLE_REAL, 3};
    return count;
}

void group_add(struct table *table, unsigned groups, const struct evaluation_key *key)
{
    if (groups & TABLE_BY_STRATEGY)
        table_add_text(table, key->strategy);
    if (groups & TABLE_BY_RATIO)
        table_add_real(table, key->ratio);
}
