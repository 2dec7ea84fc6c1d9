/* The run's record: what goes in comes out, through NaN, failures and cuts. */
#include "tests/unit/test.h"

#include <math.h>

#include "tests/unit/run_record.h"

static void test_arms_and_meta(void **state)
{
    (void)state;
    struct store *store = open_store(STORE_CREATE);
    int block, mean, again;
    assert_false(store_set_meta(store, "host", "x", &error)); /* no transaction */
    assert_int_equal(error.code, ERROR_USAGE);
    assert_true(store_begin(store, &error));
    assert_false(store_begin(store, &error));
    assert_false(store_sync(store, &error));
    assert_true(store_add_arm(store, "block", STORE_KIND_ARM, &block, &error));
    assert_true(store_add_arm(store, "visible-mean", STORE_KIND_BASELINE, &mean, &error));
    assert_true(store_add_arm(store, "block", STORE_KIND_ARM, &again, &error));
    assert_int_equal(block, again);
    assert_true(store_add_arm(store, "block", STORE_KIND_BASELINE, &again, &error));
    assert_int_not_equal(block, again);
    assert_true(store_set_meta(store, "host", "first", &error));
    assert_true(store_set_meta(store, "host", "'); DROP TABLE meta; --", &error));
    assert_true(store_commit(store, &error));
    store_close(store);

    assert_null(store_open(path, STORE_CREATE, &error));
    assert_int_equal(error.code, ERROR_CREATE);
    store = open_store(STORE_READ);
    struct tally tally = {0};
    assert_true(store_read_arms(store, tally_arm, &tally, &error));
    assert_int_equal(tally.count, 3);
    assert_string_equal(tally.names[0], "1 block 1");
    assert_string_equal(tally.names[1], "2 visible-mean 2");
    struct text value = {0};
    bool found;
    assert_true(store_get_meta(store, "host", &value, &found, &error));
    assert_true(found);
    assert_string_equal(text_of(&value), "'); DROP TABLE meta; --");
    text_clear(&value);
    assert_true(store_get_meta(store, "missing", &value, &found, &error));
    assert_false(found);
    assert_string_equal(text_of(&value), "");
    text_release(&value);
    assert_false(store_begin(store, &error));
    store_close(store);
}

static bool stop_after_two(void *context, int64_t step, double value)
{
    (void)step, (void)value;
    return ++*(int *)context < 2;
}

static void test_metrics(void **state)
{
    (void)state;
    struct store *store = open_store(STORE_APPEND);
    assert_true(store_begin(store, &error));
    for (int64_t step = 2000; step >= 0; step--) {
        double value = step == 7   ? NAN
                       : step == 8 ? INFINITY
                       : step == 9 ? -INFINITY
                                   : 1.0 / (double)(step + 1);
        assert_true(store_add_metric(store, step, 1, "loss", value, &error));
        assert_true(store_add_metric(store, step, 2, "loss", 2, &error));
    }
    assert_true(store_add_metric(store, 5, 1, "loss", 42, &error)); /* replaces */
    assert_true(store_add_metric(store, 5, STORE_RUN, "a 'name'", 0.1, &error));
    assert_true(store_commit(store, &error));
    struct store_series series = read_series(store, 1, "loss");
    assert_int_equal(series.count, 2001);
    for (size_t i = 0; i < series.count; i++)
        assert_int_equal(series.steps[i], i);
    assert_true(isnan(series.values[7]) && series.values[8] == INFINITY &&
                series.values[9] == -INFINITY && series.values[5] == 42 &&
                series.values[2] == 1.0 / 3);
    assert_true(store_read_series(store, STORE_RUN, "a 'name'", &series, &error));
    assert_true(series.count == 1 && series.values[0] == 0.1);
    assert_true(store_read_series(store, 1, "no such", &series, &error));
    assert_int_equal(series.count, 0);
    store_series_release(&series);
    int visits = 0;
    assert_true(store_read_metric(store, 1, "loss", 100, stop_after_two, &visits, &error));
    assert_int_equal(visits, 2);
    store_close(store);
}

static bool tally_event(void *context, const struct store_event *event)
{
    struct tally *tally = context;
    assert_int_equal(event->step, tally->count == 0 ? 3 : 5);
    if (tally->count == 1) {
        assert_string_equal(event->kind, "set");
        assert_string_equal(event->name, "ratio");
        assert_string_equal(event->old_value, "0.75");
        assert_string_equal(event->new_value, "0.76");
        assert_null(event->note);
        assert_true(event->time == 1234.5);
        assert_int_equal(event->arm, 1);
    }
    tally->event.id = event->id;
    tally->count++;
    return true;
}

