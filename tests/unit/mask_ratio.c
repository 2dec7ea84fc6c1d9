/* Ratio laws and the arithmetic of hidden counts. */
#include "tests/unit/test.h"

#include <math.h>

#include "mask/mask.h"

static void test_hidden_count_is_decimal(void **state)
{
    (void)state;
    for (int patches = 2; patches <= 1024; patches++)
        for (int tenths = 1; tenths <= 9; tenths++) {
            int hidden = patches - patches * (10 - tenths) / 10;
            hidden = hidden > patches - 1 ? patches - 1 : hidden;
            bool clamped;
            assert_int_equal(mask_hidden_count(patches, tenths / 10.0, &clamped), hidden);
            assert_int_equal(clamped, patches * (10 - tenths) / 10 == 0);
        }
}

static void test_hidden_count_is_held(void **state)
{
    (void)state;
    bool clamped;
    assert_int_equal(mask_hidden_count(196, 0.75, &clamped), 147);
    assert_false(clamped);
    assert_int_equal(mask_hidden_count(196, 0.0, &clamped), 1);
    assert_true(clamped);
    assert_int_equal(mask_hidden_count(196, 0.999, &clamped), 195);
    assert_true(clamped);
    assert_int_equal(mask_hidden_count(196, 1.0, NULL), 195);
    assert_int_equal(mask_hidden_count(2, 0.5, &clamped), 1);
    assert_false(clamped);
}

static int compare_reals(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Kolmogorov and Smirnov: sqrt(n) sup |F_n - F| stays below 1.9495 in 999 of 1000. */
static void check_law(const char *text, double progress)
{
    enum { DRAWS = 100000 };
    static double drawn[DRAWS];
    struct ratio_choice choice;
    assert_true(ratio_choice_parse(&choice, text, NULL));
    double parameters[MASK_PARAMETER_LIMIT], sum = 0.0, worst = 0.0;
    ratio_choice_at(&choice, progress, parameters);
    for (uint32_t i = 0; i < DRAWS; i++) {
        struct random random = random_begin(9, RANDOM_RATIO, 0, i);
        drawn[i] = ratio_choice_quantile(&choice, progress, random_uniform(&random));
        sum += drawn[i];
    }
    for (int step = 1; step < 64; step++) /* stratified draws count on it */
        assert_true(ratio_choice_quantile(&choice, progress, step / 64.0) >=
                    ratio_choice_quantile(&choice, progress, (step - 1) / 64.0));
    qsort(drawn, DRAWS, sizeof drawn[0], compare_reals);
    for (int i = 0; i < DRAWS; i++) {
        double expected = choice.law->cdf(parameters, drawn[i]);
        worst = fmax(worst,
                     fmax(fabs(expected - (double)i / DRAWS), fabs((i + 1.0) / DRAWS - expected)));
    }
    assert_true(sqrt(DRAWS) * worst < 1.9495);
    double spread = drawn[DRAWS - 1] - drawn[0];
    assert_true(fabs(sum / DRAWS - ratio_choice_mean(&choice, progress)) <
                4.0 * spread / sqrt(12.0 * DRAWS));
}

static void test_uniform_law(void **state)
{
    (void)state;
    check_law("uniform:low=.3,high=.9", 0.0);
    check_law("uniform:low={from: 0.1, to: 0.5},high=.9", 0.75);
    struct ratio_choice choice;
    assert_true(ratio_choice_parse(&choice, "uniform:low={from: 0.1, to: 0.5},high=.9", NULL));
    assert_near(ratio_choice_mean(&choice, 0.75), 0.65, 1e-12);
    assert_near(ratio_choice_quantile(&choice, 0.75, 0.0), 0.4, 1e-12);
    assert_near(ratio_choice_quantile(&choice, 0.75, 0.25), 0.525, 1e-12);
    assert_near(choice.law->cdf((double[]){0.4, 0.9}, 0.525), 0.25, 1e-12);
    assert_true(choice.law->cdf((double[]){0.5, 0.5}, 0.49) == 0.0);
    assert_true(choice.law->cdf((double[]){0.5, 0.5}, 0.5) == 1.0);
}

static void test_other_laws(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "truncnorm",
        "truncnorm:mean=.55,sd=.25,low=.5,high=1",
        "truncnorm:mean=1,sd=.25,low=.7,high=1",
        "truncnorm:mean=-1,sd=.1,low=.2,high=.9",
        "truncnorm:mean=2,sd=.1,low=.2,high=.9",
        "truncnorm:mean=.5,sd=10,low=.1,high=.9",
        "beta",
        "beta:a=2,b=5,low=.3,high=.95",
        "beta:a=.3,b=.4,low=0,high=1",
        "beta:a=200,b=100,low=.2,high=.8",
        "cosine",
        "cosine:low=.5,high=.9",
    };
    for (size_t i = 0; i < ARRAY_LENGTH(texts); i++)
        check_law(texts[i], 0.0);
    check_law("truncnorm:mean={from: 0.4, to: 0.8},sd={from: 0.2, to: 0.05}", 0.5);
    check_law("beta:a={from: 1, to: 9, shape: exp}", 0.5);
}

