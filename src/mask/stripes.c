/* stripes: whole rows or whole columns hidden, the last one cut at random; a control. */
#include "mask/families.h"

#include <string.h>

enum { AXIS };
enum { AXIS_RANDOM, AXIS_ROWS, AXIS_COLUMNS };
static const char *const axes[] = {
    [AXIS_RANDOM] = "random",
    [AXIS_ROWS] = "rows",
    [AXIS_COLUMNS] = "columns",
    NULL,
};

static const struct setting parameters[] = {
    [AXIS] = {.name = "axis",
              .type = SETTING_CHOICE,
              .choices = axes,
              .fallback = "random",
              .help = "which way the stripes run: drawn for every image, or always the same"},
};

/* Hides `hidden` of a stripe's patches, which lie `stride` apart. */
static void hide_stripe(struct random *random, int length, int stride, int hidden, uint8_t *stripe)
{
    uint32_t wanted = (uint32_t)hidden;
    for (uint32_t left = (uint32_t)length; left > 0; left--, stripe += stride) {
        bool hide = wanted == left || random_below(random, left) < wanted;
        *stripe = hide;
        wanted -= hide;
    }
}

static void draw(const struct mask_request *request, uint8_t *mask)
{
    int axis = (int)request->parameters[AXIS];
    bool rows = axis == AXIS_RANDOM ? random_below(request->random, 2) == 0 : axis == AXIS_ROWS;
    int stripes = rows ? request->grid_height : request->grid_width;
    int length = rows ? request->grid_width : request->grid_height;
    int between = rows ? request->grid_width : 1, along = rows ? 1 : request->grid_width;
    uint32_t *order = (uint32_t *)(void *)request->scratch;
    for (int i = 0; i < stripes; i++)
        order[i] = (uint32_t)i;
    random_shuffle(request->random, order, (uint32_t)stripes);
    memset(mask, 0, (size_t)stripes * (size_t)length);
    for (int i = 0, left = request->hidden; left > 0; i++) {
        int hidden = left < length ? left : length;
        hide_stripe(request->random, length, along, hidden, mask + (int)order[i] * between);
        left -= hidden;
    }
}

static size_t scratch_size(int patches)
{
    return (size_t)patches * sizeof(uint32_t);
}

const struct strategy strategy_stripes = {
    .name = "stripes",
    .help = "whole rows or whole columns",
    .source = "a control",
    .parameters = {parameters, ARRAY_LENGTH(parameters)},
    .scratch_size = scratch_size,
    .draw = draw,
};
