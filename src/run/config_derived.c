/* What follows from the settings: the model's shape, the source, how images are viewed. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "nn/gemm.h"
#include "nn/product.h"
#include "run/config_private.h"
#include "run/evaluate.h"

static bool read_image_size(const char *text, int *height, int *width)
{
    int used = 0;
    if (sscanf(text, "%5dx%5d%n", height, width, &used) == 2 && !text[used])
        return true;
    used = 0;
    if (sscanf(text, "%5d%n", height, &used) == 1 && !text[used]) {
        *width = *height;
        return true;
    }
    return false;
}

static void override(int *dimension, int64_t setting)
{
    if (setting > 0)
        *dimension = (int)setting;
}

enum mae_use config_use(const struct config *config)
{
    return config->train.recompute ? MAE_TRAINING_RECOMPUTE : MAE_TRAINING;
}

static double visible_share(const struct mask_choice *mask, double progress)
{
    if (mask->strategy.strategy->own_count)
        return 1;
    return 1 - (mask->ratio.per == RATIO_PER_BATCH
                    ? ratio_choice_quantile(&mask->ratio, progress, 0)
                    : ratio_choice_mean(&mask->ratio, progress));
}

double config_visible_share(const struct config *config)
{
    double most = 0;
    for (int i = 0; i < config->arm_count; i++)
        for (int end = 0; end <= 1; end++)
            most = fmax(most, visible_share(&config->arms[i].mask, end));
    return most;
}

size_t config_activations(const struct config *config, const struct mae_shape *shape)
{
    int images = (int)(config->train.batch / config->train.accumulate);
    size_t patches = (size_t)images * (size_t)mae_patches(shape);
    size_t visible = (size_t)(config_visible_share(config) * (double)patches);
    size_t bytes = mae_pass_needs(shape, images, visible, config_use(config));
    for (int i = 0; i < config->arm_count; i++)
        if (strategy_choice_guides(&config->arms[i].mask.strategy) & MASK_GUIDES_OF_MODEL)
            return bytes + mae_pass_needs(shape, images, patches, MAE_INFERENCE);
    return bytes;
}

const char *config_kernels(const struct config *config)
{
    bool halves = config->train.precision == MAE_BF16;
    const struct product_kernels *kernels =
        product_kernels_best(halves ? PRODUCT_HALVES : PRODUCT_FLOATS);
    return kernels ? product_kernels_name(kernels) : gemm_core();
}

bool config_shape(const struct config *config, struct mae_shape *shape, struct error *error)
{
    size_t count;
    *shape = mae_presets(&count)[config->model.preset].shape;
    const char *size = config->data.image_size;
    if (strcmp(size, "preset") && !read_image_size(size, &shape->image_height, &shape->image_width))
        return error_set(error, ERROR_DATA,
                         "data.image_size: '%.40s' is neither a number, HEIGHTxWIDTH nor preset",
                         size);
    shape->channels = (int)config->data.channels;
    shape->norm_pix = config->model.norm_pix;
    override(&shape->patch, config->model.patch);
    override(&shape->embed_dim, config->model.embed_dim);
    override(&shape->depth, config->model.depth);
    override(&shape->heads, config->model.heads);
    override(&shape->decoder_dim, config->model.decoder_dim);
    override(&shape->decoder_depth, config->model.decoder_depth);
    override(&shape->decoder_heads, config->model.decoder_heads);
    if (config->model.mlp_ratio > 0)
        shape->mlp_ratio = config->model.mlp_ratio;
    if (shape->image_height < shape->patch || shape->image_width < shape->patch)
        return error_set(
            error, ERROR_DATA,
            "data.image_size: %d x %d pixels are less than a patch (model.patch is %d)",
            shape->image_height, shape->image_width, shape->patch);
    return mae_shape_check(shape, error);
}

static bool check_mask(const struct mask_choice *mask, const struct mae_shape *shape,
                       struct error *error)
{
    return mask_choice_check(mask, mae_grid_height(shape), mae_grid_width(shape), error);
}

/* A setting of 0 takes the value. */
static void resolve_number(struct config *config, const char *name, double value,
                           struct config_origins *origins)
{
    const struct setting *row = setting_find(config_table(), name);
    char text[32];
    struct error error;
    const void *field = (const char *)config + row->offset;
    bool left =
        row->type == SETTING_INT ? *(const int64_t *)field == 0 : *(const double *)field == 0;
    text_from_real(text, value);
    if (left && setting_assign_text(row, text, config, &error))
        config_note_origin(origins, row, ORIGIN_PRESET, 0);
}

