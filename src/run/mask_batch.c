#include "run/mask_batch.h"

#include <stdlib.h>

#include "base/memory.h"

bool mask_batch_init(struct mask_batch *masks, const struct mae_shape *shape, int capacity,
                     struct error *error)
{
    size_t patches = (size_t)mae_patches(shape), images = (size_t)capacity;
    *masks = (struct mask_batch){.shape = *shape,
                                 .lanes = 1 + (capacity - 1) / MASK_LANE_IMAGES,
                                 .patches = (int)patches,
                                 .capacity = capacity};
    bool good =
        (masks->drawer = mask_drawer_new(mae_grid_height(shape), mae_grid_width(shape), error)) &&
        mask_drawer_set_lanes(masks->drawer, masks->lanes, error) &&
        (masks->makers = memory_new((size_t)masks->lanes, sizeof *masks->makers, error)) &&
        (masks->clamped = memory_new((size_t)masks->lanes, sizeof(int), error)) &&
        (masks->masks = memory_new(images * patches, 1, error)) &&
        (masks->visible = memory_new(images * patches, sizeof(int), error)) &&
        (masks->offsets = memory_new(images + 1, sizeof(int), error));
    for (int lane = 0; good && lane < masks->lanes; lane++)
        good = guide_maker_init(&masks->makers[lane], shape, error);
    if (!good)
        mask_batch_release(masks);
    return good;
}

void mask_batch_release(struct mask_batch *masks)
{
    mask_drawer_free(masks->drawer);
    for (int lane = 0; masks->makers && lane < masks->lanes; lane++)
        guide_maker_release(&masks->makers[lane]);
    free(masks->makers);
    free(masks->clamped);
    free(masks->masks);
    free(masks->visible);
    free(masks->offsets);
    *masks = (struct mask_batch){0};
}

bool mask_batch_prepare(struct mask_batch *masks, const struct mask_choice *choice,
                        struct error *error)
{
    return mask_drawer_prepare(masks->drawer, choice, error);
}

int mask_batch_draw(struct mask_batch *masks, int place, const struct mask_choice *choice,
                    double progress, const struct mask_key *key, const float *pixels, bool *clamped)
{
    struct mask_key guided = *key;
    unsigned wanted = strategy_choice_guides(&choice->strategy);
    guided.guides = guide_maker_look(&masks->makers[key->lane], wanted, pixels, key->guides);
    return mask_draw(masks->drawer, choice, progress, &guided,
                     masks->masks + (size_t)place * (size_t)masks->patches, clamped);
}

void mask_batch_list(struct mask_batch *masks, int images)
{
    masks->offsets[0] = 0;
    for (int i = 0; i < images; i++) {
        int *visible = masks->visible + masks->offsets[i];
        const uint8_t *mask = masks->masks + (size_t)i * (size_t)masks->patches;
        masks->offsets[i + 1] = masks->offsets[i] + mask_visible(mask, masks->patches, visible);
    }
}
