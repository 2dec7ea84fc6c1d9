/* Tables: every format to the byte, awkward texts, and numbers as people read them. */
#include "tests/unit/test.h"

#include <math.h>
#include <stdlib.h>
#include <time.h>

#include <jansson.h>

#include "tests/unit/stats_written.h"

static const struct table_column columns[] = {
    {.name = "strategy", .type = TABLE_TEXT},
    {.name = "n", .type = TABLE_INTEGER},
    {.name = "speed", .unit = "images/s", .type = TABLE_REAL, .digits = 3},
    {.name = "p_value", .type = TABLE_REAL, .digits = 2},
};

static struct table make_table(void)
{
    struct table table;
    assert_true(table_init(&table, "speeds", "Speed & cost", columns, ARRAY_LENGTH(columns), NULL));
    table_add_text(&table, "random");
    table_add_integer(&table, 60);
    table_add_real(&table, 0.1);
    table_add_real(&table, -1.5e-13);
    table_add_text(&table, "a_b,\"50%\"");
    table_add_missing(&table);
    table_add_real(&table, 1234.5);
    table_add_real(&table, NAN);
    return table;
}

static void check(enum table_format format, const char *expected)
{
    struct table table = make_table();
    struct text text = {0};
    assert_int_equal(table_rows(&table), 2);
    assert_true(table_write((const struct table *const[]){&table}, 1, format, &text, NULL));
    assert_string_equal(text_of(&text), expected);
    text_release(&text);
    table_release(&table);
}

/* Four hours behind UTC in winter: people read the wall clock there, programs the number. */
static void test_times(void **state)
{
    (void)state;
    static const struct table_column time_column[] = {{.name = "time", .type = TABLE_TIME}};
    static const struct written rows[] = {
        {TABLE_FORMAT_TEXT, "2026-11-23T03:04:08-04:00\n                        -\n"},
        {TABLE_FORMAT_MARKDOWN, "| 2026-11-23T03:04:08-04:00 |\n| - |\n"},
        {TABLE_FORMAT_LATEX, "2026-11-23T03:04:08-04:00 \\\\\n-- \\\\\n"},
        {TABLE_FORMAT_CSV, "time\r\n1795417448.5\r\n\r\n"},
        {TABLE_FORMAT_JSON, "\"time\": 1795417448.5\n"},
    };
    assert_int_equal(setenv("TZ", "XYZ4", 1), 0);
    tzset();
    struct table table;
    assert_true(table_init(&table, "times", NULL, time_column, 1, NULL));
    table_add_time(&table, 1795417448.5);
    table_add_time(&table, NAN);
    assert_written(&table, rows, ARRAY_LENGTH(rows));
    table_release(&table);
    char out[32];
    table_show_time(out, 1e300);
    assert_string_equal(out, "1.00000000000000e+300");
}

static void test_formats(void **state)
{
    (void)state;
    check(TABLE_FORMAT_TEXT, "Speed & cost\n"
                             "strategy    n  speed (images/s)   p_value\n"
                             "-----------------------------------------\n"
                             "random     60             0.100  -1.5e-13\n"
                             "a_b,\"50%\"   -              1234         -\n");
    check(TABLE_FORMAT_CSV, "strategy,n,speed,p_value\r\n"
                            "random,60,0.1,-1.5e-13\r\n"
                            "\"a_b,\"\"50%\"\"\",,1234.5,\r\n");
    check(TABLE_FORMAT_TSV, "strategy\tn\tspeed\tp_value\n"
                            "random\t60\t0.1\t-1.5e-13\n"
                            "a_b,\"50%\"\t\t1234.5\t\n");
    check(TABLE_FORMAT_MARKDOWN, "Speed & cost\n\n"
                                 "| strategy | n | speed (images/s) | p\\_value |\n"
                                 "|:---|---:|---:|---:|\n"
                                 "| random | 60 | 0.100 | -1.5e-13 |\n"
                                 "| a\\_b,\"50%\" | - | 1234 | - |\n");
    check(TABLE_FORMAT_LATEX,
          "% \\usepackage{booktabs,longtable,siunitx}\n"
          "\\begin{table}\n\\centering\n\\caption{Speed \\& "
          "cost}\\label{tab:speeds}\n\n\\small\\sisetup{group-minimum-digits=20}\n\n\\smallskip\n"
          "\\begin{tabular}{lS[table-format=2.0]S[table-format=4.3]S[table-format=-1.1e-2]}\n"
          "\\toprule\n"
          "{strategy} & {n} & {speed (images/s)} & {p\\_value} \\\\\n\\midrule\n"
          "random & 60 & 0.100 & -1.5e-13 \\\\\n"
          "a\\_b,\"50\\%\" & {--} & 1234 & {--} \\\\\n"
          "\\bottomrule\n\\end{tabular}\n\\end{table}\n");
}

