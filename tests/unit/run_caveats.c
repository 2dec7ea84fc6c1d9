/* Comparisons that are not what they seem: arms with other masks, other images or less training
 * than their neighbours, values that only look repeated. Tables compare what is comparable, and say
 * what is not. */
#include "tests/unit/test.h"

#include "stats/bootstrap.h"
#include "tests/unit/run_evaluated.h"

/* b was measured at one of two ratios: Friedman's test and ranks are of that one. */
static void test_other_masks(void **state)
{
    (void)state;
    struct evaluation_set set = read_file("strategy,image,ratio,mse\n"
                                          "a,1,.5,1\na,1,.75,2\na,2,.5,1.5\na,2,.75,2.5\n"
                                          "b,1,.75,2.2\nb,2,.75,2.6\n"
                                          "c,1,.75,2.1\nc,2,.75,2.7\nc,1,.5,2.1\nc,2,.5,1.7\n");
    struct table table = fill(&set, "pairs", TABLE_BY_NOTHING);
    assert_near(real_of(&table, 0, "friedman_chi2"), 3, 1e-12); /* ranks 1 3 2 and 1 2 3 */
    assert_says(&table, "Friedman's test over all, under the masks that all have: chi-square(2)");
    table_release(&table);
    table = fill(&set, "arms", TABLE_BY_NOTHING);
    assert_near(real_of(&table, 0, "mse"), 2.25, 1e-12);
    assert_near(real_of(&table, 2, "mse"), 2.4, 1e-12);
    assert_int_equal(cell_of(&table, 0, "rank")->integer, 1);
    assert_int_equal(cell_of(&table, 1, "rank")->integer, 2);
    assert_says(&table, "That is 1 of 2 strategies and ratios.");
    table_release(&table);
    evaluation_set_release(&set);
}

/* Two of three arms have nothing in common. */
static void test_no_common_masks(void **state)
{
    (void)state;
    struct evaluation_set set = read_file("strategy,image,ratio,mse\na,1,.5,1\na,2,.5,2\n"
                                          "b,1,.75,2\nb,2,.75,3\nc,1,.75,4\nc,2,.75,3\n");
    struct table table = fill(&set, "pairs", TABLE_BY_NOTHING);
    assert_int_equal(table_rows(&table), 1);
    assert_true(isnan(real_of(&table, 0, "friedman_chi2")));
    table_release(&table);
    table = fill(&set, "arms", TABLE_BY_NOTHING);
    assert_true(cell_of(&table, 0, "rank")->missing && cell_of(&table, 1, "rank")->missing);
    assert_near(real_of(&table, 0, "mse"), 1.5, 0);
    assert_says(&table, "they are not ranked");
    table_release(&table);
    evaluation_set_release(&set);
}

/* a is better on the images that both have; the one that b lacks is hard. */
static void test_other_images(void **state)
{
    (void)state;
    struct evaluation_set set =
        read_file("strategy,image,mse\na,1,10\na,2,1\na,3,1\nb,1,nan\nb,2,2\nb,3,2\n");
    struct table table = fill(&set, "arms", TABLE_BY_NOTHING);
    assert_near(real_of(&table, 0, "mse"), 4, 1e-12);
    assert_int_equal(cell_of(&table, 0, "rank")->integer, 1);
    assert_int_equal(cell_of(&table, 1, "rank")->integer, 2);
    assert_says(&table, "n = 2 to 3 of 3 ");
    assert_says(&table, "Ranks are over the 2 of 3 images of which every strategy has a value.");
    table_release(&table);
    table = fill(&set, "matrix", TABLE_BY_NOTHING);
    assert_says(&table, "n = 2 to 3 of 3 ");
    table_release(&table);
    evaluation_set_release(&set);
}