static void test_events(void **state)
{
    (void)state;
    struct store *store = open_store(STORE_APPEND);
    const struct store_event set = {.step = 5,
                                    .time = 1234.5,
                                    .arm = 1,
                                    .kind = "set",
                                    .name = "ratio",
                                    .old_value = "0.75",
                                    .new_value = "0.76"};
    const struct store_event note = {.step = 3, .kind = "note", .note = "\xff \xc3\xa9 'x'"};
    assert_true(store_begin(store, &error));
    assert_true(store_add_event(store, &set, &error));
    assert_true(store_add_event(store, &note, &error));
    assert_true(store_commit(store, &error));
    struct tally tally = {0};
    assert_true(store_read_events(store, 0, tally_event, &tally, &error));
    assert_int_equal(tally.count, 2);
    struct tally later = {.count = 0};
    assert_true(store_read_events(store, 1, tally_event, &later, &error)); /* the note alone */
    assert_int_equal(later.count, 1);
    store_close(store);
}

static void test_evaluations(void **state)
{
    (void)state;
    struct store *store = open_store(STORE_APPEND);
    struct store_evaluation evaluation = {.step = 10,
                                          .arm = 1,
                                          .strategy = "random",
                                          .ratio = 0.75,
                                          .image = 3,
                                          .mask = 1,
                                          .hidden = 48,
                                          .label = -1,
                                          .mse = NAN};
    assert_true(store_begin(store, &error));
    assert_true(store_add_evaluation(store, &evaluation, &error));
    evaluation.step = 20;
    evaluation.label = 0;
    evaluation.mse = 0.25;
    assert_true(store_add_evaluation(store, &evaluation, &error));
    evaluation.strategy = "block";
    assert_true(store_add_evaluation(store, &evaluation, &error));
    evaluation.arm = 2; /* its latest step is another */
    evaluation.step = 10;
    assert_true(store_add_evaluation(store, &evaluation, &error));
    assert_true(store_commit(store, &error));

    struct tally latest = {.limit = 8};
    assert_true(store_read_evaluations(store, STORE_EVERY_ARM, STORE_LATEST, tally_evaluation,
                                       &latest, &error));
    assert_int_equal(latest.count, 3);
    assert_string_equal(latest.strategies[0], "block");
    assert_string_equal(latest.strategies[1], "random");
    assert_true(latest.evaluations[1].step == 20 && latest.evaluations[1].mse == 0.25 &&
                latest.evaluations[1].label == 0 && latest.evaluations[1].ratio == 0.75 &&
                latest.evaluations[1].image == 3 && latest.evaluations[1].mask == 1 &&
                latest.evaluations[1].hidden == 48);
    assert_true(latest.evaluations[2].arm == 2 && latest.evaluations[2].step == 10);
    struct tally first = {.limit = 8};
    assert_true(store_read_evaluations(store, 1, 10, tally_evaluation, &first, &error));
    assert_int_equal(first.count, 1);
    assert_true(isnan(first.evaluations[0].mse) && first.evaluations[0].label == -1);
    struct tally every = {.limit = 8}, cut = {.limit = 1};
    assert_true(store_read_evaluations(store, STORE_EVERY_ARM, STORE_EVERY_STEP, tally_evaluation,
                                       &every, &error));
    assert_int_equal(every.count, 4);
    assert_true(store_read_evaluations(store, STORE_EVERY_ARM, STORE_EVERY_STEP, tally_evaluation,
                                       &cut, &error));
    assert_int_equal(cut.count, 1);
    store_close(store);
}

static void test_failure_rolls_back(void **state)
{
    (void)state;
    struct store *store = open_store(STORE_APPEND);
    assert_true(store_begin(store, &error));
    assert_true(store_add_metric(store, 1, 1, "rolled back", 1, &error));
    assert_false(store_add_metric(store, 1, 99, "loss", 1, &error)); /* there is no arm 99 */
    assert_int_equal(error.code, ERROR_DATA);
    assert_non_null(strstr(error.message, path));
    assert_false(store_add_metric(store, 2, 1, "rolled back", 1, &error));
    assert_false(store_commit(store, &error));
    assert_int_equal(count_metric(store, 1, "rolled back"), 0);
    assert_true(store_begin(store, &error));
    assert_true(store_add_metric(store, 1, 1, "rolled back", 1, &error));
    store_rollback(store);
    assert_int_equal(count_metric(store, 1, "rolled back"), 0);
    store_close(store);
}

