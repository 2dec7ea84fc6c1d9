/* Several runs: as repetitions of one experiment, where they are that, and side by side. */
#include "tests/unit/test.h"

#include "run/evaluate.h"
#include "tests/unit/run_evaluated.h"

enum { RUNS = 3 };

/* Three runs of seeds 0, 1, 2, with what is changed in the last. */
static void read_runs(struct evaluation_set runs[RUNS], const char *name, const struct recipe *last)
{
    static const double shifts[RUNS] = {0, 1, 4};
    for (int run = 0; run < RUNS; run++) {
        struct recipe recipe = run == RUNS - 1 ? *last : (struct recipe){.digest = "a"};
        char file[32];
        snprintf(file, sizeof file, "%s%d.db", name, run);
        recipe.name = file;
        recipe.seed = run;
        recipe.shift = shifts[run];
        runs[run] = read_record(&recipe);
    }
}

static void release_runs(struct evaluation_set runs[RUNS])
{
    for (int run = 0; run < RUNS; run++)
        evaluation_set_release(&runs[run]);
}

/* Three values, each the mean over its run's images. */
static void test_seeds(void **state)
{
    (void)state;
    struct evaluation_set runs[RUNS], all;
    read_runs(runs, "seed", &(struct recipe){.digest = "a"});
    assert_true(evaluation_set_over_runs(&all, runs, RUNS, &error));
    assert_string_equal(all.unit, "seeds");
    assert_int_equal(all.units, RUNS);
    struct table matrix = fill(&all, "matrix", TABLE_BY_NOTHING);
    assert_int_equal(cell_of(&matrix, 0, "seeds")->integer, RUNS);
    assert_int_equal(cell_of(&matrix, 0, "step")->integer, 40);
    assert_near(real_of(&matrix, 0, "sd"), sqrt(13.0 / 3), 1e-9); /* of 0, 1, 4 */
    assert_non_null(strstr(matrix.caption, "n = 3 seeds (0, 1, 2)."));
    assert_non_null(strstr(matrix.caption, "So few seeds"));
    assert_null(strstr(matrix.caption, "different steps"));
    assert_null(strstr(matrix.caption, "left out"));
    table_release(&matrix);
    struct table pairs = fill(&all, "pairs", TABLE_BY_NOTHING);
    assert_int_equal(cell_of(&pairs, 0, "seeds")->integer, RUNS);
    assert_near(real_of(&pairs, 0, "difference"), -0.11, 1e-9);
    assert_null(strstr(pairs.caption, "With images as units"));
    table_release(&pairs);
    evaluation_set_release(&all);
    release_runs(runs);
}

/* Seeds whose images' errors are the same have the ratio of signal to noise that each has by
 * itself, not that of the mean error, whatever cells are put together. */
static void test_psnr_of_seeds(void **state)
{
    (void)state;
    static const unsigned groups[] = {TABLE_BY_NOTHING, TABLE_BY_STRATEGY, TABLE_BY_ALL};
    struct evaluation_set runs[RUNS], all;
    for (int run = 0; run < RUNS; run++) {
        char file[32];
        snprintf(file, sizeof file, "same%d.db", run);
        runs[run] = read_record(&(struct recipe){.name = file, .seed = run, .digest = "a"});
    }
    assert_true(evaluation_set_over_runs(&all, runs, RUNS, &error));
    for (size_t i = 0; i < sizeof groups / sizeof groups[0]; i++) {
        struct table of_seeds = fill(&all, "matrix", groups[i]);
        struct table of_one = fill(&runs[0], "matrix", groups[i]);
        for (size_t row = 0; row < table_rows(&of_one); row++)
            assert_near(real_of(&of_seeds, row, "psnr"), real_of(&of_one, row, "psnr"), 1e-9);
        table_release(&of_seeds);
        table_release(&of_one);
    }
    evaluation_set_release(&all);
    release_runs(runs);
}

