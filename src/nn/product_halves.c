/* Kernels of products of bfloat16, in AVX512_BF16. */
#include "nn/product_kernels.h"

#include <string.h>

#include "nn/kernel.h"
#include "nn/sizes.h"

#ifdef HAVE_PRODUCT_KERNELS

#include <immintrin.h>

enum { ROWS = 14, LANES = 16 };

#define BF16 __attribute__((target("arch=x86-64-v4,avx512bf16")))
#define BF16_INLINE                                                                                \
    static inline __attribute__((always_inline, target("arch=x86-64-v4,avx512bf16")))

/* Of a vector whose first value is number `first` of `count`. */
BF16_INLINE __mmask16 lanes_of(size_t count, size_t first)
{
    return count >= first + LANES ? 0xffff
           : count <= first       ? 0
                                  : (__mmask16)((1u << (count - first)) - 1);
}

BF16_INLINE void store(float *c, const __m512 sums[2], bool add, size_t columns)
{
    const __mmask16 low = lanes_of(columns, 0), high = lanes_of(columns, LANES);
    __m512 first = sums[0], second = sums[1];
    if (add) {
        first = _mm512_add_ps(first, _mm512_maskz_loadu_ps(low, c));
        second = _mm512_add_ps(second, _mm512_maskz_loadu_ps(high, c + LANES));
    }
    _mm512_mask_storeu_ps(c, low, first);
    _mm512_mask_storeu_ps(c + LANES, high, second);
}