static double mean_of(const char *text)
{
    struct ratio_choice choice;
    assert_true(ratio_choice_parse(&choice, text, NULL));
    return ratio_choice_mean(&choice, 0.0);
}

/* MAGE's mean is .69 and MAR's .87 (by numerical integration of the density); MaskGIT's is 2/pi. */
static void test_published_means(void **state)
{
    (void)state;
    assert_near(mean_of("truncnorm:mean=.55,sd=.25,low=.5,high=1"), 0.7008, 0.015);
    assert_near(mean_of("truncnorm:mean=1,sd=.25,low=.7,high=1"), 0.8661, 0.005);
    assert_near(mean_of("cosine"), 2.0 / M_PI, 1e-15);
    assert_near(mean_of("beta:a=2,b=6,low=.2,high=1"), 0.4, 1e-15);
    assert_near(mean_of("mixture"), 0.7, 1e-15);
    assert_near(mean_of("mixture:value1=.2,weight1=1,value2=.6,weight2=3"), 0.5, 1e-15);
}

/* Laws of ends that meet, and tails so far out that a plain difference of probabilities is 0. */
static void test_law_extremes(void **state)
{
    (void)state;
    static const char *const points[] = {"truncnorm:low=.6,high=.6", "beta:low=.6,high=.6",
                                         "cosine:low=.6,high=.6", "uniform:low=.6,high=.6"};
    for (size_t i = 0; i < ARRAY_LENGTH(points); i++) {
        struct ratio_choice choice;
        assert_true(ratio_choice_parse(&choice, points[i], NULL));
        for (double u = 0.0; u < 1.0; u += 0.25)
            assert_near(ratio_choice_quantile(&choice, 0.0, u), 0.6, 1e-15);
        assert_near(ratio_choice_mean(&choice, 0.0), 0.6, 1e-15);
    }
    struct ratio_choice far;
    assert_true(ratio_choice_parse(&far, "truncnorm:mean=.3,sd=.01,low=.6,high=.9", NULL));
    double median = ratio_choice_quantile(&far, 0.0, 0.5);
    assert_true(median > 0.6 && median < 0.6003); /* the tail at 30 sd falls by half in sd / 43 */
    assert_near(ratio_choice_mean(&far, 0.0), 0.60033, 1e-4);
}

static void test_mixture_law(void **state)
{
    (void)state;
    struct ratio_choice choice;
    assert_true(ratio_choice_parse(
        &choice, "mixture:value1=.9,weight1=1,value2=.5,weight2=2,value3=.7,weight3=1", NULL));
    static const struct {
        double u, ratio;
    } cases[] = {{0.0, 0.5}, {0.49, 0.5}, {0.5, 0.7}, {0.74, 0.7}, {0.75, 0.9}, {0.999, 0.9}};
    double parameters[MASK_PARAMETER_LIMIT];
    ratio_choice_at(&choice, 0.0, parameters);
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++)
        assert_near(choice.law->quantile(parameters, cases[i].u), cases[i].ratio, 0.0);
    assert_near(choice.law->cdf(parameters, 0.4), 0.0, 0.0);
    assert_near(choice.law->cdf(parameters, 0.5), 0.5, 0.0);
    assert_near(choice.law->cdf(parameters, 0.8), 0.75, 0.0);
}

enum { BATCH = 40, BATCHES = 500, GRID = 32 };

/* Hidden counts of one batch under a law, as training draws them. */
static void draw_batch(const char *law, uint32_t batch, int hidden[BATCH])
{
    struct mask_choice choice;
    uint8_t mask[GRID * GRID];
    struct mask_drawer *drawer = mask_drawer_new(GRID, GRID, NULL);
    assert_true(strategy_choice_parse(&choice.strategy, "stripes", NULL));
    assert_true(ratio_choice_parse(&choice.ratio, law, NULL));
    for (uint32_t place = 0; place < BATCH; place++) {
        struct mask_key key = {.seed = 3,
                               .stream = RANDOM_MASK,
                               .image = batch * BATCH + place,
                               .batch = batch,
                               .batch_images = BATCH,
                               .place = place};
        hidden[place] = mask_draw(drawer, &choice, 0.0, &key, mask, NULL);
    }
    mask_drawer_free(drawer);
}

static void test_ratio_per_batch(void **state)
{
    (void)state;
    int low = GRID * GRID, high = 0;
    for (uint32_t batch = 0; batch < 50; batch++) {
        int hidden[BATCH];
        draw_batch("uniform:low=.2,high=.8,per=batch", batch, hidden);
        for (int i = 0; i < BATCH; i++)
            assert_int_equal(hidden[i], hidden[0]);
        low = hidden[0] < low ? hidden[0] : low;
        high = hidden[0] > high ? hidden[0] : high;
    }
    assert_true(low < 0.25 * GRID * GRID && high > 0.75 * GRID * GRID);
}

