/* center and border: hide the disc nearest to the grid's centre, or what lies furthest from it; two
 * controls with a bias of position on purpose. The distance carries Gaussian jitter, without which
 * every mask of one M would be much the same.
 */
#include "mask/families.h"
#include "mask/rank.h"

#include <math.h>

enum { JITTER };

static const struct setting parameters[] = {
    [JITTER] = {.name = "jitter",
                .type = SETTING_REAL,
                .unit = "patches",
                .low = 0.0,
                .high = 64.0,
                .fallback = "0.5",
                .help = "standard deviation of what is added to each patch's distance"},
};

static float squared(float value)
{
    return value * value;
}

/* Hides by sign * distance from the centre. */
static void draw_by_distance(const struct mask_request *request, float sign, uint8_t *mask)
{
    int height = request->grid_height, width = request->grid_width;
    float *scores = (float *)(void *)request->scratch, *work = scores + height * width;
    float jitter = (float)request->parameters[JITTER];
    random_normals(request->random, work, height * width);
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++) {
            int patch = y * width + x;
            float distance = sqrtf(squared((float)y - (float)(height - 1) / 2.0f) +
                                   squared((float)x - (float)(width - 1) / 2.0f));
            scores[patch] = sign * (distance + jitter * work[patch]);
        }
    rank_hide(request, scores, work, mask);
}

static void draw_center(const struct mask_request *request, uint8_t *mask)
{
    draw_by_distance(request, -1.0f, mask);
}

static void draw_border(const struct mask_request *request, uint8_t *mask)
{
    draw_by_distance(request, 1.0f, mask);
}

static size_t scratch_size(int patches)
{
    return (size_t)patches * 2 * sizeof(float);
}

const struct strategy strategy_center = {
    .name = "center",
    .help = "the patches nearest to the centre",
    .source = "a control",
    .parameters = {parameters, ARRAY_LENGTH(parameters)},
    .scratch_size = scratch_size,
    .draw = draw_center,
};

const struct strategy strategy_border = {
    .name = "border",
    .help = "the patches furthest from the centre",
    .source = "a control",
    .parameters = {parameters, ARRAY_LENGTH(parameters)},
    .scratch_size = scratch_size,
    .draw = draw_border,
};
