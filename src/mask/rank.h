/* Hiding by score: what the strategies that rank patches share. Used inside src/mask. */
#ifndef MASKSCOPE_MASK_RANK_H
#define MASKSCOPE_MASK_RANK_H

#include "mask/strategy.h"

/* Hides the request->hidden patches with the highest scores [L]; among equals at the border the
 * hidden ones are drawn at random. No score may be NaN. work [L] is scratch. */
void rank_hide(const struct mask_request *request, const float *scores, float *work, uint8_t *mask);

/* A draw from the standard Gumbel distribution. Adding one to the logarithm of each weight and
 * taking the highest sums draws without replacement in proportion to the weights (Yellott 1977). */
float rank_gumbel(struct random *random);

#endif
