/* A new strategy or law is one new file, one declaration in families.h and one line here. */
#include "mask/families.h"

static const struct strategy *const all_strategies[] = {
    &strategy_random,
    &strategy_grid,
    &strategy_block,
};

static const struct ratio_law *const all_ratio_laws[] = {
    &ratio_law_constant,
    &ratio_law_uniform,
};

const struct strategy *const *strategies(size_t *count)
{
    *count = ARRAY_LENGTH(all_strategies);
    return all_strategies;
}

const struct ratio_law *const *ratio_laws(size_t *count)
{
    *count = ARRAY_LENGTH(all_ratio_laws);
    return all_ratio_laws;
}
