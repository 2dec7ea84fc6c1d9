/* The run's record: what goes in comes out, through NaN, kill -9, a full disk and other readers. */
#include "tests/unit/test.h"

#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memory.h"
#include "run/store.h"
#include "tests/unit/run_folder.h"

static char path[FILE_PATH_SIZE];
static struct error error;

static struct store *open_store(enum store_mode mode)
{
    struct store *store = store_open(path, mode, &error);
    if (!store)
        print_message("%s\n", error.message);
    assert_non_null(store);
    return store;
}

/* A metric's values, whose arrays the caller releases. */
static struct store_series read_series(struct store *store, int arm, const char *name)
{
    struct store_series series = {0};
    assert_true(store_read_series(store, arm, name, &series, &error));
    return series;
}

static size_t count_metric(struct store *store, int arm, const char *name)
{
    struct store_series series = read_series(store, arm, name);
    size_t count = series.count;
    store_series_release(&series);
    return count;
}

struct tally {
    size_t count, limit;
    char names[4][64];
    struct store_event event;
    struct store_evaluation evaluations[8];
    char strategies[8][16];
};

static bool tally_arm(void *context, int id, const char *name, enum store_arm_kind kind)
{
    struct tally *tally = context;
    snprintf(tally->names[tally->count++], 64, "%d %s %d", id, name, (int)kind);
    return true;
}

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

static bool tally_evaluation(void *context, const struct store_evaluation *evaluation)
{
    struct tally *tally = context;
    snprintf(tally->strategies[tally->count], sizeof tally->strategies[0], "%s",
             evaluation->strategy);
    tally->evaluations[tally->count++] = *evaluation;
    return tally->count < tally->limit;
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

/* Another connection reads while a transaction is open, and in the middle of its own rows. */
struct interleaved {
    struct store *writer;
    size_t seen;
};

static bool write_while_reading(void *context, int64_t step, double value)
{
    (void)value;
    struct interleaved *both = context;
    both->seen++;
    return store_begin(both->writer, &error) &&
           store_add_metric(both->writer, 1000 + step, 1, "interleaved", 0, &error) &&
           store_commit(both->writer, &error);
}

static void test_reader_beside_writer(void **state)
{
    (void)state;
    struct interleaved both = {.writer = open_store(STORE_APPEND)};
    struct store *reader = open_store(STORE_READ);
    assert_true(store_begin(both.writer, &error));
    for (int step = 0; step < 5; step++)
        assert_true(store_add_metric(both.writer, step, 1, "interleaved", step, &error));
    assert_int_equal(count_metric(reader, 1, "interleaved"), 0);
    assert_true(store_commit(both.writer, &error));
    assert_true(store_read_metric(reader, 1, "interleaved", 0, write_while_reading, &both, &error));
    assert_int_equal(both.seen, 5); /* the reader saw one state of the file */
    struct store_series series = read_series(reader, 1, "interleaved");
    assert_int_equal(series.count, 10);
    store_series_release(&series);
    assert_true(store_sync(both.writer, &error));
    store_close(both.writer);
    store_close(reader);
}

/* Between begin and end a reader sees one state, however much is written meanwhile. */
static void test_one_state(void **state)
{
    (void)state;
    struct store *writer = open_store(STORE_APPEND), *reader = open_store(STORE_READ);
    assert_false(store_begin_reading(writer, &error));
    assert_int_equal(error.code, ERROR_USAGE);
    assert_true(store_begin_reading(reader, &error));
    assert_false(store_begin_reading(reader, &error));
    assert_int_equal(count_metric(reader, 1, "growing"), 0);
    assert_true(store_begin(writer, &error) &&
                store_add_metric(writer, 1, 1, "growing", 0, &error) &&
                store_commit(writer, &error));
    assert_int_equal(count_metric(reader, 1, "growing"), 0);
    store_end_reading(reader);
    assert_int_equal(count_metric(reader, 1, "growing"), 1);
    assert_true(store_begin_reading(reader, &error));
    store_close(reader);
    store_close(writer);
}

enum { KILLED_BATCH = 500 };

/* Commits batches for ever, telling the parent after each. */
static void write_until_killed(int tell)
{
    struct store *store = store_open(path, STORE_APPEND, &error);
    for (int64_t step = 0; store; step++) {
        bool good = step % KILLED_BATCH != 0 || store_begin(store, &error);
        good = good && store_add_metric(store, step, 1, "killed", (double)step, &error);
        if (good && (step + 1) % KILLED_BATCH == 0)
            good = store_commit(store, &error) && write(tell, "x", 1) == 1;
        if (!good)
            break;
    }
    _exit(1);
}

static void test_kill_during_transactions(void **state)
{
    (void)state;
    for (size_t batches = 1; batches <= 4; batches++) {
        int pipes[2];
        assert_int_equal(pipe2(pipes, O_CLOEXEC), 0);
        pid_t child = fork();
        if (child == 0)
            write_until_killed(pipes[1]);
        close(pipes[1]);
        char byte;
        for (size_t i = 0; i < batches; i++)
            assert_int_equal(read(pipes[0], &byte, 1), 1);
        kill(child, SIGKILL);
        int status;
        waitpid(child, &status, 0);
        assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
        close(pipes[0]);
        struct store *store = open_store(batches % 2 ? STORE_READ : STORE_APPEND);
        struct store_series series = read_series(store, 1, "killed");
        assert_true(series.count >= batches * KILLED_BATCH && series.count % KILLED_BATCH == 0);
        for (size_t i = 0; i < series.count; i++)
            assert_true(series.steps[i] == (int64_t)i && series.values[i] == (double)i);
        store_series_release(&series);
        store_close(store);
    }
}

static bool add_batch(struct store *store, int64_t step)
{
    bool good = store_begin(store, &error);
    for (int i = 0; good && i < 2000; i++)
        good = store_add_metric(store, step * 2000 + i, 1, "full", i, &error);
    return good && store_commit(store, &error);
}

/* Exit status 0: everything was as it should be. */
static int fill_the_disk(void)
{
    struct store *store = store_open(path, STORE_APPEND, &error);
    struct stat status;
    if (!store || stat(path, &status) != 0)
        return 1;
    struct rlimit limit, small;
    getrlimit(RLIMIT_FSIZE, &limit);
    small = limit;
    small.rlim_cur = (rlim_t)status.st_size + 100000;
    signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &small);
    int64_t batches = 0;
    while (batches < 1000 && add_batch(store, batches))
        batches++;
    if (batches == 1000 || error.code != ERROR_IO || !strstr(error.message, path))
        return 2;
    setrlimit(RLIMIT_FSIZE, &limit);
    if (!add_batch(store, batches)) /* the same rows again, now that there is room */
        return 3;
    struct store_series series = {0};
    if (!store_read_series(store, 1, "full", &series, &error) ||
        series.count != (size_t)(batches + 1) * 2000)
        return 4;
    store_series_release(&series);
    store_close(store);
    return 0;
}

