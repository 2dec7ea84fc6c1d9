/* Which kernels of products there are, and which of them run here. */
#include <stdlib.h>
#include <string.h>

#include "nn/product_kernels.h"

static const struct product_kernels *const all_kernels[] = {
#ifdef HAVE_PRODUCT_KERNELS
    &product_avx512_halves,
    &product_avx512,
    &product_avx2,
#endif
    NULL,
};

const struct product_kernels *product_kernels_at(size_t index)
{
    return all_kernels[index];
}

bool product_kernels_run(const struct product_kernels *kernels)
{
    return kernels->run_here();
}

enum product_type product_kernels_type(const struct product_kernels *kernels)
{
    return kernels ? kernels->type : PRODUCT_FLOATS;
}

const char *product_kernels_name(const struct product_kernels *kernels)
{
    return kernels ? kernels->name : "BLAS";
}

static const char environment[] = "MASKSCOPE_KERNELS", no_kernels[] = "blas";

/* Number of the fastest kernels that the environment allows; behind the last for none of them. */
static bool first_allowed(size_t *first)
{
    const char *limit = getenv(environment);
    *first = 0;
    if (!limit || !*limit)
        return true;
    while (all_kernels[*first] && strcmp(all_kernels[*first]->key, limit))
        ++*first;
    return all_kernels[*first] || !strcmp(limit, no_kernels);
}

bool product_kernels_check(struct error *error)
{
    size_t first;
    if (first_allowed(&first))
        return true;
    return error_set(error, ERROR_USAGE, "%s is '%s', expected blas, avx2, avx512 or bf16",
                     environment, getenv(environment));
}

const struct product_kernels *product_kernels_best(enum product_type type)
{
    const struct product_kernels *kernels;
    size_t first;
    first_allowed(&first);
    for (size_t i = first; (kernels = all_kernels[i]); i++)
        if (kernels->type == type && kernels->run_here())
            return kernels;
    return NULL;
}