/* Details are for data, unless people ask for them; marks stand by the number they belong to. */
static void test_details_and_marks(void **state)
{
    (void)state;
    static const struct table_column own_columns[] = {{"a", NULL, TABLE_TEXT, 0},
                                                      {"w", NULL, TABLE_INTEGER | TABLE_DETAIL, 0},
                                                      {"d", NULL, TABLE_REAL, 2},
                                                      {"mark", NULL, TABLE_MARK, 0},
                                                      {"z", NULL, TABLE_REAL | TABLE_DETAIL, 2}};
    static const struct {
        enum table_format format;
        bool wide;
        const char *expected;
    } cases[] = {
        {TABLE_FORMAT_TEXT, false, "a     d  \n-----------\nx  0.25  **\n"},
        {TABLE_FORMAT_TEXT, true,
         "a  w     d        z\n-------------------\nx  7  0.25  **  1.5\n"},
        {TABLE_FORMAT_MARKDOWN, false, "| a | d |  |\n|:---|---:|---:|\n| x | 0.25 | \\*\\* |\n"},
        {TABLE_FORMAT_CSV, false, "a,w,d,mark,z\r\nx,7,0.25,**,1.5\r\n"},
        {TABLE_FORMAT_LATEX, false, "{lS[table-format=1.2]@{\\,}l}\n"},
        {TABLE_FORMAT_LATEX, false, "{a} & {d} & {} \\\\\n\\midrule\nx & 0.25 & $^{**}$ \\\\\n"},
        {TABLE_FORMAT_LATEX, true, "x & 7 & 0.25 & $^{**}$ & 1.5 \\\\\n"},
    };
    struct table table;
    assert_true(table_init(&table, "t", NULL, own_columns, ARRAY_LENGTH(own_columns), NULL));
    assert_int_equal(table.columns[1].type, TABLE_INTEGER);
    table_add_text(&table, "x");
    table_add_integer(&table, 7);
    table_add_real(&table, 0.25);
    table_add_text(&table, "**");
    table_add_real(&table, 1.5);
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct text text = {0};
        table.wide = cases[i].wide;
        assert_true(
            table_write((const struct table *const[]){&table}, 1, cases[i].format, &text, NULL));
        if (!strstr(text_of(&text), cases[i].expected))
            fail_msg("no '%s' in '%s'", cases[i].expected, text_of(&text));
        text_release(&text);
    }
    table_release(&table);
}

static void test_wrapped_caption(void **state)
{
    (void)state;
    static const struct table_column own_columns[] = {{"x", NULL, TABLE_INTEGER, 0}};
    struct table table;
    struct text text = {0};
    assert_true(
        table_init(&table, "t",
                   "Words that go on for longer than a terminal is wide are broken at a space, "
                   "not in the middle",
                   own_columns, 1, NULL));
    assert_true(
        table_write((const struct table *const[]){&table}, 1, TABLE_FORMAT_TEXT, &text, NULL));
    assert_non_null(strstr(text_of(&text), "are broken at a space, not\nin the middle\nx\n-\n"));
    text_release(&text);
    table_release(&table);
}

static void test_json(void **state)
{
    (void)state;
    struct table table = make_table();
    struct text text = {0};
    json_error_t error;
    assert_true(
        table_write((const struct table *const[]){&table}, 1, TABLE_FORMAT_JSON, &text, NULL));
    json_t *json = json_loads(text_of(&text), 0, &error);
    assert_non_null(json);
    assert_string_equal(json_string_value(json_object_get(json, "caption")), "Speed & cost");
    json_t *rows = json_object_get(json, "rows"), *second = json_array_get(rows, 1);
    assert_int_equal(json_array_size(rows), 2);
    assert_string_equal(json_string_value(json_object_get(second, "strategy")), "a_b,\"50%\"");
    assert_true(json_is_null(json_object_get(second, "n")));
    assert_true(json_is_null(json_object_get(second, "p_value")));
    assert_true(json_real_value(json_object_get(second, "speed")) == 1234.5);
    json_t *first = json_array_get(rows, 0);
    assert_true(json_real_value(json_object_get(first, "speed")) == 0.1);
    assert_int_equal(json_integer_value(json_object_get(first, "n")), 60);
    json_t *column = json_array_get(json_object_get(json, "columns"), 2);
    assert_string_equal(json_string_value(json_object_get(column, "unit")), "images/s");
    assert_string_equal(json_string_value(json_object_get(column, "type")), "real");
    json_decref(json);
    text_release(&text);
    table_release(&table);
}

