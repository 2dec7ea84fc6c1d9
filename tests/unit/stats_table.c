/* Tables: every format to the byte, awkward texts, and numbers as people read them. */
#include "tests/unit/test.h"

#include <math.h>
#include <stdlib.h>
#include <time.h>

#include <jansson.h>

#include "stats/table.h"

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

/* What a table must have among what it is written as. */
struct written {
    enum table_format format;
    const char *expected;
};

static void assert_written(const struct table *table, const struct written *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct text text = {0};
        assert_true(table_write(&table, 1, rows[i].format, &text, NULL));
        if (!strstr(text_of(&text), rows[i].expected))
            fail_msg("%s", text_of(&text));
        text_release(&text);
    }
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

/* Brackets at the begin of a row would be options of \\ and \midrule. Tables of several files have
 * several labels. */
static void test_latex_in_a_document(void **state)
{
    (void)state;
    static const struct table_column own_columns[] = {{"a", NULL, TABLE_TEXT, 0}};
    static const char *const labels[][3] = {
        {"out/second pairs.tex", NULL, "second-pairs"},
        {"arms.tex", "settings", "arms-settings"},
        {"run_1.5.tex", NULL, "run-1.5"},
        {"plain", NULL, "plain"},
    };
    struct table table;
    struct text text = {0};
    char label[TABLE_LABEL_SIZE];
    for (size_t i = 0; i < ARRAY_LENGTH(labels); i++) {
        table_label(label, labels[i][0], labels[i][1]);
        assert_string_equal(label, labels[i][2]);
    }
    assert_true(table_init(&table, "t", NULL, own_columns, 1, NULL));
    table_add_text(&table, "[a]");
    table.label = "second-pairs";
    assert_true(
        table_write((const struct table *const[]){&table}, 1, TABLE_FORMAT_LATEX, &text, NULL));
    assert_non_null(strstr(text_of(&text), "\\label{tab:second-pairs}"));
    assert_non_null(strstr(text_of(&text), "\\midrule\n{[}a{]} \\\\\n"));
    text_release(&text);
    table_release(&table);
}

/* p values of all sizes line up: three decimals, or that it is less. Data has them whole. */
static void test_latex_probabilities(void **state)
{
    (void)state;
    static const struct table_column own_columns[] = {{"p_holm", NULL, TABLE_REAL, 2},
                                                      {"rho_p", NULL, TABLE_REAL, 2},
                                                      {"psnr", NULL, TABLE_REAL, 2}};
    struct table table;
    struct text text = {0};
    assert_true(table_init(&table, "t", NULL, own_columns, ARRAY_LENGTH(own_columns), NULL));
    table_add_real(&table, 8.5e-5);
    table_add_real(&table, 0.0043);
    table_add_real(&table, 0.5);
    table_add_real(&table, 0.001);
    table_add_missing(&table);
    table_add_real(&table, 12.5);
    assert_true(
        table_write((const struct table *const[]){&table}, 1, TABLE_FORMAT_LATEX, &text, NULL));
    assert_non_null(strstr(text_of(&text), "{rrS[table-format=2.2]}"));
    assert_non_null(strstr(text_of(&text), "\n\\textless{}0.001 & 0.004 & 0.50 \\\\\n"));
    assert_non_null(strstr(text_of(&text), "\n0.001 & -- & 12"));
    text_clear(&text);
    assert_true(
        table_write((const struct table *const[]){&table}, 1, TABLE_FORMAT_CSV, &text, NULL));
    assert_non_null(strstr(text_of(&text), "\r\n8.5e-05,0.0043,0.5\r\n"));
    text_release(&text);
    table_release(&table);
}

/* Numbers of a column have one form, without holes between: small ones share their decimals, those
 * too small for it have exponents, all of them, and others have their digits. */
static void test_latex_forms(void **state)
{
    (void)state;
    enum { ROWS = 3, COLUMNS = 4 };
    static const struct table_column own_columns[COLUMNS] = {{"difference", NULL, TABLE_REAL, 3},
                                                             {"mse", NULL, TABLE_REAL, 4},
                                                             {"penalty", NULL, TABLE_REAL, 2},
                                                             {"count", NULL, TABLE_REAL, 4}};
    static const double values[ROWS][COLUMNS] = {
        {0.00798, 5.1234e-4, 1234, 12.5}, {-5.67e-4, 6e-4, 1.5e-13, 0.25}, {0, NAN, 0, 2e9}};
    struct table table;
    struct text text = {0};
    assert_true(table_init(&table, "t", NULL, own_columns, COLUMNS, NULL));
    table.keys = 1;
    for (int i = 0; i < ROWS * COLUMNS; i++)
        table_add_real(&table, values[i / COLUMNS][i % COLUMNS]);
    assert_true(
        table_write((const struct table *const[]){&table}, 1, TABLE_FORMAT_LATEX, &text, NULL));
    assert_non_null(strstr(text_of(&text), "{S[table-format=-1.5]S[table-format=1.3e-1]"
                                           "S[table-format=1.1e-2]S[table-format=1.3e-1]}"));
    assert_non_null(strstr(text_of(&text), "\n0.00798 & 5.123e-04 & 1.2e+03 & 1.250e+01 \\\\\n"));
    assert_non_null(strstr(text_of(&text), "\n-0.00057 & 6.000e-04 & 1.5e-13 & 2.500e-01 \\\\\n"));
    assert_non_null(strstr(text_of(&text), "\n0.00000 & {--} & 0 & 2.000e+09 \\\\\n"));
    text_release(&text);
    table_release(&table);
}

