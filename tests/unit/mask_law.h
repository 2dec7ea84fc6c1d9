/* What the tests of laws share: the chance of every mask of a grid of a few patches, against draws.
 */
#ifndef MASKSCOPE_TESTS_UNIT_MASK_LAW_H
#define MASKSCOPE_TESTS_UNIT_MASK_LAW_H

#include "tests/unit/mask_measure.h"

/* One with which a thousandth of luck fails none of the tests. */
enum { LAW_SEED = 1 };
enum { PATCHES = 16, SETS = 1 << PATCHES, DRAWS = 60000 };

/* Sets of patches are bits: 1 << (y * width + x). */
struct grid {
    int height, width;
};

static inline int size_of(uint32_t set)
{
    return __builtin_popcount(set);
}

static inline uint32_t all_of(const struct grid *grid)
{
    return (1u << (grid->height * grid->width)) - 1;
}

static inline uint32_t patch_at(const struct grid *grid, int y, int x)
{
    return 1u << (y % grid->height * grid->width + x % grid->width);
}

static inline double *new_law(void)
{
    double *law = calloc(SETS, sizeof *law);
    assert_non_null(law);
    return law;
}

/* What draws a strategy's masks, one an image, with this many hidden. */
struct source {
    struct strategy_choice choice;
    double parameters[MASK_PARAMETER_LIMIT];
    struct mask_request request;
};

static inline void source_init(struct source *source, const char *name, int height, int width,
                               int hidden)
{
    assert_true(strategy_choice_parse(&source->choice, name, NULL));
    strategy_choice_at(&source->choice, 0.0, source->parameters);
    const struct strategy *strategy = source->choice.strategy;
    size_t size = strategy->scratch_size ? strategy->scratch_size(height * width) : 1;
    source->request = (struct mask_request){.grid_height = height,
                                            .grid_width = width,
                                            .hidden = hidden,
                                            .parameters = source->parameters,
                                            .scratch = malloc(size)};
    assert_non_null(source->request.scratch);
}

static inline void source_release(struct source *source)
{
    free(source->request.scratch);
}

static inline void source_draw(struct source *source, uint32_t image, uint8_t *mask)
{
    struct random random = random_begin(LAW_SEED, RANDOM_MASK, 0, image);
    source->request.random = &random;
    source->choice.strategy->draw(&source->request, mask);
}

/* Sets with too few masks expected for chi-square are put together with those that follow them. */
static inline void check_counts(const char *name, const struct grid *grid, int hidden,
                                const double *law, const int *counts)
{
    enum { ENOUGH = 5 };
    double expected = 0.0, chi_square = 0.0, sum = 0.0;
    int seen = 0, bins = 0;
    for (int set = 0; set < SETS; set++) {
        if (counts[set] > 0 && law[set] <= 0.0)
            fail_msg("%s on %dx%d, %d hidden: %d masks are %x, which cannot be", name, grid->height,
                     grid->width, hidden, counts[set], (unsigned)set);
        sum += law[set];
        expected += DRAWS * law[set];
        seen += counts[set];
        if (expected < ENOUGH)
            continue;
        chi_square += (seen - expected) * (seen - expected) / expected;
        bins++;
        expected = seen = 0;
    }
    assert_near(sum, 1.0, 1e-9);
    assert_true(bins > 1);
    if (chi_square > critical(bins - 1))
        fail_msg("%s on %dx%d, %d hidden: chi-square %g with %d degrees", name, grid->height,
                 grid->width, hidden, chi_square, bins - 1);
}

/* law [SETS]: the chance of each set of hidden patches. */
static inline void check_law(const char *name, const struct grid *grid, int hidden,
                             const double *law)
{
    struct source source;
    int *counts = calloc(SETS, sizeof *counts);
    assert_non_null(counts);
    source_init(&source, name, grid->height, grid->width, hidden);
    for (uint32_t image = 0; image < DRAWS; image++) {
        uint8_t mask[PATCHES];
        uint32_t set = 0;
        source_draw(&source, image, mask);
        for (int patch = 0; patch < grid->height * grid->width; patch++)
            set |= (uint32_t)mask[patch] << patch;
        counts[set]++;
    }
    check_counts(name, grid, hidden, law, counts);
    source_release(&source);
    free(counts);
}

#endif