static void test_several_tables(void **state)
{
    (void)state;
    struct table first = make_table(), second = make_table();
    const struct table *const tables[] = {&first, &second};
    struct text text = {0};
    json_error_t error;
    assert_true(table_write(tables, 2, TABLE_FORMAT_JSON, &text, NULL));
    json_t *json = json_loads(text_of(&text), 0, &error);
    assert_int_equal(json_array_size(json), 2);
    json_decref(json);
    text_clear(&text);
    assert_true(table_write(tables, 2, TABLE_FORMAT_CSV, &text, NULL));
    assert_non_null(strstr(text_of(&text), "1234.5,\r\n\r\nstrategy,"));
    text_clear(&text);
    assert_true(table_write(tables, 0, TABLE_FORMAT_JSON, &text, NULL));
    assert_string_equal(text_of(&text), "[]\n");
    text_release(&text);
    table_release(&first);
    table_release(&second);
}

/* One cell of text in each format. */
static void check_text(const char *given, enum table_format format, const char *contains)
{
    struct table table;
    struct text text = {0};
    const struct table_column column = {.name = "x", .type = TABLE_TEXT};
    assert_true(table_init(&table, "t", NULL, &column, 1, NULL));
    table_add_text(&table, given);
    assert_true(table_write((const struct table *const[]){&table}, 1, format, &text, NULL));
    if (!strstr(text_of(&text), contains))
        fail_msg("%s: no %s in %s", table_format_name(format), contains, text_of(&text));
    text_release(&text);
    table_release(&table);
}

static void test_awkward_texts(void **state)
{
    (void)state;
    check_text("two\nlines", TABLE_FORMAT_CSV, "x\r\n\"two\nlines\"\r\n");
    check_text(" edge", TABLE_FORMAT_CSV, "\" edge\"");
    check_text("a\tb\nc\\d", TABLE_FORMAT_TSV, "a\\tb\\nc\\\\d\n");
    check_text("a|b\n`c`", TABLE_FORMAT_MARKDOWN, "| a\\|b \\`c\\` |\n");
    check_text("\\ ~ ^ # $ % & _ { }", TABLE_FORMAT_LATEX,
               "\\textbackslash{} \\textasciitilde{} \\textasciicircum{} "
               "\\# \\$ \\% \\& \\_ \\{ \\} \\\\\n");
    check_text("esc\x1b[31m", TABLE_FORMAT_TEXT, "esc?[31m");
    check_text("esc\x1b", TABLE_FORMAT_JSON, "esc\\u001B");
    check_text("not\xff utf-8", TABLE_FORMAT_JSON, "not? utf-8");
    check_text("gr\xc3\xb6\xc3\x9f", TABLE_FORMAT_JSON, "gr\xc3\xb6\xc3\x9f");
    check_text(NULL, TABLE_FORMAT_JSON, "\"x\": null");
}

static void test_real_numbers(void **state)
{
    (void)state;
    static const struct {
        double value;
        int digits;
        const char *shown;
    } cases[] = {
        {0.25, 4, "0.2500"},
        {1.0 / 3.0, 3, "0.333"},
        {9.996, 3, "10.0"},
        {0.09996, 3, "0.100"},
        {12345.6, 4, "12346"},
        {0.0, 4, "0"},
        {-0.092054, 4, "-0.09205"},
        {1.5152e-13, 3, "1.52e-13"},
        {2.5e12, 2, "2.5e+12"},
        {0.00001234, 2, "0.000012"},
        {NAN, 3, "nan"},
        {-INFINITY, 3, "-inf"},
        {-0.0, 3, "0"},
        {5.0, 1, "5"},
        {1e9, 1, "1000000000"},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        char shown[32];
        table_show_real(shown, cases[i].value, cases[i].digits);
        assert_string_equal(shown, cases[i].shown);
    }
}

