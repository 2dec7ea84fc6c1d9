/* Layer normalisation (Ba, Kiros & Hinton 2016) of rows, eps 1e-6. */
#ifndef MASKSCOPE_NN_LAYERNORM_H
#define MASKSCOPE_NN_LAYERNORM_H

#include <stddef.h>

/* Where a layer's weight [dim] and bias [dim] lie in a block of weights or gradients. */
struct norm_place {
    size_t weight, bias; /* floats from the start of the block */
};

/* out [rows, dim] = (in - mean) * deviation_inverse * weight + bias, row by row;
 * statistics [rows, 2]: each row's mean and 1 / sqrt(variance + eps), for the backward pass. */
void layernorm_forward(float *out, float *statistics, const float *in, const float *weight,
                       const float *bias, size_t rows, size_t dim);
/* in_gradient [rows, dim]: the gradient of the input is added to it; weight_gradient and
 * bias_gradient [dim] are overwritten. gradient [rows, dim] of the output; in, statistics, weight
 * as in the forward pass. scratch: layernorm_scratch(rows, dim) floats, contents undefined. */
void layernorm_backward(float *in_gradient, float *weight_gradient, float *bias_gradient,
                        float *scratch, const float *gradient, const float *in,
                        const float *statistics, const float *weight, size_t rows, size_t dim);
size_t layernorm_scratch(size_t rows, size_t dim);

/* The same on the calling thread, for those who cut the rows by themselves. */
void layernorm_rows(float *out, float *statistics, const float *in, const float *weight,
                    const float *bias, size_t rows, size_t dim);
/* values [rows, dim] once more from in to out, with the statistics of the first time; in place. */
void layernorm_rows_again(float *values, const float *statistics, const float *weight,
                          const float *bias, size_t rows, size_t dim);
/* in_gradient [rows, dim] = residual + the gradient of the input; they may be the same memory.
 * sums [2, dim]: the rows' shares of the gradients of weight and bias. */
void layernorm_rows_backward(float *in_gradient, const float *residual, float *sums,
                             const float *gradient, const float *in, const float *statistics,
                             const float *weight, size_t rows, size_t dim);

#endif
