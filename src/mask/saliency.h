/* Statistics of an image's patches that a mask may be guided by. */
#ifndef MASKSCOPE_MASK_SALIENCY_H
#define MASKSCOPE_MASK_SALIENCY_H

#include "mask/strategy.h"

/* map [count]: MASK_GUIDE_VARIANCE, the mean over channels of the variance within the patch;
 * _GRADIENT, the mean squared difference of neighbouring pixels; _ENTROPY, of the distribution of
 * brightness over 16 equal parts of the image's range, in nats. patches [count, side * side *
 * channels]: row by row, the channel fastest, as the model's targets lie. Values that are not
 * finite give 0. Any thread. */
void saliency_map(enum mask_guide statistic, const float *patches, int count, int side,
                  int channels, float *map);

#endif
