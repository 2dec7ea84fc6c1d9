/* attention: the patches that the class token attends to most, or least, hidden first (Kakogeorgiou
 * et al. 2022, AttMask). The map is the class token's attention in the last block of an encoder
 * that sees the whole image, averaged over heads.
 *
 * With mode=hint some of the most attended patches are shown all the same, so that something is
 * left to recognise the object by; the next in rank are hidden in their stead.
 */
#include <math.h>

#include "mask/families.h"
#include "mask/rank.h"

enum { MODE, HINT, SHOWN, SHARE };
enum { MODE_HIGH, MODE_LOW, MODE_HINT };

static const char *const modes[] = {
    [MODE_HIGH] = "high",
    [MODE_LOW] = "low",
    [MODE_HINT] = "hint",
    NULL,
};

static const struct setting parameters[] = {
    [MODE] = {.name = "mode",
              .type = SETTING_CHOICE,
              .choices = modes,
              .fallback = "high",
              .help = "high or low: the most or least attended are hidden; hint: the most attended "
                      "but for some"},
    [HINT] = {.name = "hint",
              .type = SETTING_REAL,
              .low = 0.0,
              .high = 1.0,
              .fallback = "0.1",
              .help = "mode=hint: the share of the patches, from the top, that hints come from"},
    [SHOWN] = {.name = "shown",
               .type = SETTING_REAL,
               .low = 0.0,
               .high = 1.0,
               .fallback = "0.5",
               .help = "mode=hint: the share of those that is shown"},
    [SHARE] = {.name = "share",
               .type = SETTING_REAL,
               .low = 0.0,
               .high = 1.0,
               .fallback = "0.5",
               .help = "share of the images that are masked by attention; the others at random"},
};

static unsigned guides(const double *values)
{
    (void)values;
    return 1u << MASK_GUIDE_ATTENTION;
}

/* Puts some of the most attended patches at the end of the ranking: they are hidden only where M
 * leaves no others. */
static void show_hints(const struct mask_request *request, float *scores, float *work,
                       uint8_t *mask)
{
    int patches = request->grid_height * request->grid_width;
    int top = (int)lround(request->parameters[HINT] * patches);
    uint32_t shown = (uint32_t)lround(request->parameters[SHOWN] * top);
    uint32_t left = (uint32_t)top;
    if (top < 1)
        return;
    struct mask_request highest = *request;
    highest.hidden = top < patches ? top : patches;
    rank_hide(&highest, scores, work, mask);
    for (int patch = 0; patch < patches && left > 0; patch++) {
        if (!mask[patch])
            continue;
        if (random_below(request->random, left--) >= shown)
            continue;
        scores[patch] = -INFINITY;
        shown--;
    }
}

static void draw(const struct mask_request *request, uint8_t *mask)
{
    int patches = request->grid_height * request->grid_width;
    float *scores = (float *)(void *)request->scratch, *work = scores + patches;
    const float *map = request->guides ? request->guides->maps[MASK_GUIDE_ATTENTION] : NULL;
    int mode = (int)request->parameters[MODE];
    bool guided = map && random_uniform(request->random) < request->parameters[SHARE];
    for (int patch = 0; patch < patches; patch++)
        scores[patch] = !guided ? 0.0f : mode == MODE_LOW ? -map[patch] : map[patch];
    if (guided && mode == MODE_HINT)
        show_hints(request, scores, work, mask);
    rank_hide(request, scores, work, mask);
}

static size_t scratch_size(int patches)
{
    return (size_t)patches * 2 * sizeof(float);
}

const struct strategy strategy_attention = {
    .name = "attention",
    .help = "what the class token of the arm's averaged encoder attends to most, or least",
    .source = "Kakogeorgiou et al. 2022, What to Hide from Your Students (AttMask)",
    .parameters = {parameters, ARRAY_LENGTH(parameters)},
    .scratch_size = scratch_size,
    .draw = draw,
    .guides = guides,
};