/* Runs that were given other images are no repetitions, whatever their settings say. */
static void test_no_repetitions(void **state)
{
    (void)state;
    static const struct {
        struct recipe last;
        const char *why;
    } others[] = {
        {{.digest = "a", .trained = "u"}, "trained on different images"},
        {{.digest = "a", .trained = ""}, "trained on different images"},
        {{.digest = "b"}, "different held-out images"},
        {{.digest = "a", .eval_seed = 4}, "different eval.seed (0 and 4)"},
        {{.digest = "a", .masks = 1}, "different eval.masks (2 and 1)"},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(others); i++) {
        struct evaluation_set runs[RUNS], all;
        char name[16];
        snprintf(name, sizeof name, "other%zu-", i);
        read_runs(runs, name, &others[i].last);
        assert_false(evaluation_set_over_runs(&all, runs, RUNS, &error));
        assert_int_equal(error.code, ERROR_DATA);
        if (!strstr(error.message, others[i].why))
            fail_msg("%s", error.message);
        release_runs(runs);
    }
}

/* Images on which one arm has no number count for none of them, or their means would be over other
 * images than its own, and the pair none. */
static void test_seed_with_missing_values(void **state)
{
    (void)state;
    struct evaluation_set runs[RUNS], all;
    read_runs(runs, "nan", &(struct recipe){.digest = "a", .astray = 4});
    assert_true(evaluation_set_over_runs(&all, runs, RUNS, &error));
    assert_int_equal(all.left_out, 4);
    double first = 0, second = 0; /* over the eight images that are left, all cells and masks */
    for (int image = 4; image < IMAGES; image++) {
        first += value_of(0, 0, 0.5, image, 0) / 8;
        second += value_of(1, 0, 0.5, image, 0) / 8;
    }
    assert_near(evaluation_set_values(&all, 0, 0)[2], 4 + first + 0.125, 1e-12);
    assert_near(evaluation_set_values(&all, 1, 0)[2], 4 + second + 0.125, 1e-12);
    assert_near(evaluation_set_values(&all, 0, 0)[0], first + 0.125, 1e-12); /* on the same eight */
    struct table pairs = fill(&all, "pairs", TABLE_BY_NOTHING);
    assert_says(&pairs, " 4 images were left out of all seeds, where an arm of one has no value.");
    table_release(&pairs);
    evaluation_set_release(&all);
    release_runs(runs);
}

/* Seeds whose images are not all there are compared on those that are. */
static void test_seed_of_fewer_images(void **state)
{
    (void)state;
    enum { FIRST = 5 };
    struct evaluation_set runs[RUNS], all;
    read_runs(runs, "fewer", &(struct recipe){.digest = "a", .first = FIRST});
    assert_true(evaluation_set_over_runs(&all, runs, RUNS, &error));
    assert_int_equal(all.left_out, FIRST);
    assert_int_equal(all.images, IMAGES - FIRST);
    struct table table = fill(&all, "matrix", TABLE_BY_NOTHING);
    for (size_t row = 0; row <= ARMS; row++)
        assert_near(real_of(&table, row, "sd"), sqrt(13.0 / 3), 1e-9); /* of 0, 1, 4 */
    table_release(&table);
    evaluation_set_release(&all);
    release_runs(runs);
}