/* Equal values have no ranks to test, and the caption says nothing of such a test. */
static void test_equal_values(void **state)
{
    (void)state;
    struct evaluation_set set =
        read_file("strategy,image,mse\na,1,1\na,2,2\nb,1,1\nb,2,2\nc,1,1\nc,2,2\n");
    struct table table = fill(&set, "pairs", TABLE_BY_NOTHING);
    assert_int_equal(table_rows(&table), 3);
    assert_silent(&table, "Friedman");
    assert_silent(&table, "nan");
    assert_true(cell_of(&table, 0, "friedman_chi2")->missing);
    table_release(&table);
    table = fill(&set, "cross", TABLE_BY_NOTHING); /* all share the lowest */
    for (size_t row = 0; row < 3; row++)
        assert_true(cell_of(&table, row, "mse")->strong);
    assert_says(&table, "the lowest of the arms under each is marked, all that share it");
    table_release(&table);
    evaluation_set_release(&set);
}

/* An arm without any number takes nothing from the others, and is named. */
static void test_arm_astray(void **state)
{
    (void)state;
    static const char *const names[] = {"matrix", "cross", "arms", "pairs", "ratios"};
    static const char *const arms[] = {"first", "third"};
    struct evaluation_set set =
        read_record(&(struct recipe){.name = "astray.db", .digest = "a", .astray = IMAGES});
    for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
        struct table table = fill(&set, names[i], TABLE_BY_NOTHING);
        assert_says(&table, " Without any number, and no part of what all have: second.");
        table_release(&table);
    }
    struct table table = fill(&set, "arms", TABLE_BY_NOTHING);
    for (size_t row = 0; row < 3; row += 2) {
        assert_string_equal(cell_of(&table, row, "arm")->text, arms[row / 2]);
        assert_int_equal(cell_of(&table, row, "rank")->integer, 1 + row / 2);
    }
    assert_true(cell_of(&table, 1, "rank")->missing);
    assert_int_equal(cell_of(&table, 1, "images")->integer, 0);
    assert_says(&table, "n = 12 held-out images of one run");
    assert_silent(&table, "Ranks are over");
    table_release(&table);
    table = fill(&set, "cross", TABLE_BY_STRATEGY);
    assert_true(cell_of(&table, 0, "block")->strong);
    table_release(&table);
    evaluation_set_release(&set);
    set = read_file("strategy,image,mse\na,1,1\na,2,2\nb,1,2\nb,2,3\nc,1,3\nc,2,4\n"
                    "d,1,nan\nd,2,nan\n");
    table = fill(&set, "pairs", TABLE_BY_NOTHING);
    assert_int_equal(table_rows(&table), 3); /* none of d, nor one in Holm's family */
    assert_near(real_of(&table, 0, "friedman_chi2"), 4, 1e-12);
    assert_says(&table, "Friedman's test over all: chi-square(2)");
    table_release(&table);
    evaluation_set_release(&set);
}

/* Side by side, too, the lowest is chosen among what all arms have. */
static void test_cross_in_common(void **state)
{
    (void)state;
    struct evaluation_set set = read_file("strategy,image,ratio,mse\n"
                                          "a,1,.5,1\na,1,.75,2.5\na,2,.5,1\na,2,.75,2.5\n"
                                          "b,1,.75,2.4\nb,2,.75,2.4\n");
    struct table table = fill(&set, "cross", TABLE_BY_NOTHING);
    assert_near(real_of(&table, 0, "mse"), 2.5, 1e-12);
    assert_true(!cell_of(&table, 0, "mse")->strong && cell_of(&table, 1, "mse")->strong);
    assert_says(&table, "Means are over the strategies and ratios that all arms there have.");
    table_release(&table);
    table = fill(&set, "cross", TABLE_BY_RATIO); /* a alone has the first */
    assert_near(real_of(&table, 0, "0.5"), 1, 0);
    assert_true(cell_of(&table, 1, "0.5")->missing && !cell_of(&table, 0, "0.5")->strong);
    assert_true(cell_of(&table, 1, "0.75")->strong);
    assert_silent(&table, "Means are over");
    table_release(&table);
    static const char unlike[] = " Some have values under fewer strategies and ratios than others";
    table = fill(&set, "matrix", TABLE_BY_NOTHING); /* which shows each arm as it is */
    assert_says(&table, unlike);
    table_release(&table);
    table = fill(&set, "matrix", TABLE_BY_RATIO);
    assert_silent(&table, unlike);
    table_release(&table);
    evaluation_set_release(&set);

    set = read_file("strategy,image,ratio,mse\na,1,.5,1\na,2,.5,1\nb,1,.75,2\nb,2,.75,2\n");
    table = fill(&set, "cross", TABLE_BY_NOTHING);
    assert_true(!cell_of(&table, 0, "mse")->strong && !cell_of(&table, 1, "mse")->strong);
    assert_says(&table, "Where arms have no strategy and ratio in common, none is marked.");
    table_release(&table);
    evaluation_set_release(&set);

    set = read_file("strategy,image,mse\na,1,nan\na,2,nan\na,3,.4\nb,1,.5\nb,2,.6\nb,3,.1\n");
    table = fill(&set, "cross", TABLE_BY_NOTHING); /* a has the hard image alone */
    assert_near(real_of(&table, 0, "mse"), 0.4, 1e-12);
    assert_near(real_of(&table, 1, "mse"), 0.4, 1e-12);
    assert_true(!cell_of(&table, 0, "mse")->strong && cell_of(&table, 1, "mse")->strong);
    assert_says(&table, "Marks are by the images that all arms there have: 1 of 3.");
    table_release(&table);
    evaluation_set_release(&set);
}

