/* What each family of strategies promises: equal inclusion or a symmetric map, its shape, its place
 * between the regular and the clumped, its spectrum, and exact counts with odd parameters too.
 */
#include "tests/unit/mask_measure.h"

#include "mask/spectrum.h"

static void test_exact_count_with_odd_parameters(void **state)
{
    (void)state;
    static const char *const odd[] = {
        "cells:cell=1",
        "cells:cell=3",
        "cells:cell=64",
        "uniform:cell=1",
        "uniform:cell=5",
        "block:min_area=196,aspect=0.01",
        "inverse-block:aspect=0.01",
        "inverse-block:roll=0",
        "center:jitter=0",
        "border:jitter=64",
        "multi-block:targets=16,low=1,high=1",
        "multi-block:targets=1,low=0.01,high=0.01",
        "stripes:axis=columns",
        "gaussian:sigma=0.01",
        "noise:color=red,sigma1=16",
        "noise:color=blue,sigma1=0.1",
        "noise:color=green,sigma1=2,sigma2=2.01",
        "noise:color=purple",
        "perlin:scale=1,octaves=6",
        "perlin:scale=128",
        "poisson:candidates=1",
        "poisson:candidates=256",
    };
    static const int grids[][2] = {{1, 2}, {2, 1}, {2, 2}, {7, 5}, {3, 17}, {1, 31}, {8, 8}};
    uint8_t mask[64];
    for (size_t i = 0; i < ARRAY_LENGTH(odd); i++)
        for (size_t g = 0; g < ARRAY_LENGTH(grids); g++)
            for (int hidden = 1; hidden < grids[g][0] * grids[g][1]; hidden++)
                draw_exactly(odd[i], grids[g][0], grids[g][1], hidden, mask);
}

static void test_equal_inclusion(void **state)
{
    (void)state;
    static const char *const names[] = {
        "cells",
        "cells:cell=3",
        "inverse-block",
        "inverse-block:aspect=0.1",
        "uniform",
        "uniform:cell=3",
        "stripes",
        "noise",
        "noise:color=red",
        "noise:color=blue",
        "noise:color=purple",
        "perlin",
        "perlin:scale=6,octaves=3",
        "poisson",
    };
    static const int grids[][2] = {{8, 8}, {14, 14}, {7, 5}, {1, 12}};
    static const char *const ratios[] = {"0.75", "0.4", "uniform:low=.2,high=.95"};
    for (size_t s = 0; s < ARRAY_LENGTH(names); s++)
        for (size_t g = 0; g < ARRAY_LENGTH(grids); g++)
            for (size_t r = 0; r < ARRAY_LENGTH(ratios); r++)
                check_equal_inclusion(names[s], ratios[r], grids[g][0], grids[g][1], 200);
}

/* Cells of 16, 4, 4 and 1 patches: going through them whole would favour the small ones. */
static void test_unequal_cells(void **state)
{
    (void)state;
    static const char *const names[] = {"cells:cell=4", "uniform:cell=4"};
    for (size_t i = 0; i < ARRAY_LENGTH(names); i++)
        check_equal_inclusion(names[i], "0.4", 5, 5, 2500);
}

static void test_symmetric_maps(void **state)
{
    (void)state;
    static const char *const names[] = {
        "square", "inverse-block:roll=0", "multi-block", "center", "border", "gaussian"};
    static const char *const ratios[] = {"0.4", "0.75"};
    for (size_t s = 0; s < ARRAY_LENGTH(names); s++)
        for (size_t r = 0; r < ARRAY_LENGTH(ratios); r++) {
            struct extremes share = check_symmetry(names[s], ratios[r], 7, 10, 500, false);
            /* Controls hide one end for good; a square of more than half the grid's sides always
             * shows the middle. */
            bool everywhere = r > 0 && !strstr(names[s], "center") && !strstr(names[s], "border");
            assert_true(!everywhere || share.least > 0.0);
        }
}

/* From the regular to the clumped. MAE's lattice has no two visible neighbours at .75 and no two
 * hidden ones at .5: nothing can lie below it. */
static void test_order_of_clumping(void **state)
{
    (void)state;
    static const char *const rising[] = {"grid",  "poisson", "uniform", "random",
                                         "noise", "perlin",  "block",   "inverse-block"};
    static const char *const ratios[] = {"0.5", "0.6", "0.75", "0.9"};
    for (size_t r = 0; r < ARRAY_LENGTH(ratios); r++) {
        struct coverage_measures before = {.neighbour_correlation = -1.0, .moran = -1.0};
        for (size_t s = 0; s < ARRAY_LENGTH(rising); s++) {
            struct coverage_measures measures =
                measure(rising[s], ratios[r], 14, 14, 125, ALL_SEEDS, NULL);
            if (!(measures.neighbour_correlation > before.neighbour_correlation - 0.002) ||
                !(measures.moran > before.moran - 0.005))
                fail_msg("%s %s: neighbours %g, Moran's I %g; the one before %g, %g", rising[s],
                         ratios[r], measures.neighbour_correlation, measures.moran,
                         before.neighbour_correlation, before.moran);
            before = measures;
        }
    }
}

