/* The table `ratios`, and values at ratios of their own. */
#include "tests/unit/test.h"

#include "tests/unit/run_evaluated.h"

/* A ratio of its own for each image, the same for all strategies: means are over the images, and so
 * are comparisons. */
static void test_own_ratios(void **state)
{
    (void)state;
    static const char *const names[] = {"matrix", "cross", "arms", "pairs", "classes"};
    struct evaluation_set set = read_file("strategy,image,ratio,label,mse\n"
                                          "a,1,.3,0,1\na,2,.5,0,2\na,3,.7,1,4.5\n"
                                          "b,1,.3,0,2\nb,2,.5,0,3\nb,3,.7,1,5\n");
    for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
        struct table table = fill(&set, names[i], TABLE_BY_NOTHING);
        assert_says(&table, " Each image has values at one ratio of its own");
        table_release(&table);
    }
    struct table table = fill(&set, "arms", TABLE_BY_NOTHING);
    assert_int_equal(cell_of(&table, 0, "images")->integer, 3);
    assert_near(real_of(&table, 0, "mse"), 2.5, 1e-12);
    assert_int_equal(cell_of(&table, 0, "rank")->integer, 1);
    table_release(&table);
    table = fill(&set, "cross", TABLE_BY_NOTHING);
    assert_true(cell_of(&table, 0, "mse")->strong);
    table_release(&table);
    table = fill(&set, "pairs", TABLE_BY_NOTHING);
    assert_int_equal(cell_of(&table, 0, "images")->integer, 3);
    assert_near(real_of(&table, 0, "difference"), -2.5 / 3, 1e-12);
    table_release(&table);
    table = fill(&set, "matrix", TABLE_BY_RATIO);
    assert_int_equal(table_rows(&table), 6);
    table_release(&table);
    table = fill(&set, "ratios", TABLE_BY_NOTHING); /* a spline wants more than three */
    assert_near(real_of(&table, 2, "mse"), 4.5, 0);
    assert_says(&table, "fitted to all values at once");
    table_release(&table);
    evaluation_set_release(&set);
}

/* Where the strategies have other ratios than each other on an image they are described by it, and
 * compared on those alone on which they agree: for a and b on the first, for a and c on none. */
static void test_unlike_ratios(void **state)
{
    (void)state;
    struct evaluation_set set = read_file("strategy,image,ratio,mse\n"
                                          "a,1,.3,1\na,2,.5,2\na,3,.7,4\n"
                                          "b,1,.3,3\nb,2,.7,1\nb,3,.5,1\n"
                                          "c,1,.5,3\nc,2,.7,1\nc,3,.3,1\n");
    struct table table = fill(&set, "arms", TABLE_BY_NOTHING);
    assert_int_equal(cell_of(&table, 1, "images")->integer, 3);
    assert_near(real_of(&table, 1, "mse"), 5. / 3, 1e-12);
    assert_true(cell_of(&table, 1, "rank")->missing);
    table_release(&table);
    table = fill(&set, "pairs", TABLE_BY_NOTHING);
    assert_int_equal(table_rows(&table), 2); /* a and b, b and c */
    assert_int_equal(cell_of(&table, 0, "images")->integer, 1);
    assert_near(real_of(&table, 0, "difference"), -2, 0);
    assert_true(cell_of(&table, 0, "friedman_chi2")->missing);
    assert_string_equal(cell_of(&table, 1, "b")->text, "c");
    table_release(&table);
    table = fill(&set, "cross", TABLE_BY_NOTHING);
    for (size_t row = 0; row < 3; row++)
        assert_false(cell_of(&table, row, "mse")->strong);
    table_release(&table);
    evaluation_set_release(&set);
}

/* An image with values at two of three ratios has no mean over them, and it is said where the
 * values are. */
static void test_part_of_the_ratios(void **state)
{
    (void)state;
    static const char *const names[] = {"matrix", "cross", "arms", "pairs"};
    static const char words[] = " Where n is 0, no image has a value under all strategies and "
                                "ratios of the row: rows by strategy,ratio have each of them.";
    struct evaluation_set set = read_file("strategy,image,ratio,mse\n"
                                          "a,1,.3,1\na,1,.5,2\na,2,.5,4\na,2,.7,4\n"
                                          "b,1,.3,3\nb,1,.5,1\nb,2,.5,1\nb,2,.7,4\n");
    for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
        struct table table = fill(&set, names[i], TABLE_BY_NOTHING);
        assert_says(&table, "n = 0 of 2 images");
        assert_says(&table, words);
        table_release(&table);
    }
    struct table table = fill(&set, "matrix", TABLE_BY_RATIO);
    assert_silent(&table, words);
    table_release(&table);
    evaluation_set_release(&set);
}

