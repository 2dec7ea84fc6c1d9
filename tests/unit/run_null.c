/* The level of the paired test through the whole path, from masks to the table: two arms that
 * differ in nothing (one model, one mask law) are evaluated on the same images with masks of
 * different streams, again and again. Whatever the table then calls a difference is a false alarm,
 * and at .05 it must do so in one of twenty comparisons. Seeds are fixed. */
#include "tests/unit/test.h"

#include <math.h>

#include "base/parallel.h"
#include "run/tables.h"
#include "tests/unit/run_lab.h"

enum { COMPARISONS = 500, HELD_OUT = 40, MASKS = 50 };

static int open_images(void **state)
{
    if (lab_open(state))
        return -1;
    lab_write_images("test.bin", 1000, HELD_OUT);
    return 0;
}

struct setup {
    struct config config;
    struct mae_shape shape;
    struct view_settings view;
    struct source *source;
    struct mae *model;
};

static void setup_open(struct setup *setup)
{
    struct source_settings settings;
    lab_config(&setup->config);
    lab_set(&setup->config, "eval.strategies", "[random]");
    lab_set(&setup->config, "eval.ratios", "[0.75]");
    lab_set(&setup->config, "eval.images", "1000");
    lab_set(&setup->config, "eval.masks", "50");
    assert_true(config_shape(&setup->config, &setup->shape, &lab_error));
    config_source(&setup->config, &setup->shape, &settings);
    config_view(&setup->config, &setup->shape, false, &setup->view);
    setup->source = source_open(&settings, SOURCE_HOLDOUT, NULL, &lab_error);
    assert_non_null(setup->source);
    setup->model = mae_new(&setup->shape, &lab_error);
    assert_non_null(setup->model);
    mae_initialise(setup->model, 0);
}

/* Errors under MASKS masks of each image: streams of their own, each good for one arm. */
static void evaluate_masks(struct setup *setup, int64_t seed, struct evaluation *evaluation)
{
    const struct mae *models[] = {setup->model};
    setup->config.eval.seed = seed;
    struct evaluation_plan plan = evaluation_plan_of(&setup->config);
    if (!evaluate(evaluation, &plan, &setup->shape, models, 1, setup->source, &setup->view, NULL,
                  NULL, &lab_error))
        fail_msg("%s", lab_error.message);
    assert_true(evaluation->images == HELD_OUT && evaluation->masks == MASKS);
}

static void take_arm(const struct evaluation *evaluation, struct evaluation_set *set, int arm,
                     int mask)
{
    for (int image = 0; image < HELD_OUT; image++)
        evaluation_set_values(set, arm, 0)[image] =
            evaluation->mse[evaluation_index(evaluation, 0, 0, 0, image, mask)];
    set->measured[arm] = true;
}

static const struct table_cell *cell_of(const struct table *table, const char *column)
{
    for (size_t i = 0; i < table->column_count; i++)
        if (!strcmp(table->columns[i].name, column))
            return table_cell(table, 0, i);
    fail_msg("no column %s", column);
    return NULL;
}

struct tally {
    int comparisons, by_t, by_wilcoxon;
};

static void compare(const struct evaluation *evaluation, int mask, struct tally *tally)
{
    struct evaluation_set set;
    struct table table;
    assert_true(evaluation_set_init(&set, 2, 1, HELD_OUT, &lab_error));
    set.arm[0].name = "first";
    set.arm[1].name = "second";
    set.cell[0] = (struct evaluation_key){"random", 0.75};
    take_arm(evaluation, &set, 0, mask);
    take_arm(evaluation, &set, 1, mask + 1);
    if (!run_table_find("pairs", &lab_error)->fill(&table, &set, TABLE_BY_NOTHING, &lab_error))
        fail_msg("%s", lab_error.message);
    tally->comparisons++;
    tally->by_t += cell_of(&table, "p_holm")->real < 0.05;
    tally->by_wilcoxon += cell_of(&table, "wilcoxon_p")->real < 0.05;
    table_release(&table);
    evaluation_set_release(&set);
}