/* Every table that compares arms says which have been trained for less. */
static void test_less_training(void **state)
{
    (void)state;
    static const char *const names[] = {"matrix", "arms", "pairs", "ratios"};
    struct evaluation_set set =
        read_record(&(struct recipe){.name = "late.db", .digest = "a", .step = 990, .late = 700});
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct table table = fill(&set, names[i], TABLE_BY_NOTHING);
        assert_says(&table, "Arms trained for fewer than 990 steps: second 290;");
        assert_silent(&table, "masks were changed");
        table_release(&table);
    }
    struct table arms = fill(&set, "arms", TABLE_BY_NOTHING);
    assert_int_equal(cell_of(&arms, 1, "trained")->integer, 290);
    assert_int_equal(cell_of(&arms, 2, "trained")->integer, 990);
    assert_true(cell_of(&arms, 3, "trained")->missing); /* a baseline */
    table_release(&arms);
    evaluation_set_release(&set);
}

/* An arm that went and came back begins anew, and so does its loss. */
static void test_returned(void **state)
{
    (void)state;
    struct evaluation_set set;
    struct store *store =
        make_record(&(struct recipe){.name = "back.db", .digest = "a", .step = 1030, .late = 920});
    const struct store_event changes[] = {
        {.step = 940, .arm = 2, .kind = "arm-remove", .name = "second"},
        {.step = 1010, .arm = 2, .kind = "arm-add", .name = "second"},
        {.step = 1040, .arm = 3, .kind = "arm-add", .name = "third"}, /* not evaluated since */
    };
    assert_true(store_begin(store, &error));
    for (size_t i = 0; i < ARRAY_LENGTH(changes); i++)
        assert_true(store_add_event(store, &changes[i], &error));
    for (int64_t step = 1001; step <= 1030; step++)
        for (int arm = 1; arm <= ARMS; arm++)
            if (arm != 2 || step > 1010)
                assert_true(store_add_metric(store, step, arm, "loss", 8, &error));
    assert_true(store_commit(store, &error));
    assert_true(evaluation_set_read(&set, store, &error));
    store_close(store);
    struct table table = fill(&set, "arms", TABLE_BY_NOTHING);
    assert_int_equal(cell_of(&table, 0, "trained")->integer, 1030);
    assert_int_equal(cell_of(&table, 1, "trained")->integer, 20);
    assert_int_equal(cell_of(&table, 2, "trained")->integer, 1030);
    assert_near(real_of(&table, 1, "own_loss"), 8, 1e-12);
    assert_says(&table, "Arms trained for fewer than 1030 steps: second 20;");
    table_release(&table);
    evaluation_set_release(&set);
}