/* An arm without any number in one of the runs is named, and takes nothing from the others. */
static void test_arm_astray_in_a_seed(void **state)
{
    (void)state;
    static const char *const names[] = {"matrix", "cross", "arms", "pairs", "ratios"};
    struct evaluation_set runs[RUNS], all;
    read_runs(runs, "astray", &(struct recipe){.digest = "a", .astray = IMAGES});
    assert_true(evaluation_set_over_runs(&all, runs, RUNS, &error));
    assert_int_equal(all.left_out, 0);
    for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
        struct table table = fill(&all, names[i], TABLE_BY_NOTHING);
        assert_says(&table, " Without any number in one of the runs, and left out: second.");
        table_release(&table);
    }
    struct table arms = fill(&all, "arms", TABLE_BY_NOTHING);
    assert_int_equal(table_rows(&arms), ARMS);
    assert_string_equal(cell_of(&arms, 1, "arm")->text, "third");
    assert_int_equal(cell_of(&arms, 1, "rank")->integer, 2);
    assert_near(real_of(&arms, 1, "sd"), sqrt(13.0 / 3), 1e-9);
    assert_false(cell_of(&arms, 1, "psnr")->missing);
    table_release(&arms);
    struct table pairs = fill(&all, "pairs", TABLE_BY_NOTHING);
    assert_int_equal(table_rows(&pairs), 1);
    table_release(&pairs);
    evaluation_set_release(&all);
    release_runs(runs);
}

static void test_seeds_at_different_steps(void **state)
{
    (void)state;
    struct evaluation_set runs[RUNS], all;
    read_runs(runs, "steps", &(struct recipe){.digest = "a", .step = 20});
    assert_true(evaluation_set_over_runs(&all, runs, RUNS, &error));
    static const char *const names[] = {"matrix", "arms", "pairs", "ratios"};
    for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
        struct table table = fill(&all, names[i], TABLE_BY_NOTHING);
        if (!strstr(table.caption,
                    "were evaluated at different steps, after training for 20 to 40, "
                    "and differ"))
            fail_msg("%s: %s", names[i], table.caption);
        assert_null(strstr(table.caption, "Arms trained for fewer"));
        table_release(&table);
    }
    struct table arms = fill(&all, "arms", TABLE_BY_NOTHING);
    assert_true(cell_of(&arms, 0, "trained")->missing && cell_of(&arms, 0, "step")->missing);
    table_release(&arms);
    evaluation_set_release(&all);
    release_runs(runs);
}

/* An arm that came later in all runs, and later in one of them than in the others. */
static void test_less_training_of_seeds(void **state)
{
    (void)state;
    static const int64_t lates[RUNS] = {320, 350, 300};
    struct evaluation_set runs[RUNS], all;
    for (int run = 0; run < RUNS; run++) {
        char file[32];
        snprintf(file, sizeof file, "late%d.db", run);
        runs[run] = read_record(&(struct recipe){
            .name = file, .seed = run, .digest = "a", .step = 400, .late = lates[run]});
    }
    assert_true(evaluation_set_over_runs(&all, runs, RUNS, &error));
    struct table arms = fill(&all, "arms", TABLE_BY_NOTHING);
    assert_int_equal(cell_of(&arms, 0, "trained")->integer, 400);
    assert_true(cell_of(&arms, 1, "trained")->missing);
    if (!strstr(arms.caption, " Arms trained for fewer than 400 steps: second 50 to 100;"))
        fail_msg("%s", arms.caption);
    table_release(&arms);
    evaluation_set_release(&all);
    release_runs(runs);
}

/* ---- Tables of more than evaluations ---- */

enum { PLACES = 3 };

/* Rows in that order of places; the mse is that of the place and the run. */
static struct table make_distances(const int order[PLACES], double shift)
{
    static const struct table_column columns[] = {{"arm", NULL, TABLE_TEXT, 0},
                                                  {"distance", NULL, TABLE_INTEGER, 0},
                                                  {"mse", NULL, TABLE_REAL, 0}};
    struct table table;
    assert_true(table_init(&table, "distance", NULL, columns, ARRAY_LENGTH(columns), &error));
    table.keys = 2;
    for (int i = 0; i < PLACES && order[i]; i++) {
        table_add_text(&table, "first");
        table_add_integer(&table, order[i]);
        table_add_real(&table, 10 * order[i] + shift);
    }
    return table;
}

