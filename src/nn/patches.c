#include "nn/patches.h"

#include <math.h>
#include <string.h>

#include "nn/kernel.h"

static const double normalise_eps = 1e-6;

/* The image's first value of a patch in channel 0. */
static size_t patch_corner(const struct mae_shape *shape, int patch)
{
    int row = patch / mae_grid_width(shape), column = patch % mae_grid_width(shape);
    return (size_t)(row * shape->patch) * (size_t)shape->image_width +
           (size_t)(column * shape->patch);
}

void patch_gather(float *values, const struct mae_shape *shape, const float *image, int patch)
{
    size_t side = (size_t)shape->patch, width = (size_t)shape->image_width;
    size_t plane = width * (size_t)shape->image_height;
    const float *corner = image + patch_corner(shape, patch);
    for (int channel = 0; channel < shape->channels; channel++, corner += plane)
        for (size_t row = 0; row < side; row++, values += side)
            memcpy(values, corner + row * width, side * sizeof *values);
}

void patch_target(float *values, const struct mae_shape *shape, const float *image, int patch)
{
    size_t side = (size_t)shape->patch, width = (size_t)shape->image_width;
    size_t plane = width * (size_t)shape->image_height, channels = (size_t)shape->channels;
    const float *corner = image + patch_corner(shape, patch);
    for (size_t channel = 0; channel < channels; channel++, corner += plane) {
        float *out = values + channel;
        for (size_t row = 0; row < side; row++)
            for (size_t column = 0; column < side; column++, out += channels)
                *out = corner[row * width + column];
    }
}

KERNEL void patch_normalise(float *values, size_t count)
{
    double sum = 0, squares = 0;
#pragma omp simd reduction(+ : sum)
    for (size_t i = 0; i < count; i++)
        sum += (double)values[i];
    double mean = sum / (double)count;
#pragma omp simd reduction(+ : squares)
    for (size_t i = 0; i < count; i++)
        squares += ((double)values[i] - mean) * ((double)values[i] - mean);
    double inverse = 1 / sqrt(squares / (double)(count - 1) + normalise_eps);
#pragma omp simd
    for (size_t i = 0; i < count; i++)
        values[i] = (float)(((double)values[i] - mean) * inverse);
}

KERNEL float patch_error(const float *pred, const float *target, size_t count)
{
    float sum = 0;
#pragma omp simd reduction(+ : sum)
    for (size_t i = 0; i < count; i++)
        sum += (pred[i] - target[i]) * (pred[i] - target[i]);
    return sum / (float)count;
}

KERNEL void patch_error_gradient(float *restrict gradient, const float *restrict pred,
                                 const float *restrict target, float scale, size_t count)
{
#pragma omp simd
    for (size_t i = 0; i < count; i++)
        gradient[i] = scale * (pred[i] - target[i]);
}

void mae_patchify(const struct mae_shape *shape, int count, const float *images, float *patches)
{
    for (int image = 0; image < count; image++, images += mae_image_values(shape))
        for (int patch = 0; patch < mae_patches(shape); patch++, patches += mae_patch_values(shape))
            patch_target(patches, shape, images, patch);
}

static void patch_put(float *image, const struct mae_shape *shape, const float *values, int patch)
{
    size_t side = (size_t)shape->patch, width = (size_t)shape->image_width;
    size_t plane = width * (size_t)shape->image_height;
    float *corner = image + patch_corner(shape, patch);
    for (size_t row = 0; row < side; row++)
        for (size_t column = 0; column < side; column++)
            for (int channel = 0; channel < shape->channels; channel++)
                corner[(size_t)channel * plane + row * width + column] = *values++;
}

void mae_unpatchify(const struct mae_shape *shape, int count, const float *patches, float *images)
{
    for (int image = 0; image < count; image++, images += mae_image_values(shape))
        for (int patch = 0; patch < mae_patches(shape); patch++, patches += mae_patch_values(shape))
            patch_put(images, shape, patches, patch);
}
