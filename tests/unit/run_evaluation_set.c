/* Errors as tables work with them: from a record, from a file, over seeds, side by side; and the
 * tables made of them. */
#include "tests/unit/test.h"

#include <math.h>

#include <jansson.h>

#include "tests/unit/run_evaluated.h"

/* ---- Records ---- */

static void test_record(void **state)
{
    (void)state;
    struct evaluation_set set =
        read_record(&(struct recipe){.name = "read.db", .seed = 7, .digest = "a", .grown = true});
    assert_true(set.arms == ARMS + 1 && set.cells == 6 && set.units == IMAGES && set.seed == 7);
    assert_string_equal(set.cell[0].strategy, "block");
    assert_true(set.cell[2].ratio == 0.9 && set.arm[3].baseline && set.unit_id[0] == 100);
    /* Masks of an image are averaged. */
    assert_near(evaluation_set_values(&set, 1, 4)[5], value_of(1, 1, 0.75, 5, 0) + 0.125, 1e-12);
    assert_near(set.arm[0].own_loss, 5, 1e-12);
    assert_int_equal(set.arm[0].trend, TREND_PLATEAU);
    struct table arms = fill(&set, "arms", TABLE_BY_NOTHING);
    assert_int_equal(table_rows(&arms), ARMS + 1);
    /* The order of the arms by their own losses is that by the common masks turned round. */
    for (int arm = 0; arm < ARMS; arm++) {
        assert_int_equal(cell_of(&arms, (size_t)arm, "own_rank")->integer, ARMS - arm);
        assert_int_equal(cell_of(&arms, (size_t)arm, "rank")->integer, arm + 1);
    }
    assert_true(cell_of(&arms, ARMS, "rank")->missing);
    /* 10 log10(1 / (mse s^2)), image by image; the default deviations' mean square. */
    double square = (0.229 * 0.229 + 0.224 * 0.224 + 0.225 * 0.225) / 3, psnr = 0, group[IMAGES];
    int all[6] = {0};
    assert_true(evaluation_set_mean(&set, 0, -1, all, 0, group));
    for (int i = 0; i < IMAGES; i++)
        psnr -= 10 * log10(group[i] * square) / IMAGES;
    assert_near(real_of(&arms, 0, "psnr"), psnr, 1e-9);
    assert_true(isnan(real_of(&arms, 0, "boot_low"))); /* of so few images */
    table_release(&arms);
    evaluation_set_release(&set);
}

static void test_pairs(void **state)
{
    (void)state;
    struct evaluation_set set =
        read_record(&(struct recipe){.name = "pairs.db", .seed = 0, .digest = "a"});
    struct table pairs = fill(&set, "pairs", TABLE_BY_NOTHING);
    assert_int_equal(table_rows(&pairs), 3); /* of three arms; no baseline */
    assert_string_equal(cell_of(&pairs, 2, "a")->text, "second");
    assert_string_equal(cell_of(&pairs, 2, "b")->text, "third");
    assert_near(real_of(&pairs, 0, "difference"), -0.11, 1e-12);
    assert_near(real_of(&pairs, 0, "mse_a") - real_of(&pairs, 0, "mse_b"), -0.11, 1e-12);
    double sum = 0, smallest = 1, adjusted = 1; /* Holm: the smallest of three times three */
    for (size_t row = 0; row < 3; row++) {
        sum += real_of(&pairs, row, "p");
        smallest = fmin(smallest, real_of(&pairs, row, "p"));
        adjusted = fmin(adjusted, real_of(&pairs, row, "p_holm"));
    }
    assert_true(sum > 0);
    assert_near(adjusted, 3 * smallest, 1e-9 * smallest);
    assert_string_equal(cell_of(&pairs, 0, "mark")->text, "***");
    assert_true(real_of(&pairs, 0, "welch_p") > 0.5); /* images differ far more than arms */
    assert_near(real_of(&pairs, 0, "friedman_chi2"), 2 * IMAGES,
                1e-9); /* the same order each time */
    assert_non_null(strstr(pairs.caption, "n = 12 held-out images of one run (seed 0)"));
    assert_non_null(strstr(pairs.caption, "p_holm adjusted by Holm over all comparisons"));
    assert_non_null(strstr(pairs.caption, "3 comparisons, n = 12 held-out images"));
    table_release(&pairs);
    pairs = fill(&set, "pairs", TABLE_BY_ALL);
    assert_int_equal(table_rows(&pairs), 18);
    assert_string_equal(cell_of(&pairs, 3, "strategy")->text, "block");
    assert_near(real_of(&pairs, 3, "ratio"), 0.75, 0);
    table_release(&pairs);
    evaluation_set_release(&set);
}

