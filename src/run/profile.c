#include "run/profile.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "mask/distance.h"

enum { VISIBLE = UINT8_MAX }; /* in place of a bin */

/* Sums over the masks of each image of the chunk. */
struct profile_scratch {
    int grid_height, grid_width, chunk;
    int *squared, *row;   /* of distance_to_visible */
    uint8_t *bins;        /* [chunk][patches], of the present masks */
    double *distance_sum; /* [predictors][chunk][DISTANCE_BINS] */
    int *distance_count;  /* [chunk][DISTANCE_BINS] */
    double *position_sum; /* [predictors][chunk][patches] */
    int *position_count;  /* [chunk][patches] */
};

static bool scratch_init(struct profile *profile, int chunk, const struct mae_shape *shape,
                         struct error *error)
{
    struct profile_scratch *scratch = memory_new(1, sizeof *scratch, error);
    size_t patches = (size_t)profile->patches, slots = (size_t)chunk;
    size_t all = (size_t)profile->predictors * slots;
    profile->scratch = scratch;
    if (!scratch)
        return false;
    scratch->grid_height = mae_grid_height(shape);
    scratch->grid_width = mae_grid_width(shape);
    scratch->chunk = chunk;
    return (scratch->squared = memory_new(patches, sizeof(int), error)) &&
           (scratch->row = memory_new((size_t)scratch->grid_width, sizeof(int), error)) &&
           (scratch->bins = memory_new(slots * patches, 1, error)) &&
           (scratch->distance_sum = memory_new(all * DISTANCE_BINS, sizeof(double), error)) &&
           (scratch->distance_count = memory_new(slots * DISTANCE_BINS, sizeof(int), error)) &&
           (scratch->position_sum = memory_new(all * patches, sizeof(double), error)) &&
           (scratch->position_count = memory_new(slots * patches, sizeof(int), error));
}

bool profile_init(struct profile *profile, int predictors, int cells, int images, int chunk,
                  const struct mae_shape *shape, struct error *error)
{
    *profile = (struct profile){
        .predictors = predictors, .cells = cells, .images = images, .patches = mae_patches(shape)};
    size_t rows = (size_t)cells * (size_t)images * DISTANCE_BINS, all = (size_t)predictors;
    size_t grids = (size_t)cells * (size_t)profile->patches;
    bool good = scratch_init(profile, chunk, shape, error) &&
                (profile->distance_mse = memory_new(all * rows, sizeof(float), error)) &&
                (profile->distance_patches = memory_new(rows, sizeof(int), error)) &&
                (profile->position_sum = memory_new(all * grids, sizeof(double), error)) &&
                (profile->position_squares = memory_new(all * grids, sizeof(double), error)) &&
                (profile->position_images = memory_new(grids, sizeof(int), error));
    for (size_t i = 0; good && i < all * rows; i++)
        profile->distance_mse[i] = NAN;
    if (!good)
        profile_release(profile);
    return good;
}

static void scratch_free(struct profile_scratch *scratch)
{
    if (!scratch)
        return;
    free(scratch->squared);
    free(scratch->row);
    free(scratch->bins);
    free(scratch->distance_sum);
    free(scratch->distance_count);
    free(scratch->position_sum);
    free(scratch->position_count);
    free(scratch);
}

void profile_release(struct profile *profile)
{
    scratch_free(profile->scratch);
    free(profile->distance_mse);
    free(profile->distance_patches);
    free(profile->position_sum);
    free(profile->position_squares);
    free(profile->position_images);
    *profile = (struct profile){0};
}

size_t profile_image(const struct profile *profile, int predictor, int cell, int image)
{
    size_t at = (size_t)predictor * (size_t)profile->cells + (size_t)cell;
    return (at * (size_t)profile->images + (size_t)image) * DISTANCE_BINS;
}

size_t profile_grid(const struct profile *profile, int predictor, int cell)
{
    return ((size_t)predictor * (size_t)profile->cells + (size_t)cell) * (size_t)profile->patches;
}

