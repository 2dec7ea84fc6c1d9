/* Every strategy and ratio law, as its file defines it; registry.c lists them. Included by those
 * files only.
 */
#ifndef MASKSCOPE_MASK_FAMILIES_H
#define MASKSCOPE_MASK_FAMILIES_H

#include "mask/ratio.h"
#include "mask/strategy.h"

extern const struct strategy strategy_random, strategy_grid, strategy_block;
extern const struct ratio_law ratio_law_constant, ratio_law_uniform;

#endif
