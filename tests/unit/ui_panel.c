/* The panel's pure helpers: texts and numbers cut to columns, ranges and curves of a plot,
 * lists, columns, completion. */
#include "tests/unit/test.h"

#include <locale.h>
#include <math.h>

#include "base/memory.h"
#include "ui/panel/columns.h"
#include "ui/panel/completion.h"
#include "ui/panel/format.h"
#include "ui/panel/list.h"
#include "ui/panel/plot.h"
#include "ui/range.h"

static void expect_fit(const char *text, int columns, int flags, const char *expected)
{
    char out[64];
    int used = text_fit(out, sizeof out, text, columns, flags);
    assert_string_equal(out, expected);
    assert_int_equal(used, text_width(expected));
    assert_true(used <= columns);
}

static void test_text_fit(void **state)
{
    (void)state;
    if (!setlocale(LC_CTYPE, "C.UTF-8")) {
        print_message("skipped: there is no locale C.UTF-8\n");
        skip();
    }
    expect_fit("abcdef", 6, FIT_ELLIPSIS, "abcdef");
    expect_fit("abcdef", 5, FIT_ELLIPSIS, "abcd\u2026");
    expect_fit("abcdef", 5, 0, "abcde");
    expect_fit("abcdef", 1, FIT_ELLIPSIS, "\u2026");
    expect_fit("abcdef", 0, FIT_ELLIPSIS, "");
    expect_fit("", 0, FIT_ELLIPSIS, "");
    expect_fit("abcdef", 5, FIT_ELLIPSIS | FIT_ASCII, "abcd~");
    expect_fit("\u00e9t\u00e9", 3, FIT_ELLIPSIS, "\u00e9t\u00e9");
    expect_fit("\u00e9t\u00e9", 3, FIT_ASCII, "?t?");
    expect_fit("e\u0301a", 2, 0, "e\u0301a"); /* a combining accent takes no column */
    expect_fit("a\nb\x1b[m\xff", 9, 0, "a?b?[m?");
    expect_fit("\xe6\x97", 5, 0, "??"); /* a cut character */
    expect_fit("\u65e5\u672c\u8a9e", 6, FIT_ELLIPSIS, "\u65e5\u672c\u8a9e");
    expect_fit("\u65e5\u672c\u8a9e", 5, FIT_ELLIPSIS, "\u65e5\u672c\u2026");
    expect_fit("\u65e5\u672c\u8a9e", 4, FIT_ELLIPSIS, "\u65e5\u2026");
    expect_fit("\u65e5\u672c\u8a9e", 1, FIT_ELLIPSIS, "\u2026");
}

static void test_text_break(void **state)
{
    (void)state;
    assert_int_equal(text_break("one two three", 20), 13);
    assert_int_equal(text_break("one two three", 9), 8);
    assert_int_equal(text_break("onetwothree", 4), 4);
    assert_int_equal(text_break("abc", 0), 1); /* always gets on */
    assert_int_equal(text_break("", 5), 0);
}

static void test_format_number(void **state)
{
    (void)state;
    static const struct {
        double value;
        int width;
        const char *text;
    } cases[] = {
        {0, 7, "0.0000"},       {0.123456, 7, "0.1235"},    {12.3456, 7, "12.346"},
        {-0.5, 7, "-0.5000"},   {1234.5, 7, "1234.5"},      {1e6, 7, "1000000"},
        {1e7, 7, "1.0e+07"},    {-1e7, 7, "-1e+07"},        {1.5e-5, 7, "1.5e-05"},
        {-1.5e-5, 7, "-2e-05"}, {1e300, 7, "1.0e+300" + 0}, {NAN, 7, "-"},
        {INFINITY, 7, "inf"},   {-INFINITY, 7, "-inf"},     {123456, 4, "####"},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        char out[NUMBER_SIZE];
        format_number(out, cases[i].value, cases[i].width);
        assert_true((int)strlen(out) <= cases[i].width);
        if (strlen(cases[i].text) <= (size_t)cases[i].width)
            assert_string_equal(out, cases[i].text);
    }
    for (double value = 1e-320; value < 1e308; value *= 7.3)
        for (int sign = -1; sign <= 1; sign += 2) {
            char out[NUMBER_SIZE];
            format_number(out, sign * value, 7);
            assert_true(strlen(out) <= 7);
            assert_null(strchr(out, '#'));
        }
}

