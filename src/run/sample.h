/* Which held-out images are looked at first. Sources sort by class, so the first few would all be
 * of one kind: a fixed random order makes the first n of it a fair sample for any n.
 */
#ifndef MASKSCOPE_RUN_SAMPLE_H
#define MASKSCOPE_RUN_SAMPLE_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

/* A permutation of 0 .. count - 1, the same for the same (seed, count). The caller frees it; null
 * with *error set. */
uint32_t *sample_order(uint64_t seed, size_t count, struct error *error);

#endif
