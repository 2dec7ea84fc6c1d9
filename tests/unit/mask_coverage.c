/* Distances against a search of all pairs; coverage's measures against values worked out by hand.
 */
#include "tests/unit/test.h"

#include <math.h>

#include "mask/coverage.h"
#include "mask/distance.h"
#include "base/random.h"
#include "base/memory.h"

static int around(int a, int b, int size, bool torus)
{
    int apart = abs(a - b);
    return torus && size - apart < apart ? size - apart : apart;
}

static int nearest_by_search(int height, int width, bool torus, const uint8_t *mask, int patch)
{
    int best = DISTANCE_NONE;
    for (int other = 0; other < height * width; other++) {
        int dy = around(patch / width, other / width, height, torus);
        int dx = around(patch % width, other % width, width, torus);
        if (!mask[other] && dy * dy + dx * dx < best)
            best = dy * dy + dx * dx;
    }
    return best;
}

static void test_distance_is_exact(void **state)
{
    (void)state;
    static const int sizes[][2] = {{1, 2}, {2, 1}, {1, 17}, {9, 1}, {5, 8}, {13, 6}, {14, 14}};
    struct random random = random_begin(1, RANDOM_MASK, 0, 0);
    for (size_t i = 0; i < ARRAY_LENGTH(sizes); i++)
        for (int repeat = 0; repeat < 40; repeat++) {
            int height = sizes[i][0], width = sizes[i][1], squared[196], row[17];
            uint8_t mask[196];
            uint32_t visible_in = 2 + (uint32_t)repeat;
            for (int patch = 0; patch < height * width; patch++)
                mask[patch] = random_below(&random, visible_in) > 0;
            mask[random_below(&random, (uint32_t)(height * width))] = 0;
            for (int torus = 0; torus < 2; torus++) {
                distance_to_visible(height, width, torus, mask, squared, row);
                for (int patch = 0; patch < height * width; patch++)
                    assert_int_equal(squared[patch],
                                     nearest_by_search(height, width, torus, mask, patch));
            }
        }
}

static void test_distance_without_visible(void **state)
{
    (void)state;
    const uint8_t mask[6] = {1, 1, 1, 1, 1, 1};
    int squared[6], row[3];
    distance_to_visible(2, 3, true, mask, squared, row);
    for (int patch = 0; patch < 6; patch++)
        assert_true(squared[patch] >= DISTANCE_NONE);
}

static struct coverage_measures measure(int height, int width, size_t count, const uint8_t *masks)
{
    struct coverage coverage;
    assert_true(coverage_init(&coverage, height, width, NULL));
    for (size_t i = 0; i < count; i++)
        coverage_add(&coverage, masks + i * (size_t)(height * width));
    struct coverage_measures measures = coverage_measure(&coverage);
    coverage_release(&coverage);
    return measures;
}

/* A 2 x 3 grid with its left column hidden: right neighbours 0 of 2, expected 2 * 1/5; Moran's I by
 * hand: p = 1/3, pairs 7, cross products (6/7) (1/9 ...) below. */
static void test_measures_by_hand(void **state)
{
    (void)state;
    const uint8_t mask[6] = {1, 0, 0, 1, 0, 0};
    struct coverage_measures measures = measure(2, 3, 1, mask);
    assert_near(measures.ratio_mean, 1.0 / 3.0, 1e-15);
    assert_true(isnan(measures.ratio_sd));
    assert_near(measures.neighbour_correlation, -0.2, 1e-15);
    /* pairs: hidden-hidden 1 at 4/9, hidden-visible 2 at -2/9, visible-visible 4 at 1/9: 4/9 in
     * all; spread 2 * 4/9 + 4 * 1/9 = 12/9; I = 6/7 * (4/9) / (12/9) */
    assert_near(measures.moran, 2.0 / 7.0, 1e-15);
    assert_near(measures.moran_random, -0.2, 1e-15);
    assert_near(measures.mean_distance, 1.0, 1e-15);
    assert_true(isnan(measures.chi_square));
}

