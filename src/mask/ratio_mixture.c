/* The mixture law: one of up to four ratios, drawn by weight, in the style of iBOT. */
#include "mask/families.h"

enum { PARTS = 4 };

#define PART_ROWS(number, ratio, share)                                                            \
    {.name = "value" number,                                                                       \
     .type = SETTING_REAL,                                                                         \
     .low = 0.0,                                                                                   \
     .high = 1.0,                                                                                  \
     .fallback = (ratio),                                                                          \
     .help = "ratio " number},                                                                     \
    {                                                                                              \
        .name = "weight" number, .type = SETTING_REAL, .low = 0.0, .high = 1e6,                    \
        .fallback = (share), .help = "how often ratio " number " is drawn, relative to the others" \
    }

/* A value, then its weight; a weight of 0 leaves it out. */
static const struct setting parameters[] = {
    PART_ROWS("1", "0.5", "1"),
    PART_ROWS("2", "0.9", "1"),
    PART_ROWS("3", "0.75", "0"),
    PART_ROWS("4", "0.75", "0"),
};

struct part {
    double value, weight;
};

/* In rising order; returns the sum of the weights. */
static double sorted_parts(const double *values, struct part parts[PARTS])
{
    double total = 0.0;
    for (int i = 0; i < PARTS; i++) {
        struct part part = {values[2 * i], values[2 * i + 1]};
        int place = i;
        for (; place > 0 && parts[place - 1].value > part.value; place--)
            parts[place] = parts[place - 1];
        parts[place] = part;
        total += part.weight;
    }
    return total;
}

static const char *problem(const double *values)
{
    struct part parts[PARTS];
    if (!(sorted_parts(values, parts) > 0.0))
        return "the weights sum to 0";
    for (int i = 0; i < PARTS; i++)
        if (parts[i].weight > 0.0 && !(parts[i].value > 0.0 && parts[i].value < 1.0))
            return "the ratios must lie in (0, 1), 0 and 1 excluded";
    return NULL;
}

static double quantile(const double *values, double u)
{
    struct part parts[PARTS];
    double left = u * sorted_parts(values, parts), value = 0.0;
    for (int i = 0; i < PARTS; i++) {
        if (!(parts[i].weight > 0.0))
            continue;
        value = parts[i].value;
        if (left < parts[i].weight)
            break;
        left -= parts[i].weight;
    }
    return value;
}

static double cdf(const double *values, double ratio)
{
    struct part parts[PARTS];
    double total = sorted_parts(values, parts), below = 0.0;
    for (int i = 0; i < PARTS; i++)
        below += parts[i].value <= ratio ? parts[i].weight : 0.0;
    return below / total;
}

static double mean(const double *values)
{
    struct part parts[PARTS];
    double total = sorted_parts(values, parts), sum = 0.0;
    for (int i = 0; i < PARTS; i++)
        sum += parts[i].weight * parts[i].value;
    return sum / total;
}

const struct ratio_law ratio_law_mixture = {
    .name = "mixture",
    .help = "one of up to four ratios, drawn by weight",
    .formula = "r = value_i with probability weight_i / sum of weights",
    .parameters = {parameters, ARRAY_LENGTH(parameters)},
    .problem = problem,
    .quantile = quantile,
    .cdf = cdf,
    .mean = mean,
};
