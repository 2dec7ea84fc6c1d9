/* loss: the patches that are expected to be hardest to reconstruct hidden first, the rest of the
 * budget at random (Wang et al. 2023, Hard Patches Mining). The share of the budget that goes by
 * difficulty grows with training, from 0 to `hard`: their easy-to-hard schedule, eq. 9. It is held
 * back while what predicts difficulty is still learning, as it is where the strategy is chosen in
 * the middle of a run.
 */
#include <math.h>

#include "mask/families.h"
#include "mask/rank.h"

enum { HARD };

static const struct setting parameters[] = {
    [HARD] = {.name = "hard",
              .type = SETTING_REAL,
              .low = 0.0,
              .high = 1.0,
              .fallback = "0.5",
              .help = "share of the hidden patches that are the hardest ones when training ends; "
                      "it grows from 0"},
};

static unsigned guides(const double *values)
{
    (void)values;
    return 1u << MASK_GUIDE_LOSS;
}

static void draw(const struct mask_request *request, uint8_t *mask)
{
    int patches = request->grid_height * request->grid_width;
    float *scores = (float *)(void *)request->scratch, *work = scores + patches;
    const float *map = request->guides ? request->guides->maps[MASK_GUIDE_LOSS] : NULL;
    double learned = map ? request->guides->learned : 0.0;
    double share = request->parameters[HARD] * request->progress * learned;
    struct mask_request hardest = *request;
    hardest.hidden = (int)floor(share * request->hidden);
    if (hardest.hidden > 0)
        rank_hide(&hardest, map, work, mask);
    for (int patch = 0; patch < patches; patch++)
        scores[patch] = hardest.hidden > 0 && mask[patch] ? 1.0f : 0.0f;
    rank_hide(request, scores, work, mask);
}

static size_t scratch_size(int patches)
{
    return (size_t)patches * 2 * sizeof(float);
}

const struct strategy strategy_loss = {
    .name = "loss",
    .help = "the patches whose loss a small head of the arm's averaged copy expects to be highest",
    .source = "Wang et al. 2023, Hard Patches Mining for Masked Image Modeling",
    .parameters = {parameters, ARRAY_LENGTH(parameters)},
    .scratch_size = scratch_size,
    .draw = draw,
    .guides = guides,
};
