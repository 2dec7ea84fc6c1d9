#include "run/sample.h"

#include "base/memory.h"
#include "base/random.h"

uint32_t *sample_order(uint64_t seed, size_t count, struct error *error)
{
    uint32_t *order = memory_new(count, sizeof *order, error);
    if (!order)
        return NULL;
    for (size_t i = 0; i < count; i++)
        order[i] = (uint32_t)i;
    struct random random = random_begin(seed, RANDOM_SAMPLE, 0, 0);
    random_shuffle(&random, order, (uint32_t)count);
    return order;
}