/* Fits to values that stand for themselves are said to be that, and so are fits to each image. */
static void test_captions_of_fits(void **state)
{
    (void)state;
    static const char apart[] =
        "strategy,image,ratio,mse\na,1,.1,1\na,2,.2,3\na,3,.3,2\na,4,.4,5\n";
    static const char repeated[] = "strategy,image,ratio,mse\na,1,.1,1\na,1,.2,3\na,2,.1,2\n"
                                   "a,2,.2,5\n";
    struct evaluation_set set = read_file(apart);
    struct table table = fill(&set, "ratios", TABLE_BY_NOTHING);
    assert_says(&table, "fitted to all values at once");
    assert_silent(&table, "t intervals over them");
    table_release(&table);
    evaluation_set_release(&set);
    set = read_file(repeated);
    table = fill(&set, "ratios", TABLE_BY_NOTHING);
    assert_says(&table, "fitted to each of the images, and low and high are 95% t intervals");
    table_release(&table);
    evaluation_set_release(&set);
}

/* Few images are at one ratio under all: an order of the means on those few would belie the means
 * of all, beside which it stands. */
static void test_few_at_equal_ratios(void **state)
{
    (void)state;
    struct evaluation_set set = read_file("strategy,image,ratio,mse\n"
                                          "a,1,.3,3\na,2,.5,1\na,3,.7,1\n"
                                          "b,1,.3,2\nb,2,.7,5\nb,3,.5,5\n"
                                          "c,1,.3,4\nc,2,.3,6\nc,3,.3,6\n");
    struct table table = fill(&set, "arms", TABLE_BY_NOTHING);
    for (size_t row = 0; row < 3; row++)
        assert_true(cell_of(&table, row, "rank")->missing);
    assert_says(&table, " Some images have other ratios under one strategy than under another: "
                        "there are no ranks,");
    assert_silent(&table, "Ranks are over");
    table_release(&table);
    table = fill(&set, "cross", TABLE_BY_NOTHING);
    for (size_t row = 0; row < 3; row++)
        assert_false(cell_of(&table, row, "mse")->strong);
    assert_says(&table, " Where images have other ratios under one strategy than under another, "
                        "none is marked");
    table_release(&table);
    table = fill(&set, "cross", TABLE_BY_RATIO); /* under .3 there is one, and b the lowest */
    assert_true(cell_of(&table, 1, "0.3")->strong && !cell_of(&table, 0, "0.3")->strong);
    assert_says(&table, " Marks are by the images that all arms there have: ");
    assert_silent(&table, "none is marked");
    table_release(&table);
    table = fill(&set, "pairs", TABLE_BY_NOTHING);
    assert_near(real_of(&table, 0, "friedman_chi2"), 2, 1e-12);
    assert_says(&table, "Friedman's test over all, on the 1 of 3 images that all have at equal "
                        "ratios: chi-square(2)");
    table_release(&table);
    evaluation_set_release(&set);
}

/* An image that has no value under one strategy is at no other ratio for that. */
static void test_missing_at_own_ratio(void **state)
{
    (void)state;
    struct evaluation_set set = read_file("strategy,image,ratio,mse\na,1,.3,1\na,2,.5,2\n"
                                          "b,1,.3,2\nb,2,.5,\n");
    struct table table = fill(&set, "arms", TABLE_BY_NOTHING);
    assert_int_equal(cell_of(&table, 0, "rank")->integer, 1);
    assert_int_equal(cell_of(&table, 1, "rank")->integer, 2);
    assert_says(&table, "Ranks are over the 1 of 2 images of which every strategy has a value.");
    table_release(&table);
    evaluation_set_release(&set);
}

