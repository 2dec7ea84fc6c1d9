/* Studies: arms of a grid, and tables made of made-up records whose values are known. */
#include "tests/unit/test.h"

#include <math.h>
#include <unistd.h>

#include "base/file.h"
#include "run/folder.h"
#include "run/store.h"
#include "run/study.h"
#include "run/study_private.h"
#include "tests/unit/run_folder.h"

static struct error error;

static void good(bool status)
{
    if (!status)
        fail_msg("%s", error.message);
}

/* ---- The grid ---- */

static bool read_text(struct study *study, const char *yaml)
{
    char path[FILE_PATH_SIZE];
    good(file_join(path, sizeof path, test_folder, "grid.yaml", &error));
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(yaml, file);
    assert_int_equal(fclose(file), 0);
    assert_true(config_defaults(&study->config, NULL));
    return study_read_file(study, path, NULL, &error) && study_check(study, &error);
}

static void assert_arm(const struct study *study, int number, const char *name, const char *mask)
{
    struct text text = {0};
    config_mask_write(&study->arms[number].mask, &text);
    assert_string_equal(study->arms[number].name, name);
    assert_string_equal(text_of(&text), mask);
    text_release(&text);
}

static void test_combinations(void **state)
{
    (void)state;
    struct study study = {0};
    good(read_text(&study, "grid:\n"
                           "  strategies: {random: random, wide: 'perlin:scale=6'}\n"
                           "  ratios: [0.5, 0.75]\n"
                           "  laws: [constant, 'uniform:low=ratio-0.2,high=ratio + 0.2']\n"
                           "  schedules: {fixed: constant, rising: {from: ratio-0.25, to: ratio}}\n"
                           "arms:\n"
                           "  - {name: own, mask: {strategy: block, ratio: 0.6}}\n"));
    assert_int_equal(study.arm_count, 17);
    assert_arm(&study, 0, "own", "{strategy: block, ratio: 0.6}");
    assert_arm(&study, 1, "random50-fixed", "{strategy: random, ratio: 0.5}");
    assert_arm(&study, 2, "random50-rising",
               "{strategy: random, ratio: \"constant:value={from: 0.25, to: 0.5}\"}");
    assert_arm(&study, 3, "random50-uniform-fixed",
               "{strategy: random, ratio: \"uniform:low=0.3,high=0.7\"}");
    assert_arm(&study, 16, "wide75-uniform-rising",
               "{strategy: \"perlin:scale=6\", ratio: "
               "\"uniform:low={from: 0.3, to: 0.55},high={from: 0.7, to: 0.95}\"}");
    study_release(&study);
}

/* What is written reads back as the same, with more arms than a run may have. */
static void test_written(void **state)
{
    (void)state;
    struct study study = {0}, again = {0};
    char path[FILE_PATH_SIZE];
    good(read_text(&study, "seed: 5\n"
                           "study: {seeds: [3, 4], tasks: [knn], untrained: false}\n"
                           "grid:\n"
                           "  strategies: [random, block, grid, cells, stripes, perlin, noise]\n"
                           "  ratios: [0.5, 0.75]\n"));
    assert_int_equal(study.arm_count, 14);
    struct study_plan plan = {.study = &study, .arms_at_once = 7};
    good(study_write(&plan, test_folder, &error));
    good(file_join(path, sizeof path, test_folder, "study.yaml", &error));
    assert_true(config_defaults(&again.config, NULL));
    good(study_read_file(&again, path, NULL, &error) && study_check(&again, &error));
    assert_int_equal(again.arm_count, 14);
    for (int i = 0; i < 14; i++) {
        struct text mask = {0};
        config_mask_write(&study.arms[i].mask, &mask);
        assert_arm(&again, i, study.arms[i].name, text_of(&mask));
        text_release(&mask);
    }
    assert_int_equal(again.config.study.arms_at_once, 7);
    assert_int_equal(again.config.seed, 5);
    assert_int_equal(again.config.study.seeds.count, 2);
    assert_int_equal(again.task_count, 1);
    study_release(&study);
    study_release(&again);
}