void config_resolve(struct config *config, struct config_origins *origins)
{
    struct mae_shape shape;
    struct error error;
    if (!config_shape(config, &shape, &error))
        return;
    const struct {
        const char *name;
        double value;
    } numbers[] = {
        {"model.patch", shape.patch},
        {"model.embed_dim", shape.embed_dim},
        {"model.depth", shape.depth},
        {"model.heads", shape.heads},
        {"model.decoder_dim", shape.decoder_dim},
        {"model.decoder_depth", shape.decoder_depth},
        {"model.decoder_heads", shape.decoder_heads},
        {"model.mlp_ratio", shape.mlp_ratio},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(numbers); i++)
        resolve_number(config, numbers[i].name, numbers[i].value, origins);
    if (strcmp(config->data.image_size, "preset"))
        return;
    snprintf(config->data.image_size, sizeof config->data.image_size, "%dx%d", shape.image_height,
             shape.image_width);
    config_note_origin(origins, setting_find(config_table(), "data.image_size"), ORIGIN_PRESET, 0);
}

static bool check_whole(const char *name, const struct setting_reals *list, struct error *error)
{
    for (int i = 0; i < list->count; i++)
        if (list->items[i] != floor(list->items[i]))
            return error_set(error, ERROR_DATA, "%s: %g is not a whole number", name,
                             list->items[i]);
    for (int i = 0; i < list->count; i++)
        for (int j = 0; j < i; j++)
            if (list->items[i] == list->items[j])
                return error_set(error, ERROR_DATA, "%s: %g is there twice", name, list->items[i]);
    return list->count > 0 || error_set(error, ERROR_DATA, "%s: at least one", name);
}

bool config_check(const struct config *config, struct error *error)
{
    struct mae_shape shape;
    if (!config_shape(config, &shape, error))
        return false;
    size_t count;
    const char *kind = source_kinds(&count)[config->data.source]->name;
    if (strcmp(kind, "scenes") && !config->data.path[0])
        return error_set(error, ERROR_DATA, "data.path: the source '%s' needs the folder's path",
                         kind);
    if (config->data.mean.count < shape.channels || config->data.deviation.count < shape.channels)
        return error_set(error, ERROR_DATA,
                         "data.mean and data.deviation: %d channels need %d values each",
                         shape.channels, shape.channels);
    if (config->train.batch % config->train.accumulate != 0)
        return error_set(error, ERROR_DATA,
                         "train.accumulate is %lld, expected a divisor of train.batch, which is "
                         "%lld",
                         (long long)config->train.accumulate, (long long)config->train.batch);
    for (int i = 0; i < config->eval.strategies.count; i++) {
        struct mask_choice choice = config->mask;
        if (!strategy_choice_parse(&choice.strategy, config->eval.strategies.items[i], error) ||
            !evaluation_strategy_check(&choice.strategy, error) ||
            !check_mask(&choice, &shape, error))
            return error_prefix(error, "eval.strategies");
    }
    if (!check_mask(&config->mask, &shape, error))
        return error_prefix(error, "mask");
    for (int i = 0; i < config->arm_count; i++)
        if (!check_mask(&config->arms[i].mask, &shape, error))
            return error_prefix(error, "arms.%s", config->arms[i].name);
    if (!check_whole("probe.k", &config->probe.k, error) ||
        !check_whole("probe.shots", &config->probe.shots, error))
        return false;
    if (config->probe.block > shape.depth)
        return error_set(error, ERROR_DATA,
                         "probe.block is %lld, but the encoder has %d blocks (model.depth)",
                         (long long)config->probe.block, shape.depth);
    if (config->eval.strategies.count == 0 || config->eval.ratios.count == 0)
        return error_set(error, ERROR_DATA, "eval.strategies and eval.ratios: at least one each");
    return true;
}

int64_t config_total_steps(const struct config *config, int64_t epoch_steps)
{
    int64_t steps = config->train.steps;
    if (steps == 0)
        steps = (int64_t)ceil(config->train.epochs * (double)epoch_steps - 1e-9);
    return steps > 0 ? steps : 1;
}

void config_source(const struct config *config, const struct mae_shape *shape,
                   struct source_settings *settings)
{
    size_t count;
    *settings = (struct source_settings){
        .kind = source_kinds(&count)[config->data.source]->name,
        .path = config->data.path,
        .holdout = config->data.holdout,
        /* Which images there are, and which of them are held out, is not of the run's seed: runs of
         * several seeds are compared on the same. */
        .seed = (uint64_t)config->eval.seed,
        .width = shape->image_width,
        .height = shape->image_height,
        .count = config->data.count,
        .exif = config->data.exif,
    };
}

size_t config_cache(const struct config *config)
{
    return (size_t)(1e6 * config->data.cache);
}

void config_view(const struct config *config, const struct mae_shape *shape, bool training,
                 struct view_settings *view)
{
    *view = (struct view_settings){
        .width = shape->image_width,
        .height = shape->image_height,
        .channels = shape->channels,
        .crop = training                           ? (enum crop_kind)config->data.crop
                : config->data.crop == CROP_SQUASH ? CROP_SQUASH
                                                   : CROP_CENTER,
        .min_scale = config->data.min_scale,
        .flip = training && config->data.flip,
    };
    for (int channel = 0; channel < shape->channels; channel++) {
        view->mean[channel] = (float)config->data.mean.items[channel];
        view->deviation[channel] = (float)config->data.deviation.items[channel];
    }
}
