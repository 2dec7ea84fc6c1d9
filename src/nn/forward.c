/* The forward pass: patches -> encoder -> decoder -> predictions and their errors. */
#include "nn/mae.h"

#include <string.h>

#include "base/parallel.h"
#include "nn/look.h"
#include "nn/pass.h"
#include "nn/patches.h"
#include "nn/sizes.h"

enum { ROW_TASK = 64 };

struct job {
    struct mae_pass *pass;
    const float *weights;
    const struct mae_batch *batch;
};

static void copy(float *to, const float *from, size_t count)
{
    memcpy(to, from, count * sizeof *to);
}

static const float *image_at(const struct job *job, size_t image)
{
    return job->batch->pixels + image * mae_image_values(&job->pass->shape);
}

/* An image's patches into its rows of pass->patches, and their positions into pass->encoder_in. The
 * class token's patch is zero: its row is put in place afterwards. */
static void gather_image(void *context, size_t image)
{
    const struct job *job = context;
    const struct mae_pass *pass = job->pass;
    size_t values = (size_t)mae_patch_values(&pass->shape), dim = pass->layout.encoder.size.dim;
    size_t row = pass->rows.encoder_offsets[image];
    const float *positions = job->weights + pass->layout.pos_embed;
    memset(pass->patches + row * values, 0, values * sizeof *pass->patches);
    copy(pass->encoder_in + row * dim, positions, dim);
    for (int i = job->batch->offsets[image]; i < job->batch->offsets[image + 1]; i++) {
        int patch = job->batch->visible[i];
        row++;
        patch_gather(pass->patches + row * values, &pass->shape, image_at(job, image), patch);
        copy(pass->encoder_in + row * dim, positions + (1 + (size_t)patch) * dim, dim);
    }
}

static void put_class_tokens(const struct mae_pass *pass, const float *weights)
{
    size_t dim = pass->layout.encoder.size.dim;
    const float *token = weights + pass->layout.cls_token;
    const float *position = weights + pass->layout.pos_embed;
    for (size_t image = 0; image < pass->rows.images; image++) {
        float *out = pass->encoder_in + pass->rows.encoder_offsets[image] * dim;
        for (size_t i = 0; i < dim; i++)
            out[i] = token[i] + position[i];
    }
}

/* The first `blocks` of the encoder, all of them where the latent is wanted. */
static void encode(struct job *job, size_t blocks)
{
    struct mae_pass *pass = job->pass;
    const struct mae_layout *layout = &pass->layout;
    const struct stack_layout *stack = &layout->encoder;
    const float *weights = job->weights, *in = pass->encoder_in;
    struct block_rows rows = pass_encoder_rows(pass);
    parallel_for(rows.spans, gather_image, job);
    linear_residual_forward(
        pass->encoder_in, pass->encoder_in, pass->patches, weights + layout->patch_embed.weight,
        weights + layout->patch_embed.bias,
        (struct linear_size){rows.count, (size_t)mae_patch_values(&pass->shape), stack->size.dim},
        &pass->scratch.space);
    put_class_tokens(pass, weights);
    for (size_t i = 0; i < blocks; in = pass->encoder[i++].out) {
        block_forward(&pass->encoder[i], in, weights + stack->first + i * stack->stride,
                      &stack->block, &stack->size, &rows, &pass->scratch, BLOCK_OUTPUT);
        pass_breathe(pass);
    }
    layernorm_forward(pass->latent, pass->latent_statistics, in, weights + stack->norm.weight,
                      weights + stack->norm.bias, rows.count, stack->size.dim);
    pass->attended = (struct pass_attended){false, blocks - 1};
}

static void sum_rows(float *restrict out, const float *restrict a, const float *restrict b,
                     size_t count)
{
#pragma omp simd
    for (size_t i = 0; i < count; i++)
        out[i] = a[i] + b[i];
}

/* An image's rows of the decoder's input: class token, then embedded or mask token of each patch,
 * each with its position. */
static void assemble_image(void *context, size_t image)
{
    const struct job *job = context;
    const struct mae_pass *pass = job->pass;
    const struct pass_rows *rows = &pass->rows;
    size_t patches = (size_t)mae_patches(&pass->shape), dim = pass->layout.decoder.size.dim;
    const float *position = job->weights + pass->layout.decoder_pos_embed;
    const float *mask_token = job->weights + pass->layout.mask_token;
    float *out = pass->decoder_in + rows->decoder_offsets[image] * dim;
    sum_rows(out, pass->embedded + rows->encoder_offsets[image] * dim, position, dim);
    for (size_t patch = 0; patch < patches; patch++) {
        size_t source = rows->source[image * patches + patch];
        out += dim;
        position += dim;
        sum_rows(out, source == PATCH_HIDDEN ? mask_token : pass->embedded + source * dim, position,
                 dim);
    }
}