/* All six masks of two out of four patches, twice, in an order that pairs different ones: counts
 * are equal, so chi-square is 0; a set that always hides the first patch is far from it. */
static void test_inclusion(void **state)
{
    (void)state;
    const uint8_t all[] = {1, 1, 0, 0, 1, 0, 1, 0, 1, 0, 0, 1, 0, 1, 1, 0, 0, 1, 0, 1, 0, 0, 1, 1};
    struct coverage_measures equal = measure(1, 4, 6, all);
    assert_near(equal.chi_square, 0.0, 1e-12);
    uint8_t first[100 * 4];
    for (int i = 0; i < 100; i++)
        memcpy(first + 4 * i,
               (const uint8_t[3][4]){{1, 1, 0, 0}, {1, 0, 1, 0}, {1, 0, 0, 1}}[i % 3], 4);
    struct coverage_measures biased = measure(1, 4, 100, first);
    assert_true(biased.chi_square > 30.0 * biased.degrees);
    assert_true(isnan(measure(4, 1, 6, all).neighbour_correlation));
}

/* Random masks have L - 1 degrees of freedom; a pattern with two phases has one. */
static void test_degrees_of_freedom(void **state)
{
    (void)state;
    enum { MASKS = 4000, PATCHES = 36, HIDDEN = 12 };
    static uint8_t random_masks[MASKS * PATCHES], phases[MASKS * PATCHES];
    struct random random = random_begin(4, RANDOM_MASK, 0, 0);
    for (int i = 0; i < MASKS; i++) {
        uint32_t order[PATCHES];
        for (uint32_t patch = 0; patch < PATCHES; patch++)
            order[patch] = patch;
        random_shuffle(&random, order, PATCHES);
        for (int rank = 0; rank < HIDDEN; rank++)
            random_masks[i * PATCHES + (int)order[rank]] = 1;
        uint32_t phase = random_below(&random, 2);
        for (uint32_t patch = 0; patch < PATCHES; patch++)
            phases[i * PATCHES + (int)patch] = patch % 2 == phase;
    }
    struct coverage_measures free_choice = measure(6, 6, MASKS, random_masks);
    assert_true(free_choice.degrees > 31.0 && free_choice.degrees <= 35.0);
    assert_true(free_choice.chi_square < 66.6);
    struct coverage_measures two = measure(6, 6, MASKS, phases);
    assert_near(two.degrees, 1.0, 1e-9);
    assert_true(two.chi_square < 10.83);
}

static void test_realised_ratio(void **state)
{
    (void)state;
    const uint8_t masks[] = {1, 0, 0, 0, 1, 1, 1, 0};
    struct coverage coverage;
    double map[4];
    assert_true(coverage_init(&coverage, 2, 2, NULL));
    assert_true(isnan(coverage_measure(&coverage).ratio_mean));
    coverage_add(&coverage, masks);
    coverage_add(&coverage, masks + 4);
    struct coverage_measures measures = coverage_measure(&coverage);
    assert_near(measures.ratio_mean, 0.5, 1e-15);
    assert_near(measures.ratio_sd, sqrt(0.125), 1e-15);
    assert_true(measures.ratio_low == 0.25 && measures.ratio_high == 0.75);
    assert_int_equal(coverage.hidden_counts[1], 1);
    assert_int_equal(coverage.hidden_counts[3], 1);
    coverage_map(&coverage, map);
    assert_true(map[0] == 1.0 && map[1] == 0.5 && map[2] == 0.5 && map[3] == 0.0);
    coverage_release(&coverage);
}

/* Only the first patch of 2 x 5 is visible. Around the torus the furthest would lie 2 away. */
static void test_distance_by_hand(void **state)
{
    (void)state;
    const uint8_t mask[10] = {0, 1, 1, 1, 1, 1, 1, 1, 1, 1};
    double first_row = 1 + 2 + 3 + 4, second_row = 1 + sqrt(2) + sqrt(5) + sqrt(10) + sqrt(17);
    assert_near(measure(2, 5, 1, mask).mean_distance, (first_row + second_row) / 9, 1e-14);
    const uint8_t diagonal[4] = {1, 1, 1, 0}, row[3] = {1, 1, 0};
    assert_near(measure(2, 2, 1, diagonal).mean_distance, (2 + sqrt(2)) / 3, 1e-14);
    assert_near(measure(1, 3, 1, row).mean_distance, 1.5, 1e-15);
}

