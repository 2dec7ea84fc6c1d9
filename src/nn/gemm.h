/* The one doorway to BLAS: single-precision matrix products on the calling thread.
 *
 * Whoever calls it cuts the work into tiles and runs them with parallel_for, so that the bits of a
 * result do not depend on the number of threads; BLAS's own threading stays off.
 */
#ifndef MASKSCOPE_NN_GEMM_H
#define MASKSCOPE_NN_GEMM_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

/* What is multiplied; matrices lie row by row. C is [rows, columns], the sum runs over `depth`. */
enum gemm_form {
    GEMM_A_BT, /* C = A B^T: A [rows, depth], B [columns, depth] */
    GEMM_A_B,  /* C = A B:   A [rows, depth], B [depth, columns] */
    GEMM_AT_B, /* C = A^T B: A [depth, rows], B [depth, columns] */
};

/* A matrix inside a larger one: consecutive rows are `stride` floats apart. */
struct gemm_matrix {
    const float *at;
    size_t stride;
};

/* To be called before products: gets what BLAS works in on as many threads as there are now (once;
 * more calls do nothing). ERROR_SYSTEM: there is no room for it. */
bool gemm_prepare(struct error *error) __attribute__((warn_unused_result));

/* c = the product, or c += the product if `add`. c must not overlap a or b. */
void gemm(enum gemm_form form, bool add, float *c, size_t c_stride, struct gemm_matrix a,
          struct gemm_matrix b, size_t rows, size_t columns, size_t depth);
/* The same in plain C, for ever the reference (sums in double). */
void gemm_naive(enum gemm_form form, bool add, float *c, size_t c_stride, struct gemm_matrix a,
                struct gemm_matrix b, size_t rows, size_t columns, size_t depth);

/* The kernels BLAS chose for this processor, as it names them. */
const char *gemm_core(void);
/* BLAS kernels this processor runs faster than those chosen, or null. An OpenBLAS older than the
 * processor falls back to its AVX2 kernels, at half the speed where AVX-512 is there. The choice is
 * made as the library loads: start the program again with OPENBLAS_CORETYPE set to this name. Null
 * where that variable is set already. */
const char *gemm_better_core(void);

#endif