/* A ratio is a number, however two programs write it. */
static void test_spellings(void **state)
{
    (void)state;
    struct evaluation_set set = read_file("strategy,image,ratio,mse\n"
                                          "a,1,0.5,1\na,2,5e-1,2\na,1,0.75,2\na,2,.75,4\n"
                                          "b,1,.50,2\nb,2,0.500,4\nb,1,.750,3\nb,2,7.5e-1,5\n");
    assert_int_equal(set.cells, 2);
    struct table table = fill(&set, "pairs", TABLE_BY_RATIO);
    assert_int_equal(table_rows(&table), 2);
    assert_near(real_of(&table, 0, "difference"), -1.5, 1e-12);
    assert_int_equal(cell_of(&table, 1, "images")->integer, 2);
    table_release(&table);
    evaluation_set_release(&set);
}

/* Each row says how many values are in its mean, and the caption how many in its curve. */
static void test_counts(void **state)
{
    (void)state;
    static const double t = 12.706204736174694; /* of one degree */
    struct evaluation_set set = read_file("strategy,image,ratio,mse\n"
                                          "a,1,.3,1\na,2,.3,3\na,3,.5,2\na,4,.7,5\n"
                                          "b,1,.3,1\nb,2,.3,3\nb,3,.5,2\nb,4,.7,\n");
    struct table table = fill(&set, "ratios", TABLE_BY_NOTHING);
    assert_int_equal(cell_of(&table, 0, "images")->integer, 2);
    assert_near(real_of(&table, 0, "mse"), 2, 1e-12);
    assert_near(real_of(&table, 0, "high"), 2 + t, 1e-9);
    assert_int_equal(cell_of(&table, 1, "images")->integer, 1);
    assert_true(cell_of(&table, 1, "high")->missing);
    assert_says(&table, "n = 3 to 4 of 4 images");
    assert_says(&table, "low and high are 95% t intervals of the mean of the values at the ratio");
    table_release(&table);
    evaluation_set_release(&set);

    set = read_file("strategy,image,ratio,mse\na,1,.3,1\na,1,.5,2\na,2,.3,1\na,2,.5,2\n"
                    "b,1,.3,1\nb,1,.5,2\nb,2,.3,1\nb,2,.5,\n");
    table = fill(&set, "ratios", TABLE_BY_NOTHING);
    assert_int_equal(cell_of(&table, 0, "images")->integer, 2);
    assert_int_equal(cell_of(&table, 2, "images")->integer, 1);
    assert_says(&table, "n = 1 to 2 of 2 images");
    assert_silent(&table, "Where n is 0");
    table_release(&table);
    evaluation_set_release(&set);

    set = read_file("strategy,image,ratio,mse\na,1,.3,1\na,1,.5,2\na,2,.5,1\na,2,.7,2\n");
    table = fill(&set, "ratios", TABLE_BY_NOTHING);
    assert_says(&table, " Where n is 0, none of the images has values at all ratios");
    table_release(&table);
    evaluation_set_release(&set);
}

/* Means by class are over what each has, and say where that differs. */
static void test_unlike_classes(void **state)
{
    (void)state;
    static const char unlike[] = " Some have values under fewer strategies and ratios than others";
    struct evaluation_set set = read_file("strategy,image,ratio,mse,label\n"
                                          "a,1,.5,1,1\na,1,.75,2,1\nb,1,.75,2.2,1\n");
    struct table table = fill(&set, "classes", TABLE_BY_NOTHING);
    assert_near(real_of(&table, 0, "mse"), 1.5, 1e-12);
    assert_says(&table, unlike);
    table_release(&table);
    evaluation_set_release(&set);
    set = read_file("strategy,image,ratio,mse,label\n"
                    "a,1,.5,1,1\na,1,.75,2,1\nb,1,.5,1,1\nb,1,.75,2,1\n");
    table = fill(&set, "classes", TABLE_BY_NOTHING);
    assert_silent(&table, unlike);
    table_release(&table);
    evaluation_set_release(&set);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_own_ratios),           cmocka_unit_test(test_unlike_ratios),
        cmocka_unit_test(test_part_of_the_ratios),   cmocka_unit_test(test_few_at_equal_ratios),
        cmocka_unit_test(test_missing_at_own_ratio), cmocka_unit_test(test_spellings),
        cmocka_unit_test(test_captions_of_fits),     cmocka_unit_test(test_counts),
        cmocka_unit_test(test_unlike_classes),
    };
    return cmocka_run_group_tests(tests, test_folder_make, test_folder_remove);
}