static void test_other_numbers(void **state)
{
    (void)state;
    char out[NUMBER_SIZE];
    format_share(out, 0.3125);
    assert_string_equal(out, "31.2%");
    format_share(out, NAN);
    assert_string_equal(out, "-");
    format_rough(out, 0.524);
    assert_string_equal(out, "0.52");
    format_rough(out, 82.34);
    assert_string_equal(out, "82.3");
    format_rough(out, 823.4);
    assert_string_equal(out, "823");
    format_rough(out, 12345);
    assert_string_equal(out, "12.3k");
}

static void test_ranges(void **state)
{
    (void)state;
    const float values[] = {2, NAN, -1, INFINITY, 8, 0};
    struct range range = range_empty();
    range_add_all(&range, values, 6, false);
    assert_float_equal(range.low, -1, 0);
    assert_float_equal(range.high, 8, 0);
    range = range_empty();
    range_add_all(&range, values, 6, true);
    assert_float_equal(range.low, 2, 0);
    assert_float_equal(range_position(&range, true, 4), 0.5, 1e-12);
    assert_true(isnan(range_position(&range, true, -4)));
    assert_true(isnan(range_position(&range, false, NAN)));
    range = range_empty();
    range_settle(&range, false);
    assert_true(range.low < range.high);
    range = (struct range){5, 5};
    range_settle(&range, false);
    assert_true(range.low < 5 && range.high > 5);
}

/* A curve that falls and a little noise, as losses are. */
static void fall(float *values, int count)
{
    for (int i = 0; i < count; i++)
        values[i] = (float)(0.1 + exp(-8.0 * i / count) + 0.005 * (i % 3));
}

/* Single values far off all others are left out, at either end; what belongs to the curve is not.
 */
static void test_ranges_of_most(void **state)
{
    (void)state;
    enum { COUNT = 200, FEW = 9 };
    float values[COUNT];
    for (int logarithmic = 0; logarithmic < 2; logarithmic++) {
        struct range whole = range_empty(), most = range_empty();
        fall(values, COUNT);
        range_add_all(&whole, values, COUNT, logarithmic);
        range_add_most(&most, values, COUNT, logarithmic);
        assert_true(most.low == whole.low && most.high == whole.high);
        values[50] = 1e6F;
        values[51] = logarithmic ? 1e-30F : -1e9F;
        values[52] = NAN;
        most = range_empty();
        range_add_most(&most, values, COUNT, logarithmic);
        assert_true(most.low == whole.low && most.high == whole.high);
        assert_int_equal(range_side(&most, logarithmic, 1e6), 1);
        assert_int_equal(range_side(&most, logarithmic, most.high), 0);
        assert_int_equal(range_side(&most, logarithmic, NAN), 0);
        assert_int_equal(range_side(&most, logarithmic, -1e9), logarithmic ? 0 : -1);
    }
    for (int i = 0; i < COUNT; i++)
        values[i] = 5;
    values[7] = 500;
    struct range most = range_empty();
    range_add_most(&most, values, COUNT, false);
    assert_true(most.low == 5 && most.high == 5);
    most = range_empty();
    range_add_most(&most, values, FEW, false); /* of so few none is the odd one out */
    assert_true(most.high == 500);
}

static void test_canvas(void **state)
{
    (void)state;
    struct canvas canvas;
    struct error error;
    char character[8];
    assert_true(plot_canvas_init(&canvas, 2, 3, true, &error));
    plot_canvas_line(&canvas, 0, 0, 0, 0, 1);
    plot_canvas_line(&canvas, 1, 1, 1, 1, 2);
    plot_canvas_line(&canvas, NAN, 0, 1, 1, 0);
    plot_canvas_line(&canvas, 1e300, -1e300, 2, 5, 0);
    plot_canvas_character(&canvas, 1, 0, character);
    assert_string_equal(character, "\u2840"); /* the lowest dot on the left */
    plot_canvas_character(&canvas, 0, 2, character);
    assert_string_equal(character, "\u2808"); /* the highest on the right */
    plot_canvas_character(&canvas, 0, 0, character);
    assert_string_equal(character, " ");
    assert_int_equal(canvas.series[3], 1);
    assert_int_equal(canvas.series[2], 2);
    plot_canvas_release(&canvas);
    assert_true(plot_canvas_init(&canvas, 3, 3, false, &error));
    plot_canvas_line(&canvas, 0, 0, 1, 1, 1);
    for (int i = 0; i < 3; i++) {
        plot_canvas_character(&canvas, 2 - i, i, character);
        assert_string_equal(character, "o");
    }
    plot_canvas_release(&canvas);
}

