#include "tests/unit/nn_naive.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/random.h"

void naive_linear(double *out, const double *in, const double *weight, const double *bias,
                  size_t rows, size_t in_dim, size_t out_dim)
{
    for (size_t row = 0; row < rows; row++)
        for (size_t column = 0; column < out_dim; column++) {
            double sum = bias[column];
            for (size_t i = 0; i < in_dim; i++)
                sum += in[row * in_dim + i] * weight[column * in_dim + i];
            out[row * out_dim + column] = sum;
        }
}

void naive_layernorm(double *out, const double *in, const double *weight, const double *bias,
                     size_t rows, size_t dim)
{
    for (size_t row = 0; row < rows; row++, in += dim, out += dim) {
        double mean = 0, variance = 0;
        for (size_t i = 0; i < dim; i++)
            mean += in[i] / (double)dim;
        for (size_t i = 0; i < dim; i++)
            variance += (in[i] - mean) * (in[i] - mean) / (double)dim;
        for (size_t i = 0; i < dim; i++)
            out[i] = (in[i] - mean) / sqrt(variance + 1e-6) * weight[i] + bias[i];
    }
}

double naive_gelu(double x)
{
    return 0.5 * x * (1 + erf(x / sqrt(2)));
}

static void attend(double *out, const double *query, const double *keys, const double *values,
                   size_t key_rows, size_t dim, size_t columns)
{
    double sum = 0;
    memset(out, 0, columns * sizeof *out);
    for (size_t key = 0; key < key_rows; key++) {
        double score = 0;
        for (size_t i = 0; i < columns; i++)
            score += query[i] * keys[key * dim + i];
        double weight = exp(score / sqrt((double)columns));
        sum += weight;
        for (size_t i = 0; i < columns; i++)
            out[i] += weight * values[key * dim + i];
    }
    for (size_t i = 0; i < columns; i++)
        out[i] /= sum;
}

void naive_attention(double *out, const double *queries, const double *keys, const double *values,
                     size_t query_rows, size_t key_rows, size_t dim, size_t heads)
{
    size_t columns = dim / heads;
    for (size_t query = 0; query < query_rows; query++)
        for (size_t at = 0; at < dim; at += columns)
            attend(out + query * dim + at, queries + query * dim + at, keys + at, values + at,
                   key_rows, dim, columns);
}

/* One image at a time; rows of scratch matrices are tokens. */
struct model {
    const struct mae *mae;
    const double *weights;
    const struct naive_look *look; /* null: nobody asks where tokens look */
};

static const double *tensor(const struct model *model, const char *prefix, const char *name)
{
    char full[PARAMETER_NAME_SIZE * 2];
    snprintf(full, sizeof full, "%s%s", prefix, name);
    const struct parameter *parameter = parameter_find(&model->mae->table, full);
    if (!parameter)
        abort();
    return model->weights + parameter->offset;
}

static double *matrix(size_t rows, size_t columns)
{
    double *values = calloc(rows * columns, sizeof *values);
    if (!values)
        abort();
    return values;
}

static void add(double *to, const double *from, size_t count)
{
    for (size_t i = 0; i < count; i++)
        to[i] += from[i];
}

/* The softmax over one query's scores, for whoever asked for this block. */
static void look(const struct model *model, const char *prefix, const double *queries,
                 const double *keys, size_t rows, size_t dim, size_t heads)
{
    const struct naive_look *asked = model->look;
    size_t columns = dim / heads;
    double sum = 0;
    if (!asked || strcmp(asked->prefix, prefix) != 0)
        return;
    for (size_t key = 0; key < rows; key++) {
        double score = 0;
        for (size_t i = asked->head * columns; i < (asked->head + 1) * columns; i++)
            score += queries[asked->row * dim + i] * keys[key * dim + i];
        asked->weights[key] = exp(score / sqrt((double)columns));
        sum += asked->weights[key];
    }
    for (size_t key = 0; key < rows; key++)
        asked->weights[key] /= sum;
}

/* tokens [rows, dim], in place */
static void naive_block(const struct model *model, const char *prefix, double *tokens, size_t rows,
                        size_t dim, size_t heads, size_t hidden_dim)
{
    double *norm = matrix(rows, dim), *update = matrix(rows, dim), *attended = matrix(rows, dim);
    double *part[3], *hidden = matrix(rows, hidden_dim);
    naive_layernorm(norm, tokens, tensor(model, prefix, "norm1.weight"),
                    tensor(model, prefix, "norm1.bias"), rows, dim);
    for (size_t i = 0; i < 3; i++) {
        part[i] = matrix(rows, dim);
        naive_linear(part[i], norm, tensor(model, prefix, "attn.qkv.weight") + i * dim * dim,
                     tensor(model, prefix, "attn.qkv.bias") + i * dim, rows, dim, dim);
    }
    look(model, prefix, part[0], part[1], rows, dim, heads);
    naive_attention(attended, part[0], part[1], part[2], rows, rows, dim, heads);
    naive_linear(update, attended, tensor(model, prefix, "attn.proj.weight"),
                 tensor(model, prefix, "attn.proj.bias"), rows, dim, dim);
    add(tokens, update, rows * dim);
    naive_layernorm(norm, tokens, tensor(model, prefix, "norm2.weight"),
                    tensor(model, prefix, "norm2.bias"), rows, dim);
    naive_linear(hidden, norm, tensor(model, prefix, "mlp.fc1.weight"),
                 tensor(model, prefix, "mlp.fc1.bias"), rows, dim, hidden_dim);
    for (size_t i = 0; i < rows * hidden_dim; i++)
        hidden[i] = naive_gelu(hidden[i]);
    naive_linear(update, hidden, tensor(model, prefix, "mlp.fc2.weight"),
                 tensor(model, prefix, "mlp.fc2.bias"), rows, hidden_dim, dim);
    add(tokens, update, rows * dim);
    for (size_t i = 0; i < 3; i++)
        free(part[i]);
    free(norm);
    free(update);
    free(attended);
    free(hidden);
}

