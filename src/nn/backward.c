/* The backward pass, from the loss to every trained parameter. */
#include "nn/mae.h"

#include <string.h>

#include "base/parallel.h"
#include "nn/pass.h"
#include "nn/patches.h"
#include "nn/sizes.h"

enum { ROW_TASK = 64, COLUMN_TASK = 64 };

struct job {
    struct mae_pass *pass;
    const float *weights;
    float *gradients;
};

/* The loss's gradient for some predicted rows; visible patches do not enter the loss. */
static void score_rows_backward(void *context, size_t task)
{
    const struct job *job = context;
    const struct mae_pass *pass = job->pass;
    size_t values = (size_t)mae_patch_values(&pass->shape), first = task * ROW_TASK;
    size_t patches = (size_t)mae_patches(&pass->shape);
    float scale = (float)(2.0 / ((double)values * (double)pass->rows.hidden));
    for (size_t row = first; row < first + ROW_TASK && row < pass->rows.predicted_count; row++) {
        size_t image = pass->rows.predicted[row] / (1 + patches);
        size_t patch = pass->rows.predicted[row] % (1 + patches) - 1;
        float *gradient = pass->pred_gradient + row * values;
        if (pass->rows.source[image * patches + patch] == PATCH_HIDDEN)
            patch_error_gradient(gradient, pass->pred + row * values, pass->target + row * values,
                                 scale, values);
        else
            memset(gradient, 0, values * sizeof *gradient);
    }
}

static struct linear_gradients linear_to(float *in, float *gradients, struct linear_place place)
{
    return (struct linear_gradients){
        .in = in, .weight = gradients + place.weight, .bias = gradients + place.bias};
}

/* A norm whose input feeds nothing else: in_gradient is overwritten. */
static void norm_backward(struct job *job, float *in_gradient, const float *gradient,
                          const float *in, const float *statistics, struct norm_place place,
                          size_t rows, size_t dim)
{
    memset(in_gradient, 0, rows * dim * sizeof *in_gradient);
    layernorm_backward(in_gradient, job->gradients + place.weight, job->gradients + place.bias,
                       job->pass->scratch.norm, gradient, in, statistics,
                       job->weights + place.weight, rows, dim);
}

/* Blocks' gradients go from pass->gradient[0] to [1] and back. */
static void swap_gradients(struct mae_pass *pass)
{
    float *first = pass->gradient[0];
    pass->gradient[0] = pass->gradient[1];
    pass->gradient[1] = first;
}

/* From the gradient of the block's output, in pass->gradient[0], to that of its input, there too.
 * The memory of the `newest` block is as the forward pass left it; that of the others may have been
 * used again. */
static void block_step(struct job *job, const struct stack_layout *stack,
                       const struct block_memory *memory, float *stack_in, size_t block,
                       bool newest, const struct block_rows *rows)
{
    struct mae_pass *pass = job->pass;
    size_t at = stack->first + block * stack->stride;
    float *in = block ? memory[block - 1].out : stack_in;
    if (pass->use == MAE_TRAINING_RECOMPUTE && !newest)
        block_forward(&memory[block], in, job->weights + at, &stack->block, &stack->size, rows,
                      &pass->scratch, BLOCK_MEMORY);
    block_backward(pass->gradient[1], job->gradients + at, pass->gradient[0], &memory[block], in,
                   job->weights + at, &stack->block, &stack->size, rows, &pass->scratch);
    swap_gradients(pass);
    pass_breathe(pass);
}

/* From the loss to pass->gradient[0], the gradient of the decoder's input. */
static void decoder_backward(struct job *job)
{
    struct mae_pass *pass = job->pass;
    const struct stack_layout *stack = &pass->layout.decoder;
    size_t predicted = pass->rows.predicted_count, last = stack->depth - 1, dim = stack->size.dim;
    parallel_for(parts_of(predicted, ROW_TASK), score_rows_backward, job);
    struct linear_gradients to =
        linear_to(pass->latent_gradient, job->gradients, pass->layout.decoder_pred);
    linear_backward(&to, pass->pred_gradient, pass->decoded,
                    job->weights + pass->layout.decoder_pred.weight,
                    (struct linear_size){predicted, dim, (size_t)mae_patch_values(&pass->shape)},
                    &pass->scratch.space);
    norm_backward(job, pass->gradient[0], pass->latent_gradient, pass->decoder[last].out,
                  pass->decoded_statistics, stack->norm, predicted, dim);
    for (size_t i = stack->depth; i-- > 0;) {
        struct block_rows rows = pass_decoder_rows(pass, i == last);
        block_step(job, stack, pass->decoder, pass->decoder_in, i, i == last, &rows);
    }
}