static void test_format_names(void **state)
{
    (void)state;
    enum table_format format;
    struct error error = {0};
    for (int i = 0; i < TABLE_FORMATS; i++) {
        assert_true(table_format_find(table_format_name((enum table_format)i), &format, NULL));
        assert_int_equal(format, i);
    }
    assert_false(table_format_find("markdwon", &format, &error));
    assert_int_equal(error.code, ERROR_USAGE);
    assert_non_null(strstr(error.message, "did you mean 'markdown'"));
    assert_true(table_format_of_path("a.b/stats.TEX", &format, NULL));
    assert_int_equal(format, TABLE_FORMAT_LATEX);
    assert_false(table_format_of_path("a.tex/stats", &format, &error));
    assert_false(table_format_of_path("stats.xls", &format, &error));
    assert_non_null(strstr(error.message, ".json"));
}

static void test_many_rows(void **state)
{
    (void)state;
    struct table table;
    const struct table_column column = {.name = "i", .type = TABLE_INTEGER};
    assert_true(table_init(&table, "t", NULL, &column, 1, NULL));
    for (int64_t i = 0; i < 10000; i++)
        table_add_integer(&table, i * i);
    assert_int_equal(table_rows(&table), 10000);
    for (size_t i = 0; i < 10000; i++)
        assert_int_equal(table_cell(&table, i, 0)->integer, i * i);
    table_release(&table);
}

/* The best number of a column: bold where there is such a thing, and data as ever. */
static void test_strong(void **state)
{
    (void)state;
    static const struct written rows[] = {
        {TABLE_FORMAT_TEXT, "0.100*  2\n0.200   3\n"},
        {TABLE_FORMAT_MARKDOWN, "| **0.100** | 2 |\n| 0.200 | 3 |\n"},
        {TABLE_FORMAT_LATEX, "\\bfseries 0.100 & 2 \\\\\n0.200 & 3 \\\\\n"},
        {TABLE_FORMAT_LATEX, "\\sisetup{group-minimum-digits=20,detect-weight}\n"},
        {TABLE_FORMAT_CSV, "\r\n0.1,2\r\n0.2,3\r\n"},
    };
    static const struct table_column two[] = {{"score", NULL, TABLE_REAL, 3},
                                              {"n", NULL, TABLE_INTEGER, 0}};
    struct table table;
    assert_true(table_init(&table, "scores", NULL, two, 2, NULL));
    table_add_real(&table, 0.1);
    table_emphasise(&table);
    table_add_integer(&table, 2);
    table_add_real(&table, 0.2);
    table_add_integer(&table, 3);
    assert_written(&table, rows, ARRAY_LENGTH(rows));
    table_release(&table);
}

/* ---- What a table says of itself ---- */

static struct table make_named(const char *caption, const char *remarks, int64_t value)
{
    static const struct table_column own_columns[] = {
        {"arm", NULL, TABLE_TEXT, 0},
        {"n", NULL, TABLE_INTEGER, 0},
        {"p", NULL, TABLE_REAL | TABLE_PROBABILITY | TABLE_DETAIL, 2}};
    struct table table;
    assert_true(table_init(&table, "arms", caption, own_columns, ARRAY_LENGTH(own_columns), NULL));
    table_remark(&table, remarks);
    table_add_text(&table, "first");
    table_add_integer(&table, value);
    table_add_real(&table, 0.5);
    return table;
}

/* Remarks are whole sentences behind the caption, and may come one after the other. */
static void test_remarks(void **state)
{
    (void)state;
    struct table table = make_named("Errors.", "n = 3; of one run.", 1);
    assert_string_equal(table.caption, "Errors. n = 3; of one run.");
    assert_string_equal(table.remarks, "n = 3; of one run.");
    table_remark(&table, "");
    table_remark(&table, "Late: 5.");
    assert_string_equal(table.caption, "Errors. n = 3; of one run. Late: 5.");
    assert_string_equal(table.remarks, "n = 3; of one run. Late: 5.");
    table_release(&table);
    table = make_named(NULL, "n = 3.", 1);
    assert_string_equal(table.caption, "n = 3.");
    assert_string_equal(table.remarks, table.caption);
    table_release(&table);
    table = make_named("Errors.", "", 1);
    assert_null(table.remarks);
    table_release(&table);
}

static const char *const two_names[] = {"one", "two"};

/* Of tables below each other: what all show once, and what is of one under its name, however it is
 * written. */