/* The first `blocks` of the decoder; returns what the last of them made. */
static const float *decode_blocks(struct job *job, size_t blocks)
{
    struct mae_pass *pass = job->pass;
    const struct mae_layout *layout = &pass->layout;
    const struct stack_layout *stack = &layout->decoder;
    const float *weights = job->weights, *in = pass->decoder_in;
    linear_forward(pass->embedded, pass->latent, weights + layout->decoder_embed.weight,
                   weights + layout->decoder_embed.bias,
                   (struct linear_size){pass->rows.encoder_offsets[pass->rows.images],
                                        layout->encoder.size.dim, stack->size.dim},
                   &pass->scratch.space);
    parallel_for(pass->rows.images, assemble_image, job);
    for (size_t i = 0; i < blocks; in = pass->decoder[i++].out) {
        struct block_rows rows = pass_decoder_rows(pass, i + 1 == stack->depth);
        block_forward(&pass->decoder[i], in, weights + stack->first + i * stack->stride,
                      &stack->block, &stack->size, &rows, &pass->scratch, BLOCK_OUTPUT);
        pass_breathe(pass);
    }
    return in;
}

static void decode(struct job *job)
{
    struct mae_pass *pass = job->pass;
    const struct mae_layout *layout = &pass->layout;
    const struct stack_layout *stack = &layout->decoder;
    const float *weights = job->weights, *in = decode_blocks(job, stack->depth);
    size_t dim = stack->size.dim, predicted = pass->rows.predicted_count;
    layernorm_forward(pass->decoded, pass->decoded_statistics, in, weights + stack->norm.weight,
                      weights + stack->norm.bias, predicted, dim);
    linear_forward(pass->pred, pass->decoded, weights + layout->decoder_pred.weight,
                   weights + layout->decoder_pred.bias,
                   (struct linear_size){predicted, dim, (size_t)mae_patch_values(&pass->shape)},
                   &pass->scratch.space);
}

/* Targets and errors of some predicted rows. */
static void score_rows(void *context, size_t task)
{
    const struct job *job = context;
    const struct mae_pass *pass = job->pass;
    size_t values = (size_t)mae_patch_values(&pass->shape);
    size_t patches = (size_t)mae_patches(&pass->shape), first = task * ROW_TASK;
    for (size_t row = first; row < first + ROW_TASK && row < pass->rows.predicted_count; row++) {
        size_t image = pass->rows.predicted[row] / (1 + patches);
        size_t patch = pass->rows.predicted[row] % (1 + patches) - 1;
        float *target = pass->target + row * values;
        patch_target(target, &pass->shape, image_at(job, image), (int)patch);
        if (pass->shape.norm_pix)
            patch_normalise(target, values);
        pass->patch_error[image * patches + patch] =
            patch_error(pass->pred + row * values, target, values);
    }
}

static double score(struct job *job)
{
    struct mae_pass *pass = job->pass;
    size_t cells = pass->rows.images * (size_t)mae_patches(&pass->shape);
    memset(pass->patch_error, 0, cells * sizeof *pass->patch_error);
    parallel_for(parts_of(pass->rows.predicted_count, ROW_TASK), score_rows, job);
    double sum = 0;
    for (size_t cell = 0; cell < cells; cell++)
        if (pass->rows.source[cell] == PATCH_HIDDEN)
            sum += (double)pass->patch_error[cell];
    return sum / (double)pass->rows.hidden;
}

double mae_forward(struct mae_pass *pass, const struct mae *mae, const struct mae_batch *batch,
                   enum mae_extent extent)
{
    struct job job = {pass, mae->weights, batch};
    pass_pack(pass, batch, extent);
    pass->pred_grid_valid = false;
    encode(&job, pass->layout.encoder.depth);
    decode(&job);
    return score(&job);
}

void mae_encode(struct mae_pass *pass, const struct mae *mae, const struct mae_batch *batch)
{
    struct job job = {pass, mae->weights, batch};
    pass_pack(pass, batch, MAE_HIDDEN_PATCHES);
    encode(&job, pass->layout.encoder.depth);
}

void mae_attend(struct mae_pass *pass, const struct mae *mae, const struct mae_batch *batch,
                enum mae_stack stack, int block)
{
    struct job job = {pass, mae->weights, batch};
    size_t blocks = (size_t)block + 1;
    pass_pack(pass, batch, MAE_ALL_PATCHES);
    pass->pred_grid_valid = false;
    encode(&job, stack == MAE_ENCODER ? blocks : pass->layout.encoder.depth);
    if (stack == MAE_ENCODER)
        return;
    decode_blocks(&job, blocks);
    pass->attended = (struct pass_attended){true, blocks - 1};
}

const float *mae_pass_pred(struct mae_pass *pass)
{
    size_t values = (size_t)mae_patch_values(&pass->shape);
    size_t patches = (size_t)mae_patches(&pass->shape);
    if (pass->pred_grid_valid)
        return pass->pred_grid;
    memset(pass->pred_grid, 0, pass->rows.images * patches * values * sizeof *pass->pred_grid);
    for (size_t row = 0; row < pass->rows.predicted_count; row++) {
        size_t image = pass->rows.predicted[row] / (1 + patches);
        size_t patch = pass->rows.predicted[row] % (1 + patches) - 1;
        copy(pass->pred_grid + (image * patches + patch) * values, pass->pred + row * values,
             values);
    }
    pass->pred_grid_valid = true;
    return pass->pred_grid;
}

const float *mae_pass_patch_error(const struct mae_pass *pass)
{
    return pass->patch_error;
}

const float *mae_pass_tokens(const struct mae_pass *pass)
{
    return pass->encoder[pass->layout.encoder.depth - 1].out;
}

const float *mae_pass_latent(const struct mae_pass *pass)
{
    return pass->latent;
}