/* Gradients of embedded tokens, picked from the decoder's rows. */
static void disassemble_image(void *context, size_t image)
{
    const struct job *job = context;
    const struct mae_pass *pass = job->pass;
    const struct pass_rows *rows = &pass->rows;
    size_t patches = (size_t)mae_patches(&pass->shape), dim = pass->layout.decoder.size.dim;
    const float *gradient = pass->gradient[0] + rows->decoder_offsets[image] * dim;
    memcpy(pass->embedded_gradient + rows->encoder_offsets[image] * dim, gradient,
           dim * sizeof *gradient);
    for (size_t patch = 0; patch < patches; patch++) {
        size_t source = rows->source[image * patches + patch];
        gradient += dim;
        if (source != PATCH_HIDDEN)
            memcpy(pass->embedded_gradient + source * dim, gradient, dim * sizeof *gradient);
    }
}

/* Some columns of the mask token's gradient: the sum over all hidden patches. */
static void mask_token_columns(void *context, size_t task)
{
    const struct job *job = context;
    const struct mae_pass *pass = job->pass;
    size_t patches = (size_t)mae_patches(&pass->shape), dim = pass->layout.decoder.size.dim;
    size_t first = task * COLUMN_TASK, columns = smaller(dim - first, COLUMN_TASK);
    float sums[COLUMN_TASK] = {0};
    for (size_t cell = 0; cell < pass->rows.images * patches; cell++) {
        if (pass->rows.source[cell] != PATCH_HIDDEN)
            continue;
        size_t row = cell + cell / patches + 1;
        for (size_t i = 0; i < columns; i++)
            sums[i] += pass->gradient[0][row * dim + first + i];
    }
    memcpy(job->gradients + pass->layout.mask_token + first, sums, columns * sizeof *sums);
}

/* From pass->gradient[0] of the decoder's input to that of the encoder's last block's output, in
 * the same memory. */
static void bridge_backward(struct job *job)
{
    struct mae_pass *pass = job->pass;
    const struct mae_layout *layout = &pass->layout;
    size_t dim = layout->encoder.size.dim, decoder_dim = layout->decoder.size.dim;
    size_t rows = pass->rows.encoder_offsets[pass->rows.images];
    parallel_for(pass->rows.images, disassemble_image, job);
    parallel_for((decoder_dim + COLUMN_TASK - 1) / COLUMN_TASK, mask_token_columns, job);
    struct linear_gradients to =
        linear_to(pass->latent_gradient, job->gradients, layout->decoder_embed);
    linear_backward(&to, pass->embedded_gradient, pass->latent,
                    job->weights + layout->decoder_embed.weight,
                    (struct linear_size){rows, dim, decoder_dim}, &pass->scratch.space);
    norm_backward(job, pass->gradient[0], pass->latent_gradient,
                  pass->encoder[layout->encoder.depth - 1].out, pass->latent_statistics,
                  layout->encoder.norm, rows, dim);
}

/* The class token's gradient; afterwards its rows are zero, as its patches are, so that the patch
 * embedding does not see them. */
static void take_class_tokens(struct job *job)
{
    struct mae_pass *pass = job->pass;
    size_t dim = pass->layout.encoder.size.dim;
    float *token = job->gradients + pass->layout.cls_token;
    memset(token, 0, dim * sizeof *token);
    for (size_t image = 0; image < pass->rows.images; image++) {
        float *row = pass->gradient[0] + pass->rows.encoder_offsets[image] * dim;
        for (size_t i = 0; i < dim; i++)
            token[i] += row[i];
        memset(row, 0, dim * sizeof *row);
    }
}

static void encoder_backward(struct job *job)
{
    struct mae_pass *pass = job->pass;
    const struct stack_layout *stack = &pass->layout.encoder;
    struct block_rows rows = pass_encoder_rows(pass);
    for (size_t i = stack->depth; i-- > 0;)
        block_step(job, stack, pass->encoder, pass->encoder_in, i, false, &rows);
    take_class_tokens(job);
    struct linear_gradients to = linear_to(NULL, job->gradients, pass->layout.patch_embed);
    linear_backward(
        &to, pass->gradient[0], pass->patches, job->weights + pass->layout.patch_embed.weight,
        (struct linear_size){rows.count, (size_t)mae_patch_values(&pass->shape), stack->size.dim},
        &pass->scratch.space);
}

void mae_backward(struct mae_pass *pass, const struct mae *mae, const struct mae_batch *batch,
                  float *gradients)
{
    struct job job = {pass, mae->weights, gradients};
    (void)batch; /* the pass holds all it needs of it */
    decoder_backward(&job);
    bridge_backward(&job);
    encoder_backward(&job);
}

float *mae_pass_token_gradient(struct mae_pass *pass)
{
    return pass->gradient[0];
}

void mae_encode_backward(struct mae_pass *pass, const struct mae *mae, float *gradients)
{
    struct job job = {pass, mae->weights, gradients};
    memset(gradients, 0, mae->table.trained * sizeof *gradients);
    encoder_backward(&job);
}