static void assert_refused(const char *yaml, const char *message)
{
    struct study study = {0};
    assert_false(read_text(&study, yaml));
    assert_int_equal(error.code, ERROR_DATA);
    if (!strstr(error.message, message))
        fail_msg("'%s' lacks '%s'", error.message, message);
    study_release(&study);
}

static void test_refused(void **state)
{
    (void)state;
    assert_refused("grid: 5\n", "grid.yaml:1: grid is a section");
    assert_refused("grid:\n  ratios: 0.5\n", "grid.yaml:2: grid.ratios is a list");
    assert_refused("grid:\n  ratios: []\n", "grid.yaml:2: grid.ratios is a list");
    assert_refused("grid:\n  laws: [unifrom]\n", "grid.yaml:2: no ratio law 'unifrom'");
    assert_refused("grid:\n  ratios: [0.1]\n  schedules: [{from: ratio-0.2, to: ratio}]\n",
                   "grid.yaml:3: ");
    assert_refused("grid:\n  schedules: [linear]\n", "grid.yaml:2: a schedule of the grid is");
    assert_refused("grid:\n  strategies: {'a b': random}\n", "grid.yaml:2: arm 'a b75'");
    assert_refused("arms: []\n", "grid.yaml:1: arms is a list");
    assert_refused("arms:\n  - {name: untrained}\n", "grid.yaml:2: arm 'untrained'");
    assert_refused("arms:\n  - {name: a}\n  - {name: a}\n", "grid.yaml:3: there is an arm 'a'");
    assert_refused("study: {seeds: [0.5]}\n", "study.seeds: 0.5 is not a whole number");
    assert_refused("study: {tasks: [knn, knn]}\n", "study.tasks: 'knn' is there twice");
}

/* ---- Made-up records ---- */

enum { IMAGES = 40, STEP = 10, ARMS = 3, SEEDS = 3 };
static const char setup[] = "0123456789abcdef", other_setup[] = "fedcba9876543210";

/* What one arm of one seed got: images from `first` on, `right` of them. -1: nothing. */
struct made_up {
    int first, right;
    double mse; /* of image i: mse + i / 100, and a hundredth of it more or less */
};

static double last_time; /* each outcome is newer than those before */

static void add_probe(struct store *store, int arm, int64_t step, const char *key_setup,
                      const char *variant, const struct made_up *made)
{
    char key[40];
    int64_t id;
    snprintf(key, sizeof key, "%s-%d", key_setup, arm);
    struct store_probe probe = {.step = step,
                                .arm = arm,
                                .task = "knn",
                                .variant = variant,
                                .key = key,
                                .data = "photos",
                                .images = IMAGES,
                                .classes = 4,
                                .time = ++last_time};
    good(store_add_probe(store, &probe, &id, &error));
    good(store_add_probe_value(store, id, "accuracy", (double)made->right / IMAGES, &error));
    for (int i = 0; i < IMAGES; i++) {
        bool hit = i >= made->first && i < made->first + made->right;
        struct store_probe_image image = {i, 1, hit ? 1 : 0, NAN};
        good(store_add_probe_image(store, id, &image, &error));
    }
}

