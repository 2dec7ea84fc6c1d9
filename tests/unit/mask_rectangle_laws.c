/* The laws of the strategies made of rectangles: on grids of a few patches the chance of every mask
 * is worked out from what the strategy says it does, and held against draws by chi-square.
 */
#include "tests/unit/mask_law.h"

/* How many equal parts an integral over one random number is taken in. */
enum { PARTS = 400 };

/* The chance of each height and width of a rectangle. */
enum { SIDES = 16 };
struct shapes {
    double chance[SIDES][SIDES];
};

static double evenly(double low, double high, double share)
{
    return low + (high - low) * share;
}

/* Its logarithm is uniform. */
static double by_factor(double low, double high, double share)
{
    return low * pow(high / low, share);
}

static double side_of(double square)
{
    return fmax(1.0, rint(sqrt(square)));
}

/* Area uniform, aspect by its own number. */
static struct shapes shapes_of(double area_low, double area_high, double aspect_low,
                               double aspect_high, double (*aspect_at)(double, double, double))
{
    struct shapes shapes = {0};
    for (int j = 0; j < PARTS; j++) {
        double aspect = aspect_at(aspect_low, aspect_high, (j + 0.5) / PARTS);
        for (int i = 0; i < PARTS; i++) {
            double area = evenly(area_low, area_high, (i + 0.5) / PARTS);
            int height = (int)side_of(area * aspect), width = (int)side_of(area / aspect);
            assert_true(height < SIDES && width < SIDES);
            shapes.chance[height][width] += 1.0 / (PARTS * PARTS);
        }
    }
    return shapes;
}

/* Rectangles where they may lie, each with its chance. */
enum { RECTANGLES = PATCHES * (PATCHES + 1) / 2 };
struct placed {
    int count;
    uint32_t sets[RECTANGLES];
    double chances[RECTANGLES];
};

static uint32_t rectangle_set(const struct grid *grid, int top, int left, int height, int width)
{
    uint32_t set = 0;
    for (int y = top; y < top + height; y++)
        for (int x = left; x < left + width; x++)
            set |= patch_at(grid, y, x);
    return set;
}

/* Anywhere wholly on the grid; those that are too large are left out. */
static void place(const struct grid *grid, const struct shapes *shapes, struct placed *placed)
{
    placed->count = 0;
    for (int height = 1; height <= grid->height; height++)
        for (int width = 1; width <= grid->width; width++) {
            int tops = grid->height - height + 1, lefts = grid->width - width + 1;
            for (int i = 0; i < tops * lefts; i++, placed->count++) {
                placed->sets[placed->count] =
                    rectangle_set(grid, i / lefts, i % lefts, height, width);
                placed->chances[placed->count] = shapes->chance[height][width] / (tops * lefts);
            }
        }
}

/* The patches outside the set that touch it; all if it is empty. */
static uint32_t edge_of(const struct grid *grid, uint32_t set)
{
    uint32_t first_column = rectangle_set(grid, 0, 0, grid->height, 1);
    uint32_t last_column = first_column << (grid->width - 1);
    uint32_t across = (set & ~last_column) << 1 | (set & ~first_column) >> 1;
    uint32_t touching = across | set << grid->width | set >> grid->width;
    return (set ? touching : ~set) & ~set & all_of(grid);
}

/* Sets with too few or too many grow or are eaten at their edge, a patch at a time. */
static void settle(const struct grid *grid, int hidden, double *law)
{
    for (int step = 1; step >= -1; step -= 2)
        for (int size = step > 0 ? 0 : grid->height * grid->width;
             step > 0 ? size < hidden : size > hidden; size += step)
            for (uint32_t set = 0; set <= all_of(grid); set++) {
                if (law[set] <= 0.0 || size_of(set) != size)
                    continue;
                uint32_t edge = edge_of(grid, step > 0 ? set : set ^ all_of(grid));
                for (uint32_t left = edge; left; left &= left - 1)
                    law[set ^ (left & -left)] += law[set] / size_of(edge);
                law[set] = 0.0;
            }
}

/* One more rectangle: the first of ten that hides something new, and not too much. The chance that
 * none does goes to `stuck`. */
static void add_rectangle(const struct placed *placed, uint32_t set, int hidden, double *law,
                          double *stuck)
{
    double fitting = 0.0;
    for (int i = 0; i < placed->count; i++) {
        int size = size_of(set | placed->sets[i]);
        fitting += size > size_of(set) && size <= hidden ? placed->chances[i] : 0.0;
    }
    double none = pow(fmax(0.0, 1.0 - fitting), 10.0);
    stuck[set] += law[set] * none;
    for (int i = 0; i < placed->count; i++) {
        uint32_t next = set | placed->sets[i];
        bool fits = size_of(next) > size_of(set) && size_of(next) <= hidden;
        if (fits && placed->chances[i] > 0.0)
            law[next] += law[set] * (1.0 - none) * placed->chances[i] / fitting;
    }
    law[set] = 0.0;
}

