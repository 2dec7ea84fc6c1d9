/* Kernels of products of floats, in AVX-512 and in AVX2. */
#include "nn/product_kernels.h"

#include <string.h>

#include "nn/kernel.h"

#ifdef HAVE_PRODUCT_KERNELS

/* The registers of AVX-512 hold 14 x 2 vectors of sums, two of B and one value of A; those of AVX2,
 * whose vectors are half as long, 6 x 1. */
enum { AVX512_ROWS = 14, AVX512_VECTORS = 2, AVX2_ROWS = 6, AVX2_VECTORS = 1 };

/* sums [vectors] into, or added to, the first `columns` of a row of C. */
KERNEL_INLINE void store(float *c, const kernel_vector *sums, const size_t vectors, bool add,
                         size_t columns)
{
    kernel_vector_at *at = (kernel_vector_at *)c;
    if (columns >= vectors * KERNEL_LANES) {
#pragma GCC unroll 2
        for (size_t i = 0; i < vectors; i++)
            at[i] = add ? at[i] + sums[i] : sums[i];
        return;
    }
    float values[AVX512_VECTORS * KERNEL_LANES]; /* so that the sums themselves stay registers */
#pragma GCC unroll 2
    for (size_t i = 0; i < vectors; i++)
        memcpy(values + i * KERNEL_LANES, &sums[i], sizeof sums[i]);
    for (size_t i = 0; i < columns; i++)
        c[i] = add ? c[i] + values[i] : values[i];
}

/* What the sums will be added to is fetched while they are made. */
KERNEL_INLINE void fetch(const float *c, size_t c_stride, const size_t rows, const size_t vectors)
{
#pragma GCC unroll 14
    for (size_t row = 0; row < rows; row++)
#pragma GCC unroll 2
        for (size_t i = 0; i < vectors; i++)
            __builtin_prefetch(c + row * c_stride + i * KERNEL_LANES, 1);
}

/* An address is a pointer plus none, one or two strides: so many rows of A one pointer reaches. */
enum { REACH = 3, POINTERS = (AVX512_ROWS + REACH - 1) / REACH };

/* The first three arguments and the rows are constants where it is inlined. */
KERNEL_INLINE void multiply(const size_t rows, const size_t vectors, const bool turned, float *c,
                            size_t c_stride, bool add, const struct product_operands *from,
                            size_t columns, size_t depth)
{
    kernel_vector sums[AVX512_ROWS][AVX512_VECTORS];
    const float *a[POINTERS], *b = from->b;
    const size_t a_stride = from->a_stride, b_stride = from->b_stride;
    const size_t pointers = turned ? 1 : (rows + REACH - 1) / REACH;
    fetch(c, c_stride, rows, vectors);
#pragma GCC unroll 5
    for (size_t i = 0; i < pointers; i++)
        a[i] = (const float *)from->a + i * REACH * a_stride;
#pragma GCC unroll 14
    for (size_t row = 0; row < rows; row++)
#pragma GCC unroll 2
        for (size_t i = 0; i < vectors; i++)
            sums[row][i] = (kernel_vector){0};
    for (size_t k = 0; k < depth; k++, b += b_stride) {
        const kernel_vector_at *line = (const kernel_vector_at *)b;
#pragma GCC unroll 14
        for (size_t row = 0; row < rows; row++) {
            const float value = turned ? a[0][row] : a[row / REACH][row % REACH * a_stride];
#pragma GCC unroll 2
            for (size_t i = 0; i < vectors; i++)
                sums[row][i] += value * line[i];
        }
#pragma GCC unroll 5
        for (size_t i = 0; i < pointers; i++)
            a[i] += turned ? a_stride : 1;
    }
#pragma GCC unroll 14
    for (size_t row = 0; row < rows; row++)
        store(c + row * c_stride, sums[row], vectors, add, columns);
}

/* The number of rows becomes a constant. */
KERNEL_INLINE void choose(const size_t most, const size_t vectors, const bool turned, float *c,
                          size_t c_stride, bool add, const struct product_operands *from,
                          size_t rows, size_t columns, size_t depth)
{
#pragma GCC unroll 14
    for (size_t count = 1; count <= most; count++)
        if (rows == count)
            multiply(count, vectors, turned, c, c_stride, add, from, columns, depth);
}