static void test_changed_masks(void **state)
{
    (void)state;
    struct evaluation_set set;
    struct store *store = make_record(&(struct recipe){.name = "changed.db", .digest = "a"});
    const struct store_event changes[] = {
        {.step = 8, .arm = 3, .kind = "set", .name = "arms.third.ratio", .new_value = "0.5"},
        {.step = 9, .kind = "set", .name = "train.blr", .new_value = "0.1"},
    };
    assert_true(store_begin(store, &error));
    for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++)
        assert_true(store_add_event(store, &changes[i], &error));
    assert_true(store_commit(store, &error));
    assert_true(evaluation_set_read(&set, store, &error));
    store_close(store);
    struct table table = fill(&set, "pairs", TABLE_BY_NOTHING);
    assert_says(&table, " Arms whose masks were changed while they trained: third.");
    assert_silent(&table, "Arms trained for fewer");
    table_release(&table);
    evaluation_set_release(&set);
}

/* A change under which nothing was trained, before the first step or after the last one that was
 * evaluated, and one of an arm that went and came back since: none made a model differ. */
static void test_idle_changes(void **state)
{
    (void)state;
    struct evaluation_set set;
    struct store *store = make_record(&(struct recipe){.name = "idle.db", .digest = "a"});
    const struct store_event changes[] = {
        {.step = 0, .arm = 1, .kind = "set", .name = "arms.first.ratio", .new_value = "0.5"},
        {.step = 40, .arm = 3, .kind = "set", .name = "arms.third.ratio", .new_value = "0.5"},
        {.step = 5, .arm = 2, .kind = "set", .name = "arms.second.ratio", .new_value = "0.5"},
        {.step = 7, .arm = 2, .kind = "arm-add", .name = "second"},
    };
    assert_true(store_begin(store, &error));
    for (size_t i = 0; i < ARRAY_LENGTH(changes); i++)
        assert_true(store_add_event(store, &changes[i], &error));
    assert_true(store_commit(store, &error));
    assert_true(evaluation_set_read(&set, store, &error));
    store_close(store);
    struct table table = fill(&set, "pairs", TABLE_BY_NOTHING);
    assert_silent(&table, "masks were changed");
    table_release(&table);
    evaluation_set_release(&set);
}

/* The training loss of the table is that of the last 100 steps, as its caption says. */
static void test_own_loss(void **state)
{
    (void)state;
    struct evaluation_set set;
    struct store *store = make_record(&(struct recipe){.name = "own.db", .digest = "a"});
    assert_true(store_begin(store, &error));
    for (int64_t step = 901; step <= 1000; step++)
        assert_true(store_add_metric(store, step, 1, "loss", step <= 950 ? 4 : 2, &error));
    assert_true(store_commit(store, &error));
    assert_true(evaluation_set_read(&set, store, &error));
    store_close(store);
    struct table table = fill(&set, "arms", TABLE_BY_NOTHING);
    assert_near(real_of(&table, 0, "own_loss"), 3, 1e-12);
    assert_says(&table, "over its last 100 steps");
    table_release(&table);
    evaluation_set_release(&set);
}

/* Every metric of the record, also one that no list of names knows. */
static void test_all_curves(void **state)
{
    (void)state;
    struct table table;
    struct store *store = make_record(&(struct recipe){.name = "curves.db", .digest = "a"});
    assert_true(store_begin(store, &error));
    assert_true(store_add_metric(store, 7, 2, "of_tomorrow", 0.125, &error));
    assert_true(store_add_metric(store, 8, STORE_RUN, "learning_rate", 0.5, &error));
    assert_true(store_commit(store, &error));
    assert_true(run_table_read(&table, run_table_find("curves", &error), store, 0, &error));
    store_close(store);
    size_t rows = table_rows(&table), found = 0;
    assert_int_equal(rows, 3 * 1000 + 2);
    assert_true(cell_of(&table, 0, "arm")->missing); /* the run's own come first */
    for (size_t row = 0; row < rows; row++)
        if (!strcmp(cell_of(&table, row, "name")->text, "of_tomorrow")) {
            assert_string_equal(cell_of(&table, row, "arm")->text, "second");
            assert_near(real_of(&table, row, "value"), 0.125, 0);
            found++;
        }
    assert_int_equal(found, 1);
    table_release(&table);
}

