/* What is drawn by chance before a mask is, seen on the masks: the hidden counts of every ratio
 * law, drawn per image, per batch and stratified, against the law's formula; the strategies of a
 * mixture against their weights.
 */
#include "tests/unit/mask_measure.h"

enum { SIDE = 14, PATCHES = SIDE * SIDE };

/* P(ratio <= r) of one law, by its formula, on the law's own support. */
struct law {
    const char *text;
    double progress;
    double (*formula)(double r);
    double low, high; /* of the support */
};

static double constant(double r)
{
    return r >= 0.75;
}

static double uniform(double r)
{
    return (r - 0.3) / 0.6;
}

/* low rises from .1 to .5 */
static double uniform_late(double r)
{
    return (r - 0.4) / 0.5;
}

static double normal(double z)
{
    return erfc(-z / M_SQRT2) / 2.0;
}

static double mage(double r)
{
    double below = normal((0.5 - 0.55) / 0.25), all = normal((1.0 - 0.55) / 0.25) - below;
    return (normal((r - 0.55) / 0.25) - below) / all;
}

/* The integral of 30 x (1 - x)^4. */
static double beta(double r)
{
    double x = (r - 0.2) / 0.7, y = 1.0 - x;
    return 1.0 - pow(y, 5.0) * (6.0 - 5.0 * y);
}

static double cosine(double r)
{
    return asin(r) / M_PI_2;
}

static double two_ratios(double r)
{
    return r >= 0.9 ? 1.0 : r >= 0.5 ? 0.25 : 0.0;
}

static const struct law laws[] = {
    {"constant:value=.75", 0.0, constant, 0.0, 1.0},
    {"uniform:low=.3,high=.9", 0.0, uniform, 0.3, 0.9},
    {"uniform:low={from: 0.1, to: 0.5},high=.9", 0.75, uniform_late, 0.4, 0.9},
    {"truncnorm:mean=.55,sd=.25,low=.5,high=1", 0.0, mage, 0.5, 1.0},
    {"beta:a=2,b=5,low=.2,high=.9", 0.0, beta, 0.2, 0.9},
    {"cosine:low=0,high=1", 0.0, cosine, 0.0, 1.0},
    {"mixture:value1=.5,weight1=1,value2=.9,weight2=3", 0.0, two_ratios, 0.0, 1.0},
};

static double chance_up_to(const struct law *law, double ratio)
{
    return ratio < law->low ? 0.0 : ratio >= law->high ? 1.0 : law->formula(ratio);
}

/* P(hidden <= M): M = L - floor(L (1 - r)) is at most m where r <= m / L, and 1 .. L - 1. */
static double chance_of_count(const struct law *law, int count)
{
    return count >= PATCHES - 1 ? 1.0 : chance_up_to(law, (count + 1e-9) / PATCHES);
}

/* Kolmogorov and Smirnov's distance between two step functions on the same steps. 2.6 / sqrt(n) is
 * passed by chance in 1 of 400 000 (less for steps), a thousandth for all that are tested here. */
static void check_counts(const struct law *law, const char *per, const int counts[PATCHES])
{
    double worst = 0.0;
    int seen = 0, draws = 0;
    for (int hidden = 0; hidden < PATCHES; hidden++)
        draws += counts[hidden];
    for (int hidden = 0; hidden < PATCHES; hidden++) {
        seen += counts[hidden];
        worst = fmax(worst, fabs((double)seen / draws - chance_of_count(law, hidden)));
    }
    if (sqrt(draws) * worst > 2.6)
        fail_msg("%s per %s: %g from its formula, %g deviates", law->text, per, worst,
                 sqrt(draws) * worst);
}

static struct mask_choice choose_per(const struct law *law, const char *per)
{
    char text[128];
    snprintf(text, sizeof text, "%s,per=%s", law->text, per);
    return choose("stripes", text);
}

/* The hidden counts of one batch, as they lie in it. */
static void draw_batch(struct mask_drawer *drawer, const struct mask_choice *choice,
                       double progress, uint64_t seed, uint32_t batch, int images, int *hidden)
{
    uint8_t mask[PATCHES];
    for (int place = 0; place < images; place++) {
        struct mask_key key = {.seed = seed,
                               .stream = RANDOM_MASK,
                               .image = batch * (uint32_t)images + (uint32_t)place,
                               .batch = batch,
                               .batch_images = (uint32_t)images,
                               .place = (uint32_t)place};
        int returned = mask_draw(drawer, choice, progress, &key, mask, NULL), counted = 0;
        for (int patch = 0; patch < PATCHES; patch++)
            counted += mask[patch];
        assert_int_equal(counted, returned);
        hidden[place] = counted;
    }
}

static int rising(const void *a, const void *b)
{
    return *(const int *)a - *(const int *)b;
}

/* One of each of the equal parts that the law is cut into: no image of a batch lies outside its
 * own. */
static void check_strata(const struct law *law, int images, int *hidden)
{
    qsort(hidden, (size_t)images, sizeof *hidden, rising);
    for (int i = 0; i < images; i++) {
        assert_true(chance_of_count(law, hidden[i]) > (double)i / images - 1e-9);
        assert_true(chance_of_count(law, hidden[i] - 1) < (i + 1.0) / images + 1e-9);
    }
}

