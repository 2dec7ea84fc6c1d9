#include "nn/linear.h"

#include <string.h>

#include "base/memory.h"
#include "base/parallel.h"
#include "nn/gelu.h"
#include "nn/gemm.h"
#include "nn/kernel.h"

/* Large enough tiles for BLAS to reach its full rate, and enough of them to share out. */
enum {
    ROW_TILES = 16,
    ROW_TILE_LEAST = 136,
    ROW_TILE_MOST = 544,
    COLUMN_TILE = 96,
    ROUNDING_CHUNK = 16384,
};

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

static size_t row_tile(size_t rows)
{
    size_t tile = (rows / ROW_TILES + 8) / 8 * 8;
    return tile < ROW_TILE_LEAST ? ROW_TILE_LEAST : smaller(tile, ROW_TILE_MOST);
}

static size_t tiles(size_t count, size_t tile)
{
    return (count + tile - 1) / tile;
}

struct forward_job {
    float *out, *activated;
    const float *residual, *in, *weight, *bias;
    struct linear_size size;
    const struct linear_half *half;
};

/* Rounding of up to three arrays, a chunk of one of them a task. */
struct rounding_job {
    struct {
        uint16_t *to;
        const float *from;
        size_t count;
    } items[3];
};

static void round_chunk(void *context, size_t task)
{
    const struct rounding_job *job = context;
    size_t item = 0;
    for (; task >= tiles(job->items[item].count, ROUNDING_CHUNK); item++)
        task -= tiles(job->items[item].count, ROUNDING_CHUNK);
    size_t first = task * ROUNDING_CHUNK;
    half_from_floats(job->items[item].to + first, job->items[item].from + first,
                     smaller(ROUNDING_CHUNK, job->items[item].count - first));
}

static void round_all(struct rounding_job *job)
{
    size_t tasks = 0;
    for (size_t item = 0; item < ARRAY_LENGTH(job->items); item++)
        tasks += tiles(job->items[item].count, ROUNDING_CHUNK);
    parallel_for(tasks, round_chunk, job);
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

static void forward_tile(void *context, size_t task)
{
    const struct forward_job *job = context;
    size_t in_dim = job->size.in_dim, out_dim = job->size.out_dim, tile = row_tile(job->size.rows);
    size_t first = task * tile, rows = smaller(tile, job->size.rows - first);
    float *out = job->out + first * out_dim;
    start_rows(out, job->residual ? job->residual + first * out_dim : NULL, job->bias, rows,
               out_dim);
    if (job->half) {
        uint16_t *in = job->half->in + first * in_dim;
        half_from_floats(in, job->in + first * in_dim, rows * in_dim);
        half_gemm(job->half->products, GEMM_A_BT, true, out, out_dim,
                  (struct half_matrix){in, in_dim}, (struct half_matrix){job->half->weight, in_dim},
                  rows, out_dim, in_dim);
    } else {
        gemm(GEMM_A_BT, true, out, out_dim, (struct gemm_matrix){job->in + first * in_dim, in_dim},
             (struct gemm_matrix){job->weight, in_dim}, rows, out_dim, in_dim);
    }
    if (job->activated)
        gelu_forward(job->activated + first * out_dim, out, rows * out_dim);
}

static void run_forward(struct forward_job *job)
{
    if (job->half)
        round_all(&(struct rounding_job){
            {{job->half->weight, job->weight, job->size.in_dim * job->size.out_dim}}});
    parallel_for(tiles(job->size.rows, row_tile(job->size.rows)), forward_tile, job);
}

void linear_forward(float *out, const float *in, const float *weight, const float *bias,
                    struct linear_size size, const struct linear_half *half)
{
    run_forward(&(struct forward_job){
        .out = out, .in = in, .weight = weight, .bias = bias, .size = size, .half = half});
}

void linear_gelu_forward(float *activated, float *out, const float *in, const float *weight,
                         const float *bias, struct linear_size size, const struct linear_half *half)
{
    run_forward(&(struct forward_job){.out = out,
                                      .activated = activated,
                                      .in = in,
                                      .weight = weight,
                                      .bias = bias,
                                      .size = size,
                                      .half = half});
}

void linear_residual_forward(float *out, const float *residual, const float *in,
                             const float *weight, const float *bias, struct linear_size size,
                             const struct linear_half *half)
{
    run_forward(&(struct forward_job){.out = out,
                                      .residual = residual,
                                      .in = in,
                                      .weight = weight,
                                      .bias = bias,
                                      .size = size,
                                      .half = half});
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
    const struct linear_gradients *to;
    const float *gradient, *in, *weight;
    struct linear_size size;
    const struct linear_half *half;
    size_t row_tasks;
};

static void backward_rows(const struct backward_job *job, size_t task)
{
    const struct linear_gradients *to = job->to;
    size_t in_dim = job->size.in_dim, out_dim = job->size.out_dim, tile = row_tile(job->size.rows);
    size_t first = task * tile, rows = smaller(tile, job->size.rows - first);
    float *in = to->in + first * in_dim;
    if (job->half)
        half_gemm(job->half->products, GEMM_A_B, to->add_in, in, in_dim,
                  (struct half_matrix){job->half->gradient + first * out_dim, out_dim},
                  (struct half_matrix){job->half->weight, in_dim}, rows, in_dim, out_dim);
    else
        gemm(GEMM_A_B, to->add_in, in, in_dim,
             (struct gemm_matrix){job->gradient + first * out_dim, out_dim},
             (struct gemm_matrix){job->weight, in_dim}, rows, in_dim, out_dim);
    if (to->before_gelu)
        gelu_backward(in, to->before_gelu + first * in_dim, rows * in_dim);
}

static void backward_columns(const struct backward_job *job, size_t task)
{
    size_t in_dim = job->size.in_dim, out_dim = job->size.out_dim, rows = job->size.rows;
    size_t first = task * COLUMN_TILE, columns = smaller(COLUMN_TILE, out_dim - first);
    const float *gradient = job->gradient + first;
    float *weight = job->to->weight + first * in_dim;
    if (job->half)
        half_gemm(job->half->products, GEMM_AT_B, false, weight, in_dim,
                  (struct half_matrix){job->half->gradient + first, out_dim},
                  (struct half_matrix){job->half->in, in_dim}, columns, in_dim, rows);
    else
        gemm(GEMM_AT_B, false, weight, in_dim, (struct gemm_matrix){gradient, out_dim},
             (struct gemm_matrix){job->in, in_dim}, columns, in_dim, rows);
    column_sums(job->to->bias + first, gradient, out_dim, rows, columns);
}

static void backward_task(void *context, size_t task)
{
    const struct backward_job *job = context;
    if (task < job->row_tasks)
        backward_rows(job, task);
    else
        backward_columns(job, task - job->row_tasks);
}

void linear_backward(const struct linear_gradients *to, const float *gradient, const float *in,
                     const float *weight, struct linear_size size, const struct linear_half *half)
{
    size_t row_tasks = to->in ? tiles(size.rows, row_tile(size.rows)) : 0;
    struct backward_job job = {to, gradient, in, weight, size, half, row_tasks};
    if (half)
        round_all(&(struct rounding_job){{{half->weight, weight, size.in_dim * size.out_dim},
                                          {half->gradient, gradient, size.rows * size.out_dim},
                                          {half->in, in, size.rows * size.in_dim}}});
    parallel_for(row_tasks + tiles(size.out_dim, COLUMN_TILE), backward_task, &job);
}