/* Rows belong together that are of the same arm and place, wherever they stand. */
static void test_rows_over_seeds(void **state)
{
    (void)state;
    struct evaluation_set runs[RUNS], all;
    read_runs(runs, "rows", &(struct recipe){.digest = "a", .step = 20});
    assert_true(evaluation_set_over_runs(&all, runs, RUNS, &error));
    struct table each[RUNS] = {make_distances((int[]){1, 2, 3}, 0),
                               make_distances((int[]){3, 1, 2}, 1),
                               make_distances((int[]){2, 3, 0}, 2)};
    struct table merged;
    const struct run_table *kind = run_table_find("distance", &error);
    assert_true(table_over_seeds(&merged, kind, each, RUNS, &all, &error));
    assert_int_equal(table_rows(&merged), 2); /* the last run has no distance 1 */
    for (size_t row = 0; row < 2; row++) {
        int64_t place = cell_of(&merged, row, "distance")->integer;
        assert_int_equal(place, row + 2);
        assert_near(real_of(&merged, row, "mse"), 10 * (double)place + 1, 1e-12);
        assert_near(real_of(&merged, row, "sd"), 1, 1e-12);
        assert_int_equal(cell_of(&merged, row, "seeds")->integer, RUNS);
    }
    assert_says(&merged, "n = 3 seeds (0, 1, 2).");
    assert_says(&merged, "were evaluated at different steps");
    table_release(&merged);
    table_release(&each[1]); /* a seed without a number is not one of two */
    each[1] = make_distances((int[]){1, 2, 3}, NAN);
    assert_false(table_over_seeds(&merged, kind, each, RUNS, &all, &error));
    assert_non_null(strstr(error.message, "no row of 'distance' in common"));
    for (int run = 0; run < RUNS; run++)
        table_release(&each[run]);
    evaluation_set_release(&all);
    release_runs(runs);
}

/* ---- Side by side ---- */

static void test_join(void **state)
{
    (void)state;
    static const char *const names[] = {"one", "two"};
    struct evaluation_set runs[2] = {
        read_record(&(struct recipe){.name = "join0.db", .digest = "a"}),
        read_record(&(struct recipe){.name = "join1.db", .seed = 1, .digest = "a", .shift = 2})};
    struct evaluation_set all;
    assert_true(evaluation_set_join(&all, runs, names, 2, &error));
    assert_int_equal(all.arms, 2 * ARMS + 1); /* the baseline once */
    assert_string_equal(all.arm[0].name, "one/first");
    assert_string_equal(all.arm[ARMS].name, "visible-mean");
    assert_string_equal(all.arm[ARMS + 1].name, "two/first");
    assert_near(evaluation_set_values(&all, ARMS + 1, 2)[3] - evaluation_set_values(&all, 0, 2)[3],
                2, 1e-12);
    struct table pairs = fill(&all, "pairs", TABLE_BY_NOTHING);
    assert_non_null(strstr(pairs.caption, "n = 12 held-out images under models of 2 runs"));
    assert_non_null(strstr(pairs.caption, "With images as units this is about these models"));
    table_release(&pairs);
    evaluation_set_release(&all);
    static const struct {
        struct recipe recipe;
        const char *why;
    } others[] = {
        {{.name = "join2.db", .digest = "b"},
         "one and two cannot be paired: they were evaluated on different held-out images"},
        {{.name = "join3.db", .eval_seed = 5, .digest = "a"}, "different eval.seed (0 and 5)"},
        {{.name = "join4.db", .digest = ""}, "does not say on which images"},
        {{.name = "join5.db", .digest = "a", .masks = 1}, "different eval.masks (2 and 1)"},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(others); i++) {
        evaluation_set_release(&runs[1]);
        runs[1] = read_record(&others[i].recipe);
        assert_false(evaluation_set_join(&all, runs, names, 2, &error));
        assert_int_equal(error.code, ERROR_DATA);
        if (!strstr(error.message, others[i].why))
            fail_msg("%s", error.message);
    }
    evaluation_set_release(&runs[0]);
    evaluation_set_release(&runs[1]);
}

