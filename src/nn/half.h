/* The one doorway to oneDNN: products of bfloat16 matrices with float results, on the calling
 * thread.
 *
 * A bfloat16 is the upper half of a float. Sums are floats; what is rounded is what goes in. The
 * tiles of nn/linear.h are the callers' as with nn/gemm.h: inside a parallel loop oneDNN starts no
 * threads of its own, so the bits of a result do not depend on their number. oneDNN allocates small
 * objects of its own in each product.
 */
#ifndef MASKSCOPE_NN_HALF_H
#define MASKSCOPE_NN_HALF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "nn/gemm.h"

/* A matrix of bfloat16 inside a larger one, as struct gemm_matrix is of floats. */
struct half_matrix {
    const uint16_t *at;
    size_t stride;
};

struct half;
/* Null with *error set, ERROR_DATA: this build or this processor has no such products. */
struct half *half_new(struct error *error);
void half_free(struct half *half);
/* Whether half_new would do, and if not, why. */
bool half_check(struct error *error);
/* c = the product, or c += the product if `add`, as gemm does. Any thread, several at once. */
void half_gemm(const struct half *half, enum gemm_form form, bool add, float *c, size_t c_stride,
               struct half_matrix a, struct half_matrix b, size_t rows, size_t columns,
               size_t depth);

/* out[i] = in[i] rounded to nearest, ties to even; NaN stays NaN. */
void half_from_floats(uint16_t *out, const float *in, size_t count);

#endif
