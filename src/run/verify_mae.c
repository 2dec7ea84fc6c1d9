#include <inttypes.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nn/adamw.h"
#include "nn/mae.h"
#include "run/verify_private.h"

/* What agreement is asked for: of each step's loss, relative; of the others, relative to the
 * tensor's largest magnitude. Final weights have more, since Adam divides by small numbers. The
 * position tables are computed, not trained. */
static const double loss_tolerance = 2e-5, value_tolerance = 1e-4, final_tolerance = 1e-3,
                    fixed_tolerance = 1e-6;
static const double norm_eps = 1e-6; /* of the model's layer norms */

enum { STEP_LIMIT = 1000000, BATCH_LIMIT = 1 << 20 };

/* The recorded trajectory and our own replay of it. */
struct replay {
    struct mae_shape shape;
    int steps, images, visible; /* S, N, V */
    double learning_rate;
    struct adamw adamw;
    struct mae *mae;
    struct mae_pass *pass;
    float *pixels, *noise; /* [S, N, C, H, W], [S, N, L] */
    int *kept, *offsets;   /* [N * V], [N + 1] */
    struct ranked *row;    /* [L] */
    float *gradients;      /* [trained] */
    float *loss;           /* [S] */
};

/* ---- The configuration ---- */

static bool config_real(const struct verification *verification, const json_t *config,
                        const char *key, double *value, struct error *error)
{
    const json_t *item = json_object_get(config, key);
    *value = json_number_value(item);
    return json_is_number(item) ||
           error_set(error, ERROR_DATA, "%s: config names no number for \"%s\"",
                     safetensors_path(verification->file), key);
}

static bool config_integer(const struct verification *verification, const json_t *config,
                           const char *key, int limit, int *value, struct error *error)
{
    const json_t *item = json_object_get(config, key);
    json_int_t wide = json_integer_value(item);
    if (!json_is_integer(item) || wide < 1 || wide > limit)
        return error_set(error, ERROR_DATA,
                         "%s: config names no whole number from 1 to %d for \"%s\"",
                         safetensors_path(verification->file), limit, key);
    *value = (int)wide;
    return true;
}

static bool read_shape(const struct verification *verification, const json_t *config,
                       struct mae_shape *shape, struct error *error)
{
    const struct {
        const char *key;
        int *value;
    } rows[] = {
        {"image", &shape->image_height},
        {"patch", &shape->patch},
        {"chans", &shape->channels},
        {"dim", &shape->embed_dim},
        {"depth", &shape->depth},
        {"heads", &shape->heads},
        {"dec_dim", &shape->decoder_dim},
        {"dec_depth", &shape->decoder_depth},
        {"dec_heads", &shape->decoder_heads},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++)
        if (!config_integer(verification, config, rows[i].key, BATCH_LIMIT, rows[i].value, error))
            return false;
    shape->image_width = shape->image_height;
    shape->norm_pix = json_is_true(json_object_get(config, "norm_pix"));
    if (!config_real(verification, config, "mlp_ratio", &shape->mlp_ratio, error))
        return false;
    return mae_shape_check(shape, error) ||
           error_prefix(error, "%s", safetensors_path(verification->file));
}

static bool read_optimiser(const struct verification *verification, const json_t *config,
                           struct replay *replay, struct error *error)
{
    double eps;
    const struct {
        const char *key;
        double *value;
    } rows[] = {
        {"lr", &replay->learning_rate},  {"weight_decay", &replay->adamw.weight_decay},
        {"beta1", &replay->adamw.beta1}, {"beta2", &replay->adamw.beta2},
        {"eps", &replay->adamw.eps},     {"norm_eps", &eps},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++)
        if (!config_real(verification, config, rows[i].key, rows[i].value, error))
            return false;
    return eps == norm_eps || error_set(error, ERROR_DATA, "%s: norm_eps is %g, expected %g",
                                        safetensors_path(verification->file), eps, norm_eps);
}

static bool read_config(const struct verification *verification, const json_t *config,
                        struct replay *replay, struct error *error)
{
    return read_shape(verification, config, &replay->shape, error) &&
           config_integer(verification, config, "steps", STEP_LIMIT, &replay->steps, error) &&
           config_integer(verification, config, "batch", BATCH_LIMIT, &replay->images, error) &&
           config_integer(verification, config, "visible", mae_patches(&replay->shape) - 1,
                          &replay->visible, error);
}

/* ---- What the file holds ---- */

/* All values of a tensor, in the arena. The file is known to be long enough before memory is taken.
 */
static float *read_floats(struct verification *verification, const char *name, int dimensions,
                          const int *shape, struct error *error)
{
    const struct safetensors_tensor *tensor =
        safetensors_expect(verification->file, name, SAFETENSORS_F32, dimensions, shape, error);
    float *values = tensor ? verify_floats(verification, tensor->count, error) : NULL;
    return values && safetensors_read(verification->file, tensor, values, error) ? values : NULL;
}

static bool prefixed(char name[VERIFY_NAME_SIZE], const char *prefix,
                     const struct parameter *parameter, struct error *error)
{
    return snprintf(name, VERIFY_NAME_SIZE, "%s%s", prefix, parameter->name) < VERIFY_NAME_SIZE ||
           error_set(error, ERROR_DATA, "%s: the name is too long", parameter->name);
}

