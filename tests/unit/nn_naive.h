/* The masked autoencoder in plain C and double precision, written to be obviously right and nothing
 * else: what the fast operations of src/nn are tested against, forward by value and backward by
 * central differences.
 */
#ifndef MASKSCOPE_TESTS_UNIT_NN_NAIVE_H
#define MASKSCOPE_TESTS_UNIT_NN_NAIVE_H

#include <stdbool.h>
#include <stddef.h>

#include "nn/mae.h"

/* out [rows, out_dim] = in [rows, in_dim] weight^T [out_dim, in_dim] + bias [out_dim] */
void naive_linear(double *out, const double *in, const double *weight, const double *bias,
                  size_t rows, size_t in_dim, size_t out_dim);
/* out, in [rows, dim]; weight, bias [dim] */
void naive_layernorm(double *out, const double *in, const double *weight, const double *bias,
                     size_t rows, size_t dim);
double naive_gelu(double x);
/* One span: out [query_rows, dim], queries [query_rows, dim], keys and values [key_rows, dim]. */
void naive_attention(double *out, const double *queries, const double *keys, const double *values,
                     size_t query_rows, size_t key_rows, size_t dim, size_t heads);
/* The loss; weights [mae->table.total] stand in for the model's own. pred [N, L, P] of all patches
 * and latent [sum of (V + 1), embed_dim] are filled unless null. */
double naive_mae(const struct mae *mae, const double *weights, const struct mae_batch *batch,
                 double *pred, double *latent);

/* What row `row` of the block's tokens attends to in one head. */
struct naive_look {
    const char *prefix; /* "blocks.0.", "decoder_blocks.1." */
    size_t head, row;   /* row 0 is the class token; the encoder's rows are in the batch's order */
    double *weights;    /* [rows], overwritten */
};
void naive_attends(const struct mae *mae, const double *weights, const struct mae_batch *batch,
                   int image, const struct naive_look *look);

/* Uniform on -1 .. 1, from the seed. */
void random_floats(float *out, size_t count, unsigned seed);
void widen(double *out, const float *in, size_t count);
void poison(float *out, size_t count); /* with NaN */
/* The largest |actual - expected| over the largest |expected|; NaN if an actual value is. */
double relative_error(const float *actual, const double *expected, size_t count);

/* Compares gradient[i] with central differences of objective for every `stride`th of values;
 * returns the largest difference over the largest difference quotient, NaN if a gradient is. */
typedef double objective(void *context);
double gradient_error(objective *function, void *context, double *values, const float *gradient,
                      size_t count, size_t stride);

#endif