/* Images are paired by what they are, not by where they stand. */
static void test_join_of_fewer_images(void **state)
{
    (void)state;
    enum { FIRST = 5 };
    static const char *const names[] = {"all", "fewer"};
    struct evaluation_set all;
    struct evaluation_set runs[2] = {
        read_record(&(struct recipe){.name = "whole.db", .digest = "a"}),
        read_record(&(struct recipe){.name = "part.db", .digest = "a", .first = FIRST})};
    for (int turn = 0; turn < 2; turn++) {
        struct evaluation_set turned[2] = {runs[turn], runs[!turn]};
        assert_true(evaluation_set_join(&all, turned, names, 2, &error));
        assert_int_equal(all.units, IMAGES - FIRST);
        for (size_t i = 0; i < all.units; i++) {
            double expected = value_of(2, 0, 0.5, (int)i + FIRST, 0) + 0.125;
            assert_int_equal(all.unit_id[i], 100 + FIRST + (int)i);
            assert_near(evaluation_set_values(&all, 2, 0)[i], expected, 1e-12);
            assert_near(evaluation_set_values(&all, ARMS + 3, 0)[i], expected, 1e-12);
        }
        evaluation_set_release(&all);
    }
    evaluation_set_release(&runs[0]);
    evaluation_set_release(&runs[1]);
}

/* ---- Straight from an evaluation ---- */

/* All masks of an image are in its mean, pixels' range is known, and the seed is named. */
static void test_evaluation(void **state)
{
    (void)state;
    static struct config config;
    struct mae_shape shape;
    struct table table;
    assert_true(config_defaults(&config, NULL));
    assert_true(
        config_assign(&config, "eval.strategies", "[random]", ORIGIN_COMMAND_LINE, NULL, &error));
    assert_true(config_assign(&config, "eval.ratios", "[0.75]", ORIGIN_COMMAND_LINE, NULL, &error));
    config.seed = 9;
    assert_true(config_shape(&config, &shape, &error));
    double mse[(1 + BASELINES) * 2 * 3];
    struct evaluation evaluation = {
        .models = 1, .strategies = 1, .ratios = 1, .images = 2, .masks = 3, .mse = mse};
    for (int arm = 0; arm < 1 + BASELINES; arm++)
        for (int image = 0; image < 2; image++)
            for (int mask = 0; mask < 3; mask++)
                mse[evaluation_index(&evaluation, arm, 0, 0, image, mask)] =
                    1 + arm + image + 0.3 * mask;
    assert_true(evaluation_table(&table, &evaluation, &config, &shape, (const char *[]){"model"},
                                 40, &error));
    assert_int_equal(table_rows(&table), 1 + BASELINES);
    assert_near(real_of(&table, 0, "mse"), 1.8, 1e-12);
    assert_false(cell_of(&table, 0, "psnr")->missing);
    assert_int_equal(cell_of(&table, 0, "step")->integer, 40);
    assert_non_null(strstr(table.caption, "n = 2 held-out images of one run (seed 9)"));
    table_release(&table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_seeds),
        cmocka_unit_test(test_psnr_of_seeds),
        cmocka_unit_test(test_no_repetitions),
        cmocka_unit_test(test_seed_with_missing_values),
        cmocka_unit_test(test_seed_of_fewer_images),
        cmocka_unit_test(test_arm_astray_in_a_seed),
        cmocka_unit_test(test_seeds_at_different_steps),
        cmocka_unit_test(test_less_training_of_seeds),
        cmocka_unit_test(test_rows_over_seeds),
        cmocka_unit_test(test_join),
        cmocka_unit_test(test_join_of_fewer_images),
        cmocka_unit_test(test_evaluation),
    };
    return cmocka_run_group_tests(tests, test_folder_make, test_folder_remove);
}
