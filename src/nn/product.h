/* Products of rows with weights, and sums over rows of their outer products: what linear layers and
 * their gradients are made of.
 *
 * Three things make them faster than calls of BLAS on the same tiles. Weights are packed once for
 * all tiles instead of once in each call; the kernels keep 14 x 32 sums in registers where a
 * processor has AVX-512; and what they read is laid out so that one pointer reaches all of it.
 * There are kernels of floats (AVX-512; AVX2) and of bfloat16 (AVX512_BF16), which round the
 * factors and sum up floats. Where the processor runs none, null stands for BLAS (nn/gemm.h).
 *
 * All of it works on the calling thread; the cuts depend on the sizes alone.
 */
#ifndef MASKSCOPE_NN_PRODUCT_H
#define MASKSCOPE_NN_PRODUCT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

struct product_kernels;

enum product_type { PRODUCT_FLOATS, PRODUCT_HALVES };
/* The fastest kernels that this processor runs, or null. The environment's MASKSCOPE_KERNELS (blas,
 * avx2, avx512 or bf16) names the fastest that may be taken, for the same bits on another machine.
 */
const struct product_kernels *product_kernels_best(enum product_type type);
/* ERROR_USAGE: the environment names none. */
bool product_kernels_check(struct error *error);
/* Number `index` of all kernels, fastest first, null behind the last; and whether they run here. */
const struct product_kernels *product_kernels_at(size_t index);
bool product_kernels_run(const struct product_kernels *kernels);
enum product_type product_kernels_type(const struct product_kernels *kernels);
/* Such as "AVX-512"; "BLAS" for null. */
const char *product_kernels_name(const struct product_kernels *kernels);

/* The second factor of a product: B [depth, columns]. */
struct product_factor {
    const float *weight; /* rows without gaps */
    bool turned;         /* the weight is B's transpose, [columns, depth] */
    size_t depth, columns;
    float *panels; /* product_panel_floats for each of product_panels(columns); not read by BLAS */
};
size_t product_panels(size_t columns);
size_t product_panel_floats(const struct product_kernels *kernels, size_t depth);
/* Packs one panel of the weight; any order, any thread. */
void product_pack(const struct product_kernels *kernels, const struct product_factor *factor,
                  size_t panel);

/* Floats that the calls below work in, contents undefined between calls; one thread's. */
size_t product_scratch(void);
/* c [rows, columns] = a B, or c += a B if `add`; a [rows, depth]; B is packed. */
void product_rows(const struct product_kernels *kernels, float *c, size_t c_stride, bool add,
                  const float *a, size_t a_stride, size_t rows, const struct product_factor *factor,
                  float *scratch);

/* The gradients of a linear layer's weight and bias from those of its output. */
struct product_sum {
    float *weight;         /* [out_dim, in_dim] = gradient^T in, overwritten */
    float *bias;           /* [out_dim] = the sum of gradient's rows, overwritten */
    const float *gradient; /* [rows, out_dim] */
    const float *in;       /* [rows, in_dim] */
    size_t rows, out_dim, in_dim;
    bool paired; /* gradient and in have been through product_pair */
};
/* Kernels of bfloat16 read rows two by two. These round two rows to where the first of them lies
 * (and do nothing for other kernels), so that a sum finds them ready and every tile need not do it
 * anew: rows `first` .. `end` - 1 of a matrix [rows, columns]. What is paired with a row outside of
 * them, or with none, is left for product_pair_at. Any order, any thread. */
void product_pair(const struct product_kernels *kernels, float *matrix, size_t columns,
                  size_t first, size_t end);
/* The pair, if there is one, that row `end` parts; where `end` is that of the matrix, its last row
 * without a partner. */
void product_pair_at(const struct product_kernels *kernels, float *matrix, size_t columns,
                     size_t end, bool last);
/* The tiles that the sums are cut into, and one of them; any order, any thread. */
size_t product_sum_tiles(const struct product_sum *sum);
void product_sum_tile(const struct product_kernels *kernels, const struct product_sum *sum,
                      size_t tile, float *scratch);

#endif