static void add_arm(struct store *store, const char *name, const struct made_up *made)
{
    static const struct made_up nothing = {0, 0, 0}, everything = {0, IMAGES, 0};
    int arm;
    if (made->right < 0)
        return;
    good(store_add_arm(store, name, STORE_KIND_ARM, &arm, &error));
    for (int step = 1; step <= STEP; step++)
        good(store_add_metric(store, step, arm, "loss", made->mse / 2, &error));
    for (int i = 0; i < 4; i++) {
        struct store_evaluation row = {.step = STEP,
                                       .arm = arm,
                                       .strategy = "random",
                                       .ratio = 0.75,
                                       .image = i,
                                       .hidden = 12,
                                       .label = -1,
                                       .mse = made->mse * (i % 2 ? 1.01 : 0.99) + i / 100.};
        good(store_add_evaluation(store, &row, &error));
    }
    /* Only the second of these counts: the most neighbours, the study's settings, the last step. */
    add_probe(store, arm, STEP, setup, "class, k = 5", &nothing);
    add_probe(store, arm, STEP, setup, "class, k = 20", made);
    add_probe(store, arm, STEP, other_setup, "class, k = 100", &everything);
    add_probe(store, arm, STEP - 1, setup, "class, k = 100", &everything);
}

static struct study study;
static struct study_run runs[SEEDS];
static struct study_plan plan;

static void make_run(struct study_run *run, int64_t seed, const struct made_up *made, int arms)
{
    static int made_up_runs;
    static const struct made_up initial = {0, 4, 0};
    static const char *const names[ARMS] = {"a", "b", "c"};
    char name[32];
    struct run_folder folder;
    snprintf(name, sizeof name, "run%d", made_up_runs++);
    *run = (struct study_run){.seed = seed, .count = arms, .state = STUDY_TRAINED, .step = STEP};
    good(file_join(run->folder, sizeof run->folder, test_folder, name, &error));
    good(file_make_folder(run->folder, &error) && run_folder_open(&folder, run->folder, &error));
    struct store *store = store_open(folder.store, STORE_CREATE, &error);
    good(store && store_begin(store, &error));
    for (int arm = 0; arm < arms; arm++)
        add_arm(store, names[arm], &made[arm]);
    add_probe(store, STORE_RUN, 0, setup, "class, k = 20", &initial);
    good(store_commit(store, &error));
    store_close(store);
}

static void make_study(const struct made_up made[SEEDS][ARMS], int seeds, int arms)
{
    static const char *const names[ARMS] = {"a", "b", "c"};
    study_release(&study);
    assert_true(config_defaults(&study.config, NULL));
    study.config.study.seeds.count = seeds;
    good(downstream_task_find("knn", &error) != NULL);
    study.tasks[0] = downstream_task_find("knn", &error);
    study.task_count = 1;
    for (int arm = 0; arm < arms; arm++)
        good(study_add_arm(&study, names[arm], &study.config.mask, false, &error));
    for (int seed = 0; seed < seeds; seed++)
        make_run(&runs[seed], seed, made[seed], arms);
    plan = (struct study_plan){.study = &study, .runs = runs, .count = seeds, .total_steps = STEP};
    memcpy(plan.setups[0], setup, sizeof setup);
}

static size_t find(const struct table *table, const char *name)
{
    for (size_t i = 0; i < table->column_count; i++)
        if (!strcmp(table->columns[i].name, name))
            return i;
    fail_msg("no column %s", name);
    return 0;
}

static double cell(const struct table *table, size_t row, const char *column)
{
    const struct table_cell *found = table_cell(table, row, find(table, column));
    return found->missing ? (double)NAN : found->real;
}

static bool is_marked(const struct table *table, size_t row, const char *column)
{
    char best[32];
    const char *mse = strstr(column, "_mse");
    snprintf(best, sizeof best, "%.*s_best", (int)(mse ? mse - column : (ptrdiff_t)strlen(column)),
             column);
    bool marked = table_cell(table, row, find(table, column))->strong;
    assert_int_equal(table_cell(table, row, find(table, best))->integer, marked);
    return marked;
}

/* The row that is marked; -1: none. */
static int marked_row(const char *column)
{
    struct table table;
    int marked = -1;
    good(study_table(&table, &plan, &error));
    for (size_t row = 0; row < table_rows(&table); row++)
        if (is_marked(&table, row, column)) {
            assert_int_equal(marked, -1);
            marked = (int)row;
        }
    table_release(&table);
    return marked;
}