static void block_law(const struct grid *grid, double min_area, double aspect, int hidden,
                      double *law)
{
    double *stuck = new_law();
    law[0] = 1.0;
    for (int size = 0; size < hidden; size++) {
        int remaining = hidden - size;
        struct shapes shapes =
            shapes_of(fmin(min_area, remaining), remaining, aspect, 1.0 / aspect, by_factor);
        struct placed placed;
        place(grid, &shapes, &placed);
        for (uint32_t set = 0; set <= all_of(grid); set++)
            if (law[set] > 0.0 && size_of(set) == size)
                add_rectangle(&placed, set, hidden, law, stuck);
    }
    settle(grid, hidden, stuck);
    for (int set = 0; set < SETS; set++)
        law[set] += stuck[set];
    free(stuck);
}

static void test_block(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        double min_area, aspect; /* min_area on a grid of 14 x 14 */
        struct grid grid;
        int hidden;
    } cases[] = {
        {"block", 16.0, 0.3, {3, 4}, 5},
        {"block", 16.0, 0.3, {4, 4}, 6},
        {"block:min_area=60,aspect=0.2", 60.0, 0.2, {4, 3}, 6},
        {"block:min_area=196,aspect=0.02", 196.0, 0.02, {4, 4}, 4}, /* few fit */
        {"block:min_area=196,aspect=1", 196.0, 1.0, {2, 8}, 7},     /* none does at first */
        {"block:min_area=16,aspect=1", 16.0, 1.0, {4, 4}, 9},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        const struct grid *grid = &cases[i].grid;
        double *law = new_law();
        double min_area = cases[i].min_area * grid->height * grid->width / 196.0;
        block_law(grid, min_area, cases[i].aspect, cases[i].hidden, law);
        check_law(cases[i].name, grid, cases[i].hidden, law);
        free(law);
    }
}

/* Cut to the grid's sides. */
static void place_cut(const struct grid *grid, struct shapes *shapes, struct placed *placed)
{
    struct shapes cut = {0};
    for (int height = 1; height < SIDES; height++)
        for (int width = 1; width < SIDES; width++) {
            int top = height < grid->height ? height : grid->height;
            cut.chance[top][width < grid->width ? width : grid->width] +=
                shapes->chance[height][width];
        }
    place(grid, &cut, placed);
}

static void multi_block_law(const struct grid *grid, int targets, double low, double high,
                            int hidden, double *law)
{
    double patches = grid->height * grid->width;
    struct placed placed;
    struct shapes context = shapes_of(0.85 * patches, patches, 1.0, 1.0, evenly);
    struct shapes target = shapes_of(low * patches, high * patches, 0.75, 1.5, evenly);
    place_cut(grid, &context, &placed);
    for (int i = 0; i < placed.count; i++)
        law[all_of(grid) ^ placed.sets[i]] += placed.chances[i];
    place_cut(grid, &target, &placed);
    for (; targets > 0; targets--) {
        double *before = new_law();
        memcpy(before, law, SETS * sizeof *law);
        memset(law, 0, SETS * sizeof *law);
        for (uint32_t set = 0; set <= all_of(grid); set++)
            for (int i = 0; before[set] > 0.0 && i < placed.count; i++)
                law[set | placed.sets[i]] += before[set] * placed.chances[i];
        free(before);
    }
    settle(grid, hidden, law);
}

/* A target's scale and aspect are drawn apart: the law of one target alone shows it. */
static void test_multi_block(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        int targets;
        double low, high;
        struct grid grid;
        int hidden;
    } cases[] = {
        {"multi-block", 4, 0.15, 0.2, {3, 4}, 8},
        {"multi-block", 4, 0.15, 0.2, {4, 4}, 8},
        {"multi-block:targets=1,low=0.1,high=0.6", 1, 0.1, 0.6, {4, 4}, 4},
        {"multi-block:targets=1,low=0.1,high=0.9", 1, 0.1, 0.9, {4, 4}, 6},
        {"multi-block:targets=2,low=0.1,high=0.4", 2, 0.1, 0.4, {4, 3}, 7},
        {"multi-block:targets=1,low=0.1,high=0.1", 1, 0.1, 0.1, {2, 7}, 8}, /* the context: 3 or */
        {"multi-block:targets=1,low=0.1,high=0.1", 1, 0.1, 0.1, {7, 2}, 8}, /* 4 of the 7 */
    };
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        double *law = new_law();
        multi_block_law(&cases[i].grid, cases[i].targets, cases[i].low, cases[i].high,
                        cases[i].hidden, law);
        check_law(cases[i].name, &cases[i].grid, cases[i].hidden, law);
        free(law);
    }
}

/* `count` patches of a rectangle in raster order, its rows or columns seen from the other end where
 * asked for; what leaves the grid comes back at the opposite edge. */