static void test_full_disk(void **state)
{
    (void)state;
    pid_t child = fork();
    if (child == 0)
        _exit(fill_the_disk());
    int status;
    waitpid(child, &status, 0);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

static void patch_header(long offset, const unsigned char bytes[4])
{
    FILE *stream = fopen(path, "r+b");
    assert_non_null(stream);
    assert_int_equal(fseek(stream, offset, SEEK_SET), 0);
    assert_int_equal(fwrite(bytes, 4, 1, stream), 1);
    assert_int_equal(fclose(stream), 0);
}

/* Makes of the record what a program that knew schema 1 only would have written. */
static void take_back_to_schema_1(void)
{
    sqlite3 *database;
    assert_int_equal(sqlite3_open(path, &database), SQLITE_OK);
    assert_int_equal(sqlite3_exec(database,
                                  "DROP VIEW distances; DROP VIEW positions;"
                                  "DROP TABLE distance_errors; DROP TABLE position_errors;"
                                  "DROP TABLE probe_cells; DROP TABLE probe_values;"
                                  "DROP TABLE probe_images; DROP TABLE probes;"
                                  "PRAGMA user_version = 1",
                                  NULL, NULL, NULL),
                     SQLITE_OK);
    sqlite3_close(database);
}

static bool tally_distance(void *context, const struct store_distance *row)
{
    struct tally *tally = context;
    snprintf(tally->names[tally->count++ % 4], 64, "%lld %d %s %g %lld %d %d %g",
             (long long)row->step, row->arm, row->strategy, row->ratio, (long long)row->image,
             row->distance, row->patches, row->mse);
    return tally->count < 4;
}

static bool tally_position(void *context, const struct store_position *row)
{
    struct tally *tally = context;
    snprintf(tally->names[tally->count++ % 4], 64, "%lld %d %s %g %d %lld %g %g",
             (long long)row->step, row->arm, row->strategy, row->ratio, row->position,
             (long long)row->images, row->mse, row->sd);
    return tally->count < 4;
}

static void add_profiles(struct store *store, int64_t step, double mse)
{
    int cell, again, other;
    assert_true(store_add_cell(store, "random", 0.75, &cell, &error));
    assert_true(store_add_cell(store, "random", 0.5, &other, &error));
    assert_true(store_add_cell(store, "random", 0.75, &again, &error));
    assert_true(cell == again && cell != other);
    assert_true(store_add_distance(store,
                                   &(struct store_distance){.step = step,
                                                            .arm = 1,
                                                            .cell = cell,
                                                            .image = 9,
                                                            .distance = 2,
                                                            .patches = 11,
                                                            .mse = mse},
                                   &error));
    assert_true(store_add_position(store,
                                   &(struct store_position){.step = step,
                                                            .arm = 1,
                                                            .cell = other,
                                                            .position = 63,
                                                            .images = 7,
                                                            .mse = mse,
                                                            .sd = 0.5},
                                   &error));
}

/* ---- Outcomes of downstream tasks ---- */

static bool tally_probe(void *context, const struct store_probe *row)
{
    struct tally *tally = context;
    snprintf(tally->names[tally->count++ % 4], 64, "%lld %d %s %s %lld %s %s %lld %lld %g",
             (long long)row->step, row->arm, row->task, row->variant, (long long)row->seed,
             row->key, row->data, (long long)row->images, (long long)row->classes, row->seconds);
    tally->limit = (int)row->id;
    return true;
}

static bool tally_probe_value(void *context, const char *name, double value)
{
    struct tally *tally = context;
    snprintf(tally->names[tally->count++ % 4], 64, "%s %g", name, value);
    return true;
}

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

/* A record of the first schema can be read, is left as it is by reading, and is brought up to date
 * when it is gone on with. */
static void test_migration(void **state)
{
    (void)state;
    struct tally before = {.limit = 8}, after = {.limit = 8}, profile = {0};
    struct store_evaluation row = {.step = 2, .arm = 1, .strategy = "random", .label = -1};
    struct store *old = open_store(STORE_APPEND);
    assert_true(store_begin(old, &error) && store_add_evaluation(old, &row, &error) &&
                store_commit(old, &error));
    store_close(old);
    take_back_to_schema_1();
    for (int i = 0; i < 2; i++) {
        struct store *store = open_store(STORE_READ);
        before.count = 0;
        assert_true(store_read_evaluations(store, STORE_EVERY_ARM, STORE_LATEST, tally_evaluation,
                                           &before, &error));
        assert_true(store_read_distances(store, 1, STORE_LATEST, tally_distance, &profile, &error));
        assert_true(store_read_positions(store, 1, STORE_LATEST, tally_position, &profile, &error));
        store_close(store);
    }
    assert_true(before.count > 0 && profile.count == 0);
    struct store *store = open_store(STORE_APPEND);
    assert_true(store_begin(store, &error));
    add_profiles(store, 3, 0.25);
    add_profiles(store, 5, 0.125);
    assert_true(store_commit(store, &error));
    store_close(store);
    store = open_store(STORE_READ);
    assert_true(store_read_evaluations(store, STORE_EVERY_ARM, STORE_LATEST, tally_evaluation,
                                       &after, &error));
    assert_int_equal(before.count, after.count);
    assert_true(store_read_distances(store, 1, STORE_LATEST, tally_distance, &profile, &error));
    assert_true(store_read_positions(store, 1, STORE_LATEST, tally_position, &profile, &error));
    assert_int_equal(profile.count, 2); /* the newest of each */
    assert_string_equal(profile.names[0], "5 1 random 0.75 9 2 11 0.125");
    assert_string_equal(profile.names[1], "5 1 random 0.5 63 7 0.125 0.5");
    store_close(store);
    store = open_store(STORE_APPEND);
    assert_true(store_begin(store, &error) && store_truncate_after(store, 4, false, &error) &&
                store_commit(store, &error));
    profile.count = 0;
    assert_true(store_read_distances(store, 1, STORE_LATEST, tally_distance, &profile, &error));
    assert_string_equal(profile.names[0], "3 1 random 0.75 9 2 11 0.25");
    store_close(store);
}

static void test_refused_files(void **state)
{
    (void)state;
    enum { USER_VERSION = 60, APPLICATION_ID = 68 }; /* SQLite's file header */
    static const enum store_mode modes[] = {STORE_READ, STORE_APPEND};
    for (size_t i = 0; i < 2; i++) {
        patch_header(USER_VERSION, (const unsigned char[]){0, 0, 0, STORE_SCHEMA + 1});
        assert_null(store_open(path, modes[i], &error));
        assert_int_equal(error.code, ERROR_DATA);
        assert_non_null(strstr(error.message, "newer"));
        patch_header(USER_VERSION, (const unsigned char[]){0, 0, 0, STORE_SCHEMA});
        store_close(open_store(modes[i]));
    }
    patch_header(APPLICATION_ID, (const unsigned char[]){0, 0, 0, 0});
    assert_null(store_open(path, STORE_READ, &error));
    assert_non_null(strstr(error.message, "not a run's record"));
    patch_header(0, (const unsigned char *)"nope");
    assert_null(store_open(path, STORE_READ, &error));
    assert_int_equal(error.code, ERROR_DATA);
    assert_null(store_open(path, STORE_APPEND, &error));
    assert_int_equal(error.code, ERROR_DATA);
    assert_int_equal(truncate(path, 0), 0);
    assert_null(store_open(path, STORE_APPEND, &error));
    assert_int_equal(error.code, ERROR_DATA);
    assert_null(store_open("/nonexistent/run.db", STORE_READ, &error));
    assert_int_equal(error.code, ERROR_INPUT);
    assert_null(store_open("/nonexistent/run.db", STORE_CREATE, &error));
    assert_int_equal(error.code, ERROR_CREATE);
}

/* ---- A record that somebody else made ---- */

static bool ignore_name(void *context, const char *name)
{
    (void)context;
    return strlen(name) < 100;
}

static bool ignore_event(void *context, const struct store_event *event)
{
    (void)context;
    return strlen(event->kind) < 100;
}

static bool take_anything(struct store *store)
{
    struct tally tally = {.limit = 4};
    struct text value = {0};
    bool good = store_read_arms(store, tally_arm, &tally, &error) &&
                store_read_metric_names(store, ignore_name, NULL, &error) &&
                store_read_events(store, 0, ignore_event, NULL, &error) &&
                store_read_evaluations(store, STORE_EVERY_ARM, STORE_LATEST, tally_evaluation,
                                       &tally, &error) &&
                store_read_distances(store, 1, STORE_LATEST, tally_distance, &tally, &error) &&
                store_read_positions(store, 1, STORE_LATEST, tally_position, &tally, &error) &&
                store_read_probes(store, tally_probe, &tally, &error) &&
                store_read_probe_values(store, 1, tally_probe_value, &tally, &error) &&
                store_get_meta(store, "key", &value, NULL, &error);
    text_release(&value);
    return good;
}

/* A text that must be there, and is NULL: wherever it is, the record is refused. */
static void test_missing_texts(void **state)
{
    (void)state;
    static const char *const rows[] = {
        "CREATE TABLE arms(id INTEGER PRIMARY KEY, name, kind)",
        "CREATE TABLE metric_names(id INTEGER PRIMARY KEY, name)",
        "CREATE TABLE metric_values(metric, arm, step, value)",
        "CREATE TABLE probe_images(probe, image, label, predicted, value)",
        "CREATE TABLE events(id INTEGER PRIMARY KEY, step, time, arm, kind, name, old, new, note)",
        "CREATE TABLE evaluations(step, arm, strategy, ratio, image, mask, hidden, label, mse)",
        "CREATE TABLE probe_cells(id INTEGER PRIMARY KEY, strategy, ratio)",
        "CREATE TABLE distance_errors(arm, step, cell, image, distance, patches, mse)",
        "CREATE TABLE position_errors(arm, step, cell, position, images, mse, sd)",
        "CREATE TABLE probes(id INTEGER PRIMARY KEY, step, arm, task, variant, seed, key, data,"
        " images, classes, time, seconds)",
        "CREATE TABLE probe_values(probe, name, value)",
        "CREATE TABLE meta(key, value)",
        "INSERT INTO arms VALUES (1, 'a', 'arm')",
        "INSERT INTO metric_names VALUES (1, 'loss')",
        "INSERT INTO events VALUES (1, 1, 1, 0, 'note', NULL, NULL, NULL, NULL)",
        "INSERT INTO evaluations VALUES (1, 1, 'random', .5, 1, 0, 1, 1, .5)",
        "INSERT INTO probe_cells VALUES (1, 'random', .5)",
        "INSERT INTO distance_errors VALUES (1, 1, 1, 1, 1, 1, .5)",
        "INSERT INTO position_errors VALUES (1, 1, 1, 1, 1, .5, .5)",
        "INSERT INTO probes VALUES (1, 1, 1, 'knn', 'v', 0, 'k', 'd', 1, 1, 1, 1)",
        "INSERT INTO probe_values VALUES (1, 'accuracy', .5)",
        "INSERT INTO meta VALUES ('key', 'value')",
        "PRAGMA application_id = 1297302352; PRAGMA user_version = 3",
    };
    static const char *const losses[][2] = {
        {"arms", "name"},
        {"arms", "kind"},
        {"metric_names", "name"},
        {"events", "kind"},
        {"probes", "task"},
        {"evaluations", "strategy"},
        {"probe_cells", "strategy"},
        {"probes", "variant"},
        {"probes", "key"},
        {"probes", "data"},
        {"probe_values", "name"},
        {"meta", "value"},
    };
    sqlite3 *database;
    char sql[96];
    unlink(path);
    assert_int_equal(sqlite3_open(path, &database), SQLITE_OK);
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++)
        assert_int_equal(sqlite3_exec(database, rows[i], NULL, NULL, NULL), SQLITE_OK);
    struct store *store = open_store(STORE_READ);
    if (!take_anything(store))
        fail_msg("%s", error.message);
    for (size_t i = 0; i < ARRAY_LENGTH(losses); i++) {
        snprintf(sql, sizeof sql, "BEGIN; UPDATE %s SET %s = NULL; COMMIT", losses[i][0],
                 losses[i][1]);
        assert_int_equal(sqlite3_exec(database, sql, NULL, NULL, NULL), SQLITE_OK);
        if (take_anything(store))
            fail_msg("%s was not missed", sql);
        assert_int_equal(error.code, ERROR_DATA);
        if (!strstr(error.message, losses[i][1]))
            fail_msg("%s: %s", sql, error.message);
        snprintf(sql, sizeof sql, "UPDATE %s SET %s = 'arm'", losses[i][0], losses[i][1]);
        assert_int_equal(sqlite3_exec(database, sql, NULL, NULL, NULL), SQLITE_OK);
    }
    assert_true(take_anything(store));
    store_close(store);
    /* A view that never ends, in place of a table. */
    assert_int_equal(
        sqlite3_exec(database,
                     "DROP TABLE evaluations; CREATE VIEW evaluations AS"
                     " WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)"
                     " SELECT 1 AS step, 1 AS arm, 'random' AS strategy, .5 AS ratio,"
                     " i AS image, 0 AS mask, 1 AS hidden, 1 AS label, .5 AS mse FROM n",
                     NULL, NULL, NULL),
        SQLITE_OK);
    assert_null(store_open(path, STORE_READ, &error));
    assert_int_equal(error.code, ERROR_DATA);
    assert_non_null(strstr(error.message, "damaged"));
    sqlite3_close(database);
}

static int set_up(void **state)
{
    test_folder_make(state);
    return file_join(path, sizeof path, test_folder, "run.db", &error) ? 0 : -1;
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
        cmocka_unit_test(test_reader_beside_writer),
        cmocka_unit_test(test_one_state),
        cmocka_unit_test(test_kill_during_transactions),
        cmocka_unit_test(test_full_disk),
        cmocka_unit_test(test_probes),
        cmocka_unit_test(test_migration),
        cmocka_unit_test(test_refused_files),
        cmocka_unit_test(test_missing_texts),
    };
    return cmocka_run_group_tests(tests, set_up, test_folder_remove);
}
