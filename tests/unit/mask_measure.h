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
    assert_non_null(scratch);
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

/* What is left to chance is tested on the masks of each of these seeds, 1 .. SEEDS, and on those of
 * all of them together, so that none of them has to be a lucky one. */
enum { ALL_SEEDS = 0, SEEDS = 8 };

/* Draws that many masks of one seed, or of each, and measures them; inclusion [L] may be null. */
static inline struct coverage_measures measure(const char *strategy, const char *ratio, int height,
                                               int width, uint32_t masks, uint64_t seed,
                                               int64_t *inclusion)
{
    struct mask_choice choice = choose(strategy, ratio);
    struct mask_drawer *drawer = mask_drawer_new(height, width, NULL);
    struct coverage coverage;
    uint8_t mask[1024];
    uint64_t first = seed == ALL_SEEDS ? 1 : seed, last = seed == ALL_SEEDS ? SEEDS : seed;
    assert_true(coverage_init(&coverage, height, width, NULL));
    for (uint64_t of = first; of <= last; of++)
        for (uint32_t image = 0; image < masks; image++) {
            struct mask_key key = {.seed = of, .stream = RANDOM_MASK, .epoch = 0, .image = image};
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

/* The quantile of chi-square at that of the normal, by Wilson and Hilferty 1931, within 1% from one
 * degree up. */
static inline double chi_square_quantile(double degrees, double deviate)
{
    double step = 2.0 / (9.0 * degrees);
    return degrees * pow(1.0 - step + deviate * sqrt(step), 3.0);
}

/* Its .999 quantile. */
static inline double critical(double degrees)
{
    return chi_square_quantile(degrees, 3.0902);
}

/* Whether every position is as likely as any other, at .001: a ninth of it for each seed and for
 * all of them together. */
static inline void check_equal_inclusion(const char *strategy, const char *ratio, int height,
                                         int width, uint32_t masks)
{
    static const double deviate = 3.6935; /* of .001 / (SEEDS + 1) */
    for (uint64_t seed = ALL_SEEDS; seed <= SEEDS; seed++) {
        struct coverage_measures measures =
            measure(strategy, ratio, height, width, masks, seed, NULL);
        if (measures.chi_square > chi_square_quantile(measures.degrees, deviate))
            fail_msg("%s %s on %dx%d, seed %d: chi-square %g with %g degrees", strategy, ratio,
                     height, width, (int)seed, measures.chi_square, measures.degrees);
    }
}

static inline void check_mirrored(const char *name, int y, int x, double here, double there,
                                  double bound)
{
    if (fabs(here - there) > bound)
        fail_msg("%s at %d, %d: %g, mirrored %g", name, y, x, here, there);
}

struct extremes {
    double least, most;
};

/* Inclusion at a position and at its mirror images differs by chance only. The difference of two
 * counts has at most the variance of two independent ones wherever neighbours go together; 4.95
 * standard deviations leave 1 in 1000 for all positions, flips, seeds and those together.
 * Returns the least and the greatest share of all masks. */
static inline struct extremes check_symmetry(const char *strategy, const char *ratio, int height,
                                             int width, uint32_t masks, bool turned)
{
    int64_t inclusion[256];
    struct extremes extremes = {1.0, 0.0};
    assert_in_range(height * width, 1, ARRAY_LENGTH(inclusion));
    for (uint64_t seed = ALL_SEEDS; seed <= SEEDS; seed++) {
        struct coverage_measures measures =
            measure(strategy, ratio, height, width, masks, seed, inclusion);
        double p = measures.ratio_mean;
        double bound = 4.95 * sqrt(2.0 * (double)measures.masks * p * (1.0 - p));
        for (int y = 0; y < height; y++)
            for (int x = 0; x < width; x++) {
                double here = (double)inclusion[y * width + x];
                double left_right = (double)inclusion[y * width + width - 1 - x];
                double up_down = (double)inclusion[(height - 1 - y) * width + x];
                check_mirrored(strategy, y, x, here, left_right, bound);
                check_mirrored(strategy, y, x, here, up_down, bound);
                if (turned)
                    check_mirrored(strategy, y, x, here, (double)inclusion[x * width + y], bound);
                if (seed == ALL_SEEDS) {
                    extremes.least = fmin(extremes.least, here / (double)measures.masks);
                    extremes.most = fmax(extremes.most, here / (double)measures.masks);
                }
            }
    }
    return extremes;
}

#endif