/* t of 2 degrees of freedom at .975, and the two-sided p of a t, in closed form. */
static const double t_975 = 4.302652729911275;
static double p_of_t(double t)
{
    return 1 - t / sqrt(2 + t * t);
}

static const struct made_up clear[SEEDS][ARMS] = {
    {{0, 30, 0.6}, {0, 10, 0.3}, {0, 10, 0.9}},
    {{0, 31, 0.71}, {0, 11, 0.4}, {0, 12, 0.9}},
    {{0, 32, 0.8}, {0, 13, 0.5}, {0, 11, 0.9}},
};

static void test_table(void **state)
{
    (void)state;
    struct table table;
    make_study(clear, SEEDS, ARMS);
    good(study_table(&table, &plan, &error));
    assert_int_equal(table_rows(&table), 4);
    /* a: 30, 31, 32 of 40: mean .775, deviation .025 */
    assert_near(cell(&table, 0, "knn"), 0.775, 1e-12);
    assert_near(cell(&table, 0, "knn_ci"), t_975 * 0.025 / sqrt(3), 1e-9);
    assert_near(cell(&table, 0, "knn_low"), 0.775 - t_975 * 0.025 / sqrt(3), 1e-9);
    assert_near(cell(&table, 1, "knn"), 34. / 120, 1e-12);
    /* b: .3, .4, .5 and .015 for the images; half of it on its own masks */
    assert_near(cell(&table, 1, "probe_mse"), 0.415, 1e-6);
    assert_near(cell(&table, 1, "probe_ci"), t_975 * 0.1 / sqrt(3), 1e-6);
    assert_near(cell(&table, 1, "own_mse"), 0.2, 1e-6);
    assert_near(cell(&table, 2, "own_ci"), 0, 1e-6);
    /* the initial weights were asked, and not trained */
    assert_near(cell(&table, 3, "knn"), 0.1, 1e-12);
    assert_true(isnan(cell(&table, 3, "own_mse")));
    assert_string_equal(table_cell(&table, 3, 0)->text, DOWNSTREAM_UNTRAINED);
    table_release(&table);
}

static void test_pairs(void **state)
{
    (void)state;
    struct table table;
    make_study(clear, SEEDS, ARMS);
    good(study_pairs_table(&table, &plan, &error));
    assert_int_equal(table_rows(&table), 12);
    size_t row = 6; /* knn: a and b, whose differences are 20, 20, 19 of 40 */
    double mean = 59. / 120, half = t_975 / 120;
    assert_string_equal(table_cell(&table, row, 0)->text, "knn");
    assert_near(cell(&table, row, "difference"), mean, 1e-9);
    assert_near(cell(&table, row, "low"), mean - half, 1e-9);
    assert_near(cell(&table, row, "high"), mean + half, 1e-9);
    assert_near(cell(&table, row, "p_seeds"), p_of_t(59), 1e-9);
    assert_int_equal(table_cell(&table, row, find(&table, "images"))->integer, IMAGES);
    /* a and c: 20, 19, 21 of 40, t = 34.6; b and c: nothing. Holm: times 3, and times 2. */
    assert_near(cell(&table, row, "p_holm"), 3 * p_of_t(59), 1e-9);
    assert_near(cell(&table, row + 1, "p_holm"), 2 * p_of_t(20 * sqrt(3)), 1e-9);
    table_release(&table);
}

/* With the initial weights, which have 4 of 40 with every seed: a 26, 27, 28 more, b 6, 7, 9, c 6,
 * 8,
 * 7. They are a family of three of their own. */
