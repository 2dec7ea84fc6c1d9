/* The loader: the same batches whatever the threads, from any step, with broken images replaced. */
#include "tests/unit/test.h"

#include <sched.h>
#include <stdatomic.h>

#include "base/memory.h"
#include "tests/unit/data_batches.h"

static void test_same_for_any_threads(void **state)
{
    (void)state;
    static const struct {
        int threads, ahead;
    } cases[] = {{1, 1}, {2, 1}, {4, 3}, {3, 8}};
    static struct copy first[STEPS], other[STEPS];
    struct drawn drawn = {.broken = {[4] = true, [17] = true}};
    struct source source = source_of(&drawn, IMAGES);
    for (size_t k = 0; k < ARRAY_LENGTH(cases); k++) {
        struct loader_settings settings = settings_of(cases[k].threads, cases[k].ahead);
        record(&source, &settings, 0, STEPS, NULL, k ? other : first);
        if (k)
            assert_memory_equal(first, other, sizeof first);
    }
}

static void test_from_any_step(void **state)
{
    (void)state;
    static struct copy straight[STEPS], resumed[STEPS];
    struct drawn drawn = {.broken = {[4] = true}};
    struct source source = source_of(&drawn, IMAGES);
    struct loader_settings settings = settings_of(2, 2);
    record(&source, &settings, 0, STEPS, NULL, straight);
    for (int step = 1; step < STEPS; step += 3) {
        record(&source, &settings, step, STEPS - step, NULL, resumed);
        assert_memory_equal(straight + step, resumed, (size_t)(STEPS - step) * sizeof *straight);
    }
}

/* Each epoch shows an image at most once, in another order; labels belong to the images. */
static void test_epochs_permute(void **state)
{
    (void)state;
    enum { EPOCH = IMAGES / BATCH };
    static struct copy copies[3 * EPOCH];
    struct drawn drawn = {0};
    struct source source = source_of(&drawn, IMAGES);
    struct loader_settings settings = settings_of(2, 3);
    record(&source, &settings, 0, 3 * EPOCH, NULL, copies);
    for (int epoch = 0; epoch < 3; epoch++) {
        bool seen[IMAGES] = {false};
        for (int i = 0; i < EPOCH * BATCH; i++) {
            uint32_t index = copies[epoch * EPOCH + i / BATCH].indices[i % BATCH];
            assert_true(index < IMAGES && !seen[index]);
            seen[index] = true;
            assert_int_equal(copies[epoch * EPOCH + i / BATCH].labels[i % BATCH], index % 4);
        }
    }
    assert_memory_not_equal(copies[0].indices, copies[EPOCH].indices, sizeof copies[0].indices);
    settings.seed++;
    static struct copy other[EPOCH];
    record(&source, &settings, 0, EPOCH, NULL, other);
    assert_memory_not_equal(copies[0].indices, other[0].indices, sizeof other[0].indices);
}

/* What is shown of an image depends on the seed, the epoch and the image alone. */
static void test_views_are_drawn_by_epoch_and_image(void **state)
{
    (void)state;
    static struct copy copies[STEPS];
    struct drawn drawn = {0};
    struct source source = source_of(&drawn, IMAGES);
    struct loader_settings settings = settings_of(2, 3);
    struct view_scratch scratch = {0};
    float expected[3 * SIZE * SIZE];
    record(&source, &settings, 0, STEPS, NULL, copies);
    for (int i = 0; i < STEPS * BATCH; i++) {
        const struct copy *batch = &copies[i / BATCH];
        uint32_t epoch = (uint32_t)(i / BATCH / (IMAGES / BATCH)),
                 index = batch->indices[i % BATCH];
        struct random random = random_begin(settings.seed, RANDOM_CROP, epoch, index);
        assert_true(view_draw(&source, index, &settings.view, &random, &scratch, expected, NULL));
        assert_memory_equal(batch->pixels + i % BATCH * 3 * SIZE * SIZE, expected, sizeof expected);
    }
    view_scratch_release(&scratch);
}

/* A batch of all images: every step is an epoch, and several are in flight. */
static void test_batch_is_the_source(void **state)
{
    (void)state;
    static struct copy first[8], other[8];
    struct drawn drawn = {0};
    struct source source = source_of(&drawn, BATCH);
    struct loader_settings one = settings_of(1, 1), many = settings_of(4, 5);
    record(&source, &one, 0, 8, NULL, first);
    record(&source, &many, 0, 8, NULL, other);
    assert_memory_equal(first, other, sizeof first);
}