static void test_ratios_and_classes(void **state)
{
    (void)state;
    struct evaluation_set set =
        read_record(&(struct recipe){.name = "ratios.db", .seed = 0, .digest = "a"});
    struct table ratios = fill(&set, "ratios", TABLE_BY_STRATEGY);
    assert_int_equal(table_rows(&ratios), (ARMS + 1) * 6);
    for (size_t row = 0; row < 6; row++) { /* errors grow by 1 with the ratio, on every image */
        assert_near(real_of(&ratios, row, "slope"), 1, 1e-9);
        assert_near(real_of(&ratios, row, "line"), real_of(&ratios, row, "mse"), 1e-9);
        assert_near(real_of(&ratios, row, "spline"), real_of(&ratios, row, "mse"), 1e-6);
        assert_near(real_of(&ratios, row, "line_low"), real_of(&ratios, row, "low"), 1e-9);
    }
    table_release(&ratios);
    ratios = fill(&set, "ratios", TABLE_BY_NOTHING);
    assert_int_equal(table_rows(&ratios), (ARMS + 1) * 3);
    assert_near(real_of(&ratios, 0, "mse"), 1 + 2.75 + 0.5 + 0.5 + 0.125, 1e-9);
    table_release(&ratios);
    struct table classes = fill(&set, "classes", TABLE_BY_NOTHING);
    assert_int_equal(table_rows(&classes), (ARMS + 1) * 2);
    assert_string_equal(cell_of(&classes, 1, "class")->text, "other, with a comma");
    assert_int_equal(cell_of(&classes, 1, "images")->integer, IMAGES / 2);
    assert_near(real_of(&classes, 1, "mse") - real_of(&classes, 0, "mse"), 0.5, 1e-9);
    table_release(&classes);
    evaluation_set_release(&set);
}

/* ---- Little and odd data ---- */

static void test_odd_values(void **state)
{
    (void)state;
    struct evaluation_set set =
        read_file("strategy,image,mse\na,1,0.5\nb,1,0.25\n"); /* one image */
    struct table table = fill(&set, "matrix", TABLE_BY_NOTHING);
    assert_near(real_of(&table, 0, "mse"), 0.5, 0);
    assert_true(cell_of(&table, 0, "low")->missing && cell_of(&table, 0, "sd")->missing);
    table_release(&table);
    table = fill(&set, "pairs", TABLE_BY_NOTHING);
    assert_true(cell_of(&table, 0, "p")->missing && cell_of(&table, 0, "p_holm")->missing);
    assert_string_equal(cell_of(&table, 0, "mark")->text, "");
    table_release(&table);
    evaluation_set_release(&set);

    set =
        read_file("strategy,image,mse\na,1,2\na,2,2\na,3,2\nb,1,2\nb,2,2\nb,3,2\n"); /* all equal */
    table = fill(&set, "pairs", TABLE_BY_NOTHING);
    assert_true(real_of(&table, 0, "difference") == 0 && cell_of(&table, 0, "p")->missing);
    table_release(&table);
    table = fill(&set, "matrix", TABLE_BY_NOTHING);
    assert_true(real_of(&table, 0, "low") == 2 && real_of(&table, 0, "high") == 2);
    table_release(&table);
    evaluation_set_release(&set);

    set = read_file("strategy,image,mse\na,1,2\na,2,nan\na,3,4\nb,1,1\nb,2,3\nb,3,\n"); /* NaN */
    table = fill(&set, "pairs", TABLE_BY_NOTHING);
    assert_int_equal(cell_of(&table, 0, "images")->integer, 1);
    assert_near(real_of(&table, 0, "mse_a"), 2, 0); /* of the images that both have */
    table_release(&table);
    table = fill(&set, "matrix", TABLE_BY_NOTHING);
    assert_int_equal(cell_of(&table, 0, "images")->integer, 2);
    assert_near(real_of(&table, 1, "mse"), 2, 0);
    table_release(&table);
    evaluation_set_release(&set);
}

