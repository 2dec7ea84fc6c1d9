/* Parallel loops: every task once on any number of threads, from any thread, nested too. */
#include "tests/unit/test.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

#include "base/parallel.h"

enum { TASKS = 1000 };
static atomic_int runs[TASKS];
static atomic_int others;

static void count_run(void *context, size_t task)
{
    atomic_fetch_add((atomic_int *)context + task, 1);
}

static void assert_each_once(size_t tasks)
{
    memset(runs, 0, sizeof runs);
    parallel_for(tasks, count_run, runs);
    for (size_t i = 0; i < TASKS; i++)
        assert_int_equal(atomic_load(&runs[i]), i < tasks);
}

static void test_each_task_once(void **state)
{
    (void)state;
    for (int threads = 1; threads <= 5; threads++) {
        parallel_set_threads(threads);
        assert_each_once(0);
        assert_each_once(1);
        assert_each_once(7);
        assert_each_once(TASKS);
    }
}

/* Slots are numbered from 0, and no two threads have the same at a time. */
enum { SLOTS = 3 };
static atomic_int busy[SLOTS];

static void use_slot(void *context, size_t task, size_t slot)
{
    count_run(context, task);
    assert_true(slot < SLOTS);
    assert_int_equal(atomic_fetch_add(&busy[slot], 1), 0);
    sched_yield();
    atomic_fetch_sub(&busy[slot], 1);
}

static void test_slots(void **state)
{
    (void)state;
    for (int threads = 1; threads <= 5; threads++) {
        parallel_set_threads(threads);
        memset(runs, 0, sizeof runs);
        parallel_for_slots(TASKS, SLOTS, use_slot, runs);
        for (size_t i = 0; i < TASKS; i++)
            assert_int_equal(atomic_load(&runs[i]), 1);
    }
    parallel_set_threads(0);
}

static void test_threads(void **state)
{
    (void)state;
    cpu_set_t set;
    assert_int_equal(sched_getaffinity(0, sizeof set, &set), 0);
    assert_int_equal(parallel_cores(), CPU_COUNT(&set));
#ifdef _OPENMP
    parallel_set_threads(3);
    assert_int_equal(parallel_threads(), 3);
    parallel_set_threads(0);
    assert_int_equal(parallel_threads(), parallel_cores());
#else
    assert_int_equal(parallel_threads(), 1);
#endif
}

static void count_other(void *context, size_t task)
{
    (void)context, (void)task;
    atomic_fetch_add(&others, 1);
}

static void run_inner_loop(void *context, size_t task)
{
    count_run(context, task);
    parallel_for(10, count_other, NULL);
}

static void test_nested(void **state)
{
    (void)state;
    memset(runs, 0, sizeof runs);
    atomic_store(&others, 0);
    parallel_set_threads(2);
    parallel_for(20, run_inner_loop, runs);
    for (size_t i = 0; i < 20; i++)
        assert_int_equal(atomic_load(&runs[i]), 1);
    assert_int_equal(atomic_load(&others), 200);
}

static void *run_loops(void *context)
{
    parallel_set_threads(2);
    for (int i = 0; i < 20; i++)
        parallel_for(100, count_run, context);
    return NULL;
}

/* The trainer and a reconstruction asked for meanwhile. */
static void test_two_callers(void **state)
{
    (void)state;
    memset(runs, 0, sizeof runs);
    pthread_t other;
    assert_int_equal(pthread_create(&other, NULL, run_loops, runs), 0);
    run_loops(runs + 100);
    pthread_join(other, NULL);
    for (size_t i = 0; i < 200; i++)
        assert_int_equal(atomic_load(&runs[i]), 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_task_once), cmocka_unit_test(test_slots),
        cmocka_unit_test(test_threads),        cmocka_unit_test(test_nested),
        cmocka_unit_test(test_two_callers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
