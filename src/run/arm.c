#include "run/arm.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/memory.h"

bool arm_init(struct arm *arm, const struct arm_config *config, const struct mae_shape *shape,
              uint64_t seed, struct error *error)
{
    *arm = (struct arm){.mask = config->mask};
    snprintf(arm->name, sizeof arm->name, "%s", config->name);
    arm->mae = mae_new(shape, error);
    if (!arm->mae)
        return false;
    mae_initialise(arm->mae, seed);
    if ((arm->gradients = memory_new(arm->mae->table.trained, sizeof(float), error)) &&
        adamw_init(&arm->adamw, &arm->mae->table, error))
        return true;
    arm_release(arm);
    return false;
}

void arm_release(struct arm *arm)
{
    adamw_release(&arm->adamw);
    mae_free(arm->mae);
    free(arm->gradients);
    *arm = (struct arm){0};
}

bool mask_batch_init(struct mask_batch *masks, const struct mae_shape *shape, int capacity,
                     struct error *error)
{
    size_t patches = (size_t)mae_patches(shape), images = (size_t)capacity;
    *masks = (struct mask_batch){.patches = (int)patches, .capacity = capacity};
    bool good =
        (masks->drawer = mask_drawer_new(mae_grid_height(shape), mae_grid_width(shape), error)) &&
        guide_maker_init(&masks->guide, shape, error) &&
        (masks->masks = memory_new(images * patches, 1, error)) &&
        (masks->visible = memory_new(images * patches, sizeof(int), error)) &&
        (masks->offsets = memory_new(images + 1, sizeof(int), error));
    if (!good)
        mask_batch_release(masks);
    return good;
}

void mask_batch_release(struct mask_batch *masks)
{
    mask_drawer_free(masks->drawer);
    guide_maker_release(&masks->guide);
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
    unsigned wanted = strategy_choice_guides(&choice->strategy, progress);
    guided.guides = guide_maker_look(&masks->guide, wanted, pixels);
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

bool arm_workspace_init(struct arm_workspace *workspace, const struct mae_shape *shape, int batch,
                        struct error *error)
{
    *workspace = (struct arm_workspace){0};
    size_t visible = (size_t)batch * (size_t)mae_patches(shape);
    bool good = (workspace->pass = mae_pass_new(shape, batch, visible, true, error)) &&
                mask_batch_init(&workspace->masks, shape, batch, error);
    if (!good)
        arm_workspace_release(workspace);
    return good;
}

void arm_workspace_release(struct arm_workspace *workspace)
{
    mae_pass_free(workspace->pass);
    mask_batch_release(&workspace->masks);
    *workspace = (struct arm_workspace){0};
}

/* Draws the batch's masks; returns how many were clamped. */
static int draw_masks(struct arm *arm, struct mask_batch *masks, const struct loader_batch *batch,
                      const struct arm_step *step)
{
    int clamped_masks = 0;
    size_t values = mae_image_values(&masks->guide.shape);
    for (int i = 0; i < batch->images; i++) {
        struct mask_key key = {.seed = step->seed,
                               .stream = RANDOM_MASK,
                               .epoch = (uint32_t)batch->epoch,
                               .image = batch->indices[i],
                               .batch = (uint32_t)batch->step,
                               .batch_images = (uint32_t)batch->images,
                               .place = (uint32_t)i};
        bool clamped = false;
        mask_batch_draw(masks, i, &arm->mask, step->progress, &key,
                        batch->pixels + (size_t)i * values, &clamped);
        clamped_masks += clamped;
    }
    mask_batch_list(masks, batch->images);
    return clamped_masks;
}

void arm_differentiate(struct arm *arm, struct arm_workspace *workspace,
                       const struct loader_batch *batch, struct arm_step *step)
{
    struct mask_batch *masks = &workspace->masks;
    int clamped = draw_masks(arm, masks, batch, step);
    double patches = (double)batch->images * masks->patches;
    step->clamped_share = (double)clamped / batch->images;
    step->realised_ratio = 1 - masks->offsets[batch->images] / patches;

    struct mae_batch input = {batch->images, batch->pixels, masks->visible, masks->offsets};
    step->loss = mae_forward(workspace->pass, arm->mae, &input, MAE_HIDDEN_PATCHES);
    mae_backward(workspace->pass, arm->mae, &input, arm->gradients);
    step->gradient_norm = adamw_gradient_norm(&arm->adamw, arm->gradients);
    step->finite = isfinite(step->loss) && isfinite(step->gradient_norm);
}

void arm_update(struct arm *arm, const struct arm_step *step)
{
    bool clipped = step->clip > 0 && step->gradient_norm > step->clip;
    arm->adamw.weight_decay = step->weight_decay;
    adamw_step(&arm->adamw, arm->mae->weights, arm->gradients, step->learning_rate,
               clipped ? step->clip / step->gradient_norm : 1);
}
