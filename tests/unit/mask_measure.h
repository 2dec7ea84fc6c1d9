/* What the tests of masks share. */
#ifndef MASKSCOPE_TESTS_UNIT_MASK_MEASURE_H
#define MASKSCOPE_TESTS_UNIT_MASK_MEASURE_H

#include "tests/unit/test.h"

#include <math.h>

#include "mask/coverage.h"
#include "mask/mask.h"

static inline struct mask_choice choose(const char *strategy, const char *ratio)
{
    struct mask_choice choice;
    assert_true(strategy_choice_parse(&choice.strategy, strategy, NULL));
    assert_true(ratio_choice_parse(&choice.ratio, ratio, NULL));
    return choice;
}

/* One mask with exactly this many hidden, drawn past the ratio law; checked before it is returned.
 */
static inline void draw_exactly(const char *name, int height, int width, int hidden, uint8_t *mask)
{
    struct strategy_choice choice;
    assert_true(strategy_choice_parse(&choice, name, NULL));
    const struct strategy *strategy = choice.strategy;
    double parameters[MASK_PARAMETER_LIMIT];
    strategy_choice_at(&choice, 0.0, parameters);
    struct random random =
        random_begin(3, RANDOM_MASK, (uint32_t)hidden, (uint32_t)(height * 131 + width));
    size_t patches = (size_t)(height * width);
    size_t size = strategy->scratch_size ? strategy->scratch_size((int)patches) : 1;
    uint8_t *scratch = malloc(size); /* as large as asked for, so that sanitizers see an overrun */
    memset(scratch, 0xA5, size);
    memset(mask, 0x5A, patches);
    struct mask_request request = {.grid_height = height,
                                   .grid_width = width,
                                   .hidden = hidden,
                                   .parameters = parameters,
                                   .random = &random,
                                   .scratch = scratch,
                                   .choice = &choice};
    strategy->draw(&request, mask);
    int counted = 0;
    for (size_t patch = 0; patch < patches; patch++) {
        assert_in_range(mask[patch], 0, 1);
        counted += mask[patch];
    }
    assert_int_equal(counted, hidden);
    free(scratch);
}

/* Draws that many masks and measures them; inclusion [L] may be null. */
static inline struct coverage_measures measure(const char *strategy, const char *ratio, int height,
                                               int width, uint32_t masks, uint64_t seed,
                                               int64_t *inclusion)
{
    struct mask_choice choice = choose(strategy, ratio);
    struct mask_drawer *drawer = mask_drawer_new(height, width, NULL);
    struct coverage coverage;
    uint8_t mask[1024];
    assert_true(coverage_init(&coverage, height, width, NULL));
    for (uint32_t image = 0; image < masks; image++) {
        struct mask_key key = {.seed = seed, .stream = RANDOM_MASK, .epoch = 0, .image = image};
        mask_draw(drawer, &choice, 0.0, &key, mask, NULL);
        coverage_add(&coverage, mask);
    }
    struct coverage_measures measures = coverage_measure(&coverage);
    if (inclusion)
        memcpy(inclusion, coverage.inclusion, (size_t)(height * width) * sizeof *inclusion);
    coverage_release(&coverage);
    mask_drawer_free(drawer);
    return measures;
}

/* The .999 quantile of chi-square by Wilson and Hilferty 1931, within 1% from one degree up. */
static inline double critical(double degrees)
{
    double step = 2.0 / (9.0 * degrees);
    return degrees * pow(1.0 - step + 3.0902 * sqrt(step), 3.0);
}

#endif