static void test_false_alarms(void **state)
{
    (void)state;
    struct setup setup;
    struct tally tally = {0};
    parallel_set_threads(1);
    setup_open(&setup);
    for (int64_t seed = 0; tally.comparisons < COMPARISONS; seed++) {
        struct evaluation evaluation;
        evaluate_masks(&setup, seed, &evaluation);
        for (int mask = 0; mask < MASKS; mask += 2)
            compare(&evaluation, mask, &tally);
        evaluation_release(&evaluation);
    }
    print_message("no difference: %.1f%% (t) and %.1f%% (Wilcoxon) of %d comparisons reject\n",
                  100.0 * tally.by_t / COMPARISONS, 100.0 * tally.by_wilcoxon / COMPARISONS,
                  tally.comparisons);
    assert_int_equal(tally.comparisons, COMPARISONS);
    assert_in_range(tally.by_t, 0.03 * COMPARISONS, 0.07 * COMPARISONS);
    assert_in_range(tally.by_wilcoxon, 0.03 * COMPARISONS, 0.07 * COMPARISONS);
    mae_free(setup.model);
    source_close(setup.source);
}

/* ---- Over seeds ---- */

/* Two arms of one law trained with `count` seeds: images differ, the same for all; each training
 * comes out somewhat better or worse, and so does each arm on each image. */
static void draw_run(struct evaluation_set *run, struct random *random, const double *images,
                     int64_t seed)
{
    static const double of_training = 0.05, of_image = 0.1;
    assert_true(evaluation_set_init(run, 2, 1, HELD_OUT, &lab_error));
    run->seed = seed;
    run->runs = 1;
    run->cell[0] = (struct evaluation_key){"random", 0.75};
    text_copy(run->conditions.images, sizeof run->conditions.images, "a");
    text_copy(run->conditions.trained, sizeof run->conditions.trained, "t");
    for (int arm = 0; arm < 2; arm++) {
        double training = of_training * random_normal(random);
        run->arm[arm].name = arm ? "second" : "first";
        run->measured[arm] = true;
        for (int image = 0; image < HELD_OUT; image++)
            evaluation_set_values(run, arm, 0)[image] =
                images[image] + training + of_image * random_normal(random);
    }
    for (int image = 0; image < HELD_OUT; image++)
        run->unit_id[image] = image;
}

static bool rejects(const struct evaluation_set *set)
{
    struct table table;
    if (!run_table_find("pairs", &lab_error)->fill(&table, set, TABLE_BY_NOTHING, &lab_error))
        fail_msg("%s", lab_error.message);
    bool rejected = cell_of(&table, "p_holm")->real < 0.05;
    table_release(&table);
    return rejected;
}

static void test_false_alarms_over_seeds(void **state)
{
    (void)state;
    enum { MOST = 10 };
    static const int counts[] = {3, 5, MOST};
    for (size_t i = 0; i < ARRAY_LENGTH(counts); i++) {
        int over_seeds = 0, over_images = 0;
        for (uint32_t trial = 0; trial < COMPARISONS; trial++) {
            struct random random = random_begin(23, RANDOM_SAMPLE, (uint32_t)i, trial);
            struct evaluation_set runs[MOST], all;
            double images[HELD_OUT];
            for (int image = 0; image < HELD_OUT; image++)
                images[image] = 1 + random_uniform(&random);
            for (int run = 0; run < counts[i]; run++)
                draw_run(&runs[run], &random, images, run);
            if (!evaluation_set_over_runs(&all, runs, counts[i], &lab_error))
                fail_msg("%s", lab_error.message);
            over_seeds += rejects(&all);
            over_images += rejects(&runs[0]);
            evaluation_set_release(&all);
            for (int run = 0; run < counts[i]; run++)
                evaluation_set_release(&runs[run]);
        }
        print_message(
            "no difference, %d seeds: %.1f%% of %d comparisons reject; with the images of "
            "one seed as units %.1f%%\n",
            counts[i], 100.0 * over_seeds / COMPARISONS, COMPARISONS,
            100.0 * over_images / COMPARISONS);
        assert_in_range(over_seeds, 0.03 * COMPARISONS, 0.07 * COMPARISONS);
        assert_true(over_images > 0.3 * COMPARISONS); /* of two models, which do differ */
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_false_alarms),
        cmocka_unit_test(test_false_alarms_over_seeds),
    };
    return cmocka_run_group_tests(tests, open_images, lab_close);
}
