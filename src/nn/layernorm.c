#include "nn/layernorm.h"

#include <math.h>
#include <string.h>

#include "base/parallel.h"
#include "nn/kernel.h"
#include "nn/linear.h"
#include "nn/sizes.h"

enum { ROW_TILE = 64 };
static const float norm_eps = 1e-6f;

static size_t tile_count(size_t rows)
{
    return parts_of(rows, ROW_TILE);
}

static size_t tile_rows(size_t rows, size_t tile)
{
    return smaller(rows - tile * ROW_TILE, ROW_TILE);
}

struct forward_job {
    float *out, *statistics;
    const float *in, *weight, *bias;
    size_t rows, dim;
};

KERNEL void layernorm_rows(float *restrict out, float *restrict statistics,
                           const float *restrict in, const float *restrict weight,
                           const float *restrict bias, size_t rows, size_t dim)
{
    for (size_t row = 0; row < rows; row++, in += dim, out += dim) {
        float sum = 0, squares = 0;
#pragma omp simd reduction(+ : sum)
        for (size_t i = 0; i < dim; i++)
            sum += in[i];
        float mean = sum / (float)dim;
#pragma omp simd reduction(+ : squares)
        for (size_t i = 0; i < dim; i++)
            squares += (in[i] - mean) * (in[i] - mean);
        float inverse = 1.0f / sqrtf(squares / (float)dim + norm_eps);
#pragma omp simd
        for (size_t i = 0; i < dim; i++)
            out[i] = (in[i] - mean) * inverse * weight[i] + bias[i];
        statistics[2 * row] = mean;
        statistics[2 * row + 1] = inverse;
    }
}

KERNEL void layernorm_rows_again(float *restrict values, const float *restrict statistics,
                                 const float *restrict weight, const float *restrict bias,
                                 size_t rows, size_t dim)
{
    for (size_t row = 0; row < rows; row++, values += dim) {
        float mean = statistics[2 * row], inverse = statistics[2 * row + 1];
#pragma omp simd
        for (size_t i = 0; i < dim; i++)
            values[i] = (values[i] - mean) * inverse * weight[i] + bias[i];
    }
}

static void forward_tile(void *context, size_t tile)
{
    const struct forward_job *job = context;
    size_t first = tile * ROW_TILE;
    layernorm_rows(job->out + first * job->dim, job->statistics + 2 * first,
                   job->in + first * job->dim, job->weight, job->bias, tile_rows(job->rows, tile),
                   job->dim);
}

void layernorm_forward(float *out, float *statistics, const float *in, const float *weight,
                       const float *bias, size_t rows, size_t dim)
{
    struct forward_job job = {out, statistics, in, weight, bias, rows, dim};
    parallel_for(tile_count(rows), forward_tile, &job);
}

struct backward_job {
    float *in_gradient, *partial; /* partial [tiles, 2, dim]: sums of a tile's rows */
    const float *gradient, *in, *statistics, *weight;
    size_t rows, dim;
};

/* With n = (in - mean) * inverse and g = gradient * weight:
 *     in_gradient = residual + inverse * (g - mean(g) - n * mean(g * n)) */
KERNEL void layernorm_rows_backward(float *in_gradient, const float *residual, float *restrict sums,
                                    const float *restrict gradient, const float *restrict in,
                                    const float *restrict statistics, const float *restrict weight,
                                    size_t rows, size_t dim)
{
    float *restrict weight_sums = sums, *restrict bias_sums = sums + dim;
    memset(sums, 0, 2 * dim * sizeof *sums);
    for (size_t row = 0; row < rows; row++, in += dim, gradient += dim) {
        float mean = statistics[2 * row], inverse = statistics[2 * row + 1];
        float sum = 0, dot = 0;
#pragma omp simd reduction(+ : sum, dot)
        for (size_t i = 0; i < dim; i++) {
            float n = (in[i] - mean) * inverse, g = gradient[i] * weight[i];
            sum += g;
            dot += g * n;
            weight_sums[i] += gradient[i] * n;
            bias_sums[i] += gradient[i];
        }
        sum /= (float)dim;
        dot /= (float)dim;
#pragma omp simd
        for (size_t i = 0; i < dim; i++) {
            float n = (in[i] - mean) * inverse;
            in_gradient[row * dim + i] =
                residual[row * dim + i] + inverse * (gradient[i] * weight[i] - sum - n * dot);
        }
    }
}

static void backward_tile(void *context, size_t tile)
{
    const struct backward_job *job = context;
    size_t at = tile * ROW_TILE * job->dim;
    float *in_gradient = job->in_gradient + at;
    layernorm_rows_backward(in_gradient, in_gradient, job->partial + tile * 2 * job->dim,
                            job->gradient + at, job->in + at, job->statistics + 2 * tile * ROW_TILE,
                            job->weight, tile_rows(job->rows, tile), job->dim);
}

void layernorm_backward(float *in_gradient, float *weight_gradient, float *bias_gradient,
                        float *scratch, const float *gradient, const float *in,
                        const float *statistics, const float *weight, size_t rows, size_t dim)
{
    struct backward_job job = {in_gradient, scratch, gradient, in, statistics, weight, rows, dim};
    parallel_for(tile_count(rows), backward_tile, &job);
    column_sums(weight_gradient, scratch, 2 * dim, tile_count(rows), dim);
    column_sums(bias_gradient, scratch + dim, 2 * dim, tile_count(rows), dim);
}

size_t layernorm_scratch(size_t rows, size_t dim)
{
    return tile_count(rows) * 2 * dim;
}
