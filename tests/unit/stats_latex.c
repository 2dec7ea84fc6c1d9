/* Tables as LaTeX: numbers that line up, what is long, what is wide, and text of every kind. */
#include "tests/unit/test.h"

#include <math.h>

#include "tests/unit/stats_written.h"

/* Brackets at the begin of a row would be options of \\ and \midrule. Tables of several files have
 * several labels. */
static void test_in_a_document(void **state)
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
static void test_probabilities(void **state)
{
    (void)state;
    static const struct table_column own_columns[] = {
        {"p_holm", NULL, TABLE_REAL | TABLE_PROBABILITY, 2},
        {"rho", NULL, TABLE_REAL | TABLE_PROBABILITY, 2},
        {"odds_p", NULL, TABLE_REAL, 2}};
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
static void test_forms(void **state)
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

/* A coefficient's digits are decimals, however small it is: no column of exponents for its sake. */
static void test_coefficients(void **state)
{
    (void)state;
    static const struct table_column own_columns[] = {
        {"arm", NULL, TABLE_TEXT, 0}, {"rho", NULL, TABLE_REAL | TABLE_COEFFICIENT, 3}};
    struct table table;
    struct text text = {0};
    assert_true(table_init(&table, "t", NULL, own_columns, 2, NULL));
    table_add_text(&table, "a");
    table_add_real(&table, 2e-18);
    table_add_text(&table, "b");
    table_add_real(&table, -0.0571);
    assert_true(
        table_write((const struct table *const[]){&table}, 1, TABLE_FORMAT_LATEX, &text, NULL));
    assert_non_null(strstr(text_of(&text), "{lS[table-format=-1.3]}"));
    assert_non_null(strstr(text_of(&text), "\na & 0.000 \\\\\nb & -0.057 \\\\\n"));
    text_release(&text);
    table_release(&table);
}

/* What does not fit a page is a longtable, and long texts are set in lines. */
static void test_long(void **state)
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
    text_copy(arm, (size_t)length + 1, "an arm of a long name, in words");
    table_add_text(table, arm);
    table_add_real(table, 0.75);
    for (size_t i = 0; i < WIDE_VALUES; i++) {
        table_add_real(table, 0.5 + (double)i);
        table_add_text(table, "*");
    }
}

/* What is wider than a page is set in parts, each with what tells rows apart, and a mark stays with
 * its number, wherever the page ends. */
static void test_wide(void **state)
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

static size_t count_words(const struct table *table, const char *words)
{
    struct text text = {0};
    size_t count = 0;
    assert_true(table_write(&table, 1, TABLE_FORMAT_LATEX, &text, NULL));
    for (const char *at = text_of(&text); (at = strstr(at, words)); at++)
        count++;
    text_release(&text);
    return count;
}

/* Parts below each other fill a page with fewer rows. */
static void test_long_in_parts(void **state)
{
    (void)state;
    struct table table;
    make_wide(&table, 1);
    size_t parts = count_words(&table, "\\begin{tabular}"), rows = 1;
    assert_true(parts > 1);
    for (; (rows + 1) * parts <= 40; rows++)
        for (size_t column = 0; column < table.column_count; column++)
            table_add_cell(&table, table_cell(&table, 0, column));
    assert_int_equal(count_words(&table, "\\begin{tabular}"), parts);
    for (size_t column = 0; column < table.column_count; column++)
        table_add_cell(&table, table_cell(&table, 0, column));
    assert_int_equal(count_words(&table, "\\begin{longtable}"), parts);
    table_release(&table);
}

/* A mark takes no space between columns: two arms of names like ours, compared, fit a line. */
static void test_marks_are_close(void **state)
{
    (void)state;
    static const struct table_column own_columns[] = {
        {"a", NULL, TABLE_TEXT, 0},         {"b", NULL, TABLE_TEXT, 0},
        {"images", NULL, TABLE_INTEGER, 0}, {"mse_a", NULL, TABLE_REAL, 4},
        {"mse_b", NULL, TABLE_REAL, 4},     {"difference", NULL, TABLE_REAL, 3},
        {"mark", NULL, TABLE_MARK, 0},      {"low", NULL, TABLE_REAL, 3},
        {"high", NULL, TABLE_REAL, 3},      {"p_holm", NULL, TABLE_REAL | TABLE_PROBABILITY, 2},
        {"d_z", NULL, TABLE_REAL, 3}};
    static const double values[] = {0.6551, 0.6558, -0.000668, -0.000894, -0.000442, 9e-6, -1.25};
    struct table table;
    assert_true(table_init(&table, "t", NULL, own_columns, ARRAY_LENGTH(own_columns), NULL));
    table_add_text(&table, "random75");
    table_add_text(&table, "block75");
    table_add_integer(&table, 24);
    for (size_t i = 0; i < ARRAY_LENGTH(values); i++) {
        table_add_real(&table, values[i]);
        if (i == 2)
            table_add_text(&table, "***");
    }
    assert_int_equal(count_words(&table, "\\begin{tabular}"), 1);
    table_release(&table);
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_in_a_document),
        cmocka_unit_test(test_probabilities),
        cmocka_unit_test(test_forms),
        cmocka_unit_test(test_coefficients),
        cmocka_unit_test(test_long_in_parts),
        cmocka_unit_test(test_marks_are_close),
        cmocka_unit_test(test_long),
        cmocka_unit_test(test_wide),
        cmocka_unit_test(test_empty_rows_of_parts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