static int compare_integers(const void *a, const void *b)
{
    return *(const int *)a - *(const int *)b;
}

/* A batch's ratios are evenly spaced quantiles of the law; each place of the batch has the
 * whole law; and images that follow each other do not have ratios that follow each other. */
static void test_stratified(void **state)
{
    (void)state;
    static int counts[BATCH][4];
    int rises = 0;
    for (uint32_t batch = 0; batch < BATCHES; batch++) {
        int hidden[BATCH];
        draw_batch("uniform:low=0,high=1,per=stratified", batch, hidden);
        for (int i = 0; i < BATCH; i++) {
            counts[i][(hidden[i] - 1) * 4 / (GRID * GRID)]++;
            rises += i > 0 && hidden[i] > hidden[i - 1];
        }
        qsort(hidden, BATCH, sizeof hidden[0], compare_integers);
        for (int i = 1; i < BATCH; i++) /* evenly spaced: 1024 / 40 patches */
            assert_in_range(hidden[i] - hidden[i - 1], 24, 27);
    }
    for (int i = 0; i < BATCH; i++) { /* chi-square with 3 degrees; .001 / 40 lies at 23.9 */
        double chi_square = 0.0;
        for (int part = 0; part < 4; part++)
            chi_square += pow(counts[i][part] - BATCHES / 4.0, 2.0) / (BATCHES / 4.0);
        assert_true(chi_square < 23.9);
    }
    assert_in_range(rises, 9500, 10000); /* 19500 pairs, sd 41: neighbours in a permutation */
}

/* Without a batch the images stand on their own; and what the ratio is drawn per moves no mask. */
static void test_per_needs_a_batch(void **state)
{
    (void)state;
    struct mask_choice image, batch;
    struct mask_drawer *drawer = mask_drawer_new(14, 14, NULL);
    uint8_t first[196], second[196];
    assert_true(strategy_choice_parse(&image.strategy, "random", NULL));
    batch.strategy = image.strategy;
    assert_true(ratio_choice_parse(&image.ratio, "uniform", NULL));
    assert_true(ratio_choice_parse(&batch.ratio, "uniform:per=batch", NULL));
    struct mask_key key = {.seed = 1, .stream = RANDOM_SHOWN_MASK, .image = 4};
    mask_draw(drawer, &image, 0.0, &key, first, NULL);
    mask_draw(drawer, &batch, 0.0, &key, second, NULL);
    assert_memory_equal(first, second, sizeof first);
    mask_drawer_free(drawer);
}

static void test_constant_law(void **state)
{
    (void)state;
    struct ratio_choice choice;
    assert_true(ratio_choice_parse(&choice, "{from: 0.4, to: 0.8}", NULL));
    for (double u = 0.0; u < 1.0; u += 0.125)
        assert_near(ratio_choice_quantile(&choice, 0.5, u), 0.6, 1e-15);
    assert_near(ratio_choice_mean(&choice, 1.0), 0.8, 1e-15);
    assert_true(choice.law->cdf((double[]){0.6}, 0.59) == 0.0);
    assert_true(choice.law->cdf((double[]){0.6}, 0.6) == 1.0);
}

/* Every law: the quantile function undoes the distribution function and rises, on its defaults. */
static void test_laws_are_consistent(void **state)
{
    (void)state;
    size_t count;
    const struct ratio_law *const *all = ratio_laws(&count);
    for (size_t i = 0; i < count; i++) {
        struct ratio_choice choice;
        double parameters[MASK_PARAMETER_LIMIT], before = 0.0;
        assert_true(ratio_choice_parse(&choice, all[i]->name, NULL));
        ratio_choice_at(&choice, 0.0, parameters);
        for (int step = 0; step < 64; step++) {
            double ratio = choice.law->quantile(parameters, step / 64.0);
            assert_true(ratio >= before && ratio >= 0.0 && ratio <= 1.0);
            assert_true(choice.law->cdf(parameters, ratio) >= step / 64.0 - 1e-12);
            before = ratio;
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_hidden_count_is_decimal),
        cmocka_unit_test(test_hidden_count_is_held),
        cmocka_unit_test(test_uniform_law),
        cmocka_unit_test(test_other_laws),
        cmocka_unit_test(test_published_means),
        cmocka_unit_test(test_law_extremes),
        cmocka_unit_test(test_mixture_law),
        cmocka_unit_test(test_ratio_per_batch),
        cmocka_unit_test(test_stratified),
        cmocka_unit_test(test_per_needs_a_batch),
        cmocka_unit_test(test_constant_law),
        cmocka_unit_test(test_laws_are_consistent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
