#include "nn/half.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "nn/kernel.h"

KERNEL void half_from_floats(uint16_t *restrict out, const float *restrict in, size_t count)
{
    const uint32_t magnitude = 0x7fffffff, infinity = 0x7f800000, quiet = 0x40;
#pragma omp simd
    for (size_t i = 0; i < count; i++) {
        uint32_t bits;
        memcpy(&bits, &in[i], sizeof bits);
        uint32_t rounded = (bits + 0x7fff + (bits >> 16 & 1)) >> 16;
        out[i] = (uint16_t)((bits & magnitude) > infinity ? bits >> 16 | quiet : rounded);
    }
}

#ifdef HAVE_ONEDNN

#include <dnnl.h>

enum { FORMS = 3, MATRICES = 3 };

/* All sizes are given with each product, so that one primitive does for any of them. */
struct half {
    dnnl_engine_t engine;
    dnnl_primitive_t products[FORMS][2]; /* [][1]: add */
};

bool half_check(struct error *error)
{
    unsigned isa = (unsigned)dnnl_get_effective_cpu_isa(), wanted = dnnl_cpu_isa_avx512_core_bf16;
    return (isa & wanted) == wanted ||
           error_set(error, ERROR_DATA,
                     "this processor has no bf16 products (AVX512_BF16 or AMX); use f32");
}

static bool describe(dnnl_memory_desc_t *matrix, dnnl_data_type_t type, int64_t rows,
                     int64_t columns, int64_t row_stride, int64_t column_stride)
{
    dnnl_dims_t sizes = {rows, columns}, strides = {row_stride, column_stride};
    return dnnl_memory_desc_init_by_strides(matrix, 2, sizes, type, strides) == dnnl_success;
}

/* A's, B's and C's descriptions as the products of oneDNN see them: [rows, depth], [depth, columns]
 * and [rows, columns], transposed ones by their strides. */
static bool describe_all(dnnl_memory_desc_t matrices[MATRICES], enum gemm_form form, int64_t rows,
                         int64_t columns, int64_t depth, int64_t a_stride, int64_t b_stride,
                         int64_t c_stride)
{
    bool a_turned = form == GEMM_AT_B, b_turned = form == GEMM_A_BT;
    return describe(&matrices[0], dnnl_bf16, rows, depth, a_turned ? 1 : a_stride,
                    a_turned ? a_stride : 1) &&
           describe(&matrices[1], dnnl_bf16, depth, columns, b_turned ? 1 : b_stride,
                    b_turned ? b_stride : 1) &&
           describe(&matrices[2], dnnl_f32, rows, columns, c_stride, 1);
}

static dnnl_primitive_attr_t new_attributes(bool add)
{
    dnnl_primitive_attr_t attributes;
    dnnl_post_ops_t after;
    if (dnnl_primitive_attr_create(&attributes) != dnnl_success)
        return NULL;
    if (!add)
        return attributes;
    bool good = dnnl_post_ops_create(&after) == dnnl_success;
    if (good) {
        good = dnnl_post_ops_append_sum(after, 1) == dnnl_success &&
               dnnl_primitive_attr_set_post_ops(attributes, after) == dnnl_success;
        dnnl_post_ops_destroy(after);
    }
    if (good)
        return attributes;
    dnnl_primitive_attr_destroy(attributes);
    return NULL;
}

static dnnl_primitive_t new_product(dnnl_engine_t engine, enum gemm_form form, bool add)
{
    const int64_t later = DNNL_RUNTIME_DIM_VAL;
    dnnl_memory_desc_t matrices[MATRICES];
    dnnl_matmul_desc_t product;
    dnnl_primitive_desc_t description;
    dnnl_primitive_t primitive = NULL;
    dnnl_primitive_attr_t attributes = new_attributes(add);
    if (!attributes)
        return NULL;
    bool described = describe_all(matrices, form, later, later, later, later, later, later) &&
                     dnnl_matmul_desc_init(&product, &matrices[0], &matrices[1], NULL,
                                           &matrices[2]) == dnnl_success &&
                     dnnl_primitive_desc_create(&description, &product, attributes, engine, NULL) ==
                         dnnl_success;
    dnnl_primitive_attr_destroy(attributes);
    if (!described)
        return NULL;
    if (dnnl_primitive_create(&primitive, description) != dnnl_success)
        primitive = NULL;
    dnnl_primitive_desc_destroy(description);
    return primitive;
}

