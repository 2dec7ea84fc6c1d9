/* The one table of a model's parameters: name, shape, place, treatment.
 *
 * Weights, gradients and Adam's two moments are each one contiguous block of floats; the table says
 * where in such a block each tensor lies. Allocation, initialisation, optimiser groups,
 * checkpoints, verification, tests and the user interface all read this table and nothing else.
 */
#ifndef MASKSCOPE_NN_PARAMETERS_H
#define MASKSCOPE_NN_PARAMETERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

enum { PARAMETER_NAME_SIZE = 64, PARAMETER_DIMENSIONS = 4 };

enum parameter_init {
    PARAMETER_ZERO,
    PARAMETER_ONE,
    PARAMETER_XAVIER, /* uniform on +- sqrt(6 / (rows + columns)), all dimensions but the first
                         being columns */
    PARAMETER_NORMAL, /* normal, sd 0.02 */
    PARAMETER_FIXED,  /* not trained: the position tables */
};

struct parameter {
    char name[PARAMETER_NAME_SIZE]; /* as in the published MAE release */
    int dimensions;
    int shape[PARAMETER_DIMENSIONS];
    size_t offset; /* in floats, from the start of the block */
    size_t count;  /* floats */
    enum parameter_init init;
    bool decay; /* weight decay applies: everything but 1-d parameters */
};

struct parameter_table {
    struct parameter *items;
    int count;
    size_t trained; /* floats that are trained: they come first in the block, without gaps */
    size_t total;   /* floats in all; the fixed position tables come last */
};

/* The parameter of that name, or null. */
const struct parameter *parameter_find(const struct parameter_table *table, const char *name);
/* Fills a block of table->total floats as the table says (fixed ones are left alone). Each tensor's
 * draws depend on (seed, its index in the table) only. */
void parameters_initialise(const struct parameter_table *table, uint64_t seed, float *block);

#endif
