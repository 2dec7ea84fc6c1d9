/* The named sizes of models, and the check that a size makes sense. */
#include "nn/mae.h"

#include <stdio.h>
#include <string.h>

#include "base/memory.h"

#define SQUARE(side, patch_side)                                                                   \
    .image_height = (side), .image_width = (side), .patch = (patch_side)
#define ENCODER(width, blocks, count) .embed_dim = (width), .depth = (blocks), .heads = (count)
#define DECODER(width, blocks, count)                                                              \
    .decoder_dim = (width), .decoder_depth = (blocks), .decoder_heads = (count)
#define SHAPE(size, encoder, decoder)                                                              \
    {                                                                                              \
        size, .channels = 3, encoder, decoder, .mlp_ratio = 4                                      \
    }

static const struct mae_preset presets[] = {
    {"nano32", "32x32 images in 4x4 patches, 0.5 million weights: tests, CIFAR, a first look",
     SHAPE(SQUARE(32, 4), ENCODER(96, 4, 3), DECODER(64, 1, 2))},
    {"nano64", "64x64 images in 8x8 patches, 0.5 million weights: live on a laptop",
     SHAPE(SQUARE(64, 8), ENCODER(96, 4, 3), DECODER(64, 1, 2))},
    {"tiny64", "64x64 images in 8x8 patches, 5.8 million weights: Tiny ImageNet",
     SHAPE(SQUARE(64, 8), ENCODER(192, 12, 3), DECODER(128, 2, 4))},
    {"small96", "96x96 images in 8x8 patches, 23 million weights: ImageNet subsets",
     SHAPE(SQUARE(96, 8), ENCODER(384, 12, 6), DECODER(192, 4, 6))},
    {"base224", "the published ViT-Base: 224x224 images in 16x16 patches, 112 million weights",
     SHAPE(SQUARE(224, 16), ENCODER(768, 12, 12), DECODER(512, 8, 16))},
    {"large224", "the published ViT-Large: 224x224 images in 16x16 patches, 330 million weights",
     SHAPE(SQUARE(224, 16), ENCODER(1024, 24, 16), DECODER(512, 8, 16))},
    {"huge224", "the published ViT-Huge: 224x224 images in 14x14 patches, 657 million weights",
     SHAPE(SQUARE(224, 14), ENCODER(1280, 32, 16), DECODER(512, 8, 16))},
};

const struct mae_preset *mae_presets(size_t *count)
{
    *count = ARRAY_LENGTH(presets);
    return presets;
}

const struct mae_preset *mae_preset_find(const char *name)
{
    for (size_t i = 0; i < ARRAY_LENGTH(presets); i++)
        if (!strcmp(presets[i].name, name))
            return &presets[i];
    return NULL;
}

enum { SIDE_MOST = 16384, DIM_MOST = 65536, DEPTH_MOST = 1024 };

static bool in_range(int value, int least, int most, const char *setting, struct error *error)
{
    if (value >= least && value <= most)
        return true;
    return error_set(error, ERROR_DATA, "%s is %d, expected %d to %d", setting, value, least, most);
}

static bool check_stack(int dim, int depth, int heads, const char *prefix, struct error *error)
{
    char setting[40];
    const struct {
        const char *name;
        int value, most;
    } limits[] = {{"dim", dim, DIM_MOST}, {"depth", depth, DEPTH_MOST}, {"heads", heads, DIM_MOST}};
    for (size_t i = 0; i < ARRAY_LENGTH(limits); i++) {
        const char *stem = i == 0 && !*prefix ? "embed_" : prefix;
        snprintf(setting, sizeof setting, "model.%s%s", stem, limits[i].name);
        if (!in_range(limits[i].value, 1, limits[i].most, setting, error))
            return false;
    }
    const char *dim_name = *prefix ? "model.decoder_dim" : "model.embed_dim";
    if (dim % 4 != 0)
        return error_set(error, ERROR_DATA,
                         "%s is %d, expected a multiple of 4 (sines and cosines of row and column)",
                         dim_name, dim);
    if (dim % heads != 0)
        return error_set(error, ERROR_DATA,
                         "model.%sheads is %d, expected a divisor of %s, which is %d", prefix,
                         heads, dim_name, dim);
    return true;
}

static bool check_image(const struct mae_shape *shape, struct error *error)
{
    if (!in_range(shape->patch, 1, SIDE_MOST, "model.patch", error) ||
        !in_range(shape->image_height, shape->patch, SIDE_MOST, "the image height", error) ||
        !in_range(shape->image_width, shape->patch, SIDE_MOST, "the image width", error) ||
        !in_range(shape->channels, 1, 4, "model.channels", error))
        return false;
    if (shape->image_height % shape->patch || shape->image_width % shape->patch)
        return error_set(error, ERROR_DATA,
                         "model.patch is %d, expected a divisor of the image's sides, %d x %d",
                         shape->patch, shape->image_height, shape->image_width);
    if (mae_patches(shape) < 2)
        return error_set(error, ERROR_DATA,
                         "model.patch is %d, expected one that cuts %d x %d images into at least "
                         "two patches",
                         shape->patch, shape->image_height, shape->image_width);
    if (shape->norm_pix && mae_patch_values(shape) < 2)
        return error_set(error, ERROR_DATA,
                         "model.norm_pix is true, expected false for patches of a single value");
    return true;
}

bool mae_shape_check(const struct mae_shape *shape, struct error *error)
{
    if (!check_image(shape, error) ||
        !check_stack(shape->embed_dim, shape->depth, shape->heads, "", error) ||
        !check_stack(shape->decoder_dim, shape->decoder_depth, shape->decoder_heads, "decoder_",
                     error))
        return false;
    int narrower = shape->embed_dim < shape->decoder_dim ? shape->embed_dim : shape->decoder_dim;
    /* written so that NaN fails */
    if (!(shape->mlp_ratio * narrower >= 1 && shape->mlp_ratio <= 64))
        return error_set(
            error, ERROR_DATA,
            "model.mlp_ratio is %g, expected at most 64 and at least one hidden column",
            shape->mlp_ratio);
    return true;
}

/* Multiply-adds of a block whose `wanted` of `rows` rows are computed. */
static double block_products(double rows, double wanted, double dim, double mlp_ratio)
{
    double projections = 2 * rows + 2 * wanted; /* keys and values; queries and output */
    return dim * dim * (projections + 2 * mlp_ratio * wanted) + 2 * rows * wanted * dim;
}

double mae_step_flop(const struct mae_shape *shape, int visible)
{
    double tokens = 1 + mae_patches(shape), kept = 1 + visible, hidden = tokens - kept;
    double dim = shape->embed_dim, decoder_dim = shape->decoder_dim, ratio = shape->mlp_ratio;
    double values = mae_patch_values(shape);
    double encoder = visible * values * dim + shape->depth * block_products(kept, kept, dim, ratio);
    double decoder =
        kept * dim * decoder_dim + hidden * decoder_dim * values +
        block_products(tokens, hidden, decoder_dim, ratio) +
        (shape->decoder_depth - 1) * block_products(tokens, tokens, decoder_dim, ratio);
    /* 2 a multiply-add; the images need no gradient */
    return 2 * (3 * (encoder + decoder) - visible * values * dim);
}
