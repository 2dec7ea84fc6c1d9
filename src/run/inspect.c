#include "run/inspect.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "run/baseline.h"

bool inspector_init(struct inspector *inspector, const struct mae_shape *shape, int capacity,
                    struct error *error)
{
    size_t images = (size_t)capacity, patches = (size_t)mae_patches(shape);
    size_t values = patches * (size_t)mae_patch_values(shape);
    *inspector = (struct inspector){.shape = *shape, .capacity = capacity};
    bool good = (inspector->pass = mae_pass_new(shape, capacity, images * patches, false, error)) &&
                mask_batch_init(&inspector->masks, shape, capacity, error) &&
                (inspector->patches = memory_new(images * values, sizeof(float), error)) &&
                (inspector->pred = memory_new(images * values, sizeof(float), error)) &&
                (inspector->patch_mse = memory_new(images * patches, sizeof(float), error)) &&
                (inspector->mse = memory_new(images, sizeof(double), error)) &&
                (inspector->loss = memory_new(images, sizeof(double), error)) &&
                (inspector->scratch = memory_new(patches * BASELINE_SCRATCH, sizeof(float), error));
    if (!good)
        inspector_release(inspector);
    return good;
}

void inspector_release(struct inspector *inspector)
{
    mae_pass_free(inspector->pass);
    mask_batch_release(&inspector->masks);
    free(inspector->patches);
    free(inspector->pred);
    free(inspector->patch_mse);
    free(inspector->mse);
    free(inspector->loss);
    free(inspector->scratch);
    *inspector = (struct inspector){0};
}

void inspector_load(struct inspector *inspector, const float *pixels, int images)
{
    mae_patchify(&inspector->shape, images, pixels, inspector->patches);
}

static double hidden_mean(const float *values, const uint8_t *mask, int patches)
{
    double sum = 0;
    int hidden = 0;
    for (int i = 0; i < patches; i++)
        if (mask[i]) {
            sum += values[i];
            hidden++;
        }
    return sum / hidden;
}

static float mean_squared_error(const float *a, const float *b, int count)
{
    double sum = 0;
    for (int i = 0; i < count; i++)
        sum += ((double)a[i] - b[i]) * ((double)a[i] - b[i]);
    return (float)(sum / count);
}

static void measure_image(struct inspector *inspector, int image)
{
    int patches = inspector->masks.patches, values = mae_patch_values(&inspector->shape);
    size_t first = (size_t)image * (size_t)patches;
    const uint8_t *mask = inspector->masks.masks + first;
    float *patch_mse = inspector->patch_mse + first;
    inspector->loss[image] =
        hidden_mean(mae_pass_patch_error(inspector->pass) + first, mask, patches);
    for (int i = 0; i < patches; i++) {
        size_t at = (first + (size_t)i) * (size_t)values;
        patch_mse[i] =
            mask[i] ? mean_squared_error(inspector->pred + at, inspector->patches + at, values)
                    : NAN;
    }
    inspector->mse[image] = hidden_mean(patch_mse, mask, patches);
}

void inspector_run(struct inspector *inspector, const struct mae *mae, const float *pixels,
                   int images, enum mae_extent extent)
{
    const struct mae_shape *shape = &inspector->shape;
    size_t patches = (size_t)inspector->masks.patches;
    size_t values = patches * (size_t)mae_patch_values(shape);
    mask_batch_list(&inspector->masks, images);
    struct mae_batch batch = {.images = images,
                              .pixels = pixels,
                              .visible = inspector->masks.visible,
                              .offsets = inspector->masks.offsets};
    mae_forward(inspector->pass, mae, &batch, extent);
    memcpy(inspector->pred, mae_pass_pred(inspector->pass),
           (size_t)images * values * sizeof(float));
    for (int image = 0; image < images; image++) {
        size_t at = (size_t)image;
        if (shape->norm_pix)
            denormalise_by_neighbours(shape, inspector->patches + at * values,
                                      inspector->masks.masks + at * patches,
                                      inspector->pred + at * values, inspector->scratch);
        measure_image(inspector, image);
    }
}
