#include "mask/mask.h"

#include <math.h>
#include <stdlib.h>

struct mask_drawer {
    int grid_height, grid_width;
    uint8_t *scratch; /* enough for any strategy on this grid */
};

int mask_hidden_count(int patches, double ratio, bool *clamped)
{
    static const double nudge = 1e-9;
    int hidden = patches - (int)floor(patches * (1.0 - ratio) + nudge);
    int held = hidden < 1 ? 1 : hidden > patches - 1 ? patches - 1 : hidden;
    if (clamped)
        *clamped = held != hidden;
    return held;
}

static size_t largest_scratch(int patches)
{
    size_t count, largest = 1;
    const struct strategy *const *all = strategies(&count);
    for (size_t i = 0; i < count; i++) {
        size_t size = all[i]->scratch_size ? all[i]->scratch_size(patches) : 0;
        largest = size > largest ? size : largest;
    }
    return largest;
}

struct mask_drawer *mask_drawer_new(int grid_height, int grid_width, struct error *error)
{
    if (grid_height < 1 || grid_width < 1 || grid_height > MASK_PATCH_LIMIT ||
        grid_width > MASK_PATCH_LIMIT || grid_height * grid_width < 2 ||
        grid_height * grid_width > MASK_PATCH_LIMIT) {
        error_set(error, ERROR_DATA, "a grid of %d x %d patches: expected 2 .. %d patches",
                  grid_height, grid_width, MASK_PATCH_LIMIT);
        return NULL;
    }
    struct mask_drawer *drawer = memory_new(1, sizeof *drawer, error);
    if (!drawer)
        return NULL;
    drawer->grid_height = grid_height;
    drawer->grid_width = grid_width;
    drawer->scratch = memory_new(largest_scratch(grid_height * grid_width), 1, error);
    if (!drawer->scratch) {
        free(drawer);
        return NULL;
    }
    return drawer;
}

void mask_drawer_free(struct mask_drawer *drawer)
{
    if (drawer)
        free(drawer->scratch);
    free(drawer);
}

int mask_draw(struct mask_drawer *drawer, const struct mask_choice *choice, double progress,
              const struct mask_key *key, uint8_t *mask, bool *clamped)
{
    struct random random = random_begin(key->seed, key->stream, key->epoch, key->image);
    struct random ratio_random = random_begin(key->seed, RANDOM_RATIO, key->epoch, key->image);
    struct random *from = key->stream == RANDOM_MASK ? &ratio_random : &random;
    /* Every law takes one number, so a law's choice leaves the rest of the stream where it was. */
    double ratio = ratio_choice_quantile(&choice->ratio, progress, random_uniform(from));
    int patches = drawer->grid_height * drawer->grid_width;
    double parameters[MASK_PARAMETER_LIMIT];
    strategy_choice_at(&choice->strategy, progress, parameters);
    struct mask_request request = {.grid_height = drawer->grid_height,
                                   .grid_width = drawer->grid_width,
                                   .hidden = mask_hidden_count(patches, ratio, clamped),
                                   .parameters = parameters,
                                   .random = &random,
                                   .scratch = drawer->scratch};
    choice->strategy.strategy->draw(&request, mask);
    return request.hidden;
}

int mask_visible(const uint8_t *mask, int patches, int *visible)
{
    int count = 0;
    for (int patch = 0; patch < patches; patch++)
        if (!mask[patch])
            visible[count++] = patch;
    return count;
}
