/* Strategies: exactly M hidden everywhere, one mask a key, the inclusion each promises, and the
 * order of their neighbour correlations. Every strategy of the registry is held to the first two.
 */
#include "tests/unit/mask_measure.h"

enum { LARGEST = 128 * 128, STRATEGY_LIMIT = 64 };

/* Those of the registry that draw masks of any number. */
struct drawing {
    const struct strategy *strategies[STRATEGY_LIMIT];
    size_t count;
};

static struct drawing drawing_strategies(void)
{
    size_t count;
    const struct strategy *const *all = strategies(&count);
    struct drawing drawing = {.count = 0};
    assert_in_range(count, 1, STRATEGY_LIMIT);
    for (size_t i = 0; i < count; i++)
        if (!all[i]->own_count)
            drawing.strategies[drawing.count++] = all[i];
    assert_true(drawing.count > 0 && drawing.count < count);
    return drawing;
}

static void test_exact_count_on_small_grids(void **state)
{
    (void)state;
    uint8_t mask[144];
    struct drawing drawing = drawing_strategies();
    for (size_t i = 0; i < drawing.count; i++)
        for (int height = 1; height <= 12; height++)
            for (int width = height == 1 ? 2 : 1; width <= 12; width++)
                for (int hidden = 1; hidden < height * width; hidden++)
                    draw_exactly(drawing.strategies[i]->name, height, width, hidden, mask);
}

static void test_exact_count_on_large_grids(void **state)
{
    (void)state;
    static uint8_t mask[LARGEST];
    static const struct {
        int height, width, step;
    } grids[] = {{32, 32, 1}, {16, 32, 3},  {14, 14, 1},
                 {1, 300, 5}, {300, 2, 11}, {128, 128, 1489}};
    struct drawing drawing = drawing_strategies();
    for (size_t i = 0; i < drawing.count; i++)
        for (size_t g = 0; g < ARRAY_LENGTH(grids); g++) {
            int patches = grids[g].height * grids[g].width;
            for (int hidden = 1; hidden < patches; hidden += grids[g].step)
                draw_exactly(drawing.strategies[i]->name, grids[g].height, grids[g].width, hidden,
                             mask);
            draw_exactly(drawing.strategies[i]->name, grids[g].height, grids[g].width, patches - 1,
                         mask);
        }
}

static void test_same_key_same_mask(void **state)
{
    (void)state;
    uint8_t first[140], again[140];
    struct drawing drawing = drawing_strategies();
    struct mask_drawer *drawer = mask_drawer_new(10, 14, NULL);
    struct mask_drawer *other = mask_drawer_new(10, 14, NULL);
    for (size_t i = 0; i < drawing.count; i++) {
        struct mask_choice choice = choose(drawing.strategies[i]->name, "uniform:low=.3,high=.9");
        for (uint32_t image = 0; image < 50; image++) {
            struct mask_key key = {.seed = 7, .stream = RANDOM_MASK, .epoch = 2, .image = image},
                            next = {.seed = 7, .stream = RANDOM_MASK, .epoch = 3, .image = image};
            int hidden = mask_draw(drawer, &choice, 0.5, &key, first, NULL);
            mask_draw(other, &choice, 0.5, &next, again, NULL); /* whatever else ran */
            assert_int_equal(mask_draw(other, &choice, 0.5, &key, again, NULL), hidden);
            assert_memory_equal(first, again, sizeof first);
        }
    }
    mask_drawer_free(drawer);
    mask_drawer_free(other);
}

