#include "run/inspect.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "nn/patches.h"
#include "run/baseline.h"

bool inspector_init(struct inspector *inspector, const struct mae_shape *shape, int capacity,
                    struct error *error)
{
    size_t images = (size_t)capacity, patches = (size_t)mae_patches(shape);
    size_t values = patches * (size_t)mae_patch_values(shape);
    *inspector = (struct inspector){.shape = *shape, .capacity = capacity};
    bool good =
        (inspector->pass = mae_pass_new(shape, capacity, images * patches, MAE_INFERENCE, error)) &&
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

/* With normalised targets shown as they are, the errors are those of the loss. */
static bool is_raw(const struct inspector *inspector)
{
    return inspector->shape.norm_pix && inspector->display == PIXELS_RAW;
}

static void measure_image(struct inspector *inspector, int image)
{
    int patches = inspector->masks.patches, values = mae_patch_values(&inspector->shape);
    size_t first = (size_t)image * (size_t)patches;
    const uint8_t *mask = inspector->masks.masks + first;
    const float *losses = mae_pass_patch_error(inspector->pass) + first;
    float *patch_mse = inspector->patch_mse + first;
    inspector->loss[image] = hidden_mean(losses, mask, patches);
    for (int i = 0; i < patches; i++) {
        size_t at = (first + (size_t)i) * (size_t)values;
        patch_mse[i] = !mask[i]            ? NAN
                       : is_raw(inspector) ? losses[i]
                                           : mean_squared_error(inspector->pred + at,
                                                                inspector->patches + at, values);
    }
    inspector->mse[image] = hidden_mean(patch_mse, mask, patches);
}

void normalise_patches(const struct mae_shape *shape, const float *patches, float *normalised)
{
    size_t values = (size_t)mae_patch_values(shape), count = (size_t)mae_patches(shape);
    memcpy(normalised, patches, count * values * sizeof *normalised);
    for (size_t patch = 0; patch < count; patch++)
        patch_normalise(normalised + patch * values, values);
}

/* One patch's prediction with the mean and unbiased variance of the patch itself, whether anybody
 * could know them or not. */
static void denormalise_by_itself(float *pred, const float *patch, int values)
{
    double mean = 0, variance = 0;
    for (int i = 0; i < values; i++)
        mean += (double)patch[i] / values;
    for (int i = 0; i < values; i++)
        variance += ((double)patch[i] - mean) * ((double)patch[i] - mean) / (values - 1);
    double spread = sqrt(variance + 1e-6);
    for (int i = 0; i < values; i++)
        pred[i] = (float)(pred[i] * spread + mean);
}

static void denormalise(struct inspector *inspector, int image)
{
    const struct mae_shape *shape = &inspector->shape;
    int patches = inspector->masks.patches, values = mae_patch_values(shape);
    size_t first = (size_t)image * (size_t)patches, at = first * (size_t)values;
    if (inspector->display == PIXELS_NEIGHBOURS)
        denormalise_by_neighbours(shape, inspector->patches + at, inspector->masks.masks + first,
                                  inspector->pred + at, inspector->scratch);
    for (int i = 0; inspector->display == PIXELS_ORACLE && i < patches; i++)
        denormalise_by_itself(inspector->pred + at + i * values,
                              inspector->patches + at + i * values, values);
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
        if (shape->norm_pix)
            denormalise(inspector, image);
        measure_image(inspector, image);
    }
}
