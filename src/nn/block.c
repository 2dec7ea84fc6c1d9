#include "nn/block.h"

#include <string.h>

#include "base/parallel.h"
#include "nn/attention.h"
#include "nn/kernel.h"

enum { COPY_ROWS = 128 };

struct copy_job {
    float *to;
    const float *from;
    const size_t *index;
    size_t count, dim;
};

static size_t copy_end(const struct copy_job *job, size_t first)
{
    return first + COPY_ROWS < job->count ? first + COPY_ROWS : job->count;
}

static void gather_task(void *context, size_t task)
{
    const struct copy_job *job = context;
    size_t first = task * COPY_ROWS;
    for (size_t row = first; row < copy_end(job, first); row++)
        memcpy(job->to + row * job->dim, job->from + job->index[row] * job->dim,
               job->dim * sizeof *job->to);
}

KERNEL static void add_row(float *restrict to, const float *restrict from, size_t dim)
{
#pragma omp simd
    for (size_t i = 0; i < dim; i++)
        to[i] += from[i];
}

static void scatter_task(void *context, size_t task)
{
    const struct copy_job *job = context;
    size_t first = task * COPY_ROWS;
    for (size_t row = first; row < copy_end(job, first); row++)
        add_row(job->to + job->index[row] * job->dim, job->from + row * job->dim, job->dim);
}

void rows_gather(float *out, const float *in, const size_t *index, size_t count, size_t dim)
{
    struct copy_job job = {out, in, index, count, dim};
    parallel_for((count + COPY_ROWS - 1) / COPY_ROWS, gather_task, &job);
}

void rows_scatter_add(float *in, const float *out, const size_t *index, size_t count, size_t dim)
{
    struct copy_job job = {in, out, index, count, dim};
    parallel_for((count + COPY_ROWS - 1) / COPY_ROWS, scatter_task, &job);
}

/* The three projections lie in one weight [3 dim, dim]: queries first, then keys and values. */
static struct attention_input attention_input(const struct block_memory *memory, size_t dim,
                                              const struct block_rows *rows)
{
    const float *qkv = memory->qkv;
    if (!rows->wanted)
        return (struct attention_input){qkv, qkv + dim, qkv + 2 * dim, 3 * dim, 3 * dim};
    return (struct attention_input){qkv + 2 * dim * rows->count, qkv, qkv + dim, dim, 2 * dim};
}

static struct attention_size attention_size(const struct block_size *size,
                                            const struct block_rows *rows)
{
    return (struct attention_size){size->dim, size->heads, rows->spans,
                                   rows->wanted ? rows->wanted_offsets : rows->offsets,
                                   rows->offsets};
}

static size_t wanted_count(const struct block_rows *rows)
{
    return rows->wanted ? rows->wanted_count : rows->count;
}

static void project_qkv(const struct block_memory *memory, const float *in, const float *weight,
                        const float *bias, size_t dim, const struct block_rows *rows,
                        const struct block_scratch *scratch)
{
    if (!rows->wanted) {
        linear_forward(memory->qkv, memory->norm1, weight, bias,
                       (struct linear_size){rows->count, dim, 3 * dim}, scratch->half);
        return;
    }
    rows_gather(memory->wanted_in, in, rows->wanted, rows->wanted_count, dim);
    rows_gather(memory->wanted_norm1, memory->norm1, rows->wanted, rows->wanted_count, dim);
    linear_forward(memory->qkv, memory->norm1, weight + dim * dim, bias + dim,
                   (struct linear_size){rows->count, dim, 2 * dim}, scratch->half);
    linear_forward(memory->qkv + 2 * dim * rows->count, memory->wanted_norm1, weight, bias,
                   (struct linear_size){rows->wanted_count, dim, dim}, scratch->half);
}

void block_forward(const struct block_memory *memory, const float *in, const float *weights,
                   const struct block_layout *layout, const struct block_size *size,
                   const struct block_rows *rows, const struct block_scratch *scratch)
{
    size_t dim = size->dim, wanted = wanted_count(rows);
    layernorm_forward(memory->norm1, memory->statistics1, in, weights + layout->norm1.weight,
                      weights + layout->norm1.bias, rows->count, dim);
    project_qkv(memory, in, weights + layout->qkv.weight, weights + layout->qkv.bias, dim, rows,
                scratch);
    struct attention_input input = attention_input(memory, dim, rows);
    struct attention_size spans = attention_size(size, rows);
    attention_forward(memory->attended, &input, &spans, scratch->attention);
    linear_residual_forward(memory->middle, rows->wanted ? memory->wanted_in : in, memory->attended,
                            weights + layout->proj.weight, weights + layout->proj.bias,
                            (struct linear_size){wanted, dim, dim}, scratch->half);
    layernorm_forward(memory->norm2, memory->statistics2, memory->middle,
                      weights + layout->norm2.weight, weights + layout->norm2.bias, wanted, dim);
    linear_gelu_forward(memory->hidden, memory->before_gelu, memory->norm2,
                        weights + layout->fc1.weight, weights + layout->fc1.bias,
                        (struct linear_size){wanted, dim, size->hidden}, scratch->half);
    linear_residual_forward(memory->out, memory->middle, memory->hidden,
                            weights + layout->fc2.weight, weights + layout->fc2.bias,
                            (struct linear_size){wanted, size->hidden, dim}, scratch->half);
}