#define AVX512 __attribute__((target("arch=x86-64-v4")))
#define AVX2   __attribute__((target("arch=x86-64-v3")))

/* Of a narrow panel the second vector is not there. */
KERNEL_INLINE void panel_avx512(const bool turned, float *c, size_t c_stride, bool add,
                                const struct product_operands *from, size_t rows, size_t columns,
                                size_t depth)
{
    if (columns > KERNEL_LANES)
        choose(AVX512_ROWS, AVX512_VECTORS, turned, c, c_stride, add, from, rows, columns, depth);
    else
        choose(AVX512_ROWS, 1, turned, c, c_stride, add, from, rows, columns, depth);
}

AVX512 static void rows_avx512(float *c, size_t c_stride, bool add,
                               const struct product_operands *from, size_t rows, size_t columns,
                               size_t depth)
{
    panel_avx512(false, c, c_stride, add, from, rows, columns, depth);
}

AVX512 static void turned_avx512(float *c, size_t c_stride, bool add,
                                 const struct product_operands *from, size_t rows, size_t columns,
                                 size_t depth)
{
    panel_avx512(true, c, c_stride, add, from, rows, columns, depth);
}

/* A panel is two vectors wide. */
KERNEL_INLINE void halves_of_panel(const bool turned, float *c, size_t c_stride, bool add,
                                   const struct product_operands *from, size_t rows, size_t columns,
                                   size_t depth)
{
    struct product_operands half = *from;
    for (size_t at = 0; at < columns; at += KERNEL_LANES) {
        half.b = (const float *)from->b + at;
        choose(AVX2_ROWS, AVX2_VECTORS, turned, c + at, c_stride, add, &half, rows, columns - at,
               depth);
    }
}

AVX2 static void rows_avx2(float *c, size_t c_stride, bool add, const struct product_operands *from,
                           size_t rows, size_t columns, size_t depth)
{
    halves_of_panel(false, c, c_stride, add, from, rows, columns, depth);
}

AVX2 static void turned_avx2(float *c, size_t c_stride, bool add,
                             const struct product_operands *from, size_t rows, size_t columns,
                             size_t depth)
{
    halves_of_panel(true, c, c_stride, add, from, rows, columns, depth);
}

static void pack_row(void *out, const float *in, size_t count)
{
    memcpy(out, in, count * sizeof *in);
}

KERNEL_INLINE void copy(float *to, const float *from, size_t count)
{
    size_t i = 0;
    for (; i + KERNEL_LANES <= count; i += KERNEL_LANES)
        *(kernel_vector_at *)(to + i) = *(const kernel_vector_at *)(from + i);
    for (; i < count; i++)
        to[i] = from[i];
}

KERNEL static void pack_lines(void *out, size_t width, const float *in, size_t stride, size_t count,
                              size_t lines)
{
    float *to = out;
    for (size_t line = 0; line < lines; line++, to += width, in += stride) {
        float *piece = to;
        size_t left = count;
        for (; left >= width; left -= width, piece += lines * width)
            copy(piece, in + (count - left), width);
        if (left > 0) {
            copy(piece, in + (count - left), left);
            memset(piece + left, 0, (width - left) * sizeof *piece);
        }
    }
}

static bool have_avx512(void)
{
    __builtin_cpu_init();
    return __builtin_cpu_supports("x86-64-v4");
}

static bool have_avx2(void)
{
    __builtin_cpu_init();
    return __builtin_cpu_supports("x86-64-v3");
}

const struct product_kernels product_avx512 = {
    .name = "AVX-512",
    .key = "avx512",
    .type = PRODUCT_FLOATS,
    .run_here = have_avx512,
    .block_rows = AVX512_ROWS,
    .values = 1,
    .of_rows = rows_avx512,
    .of_turned = turned_avx512,
    .pack_row = pack_row,
    .pack_lines = pack_lines,
};

const struct product_kernels product_avx2 = {
    .name = "AVX2",
    .key = "avx2",
    .type = PRODUCT_FLOATS,
    .run_here = have_avx2,
    .block_rows = AVX2_ROWS,
    .values = 1,
    .of_rows = rows_avx2,
    .of_turned = turned_avx2,
    .pack_row = pack_row,
    .pack_lines = pack_lines,
};

#endif