/* Stars are those of the adjusted p, not of the p of one test among several. */
static void test_stars_are_adjusted(void **state)
{
    (void)state;
    struct evaluation_set set = read_file("strategy,image,mse\n"
                                          "a,1,1\na,2,2\na,3,3\na,4,4\na,5,5\n"
                                          "b,1,1.3\nb,2,2.1\nb,3,3.4\nb,4,4.1\nb,5,5.2\n"
                                          "c,1,1.2\nc,2,2.3\nc,3,3.1\nc,4,4.3\nc,5,5.0\n");
    struct table table = fill(&set, "pairs", TABLE_BY_NOTHING);
    bool told_apart = false;
    for (size_t row = 0; row < 3; row++) {
        double p = real_of(&table, row, "p"), holm = real_of(&table, row, "p_holm");
        assert_string_equal(cell_of(&table, row, "mark")->text, holm < 0.05 ? "*" : "");
        told_apart = told_apart || (p < 0.05 && holm >= 0.05);
    }
    assert_true(told_apart);
    table_release(&table);
    evaluation_set_release(&set);
}

/* A caption does not count what is not there. */
static void test_left_out(void **state)
{
    (void)state;
    struct evaluation_set set =
        read_record(&(struct recipe){.name = "left.db", .digest = "a", .astray = 2});
    struct table table = fill(&set, "pairs", TABLE_BY_NOTHING);
    assert_non_null(strstr(table.caption, "n = 10 to 12 of 12 held-out images of one run"));
    for (size_t row = 0; row < 3; row++) { /* first and second, first and third, the others */
        int64_t left_out = row == 1 ? 0 : 2;
        assert_int_equal(cell_of(&table, row, "images")->integer, IMAGES - left_out);
        assert_int_equal(cell_of(&table, row, "left_out")->integer, left_out);
    }
    table_release(&table);
    table = fill(&set, "matrix", TABLE_BY_NOTHING);
    assert_int_equal(cell_of(&table, 0, "left_out")->integer, 0);
    assert_int_equal(cell_of(&table, 1, "left_out")->integer, 2);
    table_release(&table);
    evaluation_set_release(&set);
}