/* Broken images never show, are named once each, and the next of the order stands in. */
static void test_broken_are_replaced(void **state)
{
    (void)state;
    static struct copy whole[STEPS], copies[STEPS];
    struct log *log = log_new(NULL);
    struct drawn good = {0}, drawn = {.broken = {[2] = true, [3] = true, [20] = true}};
    struct source source = source_of(&good, IMAGES), damaged = source_of(&drawn, IMAGES);
    struct loader_settings settings = settings_of(3, 2);
    record(&source, &settings, 0, STEPS, NULL, whole);
    record(&damaged, &settings, 0, STEPS, log, copies);
    int replaced = 0;
    for (int i = 0; i < STEPS * BATCH; i++) {
        uint32_t wanted = whole[i / BATCH].indices[i % BATCH];
        uint32_t got = copies[i / BATCH].indices[i % BATCH];
        assert_false(drawn.broken[got]);
        assert_true(got == wanted || drawn.broken[wanted]);
        /* Where the next in order is whole and still in this batch's list, it is the one. */
        if (drawn.broken[wanted] && i + 1 < STEPS * BATCH && (i + 1) % (IMAGES / BATCH * BATCH)) {
            uint32_t next = whole[(i + 1) / BATCH].indices[(i + 1) % BATCH];
            assert_true(got == next || drawn.broken[next]);
        }
        replaced += got != wanted;
    }
    assert_true(replaced >= 3);
    struct log_line lines[16];
    size_t count = log_read(log, 0, lines, ARRAY_LENGTH(lines));
    int named[IMAGES] = {0};
    for (size_t i = 0; i < count; i++) {
        const char *number = strstr(lines[i].text, "image ");
        number = strstr(number + 1, "image ") ? strstr(number + 1, "image ") : number;
        named[atoi(number + 6)]++;
        assert_non_null(strstr(lines[i].text, "broken on purpose"));
    }
    for (int i = 0; i < IMAGES; i++)
        assert_int_equal(named[i], drawn.broken[i]);
    log_free(log);
}

static void test_broken_are_counted(void **state)
{
    (void)state;
    struct drawn drawn = {.broken = {[2] = true, [3] = true, [20] = true}};
    struct source source = source_of(&drawn, IMAGES);
    struct loader_settings settings = settings_of(2, 2);
    struct error error = {0};
    struct loader *loader = loader_new(&source, &settings, 0, NULL, &error);
    for (int i = 0; i < STEPS; i++)
        loader_return(loader, loader_next(loader, &error));
    assert_int_equal(loader_broken(loader), 3);
    loader_free(loader);
}

/* More broken than are allowed, a whole source of them, and one that ran out of memory. */
static void test_too_many_broken(void **state)
{
    (void)state;
    struct error error = {0};
    struct drawn drawn = {0};
    struct source source = source_of(&drawn, IMAGES);
    struct loader_settings settings = settings_of(2, 2);
    for (int i = 0; i < 8; i++)
        drawn.broken[4 * i] = true; /* 24%, where 20% are allowed */
    struct loader *loader = loader_new(&source, &settings, 0, NULL, &error);
    struct loader_batch *batch;
    int steps = 0;
    while ((batch = loader_next(loader, &error)) && steps++ < 100)
        loader_return(loader, batch);
    assert_null(batch);
    assert_int_equal(error.code, ERROR_DATA);
    assert_non_null(strstr(error.message, "broken on purpose"));
    assert_non_null(strstr(error.message, "20%"));
    assert_null(loader_next(loader, &error)); /* and so again */
    loader_free(loader);
    memset(drawn.broken, true, sizeof drawn.broken);
    source.count = 1000;
    loader = loader_new(&source, &settings, 0, NULL, &error);
    assert_null(loader_next(loader, &error));
    assert_int_equal(error.code, ERROR_DATA);
    loader_free(loader);
}