static void naive_stack(const struct model *model, const char *stem, const char *norm,
                        double *tokens, size_t rows, size_t dim, size_t heads, int depth)
{
    double ratio = model->mae->shape.mlp_ratio;
    char prefix[PARAMETER_NAME_SIZE];
    for (int i = 0; i < depth; i++) {
        snprintf(prefix, sizeof prefix, "%s.%d.", stem, i);
        naive_block(model, prefix, tokens, rows, dim, heads, (size_t)((double)dim * ratio));
    }
    double *copy = matrix(rows, dim);
    memcpy(copy, tokens, rows * dim * sizeof *copy);
    naive_layernorm(tokens, copy, tensor(model, norm, ".weight"), tensor(model, norm, ".bias"),
                    rows, dim);
    free(copy);
}

static double pixel(const struct mae_shape *shape, const float *image, int patch, int channel,
                    int row, int column)
{
    int y = patch / mae_grid_width(shape) * shape->patch + row;
    int x = patch % mae_grid_width(shape) * shape->patch + column;
    return (double)image[(channel * shape->image_height + y) * shape->image_width + x];
}

/* token [dim]: the convolution of one patch, and its position */
static void embed(const struct model *model, const float *image, int patch, double *token)
{
    const struct mae_shape *shape = &model->mae->shape;
    const double *weight = tensor(model, "", "patch_embed.proj.weight");
    const double *bias = tensor(model, "", "patch_embed.proj.bias");
    const double *position = tensor(model, "", "pos_embed") + (1 + patch) * shape->embed_dim;
    for (int i = 0; i < shape->embed_dim; i++) {
        token[i] = bias[i] + position[i];
        for (int channel = 0; channel < shape->channels; channel++)
            for (int row = 0; row < shape->patch; row++)
                for (int column = 0; column < shape->patch; column++)
                    token[i] += *weight++ * pixel(shape, image, patch, channel, row, column);
    }
}

static void naive_encode(const struct model *model, const float *image, const int *visible,
                         size_t count, double *tokens)
{
    size_t dim = (size_t)model->mae->shape.embed_dim;
    memcpy(tokens, tensor(model, "", "cls_token"), dim * sizeof *tokens);
    add(tokens, tensor(model, "", "pos_embed"), dim);
    for (size_t i = 0; i < count; i++)
        embed(model, image, visible[i], tokens + (1 + i) * dim);
    naive_stack(model, "blocks", "norm", tokens, 1 + count, dim, (size_t)model->mae->shape.heads,
                model->mae->shape.depth);
}

/* pred [L, P] from latent [1 + count, embed_dim] */
static void naive_decode(const struct model *model, const int *visible, size_t count,
                         const double *latent, double *pred)
{
    const struct mae_shape *shape = &model->mae->shape;
    size_t dim = (size_t)shape->decoder_dim, patches = (size_t)mae_patches(shape);
    double *embedded = matrix(1 + count, dim), *tokens = matrix(1 + patches, dim);
    naive_linear(embedded, latent, tensor(model, "", "decoder_embed.weight"),
                 tensor(model, "", "decoder_embed.bias"), 1 + count, (size_t)shape->embed_dim, dim);
    for (size_t patch = 0; patch < patches; patch++)
        memcpy(tokens + (1 + patch) * dim, tensor(model, "", "mask_token"), dim * sizeof *tokens);
    memcpy(tokens, embedded, dim * sizeof *tokens);
    for (size_t i = 0; i < count; i++)
        memcpy(tokens + (size_t)(1 + visible[i]) * dim, embedded + (1 + i) * dim,
               dim * sizeof *tokens);
    add(tokens, tensor(model, "", "decoder_pos_embed"), (1 + patches) * dim);
    naive_stack(model, "decoder_blocks", "decoder_norm", tokens, 1 + patches, dim,
                (size_t)shape->decoder_heads, shape->decoder_depth);
    naive_linear(pred, tokens + dim, tensor(model, "", "decoder_pred.weight"),
                 tensor(model, "", "decoder_pred.bias"), patches, dim,
                 (size_t)mae_patch_values(shape));
    free(embedded);
    free(tokens);
}