static void test_truncate(void **state)
{
    (void)state;
    struct store *store = open_store(STORE_APPEND);
    assert_true(store_begin(store, &error));
    assert_true(store_truncate_after(store, 10, false, &error));
    assert_true(store_commit(store, &error));
    struct store_series series = read_series(store, 2, "loss");
    assert_true(series.count == 11 && series.steps[10] == 10);
    store_series_release(&series);
    struct tally evaluations = {.limit = 8}, events = {0};
    assert_true(store_read_evaluations(store, STORE_EVERY_ARM, STORE_EVERY_STEP, tally_evaluation,
                                       &evaluations, &error));
    assert_int_equal(evaluations.count, 2);
    assert_true(store_begin(store, &error));
    assert_true(store_truncate_after(store, 3, false, &error));
    assert_true(store_commit(store, &error));
    assert_true(store_read_events(store, 0, tally_event, &events, &error));
    assert_int_equal(events.count, 2); /* what was done stays on record ... */
    events.count = 0;
    assert_true(store_begin(store, &error));
    assert_true(store_truncate_after(store, 3, true, &error)); /* ... unless asked for */
    assert_true(store_commit(store, &error));
    assert_true(store_read_events(store, 0, tally_event, &events, &error));
    assert_int_equal(events.count, 1);
    store_close(store);
}

/* ---- Outcomes of downstream tasks ---- */

static bool tally_probe_image(void *context, const struct store_probe_image *image)
{
    struct tally *tally = context;
    snprintf(tally->names[tally->count++ % 4], 64, "%lld %d %d %g", (long long)image->image,
             image->label, image->predicted, image->value);
    return true;
}

static void add_probe(struct store *store, int64_t step, const char *variant, double accuracy)
{
    struct store_probe probe = {.step = step,
                                .arm = STORE_RUN,
                                .task = "knn",
                                .variant = variant,
                                .seed = 4,
                                .key = "abc",
                                .data = "photos",
                                .images = 2,
                                .classes = 3,
                                .seconds = 0.5};
    int64_t id;
    assert_true(store_drop_probe(store, &probe, &error));
    assert_true(store_add_probe(store, &probe, &id, &error));
    assert_true(store_add_probe_value(store, id, "class_mean", 0.25, &error));
    assert_true(store_add_probe_value(store, id, "accuracy", accuracy, &error));
    assert_true(
        store_add_probe_image(store, id, &(struct store_probe_image){7, 1, 2, NAN}, &error));
    assert_true(
        store_add_probe_image(store, id, &(struct store_probe_image){3, -1, -1, 0.5}, &error));
}

static int64_t read_probes(struct store *store, struct tally *probes, struct tally *values,
                           struct tally *images)
{
    *probes = *values = *images = (struct tally){0};
    assert_true(store_read_probes(store, tally_probe, probes, &error));
    int64_t newest = probes->limit;
    assert_true(store_read_probe_values(store, newest, tally_probe_value, values, &error));
    assert_true(store_read_probe_images(store, newest, tally_probe_image, images, &error));
    return newest;
}

static void test_probes(void **state)
{
    (void)state;
    struct tally probes, values, images;
    struct store *store = open_store(STORE_APPEND);
    assert_true(store_begin(store, &error));
    add_probe(store, 4, "k = 1", 0.5);
    add_probe(store, 9, "k = 1", 0.5);
    add_probe(store, 9, "k = 5", 0.25);
    add_probe(store, 9, "k = 1", 0.75); /* takes the place of the earlier one */
    assert_true(store_commit(store, &error));
    int64_t newest = read_probes(store, &probes, &values, &images);
    assert_int_equal(probes.count, 3);
    assert_string_equal(probes.names[2], "9 0 knn k = 1 4 abc photos 2 3 0.5");
    assert_int_equal(values.count, 2);
    assert_string_equal(values.names[0], "accuracy 0.75");
    assert_int_equal(images.count, 2);
    assert_string_equal(images.names[0], "3 -1 -1 0.5");
    assert_string_equal(images.names[1], "7 1 2 nan");

    assert_true(store_begin(store, &error) && store_truncate_after(store, 4, false, &error) &&
                store_commit(store, &error));
    assert_int_not_equal(read_probes(store, &probes, &values, &images), newest);
    assert_int_equal(probes.count, 1);
    assert_true(store_read_probe_values(store, newest, tally_probe_value, &values, &error));
    assert_int_equal(values.count, 2); /* those of the one that is left: its own went with it */
    store_close(store);
}

int main(void)
{
    /* Each goes on with the record that the one before left. */
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_arms_and_meta),
        cmocka_unit_test(test_metrics),
        cmocka_unit_test(test_events),
        cmocka_unit_test(test_evaluations),
        cmocka_unit_test(test_failure_rolls_back),
        cmocka_unit_test(test_truncate),
        cmocka_unit_test(test_probes),
    };
    return cmocka_run_group_tests(tests, record_place, test_folder_remove);
}