static void test_pairs_with_untrained(void **state)
{
    (void)state;
    struct table table;
    make_study(clear, SEEDS, ARMS);
    good(study_pairs_table(&table, &plan, &error));
    size_t row = 9;
    double half = t_975 * 0.025 / sqrt(3);
    assert_string_equal(table_cell(&table, row, 0)->text, "knn");
    assert_string_equal(table_cell(&table, row, 1)->text, "a");
    assert_string_equal(table_cell(&table, row, 2)->text, DOWNSTREAM_UNTRAINED);
    assert_near(cell(&table, row, "difference"), 27. / 40, 1e-9);
    assert_near(cell(&table, row, "low"), 27. / 40 - half, 1e-9);
    assert_near(cell(&table, row, "high"), 27. / 40 + half, 1e-9);
    assert_near(cell(&table, row, "p_holm"), 3 * p_of_t(27 * sqrt(3)), 1e-9);
    assert_near(cell(&table, row + 2, "p_seeds"), p_of_t(7 * sqrt(3)), 1e-9);
    table_release(&table);
}

static void test_best(void **state)
{
    (void)state;
    make_study(clear, SEEDS, ARMS);
    assert_int_equal(marked_row("knn"), 0);
    assert_int_equal(marked_row("probe_mse"), 1); /* the lowest */
    assert_int_equal(marked_row("own_mse"), -1);  /* ranks nothing */
}

/* Three arms with three seeds, and the initial weights of each seed. */
static void test_pieces(void **state)
{
    (void)state;
    struct downstream_pace pace = {0};
    make_study(clear, SEEDS, ARMS);
    study_pace(&plan, &pace);
    assert_int_equal(downstream_pace_pieces(&pace), 12);
    runs[1].first = 1; /* a part that does not ask these */
    study_pace(&plan, &pace);
    assert_int_equal(downstream_pace_pieces(&pace), 12 + 11);
}

/* Images agree on which is better, seeds do not. */
static void test_seeds_disagree(void **state)
{
    (void)state;
    static const struct made_up made[SEEDS][ARMS] = {
        {{0, 40, 0.6}, {0, 10, 0.6}},
        {{0, 40, 0.6}, {0, 10, 0.6}},
        {{0, 10, 0.6}, {0, 11, 0.6}},
    };
    make_study(made, SEEDS, 2);
    assert_int_equal(marked_row("knn"), -1);
}

/* Seeds agree, but by 20 images that one gets right and 17 that the other does. */
static void test_images_disagree(void **state)
{
    (void)state;
    static const struct made_up made[SEEDS][ARMS] = {
        {{0, 20, 0.6}, {20, 18, 0.6}},
        {{0, 20, 0.6}, {20, 18, 0.6}},
        {{0, 20, 0.6}, {20, 17, 0.6}},
    };
    struct table table;
    make_study(made, SEEDS, 2);
    good(study_pairs_table(&table, &plan, &error));
    assert_near(cell(&table, 2, "p_seeds"), p_of_t(7), 1e-9); /* which is .02 */
    assert_true(cell(&table, 2, "p_images") > 0.5);
    table_release(&table);
    assert_int_equal(marked_row("knn"), -1);
}

/* Surely better if these two were all, and not so among three pairs. */
static void test_corrected(void **state)
{
    (void)state;
    static const struct made_up made[SEEDS][ARMS] = {
        {{0, 30, 0.6}, {0, 24, 0.6}, {0, 23, 0.6}},
        {{0, 31, 0.6}, {0, 27, 0.6}, {0, 28, 0.6}},
        {{0, 32, 0.6}, {0, 24, 0.6}, {0, 22, 0.6}},
    };
    make_study(made, SEEDS, 2);
    assert_int_equal(marked_row("knn"), 0);
    make_study(made, SEEDS, ARMS);
    assert_int_equal(marked_row("knn"), -1);
}

