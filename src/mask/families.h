/* Every strategy and ratio law, as its file defines it; registry.c lists them; and what these
 * files share. Included by them only.
 */
#ifndef MASKSCOPE_MASK_FAMILIES_H
#define MASKSCOPE_MASK_FAMILIES_H

#include "mask/ratio.h"
#include "mask/strategy.h"

extern const struct strategy strategy_random, strategy_grid, strategy_cells, strategy_block,
    strategy_inverse_block, strategy_square, strategy_center, strategy_border, strategy_uniform,
    strategy_multi_block, strategy_stripes, strategy_gaussian, strategy_noise, strategy_perlin,
    strategy_poisson, strategy_saliency, strategy_attention, strategy_loss, strategy_mixture,
    strategy_file, strategy_painted;
extern const struct ratio_law ratio_law_constant, ratio_law_uniform, ratio_law_truncnorm,
    ratio_law_beta, ratio_law_cosine, ratio_law_mixture;

/* Reads a map that may have other keys, too (null-terminated; "strategy" is one of them): those of
 * a part of a mixture. ERROR_DATA as for strategy_choice_read. */
bool strategy_choice_read_among(struct strategy_choice *choice, const struct node *map,
                                const char *const *others, struct error *error);
/* What is wrong with a law's limits of the ratio, or null: low <= high, and both must leave
 * something of (0, 1) between them. */
const char *ratio_limits_problem(double low, double high);

#endif
