/* Reading and writing of strategies, laws and whole mask settings. */
#include "tests/unit/test.h"

#include "mask/mask.h"

static void test_strategy_forms(void **state)
{
    (void)state;
    static const struct {
        const char *given, *written;
    } cases[] = {
        {"random", "random"},
        {"block", "block"},
        {"block:min_area=4", "block:min_area=4"},
        {"block:min_area=16,aspect=.3", "block"},
        {"{strategy: block, aspect: 0.5, min_area: 4}", "block:min_area=4,aspect=0.5"},
        {"block:min_area={from: 4, to: 32, shape: cosine}",
         "block:min_area={from: 4, to: 32, shape: cosine}"},
        {"grid:phase=fixed", "grid:phase=fixed"},
        {"grid:phase=random", "grid"},
        {"saliency:by=entropy,hide=least", "saliency:by=entropy,hide=least"},
        {"file:path=some/masks.npy", "file:path=some/masks.npy"},
        {"file:order=sequence,path=\"a, b.npy\"", "file:order=sequence,path=\"a, b.npy\""},
        {"mixture", "mixture"},
        {"mixture:parts=[random, block]", "mixture"},
        {"{strategy: mixture, parts: [grid, {weight: 2.5, strategy: block, min_area: 4}]}",
         "mixture:parts=[{weight: 1, strategy: grid}, {weight: 2.5, strategy: "
         "\"block:min_area=4\"}]"},
        {"mixture:parts=[{strategy: \"noise:sigma1=3\", sigma2: 4, weight: 2}, grid]",
         "mixture:parts=[{weight: 2, strategy: \"noise:sigma1=3,sigma2=4\"}, "
         "{weight: 1, strategy: grid}]"},
        {"mixture:parts=[{weight: {from: 1, to: 0}, strategy: random}, perlin]",
         "mixture:parts=[{weight: {from: 1, to: 0}, strategy: random}, "
         "{weight: 1, strategy: perlin}]"},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct strategy_choice choice, again;
        struct text text = {0}, twice = {0};
        assert_true(strategy_choice_parse(&choice, cases[i].given, NULL));
        strategy_choice_write(&choice, &text);
        assert_string_equal(text_of(&text), cases[i].written);
        assert_true(strategy_choice_parse(&again, text_of(&text), NULL));
        strategy_choice_write(&again, &twice);
        assert_string_equal(text_of(&twice), cases[i].written);
        text_release(&text);
        text_release(&twice);
    }
}

static void test_ratio_forms(void **state)
{
    (void)state;
    static const struct {
        const char *given, *written;
    } cases[] = {
        {"0.75", "0.75"},
        {".6", "0.6"},
        {"constant", "0.75"},
        {"constant:value=.4", "0.4"},
        {"{from: 0.4, to: 0.85, shape: cosine}",
         "constant:value={from: 0.4, to: 0.85, shape: cosine}"},
        {"{law: constant, value: {from: 0.4, to: 0.85}}", "constant:value={from: 0.4, to: 0.85}"},
        {"uniform", "uniform:low=0.5,high=0.9"},
        {"uniform:low=.3,high=.9", "uniform:low=0.3,high=0.9"},
        {"{law: uniform, high: .8}", "uniform:low=0.5,high=0.8"},
        {"uniform:low={from: 0.2, to: 0.5, over: [0, 0.5]},high=.9",
         "uniform:low={from: 0.2, to: 0.5, over: [0, 0.5]},high=0.9"},
        {"truncnorm:mean=.55", "truncnorm:mean=0.55,sd=0.1,low=0.3,high=0.9"},
        {"constant:value=.6,per=stratified", "constant:value=0.6,per=stratified"},
        {"{law: uniform, per: batch}", "uniform:low=0.5,high=0.9,per=batch"},
        {"uniform:per=image", "uniform:low=0.5,high=0.9"},
        {"stratified:of=0.6", "constant:value=0.6,per=stratified"},
        {"{law: stratified, of: {law: beta, a: 3}}",
         "beta:a=3,b=2,low=0.3,high=0.9,per=stratified"},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct ratio_choice choice, again;
        struct text text = {0}, twice = {0};
        assert_true(ratio_choice_parse(&choice, cases[i].given, NULL));
        ratio_choice_write(&choice, &text);
        assert_string_equal(text_of(&text), cases[i].written);
        assert_true(ratio_choice_parse(&again, text_of(&text), NULL));
        ratio_choice_write(&again, &twice);
        assert_string_equal(text_of(&twice), cases[i].written);
        text_release(&text);
        text_release(&twice);
    }
}

