/* Maps that guide a mask: what lies between pixels and mask/saliency.h, beside what a model said
 * (run/teacher.h).
 */
#ifndef MASKSCOPE_RUN_GUIDE_H
#define MASKSCOPE_RUN_GUIDE_H

#include <stdbool.h>

#include "base/error.h"
#include "mask/strategy.h"
#include "nn/mae.h"

/* One thread at a time; allocates only in guide_maker_init. */
struct guide_maker {
    struct mae_shape shape;
    float *patches; /* [L, P]: an image on its way */
    float *maps;    /* [MASK_GUIDES, L] */
    struct mask_guides guides;
};

bool guide_maker_init(struct guide_maker *maker, const struct mae_shape *shape,
                      struct error *error);
void guide_maker_release(struct guide_maker *maker);
/* The statistics of one image [C, H, W] that `wanted` asks for (bits 1 << enum mask_guide), beside
 * the maps of a model, if any (null: none); null if there are neither. Valid until the next call.
 */
const struct mask_guides *guide_maker_look(struct guide_maker *maker, unsigned wanted,
                                           const float *pixels, const struct mask_guides *model);

#endif
