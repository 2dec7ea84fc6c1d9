/* Sizes, and how they are cut into parts. Private to src/nn. */
#ifndef MASKSCOPE_NN_SIZES_H
#define MASKSCOPE_NN_SIZES_H

#include <stddef.h>

static inline size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

static inline size_t larger(size_t a, size_t b)
{
    return a > b ? a : b;
}

/* How many parts of at most `most` things `count` things make. */
static inline size_t parts_of(size_t count, size_t most)
{
    return (count + most - 1) / most;
}

/* Where part `part` of `count` things begins, when they are divided evenly. */
static inline size_t part_start(size_t count, size_t parts, size_t part)
{
    return count * part / parts;
}

#endif