/* An image's mean at a distance weighs its patches, whatever masks they were hidden under. */
static void test_distance_weighs_patches(void **state)
{
    (void)state;
    struct table table;
    struct store *store = make_record(&(struct recipe){.name = "distance.db", .digest = "a"});
    int cells[2];
    assert_true(store_begin(store, &error));
    for (int i = 0; i < 2; i++)
        assert_true(store_add_cell(store, "random", 0.5 + 0.25 * i, &cells[i], &error));
    const struct store_distance rows[] = {
        {.step = 40, .arm = 1, .cell = cells[0], .image = 1, .distance = 1, .patches = 3, .mse = 1},
        {.step = 40, .arm = 1, .cell = cells[1], .image = 1, .distance = 1, .patches = 1, .mse = 5},
        {.step = 40, .arm = 1, .cell = cells[0], .image = 2, .distance = 1, .patches = 2, .mse = 4},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        assert_true(store_add_distance(store, &rows[i], &error));
    assert_true(store_commit(store, &error));
    assert_true(run_table_read(&table, run_table_find("distance", &error), store, TABLE_BY_NOTHING,
                               &error));
    store_close(store);
    assert_int_equal(table_rows(&table), 1);
    assert_int_equal(cell_of(&table, 0, "hidden_patches")->integer, 6);
    assert_near(real_of(&table, 0, "mse"), 3, 1e-12); /* of 2 and 4 */
    assert_near(real_of(&table, 0, "high") - 3, 12.706204736174694, 1e-9);
    table_release(&table);
}

/* The interval at a position is Student's, with one degree fewer than images; of several masks the
 * fewest images count. */
static void test_position_intervals(void **state)
{
    (void)state;
    struct table table;
    struct store *store = make_record(&(struct recipe){.name = "position.db", .digest = "a"});
    int cells[2];
    assert_true(store_begin(store, &error));
    for (int i = 0; i < 2; i++)
        assert_true(store_add_cell(store, "random", 0.5 + 0.25 * i, &cells[i], &error));
    const struct store_position rows[] = {
        {.step = 40, .arm = 1, .cell = cells[0], .position = 0, .images = 4, .mse = 1, .sd = 2},
        {.step = 40, .arm = 1, .cell = cells[0], .position = 1, .images = 4, .mse = 1, .sd = 2},
        {.step = 40, .arm = 1, .cell = cells[1], .position = 1, .images = 9, .mse = 3, .sd = 3},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        assert_true(store_add_position(store, &rows[i], &error));
    assert_true(store_commit(store, &error));
    assert_true(run_table_read(&table, run_table_find("position", &error), store, TABLE_BY_NOTHING,
                               &error));
    store_close(store);
    static const double t = 3.182446305284263; /* of 3 degrees */
    assert_near(real_of(&table, 0, "high") - 1, t * 2 / 2, 1e-9);
    double mean = (4 * 1 + 9 * 3) / 13., spread = (4 * 1 + 9 * 1) / 13.;
    assert_near(real_of(&table, 1, "mse"), mean, 1e-12);
    assert_near(real_of(&table, 1, "high") - mean, t * spread, 1e-9);
    table_release(&table);
}

/* Anybody's values need not be squared errors: negative ones (a score, a logarithm) are described
 * and compared like others, and only what squared errors alone have is left out. */
static void test_negative_values(void **state)
{
    (void)state;
    struct evaluation_set set =
        read_file("strategy,image,mse\na,1,-2\na,2,1\na,3,-5\nb,1,-1\nb,2,2\nb,3,-3\n");
    struct table table = fill(&set, "matrix", TABLE_BY_NOTHING);
    assert_near(real_of(&table, 0, "mse"), -2, 0);
    assert_near(real_of(&table, 0, "sd"), 3, 1e-12);
    assert_int_equal(cell_of(&table, 0, "left_out")->integer, 0);
    assert_true(cell_of(&table, 0, "psnr")->missing);
    table_release(&table);
    table = fill(&set, "pairs", TABLE_BY_NOTHING);
    assert_int_equal(cell_of(&table, 0, "images")->integer, 3);
    assert_near(real_of(&table, 0, "difference"), -4. / 3, 1e-12);
    table_release(&table);
    table = fill(&set, "arms", TABLE_BY_NOTHING);
    assert_int_equal(cell_of(&table, 0, "rank")->integer, 1);
    table_release(&table);
    evaluation_set_release(&set);
}

/* Strategies across, with the lowest of the arms marked, whatever a baseline has. */
static void test_cross(void **state)
{
    (void)state;
    struct evaluation_set set = read_record(&(struct recipe){.name = "cross.db", .digest = "a"});
    struct table matrix = fill(&set, "matrix", TABLE_BY_STRATEGY);
    struct table cross = fill(&set, "cross", TABLE_BY_STRATEGY);
    assert_int_equal(table_rows(&cross), ARMS + 1);
    static const char *const strategies[] = {"block", "random"};
    for (size_t arm = 0; arm <= ARMS; arm++)
        for (size_t i = 0; i < 2; i++) {
            char low[32];
            snprintf(low, sizeof low, "%s_low", strategies[i]);
            assert_near(real_of(&cross, arm, strategies[i]), real_of(&matrix, 2 * arm + i, "mse"),
                        1e-12);
            assert_near(real_of(&cross, arm, low), real_of(&matrix, 2 * arm + i, "low"), 1e-12);
            assert_int_equal(cell_of(&cross, arm, strategies[i])->strong, arm == 0);
        }
    table_release(&matrix);
    table_release(&cross);
    cross = fill(&set, "cross", TABLE_BY_ALL);
    assert_int_equal(cross.column_count, 1 + 3 * 6);
    assert_string_equal(cross.columns[4].name, "block 0.75");
    table_release(&cross);
    cross = fill(&set, "cross", TABLE_BY_RATIO);
    assert_string_equal(cross.columns[1].name, "0.5");
    table_release(&cross);
    cross = fill(&set, "cross", TABLE_BY_NOTHING);
    assert_string_equal(cross.columns[1].name, "mse");
    table_release(&cross);
    evaluation_set_release(&set);
}

/* A sample of too few values has no bootstrap interval, the next has one. */
static void test_few_values(void **state)
{
    (void)state;
    for (int count = BOOTSTRAP_FEWEST - 1; count <= BOOTSTRAP_FEWEST; count++) {
        struct text text = {0};
        text_append(&text, "strategy,image,mse\n");
        for (int i = 0; i < count; i++)
            text_append(&text, "a,%d,%d\n", i, i * i % 7);
        struct evaluation_set set = read_file(text_of(&text));
        struct table table = fill(&set, "matrix", TABLE_BY_NOTHING);
        assert_int_equal(isnan(real_of(&table, 0, "boot_low")), count < BOOTSTRAP_FEWEST);
        table_release(&table);
        evaluation_set_release(&set);
        text_release(&text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_other_masks),
        cmocka_unit_test(test_no_common_masks),
        cmocka_unit_test(test_other_images),
        cmocka_unit_test(test_less_training),
        cmocka_unit_test(test_changed_masks),
        cmocka_unit_test(test_few_values),
        cmocka_unit_test(test_own_loss),
        cmocka_unit_test(test_all_curves),
        cmocka_unit_test(test_cross),
        cmocka_unit_test(test_negative_values),
        cmocka_unit_test(test_distance_weighs_patches),
        cmocka_unit_test(test_position_intervals),
        cmocka_unit_test(test_equal_values),
        cmocka_unit_test(test_arm_astray),
        cmocka_unit_test(test_cross_in_common),
        cmocka_unit_test(test_returned),
        cmocka_unit_test(test_idle_changes),
    };
    return cmocka_run_group_tests(tests, test_folder_make, test_folder_remove);
}