static void test_strategy_errors(void **state)
{
    (void)state;
    static const struct {
        const char *given, *named;
    } cases[] = {
        {"blok", "did you mean 'block'"},
        {"Random", "did you mean 'random'"},
        {"zzzzzzzzzz", "no strategy 'zzzzzzzzzz'"},
        {"block:min_are=4", "did you mean 'min_area'"},
        {"block:strategy=4", "neither"},
        {"random:size=4", "no parameter 'size'; there are none"},
        {"mixture:parts=[{weight:2, strategy: random}]", "a blank is missing after the colon"},
        {"block:min=4", "there are min_area, aspect"},
        {"attention:mode=top", "high | low | hint"},
        {"loss:hard=2", "outside 0 .. 1"},
        {"painted", "needs mask="},
        {"file:path=a.npy,digest=12g", "not 16 hexadecimal digits"},
        {"multi-block:low=.5,high=.2", "low is above high"},
        {"noise:sigma1=2,sigma2=1", "sigma1 must be below sigma2"},
        {"noise:color=purple,sigma1={from: 1, to: 3}", "sigma1 must be below sigma2 (at progress"},
        {"mixture:parts=[{weight: {from: 0, to: 1, shape: step, steps: 1, over: [.501, .503]},"
         " strategy: random}, {weight: {from: 1, to: 0, shape: step, steps: 1, over: [.499, .501]},"
         " strategy: block}]",
         "weights sum to 0"},
        {"mixture:parts=[\"painted:mask=2x2/8\"]", "cannot hold 'painted'"},
        {"block:min_area=0", "outside 1 .. 196"},
        {"block:min_area=x", "not a number"},
        {"block:aspect=2", "outside 0.01 .. 1"},
        {"grid:phase=fix", "random | fixed"},
        {"grid:phase={from: 0, to: 1}", "random | fixed"},
        {"{min_area: 4}", "strategy: NAME"},
        {"[block]", "not a list"},
        {"", "strategy"},
        {"file", "needs path=FILE.npy"},
        {"mixture:parts=random", "list of 1 to 6"},
        {"mixture:parts=[]", "list of 1 to 6"},
        {"mixture:parts=[random, random, random, random, random, random, random]", "1 to 6"},
        {"mixture:parts=[rondom]", "did you mean 'random'"},
        {"mixture:parts=[[random]]", "a part is"},
        {"mixture:parts=[\"[random]\"]", "a part is"},
        {"mixture:parts=[{strategy: {strategy: random}}]", "a part is"},
        {"mixture:parts=[file]", "cannot hold 'file'"},
        {"mixture:parts=[{strategy: \"block:min_area=4\", min_area: 9}]",
         "'min_area' is given twice"},
        {"mixture:parts=[{weight: 2, strategy: \"block:weight=3\"}]", "'weight' is given twice"},
        {"mixture:parts=[{wieght: 1, strategy: block}]", "did you mean 'weight'"},
        {"mixture:parts=[{strategy: \"noise:sigma1=3\", sigma2: 2}]", "sigma1 must be below"},
        {"mixture:parts=[{weight: 1}]", "a part is"},
        {"mixture:parts=[{weight: -1, strategy: random}]", "outside 0 .."},
        {"mixture:parts=[{weight: 1, strategy: block, min_are: 4}]", "did you mean 'min_area'"},
        {"mixture:parts=[{weight: 0, strategy: random}, {weight: 0, strategy: block}]",
         "weights sum to 0"},
        {"mixture:parts=[{weight: {from: 1, to: 0}, strategy: random}]",
         "sum to 0 (at progress 1)"},
        {"mixture:parts=[{strategy: noise, sigma1: 3}, random]", "sigma1 must be below sigma2"},
        {"mixture:parts=[{strategy: multi-block, low: .5, high: .2}]", "low is above high"},
        {"mixture:parts=[mixture]", "cannot hold another"},
        {"mixture:parts=[{weight: 1, strategy: \"file:path=a.npy\"}]", "cannot hold 'file'"},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct strategy_choice choice = {0};
        struct error error = {0};
        assert_false(strategy_choice_parse(&choice, cases[i].given, &error));
        assert_int_equal(error.code, ERROR_DATA);
        if (!strstr(error.message, cases[i].named))
            fail_msg("'%s': %s", cases[i].given, error.message);
        assert_null(choice.strategy);
        assert_false(strategy_choice_parse(&choice, cases[i].given, NULL));
    }
}

