/* What every compute kernel needs: the attribute that compiles it for several x86-64 levels, a
 * vector of sixteen floats, and an exponential that vectorises.
 *
 * A kernel is a plain loop nest over arrays. It owns nothing: no allocation, no input or output.
 */
#ifndef MASKSCOPE_NN_KERNEL_H
#define MASKSCOPE_NN_KERNEL_H

#include <stdint.h>
#include <string.h>

#include "config.h"

/* The variant is chosen when the program starts (ifunc), which sanitizers do not survive. */
#if defined HAVE_TARGET_CLONES && !defined SANITIZED
#define KERNEL __attribute__((target_clones("default", "arch=x86-64-v3", "arch=x86-64-v4")))
#else
#define KERNEL
#endif

/* Inlined into a kernel, and so compiled for its level. */
#define KERNEL_INLINE static inline __attribute__((always_inline))

enum { KERNEL_LANES = 16 };
/* One AVX-512 register, two of AVX, four of SSE. */
typedef float kernel_vector __attribute__((vector_size(KERNEL_LANES * sizeof(float))));
/* The same at any address. */
typedef float kernel_vector_at
    __attribute__((vector_size(KERNEL_LANES * sizeof(float)), aligned(4)));

KERNEL_INLINE size_t kernel_padded(size_t count)
{
    return (count + KERNEL_LANES - 1) / KERNEL_LANES * KERNEL_LANES;
}

/* e^x for x <= 88.3, within 1 ulp of the rounded result or two; 0 below -87; NaN stays NaN.
 * x = n ln 2 + r with |r| <= ln 2 / 2, and a Taylor polynomial in r (its remainder is 2e-9). */
KERNEL_INLINE float kernel_exp(float x)
{
    const float log2_e = 0x1.715476p+0f, ln2_high = 0x1.62e4p-1f, ln2_low = 0x1.7f7d1cp-20f;
    const float round_shift = 0x1.8p+23f; /* adding it leaves the nearest integer in the low bits */
    float clamped = x < -87.0f ? -87.0f : x;
    float shifted = clamped * log2_e + round_shift;
    float n = shifted - round_shift;
    float r = (clamped - n * ln2_high) - n * ln2_low;
    float p = 1.0f / 5040;
    p = p * r + 1.0f / 720;
    p = p * r + 1.0f / 120;
    p = p * r + 1.0f / 24;
    p = p * r + 1.0f / 6;
    p = p * r + 0.5f;
    p = p * r + 1.0f;
    p = p * r + 1.0f;
    uint32_t bits;
    memcpy(&bits, &shifted, sizeof bits);
    bits = (bits + 127) << 23; /* what the shift left above the integer falls off */
    float scale;
    memcpy(&scale, &bits, sizeof scale);
    return x < -87.0f ? 0.0f : p * scale;
}

#endif