/* rows, and the steps between rows of A, are constants where it is inlined. */
BF16_INLINE void multiply(const size_t rows, const size_t a_row, const size_t a_step,
                          const size_t b_step, float *c, size_t c_stride, bool add,
                          const struct product_operands *from, size_t columns, size_t depth)
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
    for (size_t k = 0; k < depth; k++, a += a_step, b += b_step) {
        const __m512bh first = (__m512bh)_mm512_loadu_si512(b);
        const __m512bh second = (__m512bh)_mm512_loadu_si512(b + LANES);
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
BF16_INLINE void choose(const size_t a_row, const size_t a_step, const size_t b_step, float *c,
                        size_t c_stride, bool add, const struct product_operands *from, size_t rows,
                        size_t columns, size_t depth)
{
#pragma GCC unroll 14
    for (size_t count = 1; count <= ROWS; count++)
        if (rows == count)
            multiply(count, a_row, a_step, b_step, c, c_stride, add, from, columns, depth);
}

/* The strides are those of packed factors. */
BF16 static void rows_bf16(float *c, size_t c_stride, bool add, const struct product_operands *from,
                           size_t rows, size_t columns, size_t depth)
{
    choose(PRODUCT_STRIDE, 1, PRODUCT_COLUMNS, c, c_stride, add, from, rows, columns, depth);
}

BF16 static void turned_bf16(float *c, size_t c_stride, bool add,
                             const struct product_operands *from, size_t rows, size_t columns,
                             size_t depth)
{
    choose(1, from->a_stride, from->b_stride, c, c_stride, add, from, rows, columns, depth);
}

/* Up to 16 values of each, rounded. */
BF16_INLINE __m512i round_some(const float *first, size_t of_first, const float *second,
                               size_t of_second)
{
    return (__m512i)_mm512_cvtne2ps_pbh(_mm512_maskz_loadu_ps(lanes_of(of_second, 0), second),
                                        _mm512_maskz_loadu_ps(lanes_of(of_first, 0), first));
}

/* 16 values of each, which is faster than some of them. */
BF16_INLINE __m512i round_all(const float *first, const float *second)
{
    return (__m512i)_mm512_cvtne2ps_pbh(_mm512_loadu_ps(second), _mm512_loadu_ps(first));
}

BF16 static void pack_row(void *out, const float *in, size_t count)
{
    uint32_t *to = out;
    size_t at = 0;
    for (; at + 2 * LANES <= count; at += 2 * LANES, to += LANES)
        _mm512_storeu_si512(to, round_all(in + at, in + at + LANES));
    const size_t left = count - at, in_second = left > LANES ? left - LANES : 0;
    _mm512_mask_storeu_epi32(to, lanes_of((left + 1) / 2, 0),
                             round_some(in + at, left, in + at + LANES, in_second));
}

/* Where the halves of two times 16 values go. */
static const uint16_t by_turns[2 * LANES] = {0,  16, 1,  17, 2,  18, 3,  19, 4,  20, 5,
                                             21, 6,  22, 7,  23, 8,  24, 9,  25, 10, 26,
                                             11, 27, 12, 28, 13, 29, 14, 30, 15, 31};

BF16 static void pair_lines(void *out, const float *first, const float *second, size_t count)
{
    uint32_t *to = out;
    const __m512i order = _mm512_loadu_si512(by_turns);
    size_t at = 0;
    for (; second && at + LANES <= count; at += LANES)
        _mm512_storeu_si512(to + at,
                            _mm512_permutexvar_epi16(order, round_all(first + at, second + at)));
    for (; at < count; at += LANES) {
        const size_t left = count - at;
        const __m512i halves = second ? round_some(first + at, left, second + at, left)
                                      : round_some(first + at, left, first + at, 0);
        _mm512_mask_storeu_epi32(to + at, lanes_of(left, 0),
                                 _mm512_permutexvar_epi16(order, halves));
    }
}

/* Of so many vectors of columns sums stay in registers. */
enum { SUMMED_AT_ONCE = 4 };

BF16_INLINE void add_whole(float *sums, const uint32_t *from, size_t stride, size_t elements)
{
    const __m512bh ones = (__m512bh)_mm512_set1_epi32(0x3f803f80);
    __m512 sum[SUMMED_AT_ONCE];
#pragma GCC unroll 4
    for (size_t i = 0; i < SUMMED_AT_ONCE; i++)
        sum[i] = _mm512_loadu_ps(sums + i * LANES);
    for (size_t element = 0; element < elements; element++, from += stride)
#pragma GCC unroll 4
        for (size_t i = 0; i < SUMMED_AT_ONCE; i++)
            sum[i] = _mm512_dpbf16_ps(sum[i], (__m512bh)_mm512_loadu_si512(from + i * LANES), ones);
#pragma GCC unroll 4
    for (size_t i = 0; i < SUMMED_AT_ONCE; i++)
        _mm512_storeu_ps(sums + i * LANES, sum[i]);
}

BF16_INLINE void add_some(float *sums, const uint32_t *from, size_t stride, size_t elements,
                          size_t columns)
{
    const __m512bh ones = (__m512bh)_mm512_set1_epi32(0x3f803f80);
    const __mmask16 lanes = lanes_of(columns, 0);
    __m512 sum = _mm512_maskz_loadu_ps(lanes, sums);
    for (size_t element = 0; element < elements; element++, from += stride)
        sum = _mm512_dpbf16_ps(sum, (__m512bh)_mm512_maskz_loadu_epi32(lanes, from), ones);
    _mm512_mask_storeu_ps(sums, lanes, sum);
}

BF16 static void add_pairs(float *sums, const void *pairs, size_t stride, size_t elements,
                           size_t columns)
{
    const uint32_t *from = pairs;
    size_t at = 0;
    for (; at + SUMMED_AT_ONCE * LANES <= columns; at += SUMMED_AT_ONCE * LANES)
        add_whole(sums + at, from + at, stride, elements);
    for (; at < columns; at += LANES)
        add_some(sums + at, from + at, stride, elements, columns - at);
}

enum { AHEAD = 8 };
/* Lines are too far apart for the processor to see what will be asked for. */
KERNEL_INLINE void fetch(const float *lines, size_t count, size_t stride, size_t columns)
{
    for (size_t line = 0; line < count; line++)
        for (size_t i = 0; i < columns; i += LANES)
            __builtin_prefetch(lines + line * stride + i);
}

static void pack_lines(void *out, size_t width, const float *in, size_t stride, size_t count,
                       size_t lines)
{
    uint32_t *to = out;
    const size_t elements = (lines + 1) / 2;
    for (size_t line = 0; line < lines; line += 2, to += width, in += 2 * stride) {
        uint32_t *piece = to;
        const float *second = line + 1 < lines ? in + stride : NULL;
        fetch(in + AHEAD * stride, 2, stride, count);
        for (size_t at = 0; at < count; at += width, piece += elements * width) {
            size_t columns = smaller(count - at, width);
            pair_lines(piece, in + at, second ? second + at : NULL, columns);
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
    .pair_lines = pair_lines,
    .add_pairs = add_pairs,
};

#endif