/* Each part of the key gives other masks, and for training other ratios, of its own. */
static void test_every_part_of_the_key_counts(void **state)
{
    (void)state;
    struct mask_drawer *drawer = mask_drawer_new(14, 14, NULL);
    struct mask_choice same_ratio = choose("random", "0.5");
    struct mask_choice ratios = choose("random", "uniform:low=.1,high=.9");
    const struct mask_key key = {.seed = 7, .stream = RANDOM_MASK, .epoch = 2, .image = 5};
    const struct mask_key others[] = {
        {.seed = 8, .stream = RANDOM_MASK, .epoch = 2, .image = 5},
        {.seed = 7, .stream = RANDOM_MASK, .epoch = 3, .image = 5},
        {.seed = 7, .stream = RANDOM_MASK, .epoch = 2, .image = 6},
        {.seed = 7, .stream = RANDOM_PROBE_MASK, .epoch = 2, .image = 5},
        {.seed = 7, .stream = RANDOM_SHOWN_MASK, .epoch = 2, .image = 5},
    };
    uint8_t first[196], other[196];
    int hidden = mask_draw(drawer, &ratios, 0.0, &key, first, NULL);
    mask_draw(drawer, &same_ratio, 0.0, &key, first, NULL);
    for (size_t i = 0; i < ARRAY_LENGTH(others); i++) {
        mask_draw(drawer, &same_ratio, 0.0, &others[i], other, NULL);
        assert_memory_not_equal(first, other, sizeof first);
        assert_int_not_equal(mask_draw(drawer, &ratios, 0.0, &others[i], other, NULL), hidden);
    }
    mask_drawer_free(drawer);
}

/* A training mask begins at the start of its stream: the law has a stream of its own. */
static void test_law_does_not_move_masks(void **state)
{
    (void)state;
    struct mask_drawer *drawer = mask_drawer_new(14, 14, NULL);
    struct mask_choice choice = choose("random", "0.75");
    uint8_t drawn[196], expected[196];
    struct mask_key key = {.seed = 7, .stream = RANDOM_MASK, .epoch = 2, .image = 5};
    struct random random = random_begin(7, RANDOM_MASK, 2, 5);
    struct mask_request request = {
        .grid_height = 14, .grid_width = 14, .hidden = 147, .random = &random};
    choice.strategy.strategy->draw(&request, expected);
    mask_draw(drawer, &choice, 0.0, &key, drawn, NULL);
    assert_memory_equal(drawn, expected, sizeof drawn);
    mask_drawer_free(drawer);
}

/* The strategy does not move the ratios drawn. */
static void test_ratios_do_not_depend_on_strategy(void **state)
{
    (void)state;
    uint8_t mask[196];
    struct mask_drawer *drawer = mask_drawer_new(14, 14, NULL);
    struct mask_choice random = choose("random", "uniform:low=.1,high=.9");
    struct mask_choice block = choose("block", "uniform:low=.1,high=.9");
    for (uint32_t image = 0; image < 100; image++) {
        struct mask_key key = {.seed = 1, .stream = RANDOM_MASK, .epoch = 0, .image = image};
        int hidden = mask_draw(drawer, &random, 0.0, &key, mask, NULL);
        assert_int_equal(mask_draw(drawer, &block, 0.0, &key, mask, NULL), hidden);
    }
    mask_drawer_free(drawer);
}

static void test_equal_inclusion(void **state)
{
    (void)state;
    static const struct {
        int height, width;
    } grids[] = {{8, 8}, {14, 14}, {7, 7}, {5, 9}, {1, 12}, {11, 2}};
    static const char *const strategy_names[] = {"random", "grid"};
    static const char *const ratios[] = {"0.75", "0.9", "0.4", "uniform:low=.2,high=.95"};
    for (size_t s = 0; s < ARRAY_LENGTH(strategy_names); s++)
        for (size_t g = 0; g < ARRAY_LENGTH(grids); g++)
            for (size_t r = 0; r < ARRAY_LENGTH(ratios); r++)
                check_equal_inclusion(strategy_names[s], ratios[r], grids[g].height, grids[g].width,
                                      250);
}