static void test_files(void **state)
{
    (void)state;
    struct evaluation_set set =
        read_file("\xef\xbb\xbfmse,note,image,strategy\r\n1,\"x, y\",i 1,\"b \"\"q\"\", c\"\r\n"
                  "3,,i 1,\"b \"\"q\"\", c\"\r\n\r\n5,,i 2,\"b \"\"q\"\", c\"\r\n");
    assert_true(set.arms == 1 && set.units == 2);
    assert_string_equal(set.arm[0].name, "b \"q\", c");
    assert_near(evaluation_set_values(&set, 0, 0)[0], 2, 0); /* two masks of an image */
    evaluation_set_release(&set);
    set = read_file("strategy\timage\tratio\tmse\tlabel\na\t1\t.9\t3\t0\na\t1\t.5\t1\t0\n");
    assert_true(set.cells == 2 && set.cell[0].ratio == 0.5 && set.label[0] == 0);
    assert_near(evaluation_set_values(&set, 0, 1)[0], 3, 0);
    evaluation_set_release(&set);
    static const struct {
        const char *text, *why;
    } bad[] = {
        {"", "values.csv: empty"},
        {"strategy,image\na,1\n", "values.csv:1: no column 'mse'"},
        {"strategy,image,mse\n", "values.csv: no values"},
        {"strategy,image,mse\na,1,2\na,2,two\n", "values.csv:3: mse: not a number: 'two'"},
        {"strategy,image,mse\na,1\n", "values.csv:2: a line without the column 'mse'"},
        {"strategy,image,mse,label\na,1,2,-4\n", "values.csv:2: label"},
        {"strategy,image,mse,ratio\na,1,2,half\n", "values.csv:2: ratio: not a number: 'half'"},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(bad); i++) {
        write_file("values.csv", bad[i].text);
        assert_false(evaluation_set_read_file(&set, path_of("values.csv"), &error));
        assert_int_equal(error.code, ERROR_DATA);
        if (!strstr(error.message, bad[i].why))
            fail_msg("%s", error.message);
    }
    assert_false(evaluation_set_read_file(&set, path_of("no such file"), &error));
    assert_int_equal(error.code, ERROR_INPUT);
}

static void test_nothing_yet(void **state)
{
    (void)state;
    struct store *store = store_open(path_of("empty.db"), STORE_CREATE, &error);
    assert_non_null(store);
    size_t count;
    const struct run_table *tables = run_tables(&count);
    for (size_t i = 0; i < count; i++) {
        struct table table;
        if (run_table_read(&table, &tables[i], store, tables[i].groups, &error)) {
            assert_int_equal(table_rows(&table), 0); /* curves and events are lists */
            table_release(&table);
        } else {
            assert_int_equal(error.code, ERROR_DATA);
        }
    }
    store_close(store);
}

/* ---- SciPy's values, through the file and the tables as `stats --from` has them ---- */

static void check(const struct table *table, size_t row, const char *column, const json_t *object,
                  const char *key, double tolerance)
{
    double expected = json_number_value(json_object_get(object, key));
    double value = real_of(table, row, column);
    if (!(fabs(value - expected) <= tolerance * fabs(expected)))
        fail_msg("%s is %.17g, not %.17g", column, value, expected);
}

static struct evaluation_set write_and_read(const json_t *reference)
{
    struct text text = {0};
    const char *strategy;
    json_t *values, *value;
    size_t i;
    text_append(&text, "strategy,image,mse\n");
    json_object_foreach(json_object_get(reference, "mse"), strategy, values)
    {
        json_array_foreach(values, i, value)
            text_append(&text, "%s,%zu,%.17g\n", strategy, i, json_number_value(value));
    }
    struct evaluation_set set = read_file(text_of(&text));
    text_release(&text);
    return set;
}

static void check_pairs(const struct evaluation_set *set, const json_t *reference)
{
    static const char *const exact[][2] = {{"difference", "mean_difference"},
                                           {"t", "paired_t"},
                                           {"d_z", "cohen_dz"},
                                           {"wilcoxon_w", "wilcoxon_w"},
                                           {"welch_t", "welch_t"}};
    static const char *const small[][2] = {{"p", "paired_p"},
                                           {"p_holm", "holm_p"},
                                           {"wilcoxon_p", "wilcoxon_p_normal_no_continuity"},
                                           {"welch_p", "welch_p"}};
    const json_t *pairs = json_object_get(reference, "pairs"), *pair;
    struct table table = fill(set, "pairs", TABLE_BY_NOTHING);
    size_t row;
    assert_int_equal(table_rows(&table), json_array_size(pairs));
    json_array_foreach(pairs, row, pair)
    {
        assert_string_equal(cell_of(&table, row, "a")->text,
                            json_string_value(json_object_get(pair, "a")));
        assert_string_equal(cell_of(&table, row, "b")->text,
                            json_string_value(json_object_get(pair, "b")));
        for (size_t i = 0; i < ARRAY_LENGTH(exact); i++)
            check(&table, row, exact[i][0], pair, exact[i][1], 1e-9);
        for (size_t i = 0; i < ARRAY_LENGTH(small); i++)
            check(&table, row, small[i][0], pair, small[i][1], 1e-7);
    }
    const json_t *friedman = json_object_get(reference, "friedman");
    check(&table, 0, "friedman_chi2", friedman, "chi2", 1e-9);
    check(&table, 0, "friedman_p", friedman, "p", 1e-7);
    table_release(&table);
}

