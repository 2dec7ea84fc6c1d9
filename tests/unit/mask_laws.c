/* Ranking by numbers with chance in them: the Gumbel distribution, and on grids of a few patches
 * the chance of every mask that a Gaussian bump at a random place, and a jittered distance, gives,
 * against draws by chi-square; so too the best of poisson's candidates.
 */
#include "tests/unit/mask_law.h"

#include "mask/rank.h"

static int rising(const void *a, const void *b)
{
    float first = *(const float *)a, second = *(const float *)b;
    return (first > second) - (first < second);
}

/* Kolmogorov and Smirnov's largest distance from exp(-exp(-x)); 1.9495 is the .999 quantile. */
static void test_gumbel(void **state)
{
    (void)state;
    enum { VALUES = 100000 };
    static float values[VALUES];
    struct random random = random_begin(LAW_SEED, RANDOM_MASK, 0, 0);
    for (int i = 0; i < VALUES; i++)
        values[i] = rank_gumbel(&random);
    qsort(values, VALUES, sizeof *values, rising);
    double furthest = 0.0;
    for (int i = 0; i < VALUES; i++) {
        double chance = exp(-exp(-(double)values[i]));
        furthest = fmax(furthest, fmax(chance - (double)i / VALUES, (i + 1.0) / VALUES - chance));
    }
    if (furthest * sqrt(VALUES) > 1.9495)
        fail_msg("%g from the Gumbel distribution", furthest);
}

/* Adds `share` of the law of drawing `hidden` patches one by one, each in proportion to its weight
 * among those left. chances [1 << patches] is scratch. */
static void add_successive(const double *weights, int patches, int hidden, double share,
                           double *chances, double *law)
{
    int sets = 1 << patches;
    memset(chances, 0, (size_t)sets * sizeof *chances);
    chances[0] = share;
    for (int set = 0; set < sets; set++) {
        if (size_of((uint32_t)set) == hidden)
            law[set] += chances[set];
        if (size_of((uint32_t)set) >= hidden)
            continue;
        double left = 0.0;
        for (int patch = 0; patch < patches; patch++)
            left += set >> patch & 1 ? 0.0 : weights[patch];
        for (int patch = 0; patch < patches; patch++)
            if (!(set >> patch & 1))
                chances[set | 1 << patch] += chances[set] * weights[patch] / left;
    }
}

/* The bump's centre goes over the whole grid, its width is sigma of the height and of the width. */
static void add_gaussian(const struct grid *grid, int hidden, double sigma, double *law)
{
    enum { CENTERS = 64 };
    double weights[PATCHES], chances[1 << 8];
    for (int i = 0; i < CENTERS * CENTERS; i++) {
        double center_y = grid->height * (i / CENTERS + 0.5) / CENTERS;
        double center_x = grid->width * (i % CENTERS + 0.5) / CENTERS;
        for (int y = 0; y < grid->height; y++)
            for (int x = 0; x < grid->width; x++) {
                double away_y = (y + 0.5 - center_y) / (sigma * grid->height);
                double away_x = (x + 0.5 - center_x) / (sigma * grid->width);
                weights[y * grid->width + x] = exp(-(away_y * away_y + away_x * away_x) / 2.0);
            }
        add_successive(weights, grid->height * grid->width, hidden, 1.0 / (CENTERS * CENTERS),
                       chances, law);
    }
}

static void test_gaussian(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        double sigma;
        struct grid grid;
        int hidden;
    } cases[] = {
        {"gaussian", 0.25, {1, 3}, 1},          {"gaussian", 0.25, {3, 1}, 2},
        {"gaussian", 0.25, {2, 4}, 3},          {"gaussian", 0.25, {4, 2}, 5},
        {"gaussian:sigma=0.5", 0.5, {2, 4}, 2}, {"gaussian:sigma=0.5", 0.5, {3, 2}, 3},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        double *law = new_law();
        add_gaussian(&cases[i].grid, cases[i].hidden, cases[i].sigma, law);
        check_law(cases[i].name, &cases[i].grid, cases[i].hidden, law);
        free(law);
    }
}

static double normal_cdf(double z)
{
    return erfc(-z / M_SQRT2) / 2;
}

/* Of three patches in a row the middle one is hidden where its distance 0 with its jitter beats the
 * others' 1 with theirs: the integral over its deviate z of the chance that both of them fail. */
static void test_center_jitter(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        double jitter, side; /* side: 1 where the nearest is hidden, -1 where the furthest */
    } cases[] = {{"center:jitter=1", 1, 1},
                 {"center:jitter=0.5", 0.5, 1},
                 {"border:jitter=2", 2, -1},
                 {"border:jitter=1", 1, -1}};
    static const struct grid row = {1, 3}, column = {3, 1};
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        double *law = new_law(), middle = 0, step = 1e-3;
        for (double z = -9; z < 9; z += step) {
            double one = normal_cdf(z + cases[i].side / cases[i].jitter);
            middle += step * exp(-z * z / 2) / sqrt(2 * M_PI) * one * one;
        }
        law[2] = middle;
        law[1] = law[4] = (1 - middle) / 2;
        check_law(cases[i].name, &row, 1, law);
        check_law(cases[i].name, &column, 1, law);
        free(law);
    }
}

/* Of eight patches around a ring two are drawn: the first anywhere, the second the furthest from it
 * of some candidates among the other seven, which lie 1, 1, 2, 2, 3, 3 and 4 away. */
static void test_poisson_candidates(void **state)
{
    (void)state;
    enum { RING = 8, FURTHEST = RING / 2 };
    static const struct {
        const char *name;
        double candidates;
    } cases[] = {{"poisson", 8}, {"poisson:candidates=1", 1}, {"poisson:candidates=3", 3}};
    static const struct grid row = {1, RING}, column = {RING, 1};
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        double *law = new_law();
        for (int apart = 1; apart <= FURTHEST; apart++) {
            double nearer = pow((apart - 1) * 2.0 / (RING - 1), cases[i].candidates);
            double up_to = pow(fmin(apart * 2.0 / (RING - 1), 1), cases[i].candidates);
            for (int first = 0; first < RING; first++)
                law[1 << first | 1 << (first + apart) % RING] += (up_to - nearer) / RING;
        }
        check_law(cases[i].name, &row, 2, law);
        check_law(cases[i].name, &column, 2, law);
        free(law);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_gumbel),
        cmocka_unit_test(test_gaussian),
        cmocka_unit_test(test_center_jitter),
        cmocka_unit_test(test_poisson_candidates),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