static void test_fixed_phase_is_fixed(void **state)
{
    (void)state;
    struct mask_choice choice = choose("grid:phase=fixed", "0.75");
    struct mask_drawer *drawer = mask_drawer_new(14, 14, NULL);
    uint8_t mask[196];
    for (uint32_t image = 0; image < 20; image++) {
        struct mask_key key = {.seed = 1, .stream = RANDOM_MASK, .epoch = 0, .image = image};
        mask_draw(drawer, &choice, 0.0, &key, mask, NULL);
        for (int patch = 0; patch < 196; patch++)
            assert_int_equal(mask[patch], patch / 14 % 2 == 1 || patch % 2 == 1);
    }
    mask_drawer_free(drawer);
}

/* Where the numbers work out, random phases are the lattice turned: 2 x 2 and a checkerboard. */
static void test_lattices_are_regular(void **state)
{
    (void)state;
    uint8_t mask[196];
    struct mask_drawer *drawer = mask_drawer_new(14, 14, NULL);
    struct mask_choice quarter = choose("grid", "0.75"), half = choose("grid", "0.5");
    for (uint32_t image = 0; image < 50; image++) {
        struct mask_key key = {.seed = 5, .stream = RANDOM_MASK, .epoch = 0, .image = image};
        mask_draw(drawer, &quarter, 0.0, &key, mask, NULL);
        for (int patch = 0; patch < 196; patch++) {
            int y = patch / 14, x = patch % 14;
            assert_int_equal(mask[patch], mask[(y + 2) % 14 * 14 + x]);
            assert_int_equal(mask[patch], mask[y * 14 + (x + 2) % 14]);
        }
        mask_draw(drawer, &half, 0.0, &key, mask, NULL);
        for (int patch = 0; patch < 196; patch++)
            assert_int_not_equal(mask[patch], mask[patch / 14 * 14 + (patch + 1) % 14]);
    }
    mask_drawer_free(drawer);
}

/* What the lattice has too many or too few of is settled at random, not always at the same place,
 * and leaves all else as it was: holes are filled at distance sqrt(2) from the 2 x 2 lattice. */
static void test_rest_is_settled_at_random(void **state)
{
    (void)state;
    struct mask_choice choice =
        choose("grid:phase=fixed", "0.72"); /* 54 visible, the lattice has 49 */
    struct mask_drawer *drawer = mask_drawer_new(14, 14, NULL);
    int shown[196] = {0};
    for (uint32_t image = 0; image < 500; image++) {
        uint8_t mask[196];
        struct mask_key key = {.seed = 1, .stream = RANDOM_MASK, .epoch = 0, .image = image};
        mask_draw(drawer, &choice, 0.0, &key, mask, NULL);
        for (int patch = 0; patch < 196; patch++)
            shown[patch] += !mask[patch];
    }
    for (int patch = 0; patch < 196; patch++) {
        bool odd_row = patch / 14 % 2, odd_column = patch % 2;
        if (odd_row && odd_column)
            assert_in_range(shown[patch], 24, 78); /* 500 * 5 / 49 = 51, sd 6.8 */
        else
            assert_int_equal(shown[patch], odd_row || odd_column ? 0 : 500);
    }
    mask_drawer_free(drawer);
}

/* On a square grid tall rectangles are as likely as wide ones. */
static void test_block_map_is_symmetric(void **state)
{
    (void)state;
    static const struct {
        const char *ratio;
        int height, width;
    } cases[] = {{"0.4", 9, 12}, {"0.75", 9, 12}, {"0.4", 10, 10}};
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        int height = cases[i].height, width = cases[i].width;
        struct extremes share =
            check_symmetry("block", cases[i].ratio, height, width, 750, height == width);
        assert_true(share.least > 0.0 && share.most < 1.0);
    }
}

