#include "nn/half.h"

#include "nn/kernel.h"

KERNEL void half_from_floats(uint16_t *restrict out, const float *restrict in, size_t count)
{
#pragma omp simd
    for (size_t i = 0; i < count; i++)
        out[i] = half_from_float(in[i]);
}