static void test_list(void **state)
{
    (void)state;
    struct list list = {0};
    list_fit(&list, 10, 4);
    assert_true(list_act(&list, ACTION_LAST, 4));
    assert_int_equal(list.chosen, 9);
    assert_int_equal(list.top, 6);
    assert_true(list_act(&list, ACTION_DOWN, 4));
    assert_int_equal(list.chosen, 9);
    assert_true(list_act(&list, ACTION_PAGE_UP, 4));
    assert_int_equal(list.chosen, 6);
    list_fit(&list, 3, 4); /* rows went away */
    assert_int_equal(list.chosen, 2);
    assert_int_equal(list.top, 0);
    list_fit(&list, 0, 4);
    assert_true(list_act(&list, ACTION_UP, 4));
    assert_int_equal(list.chosen, 0);
    assert_int_equal(list.top, 0);
    assert_false(list_act(&list, ACTION_PAUSE, 4));
    assert_true(list_matches("Hello", "ell"));
    assert_true(list_matches("Hello", "hEL"));
    assert_false(list_matches("Hello", "x"));
}

/* Columns never overlap or leave the width, and those of rank 0 are always there. */
static void test_columns(void **state)
{
    (void)state;
    static const struct column columns[] = {{"a", 1, 1, 0, false},
                                            {"b", 10, 20, 0, false},
                                            {"c", 8, 8, 2, true},
                                            {"d", 6, 30, 1, false}};
    for (int width = 0; width < 120; width++) {
        struct layout layout;
        columns_layout(&layout, columns, 4, width);
        int end = 0;
        for (int i = 0; i < 4; i++) {
            if (layout.width[i] == 0)
                continue;
            assert_true(layout.column[i] >= end);
            end = layout.column[i] + layout.width[i];
        }
        assert_true(layout.width[0] == 1 && layout.width[1] >= 10);
        assert_true(end <= width || width < 13);
        assert_true(layout.width[2] == 0 || layout.width[3] > 0); /* rank 2 goes before rank 1 */
        assert_int_equal(layout.width[2] > 0, width >= 31);
        assert_int_equal(layout.width[3] > 0, width >= 21);
    }
}

static struct ui_model *new_model(struct snapshot **snapshot)
{
    struct error error;
    struct ui_model *model = memory_new(1, sizeof *model, &error);
    *snapshot = memory_new(1, sizeof **snapshot, &error);
    assert_true(config_defaults(&(*snapshot)->config, NULL));
    (*snapshot)->config.train.blr = 0.00015;
    (*snapshot)->arm_count = 1;
    ui_model_init(model, NULL);
    ui_model_take(model, *snapshot);
    return model;
}

static void expect_offer(const struct ui_model *model, const char *line, const char *word,
                         bool offered)
{
    struct completion completion;
    complete(&completion, model, NULL, line);
    bool found = false;
    for (int i = 0; i < completion.count; i++)
        found = found || !strcmp(completion.words[i], word);
    if (found != offered)
        fail_msg("'%s' is %soffered after '%s'", word, found ? "" : "not ", line);
}

static void test_completion(void **state)
{
    (void)state;
    struct snapshot *snapshot;
    struct ui_model *model = new_model(&snapshot);
    expect_offer(model, "", "pause", true);
    expect_offer(model, "strat", "strategy", true);
    expect_offer(model, "strat", "pause", false);
    expect_offer(model, "strategy ", "block", true);
    expect_offer(model, "strategy b", "block", true);
    expect_offer(model, "strategy block ", "min_area=", true);
    expect_offer(model, "strategy block ", "random75", true);
    expect_offer(model, "law uniform l", "low=", true);
    expect_offer(model, "set ", "train.blr", true);
    expect_offer(model, "set ", "train.batch", false); /* not live */
    expect_offer(model, "set train.blr ", "0.00015", true);
    expect_offer(model, "arm ", "remove", true);
    expect_offer(model, "arm remove ", "random75", true);
    expect_offer(model, "arm add x strategy=b", "strategy=block", true);
    expect_offer(model, "export m", "matrix", true);
    expect_offer(model, "export matrix ", "curves", false);
    struct completion completion;
    complete(&completion, model, NULL, "set train.");
    assert_int_equal(completion.start, 4);
    assert_int_equal(completion_common(&completion), 6);
    free(model);
    free(snapshot);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_text_fit),      cmocka_unit_test(test_text_break),
        cmocka_unit_test(test_format_number), cmocka_unit_test(test_other_numbers),
        cmocka_unit_test(test_ranges),        cmocka_unit_test(test_ranges_of_most),
        cmocka_unit_test(test_canvas),        cmocka_unit_test(test_list),
        cmocka_unit_test(test_columns),       cmocka_unit_test(test_completion),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