/* What is no fault of an image ends the batches, however few images it concerns. */
static void test_system_errors_end_it(void **state)
{
    (void)state;
    struct drawn drawn = {.lost = {[7] = true}};
    struct source source = source_of(&drawn, IMAGES);
    struct loader_settings settings = settings_of(2, 2);
    struct error error = {0};
    struct loader *loader = loader_new(&source, &settings, 0, NULL, &error);
    assert_non_null(loader);
    struct loader_batch *batch;
    int batches = 0;
    while (batches <= 2 * IMAGES / BATCH && (batch = loader_next(loader, &error))) {
        loader_return(loader, batch);
        batches++;
    }
    assert_true(batches <= 2 * IMAGES / BATCH);
    assert_int_equal(error.code, ERROR_SYSTEM);
    assert_non_null(strstr(error.message, "image 7: lost on purpose"));
    error = (struct error){0};
    assert_null(loader_next(loader, &error));
    assert_int_equal(error.code, ERROR_SYSTEM);
    assert_int_equal(loader_broken(loader), 0);
    loader_free(loader);
}

static void test_batch_too_large(void **state)
{
    (void)state;
    struct error error = {0};
    struct drawn drawn = {0};
    struct source source = source_of(&drawn, BATCH - 1);
    struct loader_settings settings = settings_of(1, 1);
    assert_null(loader_new(&source, &settings, 0, NULL, &error));
    assert_int_equal(error.code, ERROR_DATA);
}

/* Stopped at once, with a full queue, with a batch in hand: it always ends. */
static void test_stops_from_any_state(void **state)
{
    (void)state;
    struct error error = {0};
    struct drawn drawn = {0};
    struct source source = source_of(&drawn, IMAGES);
    for (int taken = 0; taken < 12; taken++) {
        struct loader_settings settings = settings_of(1 + taken % 4, 1 + taken % 3);
        struct loader *loader = loader_new(&source, &settings, 0, NULL, &error);
        assert_non_null(loader);
        for (int i = 0; i < taken; i++) {
            struct loader_batch *batch = loader_next(loader, &error);
            assert_non_null(batch);
            if (i + 1 < taken || taken % 2)
                loader_return(loader, batch);
        }
        loader_free(loader);
    }
    loader_free(NULL);
}

/* Threads that wait for room stop too. */
static void test_stops_with_a_full_queue(void **state)
{
    (void)state;
    struct error error = {0};
    struct drawn drawn = {0};
    struct source source = source_of(&drawn, IMAGES);
    struct loader_settings settings = settings_of(3, 2);
    struct loader *loader = loader_new(&source, &settings, 0, NULL, &error);
    while (atomic_load(&drawn.reads) < (settings.ahead + 1) * BATCH)
        sched_yield();
    for (int i = 0; i < 1000; i++)
        sched_yield(); /* from the last read to waiting it is not far */
    loader_free(loader);
}

/* No more is read than fits: the queue is bounded. */
static void test_reads_no_further_than_ahead(void **state)
{
    (void)state;
    struct error error = {0};
    struct drawn drawn = {0};
    struct source source = source_of(&drawn, IMAGES);
    struct loader_settings settings = settings_of(2, 2);
    struct loader *loader = loader_new(&source, &settings, 0, NULL, &error);
    struct loader_batch *first = loader_next(loader, &error);
    struct loader_batch *second = loader_next(loader, &error);
    assert_int_equal(first->step, 0);
    assert_int_equal(second->step, 1);
    loader_return(loader, second);
    loader_return(loader, first);
    for (int i = 2; i < 10; i++) {
        loader_return(loader, loader_next(loader, &error));
        assert_true(atomic_load(&drawn.reads) <= (i + 1 + settings.ahead + 1) * BATCH);
    }
    loader_free(loader);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_same_for_any_threads),
        cmocka_unit_test(test_from_any_step),
        cmocka_unit_test(test_epochs_permute),
        cmocka_unit_test(test_views_are_drawn_by_epoch_and_image),
        cmocka_unit_test(test_batch_is_the_source),
        cmocka_unit_test(test_broken_are_replaced),
        cmocka_unit_test(test_broken_are_counted),
        cmocka_unit_test(test_too_many_broken),
        cmocka_unit_test(test_system_errors_end_it),
        cmocka_unit_test(test_batch_too_large),
        cmocka_unit_test(test_stops_from_any_state),
        cmocka_unit_test(test_stops_with_a_full_queue),
        cmocka_unit_test(test_reads_no_further_than_ahead),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