/* Loads what is trained; compares what is not with what we computed. */
static bool load_weights(struct verification *verification, struct mae *mae, struct error *error)
{
    for (int i = 0; i < mae->table.count; i++) {
        const struct parameter *parameter = &mae->table.items[i];
        float *weights = mae->weights + parameter->offset;
        char name[VERIFY_NAME_SIZE];
        if (!prefixed(name, "init.", parameter, error))
            return false;
        bool good = parameter->init == PARAMETER_FIXED
                        ? verify_check(verification, name, parameter->dimensions, parameter->shape,
                                       weights, fixed_tolerance, error)
                        : safetensors_read_floats(verification->file, name, parameter->dimensions,
                                                  parameter->shape, weights, error);
        if (!good)
            return false;
    }
    int found = 0;
    for (size_t i = 0; i < safetensors_count(verification->file); i++)
        found += strncmp(safetensors_at(verification->file, i)->name, "init.", 5) == 0;
    return found == mae->table.count ||
           error_set(error, ERROR_DATA, "%s: has %d tensors init.*, this model has %d",
                     safetensors_path(verification->file), found, mae->table.count);
}

static bool read_inputs(struct verification *verification, struct replay *replay,
                        struct error *error)
{
    const struct mae_shape *shape = &replay->shape;
    replay->pixels = read_floats(verification, "images", 5,
                                 (int[]){replay->steps, replay->images, shape->channels,
                                         shape->image_height, shape->image_width},
                                 error);
    if (!replay->pixels)
        return false;
    replay->noise = read_floats(verification, "noise", 3,
                                (int[]){replay->steps, replay->images, mae_patches(shape)}, error);
    return replay->noise != NULL;
}

/* ---- The replay ---- */

struct ranked {
    float noise;
    int patch;
};

static int compare_ranked(const void *a, const void *b)
{
    const struct ranked *left = a, *right = b;
    if (left->noise != right->noise)
        return left->noise < right->noise ? -1 : 1;
    return left->patch - right->patch;
}

/* The V smallest of each image's row of noise stay visible, in ascending order of noise. */
static void choose_visible(struct replay *replay, int step)
{
    size_t patches = (size_t)mae_patches(&replay->shape), visible = (size_t)replay->visible;
    for (int image = 0; image < replay->images; image++) {
        const float *noise =
            replay->noise + ((size_t)step * (size_t)replay->images + (size_t)image) * patches;
        for (size_t i = 0; i < patches; i++)
            replay->row[i] = (struct ranked){noise[i], (int)i};
        qsort(replay->row, patches, sizeof *replay->row, compare_ranked);
        for (size_t i = 0; i < visible; i++)
            replay->kept[(size_t)image * visible + i] = replay->row[i].patch;
    }
}

static struct mae_batch batch_of(const struct replay *replay, int step)
{
    size_t values = (size_t)replay->images * mae_image_values(&replay->shape);
    return (struct mae_batch){.images = replay->images,
                              .pixels = replay->pixels + (size_t)step * values,
                              .visible = replay->kept,
                              .offsets = replay->offsets};
}

static bool prepare(struct verification *verification, struct replay *replay, struct error *error)
{
    struct arena *arena = &verification->arena;
    size_t images = (size_t)replay->images, kept = images * (size_t)replay->visible;
    replay->kept = arena_alloc(arena, kept, sizeof *replay->kept, error);
    replay->offsets = arena_alloc(arena, images + 1, sizeof *replay->offsets, error);
    replay->row =
        arena_alloc(arena, (size_t)mae_patches(&replay->shape), sizeof *replay->row, error);
    replay->gradients = verify_floats(verification, replay->mae->table.trained, error);
    replay->loss = verify_floats(verification, (size_t)replay->steps, error);
    replay->pass = mae_pass_new(&replay->shape, replay->images, kept, MAE_TRAINING, error);
    if (!replay->kept || !replay->offsets || !replay->row || !replay->gradients || !replay->loss ||
        !replay->pass)
        return false;
    for (int i = 0; i <= replay->images; i++)
        replay->offsets[i] = i * replay->visible;
    return true;
}

/* ---- Comparing ---- */

/* A copy that outlives the pass, for the dump. */
static bool compare_copy(struct verification *verification, const char *name, const int shape[3],
                         const float *values, struct error *error)
{
    size_t count = (size_t)shape[0] * (size_t)shape[1] * (size_t)shape[2];
    float *copy = verify_floats(verification, count, error);
    if (!copy)
        return false;
    memcpy(copy, values, count * sizeof *copy);
    return verify_compare(verification, name, 3, shape, copy, value_tolerance, error);
}