enum { IMAGES = 4, BATCHES = 400 };

/* counts [IMAGES][L]: of each place of the batch. */
static void draw_batches(const struct law *law, const char *per, int counts[IMAGES][PATCHES])
{
    struct mask_drawer *drawer = mask_drawer_new(SIDE, SIDE, NULL);
    struct mask_choice choice = choose_per(law, per);
    memset(counts, 0, IMAGES * sizeof *counts);
    for (uint64_t seed = 1; seed <= SEEDS; seed++)
        for (uint32_t batch = 0; batch < BATCHES; batch++) {
            int hidden[IMAGES];
            draw_batch(drawer, &choice, law->progress, seed, batch, IMAGES, hidden);
            for (int place = 0; place < IMAGES; place++) {
                counts[place][hidden[place]]++;
                if (choice.ratio.per == RATIO_PER_BATCH)
                    assert_int_equal(hidden[place], hidden[0]);
            }
            if (choice.ratio.per == RATIO_STRATIFIED)
                check_strata(law, IMAGES, hidden);
        }
    mask_drawer_free(drawer);
}

/* Each place has the law, whatever is drawn for the others, and so have all of them where they are
 * drawn apart. */
static void test_laws_of_hidden_counts(void **state)
{
    (void)state;
    static const char *const pers[] = {"image", "batch", "stratified"};
    for (size_t i = 0; i < ARRAY_LENGTH(laws); i++)
        for (size_t p = 0; p < ARRAY_LENGTH(pers); p++) {
            int counts[IMAGES][PATCHES], all[PATCHES] = {0};
            draw_batches(&laws[i], pers[p], counts);
            for (int place = 0; place < IMAGES; place++) {
                check_counts(&laws[i], pers[p], counts[place]);
                for (int hidden = 0; hidden < PATCHES; hidden++)
                    all[hidden] += counts[place][hidden];
            }
            if (p == 0)
                check_counts(&laws[i], pers[p], all);
        }
}

enum { ROWS, COLUMNS, NEITHER, KINDS };

/* Whole rows, whole columns, or what only chance would make one of them. */
static int kind_of(const uint8_t mask[PATCHES])
{
    bool rows = true, columns = true;
    for (int patch = 0; patch < PATCHES; patch++) {
        rows = rows && mask[patch] == mask[patch / SIDE * SIDE];
        columns = columns && mask[patch] == mask[patch % SIDE];
    }
    return rows ? ROWS : columns ? COLUMNS : NEITHER;
}

/* shares [KINDS] sum to 1; one of 0 is never drawn. */
static void check_mixture(const char *strategy, double progress, const double shares[KINDS])
{
    enum { MASKS = 1000 };
    struct mask_drawer *drawer = mask_drawer_new(SIDE, SIDE, NULL);
    struct mask_choice choice = choose(strategy, "0.5");
    double drawn[KINDS] = {0}, chi_square = 0.0;
    int degrees = -1;
    for (uint64_t seed = 1; seed <= SEEDS; seed++)
        for (uint32_t image = 0; image < MASKS; image++) {
            uint8_t mask[PATCHES];
            struct mask_key key = {.seed = seed, .stream = RANDOM_MASK, .image = image};
            mask_draw(drawer, &choice, progress, &key, mask, NULL);
            drawn[kind_of(mask)]++;
        }
    for (int kind = 0; kind < KINDS; kind++) {
        double expected = shares[kind] * MASKS * SEEDS;
        degrees += expected > 0.0;
        if (expected > 0.0)
            chi_square += pow(drawn[kind] - expected, 2.0) / expected;
        else
            assert_true(drawn[kind] == 0.0);
    }
    if (degrees > 0 && chi_square > critical(degrees))
        fail_msg("%s at %g: chi-square %g; %g, %g, %g", strategy, progress, chi_square, drawn[ROWS],
                 drawn[COLUMNS], drawn[NEITHER]);
    mask_drawer_free(drawer);
}

static void test_weights_of_a_mixture(void **state)
{
    (void)state;
    static const char three[] = "mixture:parts=[{weight: 5, strategy: stripes, axis: rows}, "
                                "{weight: 2, strategy: stripes, axis: columns}, "
                                "{weight: 1, strategy: random}]";
    static const char passing[] =
        "mixture:parts=[{weight: {from: 4, to: 0}, strategy: stripes, axis: rows}, "
        "{weight: 0, strategy: random}, {weight: 1, strategy: stripes, axis: columns}]";
    check_mixture(three, 0.0, (double[]){5.0 / 8.0, 2.0 / 8.0, 1.0 / 8.0});
    check_mixture(passing, 0.0, (double[]){4.0 / 5.0, 1.0 / 5.0, 0.0});
    check_mixture(passing, 0.75, (double[]){1.0 / 2.0, 1.0 / 2.0, 0.0});
    check_mixture(passing, 1.0, (double[]){0.0, 1.0, 0.0});
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_laws_of_hidden_counts),
        cmocka_unit_test(test_weights_of_a_mixture),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
