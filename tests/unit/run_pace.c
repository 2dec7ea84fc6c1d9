/* How far downstream tasks are, and how long the rest takes. */
#include "tests/unit/test.h"

#include "run/downstream_pace.h"

static const struct downstream_task *find(const char *name)
{
    struct error error;
    const struct downstream_task *task = downstream_task_find(name, &error);
    assert_non_null(task);
    return task;
}

static void test_left(void **state)
{
    (void)state;
    struct downstream_pace pace = {0};
    const struct downstream_task *quick = find("knn"), *slow = find("finetune");
    bool whole;
    downstream_pace_add(&pace, quick, 3);
    downstream_pace_add(&pace, slow, 2);
    downstream_pace_add(&pace, quick, 2); /* of another run */
    assert_int_equal(downstream_pace_pieces(&pace), 7);
    assert_near(downstream_pace_left(&pace, 0, &whole), 0, 0);
    assert_false(whole); /* nothing is known */
    downstream_pace_begin(&pace, quick, 0);
    downstream_pace_end(&pace, 2);
    downstream_pace_begin(&pace, quick, 2);
    downstream_pace_end(&pace, 4);
    assert_int_equal(downstream_pace_done(&pace), 2);
    assert_near(downstream_pace_left(&pace, 6, &whole), 3 * 3, 1e-12);
    assert_false(whole);
    downstream_pace_begin(&pace, slow, 6);
    downstream_pace_end(&pace, 100);
    downstream_pace_begin(&pace, slow, 106);
    assert_near(downstream_pace_left(&pace, 106 + 30, &whole), 3 * 3 + 70, 1e-12);
    assert_true(whole);
    assert_near(downstream_pace_left(&pace, 106 + 130, &whole), 3 * 3, 1e-12); /* it takes longer */
    downstream_pace_end(&pace, 140);
    for (int i = 0; i < 3; i++) {
        downstream_pace_begin(&pace, quick, 0);
        downstream_pace_end(&pace, 1);
    }
    assert_int_equal(downstream_pace_done(&pace), 7);
    assert_near(downstream_pace_left(&pace, 0, &whole), 0, 0);
    assert_true(whole);
}

static void assert_words(const struct downstream_pace *pace, double done, const char *words)
{
    struct text text = {0};
    downstream_pace_write_left(pace, done, 10, 10, &text);
    assert_string_equal(text_of(&text), words);
    text_release(&text);
}

/* What is not known is not said: of a task that no piece is known of, of training between. */
static void test_words(void **state)
{
    (void)state;
    struct downstream_pace pace = {0};
    const struct downstream_task *quick = find("knn"), *slow = find("finetune");
    downstream_pace_add(&pace, quick, 4);
    downstream_pace_add(&pace, slow, 1);
    assert_words(&pace, 0, "");
    assert_words(&pace, 0.25, ", 30.0s left of it");
    downstream_pace_begin(&pace, quick, 0);
    downstream_pace_end(&pace, 4);
    assert_words(&pace, 0.25, ", 30.0s left of it, more than 12.0s in all");
    downstream_pace_begin(&pace, slow, 0);
    downstream_pace_end(&pace, 100);
    assert_words(&pace, 0.25, ", 12.0s left");
    pace.trains = true;
    assert_words(&pace, 0.25, ", 12.0s left of the tasks");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_left), cmocka_unit_test(test_words)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