/* What does not fit a page is a longtable, and long texts are set in lines. */
static void test_long_latex(void **state)
{
    (void)state;
    static const struct table_column own_columns[] = {{"note", NULL, TABLE_TEXT, 0}};
    struct table table;
    struct text text = {0};
    assert_true(table_init(&table, "t", "Many", own_columns, 1, NULL));
    for (int i = 0; i < 41; i++)
        table_add_text(&table, "a note that is longer than the width of a narrow column");
    assert_true(
        table_write((const struct table *const[]){&table}, 1, TABLE_FORMAT_LATEX, &text, NULL));
    assert_non_null(
        strstr(text_of(&text), "\\begin{longtable}{p{.50\\linewidth}}\n\\caption{Many}"));
    assert_non_null(strstr(text_of(&text), "\\endhead"));
    text_release(&text);
    table_release(&table);
}

enum { WIDE_KEYS = 2, WIDE_VALUES = 12, WIDE_NAME = 30 };

/* Two keys, of which one is `length` characters long, and values with a mark each. */
static void make_wide(struct table *table, int length)
{
    struct table_column own_columns[WIDE_KEYS + 2 * WIDE_VALUES] = {{"arm", NULL, TABLE_TEXT, 0},
                                                                    {"ratio", NULL, TABLE_REAL, 2}};
    char names[WIDE_VALUES][16], arm[WIDE_NAME + 1];
    size_t count = WIDE_KEYS;
    for (size_t i = 0; i < WIDE_VALUES; i++) {
        snprintf(names[i], sizeof names[i], "measure%zu", i);
        own_columns[count++] = (struct table_column){names[i], NULL, TABLE_REAL, 4};
        own_columns[count++] = (struct table_column){"mark", NULL, TABLE_MARK, 0};
    }
    assert_true(table_init(table, "wide", "Much", own_columns, count, NULL));
    assert_int_equal(table->keys, 1);
    table->keys = WIDE_KEYS;
    snprintf(arm, sizeof arm, "%.*s", length, "an arm of a long name, in words");
    table_add_text(table, arm);
    table_add_real(table, 0.75);
    for (size_t i = 0; i < WIDE_VALUES; i++) {
        table_add_real(table, 0.5 + (double)i);
        table_add_text(table, "*");
    }
}

/* What is wider than a page is set in parts, each with what tells rows apart, and a mark stays with
 * its number, wherever the page ends. */
static void test_wide_latex(void **state)
{
    (void)state;
    for (int length = 1; length <= WIDE_NAME; length++) {
        struct table table;
        struct text text = {0};
        make_wide(&table, length);
        assert_true(
            table_write((const struct table *const[]){&table}, 1, TABLE_FORMAT_LATEX, &text, NULL));
        size_t parts = 0, values = 0;
        for (const char *at = text_of(&text); (at = strstr(at, "\\toprule\n")); parts++) {
            at += strlen("\\toprule\n");
            size_t end = strcspn(at, "\n"), here = 0;
            assert_memory_equal(at, "{arm} & {ratio} & {measure", 26);
            for (const char *value = at; (value = strstr(value, "{measure")) && value < at + end;
                 value++)
                here++;
            assert_in_range(here, 1, 7); /* no more than a line holds */
            values += here;
        }
        assert_in_range(parts, 2, 4);
        assert_int_equal(values, WIDE_VALUES);
        text_release(&text);
        table_release(&table);
    }
}

/* In parts after the first, rows that have nothing there are left out. */
static void test_empty_rows_of_parts(void **state)
{
    (void)state;
    enum { TEXTS = 6 };
    static const char words[] = "thirty characters, not longer.";
    struct table_column own_columns[1 + TEXTS] = {{"step", NULL, TABLE_INTEGER, 0}};
    struct table table;
    struct text text = {0};
    for (int i = 1; i <= TEXTS; i++)
        own_columns[i] = (struct table_column){"words", NULL, TABLE_TEXT, 0};
    assert_true(table_init(&table, "t", NULL, own_columns, 1 + TEXTS, NULL));
    table.keys = 1;
    for (int row = 0; row < 2; row++) {
        table_add_integer(&table, 1000 + row);
        for (int i = 0; i < TEXTS; i++)
            table_add_text(&table, row ? NULL : words);
    }
    assert_true(
        table_write((const struct table *const[]){&table}, 1, TABLE_FORMAT_LATEX, &text, NULL));
    int full = 0, empty = 0;
    for (const char *at = text_of(&text); (at = strstr(at, "\n100")); at++) {
        full += at[4] == '0';
        empty += at[4] == '1';
    }
    assert_true(full > 1);
    assert_int_equal(empty, 1);
    text_release(&text);
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_formats),
        cmocka_unit_test(test_details_and_marks),
        cmocka_unit_test(test_long_latex),
        cmocka_unit_test(test_latex_in_a_document),
        cmocka_unit_test(test_latex_probabilities),
        cmocka_unit_test(test_latex_forms),
        cmocka_unit_test(test_wide_latex),
        cmocka_unit_test(test_empty_rows_of_parts),
        cmocka_unit_test(test_wrapped_caption),
        cmocka_unit_test(test_times),
        cmocka_unit_test(test_json),
        cmocka_unit_test(test_several_tables),
        cmocka_unit_test(test_awkward_texts),
        cmocka_unit_test(test_real_numbers),
        cmocka_unit_test(test_format_names),
        cmocka_unit_test(test_strong),
        cmocka_unit_test(test_many_rows),
        cmocka_unit_test(test_lost_memory_is_reported),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