/* Parameters are knobs: each of these pairs differs in the direction its help text says. */
static void test_parameters_act(void **state)
{
    (void)state;
    static const char *const clumpier[][2] = {
        {"cells:cell=1", "cells:cell=4"},
        {"perlin:scale=2", "perlin:scale=8"},
        {"perlin:octaves=4", "perlin"},
        {"poisson:candidates=16", "poisson:candidates=2"},
        {"uniform:cell=2", "uniform:cell=7"},
        {"gaussian:sigma=1", "gaussian:sigma=.1"},
        {"noise:sigma1=.5,sigma2=1", "noise:sigma1=1.5,sigma2=3"},
        {"center:jitter=4", "center:jitter=0"},
        {"border:jitter=4", "border:jitter=0"},
        {"multi-block:targets=12,low=.02,high=.05", "multi-block:targets=1,low=.5,high=.6"},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(clumpier); i++) {
        double less = measure(clumpier[i][0], "0.6", 14, 14, 75, ALL_SEEDS, NULL).moran;
        double more = measure(clumpier[i][1], "0.6", 14, 14, 75, ALL_SEEDS, NULL).moran;
        if (!(more > less + 0.02))
            fail_msg("%s has Moran's I %g, %s %g", clumpier[i][0], less, clumpier[i][1], more);
    }
}

static double band(const char *strategy, double low, double high)
{
    struct mask_choice choice = choose(strategy, "0.5");
    struct mask_drawer *drawer = mask_drawer_new(32, 32, NULL);
    struct spectrum spectrum;
    uint8_t mask[1024];
    assert_true(spectrum_init(&spectrum, 32, 32, NULL));
    for (uint32_t image = 0; image < 60; image++) {
        struct mask_key key = {.seed = 2, .stream = RANDOM_MASK, .epoch = 0, .image = image};
        mask_draw(drawer, &choice, 0.0, &key, mask, NULL);
        spectrum_add(&spectrum, mask);
    }
    double power = spectrum_band(&spectrum, low, high);
    spectrum_release(&spectrum);
    mask_drawer_free(drawer);
    return power;
}

/* Mean power in three bands, random masks having 1: red falls, blue rises, green has its hill in
 * the middle and purple its valley. */
static void test_noise_colors(void **state)
{
    (void)state;
    enum { LOW, MIDDLE, HIGH };
    static const double bands[][2] = {{0.02, 0.05}, {0.1, 0.17}, {0.35, 0.5}};
    static const char *const names[] = {"random", "noise:color=red", "noise:color=blue",
                                        "noise:color=green", "noise:color=purple"};
    double power[ARRAY_LENGTH(names)][3];
    for (size_t i = 0; i < ARRAY_LENGTH(names); i++)
        for (int b = LOW; b <= HIGH; b++)
            power[i][b] = band(names[i], bands[b][0], bands[b][1]);
    for (int b = LOW; b <= HIGH; b++)
        assert_near(power[0][b], 1.0, 0.06);
    const double *red = power[1], *blue = power[2], *green = power[3], *purple = power[4];
    assert_true(red[LOW] > 1.3 * red[MIDDLE] && red[MIDDLE] > 10.0 * red[HIGH]);
    assert_true(blue[LOW] < 0.75 * blue[MIDDLE] && blue[MIDDLE] < 0.8 * blue[HIGH]);
    assert_true(green[MIDDLE] > 1.5 * green[LOW] && green[MIDDLE] > 10.0 * green[HIGH]);
    assert_true(purple[MIDDLE] < 0.8 * purple[LOW] && purple[MIDDLE] < 0.8 * purple[HIGH]);
}

/* One mode of a 4 x 8 grid by hand: alternating columns put all power into the finest wave. */
static void test_spectrum_by_hand(void **state)
{
    (void)state;
    uint8_t mask[32];
    double power[5];
    struct spectrum spectrum;
    for (int i = 0; i < 32; i++)
        mask[i] = i % 2 == 0;
    assert_true(spectrum_init(&spectrum, 4, 8, NULL));
    assert_int_equal(spectrum.bins, 5);
    spectrum_add(&spectrum, mask);
    spectrum_radial(&spectrum, power);
    assert_true(isnan(power[0]));
    assert_near(power[1], 0.0, 1e-12);
    assert_near(power[3], 0.0, 1e-12);
    /* |16|^2 / (16 * 16 / 31) = 31 at (0, 4/8); bin 4 also holds (+-1, +-3), (0, 4), (2, 0), (2,
     * +-1) of the waves, whose power is 0. */
    assert_near(power[4] * (double)spectrum.counts[4], 31.0, 1e-9);
    spectrum_release(&spectrum);
}

