/* random: every set of M patches equally likely, the law of MAE's random_masking (the V patches
 * with the smallest of L uniform numbers stay).
 *
 * Selection sampling gives the same law in one pass without sorting: patch i is hidden with
 * probability (still to hide) / (patches left). Fan, Muller & Rezucha 1962; Knuth, TAOCP 2, 3.4.2,
 * algorithm S.
 */
#include "mask/families.h"

static void draw(const struct mask_request *request, uint8_t *mask)
{
    uint32_t left = (uint32_t)(request->grid_height * request->grid_width);
    uint32_t to_hide = (uint32_t)request->hidden;
    for (; left > 0; left--) {
        uint8_t hide = random_below(request->random, left) < to_hide;
        to_hide -= hide;
        *mask++ = hide;
    }
}

const struct strategy strategy_random = {
    .name = "random",
    .help = "every set of patches equally likely",
    .source = "He et al. 2022, Masked Autoencoders Are Scalable Vision Learners",
    .draw = draw,
};
