#include "config.h"

#include "nn/gemm.h"

#include <cblas.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <strings.h>

#include "base/memory.h"
#include "base/parallel.h"

/* What OpenBLAS works in, for each product that is under way: it asks the system for it when it
 * first needs so many, keeps it for later ones, and where it is refused asks again, for ever. */
static const size_t work_space = (size_t)129 << 20;
/* How many it has; the process's, as they are. */
static atomic_int spaces;

#ifdef HAVE_BLAS_MEMORY_ALLOC
/* Exported by OpenBLAS since its beginnings, but declared in none of the headers it installs. */
void *blas_memory_alloc(int position);
void blas_memory_free(void *space);

static bool take_spaces(int count, struct error *error)
{
    void **taken = memory_new((size_t)count, sizeof *taken, error);
    for (int i = 0; taken && i < count; i++)
        taken[i] = blas_memory_alloc(0);
    for (int i = 0; taken && i < count; i++)
        blas_memory_free(taken[i]);
    free(taken);
    return taken;
}
#else
static bool take_spaces(int count, struct error *error)
{
    (void)count, (void)error;
    return true;
}
#endif

bool gemm_prepare(struct error *error)
{
    int threads = parallel_threads(), more = threads - atomic_load(&spaces);
    openblas_set_num_threads(1);
    if (more <= 0)
        return true;
    if (!memory_has_room((size_t)more * work_space, error))
        return error_prefix(error, "BLAS");
    if (!take_spaces(threads, error))
        return false;
    atomic_store(&spaces, threads);
    return true;
}

void gemm(enum gemm_form form, bool add, float *c, size_t c_stride, struct gemm_matrix a,
          struct gemm_matrix b, size_t rows, size_t columns, size_t depth)
{
    cblas_sgemm(CblasRowMajor, form == GEMM_AT_B ? CblasTrans : CblasNoTrans,
                form == GEMM_A_BT ? CblasTrans : CblasNoTrans, (blasint)rows, (blasint)columns,
                (blasint)depth, 1.0f, a.at, (blasint)a.stride, b.at, (blasint)b.stride,
                add ? 1.0f : 0.0f, c, (blasint)c_stride);
}

void gemm_naive(enum gemm_form form, bool add, float *c, size_t c_stride, struct gemm_matrix a,
                struct gemm_matrix b, size_t rows, size_t columns, size_t depth)
{
    size_t a_row = form == GEMM_AT_B ? 1 : a.stride, a_depth = form == GEMM_AT_B ? a.stride : 1;
    size_t b_column = form == GEMM_A_BT ? b.stride : 1, b_depth = form == GEMM_A_BT ? 1 : b.stride;
    for (size_t row = 0; row < rows; row++)
        for (size_t column = 0; column < columns; column++) {
            double sum = add ? (double)c[row * c_stride + column] : 0.0;
            for (size_t i = 0; i < depth; i++)
                sum += (double)a.at[row * a_row + i * a_depth] *
                       (double)b.at[column * b_column + i * b_depth];
            c[row * c_stride + column] = (float)sum;
        }
}

const char *gemm_core(void)
{
    return openblas_get_corename();
}

const char *gemm_better_core(void)
{
#if defined __x86_64__ && defined HAVE_PRODUCT_KERNELS
    const char *chosen = gemm_core();
    bool avx2_only = !strcasecmp(chosen, "haswell") || !strcasecmp(chosen, "zen");
    __builtin_cpu_init();
    if (!getenv("OPENBLAS_CORETYPE") && avx2_only && __builtin_cpu_supports("x86-64-v4"))
        return "SkylakeX";
#endif
    return NULL;
}