static bool compare_mask(struct verification *verification, const struct replay *replay,
                         struct error *error)
{
    int patches = mae_patches(&replay->shape);
    size_t count = (size_t)replay->images * (size_t)patches;
    float *mask = verify_floats(verification, count, error);
    if (!mask)
        return false;
    for (size_t i = 0; i < count; i++)
        mask[i] = 1;
    for (int i = 0; i < replay->images * replay->visible; i++)
        mask[(size_t)(i / replay->visible) * (size_t)patches + (size_t)replay->kept[i]] = 0;
    return verify_compare(verification, "expected.mask", 2, (int[]){replay->images, patches}, mask,
                          0, error);
}

/* Compares the trained (or, with `fixed`, all) tensors of a block. */
static bool compare_block(struct verification *verification, const struct replay *replay,
                          const char *prefix, const float *block, bool fixed, double tolerance,
                          struct error *error)
{
    const struct parameter_table *table = &replay->mae->table;
    for (int i = 0; i < table->count; i++) {
        const struct parameter *parameter = &table->items[i];
        char name[VERIFY_NAME_SIZE];
        if (!fixed && parameter->init == PARAMETER_FIXED)
            continue;
        if (!prefixed(name, prefix, parameter, error) ||
            !verify_compare(verification, name, parameter->dimensions, parameter->shape,
                            block + parameter->offset, tolerance, error))
            return false;
    }
    return true;
}

static bool compare_gradients(struct verification *verification, const struct replay *replay,
                              struct error *error)
{
    float *copy = verify_floats(verification, replay->mae->table.trained, error);
    if (!copy)
        return false;
    memcpy(copy, replay->gradients, replay->mae->table.trained * sizeof *copy);
    return compare_block(verification, replay, "expected.grad.", copy, false, value_tolerance,
                         error);
}

static bool compare_first_step(struct verification *verification, const struct replay *replay,
                               struct error *error)
{
    const struct mae_shape *shape = &replay->shape;
    int pred[3] = {replay->images, mae_patches(shape), mae_patch_values(shape)};
    int latent[3] = {replay->images, replay->visible + 1, shape->embed_dim};
    return compare_copy(verification, "expected.pred", pred, mae_pass_pred(replay->pass), error) &&
           compare_mask(verification, replay, error) &&
           compare_copy(verification, "expected.latent", latent, mae_pass_latent(replay->pass),
                        error) &&
           compare_gradients(verification, replay, error);
}

static bool compare_losses(struct verification *verification, const struct replay *replay,
                           struct error *error)
{
    static const char name[] = "expected.loss";
    const float *recorded = read_floats(verification, name, 1, &replay->steps, error);
    if (!recorded)
        return false;
    double largest = 0;
    for (int step = 0; step < replay->steps; step++) {
        double difference = fabs((double)replay->loss[step] - (double)recorded[step]);
        double relative = difference == 0 ? 0 : difference / fabs((double)recorded[step]);
        largest = isfinite(relative) ? fmax(largest, relative) : INFINITY;
    }
    return verify_add(verification, name, largest, loss_tolerance, error) &&
           verify_dump(verification, name, SAFETENSORS_F32, 1, &replay->steps, replay->loss, error);
}

static bool replay_steps(struct verification *verification, struct replay *replay,
                         struct error *error)
{
    for (int step = 0; step < replay->steps; step++) {
        choose_visible(replay, step);
        struct mae_batch batch = batch_of(replay, step);
        /* The first step's recorded predictions are of all patches; later steps go as in training.
         */
        replay->loss[step] = (float)mae_forward(replay->pass, replay->mae, &batch,
                                                step == 0 ? MAE_ALL_PATCHES : MAE_HIDDEN_PATCHES);
        mae_backward(replay->pass, replay->mae, &batch, replay->gradients);
        if (step == 0 && !compare_first_step(verification, replay, error))
            return false;
        adamw_step(&replay->adamw, replay->mae->weights, replay->gradients, replay->learning_rate,
                   1);
    }
    return compare_losses(verification, replay, error);
}

static bool compare_final(struct verification *verification, const struct replay *replay,
                          struct error *error)
{
    float *copy = verify_floats(verification, replay->mae->table.total, error);
    if (!copy)
        return false;
    memcpy(copy, replay->mae->weights, replay->mae->table.total * sizeof *copy);
    return compare_block(verification, replay, "final.", copy, true, final_tolerance, error);
}

bool verify_mae(struct verification *verification, struct error *error)
{
    struct replay replay = {0};
    const char *text = safetensors_metadata(verification->file, "config");
    json_t *config = json_loads(text ? text : "", JSON_REJECT_DUPLICATES, NULL);
    bool good =
        json_is_object(config) || error_set(error, ERROR_DATA, "%s: its config is no JSON map",
                                            safetensors_path(verification->file));
    good = good && read_config(verification, config, &replay, error) &&
           read_inputs(verification, &replay, error) &&
           (replay.mae = mae_new(&replay.shape, error)) != NULL &&
           adamw_init(&replay.adamw, &replay.mae->table, error) &&
           read_optimiser(verification, config, &replay, error) &&
           load_weights(verification, replay.mae, error) && prepare(verification, &replay, error) &&
           replay_steps(verification, &replay, error) &&
           compare_final(verification, &replay, error);
    json_decref(config);
    mae_pass_free(replay.pass);
    adamw_release(&replay.adamw);
    mae_free(replay.mae);
    return good;
}
