/* The tables of downstream tasks on made-up outcomes, whose means, differences and tests are known.
 */
#include "tests/unit/test.h"

#include <math.h>

#include "run/downstream.h"
#include "stats/table.h"

enum { IMAGES = 8, LIMIT = 8 };
static const char setup[] = "0123456789abcdef";
static struct error error;
static struct downstream_value values[LIMIT][2];
static struct store_probe_image answers[LIMIT][IMAGES];
static char keys[LIMIT][40];

/* Right where the letter is 'x'; images are numbered from `first`. */
static void add(struct downstream_outcomes *outcomes, const char *arm, int64_t step, int64_t seed,
                const char *right, int first)
{
    static struct downstream_outcome items[LIMIT];
    size_t at = outcomes->count++;
    int hits = 0;
    assert_true(at < LIMIT);
    outcomes->items = items;
    for (int i = 0; i < IMAGES; i++) {
        bool hit = right[i] == 'x';
        answers[at][i] = (struct store_probe_image){first + i, 1, hit ? 1 : 0, NAN};
        hits += hit;
    }
    values[at][0] = (struct downstream_value){"accuracy", (double)hits / IMAGES};
    snprintf(keys[at], sizeof keys[at], "%s-%s%lld", setup, arm, (long long)step);
    items[at] = (struct downstream_outcome){.arm = arm,
                                            .step = step,
                                            .task = "linear",
                                            .variant = "class, lbfgs",
                                            .data = "photos",
                                            .key = keys[at],
                                            .measure = "accuracy",
                                            .seed = seed,
                                            .images = IMAGES,
                                            .classes = 4,
                                            .value_count = 1,
                                            .values = values[at],
                                            .answers = answers[at]};
}

static double cell(const struct table *table, size_t row, const char *column)
{
    for (size_t i = 0; i < table->column_count; i++)
        if (!strcmp(table->columns[i].name, column)) {
            const struct table_cell *found = table_cell(table, row, i);
            assert_false(found->missing);
            return table->columns[i].type == TABLE_INTEGER ? (double)found->integer : found->real;
        }
    fail_msg("no column %s", column);
    return NAN;
}

static const char *text(const struct table *table, size_t row, const char *column)
{
    for (size_t i = 0; i < table->column_count; i++)
        if (!strcmp(table->columns[i].name, column))
            return table_cell(table, row, i)->text;
    fail_msg("no column %s", column);
    return NULL;
}

/* By image: 1 0 0 1 1 0 1 0 for one seed; mean 1/2, sd sqrt(2/7), t of 7 degrees 2.364624. */
static void test_one_seed(void **state)
{
    (void)state;
    struct downstream_outcomes outcomes = {0};
    struct table table;
    add(&outcomes, DOWNSTREAM_UNTRAINED, 0, 0, "...x..x.", 3);
    add(&outcomes, "block", 9, 0, "x..xxxxx", 3);
    add(&outcomes, "block", 5, 0, "........", 3); /* an older checkpoint does not count */
    /* differences: 1 0 0 0 1 1 0 1 */
    assert_true(downstream_pairs_table(&table, &outcomes, &error));
    assert_int_equal(table_rows(&table), 1);
    assert_string_equal(text(&table, 0, "a"), "block");
    assert_string_equal(text(&table, 0, "b"), DOWNSTREAM_UNTRAINED);
    double half = 2.364624251592785 * sqrt(2. / 7 / 8);
    assert_near(cell(&table, 0, "difference"), 0.5, 1e-12);
    assert_near(cell(&table, 0, "low"), 0.5 - half, 1e-9);
    assert_near(cell(&table, 0, "high"), 0.5 + half, 1e-9);
    assert_string_equal(text(&table, 0, "over"), "images");
    assert_near(cell(&table, 0, "step_a"), 9, 0);
    assert_near(cell(&table, 0, "images"), IMAGES, 0);
    table_release(&table);
}

/* Seeds are paired by their number, images by theirs; what only one side has is left out. */
static void test_what_is_paired(void **state)
{
    (void)state;
    struct downstream_outcomes outcomes = {0};
    struct table table;
    add(&outcomes, "a", 1, 4, "xxxxxxxx", 0);
    add(&outcomes, "a", 1, 5, "xxxx....", 0);
    add(&outcomes, "b", 1, 5, "....xx..", 2); /* of images 2 to 9: a has 2 to 7 of them */
    add(&outcomes, "b", 1, 6, "xxxxxxxx", 2);
    assert_true(downstream_pairs_table(&table, &outcomes, &error));
    assert_int_equal(table_rows(&table), 1);
    assert_near(cell(&table, 0, "seeds"), 1, 0);
    assert_near(cell(&table, 0, "images"), 6, 0);
    /* a on images 2 .. 7: x x . . . .   b: . . . . x x   differences 1 1 0 0 -1 -1 */
    assert_near(cell(&table, 0, "difference"), 0, 1e-12);
    table_release(&table);
    outcomes.items[0].key = "another setup....-a1";
    struct downstream_outcomes alone = {.items = outcomes.items, .count = 1};
    assert_false(downstream_pairs_table(&table, &alone, &error));
    assert_int_equal(error.code, ERROR_DATA);
}

/* The wider interval: seeds that agree do not make it narrow, seeds that do not make it wide. */
static void test_wider_interval(void **state)
{
    (void)state;
    struct downstream_outcomes outcomes = {0};
    struct table table;
    add(&outcomes, "a", 1, 0, "xxxx....", 0);
    add(&outcomes, "a", 1, 1, "....xxxx", 0);
    assert_true(downstream_table(&table, &outcomes, &error));
    assert_int_equal(table_rows(&table), 1);
    assert_near(cell(&table, 0, "mean"), 0.5, 1e-12);
    assert_string_equal(text(&table, 0, "over"), "images"); /* both have 1/2 */
    assert_near(cell(&table, 0, "low"), 0.21521, 1e-4);     /* Wilson's of 4 of 8 */
    assert_near(cell(&table, 0, "chance"), 0.25, 1e-12);
    table_release(&table);
    outcomes.count = 0;
    add(&outcomes, "a", 1, 0, "xxxxxxxx", 0);
    add(&outcomes, "a", 1, 1, "........", 0);
    assert_true(downstream_table(&table, &outcomes, &error));
    assert_string_equal(text(&table, 0, "over"), "seeds");
    assert_near(cell(&table, 0, "low"), 0, 0); /* t's reaches from -5.9 to 6.9 */
    assert_near(cell(&table, 0, "high"), 1, 0);
    table_release(&table);
    outcomes.count = 0;
    add(&outcomes, "a", 1, 0, "xxxxxx..", 0);
    add(&outcomes, "a", 1, 1, "xxxxx...", 0);
    assert_true(downstream_table(&table, &outcomes, &error));
    assert_near(cell(&table, 0, "low"), 0, 0); /* 11/16 less 12.7 sixteenths, which is -.11 */
    table_release(&table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_seed),
        cmocka_unit_test(test_what_is_paired),
        cmocka_unit_test(test_wider_interval),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
