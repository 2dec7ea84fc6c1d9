/* A new strategy or law is one new file, one declaration in families.h and one line here. */
#include "mask/families.h"

static const struct strategy *const all_strategies[] = {
    &strategy_random,        &strategy_grid,        &strategy_cells,   &strategy_block,
    &strategy_inverse_block, &strategy_square,      &strategy_center,  &strategy_border,
    &strategy_uniform,       &strategy_multi_block, &strategy_stripes, &strategy_gaussian,
    &strategy_noise,         &strategy_perlin,      &strategy_poisson, &strategy_saliency,
    &strategy_attention,     &strategy_loss,        &strategy_mixture, &strategy_file,
    &strategy_painted,
};

static const struct ratio_law *const all_ratio_laws[] = {
    &ratio_law_constant, &ratio_law_uniform, &ratio_law_truncnorm,
    &ratio_law_beta,     &ratio_law_cosine,  &ratio_law_mixture,
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
