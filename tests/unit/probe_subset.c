/* Parts of rows, drawn class by class, and scores of predictions. */
#include "tests/unit/test.h"

#include "base/memory.h"
#include "probe/subset.h"
#include "tests/unit/probe_rows.h"

enum { DIM = 11, CLASSES = 6 };
static struct error error;

/* Whether every row of the subset is one of rows, and none twice (values are all different). */
static void check_drawn(const struct subset *subset, const struct probe_rows *rows, bool *used)
{
    for (size_t i = 0; i < subset->count; i++) {
        size_t at = 0;
        while (at < rows->count &&
               memcmp(rows->values + at * rows->dim, subset->values + i * rows->dim,
                      rows->dim * sizeof(float)) != 0)
            at++;
        assert_in_range(at, 0, rows->count - 1);
        assert_int_equal(subset->labels[i], rows->labels[at]);
        assert_false(used[at]);
        used[at] = true;
    }
}

static void test_split(void **state)
{
    (void)state;
    struct probe_rows rows = cloud_rows(300, DIM, CLASSES, 1, 9);
    struct subset fit, back, fit2, back2;
    bool used[300] = {false};
    assert_true(subset_split(&fit, &back, &rows, CLASSES, 5, &error));
    assert_true(subset_split(&fit2, &back2, &rows, CLASSES, 6, &error));
    assert_int_equal(fit.count + back.count, 300);
    check_drawn(&fit, &rows, used);
    check_drawn(&back, &rows, used);
    struct probe_rows held = subset_rows(&back);
    for (int label = 0; label < CLASSES; label++)
        assert_int_equal(rows_of_class(&held, label), rows_of_class(&rows, label) / 5);
    assert_memory_not_equal(back.values, back2.values, back.count * DIM * sizeof(float));
    subset_release(&fit);
    subset_release(&back);
    subset_release(&fit2);
    subset_release(&back2);
    cloud_free(&rows);
}

static void test_draw(void **state)
{
    (void)state;
    struct probe_rows rows = cloud_rows(120, DIM, CLASSES, 1, 9);
    struct subset few, more, all;
    bool used[120] = {false};
    int lacking;
    assert_true(subset_draw(&few, &rows, CLASSES, 3, 5, &lacking, &error));
    assert_true(subset_draw(&more, &rows, CLASSES, 8, 5, &lacking, &error));
    assert_int_equal(few.count, 3 * CLASSES);
    check_drawn(&more, &rows, used);
    for (size_t i = 0; i < few.count; i++) /* the first three of the eight */
        assert_memory_equal(few.values + i * DIM, more.values + (i / 3 * 8 + i % 3) * DIM,
                            DIM * sizeof(float));
    assert_false(subset_draw(&all, &rows, CLASSES, 1000, 5, &lacking, &error));
    assert_in_range(lacking, 0, CLASSES - 1);
    subset_release(&few);
    subset_release(&more);
    subset_release(&all);
    cloud_free(&rows);
}

static void test_scores(void **state)
{
    (void)state;
    static const int labels[] = {0, 0, 0, 2, 2}, predicted[] = {0, 0, 1, 2, 0};
    struct probe_score score = probe_score_of(predicted, labels, 5, 3);
    assert_near(score.accuracy, 3. / 5, 1e-12);
    assert_near(score.class_mean, (2. / 3 + 1. / 2) / 2, 1e-12); /* class 1 does not occur */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_split),
        cmocka_unit_test(test_draw),
        cmocka_unit_test(test_scores),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