/* An arm that lacks a seed is not compared with those that have it; a single seed marks nothing. */
static void test_missing_seeds(void **state)
{
    (void)state;
    static const struct made_up made[SEEDS][ARMS] = {
        {{0, 30, 0.6}, {0, 10, 0.3}, {0, 40, 0.9}},
        {{0, 31, 0.7}, {0, 11, 0.4}, {0, 40, 0.9}},
        {{0, 32, 0.8}, {0, 13, 0.5}, {0, -1, 0.9}},
    };
    make_study(made, SEEDS, ARMS);
    assert_int_equal(marked_row("knn"), 0);
    make_study(clear, 1, ARMS);
    assert_int_equal(marked_row("knn"), -1);
    runs[0].state = STUDY_BEGUN;
    struct table table;
    assert_false(study_table(&table, &plan, &error));
    assert_int_equal(error.code, ERROR_DATA);
}

static void assert_pairs_of(const char *words)
{
    struct table table;
    good(study_pairs_table(&table, &plan, &error));
    if (!strstr(table.caption, words))
        fail_msg("'%s' lacks '%s'", table.caption, words);
    table_release(&table);
}

static void test_captions(void **state)
{
    (void)state;
    make_study(clear, SEEDS, ARMS);
    assert_pairs_of("the measure's 3 pairs of arms and, apart from them, its 3 pairs of an arm and "
                    "the initial weights (untrained).");
    make_study(clear, SEEDS, 1);
    assert_pairs_of("the measure's 1 pair of an arm and the initial weights (untrained).");
}

/* Neither a row nor pairs, though they are on record. */
static void test_untrained_not_wanted(void **state)
{
    (void)state;
    struct table table;
    make_study(clear, SEEDS, ARMS);
    study.config.study.untrained = false;
    good(study_table(&table, &plan, &error));
    assert_int_equal(table_rows(&table), 3);
    table_release(&table);
    good(study_pairs_table(&table, &plan, &error));
    assert_int_equal(table_rows(&table), 9);
    table_release(&table);
    assert_pairs_of("the measure's 3 pairs of arms.");
}

/* Where the images are not at hand: of the run's step, an arm and a variant that is asked for. */
static void test_newest_setup(void **state)
{
    (void)state;
    struct run_folder folder;
    make_study(clear, SEEDS, ARMS);
    memset(plan.setups, 0, sizeof plan.setups);
    good(study_find_newest_setups(&plan, &error));
    assert_string_equal(plan.setups[0], setup);
    good(run_folder_open(&folder, runs[1].folder, &error));
    struct store *store = store_open(folder.store, STORE_APPEND, &error);
    good(store && store_begin(store, &error));
    add_probe(store, STORE_RUN, 0, other_setup, "class, k = 20", &clear[0][0]);
    add_probe(store, 1, STEP - 1, other_setup, "class, k = 20", &clear[0][0]);
    add_probe(store, 1, STEP, other_setup, "class, k = 101", &clear[0][0]);
    good(store_commit(store, &error) && study_find_newest_setups(&plan, &error));
    assert_string_equal(plan.setups[0], setup);
    good(store_begin(store, &error));
    add_probe(store, 1, STEP, other_setup, "class, k = 20", &clear[0][0]);
    good(store_commit(store, &error) && study_find_newest_setups(&plan, &error));
    assert_string_equal(plan.setups[0], other_setup);
    store_close(store);
}

static int release(void **state)
{
    study_release(&study);
    return test_folder_remove(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_combinations),
        cmocka_unit_test(test_written),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_table),
        cmocka_unit_test(test_pairs),
        cmocka_unit_test(test_best),
        cmocka_unit_test(test_pairs_with_untrained),
        cmocka_unit_test(test_pieces),
        cmocka_unit_test(test_seeds_disagree),
        cmocka_unit_test(test_images_disagree),
        cmocka_unit_test(test_corrected),
        cmocka_unit_test(test_missing_seeds),
        cmocka_unit_test(test_captions),
        cmocka_unit_test(test_untrained_not_wanted),
        cmocka_unit_test(test_newest_setup),
    };
    return cmocka_run_group_tests(tests, test_folder_make, release);
}
