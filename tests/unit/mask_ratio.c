/* Schedules, ratio laws and the arithmetic of hidden counts. */
#include "tests/unit/test.h"

#include <math.h>

#include "mask/mask.h"

static struct schedule schedule_of(const char *text)
{
    struct arena arena = {0};
    struct schedule schedule;
    struct node *node = node_read_short(text, "x", &arena, &(struct error){0});
    assert_non_null(node);
    assert_true(schedule_read(&schedule, node, "test", -10.0, 10.0, NULL));
    arena_release(&arena);
    return schedule;
}

static void test_schedule_values(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        double values[5]; /* at 0, .25, .5, .75, 1 */
    } cases[] = {
        {"0.6", {0.6, 0.6, 0.6, 0.6, 0.6}},
        {"{from: 0.4, to: 0.8}", {0.4, 0.5, 0.6, 0.7, 0.8}},
        {"{from: 0.4, to: 0.8, shape: cosine}", /* sin^2(pi t / 2) of the way */
         {0.4, 0.4585786437626905, 0.6, 0.7414213562373095, 0.8}},
        {"{from: 0.1, to: 0.9, shape: exp}",
         {0.1, 0.17320508075688773, 0.3, 0.5196152422706632, 0.9}},
        {"{from: 0.2, to: 0.8, shape: step, steps: 1}", {0.2, 0.2, 0.8, 0.8, 0.8}},
        {"{from: 0.2, to: 0.8, shape: step, steps: 3}", {0.2, 0.4, 0.6, 0.8, 0.8}},
        {"{from: 1, to: 0, shape: step, steps: 2}", {1.0, 1.0, 0.5, 0.0, 0.0}},
        {"{from: 0.4, to: 0.8, over: [0.25, 0.75]}", {0.4, 0.4, 0.6, 0.8, 0.8}},
        {"{from: 0.4, to: 0.8, over: [0.5, 0.5]}", {0.4, 0.4, 0.8, 0.8, 0.8}},
        {"{from: 0.8, to: 0.4, shape: cosine, over: [0.5, 1]}", {0.8, 0.8, 0.8, 0.6, 0.4}},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct schedule schedule = schedule_of(cases[i].text);
        for (int quarter = 0; quarter <= 4; quarter++)
            assert_near(schedule_at(&schedule, quarter / 4.0), cases[i].values[quarter], 1e-15);
        assert_near(schedule_at(&schedule, -1.0), cases[i].values[0], 1e-15);
        assert_near(schedule_at(&schedule, 2.0), cases[i].values[4], 1e-15);
    }
}

static void test_schedule_round_trip(void **state)
{
    (void)state;
    static const char *const forms[] = {
        "0.75",
        "{from: 0.4, to: 0.85}",
        "{from: 0.4, to: 0.85, shape: cosine}",
        "{from: 0.4, to: 0.85, shape: exp, over: [0.1, 0.9]}",
        "{from: 0.4, to: 0.85, shape: step}",
        "{from: 0.4, to: 0.85, shape: step, over: [0, 0.5], steps: 7}",
    };
    for (size_t i = 0; i < ARRAY_LENGTH(forms); i++) {
        struct schedule schedule = schedule_of(forms[i]);
        struct text text = {0};
        schedule_write(&schedule, &text);
        assert_string_equal(text_of(&text), forms[i]);
        text_release(&text);
    }
}

static void test_schedule_errors(void **state)
{
    (void)state;
    static const struct {
        const char *text, *named;
    } cases[] = {
        {"abc", "'abc' is not a number"},
        {"nan", "'nan' is not a number"},
        {"[1, 2]", "expected a number"},
        {"11", "outside -10 .. 10"},
        {"{from: 0, to: 11}", "outside -10 .. 10"},
        {"{from: 1}", "both from and to"},
        {"{from: 1, to: 2, shpe: cosine}", "did you mean 'shape'"},
        {"{from: 1, to: 2, shape: cosin}", "did you mean 'cosine'"},
        {"{from: 1, to: 2, shape: [1]}", "no shape"},
        {"{from: 1, to: 2, steps: 0}", "steps"},
        {"{from: 1, to: 2, steps: 1.5}", "steps"},
        {"{from: 1, to: 2, over: [0.9, 0.1]}", "over must be"},
        {"{from: 1, to: 2, over: [0, 2]}", "over must be"},
        {"{from: 1, to: 2, over: 0.5}", "over must be"},
        {"{from: 0, to: 1, shape: exp}", "exp needs"},
        {"{from: -1, to: 1, shape: exp}", "exp needs"},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct arena arena = {0};
        struct error error = {0};
        struct schedule schedule = schedule_constant(3.0);
        struct node *node = node_read_short(cases[i].text, "x", &arena, &error);
        assert_non_null(node);
        assert_false(schedule_read(&schedule, node, "the-name", -10.0, 10.0, &error));
        assert_int_equal(error.code, ERROR_DATA);
        if (!strstr(error.message, cases[i].named) || !strstr(error.message, "the-name"))
            fail_msg("'%s': %s", cases[i].text, error.message);
        assert_true(schedule.from == 3.0);
        arena_release(&arena);
    }
}

/* M = L - floor(L (1 - r)) in decimal arithmetic, for r = 0.1 .. 0.9: all in whole tenths. */
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
        cmocka_unit_test(test_schedule_values),      cmocka_unit_test(test_schedule_round_trip),
        cmocka_unit_test(test_schedule_errors),      cmocka_unit_test(test_hidden_count_is_decimal),
        cmocka_unit_test(test_hidden_count_is_held), cmocka_unit_test(test_uniform_law),
        cmocka_unit_test(test_constant_law),         cmocka_unit_test(test_laws_are_consistent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
