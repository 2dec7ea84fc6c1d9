#include "run/baseline.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "base/memory.h"

/* As the MAE release has it, so that a patch of one colour does not divide by zero. */
static const double variance_floor = 1e-6;

static const char *const names[] = {
    [BASELINE_VISIBLE_MEAN] = "visible-mean",
    [BASELINE_INVERSE_DISTANCE] = "inverse-distance",
};
static_assert(ARRAY_LENGTH(names) == BASELINES, "a baseline has no name");

const char *baseline_name(enum baseline baseline)
{
    return names[baseline];
}

static void interpolate_one(const struct mae_shape *shape, const uint8_t *mask, int width,
                            float *values, int hidden)
{
    int grid_width = mae_grid_width(shape), patches = mae_patches(shape);
    double sums[BASELINE_SCRATCH] = {0}, weights = 0;
    for (int j = 0; j < patches; j++) {
        if (mask[j])
            continue;
        double rows = j / grid_width - hidden / grid_width;
        double columns = j % grid_width - hidden % grid_width;
        double weight = 1 / (rows * rows + columns * columns);
        weights += weight;
        for (int k = 0; k < width; k++)
            sums[k] += weight * values[j * width + k];
    }
    for (int k = 0; k < width; k++)
        values[hidden * width + k] = (float)(sums[k] / weights);
}

void interpolate_hidden(const struct mae_shape *shape, const uint8_t *mask, int width,
                        float *values)
{
    int patches = mae_patches(shape);
    for (int i = 0; i < patches; i++)
        if (mask[i]) /* only visible rows are read, so writing as we go is safe */
            interpolate_one(shape, mask, width, values, i);
}

/* The mean of each channel of each patch, [L, channels]. */
static void channel_means(const struct mae_shape *shape, const float *patches, float *means)
{
    int channels = shape->channels, values = mae_patch_values(shape);
    for (int i = 0; i < mae_patches(shape); i++)
        for (int channel = 0; channel < channels; channel++) {
            double sum = 0;
            for (int k = channel; k < values; k += channels)
                sum += patches[(size_t)i * (size_t)values + (size_t)k];
            means[i * channels + channel] = (float)(sum * channels / values);
        }
}

static void fill_with_visible_mean(const struct mae_shape *shape, const uint8_t *mask, float *means)
{
    int channels = shape->channels, patches = mae_patches(shape);
    for (int channel = 0; channel < channels; channel++) {
        double sum = 0;
        int visible = 0;
        for (int i = 0; i < patches; i++)
            if (!mask[i]) {
                sum += means[i * channels + channel];
                visible++;
            }
        for (int i = 0; i < patches; i++)
            if (mask[i])
                means[i * channels + channel] = (float)(sum / visible);
    }
}

double baseline_mse(enum baseline baseline, const struct mae_shape *shape, const float *patches,
                    const uint8_t *mask, float *scratch, float *patch_mse)
{
    float *means = scratch;
    int channels = shape->channels, values = mae_patch_values(shape);
    channel_means(shape, patches, means);
    if (baseline == BASELINE_VISIBLE_MEAN)
        fill_with_visible_mean(shape, mask, means);
    else
        interpolate_hidden(shape, mask, channels, means);
    double sum = 0;
    int hidden = 0;
    for (int i = 0; i < mae_patches(shape); i++) {
        if (!mask[i])
            continue;
        hidden++;
        double squares = 0;
        for (int k = 0; k < values; k++) {
            double difference = (double)patches[(size_t)i * (size_t)values + (size_t)k] -
                                means[i * channels + k % channels];
            squares += difference * difference;
        }
        if (patch_mse)
            patch_mse[i] = (float)(squares / values);
        sum += squares;
    }
    return sum / values / hidden;
}

void denormalise_by_neighbours(const struct mae_shape *shape, const float *patches,
                               const uint8_t *mask, float *pred, float *scratch)
{
    float *moments = scratch; /* mean, sd of each patch */
    int values = mae_patch_values(shape), count = mae_patches(shape);
    for (int i = 0; i < count; i++) {
        const float *patch = patches + (size_t)i * (size_t)values;
        double sum = 0, squares = 0;
        for (int k = 0; k < values; k++)
            sum += patch[k];
        double mean = sum / values;
        for (int k = 0; k < values; k++)
            squares += (patch[k] - mean) * (patch[k] - mean);
        moments[2 * i] = (float)mean;
        moments[2 * i + 1] = (float)sqrt(squares / (values - 1) + variance_floor);
    }
    interpolate_hidden(shape, mask, 2, moments);
    for (int i = 0; i < count; i++)
        for (int k = 0; k < values; k++) {
            float *value = pred + (size_t)i * (size_t)values + (size_t)k;
            *value = *value * moments[2 * i + 1] + moments[2 * i];
        }
}
