/* bfloat16: the upper half of a float. */
#ifndef MASKSCOPE_NN_HALF_H
#define MASKSCOPE_NN_HALF_H

#include <stddef.h>
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

void half_from_floats(uint16_t *out, const float *in, size_t count);

#endif