/* What was added before it was cleared is nowhere in what is measured afterwards. */
static void test_clear_forgets(void **state)
{
    (void)state;
    enum { HEIGHT = 3, WIDTH = 4, PATCHES = HEIGHT * WIDTH, MASKS = 5 };
    uint8_t masks[MASKS * PATCHES];
    double map[PATCHES], expected[PATCHES];
    struct random random = random_begin(3, RANDOM_MASK, 0, 0);
    struct coverage fresh, used;
    assert_true(coverage_init(&fresh, HEIGHT, WIDTH, NULL));
    assert_true(coverage_init(&used, HEIGHT, WIDTH, NULL));
    for (int i = 0; i < MASKS * PATCHES; i++)
        masks[i] = random_below(&random, 2) > 0;
    for (int i = 0; i < MASKS; i++) { /* an odd number: one waits for its pair */
        masks[i * PATCHES] = 0;
        masks[i * PATCHES + 1 + i] = 1;
        coverage_add(&used, masks + i * PATCHES);
    }
    coverage_clear(&used);
    assert_int_equal(coverage_measure(&used).masks, 0);
    for (int i = MASKS - 2; i < MASKS; i++) {
        coverage_add(&fresh, masks + i * PATCHES);
        coverage_add(&used, masks + i * PATCHES);
    }
    struct coverage_measures again = coverage_measure(&used), first = coverage_measure(&fresh);
    assert_memory_equal(&again, &first, sizeof first);
    assert_memory_equal(used.hidden_counts, fresh.hidden_counts,
                        (PATCHES + 1) * sizeof *fresh.hidden_counts);
    coverage_map(&used, map);
    coverage_map(&fresh, expected);
    assert_memory_equal(map, expected, sizeof map);
    coverage_release(&fresh);
    coverage_release(&used);
}

/* Masks with every number of hidden patches are as many in every bin, whatever the grid. */
static void test_flat_histogram(void **state)
{
    (void)state;
    static const int sides[] = {2, 7, 8, 14, 32};
    enum { MOST = 50, LARGEST = 32 * 32 };
    for (size_t i = 0; i < ARRAY_LENGTH(sides); i++) {
        int patches = sides[i] * sides[i];
        struct coverage_histogram histogram = coverage_histogram(patches, MOST);
        struct coverage coverage;
        double shares[MOST], sum = 0;
        uint8_t mask[LARGEST] = {0};
        assert_true(coverage_init(&coverage, sides[i], sides[i], NULL));
        for (int hidden = 1; hidden < patches; hidden++) {
            mask[hidden - 1] = 1;
            coverage_add(&coverage, mask);
        }
        assert_in_range(histogram.bins, 1, MOST);
        coverage_ratios(&coverage, &histogram, shares);
        for (int bin = 0; bin < histogram.bins; bin++) {
            sum += shares[bin];
            if (bin > 0 && (bin + 1) * histogram.counts <= patches) /* no end: 0 and L are none */
                assert_near(shares[bin], histogram.counts / (patches - 1.0), 1e-12);
        }
        assert_near(sum, 1, 1e-12);
        coverage_release(&coverage);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_flat_histogram),
        cmocka_unit_test(test_distance_is_exact),
        cmocka_unit_test(test_distance_without_visible),
        cmocka_unit_test(test_measures_by_hand),
        cmocka_unit_test(test_inclusion),
        cmocka_unit_test(test_degrees_of_freedom),
        cmocka_unit_test(test_realised_ratio),
        cmocka_unit_test(test_distance_by_hand),
        cmocka_unit_test(test_clear_forgets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
