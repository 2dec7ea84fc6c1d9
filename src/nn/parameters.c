#include "nn/parameters.h"

#include <math.h>
#include <string.h>

#include "base/parallel.h"
#include "base/random.h"

const struct parameter *parameter_find(const struct parameter_table *table, const char *name)
{
    for (int i = 0; i < table->count; i++)
        if (!strcmp(table->items[i].name, name))
            return &table->items[i];
    return NULL;
}

static void fill(float *values, size_t count, float value)
{
    for (size_t i = 0; i < count; i++)
        values[i] = value;
}

static void initialise_uniform(float *values, size_t count, double limit, struct random *random)
{
    for (size_t i = 0; i < count; i++)
        values[i] = (float)((2 * random_uniform(random) - 1) * limit);
}

static void initialise_normal(float *values, size_t count, double deviation, struct random *random)
{
    for (size_t i = 0; i < count; i++)
        values[i] = (float)(deviation * random_normal(random));
}

struct job {
    const struct parameter_table *table;
    uint64_t seed;
    float *block;
};

static void initialise_item(void *context, size_t index)
{
    const struct job *job = context;
    const struct parameter *item = &job->table->items[index];
    struct random random = random_begin(job->seed, RANDOM_INIT, 0, (uint32_t)index);
    float *values = job->block + item->offset;
    size_t rows = (size_t)item->shape[0];
    switch (item->init) {
    case PARAMETER_ZERO:
        fill(values, item->count, 0.0f);
        break;
    case PARAMETER_ONE:
        fill(values, item->count, 1.0f);
        break;
    case PARAMETER_XAVIER: /* Glorot & Bengio 2010, eq. 16 */
        initialise_uniform(values, item->count, sqrt(6.0 / (double)(rows + item->count / rows)),
                           &random);
        break;
    case PARAMETER_NORMAL:
        initialise_normal(values, item->count, 0.02, &random);
        break;
    case PARAMETER_FIXED:
        break;
    }
}

void parameters_initialise(const struct parameter_table *table, uint64_t seed, float *block)
{
    struct job job = {table, seed, block};
    parallel_for((size_t)table->count, initialise_item, &job);
}
