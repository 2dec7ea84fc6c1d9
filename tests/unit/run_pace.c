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

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_left)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