static void check_gathered(const char *const remarks[2], const char *caption)
{
    struct table all, parts[2];
    for (int i = 0; i < 2; i++)
        parts[i] = make_named("Errors; low is 95%.", remarks[i], 10 + i);
    assert_true(table_gather(&all, "run", parts, two_names, 2, NULL));
    assert_string_equal(all.caption, caption);
    assert_int_equal(table_rows(&all), 2);
    for (size_t i = 0; i < 2; i++) {
        assert_string_equal(table_cell(&all, i, 0)->text, two_names[i]);
        assert_string_equal(table_cell(&all, i, 1)->text, "first");
        assert_int_equal(table_cell(&all, i, 2)->integer, 10 + i);
    }
    assert_string_equal(all.columns[0].name, "run");
    assert_int_equal(all.keys, 2);
    assert_true(!table_shows(&all, 3) && table_is_probability(&all, 3));
    table_release(&all);
    for (int i = 0; i < 2; i++)
        table_release(&parts[i]);
}

#define APART " Each run by itself, tests and their adjustment within it."

static void test_gathered(void **state)
{
    (void)state;
    check_gathered((const char *const[]){"", ""}, "Errors; low is 95%.");
    check_gathered((const char *const[]){"n = 3. Fewer steps: late 5; they differ.", "n = 3."},
                   "Errors; low is 95%." APART
                   " one: n = 3. Fewer steps: late 5; they differ. two: n = 3.");
    check_gathered((const char *const[]){"", "n = 4; e.g. one. late: 5."},
                   "Errors; low is 95%." APART " two: n = 4; e.g. one. late: 5.");
}

/* Tables of runs that were not measured alike. */
static void test_other_columns(void **state)
{
    (void)state;
    static const struct table_column other[][3] = {
        {{"arm", NULL, TABLE_TEXT, 0}, {"m", NULL, TABLE_INTEGER, 0}, {"p", NULL, TABLE_REAL, 2}},
        {{"arm", NULL, TABLE_TEXT, 0}, {"n", NULL, TABLE_REAL, 0}, {"p", NULL, TABLE_REAL, 2}},
        {{"arm", NULL, TABLE_TEXT, 0}, {"n", NULL, TABLE_INTEGER, 0}, {NULL}},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(other); i++) {
        struct table all, parts[2] = {make_named("Errors.", "n = 3.", 1)};
        struct error error;
        assert_true(table_init(&parts[1], "arms", NULL, other[i], other[i][2].name ? 3 : 2, NULL));
        assert_false(table_gather(&all, "run", parts, two_names, 2, &error));
        assert_int_equal(error.code, ERROR_DATA);
        assert_non_null(
            strstr(error.message, "one and two have other columns in the table 'arms'"));
        table_release(&parts[0]);
        table_release(&parts[1]);
    }
}

static void test_lost_memory_is_reported(void **state)
{
    (void)state;
    struct table table = make_table();
    struct text text = {0};
    struct error error = {0};
    table.failed = true;
    assert_false(
        table_write((const struct table *const[]){&table}, 1, TABLE_FORMAT_CSV, &text, &error));
    assert_int_equal(error.code, ERROR_SYSTEM);
    assert_string_equal(text_of(&text), "");
    table_release(&table);
}

/* Names from strangers: what a terminal would obey is in no format. */
static void test_no_commands(void **state)
{
    (void)state;
    for (int format = 0; format < TABLE_FORMATS; format++) {
        struct table table;
        struct text text = {0};
        assert_true(table_init(&table, "bad\033[2J", "caption\033]0;x\007", columns,
                               ARRAY_LENGTH(columns), NULL));
        table_add_text(&table, "\033[31mred\x9B\xC2\x9B");
        table_add_integer(&table, 1);
        table_add_missing(&table);
        table_add_missing(&table);
        assert_true(table_write((const struct table *const[]){&table}, 1, (enum table_format)format,
                                &text, NULL));
        assert_true(text_is_utf8(text_of(&text)));
        if (strpbrk(text_of(&text), "\033\007"))
            fail_msg("format %d: %s", format, text_of(&text));
        assert_non_null(strstr(text_of(&text), "31m"));
        text_release(&text);
        table_release(&table);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_formats),
        cmocka_unit_test(test_details_and_marks),
        cmocka_unit_test(test_wrapped_caption),
        cmocka_unit_test(test_times),
        cmocka_unit_test(test_json),
        cmocka_unit_test(test_several_tables),
        cmocka_unit_test(test_awkward_texts),
        cmocka_unit_test(test_real_numbers),
        cmocka_unit_test(test_format_names),
        cmocka_unit_test(test_strong),
        cmocka_unit_test(test_many_rows),
        cmocka_unit_test(test_remarks),
        cmocka_unit_test(test_gathered),
        cmocka_unit_test(test_other_columns),
        cmocka_unit_test(test_no_commands),
        cmocka_unit_test(test_lost_memory_is_reported),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
