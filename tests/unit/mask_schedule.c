/* Schedules of a parameter over training progress. */
#include "tests/unit/test.h"

#include "mask/schedule.h"

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
        {"{from: 1, to: 2, steps: 3}", "steps needs shape: step"},
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_schedule_values),
        cmocka_unit_test(test_schedule_round_trip),
        cmocka_unit_test(test_schedule_errors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
