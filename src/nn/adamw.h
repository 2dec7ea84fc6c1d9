/* AdamW (Loshchilov & Hutter 2019, as PyTorch computes it) over one contiguous block, and the
 * learning-rate schedule of the MAE release.
 */
#ifndef MASKSCOPE_NN_ADAMW_H
#define MASKSCOPE_NN_ADAMW_H

#include <stdbool.h>
#include <stdint.h>

#include "nn/parameters.h"

struct adamw {
    const struct parameter_table *table; /* borrowed */
    float *moment1, *moment2;            /* [table->trained] each, owned */
    int64_t steps;                       /* updates applied so far */
    double beta1, beta2, eps, weight_decay;
    const float *rates; /* [table->count]: each item's share of the learning rate; borrowed; null:
                           all of it */
};

/* betas 0.9 and 0.95, eps 1e-8, weight decay 0.05, moments zero. */
bool adamw_init(struct adamw *adamw, const struct parameter_table *table, struct error *error);
void adamw_release(struct adamw *adamw);
/* The l2 norm of gradients [table->trained], summed in a fixed order in double; NaN or infinite if
 * any gradient is. */
double adamw_gradient_norm(const struct adamw *adamw, const float *gradients);
/* One update of weights. gradient_scale multiplies each gradient first (1, or clip / norm). */
void adamw_step(struct adamw *adamw, float *weights, const float *gradients, double learning_rate,
                double gradient_scale);

/* Linear warm-up from 0 over the first `warmup` steps, then half a cosine down to `minimum` at
 * `total`; `step` counts from 0 and may be any number. */
double learning_rate_at(double step, double warmup, double total, double peak, double minimum);

#endif