static uint32_t shown_set(const struct grid *grid, int top, int left, int height, int width,
                          int count, bool from_below, bool from_right)
{
    uint32_t set = 0;
    for (int i = 0; i < count; i++) {
        int y = i / width, x = i % width;
        set |= patch_at(grid, top + (from_below ? height - 1 - y : y),
                        left + (from_right ? width - 1 - x : x));
    }
    return set;
}

static void add_shown(const struct grid *grid, int height, int width, int visible, bool roll,
                      double chance, double *law)
{
    int tops = roll ? grid->height : grid->height - height + 1;
    int lefts = roll ? grid->width : grid->width - width + 1;
    for (int i = 0; i < 4 * tops * lefts; i++) {
        uint32_t shown =
            shown_set(grid, i / 4 / lefts, i / 4 % lefts, height, width, visible, i & 1, i & 2);
        law[all_of(grid) ^ shown] += chance / (4 * tops * lefts);
    }
}

/* The height is rounded, the width as small as holds all, and then the height. */
static void inverse_block_law(const struct grid *grid, double aspect, bool roll, int hidden,
                              double *law)
{
    enum { ASPECTS = 20000 };
    int visible = grid->height * grid->width - hidden;
    double chance[SIDES + 1][SIDES + 1] = {{0.0}};
    for (int i = 0; i < ASPECTS; i++) {
        double drawn = by_factor(aspect, 1.0 / aspect, (i + 0.5) / ASPECTS);
        int height = (int)fmin(grid->height, side_of(visible * drawn));
        int width = (int)fmin(grid->width, ceil((double)visible / height));
        chance[(int)ceil((double)visible / width)][width] += 1.0 / ASPECTS;
    }
    for (int height = 1; height <= grid->height; height++)
        for (int width = 1; width <= grid->width; width++)
            if (chance[height][width] > 0.0)
                add_shown(grid, height, width, visible, roll, chance[height][width], law);
}

static void test_inverse_block(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        double aspect;
        bool roll;
        struct grid grid;
        int hidden;
    } cases[] = {
        {"inverse-block:roll=0", 0.5, false, {4, 4}, 8},
        {"inverse-block:roll=0", 0.5, false, {4, 4}, 11},
        {"inverse-block", 0.5, true, {3, 5}, 9},
        {"inverse-block:roll=0,aspect=0.1", 0.1, false, {4, 4}, 10},
        {"inverse-block:roll=0,aspect=0.2", 0.2, false, {2, 8}, 11},
        {"square", 1.0, false, {4, 4}, 9},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        double *law = new_law();
        inverse_block_law(&cases[i].grid, cases[i].aspect, cases[i].roll, cases[i].hidden, law);
        check_law(cases[i].name, &cases[i].grid, cases[i].hidden, law);
        free(law);
    }
}

/* On a grid large enough for many shapes, the height of the visible rectangle of 100 patches is h
 * where the aspect lies between (h -+ 1/2)^2 / 100: its logarithm is uniform on [-log 2, log 2]. */
static void test_inverse_block_aspect(void **state)
{
    (void)state;
    enum { SIDE = 24, VISIBLE = 100, MASKS = 8000 };
    struct source source;
    int widths[SIDE + 1] = {0};
    double expected[SIDE + 1] = {0.0}, chi_square = 0.0;
    source_init(&source, "inverse-block:roll=0", SIDE, SIDE, SIDE * SIDE - VISIBLE);
    for (uint32_t image = 0; image < MASKS; image++) {
        uint8_t mask[SIDE * SIDE];
        int width = 0;
        source_draw(&source, image, mask);
        for (int x = 0; x < SIDE; x++) {
            bool shown = false;
            for (int y = 0; y < SIDE; y++)
                shown |= !mask[y * SIDE + x];
            width += shown;
        }
        widths[width]++;
    }
    for (int height = 7; height <= 14; height++) {
        double from = fmax(0.5, (height - 0.5) * (height - 0.5) / VISIBLE);
        double to = fmin(2.0, (height + 0.5) * (height + 0.5) / VISIBLE);
        expected[(VISIBLE + height - 1) / height] += MASKS * log(to / from) / log(4.0);
    }
    int bins = 0;
    for (int width = 0; width <= SIDE; width++) {
        assert_true(expected[width] > 0.0 || widths[width] == 0);
        double apart = widths[width] - expected[width];
        chi_square += expected[width] > 0.0 ? apart * apart / expected[width] : 0.0;
        bins += expected[width] > 0.0;
    }
    if (chi_square > critical(bins - 1))
        fail_msg("chi-square %g with %d degrees", chi_square, bins - 1);
    source_release(&source);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_block),
        cmocka_unit_test(test_multi_block),
        cmocka_unit_test(test_inverse_block),
        cmocka_unit_test(test_inverse_block_aspect),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