/* The mean squared error of one patch's pred [P]. */
static double naive_error(const struct mae_shape *shape, const float *image, int patch,
                          const double *pred)
{
    int count = mae_patch_values(shape), at = 0;
    double *target = matrix((size_t)count, 1), mean = 0, variance = 0, error = 0;
    for (int row = 0; row < shape->patch; row++)
        for (int column = 0; column < shape->patch; column++)
            for (int channel = 0; channel < shape->channels; channel++)
                target[at++] = pixel(shape, image, patch, channel, row, column);
    for (int i = 0; i < count; i++)
        mean += target[i] / count;
    for (int i = 0; i < count; i++)
        variance += (target[i] - mean) * (target[i] - mean) / (count - 1);
    for (int i = 0; i < count; i++) {
        double wanted = shape->norm_pix ? (target[i] - mean) / sqrt(variance + 1e-6) : target[i];
        error += (pred[i] - wanted) * (pred[i] - wanted) / count;
    }
    free(target);
    return error;
}

static bool is_visible(const int *visible, size_t count, int patch)
{
    for (size_t i = 0; i < count; i++)
        if (visible[i] == patch)
            return true;
    return false;
}

double naive_mae(const struct mae *mae, const double *weights, const struct mae_batch *batch,
                 double *pred, double *latent)
{
    struct model model = {mae, weights, NULL};
    const struct mae_shape *shape = &mae->shape;
    size_t patches = (size_t)mae_patches(shape), values = (size_t)mae_patch_values(shape);
    size_t dim = (size_t)shape->embed_dim;
    double error = 0, hidden = 0;
    double *own_pred = matrix(patches, values), *own_latent = matrix(1 + patches, dim);
    for (int image = 0; image < batch->images; image++) {
        const float *pixels = batch->pixels + (size_t)image * mae_image_values(shape);
        const int *visible = batch->visible + batch->offsets[image];
        size_t count = (size_t)(batch->offsets[image + 1] - batch->offsets[image]);
        naive_encode(&model, pixels, visible, count, own_latent);
        naive_decode(&model, visible, count, own_latent, own_pred);
        for (size_t patch = 0; patch < patches; patch++)
            if (!is_visible(visible, count, (int)patch)) {
                error += naive_error(shape, pixels, (int)patch, own_pred + patch * values);
                hidden++;
            }
        if (pred)
            memcpy(pred + (size_t)image * patches * values, own_pred,
                   patches * values * sizeof *pred);
        if (latent)
            memcpy(latent + (size_t)(batch->offsets[image] + image) * dim, own_latent,
                   (1 + count) * dim * sizeof *latent);
    }
    free(own_pred);
    free(own_latent);
    return error / hidden;
}

void naive_attends(const struct mae *mae, const double *weights, const struct mae_batch *batch,
                   int image, const struct naive_look *look)
{
    struct model model = {mae, weights, look};
    const struct mae_shape *shape = &mae->shape;
    size_t patches = (size_t)mae_patches(shape);
    const int *visible = batch->visible + batch->offsets[image];
    size_t count = (size_t)(batch->offsets[image + 1] - batch->offsets[image]);
    double *latent = matrix(1 + patches, (size_t)shape->embed_dim);
    double *pred = matrix(patches, (size_t)mae_patch_values(shape));
    naive_encode(&model, batch->pixels + (size_t)image * mae_image_values(shape), visible, count,
                 latent);
    naive_decode(&model, visible, count, latent, pred);
    free(latent);
    free(pred);
}

void random_floats(float *out, size_t count, unsigned seed)
{
    struct random random = random_begin(seed, RANDOM_INIT, 0, 0);
    for (size_t i = 0; i < count; i++)
        out[i] = (float)(2 * random_uniform(&random) - 1);
}

void widen(double *out, const float *in, size_t count)
{
    for (size_t i = 0; i < count; i++)
        out[i] = (double)in[i];
}

void poison(float *out, size_t count)
{
    for (size_t i = 0; i < count; i++)
        out[i] = NAN;
}

double relative_error(const float *actual, const double *expected, size_t count)
{
    double worst = 0, largest = 1e-30;
    for (size_t i = 0; i < count; i++) {
        double error = fabs((double)actual[i] - expected[i]);
        if (isnan(error))
            return NAN;
        worst = fmax(worst, error);
        largest = fmax(largest, fabs(expected[i]));
    }
    return worst / largest;
}

double gradient_error(objective *function, void *context, double *values, const float *gradient,
                      size_t count, size_t stride)
{
    const double step = 1e-5;
    double worst = 0, largest = 1e-30;
    for (size_t i = 0; i < count; i += stride) {
        double value = values[i];
        values[i] = value + step;
        double above = function(context);
        values[i] = value - step;
        double below = function(context);
        values[i] = value;
        double slope = (above - below) / (2 * step), error = fabs((double)gradient[i] - slope);
        if (isnan(error))
            return NAN;
        worst = fmax(worst, error);
        largest = fmax(largest, fabs(slope));
    }
    return worst / largest;
}
