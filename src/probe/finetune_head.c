#include "probe/finetune_head.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/parallel.h"
#include "base/random.h"
#include "nn/gemm.h"
#include "nn/layernorm.h"
#include "nn/linear.h"

/* The tensors, in the order of the table. */
enum { NORM_WEIGHT, NORM_BIAS, HEAD_WEIGHT, HEAD_BIAS, ITEMS };
static const double first_deviation = 2e-5;

static void fill_table(struct parameter_table *table, int dim, int classes)
{
    const struct parameter items[ITEMS] = {
        [NORM_WEIGHT] = {"norm.weight", 1, {dim}, .init = PARAMETER_ONE},
        [NORM_BIAS] = {"norm.bias", 1, {dim}, .init = PARAMETER_ZERO},
        [HEAD_WEIGHT] = {"head.weight", 2, {classes, dim}, .init = PARAMETER_ZERO, .decay = true},
        [HEAD_BIAS] = {"head.bias", 1, {classes}, .init = PARAMETER_ZERO},
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

static float *tensor(const struct finetune_head *head, float *block, int item)
{
    return block + head->table.items[item].offset;
}

static void initialise(struct finetune_head *head, uint64_t seed)
{
    struct random random = random_begin(seed, RANDOM_HEAD, 0, 0);
    float *weight = tensor(head, head->weights, HEAD_WEIGHT);
    parameters_initialise(&head->table, seed, head->weights);
    for (size_t i = 0; i < head->classes * head->dim; i++)
        weight[i] = (float)(first_deviation * random_normal(&random));
}

bool finetune_head_init(struct finetune_head *head, int dim, int classes, int capacity,
                        uint64_t seed, struct error *error)
{
    size_t rows = (size_t)capacity, columns = (size_t)dim, values = rows * columns;
    *head = (struct finetune_head){.dim = columns, .classes = (size_t)classes, .capacity = rows};
    if ((head->table.items = memory_new(ITEMS, sizeof *head->table.items, error))) {
        fill_table(&head->table, dim, classes);
        if ((head->weights = memory_new(head->table.total, sizeof(float), error)) &&
            (head->gradients = memory_new(head->table.total, sizeof(float), error)) &&
            (head->pooled = memory_new(values, sizeof(float), error)) &&
            (head->normed = memory_new(values, sizeof(float), error)) &&
            (head->statistics = memory_new(rows, 2 * sizeof(float), error)) &&
            (head->scores = memory_new(rows * head->classes, sizeof(float), error)) &&
            (head->normed_gradient = memory_new(values, sizeof(float), error)) &&
            (head->pooled_gradient = memory_new(values, sizeof(float), error)) &&
            (head->scratch = memory_new(layernorm_scratch(rows, columns), sizeof(float), error)) &&
            gemm_prepare(error)) {
            initialise(head, seed);
            return true;
        }
    }
    finetune_head_release(head);
    return false;
}

void finetune_head_release(struct finetune_head *head)
{
    free(head->table.items);
    free(head->weights);
    free(head->gradients);
    free(head->pooled);
    free(head->normed);
    free(head->statistics);
    free(head->scores);
    free(head->normed_gradient);
    free(head->pooled_gradient);
    free(head->scratch);
    *head = (struct finetune_head){0};
}

struct pool_job {
    struct finetune_head *head;
    const float *tokens;
    float *token_gradient;
    size_t patches;
};

static void pool_image(void *context, size_t image)
{
    const struct pool_job *job = context;
    size_t dim = job->head->dim;
    const float *tokens = job->tokens + image * (1 + job->patches) * dim;
    float *mean = job->head->pooled + image * dim;
    memset(mean, 0, dim * sizeof *mean);
    for (size_t patch = 1; patch <= job->patches; patch++)
        for (size_t i = 0; i < dim; i++)
            mean[i] += tokens[patch * dim + i];
    for (size_t i = 0; i < dim; i++)
        mean[i] /= (float)job->patches;
}

void finetune_head_forward(struct finetune_head *head, const float *tokens, int images, int patches)
{
    size_t rows = (size_t)images;
    struct pool_job job = {head, tokens, NULL, (size_t)patches};
    parallel_for(rows, pool_image, &job);
    layernorm_forward(head->normed, head->statistics, head->pooled,
                      tensor(head, head->weights, NORM_WEIGHT),
                      tensor(head, head->weights, NORM_BIAS), rows, head->dim);
    linear_forward(head->scores, head->normed, tensor(head, head->weights, HEAD_WEIGHT),
                   tensor(head, head->weights, HEAD_BIAS),
                   (struct linear_size){rows, head->dim, head->classes}, NULL);
}

/* A row's cross-entropy; its scores become their gradient, times share. */
static double score_row(float *scores, const float *target, size_t classes, double share)
{
    double highest = -INFINITY, sum = 0, loss = 0;
    for (size_t i = 0; i < classes; i++)
        highest = fmax(highest, (double)scores[i]);
    for (size_t i = 0; i < classes; i++)
        sum += exp((double)scores[i] - highest);
    for (size_t i = 0; i < classes; i++) {
        double log_share = (double)scores[i] - highest - log(sum);
        loss -= (double)target[i] * log_share;
        scores[i] = (float)(share * (exp(log_share) - (double)target[i]));
    }
    return loss;
}

/* The pooled gradient is shared out among the patches; the class token has no part in it. */
static void unpool_image(void *context, size_t image)
{
    const struct pool_job *job = context;
    size_t dim = job->head->dim;
    float *gradient = job->token_gradient + image * (1 + job->patches) * dim;
    const float *pooled = job->head->pooled_gradient + image * dim;
    memset(gradient, 0, dim * sizeof *gradient);
    for (size_t patch = 1; patch <= job->patches; patch++)
        for (size_t i = 0; i < dim; i++)
            gradient[patch * dim + i] = pooled[i] / (float)job->patches;
}

double finetune_head_backward(struct finetune_head *head, const float *targets,
                              float *token_gradient, int images, int patches)
{
    size_t rows = (size_t)images;
    double loss = 0;
    for (size_t row = 0; row < rows; row++)
        loss += score_row(head->scores + row * head->classes, targets + row * head->classes,
                          head->classes, 1 / (double)images);
    struct linear_gradients to = {.in = head->normed_gradient,
                                  .weight = tensor(head, head->gradients, HEAD_WEIGHT),
                                  .bias = tensor(head, head->gradients, HEAD_BIAS)};
    linear_backward(&to, head->scores, head->normed, tensor(head, head->weights, HEAD_WEIGHT),
                    (struct linear_size){rows, head->dim, head->classes}, NULL);
    memset(head->pooled_gradient, 0, rows * head->dim * sizeof *head->pooled_gradient);
    layernorm_backward(head->pooled_gradient, tensor(head, head->gradients, NORM_WEIGHT),
                       tensor(head, head->gradients, NORM_BIAS), head->scratch,
                       head->normed_gradient, head->pooled, head->statistics,
                       tensor(head, head->weights, NORM_WEIGHT), rows, head->dim);
    struct pool_job job = {head, NULL, token_gradient, (size_t)patches};
    parallel_for(rows, unpool_image, &job);
    return loss / images;
}