static void check_ratios(const json_t *reference)
{
    const json_t *fit = json_object_get(reference, "ratio_fit"), *value;
    struct text text = {0};
    size_t i;
    text_append(&text, "strategy,image,ratio,mse\n");
    json_array_foreach(json_object_get(fit, "ratio"), i, value)
        text_append(&text, "all,%zu,%.17g,%.17g\n", i, json_number_value(value),
                    json_number_value(json_array_get(json_object_get(fit, "mse"), i)));
    struct evaluation_set set = read_file(text_of(&text));
    struct table table = fill(&set, "ratios", TABLE_BY_NOTHING);
    check(&table, 0, "slope", fit, "slope", 1e-9);
    check(&table, 0, "slope_p", fit, "p", 1e-7);
    check(&table, 0, "rho", fit, "spearman_rho", 1e-9);
    check(&table, 0, "rho_p", fit, "spearman_p", 1e-7);
    double intercept =
        real_of(&table, 0, "line") - real_of(&table, 0, "slope") * real_of(&table, 0, "ratio");
    double expected = json_number_value(json_object_get(fit, "intercept"));
    assert_near(intercept, expected, 1e-9 * fabs(expected));
    table_release(&table);
    evaluation_set_release(&set);
    text_release(&text);
}

static void test_reference(void **state)
{
    (void)state;
    char path[1024];
    json_error_t problem;
    const char *shared = getenv("TEST_SHARED");
    snprintf(path, sizeof path, "%s/reference/statistics.json", shared ? shared : "");
    json_t *reference = shared ? json_load_file(path, 0, &problem) : NULL;
    if (!reference) {
        print_message("no reference/statistics.json under TEST_SHARED: skipped\n");
        skip();
    }
    static const char *const columns[][2] = {
        {"mse", "mean"},      {"sd", "sd"},          {"quartile_1", "q25"},
        {"median", "median"}, {"quartile_3", "q75"}, {"skewness", "skewness_biased"}};
    struct evaluation_set set = write_and_read(reference);
    struct table table = fill(&set, "matrix", TABLE_BY_NOTHING);
    for (size_t row = 0; row < table_rows(&table); row++) {
        const json_t *expected = json_object_get(json_object_get(reference, "describe"),
                                                 cell_of(&table, row, "strategy")->text);
        assert_non_null(expected);
        for (size_t i = 0; i < ARRAY_LENGTH(columns); i++)
            check(&table, row, columns[i][0], expected, columns[i][1], 1e-9);
    }
    table_release(&table);
    check_pairs(&set, reference);
    check_ratios(reference);
    evaluation_set_release(&set);
    json_decref(reference);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_record),
        cmocka_unit_test(test_pairs),
        cmocka_unit_test(test_ratios_and_classes),
        cmocka_unit_test(test_stars_are_adjusted),
        cmocka_unit_test(test_left_out),
        cmocka_unit_test(test_odd_values),
        cmocka_unit_test(test_files),
        cmocka_unit_test(test_nothing_yet),
        cmocka_unit_test(test_reference),
    };
    return cmocka_run_group_tests(tests, test_folder_make, test_folder_remove);
}