/* The grid of one picture of each, where the shape can be said. */
static void test_shapes(void **state)
{
    (void)state;
    struct mask_drawer *drawer = mask_drawer_new(12, 12, NULL);
    struct mask_choice cells = choose("cells:cell=3", "0.75"), uniform = choose("uniform", "0.75");
    struct mask_choice rows = choose("stripes:axis=rows", "0.75"),
                       square = choose("square", "0.75");
    uint8_t mask[144];
    for (uint32_t image = 0; image < 100; image++) {
        struct mask_key key = {.seed = 1, .stream = RANDOM_MASK, .epoch = 0, .image = image};
        mask_draw(drawer, &cells, 0.0, &key, mask, NULL);
        for (int i = 0; i < 144; i++)
            assert_int_equal(mask[i], mask[i / 36 * 36 + i % 12 / 3 * 3]);
        mask_draw(drawer, &uniform, 0.0, &key, mask, NULL);
        for (int y = 0; y < 12; y += 2)
            for (int x = 0; x < 12; x += 2)
                assert_int_equal(mask[y * 12 + x] + mask[y * 12 + x + 1] + mask[y * 12 + 12 + x] +
                                     mask[y * 12 + 13 + x],
                                 3);
        mask_draw(drawer, &rows, 0.0, &key, mask, NULL);
        for (int i = 0; i < 144; i++)
            assert_int_equal(mask[i], mask[i / 12 * 12]);
        mask_draw(drawer, &square, 0.0, &key, mask, NULL);
        int top = 12, left = 12, bottom = 0, right = 0;
        for (int i = 0; i < 144; i++)
            if (!mask[i]) {
                top = i / 12 < top ? i / 12 : top;
                left = i % 12 < left ? i % 12 : left;
                bottom = i / 12 > bottom ? i / 12 : bottom;
                right = i % 12 > right ? i % 12 : right;
            }
        assert_true(bottom - top == 5 && right - left == 5);
    }
    mask_drawer_free(drawer);
}

/* Masks stay the same from one build to the next, so that an old run can be repeated: FNV-1a over
 * 50 masks of each strategy that needs no rounding of the mathematical library. */
static uint64_t digest(const char *strategy)
{
    struct mask_choice choice = choose(strategy, "uniform:low=.3,high=.9");
    struct mask_drawer *drawer = mask_drawer_new(9, 11, NULL);
    uint64_t hash = 0xcbf29ce484222325u;
    uint8_t mask[99];
    for (uint32_t image = 0; image < 50; image++) {
        struct mask_key key = {.seed = 5, .stream = RANDOM_MASK, .epoch = 1, .image = image};
        mask_draw(drawer, &choice, 0.0, &key, mask, NULL);
        for (size_t i = 0; i < sizeof mask; i++)
            hash = (hash ^ mask[i]) * 0x100000001b3u;
    }
    mask_drawer_free(drawer);
    return hash;
}

static void test_masks_stay_the_same(void **state)
{
    (void)state;
    static const struct {
        const char *strategy;
        uint64_t hash;
    } kept[] = {
        {"random", 0x0962739b5eaac3cc},        {"grid", 0xeb6de8e96d0aed9c},
        {"cells", 0x4fa45cb0b178223e},         {"block", 0x1a28d701de2c0f98},
        {"inverse-block", 0x5a6291fef1be4b70}, {"square", 0x1f5fa4a196568380},
        {"uniform", 0x9ec8b1c16007ba84},       {"multi-block", 0x1288baf7f5ff1cc0},
        {"stripes", 0x6e7cf68ed16ab77e},       {"poisson", 0x9b8ed46b8bac1e28},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(kept); i++)
        if (digest(kept[i].strategy) != kept[i].hash)
            fail_msg("{\"%s\", 0x%016llx},", kept[i].strategy,
                     (unsigned long long)digest(kept[i].strategy));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_exact_count_with_odd_parameters),
        cmocka_unit_test(test_equal_inclusion),
        cmocka_unit_test(test_unequal_cells),
        cmocka_unit_test(test_symmetric_maps),
        cmocka_unit_test(test_order_of_clumping),
        cmocka_unit_test(test_parameters_act),
        cmocka_unit_test(test_noise_colors),
        cmocka_unit_test(test_spectrum_by_hand),
        cmocka_unit_test(test_shapes),
        cmocka_unit_test(test_masks_stay_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
