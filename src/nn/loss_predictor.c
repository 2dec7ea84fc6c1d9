#include "nn/loss_predictor.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/parallel.h"
#include "nn/gemm.h"
#include "nn/linear.h"

/* The hidden layer is this much narrower than a latent. */
enum { NARROWER = 2 };

/* The tensors, in the order of the table. */
enum { FC1_WEIGHT, FC1_BIAS, FC2_WEIGHT, FC2_BIAS, ITEMS };

static size_t hidden_columns(int dim)
{
    return (size_t)(dim + NARROWER - 1) / NARROWER;
}

static void fill_table(struct parameter_table *table, int dim, int hidden)
{
    const struct parameter items[ITEMS] = {
        [FC1_WEIGHT] = {"fc1.weight", 2, {hidden, dim}, .init = PARAMETER_XAVIER, .decay = true},
        [FC1_BIAS] = {"fc1.bias", 1, {hidden}, .init = PARAMETER_ZERO},
        [FC2_WEIGHT] = {"fc2.weight", 2, {1, hidden}, .init = PARAMETER_XAVIER, .decay = true},
        [FC2_BIAS] = {"fc2.bias", 1, {1}, .init = PARAMETER_ZERO},
    };
    for (int i = 0; i < ITEMS; i++) {
        struct parameter *item = &table->items[i];
        *item = items[i];
        item->offset = table->total;
        item->count = (size_t)item->shape[0] * (size_t)(item->dimensions > 1 ? item->shape[1] : 1);
        table->total += item->count;
    }
    table->count = ITEMS;
    table->trained = table->total;
}

bool loss_predictor_init(struct loss_predictor *predictor, int dim, uint64_t seed,
                         struct error *error)
{
    *predictor = (struct loss_predictor){.dim = (size_t)dim, .hidden = hidden_columns(dim)};
    struct parameter_table *table = &predictor->table;
    if ((table->items = memory_new(ITEMS, sizeof *table->items, error))) {
        fill_table(table, dim, (int)predictor->hidden);
        if ((predictor->weights = memory_new(table->total, sizeof(float), error)) &&
            (predictor->gradients = memory_new(table->total, sizeof(float), error)) &&
            adamw_init(&predictor->adamw, table, error) && gemm_prepare(error)) {
            parameters_initialise(table, seed, predictor->weights);
            return true;
        }
    }
    loss_predictor_release(predictor);
    return false;
}

void loss_predictor_release(struct loss_predictor *predictor)
{
    adamw_release(&predictor->adamw);
    free(predictor->table.items);
    free(predictor->weights);
    free(predictor->gradients);
    *predictor = (struct loss_predictor){0};
}

bool loss_predictor_memory_init(struct loss_predictor_memory *memory, int dim, int images,
                                int patches, struct error *error)
{
    size_t rows = (size_t)images * (size_t)patches, values = rows * hidden_columns(dim);
    *memory = (struct loss_predictor_memory){0};
    if ((memory->before_gelu = memory_new(values, sizeof(float), error)) &&
        (memory->activated = memory_new(values, sizeof(float), error)) &&
        (memory->gradient = memory_new(values, sizeof(float), error)) &&
        (memory->scores = memory_new(rows, sizeof(float), error)) &&
        (memory->score_gradients = memory_new(rows, sizeof(float), error)) &&
        (memory->image_loss = memory_new((size_t)images, sizeof(double), error)))
        return true;
    loss_predictor_memory_release(memory);
    return false;
}

void loss_predictor_memory_release(struct loss_predictor_memory *memory)
{
    free(memory->before_gelu);
    free(memory->activated);
    free(memory->gradient);
    free(memory->scores);
    free(memory->score_gradients);
    free(memory->image_loss);
    *memory = (struct loss_predictor_memory){0};
}

static const float *weights_of(const struct loss_predictor *predictor, int item)
{
    return predictor->weights + predictor->table.items[item].offset;
}

static float *gradients_of(struct loss_predictor *predictor, int item)
{
    return predictor->gradients + predictor->table.items[item].offset;
}

void loss_predictor_forward(const struct loss_predictor *predictor,
                            struct loss_predictor_memory *memory, const float *latents, size_t rows)
{
    struct linear_size first = {rows, predictor->dim, predictor->hidden};
    struct linear_size second = {rows, predictor->hidden, 1};
    linear_gelu_forward(memory->activated, memory->before_gelu, latents,
                        weights_of(predictor, FC1_WEIGHT), weights_of(predictor, FC1_BIAS), first,
                        NULL);
    linear_forward(memory->scores, memory->activated, weights_of(predictor, FC2_WEIGHT),
                   weights_of(predictor, FC2_BIAS), second, NULL);
}

struct pairs {
    const struct loss_predictor_memory *memory;
    const float *losses;
    const uint8_t *masks;
    size_t patches, images;
};

/* Pairs of hidden patches of which one has the higher loss. */
static size_t count_pairs(const float *losses, const uint8_t *mask, size_t patches)
{
    size_t pairs = 0;
    for (size_t i = 0; i < patches; i++)
        for (size_t j = 0; mask[i] && j < patches; j++)
            pairs += mask[j] && losses[i] > losses[j];
    return pairs;
}

/* An image's loss, and the gradients of its scores. */
static void compare_image(void *context, size_t image)
{
    const struct pairs *job = context;
    size_t first = image * job->patches;
    const float *losses = job->losses + first, *scores = job->memory->scores + first;
    const uint8_t *mask = job->masks + first;
    float *gradients = job->memory->score_gradients + first;
    size_t pairs = count_pairs(losses, mask, job->patches);
    double sum = 0, share = pairs > 0 ? 1.0 / (double)(pairs * job->images) : 0;
    memset(gradients, 0, job->patches * sizeof *gradients);
    for (size_t i = 0; i < job->patches; i++)
        for (size_t j = 0; mask[i] && j < job->patches; j++) {
            if (!mask[j] || !(losses[i] > losses[j]))
                continue;
            float apart = scores[i] - scores[j];
            float wrong = 1.0f / (1.0f + expf(apart)); /* 1 - sigmoid */
            sum += (double)(log1pf(expf(-fabsf(apart))) + fmaxf(-apart, 0.0f));
            gradients[i] -= (float)share * wrong;
            gradients[j] += (float)share * wrong;
        }
    job->memory->image_loss[image] = sum * share;
}

double loss_predictor_backward(struct loss_predictor *predictor,
                               struct loss_predictor_memory *memory, const float *latents,
                               const float *losses, const uint8_t *masks, int images, int patches)
{
    size_t rows = (size_t)images * (size_t)patches;
    struct pairs job = {memory, losses, masks, (size_t)patches, (size_t)images};
    parallel_for((size_t)images, compare_image, &job);
    struct linear_gradients second = {
        .in = memory->gradient,
        .weight = gradients_of(predictor, FC2_WEIGHT),
        .bias = gradients_of(predictor, FC2_BIAS),
        .before_gelu = memory->before_gelu,
    };
    struct linear_gradients first = {
        .weight = gradients_of(predictor, FC1_WEIGHT),
        .bias = gradients_of(predictor, FC1_BIAS),
    };
    linear_backward(&second, memory->score_gradients, memory->activated,
                    weights_of(predictor, FC2_WEIGHT),
                    (struct linear_size){rows, predictor->hidden, 1}, NULL);
    linear_backward(&first, memory->gradient, latents, weights_of(predictor, FC1_WEIGHT),
                    (struct linear_size){rows, predictor->dim, predictor->hidden}, NULL);
    double loss = 0;
    for (int image = 0; image < images; image++)
        loss += memory->image_loss[image];
    return loss;
}
