/* bfloat16, the upper half of a float, in plain C: what the kernels' rounding is compared with. */
#ifndef MASKSCOPE_TESTS_UNIT_NN_ROUNDING_H
#define MASKSCOPE_TESTS_UNIT_NN_ROUNDING_H

#include <stdint.h>
#include <string.h>

/* Rounded to nearest, ties to even; NaN stays NaN. */
static inline uint16_t half_from_float(float value)
{
    const uint32_t magnitude = 0x7fffffff, infinity = 0x7f800000, quiet = 0x40;
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    uint32_t rounded = (bits + 0x7fff + (bits >> 16 & 1)) >> 16;
    return (uint16_t)((bits & magnitude) > infinity ? bits >> 16 | quiet : rounded);
}

static inline float float_from_half(uint16_t half)
{
    uint32_t bits = (uint32_t)half << 16;
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

#endif
