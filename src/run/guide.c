#include "run/guide.h"

#include <stdlib.h>

#include "base/memory.h"
#include "mask/saliency.h"

bool guide_maker_init(struct guide_maker *maker, const struct mae_shape *shape, struct error *error)
{
    *maker = (struct guide_maker){.shape = *shape};
    size_t patches = (size_t)mae_patches(shape), values = (size_t)mae_patch_values(shape);
    if ((maker->patches = memory_new(patches * values, sizeof(float), error)) &&
        (maker->maps = memory_new(patches * MASK_GUIDES, sizeof(float), error)))
        return true;
    guide_maker_release(maker);
    return false;
}

void guide_maker_release(struct guide_maker *maker)
{
    free(maker->patches);
    free(maker->maps);
    *maker = (struct guide_maker){0};
}

const struct mask_guides *guide_maker_look(struct guide_maker *maker, unsigned wanted,
                                           const float *pixels, const struct mask_guides *model)
{
    const struct mae_shape *shape = &maker->shape;
    int patches = mae_patches(shape);
    wanted &= MASK_GUIDES_OF_IMAGE;
    if (!wanted)
        return model;
    mae_patchify(shape, 1, pixels, maker->patches);
    maker->guides = model ? *model : (struct mask_guides){.learned = 0};
    for (int guide = 0; guide < MASK_GUIDES; guide++) {
        float *map = maker->maps + (size_t)guide * (size_t)patches;
        if (!(wanted & 1u << guide))
            continue;
        saliency_map((enum mask_guide)guide, maker->patches, patches, shape->patch, shape->channels,
                     map);
        maker->guides.maps[guide] = map;
    }
    return &maker->guides;
}
