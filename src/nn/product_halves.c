/* Kernels of products of bfloat16, in AVX512_BF16. */
#include "nn/product_kernels.h"

#include <string.h>

#include "nn/half.h"
#include "nn/kernel.h"

#ifdef HAVE_PRODUCT_KERNELS

#include <immintrin.h>

enum { ROWS = 14 };

#define BF16 __attribute__((target("arch=x86-64-v4,avx512bf16")))
#define BF16_INLINE                                                                                \
    static inline __attribute__((always_inline, target("arch=x86-64-v4,avx512bf16")))

BF16_INLINE void store(float *c, const __m512 sums[2], bool add, size_t columns)
{
    const __mmask16 low = columns < 16 ? (__mmask16)((1u << columns) - 1) : 0xffff;
    const __mmask16 high = columns >= 32   ? 0xffff
                           : columns <= 16 ? 0
                                           : (__mmask16)((1u << (columns - 16)) - 1);
    __m512 first = sums[0], second = sums[1];
    if (add) {
        first = _mm512_add_ps(first, _mm512_maskz_loadu_ps(low, c));
        second = _mm512_add_ps(second, _mm512_maskz_loadu_ps(high, c + 16));
    }
    _mm512_mask_storeu_ps(c, low, first);
    _mm512_mask_storeu_ps(c + 16, high, second);
}

/* rows, a_row and a_step are constants where it is inlined. */
BF16_INLINE void multiply(const size_t rows, const size_t a_row, const size_t a_step, float *c,
                          size_t c_stride, bool add, const struct product_operands *from,
                          size_t columns, size_t depth)
{
    const uint32_t *a = from->a, *b = from->b;
    __m512 sums[ROWS][2];
#pragma GCC unroll 14
    for (size_t row = 0; row < rows; row++) {
        sums[row][0] = sums[row][1] = _mm512_setzero_ps();
        /* what they will be added to is fetched while they are made */
        __builtin_prefetch(c + row * c_stride, 1);
        __builtin_prefetch(c + row * c_stride + 16, 1);
    }
    for (size_t k = 0; k < depth; k++, a += a_step, b += PRODUCT_COLUMNS) {
        const __m512bh first = (__m512bh)_mm512_loadu_si512(b);
        const __m512bh second = (__m512bh)_mm512_loadu_si512(b + 16);
#pragma GCC unroll 14
        for (size_t row = 0; row < rows; row++) {
            const __m512bh pair = (__m512bh)_mm512_set1_epi32((int)a[row * a_row]);
            sums[row][0] = _mm512_dpbf16_ps(sums[row][0], pair, first);
            sums[row][1] = _mm512_dpbf16_ps(sums[row][1], pair, second);
        }
    }
#pragma GCC unroll 14
    for (size_t row = 0; row < rows; row++)
        store(c + row * c_stride, sums[row], add, columns);
}

/* The number of rows becomes a constant. */
BF16_INLINE void choose(const size_t a_row, const size_t a_step, float *c, size_t c_stride,
                        bool add, const struct product_operands *from, size_t rows, size_t columns,
                        size_t depth)
{
#pragma GCC unroll 14
    for (size_t count = 1; count <= ROWS; count++)
        if (rows == count)
            multiply(count, a_row, a_step, c, c_stride, add, from, columns, depth);
}

/* The strides are those of packed factors. */
BF16 static void rows_bf16(float *c, size_t c_stride, bool add, const struct product_operands *from,
                           size_t rows, size_t columns, size_t depth)
{
    choose(PRODUCT_STRIDE, 1, c, c_stride, add, from, rows, columns, depth);
}

BF16 static void turned_bf16(float *c, size_t c_stride, bool add,
                             const struct product_operands *from, size_t rows, size_t columns,
                             size_t depth)
{
    choose(1, PRODUCT_ROWS, c, c_stride, add, from, rows, columns, depth);
}

static void pack_row(void *out, const float *in, size_t count)
{
    uint16_t *to = out;
    half_from_floats(to, in, count);
    if (count % 2)
        to[count] = 0;
}

/* Values of two lines side by side. */
KERNEL_INLINE void pack_pairs(uint32_t *restrict to, const float *restrict first,
                              const float *restrict second, size_t count)
{
#pragma omp simd
    for (size_t i = 0; i < count; i++)
        to[i] = (uint32_t)half_from_float(first[i]) | (uint32_t)half_from_float(second[i]) << 16;
}

/* The same with zeros for the line that is missing. */
KERNEL_INLINE void pack_single(uint32_t *restrict to, const float *restrict first, size_t count)
{
    for (size_t i = 0; i < count; i++)
        to[i] = half_from_float(first[i]);
}

enum { AHEAD = 8 };
/* Lines are too far apart for the processor to see what will be asked for. */
KERNEL_INLINE void fetch(const float *lines, size_t count, size_t stride, size_t columns)
{
    for (size_t line = 0; line < count; line++)
        for (size_t i = 0; i < columns; i += KERNEL_LANES)
            __builtin_prefetch(lines + line * stride + i);
}

KERNEL static void pack_lines(void *out, size_t width, const float *in, size_t stride, size_t count,
                              size_t lines)
{
    uint32_t *to = out;
    const size_t elements = (lines + 1) / 2;
    for (size_t line = 0; line < lines; line += 2, to += width, in += 2 * stride) {
        uint32_t *piece = to;
        fetch(in + AHEAD * stride, 2, stride, count);
        for (size_t at = 0; at < count; at += width, piece += elements * width) {
            size_t columns = count - at < width ? count - at : width;
            if (line + 1 < lines)
                pack_pairs(piece, in + at, in + stride + at, columns);
            else
                pack_single(piece, in + at, columns);
            if (columns < width)
                memset(piece + columns, 0, (width - columns) * sizeof *piece);
        }
    }
}

static bool have_bf16(void)
{
    __builtin_cpu_init();
    return __builtin_cpu_supports("x86-64-v4") && __builtin_cpu_supports("avx512bf16");
}

const struct product_kernels product_avx512_halves = {
    .name = "AVX512_BF16",
    .key = "bf16",
    .type = PRODUCT_HALVES,
    .run_here = have_bf16,
    .block_rows = ROWS,
    .values = 2,
    .of_rows = rows_bf16,
    .of_turned = turned_bf16,
    .pack_row = pack_row,
    .pack_lines = pack_lines,
};

#endif
