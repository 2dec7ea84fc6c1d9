/* The channel between trainer and screen: whole snapshots in order, from two threads at once; and
 * the curves that always cover the whole run. */
#include "tests/unit/test.h"

#include <math.h>
#include <pthread.h>

#include "run/snapshot.h"

enum { PICTURES = 2, ROUNDS = 3000, LAST_ARMS = 3 };

static const struct mae_shape shape = {16, 16, 8, 3, 8, 1, 1, 8, 1, 1, 4, false};

/* Everything in the snapshot follows from its version, so that a torn one is noticed. */
static void fill(struct snapshot *snapshot, uint64_t version)
{
    struct gallery *gallery = &snapshot->gallery;
    snapshot->version = version;
    snapshot->step = (int64_t)version;
    snapshot->total_steps = -(int64_t)version;
    snapshot->arm_count = 1 + (int)(version % LAST_ARMS);
    for (int i = 0; i < snapshot->arm_count; i++) {
        snapshot->arms[i].loss = (double)version + i;
        snapshot->arms[i].probe_step = (int64_t)version;
    }
    snapshot->baseline_visible_mean[0].mean = (double)version;
    snapshot->event_count = (int)(version % SNAPSHOT_EVENTS);
    snapshot->events[SNAPSHOT_EVENTS - 1].step = (int64_t)version;
    if (version % 4 != 1) /* pictures are renewed less often */
        return;
    gallery->version++;
    gallery->step = (int64_t)version;
    gallery->images = PICTURES;
    gallery->arms = 1 + (int)(gallery->version % LAST_ARMS);
    size_t picture = (size_t)(gallery->width * gallery->height * 3);
    memset(gallery->original, (int)(version % 251), PICTURES * picture);
    memset(gallery->prediction, (int)(version % 251), PICTURES * picture * (size_t)gallery->arms);
    for (int i = 0; i < PICTURES * gallery->arms; i++)
        gallery->mse[i] = (float)gallery->step;
}

static void check_gallery(const struct gallery *gallery)
{
    size_t bytes = (size_t)(gallery->width * gallery->height * 3 * PICTURES);
    for (size_t i = 0; i < bytes; i++)
        assert_int_equal(gallery->original[i], gallery->step % 251);
    for (size_t i = 0; i < bytes * (size_t)gallery->arms; i++)
        assert_int_equal(gallery->prediction[i], gallery->step % 251);
    for (int i = 0; i < PICTURES * gallery->arms; i++)
        assert_true(gallery->mse[i] == (float)gallery->step);
}

static void check(const struct snapshot *snapshot)
{
    int64_t version = (int64_t)snapshot->version;
    assert_int_equal(snapshot->step, version);
    assert_int_equal(snapshot->total_steps, -version);
    assert_int_equal(snapshot->arm_count, 1 + version % LAST_ARMS);
    for (int i = 0; i < snapshot->arm_count; i++) {
        assert_true(snapshot->arms[i].loss == (double)version + i);
        assert_int_equal(snapshot->arms[i].probe_step, version);
    }
    assert_true(snapshot->baseline_visible_mean[0].mean == (double)version);
    assert_int_equal(snapshot->events[SNAPSHOT_EVENTS - 1].step, version);
    assert_int_equal(snapshot->gallery.step, version - (version - 1) % 4);
    check_gallery(&snapshot->gallery);
}

static void *publish_all(void *context)
{
    struct snapshot_channel *channel = context;
    struct snapshot *live = malloc(sizeof *live);
    struct error error;
    if (!live || !snapshot_init(live, &shape, PICTURES, &error))
        abort();
    for (uint64_t version = 1; version <= ROUNDS; version++) {
        fill(live, version);
        snapshot_publish(channel, live);
    }
    snapshot_release(live);
    free(live);
    return NULL;
}

static void test_two_threads(void **state)
{
    (void)state;
    struct error error;
    struct snapshot_channel *channel = snapshot_channel_new(&shape, PICTURES, &error);
    assert_non_null(channel);
    assert_int_equal(snapshot_take(channel)->version, 0);
    pthread_t writer;
    assert_int_equal(pthread_create(&writer, NULL, publish_all, channel), 0);
    uint64_t seen = 0;
    while (seen < ROUNDS) {
        const struct snapshot *snapshot = snapshot_take(channel);
        assert_true(snapshot->version >= seen); /* never an older one */
        seen = snapshot->version;
        if (seen > 0)
            check(snapshot);
    }
    pthread_join(writer, NULL);
    assert_int_equal(snapshot_take(channel)->version, ROUNDS); /* it stays */
    snapshot_channel_free(channel);
}

/* A reader that never comes holds nobody up; one that comes late sees the newest. */
static void test_absent_reader(void **state)
{
    (void)state;
    struct error error;
    struct snapshot_channel *channel = snapshot_channel_new(&shape, PICTURES, &error);
    assert_non_null(channel);
    publish_all(channel);
    const struct snapshot *snapshot = snapshot_take(channel);
    assert_int_equal(snapshot->version, ROUNDS);
    check(snapshot);
    assert_ptr_equal(snapshot_take(channel), snapshot);
    snapshot_channel_free(channel);
}

/* Whatever its length, a curve spans all steps and its points are the means of theirs. */
static void test_curve(void **state)
{
    (void)state;
    static const int lengths[] = {1, 2, 1023, 1024, 1025, 1026, 1027, 2047, 2048, 2049, 10000};
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        struct curve curve = {0};
        for (int step = 1; step <= lengths[i]; step++)
            curve_add(&curve, step, step);
        assert_in_range(curve.count, 1, CURVE_POINTS);
        assert_true(lengths[i] < CURVE_POINTS ? curve.count == lengths[i]
                                              : curve.count >= CURVE_POINTS / 2);
        assert_true(curve.step[curve.count - 1] == (float)lengths[i]);
        double first = 1;
        for (int point = 0; point < curve.count; point++) {
            double last = curve.step[point];
            assert_near(curve.value[point], (first + last) / 2, 1e-3 * last);
            assert_true(last - first + 1 == (double)curve.stride || point == curve.count - 1);
            first = last + 1;
        }
    }
}

static void test_curve_keeps_what_is_no_number(void **state)
{
    (void)state;
    struct curve curve = {0};
    curve_add(&curve, 1, 2);
    curve_add(&curve, 2, NAN);
    curve_add(&curve, 3, INFINITY);
    curve_add(&curve, 4, 3);
    assert_true(curve.value[0] == 2 && isnan(curve.value[1]) && isinf(curve.value[2]));
    assert_true(curve.value[3] == 3);
    curve_clear(&curve);
    assert_int_equal(curve.count, 0);
}

/* The state is said once, and what the message adds to it. */
static void test_state_text(void **state)
{
    (void)state;
    static const struct {
        enum run_state state;
        const char *message, *expected;
    } cases[] = {{RUN_TRAINING, "", "training"},
                 {RUN_EVALUATING, "83%", "evaluating 83%"},
                 {RUN_FAILED, "the disk is full", "failed: the disk is full"}};
    struct snapshot *snapshot = calloc(1, sizeof *snapshot);
    assert_non_null(snapshot);
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        char text[STATE_TEXT_SIZE];
        snapshot->state = cases[i].state;
        text_copy(snapshot->message, sizeof snapshot->message, cases[i].message);
        run_state_write(snapshot, text);
        assert_string_equal(text, cases[i].expected);
    }
    free(snapshot);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_two_threads), cmocka_unit_test(test_absent_reader),
        cmocka_unit_test(test_curve),       cmocka_unit_test(test_curve_keeps_what_is_no_number),
        cmocka_unit_test(test_state_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