/* Where no rectangle fits, the union is grown from one patch: connected, and of many shapes. */
static void test_block_grows_at_random(void **state)
{
    (void)state;
    enum { WIDTH = 20, HIDDEN = 9 }; /* of area 9 and aspect 1 on a grid 2 patches high */
    struct mask_choice choice = choose("block:min_area=196,aspect=1", "0.225");
    struct mask_drawer *drawer = mask_drawer_new(2, WIDTH, NULL);
    int spans[HIDDEN + 1] = {0};
    for (uint32_t image = 0; image < 300; image++) {
        uint8_t mask[2 * WIDTH];
        struct mask_key key = {.seed = 1, .stream = RANDOM_MASK, .epoch = 0, .image = image};
        assert_int_equal(mask_draw(drawer, &choice, 0.0, &key, mask, NULL), HIDDEN);
        int first = WIDTH, last = 0;
        for (int x = 0; x < WIDTH; x++)
            if (mask[x] || mask[WIDTH + x]) {
                first = x < first ? x : first;
                last = x;
            }
        for (int x = first; x <= last; x++)
            assert_true(mask[x] || mask[WIDTH + x]);
        spans[last - first + 1]++;
    }
    assert_true(spans[5] > 20 && spans[6] > 20 && spans[7] > 5);
    mask_drawer_free(drawer);
}

static void test_block_prefers_the_middle(void **state)
{
    (void)state;
    int64_t inclusion[196];
    struct coverage_measures measures = measure("block", "0.4", 14, 14, 250, ALL_SEEDS, inclusion);
    assert_true(inclusion[7 * 14 + 7] > inclusion[0] + 200);
    assert_true(measures.chi_square > critical(measures.degrees));
}

/* On a grid of 14 x 14 with few patches to hide, block is one solid rectangle most of the time. */
static void test_block_is_solid(void **state)
{
    (void)state;
    struct coverage_measures block = measure("block", "0.4", 14, 14, 63, ALL_SEEDS, NULL);
    assert_true(block.neighbour_correlation > 0.35);
    assert_true(block.moran > 0.5);
}

static void test_neighbour_correlation_orders(void **state)
{
    (void)state;
    static const char *const ratios[] = {"0.4", "0.5", "0.6", "0.75", "0.9"};
    for (size_t r = 0; r < ARRAY_LENGTH(ratios); r++) {
        struct coverage_measures grid = measure("grid", ratios[r], 14, 14, 63, ALL_SEEDS, NULL);
        struct coverage_measures random = measure("random", ratios[r], 14, 14, 63, ALL_SEEDS, NULL);
        struct coverage_measures block = measure("block", ratios[r], 14, 14, 63, ALL_SEEDS, NULL);
        assert_true(grid.neighbour_correlation < -0.005);
        assert_true(fabs(random.neighbour_correlation) < 0.003);
        assert_true(block.neighbour_correlation > 0.03);
        assert_true(grid.moran < random.moran - 0.05);
        assert_true(fabs(random.moran - random.moran_random) < 0.012);
        assert_true(block.moran > random.moran + 0.1);
        assert_true(grid.mean_distance < random.mean_distance);
        assert_true(random.mean_distance < block.mean_distance);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_exact_count_on_small_grids),
        cmocka_unit_test(test_exact_count_on_large_grids),
        cmocka_unit_test(test_same_key_same_mask),
        cmocka_unit_test(test_every_part_of_the_key_counts),
        cmocka_unit_test(test_law_does_not_move_masks),
        cmocka_unit_test(test_ratios_do_not_depend_on_strategy),
        cmocka_unit_test(test_equal_inclusion),
        cmocka_unit_test(test_fixed_phase_is_fixed),
        cmocka_unit_test(test_lattices_are_regular),
        cmocka_unit_test(test_rest_is_settled_at_random),
        cmocka_unit_test(test_block_map_is_symmetric),
        cmocka_unit_test(test_block_grows_at_random),
        cmocka_unit_test(test_block_prefers_the_middle),
        cmocka_unit_test(test_block_is_solid),
        cmocka_unit_test(test_neighbour_correlation_orders),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