void profile_begin(struct profile *profile)
{
    struct profile_scratch *scratch = profile->scratch;
    size_t slots = (size_t)scratch->chunk, all = (size_t)profile->predictors * slots;
    size_t patches = (size_t)profile->patches;
    memset(scratch->distance_sum, 0, all * DISTANCE_BINS * sizeof(double));
    memset(scratch->distance_count, 0, slots * DISTANCE_BINS * sizeof(int));
    memset(scratch->position_sum, 0, all * patches * sizeof(double));
    memset(scratch->position_count, 0, slots * patches * sizeof(int));
}

static int bin_of(int squared)
{
    int rounded = (int)lround(sqrt(squared));
    return (rounded < DISTANCE_BINS ? rounded : DISTANCE_BINS) - 1;
}

void profile_mask(struct profile *profile, int slot, const uint8_t *mask)
{
    struct profile_scratch *scratch = profile->scratch;
    size_t first = (size_t)slot * (size_t)profile->patches;
    distance_to_visible(scratch->grid_height, scratch->grid_width, false, mask, scratch->squared,
                        scratch->row);
    for (int i = 0; i < profile->patches; i++) {
        int bin = mask[i] ? bin_of(scratch->squared[i]) : VISIBLE;
        scratch->bins[first + (size_t)i] = (uint8_t)bin;
        if (!mask[i])
            continue;
        scratch->distance_count[slot * DISTANCE_BINS + bin]++;
        scratch->position_count[first + (size_t)i]++;
    }
}

void profile_add(struct profile *profile, int predictor, int slot, const float *patch_mse)
{
    struct profile_scratch *scratch = profile->scratch;
    size_t patches = (size_t)profile->patches;
    size_t row = (size_t)predictor * (size_t)scratch->chunk + (size_t)slot;
    const uint8_t *bins = scratch->bins + (size_t)slot * patches;
    double *by_distance = scratch->distance_sum + row * DISTANCE_BINS;
    double *by_position = scratch->position_sum + row * patches;
    for (size_t i = 0; i < patches; i++)
        if (bins[i] != VISIBLE) {
            by_distance[bins[i]] += (double)patch_mse[i];
            by_position[i] += (double)patch_mse[i];
        }
}

static void fold_distances(struct profile *profile, int predictor, int cell, int slot, int image)
{
    const struct profile_scratch *scratch = profile->scratch;
    const int *count = scratch->distance_count + slot * DISTANCE_BINS;
    size_t row = (size_t)predictor * (size_t)scratch->chunk + (size_t)slot;
    float *mean = profile->distance_mse + profile_image(profile, predictor, cell, image);
    for (int bin = 0; bin < DISTANCE_BINS; bin++)
        if (count[bin] > 0)
            mean[bin] =
                (float)(scratch->distance_sum[row * DISTANCE_BINS + (size_t)bin] / count[bin]);
}

static void fold_positions(struct profile *profile, int predictor, int cell, int slot)
{
    const struct profile_scratch *scratch = profile->scratch;
    size_t patches = (size_t)profile->patches, grid = profile_grid(profile, predictor, cell);
    size_t row = (size_t)predictor * (size_t)scratch->chunk + (size_t)slot;
    const int *count = scratch->position_count + (size_t)slot * patches;
    for (size_t i = 0; i < patches; i++)
        if (count[i] > 0) {
            double mean = scratch->position_sum[row * patches + i] / count[i];
            profile->position_sum[grid + i] += mean;
            profile->position_squares[grid + i] += mean * mean;
        }
}

void profile_fold(struct profile *profile, int cell, const int *images, int count)
{
    const struct profile_scratch *scratch = profile->scratch;
    size_t patches = (size_t)profile->patches, grid = profile_grid(profile, 0, cell);
    for (int slot = 0; slot < count; slot++) {
        for (int predictor = 0; predictor < profile->predictors; predictor++) {
            fold_distances(profile, predictor, cell, slot, images[slot]);
            fold_positions(profile, predictor, cell, slot);
        }
        for (size_t i = 0; i < patches; i++)
            profile->position_images[grid + i] +=
                scratch->position_count[(size_t)slot * patches + i] > 0;
        memcpy(profile->distance_patches + profile_image(profile, 0, cell, images[slot]),
               scratch->distance_count + slot * DISTANCE_BINS, DISTANCE_BINS * sizeof(int));
    }
}