static void test_ratio_errors(void **state)
{
    (void)state;
    static const struct {
        const char *given, *named;
    } cases[] = {
        {"0", "(0, 1)"},
        {"1", "(0, 1)"},
        {"1.5", "ratio: 1.5 is outside"},
        {"-0.1", "ratio: -0.1 is outside"},
        {"75%", "75%"},
        {"nan", "no ratio law 'nan'"},
        {"{from: 0.5, to: 1}", "(0, 1)"},
        {"{from: 0.5, to: 1.2}", "outside 0 .. 1"},
        {"uniform:low=.9,high=.3", "low is above high"},
        {"uniform:low={from: .1, to: .8},high=.5", "low is above high (at progress"},
        {"uniform:low=0,high=0", "must reach into"},
        {"uniform:low=-1", "outside 0 .. 1"},
        {"uniform:lo=.3", "did you mean 'low'"},
        {"unifrom:low=.3", "did you mean 'uniform'"},
        {"[0.5]", "not a list"},
        {"{low: .3}", "law: NAME"},
        {"{law: {a: 1}}", "law: NAME"},
        {"truncnorm:sd=0", "outside 0.001 .. 10"},
        {"truncnorm:sd=1e9", "outside 0.001 .. 10"},
        {"truncnorm:low=.9,high=.3", "low is above high"},
        {"truncnorm:mean=-1,sd=.001,low=.5", "too many sd"},
        {"beta:a=0", "outside 0.05"},
        {"beta:low=1", "low is above high"},
        {"cosine:high=0", "must reach into"},
        {"mixture:weight1=0,weight2=0", "weights sum to 0"},
        {"mixture:value1=1", "(0, 1)"},
        {"uniform:per=imag", "image, batch or stratified"},
        {"stratified", "of: LAW"},
        {"stratified:of=1.5", "outside 0 .. 1"},
        {"{law: stratified, of: beta, a: 3}", "no parameter 'a'"},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct ratio_choice choice = {0};
        struct error error = {0};
        assert_false(ratio_choice_parse(&choice, cases[i].given, &error));
        assert_int_equal(error.code, ERROR_DATA);
        if (!strstr(error.message, cases[i].named))
            fail_msg("'%s': %s", cases[i].given, error.message);
        assert_null(choice.law);
        assert_false(ratio_choice_parse(&choice, cases[i].given, NULL));
    }
}

static void test_scheduled_parameters(void **state)
{
    (void)state;
    struct strategy_choice choice;
    double parameters[MASK_PARAMETER_LIMIT];
    assert_true(strategy_choice_parse(&choice, "block:min_area={from: 4, to: 32}", NULL));
    strategy_choice_at(&choice, 0.5, parameters);
    assert_true(parameters[0] == 18.0 && parameters[1] == 0.3);
}

/* Every row of the registry is complete, its names differ, and its defaults read. */
static void test_registry_is_sound(void **state)
{
    (void)state;
    size_t count;
    const struct strategy *const *all = strategies(&count);
    for (size_t i = 0; i < count; i++) {
        struct strategy_choice choice;
        assert_true(all[i]->name && all[i]->help && all[i]->source && all[i]->draw);
        assert_true(all[i]->parameters.count <= MASK_PARAMETER_LIMIT);
        if (all[i]->needs_given)
            continue;
        assert_true(strategy_choice_parse(&choice, all[i]->name, NULL));
        assert_ptr_equal(choice.strategy, all[i]);
    }
    const struct ratio_law *const *laws = ratio_laws(&count);
    for (size_t i = 0; i < count; i++) {
        struct ratio_choice choice;
        assert_true(laws[i]->name && laws[i]->help && laws[i]->formula);
        assert_true(ratio_choice_parse(&choice, laws[i]->name, NULL));
        assert_ptr_equal(choice.law, laws[i]);
    }
}

static void test_drawer_refuses_odd_grids(void **state)
{
    (void)state;
    static const int sizes[][2] = {{1, 1}, {0, 5}, {5, -1}, {129, 128}, {1 << 20, 1 << 20}};
    for (size_t i = 0; i < ARRAY_LENGTH(sizes); i++) {
        struct error error = {0};
        assert_null(mask_drawer_new(sizes[i][0], sizes[i][1], &error));
        assert_int_equal(error.code, ERROR_DATA);
    }
}

static void test_visible_list(void **state)
{
    (void)state;
    const uint8_t mask[6] = {1, 0, 0, 1, 1, 0};
    int visible[6];
    assert_int_equal(mask_visible(mask, 6, visible), 3);
    assert_true(visible[0] == 1 && visible[1] == 2 && visible[2] == 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_strategy_forms),           cmocka_unit_test(test_ratio_forms),
        cmocka_unit_test(test_strategy_errors),          cmocka_unit_test(test_ratio_errors),
        cmocka_unit_test(test_scheduled_parameters),     cmocka_unit_test(test_registry_is_sound),
        cmocka_unit_test(test_drawer_refuses_odd_grids), cmocka_unit_test(test_visible_list),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
