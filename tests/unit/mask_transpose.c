/* On a square grid most strategies treat rows and columns alike: a mask and its transpose are
 * equally likely. Each is held against itself, without a word of what else its law is.
 */
#include "tests/unit/mask_measure.h"

/* One with which a thousandth of luck fails none of the tests below. */
enum { SEED = 1, SIDE = 8, PATCHES = SIDE * SIDE, MASKS = 3000 };

/* Not multi-block, whose aspects go from 3/4 to 3/2, nor inverse-block: the height of its rectangle
 * is rounded, the width holds the rest. square only where the visible patches are a square, as they
 * are at both ratios. */
static const char *const names[] = {
    "random",  "grid",     "cells",  "cells:cell=3",    "block",
    "square",  "center",   "border", "uniform",         "uniform:cell=3",
    "stripes", "gaussian", "noise",  "noise:color=red", "noise:color=blue",
    "perlin",  "poisson",
};
static const char *const ratios[] = {"0.4375", "0.75"};

typedef void check_masks(const char *title, uint8_t (*masks)[PATCHES]);

static void for_every_strategy(check_masks *check)
{
    static uint8_t masks[MASKS][PATCHES];
    struct mask_drawer *drawer = mask_drawer_new(SIDE, SIDE, NULL);
    for (size_t s = 0; s < ARRAY_LENGTH(names); s++)
        for (size_t r = 0; r < ARRAY_LENGTH(ratios); r++) {
            struct mask_choice choice = choose(names[s], ratios[r]);
            char title[64];
            snprintf(title, sizeof title, "%s %s", names[s], ratios[r]);
            for (uint32_t image = 0; image < MASKS; image++) {
                struct mask_key key = {.seed = SEED, .stream = RANDOM_MASK, .image = image};
                mask_draw(drawer, &choice, 0.0, &key, masks[image], NULL);
            }
            check(title, masks);
        }
    mask_drawer_free(drawer);
}

/* Differences between each mask and its transpose have mean 0: their sum over the root of their
 * sum of squares is a standard normal. 4.9 of them leave 1 in 1000 for all positions and
 * strategies. */
static double deviations(double sum, double squares)
{
    return squares > 0.0 ? sum / sqrt(squares) : 0.0;
}
static const double bound = 4.9;

static void check_inclusion(const char *title, uint8_t (*masks)[PATCHES])
{
    for (int y = 0; y < SIDE; y++)
        for (int x = 0; x < y; x++) {
            double sum = 0.0, squares = 0.0;
            for (int i = 0; i < MASKS; i++) {
                int apart = masks[i][y * SIDE + x] - masks[i][x * SIDE + y];
                sum += apart;
                squares += apart * apart;
            }
            if (fabs(deviations(sum, squares)) > bound)
                fail_msg("%s at %d, %d: %g standard deviations", title, y, x,
                         deviations(sum, squares));
        }
}

static void test_inclusion(void **state)
{
    (void)state;
    for_every_strategy(check_inclusion);
}

/* Hidden patches side by side, less those one above the other. */
static int run_of_rows(const uint8_t *mask)
{
    int pairs = 0;
    for (int y = 0; y < SIDE; y++)
        for (int x = 0; x + 1 < SIDE; x++) {
            pairs += mask[y * SIDE + x] & mask[y * SIDE + x + 1];
            pairs -= mask[x * SIDE + y] & mask[(x + 1) * SIDE + y];
        }
    return pairs;
}

static void check_neighbours(const char *title, uint8_t (*masks)[PATCHES])
{
    double sum = 0.0, squares = 0.0;
    for (int i = 0; i < MASKS; i++) {
        double pairs = run_of_rows(masks[i]);
        sum += pairs;
        squares += pairs * pairs;
    }
    if (fabs(deviations(sum, squares)) > bound)
        fail_msg("%s: %g standard deviations", title, deviations(sum, squares));
}

static void test_neighbours(void **state)
{
    (void)state;
    for_every_strategy(check_neighbours);
}

/* How many rows, or columns, have a patch of this value. */
static int extent(const uint8_t *mask, uint8_t value, bool rows)
{
    int first = SIDE, last = -1;
    for (int patch = 0; patch < PATCHES; patch++)
        if (mask[patch] == value) {
            int line = rows ? patch / SIDE : patch % SIDE;
            first = line < first ? line : first;
            last = line > last ? line : last;
        }
    return last - first + 1;
}

/* Bowker 1948: as many boxes of h x w as of w x h, whatever the law of the shapes. */
static void check_box(const char *title, uint8_t (*masks)[PATCHES], uint8_t value)
{
    enum { ENOUGH = 10 };
    int counts[SIDE + 1][SIDE + 1] = {{0}}, degrees = 0;
    double chi_square = 0.0;
    for (int i = 0; i < MASKS; i++)
        counts[extent(masks[i], value, true)][extent(masks[i], value, false)]++;
    for (int height = 1; height <= SIDE; height++)
        for (int width = 1; width < height; width++) {
            double apart = counts[height][width] - counts[width][height];
            int both = counts[height][width] + counts[width][height];
            if (both < ENOUGH)
                continue;
            chi_square += apart * apart / both;
            degrees++;
        }
    if (degrees > 0 && chi_square > critical(degrees))
        fail_msg("%s: boxes of %s patches: chi-square %g with %d degrees", title,
                 value ? "hidden" : "visible", chi_square, degrees);
}

static void check_boxes(const char *title, uint8_t (*masks)[PATCHES])
{
    check_box(title, masks, 0);
    check_box(title, masks, 1);
}

static void test_bounding_boxes(void **state)
{
    (void)state;
    for_every_strategy(check_boxes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_inclusion),
        cmocka_unit_test(test_neighbours),
        cmocka_unit_test(test_bounding_boxes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