static bool make_products(struct half *half)
{
    if (dnnl_engine_create(&half->engine, dnnl_cpu, 0) != dnnl_success)
        return false;
    for (int form = 0; form < FORMS; form++)
        for (int add = 0; add < 2; add++) {
            dnnl_primitive_t product = new_product(half->engine, (enum gemm_form)form, add);
            half->products[form][add] = product;
            if (!product)
                return false;
        }
    return true;
}

struct half *half_new(struct error *error)
{
    struct half *half = half_check(error) ? memory_new(1, sizeof *half, error) : NULL;
    if (!half || make_products(half))
        return half;
    half_free(half);
    error_set(error, ERROR_DATA, "oneDNN offers no bf16 products here; use f32");
    return NULL;
}

void half_free(struct half *half)
{
    if (!half)
        return;
    for (int form = 0; form < FORMS; form++)
        for (int add = 0; add < 2; add++)
            dnnl_primitive_destroy(half->products[form][add]);
    dnnl_engine_destroy(half->engine);
    free(half);
}

/* oneDNN fails here only where memory has run out: then, as anywhere inside a step, there is no way
 * on. */
static void must(dnnl_status_t status)
{
    if (status != dnnl_success)
        abort();
}

void half_gemm(const struct half *half, enum gemm_form form, bool add, float *c, size_t c_stride,
               struct half_matrix a, struct half_matrix b, size_t rows, size_t columns,
               size_t depth)
{
    dnnl_memory_desc_t matrices[MATRICES];
    dnnl_stream_t stream;
    /* oneDNN's type for what it reads is not const */
    void *at[MATRICES] = {(void *)(uintptr_t)a.at, (void *)(uintptr_t)b.at, c};
    static const int places[MATRICES] = {DNNL_ARG_SRC, DNNL_ARG_WEIGHTS, DNNL_ARG_DST};
    dnnl_exec_arg_t arguments[MATRICES];
    if (!describe_all(matrices, form, (int64_t)rows, (int64_t)columns, (int64_t)depth,
                      (int64_t)a.stride, (int64_t)b.stride, (int64_t)c_stride))
        abort(); /* sizes that are none: a programming error */
    must(dnnl_stream_create(&stream, half->engine, dnnl_stream_default_flags));
    for (int i = 0; i < MATRICES; i++) {
        arguments[i].arg = places[i];
        must(dnnl_memory_create(&arguments[i].memory, &matrices[i], half->engine, at[i]));
    }
    must(dnnl_primitive_execute(half->products[form][add], stream, MATRICES, arguments));
    must(dnnl_stream_wait(stream));
    for (int i = 0; i < MATRICES; i++)
        must(dnnl_memory_destroy(arguments[i].memory));
    must(dnnl_stream_destroy(stream));
}

#else

bool half_check(struct error *error)
{
    return error_set(error, ERROR_DATA,
                     "this program was built without oneDNN, which bf16 products come from; use "
                     "f32");
}

struct half *half_new(struct error *error)
{
    half_check(error);
    return NULL;
}

void half_free(struct half *half)
{
    (void)half;
}

/* There is no struct half to call it with. */
void half_gemm(const struct half *half, enum gemm_form form, bool add, float *c, size_t c_stride,
               struct half_matrix a, struct half_matrix b, size_t rows, size_t columns,
               size_t depth)
{
    (void)half, (void)form, (void)add, (void)c, (void)c_stride, (void)a, (void)b;
    (void)rows, (void)columns, (void)depth;
    abort();
}

#endif
