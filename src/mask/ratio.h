/* Ratio laws: how the share of hidden patches is drawn, apart from where they lie. */
#ifndef MASKSCOPE_MASK_RATIO_H
#define MASKSCOPE_MASK_RATIO_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/node.h"
#include "base/random.h"
#include "base/setting.h"
#include "mask/schedule.h"
#include "mask/strategy.h"

struct ratio_law {
    const char *name, *help, *formula;
    const struct setting *parameters; /* rows of type REAL; offset unused */
    size_t parameter_count;
    /* Whether the parameters go together (low <= high ...): null, or what is wrong. */
    const char *(*problem)(const double *parameters);
    /* Quantile function: the ratio at u in [0, 1). Every law is drawn by its quantile function, so that
     * stratified draws are the same law. */
    double (*quantile)(const double *parameters, double u);
    double (*cdf)(const double *parameters, double ratio);
    double (*mean)(const double *parameters);
};

const struct ratio_law *ratio_laws(size_t *count);
const struct ratio_law *ratio_law_find(const char *name, struct error *error);

/* A law with its parameters, each a schedule over training progress. Plain data. */
struct ratio_choice {
    const struct ratio_law *law;
    struct schedule parameters[MASK_PARAMETER_LIMIT];
};

/* "0.75" (the constant law), "uniform:low=.3,high=.9", {law: uniform, low: .3, high: .9}. */
bool ratio_choice_read(struct ratio_choice *choice, const struct node *node, struct error *error);
bool ratio_choice_parse(struct ratio_choice *choice, const char *text, struct error *error);
/* Appends the short form; the constant law without schedule is just its number. */
void ratio_choice_write(const struct ratio_choice *choice, struct text *text);
/* The parameters at this progress. */
void ratio_choice_at(const struct ratio_choice *choice, double progress,
                     double parameters[MASK_PARAMETER_LIMIT]);
double ratio_choice_mean(const struct ratio_choice *choice, double progress);

#endif
