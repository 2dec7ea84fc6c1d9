#include "nn/linear.h"

#include <stdint.h>
#include <string.h>

#include "base/memory.h"
#include "base/parallel.h"
#include "nn/gelu.h"
#include "nn/kernel.h"
#include "nn/sizes.h"

/* Enough tiles to share out, of enough rows to make use of each panel of the weight while it is in
 * the cache. */
enum { ROW_TILES = 16, ROW_TILE_LEAST = 64, ROW_TILE_MOST = 112 };

static size_t row_tile(size_t rows)
{
    size_t tile = parts_of(rows, ROW_TILES);
    return tile < ROW_TILE_LEAST ? ROW_TILE_LEAST : smaller(tile, ROW_TILE_MOST);
}

size_t linear_panels(const struct product_kernels *kernels, size_t in_dim, size_t out_dim)
{
    size_t forward = product_panels(out_dim) * product_panel_floats(kernels, in_dim);
    size_t backward = product_panels(in_dim) * product_panel_floats(kernels, out_dim);
    return larger(forward, backward);
}

static const struct linear_space no_space;

static const struct linear_space *space_or_none(const struct linear_space *space)
{
    return space ? space : &no_space;
}

static float *slot_of(const struct linear_space *space, size_t slot)
{
    return space->slots ? space->slots + slot * space->slot_floats : NULL;
}

/* Runs tasks on as many threads as there is room for. */
static void run_tasks(const struct linear_space *space, size_t tasks, parallel_slot_task *run,
                      void *context)
{
    parallel_for_slots(tasks, space->slots ? space->slot_count : SIZE_MAX, run, context);
}

struct pack_job {
    const struct product_kernels *kernels;
    const struct product_factor *factor;
};

static void pack_panel(void *context, size_t panel)
{
    const struct pack_job *job = context;
    product_pack(job->kernels, job->factor, panel);
}

static void pack(const struct linear_space *space, const struct product_factor *factor)
{
    struct pack_job job = {space->kernels, factor};
    if (space->kernels)
        parallel_for(product_panels(factor->columns), pack_panel, &job);
}

KERNEL static void start_rows(float *out, const float *residual, const float *restrict bias,
                              size_t rows, size_t columns)
{
    for (size_t row = 0; row < rows; row++, out += columns) {
        if (!residual) {
            memcpy(out, bias, columns * sizeof *out);
            continue;
        }
#pragma omp simd
        for (size_t i = 0; i < columns; i++)
            out[i] = residual[i] + bias[i];
        residual += columns;
    }
}

void linear_rows(const struct product_kernels *kernels, float *out, const float *residual,
                 const float *in, const struct linear_layer *layer, size_t rows, float *scratch)
{
    const struct product_factor *weight = &layer->weight;
    start_rows(out, residual, layer->bias, rows, weight->columns);
    product_rows(kernels, out, weight->columns, true, in, weight->depth, rows, weight, scratch);
}

struct forward_job {
    const struct linear_space *space;
    float *out, *activated;
    const float *residual, *in;
    struct linear_layer layer;
    size_t rows;
};

static void forward_tile(void *context, size_t task, size_t slot)
{
    const struct forward_job *job = context;
    size_t in_dim = job->layer.weight.depth, out_dim = job->layer.weight.columns;
    size_t tile = row_tile(job->rows), first = task * tile, rows = smaller(tile, job->rows - first);
    float *out = job->out + first * out_dim;
    linear_rows(job->space->kernels, out, job->residual ? job->residual + first * out_dim : NULL,
                job->in + first * in_dim, &job->layer, rows, slot_of(job->space, slot));
    if (job->activated)
        gelu_forward(job->activated + first * out_dim, out, rows * out_dim);
}

static void run_forward(struct forward_job *job, const float *weight, const float *bias,
                        struct linear_size size, const struct linear_space *space)
{
    job->space = space_or_none(space);
    job->layer =
        (struct linear_layer){{weight, true, size.in_dim, size.out_dim, job->space->panels}, bias};
    job->rows = size.rows;
    pack(job->space, &job->layer.weight);
    run_tasks(job->space, parts_of(size.rows, row_tile(size.rows)), forward_tile, job);
}

void linear_forward(float *out, const float *in, const float *weight, const float *bias,
                    struct linear_size size, const struct linear_space *space)
{
    struct forward_job job = {.out = out, .in = in};
    run_forward(&job, weight, bias, size, space);
}

void linear_gelu_forward(float *activated, float *out, const float *in, const float *weight,
                         const float *bias, struct linear_size size,
                         const struct linear_space *space)
{
    struct forward_job job = {.out = out, .activated = activated, .in = in};
    run_forward(&job, weight, bias, size, space);
}

void linear_residual_forward(float *out, const float *residual, const float *in,
                             const float *weight, const float *bias, struct linear_size size,
                             const struct linear_space *space)
{
    struct forward_job job = {.out = out, .residual = residual, .in = in};
    run_forward(&job, weight, bias, size, space);
}

KERNEL void column_sums(float *restrict sums, const float *restrict rows_at, size_t stride,
                        size_t rows, size_t columns)
{
    memset(sums, 0, columns * sizeof *sums);
    for (size_t row = 0; row < rows; row++) {
        const float *values = rows_at + row * stride;
#pragma omp simd
        for (size_t i = 0; i < columns; i++)
            sums[i] += values[i];
    }
}

struct backward_job {
    const struct linear_space *space;
    const struct linear_gradients *to;
    struct product_factor weight;
    struct product_sum sum;
    size_t row_tasks;
};

static void backward_rows(const struct backward_job *job, size_t task, float *scratch)
{
    const struct linear_gradients *to = job->to;
    size_t in_dim = job->sum.in_dim, out_dim = job->sum.out_dim, tile = row_tile(job->sum.rows);
    size_t first = task * tile, rows = smaller(tile, job->sum.rows - first);
    float *in = to->in + first * in_dim;
    product_rows(job->space->kernels, in, in_dim, to->add_in, job->sum.gradient + first * out_dim,
                 out_dim, rows, &job->weight, scratch);
    if (to->before_gelu)
        gelu_backward(in, to->before_gelu + first * in_dim, rows * in_dim);
}

static void backward_task(void *context, size_t task, size_t slot)
{
    const struct backward_job *job = context;
    float *scratch = slot_of(job->space, slot);
    if (task < job->row_tasks)
        backward_rows(job, task, scratch);
    else
        product_sum_tile(job->space->kernels, &job->sum, task - job->row_tasks, scratch);
}

void linear_backward(const struct linear_gradients *to, const float *gradient, const float *in,
                     const float *weight, struct linear_size size, const struct linear_space *space)
{
    struct backward_job job = {
        .space = space_or_none(space),
        .to = to,
        .sum = {to->weight, to->bias, gradient, in, size.rows, size.out_dim, size.in_dim},
        .row_tasks = to->in ? parts_of(size.rows, row_tile(size.rows)) : 0};
    job.weight =
        (struct product_factor){weight, false, size.out_dim, size.in_dim, job.space->panels};
    if (to->in)
        pack(job.space, &job.weight);
    run_tasks(job.space, job.row_tasks + product_sum_tiles(&job.sum), backward_task, &job);
}
