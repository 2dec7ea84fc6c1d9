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
    struct setting_table parameters; /* rows of type REAL; offset unused */
    /* Whether the parameters go together (low <= high ...): null, or what is wrong. */
    const char *(*problem)(const double *parameters);
    /* Quantile function: the ratio at u in [0, 1). Every law is drawn by its quantile function, so
     * that stratified draws are the same law. */
    double (*quantile)(const double *parameters, double u);
    double (*cdf)(const double *parameters, double ratio); /* P(drawn <= ratio) */
    double (*mean)(const double *parameters);
};

/* The registry, in the order in which laws are listed; *count is set. */
const struct ratio_law *const *ratio_laws(size_t *count);
/* Null with *error set (ERROR_DATA, the nearest name offered). */
const struct ratio_law *ratio_law_find(const char *name, struct error *error);

/* What one draw of the law serves. */
enum ratio_per {
    RATIO_PER_IMAGE,
    RATIO_PER_BATCH,  /* every image of a batch has the same ratio */
    RATIO_STRATIFIED, /* the images of a batch take evenly spaced quantiles, in random order: each
                         has the law, and the batch's mean hardly varies (DINOv2) */
    RATIO_PERS
};
/* "image", "batch", "stratified" */
const char *ratio_per_name(enum ratio_per per);

/* A law with its parameters, each a schedule over training progress. Plain data. */
struct ratio_choice {
    const struct ratio_law *law;
    enum ratio_per per;
    struct schedule parameters[MASK_PARAMETER_LIMIT];
};

/* "0.75" (the constant law), "uniform:low=.3,high=.9", {law: uniform, low: .3, high: .9}, or a bare
 * schedule {from: .4, to: .85} (the constant law's). Parameters not given have their defaults.
 * Every law takes `per: image | batch | stratified`; {law: stratified, of: LAW} says the last, too.
 * ERROR_DATA with the nearest name for an unknown law or parameter, for a ratio outside (0, 1), and
 * for parameters that do not go together at some moment of training. */
bool ratio_choice_read(struct ratio_choice *choice, const struct node *node, struct error *error);
bool ratio_choice_parse(struct ratio_choice *choice, const char *text, struct error *error);
/* Appends the short form with every parameter; the constant law without schedule is just its
 * number. */
void ratio_choice_write(const struct ratio_choice *choice, struct text *text);
/* The parameters at this progress. */
void ratio_choice_at(const struct ratio_choice *choice, double progress,
                     double parameters[MASK_PARAMETER_LIMIT]);
/* The ratio at quantile u in [0, 1): how every ratio is drawn. */
double ratio_choice_quantile(const struct ratio_choice *choice, double progress, double u);
double ratio_choice_mean(const struct ratio_choice *choice, double progress);

#endif