void block_attention(float *weights, const struct block_memory *memory,
                     const struct block_size *size, const struct block_rows *rows, size_t span,
                     size_t head, size_t query, const struct block_scratch *scratch)
{
    struct attention_input input = attention_input(memory, size->dim, rows);
    struct attention_size spans = attention_size(size, rows);
    size_t first_key = spans.key_offsets[span];
    const size_t one_query[] = {0, 1}, keys[] = {0, spans.key_offsets[span + 1] - first_key};
    input.queries += (spans.query_offsets[span] + query) * input.query_stride;
    input.keys += first_key * input.key_stride;
    input.values += first_key * input.key_stride;
    struct attention_size one = {size->dim, size->heads, 1, one_query, keys};
    attention_weights(weights, &input, &one, 0, head, scratch->attention);
}

/* gradient of out -> gradient of middle, in place */
static void mlp_backward(float *weight_gradients, float *gradient,
                         const struct block_memory *memory, const float *weights,
                         const struct block_layout *layout, const struct block_size *size,
                         size_t rows, const struct block_scratch *scratch)
{
    struct linear_gradients fc2 = {.in = scratch->hidden,
                                   .weight = weight_gradients + layout->fc2.weight,
                                   .bias = weight_gradients + layout->fc2.bias,
                                   .before_gelu = memory->before_gelu};
    linear_backward(&fc2, gradient, memory->hidden, weights + layout->fc2.weight,
                    (struct linear_size){rows, size->hidden, size->dim}, scratch->half);
    struct linear_gradients fc1 = {.in = scratch->wide,
                                   .weight = weight_gradients + layout->fc1.weight,
                                   .bias = weight_gradients + layout->fc1.bias};
    linear_backward(&fc1, scratch->hidden, memory->norm2, weights + layout->fc1.weight,
                    (struct linear_size){rows, size->dim, size->hidden}, scratch->half);
    layernorm_backward(gradient, weight_gradients + layout->norm2.weight,
                       weight_gradients + layout->norm2.bias, scratch->norm, scratch->wide,
                       memory->middle, memory->statistics2, weights + layout->norm2.weight, rows,
                       size->dim);
}

/* scratch->qkv -> the gradient of norm1 in scratch->wide */
static void qkv_backward(float *weight_gradient, float *bias_gradient,
                         const struct block_memory *memory, const float *weight, size_t dim,
                         const struct block_rows *rows, const struct block_scratch *scratch)
{
    struct linear_gradients all = {
        .in = scratch->wide, .weight = weight_gradient, .bias = bias_gradient};
    if (!rows->wanted) {
        linear_backward(&all, scratch->qkv, memory->norm1, weight,
                        (struct linear_size){rows->count, dim, 3 * dim}, scratch->half);
        return;
    }
    struct linear_gradients keys_values = {
        .in = scratch->wide, .weight = weight_gradient + dim * dim, .bias = bias_gradient + dim};
    linear_backward(&keys_values, scratch->qkv, memory->norm1, weight + dim * dim,
                    (struct linear_size){rows->count, dim, 2 * dim}, scratch->half);
    struct linear_gradients queries = {
        .in = scratch->wide2, .weight = weight_gradient, .bias = bias_gradient};
    linear_backward(&queries, scratch->qkv + 2 * dim * rows->count, memory->wanted_norm1, weight,
                    (struct linear_size){rows->wanted_count, dim, dim}, scratch->half);
    rows_scatter_add(scratch->wide, scratch->wide2, rows->wanted, rows->wanted_count, dim);
}

void block_backward(float *in_gradient, float *weight_gradients, float *gradient,
                    const struct block_memory *memory, const float *in, const float *weights,
                    const struct block_layout *layout, const struct block_size *size,
                    const struct block_rows *rows, const struct block_scratch *scratch)
{
    size_t dim = size->dim, wanted = wanted_count(rows);
    mlp_backward(weight_gradients, gradient, memory, weights, layout, size, wanted, scratch);
    struct linear_gradients proj = {.in = scratch->wide,
                                    .weight = weight_gradients + layout->proj.weight,
                                    .bias = weight_gradients + layout->proj.bias};
    linear_backward(&proj, gradient, memory->attended, weights + layout->proj.weight,
                    (struct linear_size){wanted, dim, dim}, scratch->half);
    struct attention_input input = attention_input(memory, dim, rows);
    struct attention_size spans = attention_size(size, rows);
    struct attention_gradients to = {scratch->qkv + (input.queries - memory->qkv),
                                     scratch->qkv + (input.keys - memory->qkv),
                                     scratch->qkv + (input.values - memory->qkv)};
    attention_backward(&to, scratch->wide, &input, &spans, scratch->attention);
    float *qkv_bias = weight_gradients + layout->qkv.bias;
    qkv_backward(weight_gradients + layout->qkv.weight, qkv_bias, memory,
                 weights + layout->qkv.weight, dim, rows, scratch);
    /* A key's bias shifts all scores of a query alike, which softmax does not see. Its gradient is
     * zero; what was summed is rounding error, which Adam would blow up to full-sized steps. */
    memset(qkv_bias + dim, 0, dim * sizeof *qkv_bias);
    if (rows->wanted) {
        memset(in_gradient, 0, rows->count * dim * sizeof *in_gradient);
        rows_scatter_add(in_gradient, gradient, rows->wanted, wanted, dim);
    }
    layernorm_backward(in_gradient, weight_gradients + layout->norm1.weight,
                       weight_gradients + layout->norm1.bias, scratch->norm, scratch->wide, in,
                       memory->statistics1, weights + layout->norm1.weight, rows->count, dim);
}
