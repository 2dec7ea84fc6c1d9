/* What goes wrong in a run: disks that are full, folders that vanish, wrong requests. */
#include "tests/unit/test.h"

#include <math.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit/run_trouble.h"

static bool log_tells(const char *what)
{
    struct log_line line;
    uint64_t after = 0;
    while (log_read(lab_log, after, &line, 1) == 1) {
        after = line.number;
        if (strstr(line.text, what))
            return true;
    }
    return false;
}

static void test_other_kernels_are_told(void **state)
{
    (void)state;
    struct config config;
    static const char *const longer[] = {"train.steps=26"};
    lab_config(&config);
    lab_train(&config, "moved", NULL, 0);
    lab_resume("moved", longer, 1);
    assert_false(log_tells("the kernels"));
    struct store *store = store_open(lab_path("moved", "run.db"), STORE_APPEND, &lab_error);
    assert_non_null(store);
    assert_true(store_begin(store, &lab_error));
    assert_true(store_set_meta(store, "kernels", "Elsewhere", &lab_error));
    assert_true(store_commit(store, &lab_error));
    store_close(store);
    lab_resume("moved", NULL, 0);
    assert_true(log_tells("the kernels Elsewhere"));
}

/* A file in the way of the checkpoints, as a disk that is full would be. */
static void block_checkpoints(const char *run)
{
    char folder[FILE_PATH_SIZE];
    text_copy(folder, sizeof folder, lab_path(run, "checkpoints"));
    assert_int_equal(rename(folder, lab_path(run, "aside")), 0);
    FILE *file = fopen(folder, "w");
    assert_non_null(file);
    fclose(file);
}

static void unblock_checkpoints(const char *run)
{
    assert_int_equal(unlink(lab_path(run, "checkpoints")), 0);
    assert_int_equal(rename(lab_path(run, "aside"), lab_path(run, "checkpoints")), 0);
}

static bool checkpoint_failed(const struct snapshot *snapshot)
{
    int last = snapshot->event_count - 1;
    return last >= 0 && !strcmp(snapshot->events[last].kind, "checkpoint-failed");
}

static void test_checkpoint_fails(void **state)
{
    (void)state;
    struct config config;
    lab_config(&config);
    struct scheduled_command pause = lab_at(3, COMMAND_PAUSE, "", "");
    struct run_options options = {.script = &pause, .script_count = 1};
    for (int for_good = 0; for_good < 2; for_good++) {
        const char *name = for_good ? "blocked" : "hindered";
        struct run *run = lab_begin(&config, name, options);
        lab_wait(run, is_paused);
        block_checkpoints(name);
        send(run, COMMAND_CHECKPOINT, "", "");
        assert_int_equal(lab_wait(run, checkpoint_failed)->step, 3);
        if (!for_good)
            unblock_checkpoints(name);
        send(run, COMMAND_GO_ON, "", "");
        enum error_code code = lab_finish(run);
        assert_true(for_good ? code == ERROR_CREATE || code == ERROR_IO : code == ERROR_NONE);
        if (for_good)
            unblock_checkpoints(name);
        /* The training went on all the same. */
        assert_int_equal(count_events(name, "checkpoint-failed").count, for_good ? 3 : 1);
        assert_int_equal(count_events(name, "finished").step, LAB_STEPS);
        assert_true(has_checkpoint(name, LAB_STEPS) == !for_good);
    }
}

/* No file may grow beyond so many bytes; 0: as far as ever. */
static void limit_files(rlim_t bytes)
{
    struct rlimit limit;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
    limit.rlim_cur = bytes ? bytes : limit.rlim_max;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static void test_record_is_full(void **state)
{
    (void)state;
    struct config config;
    lab_config(&config);
    struct scheduled_command pause = lab_at(3, COMMAND_PAUSE, "", "");
    struct run *run =
        lab_begin(&config, "full", (struct run_options){.script = &pause, .script_count = 1});
    lab_wait(run, is_paused);
    limit_files(1);
    send(run, COMMAND_NOTE, "",
         "a remark that does not fit"); /* it is paused: nobody else wakes it */
    enum error_code code = lab_finish(run);
    limit_files(0);
    assert_int_equal(code, ERROR_IO);
    assert_non_null(strstr(lab_error.message, "run.db"));
    assert_null(strstr(strstr(lab_error.message, "run.db") + 1, "run.db")); /* named once */
}

static void test_nothing_left_behind(void **state)
{
    (void)state;
    struct config config;
    lab_config(&config);
    struct run_options options = {.folder = lab_path("never", "")};
    /* Too little for config.yaml; and enough for it, but not for run.db. */
    static const rlim_t limits[] = {1, 8192};
    for (int i = 0; i < 2; i++) {
        limit_files(limits[i]);
        struct run *run = run_start(&config, &options, lab_log, &lab_error);
        limit_files(0);
        assert_null(run);
        assert_int_equal(lab_error.code, ERROR_IO);
        assert_non_null(strstr(lab_error.message, i ? "run.db" : "config.yaml"));
        assert_false(file_exists(options.folder));
    }

    lab_set(&config, "train.batch", "65"); /* of 64 images */
    assert_null(run_start(&config, &options, lab_log, &lab_error));
    assert_int_equal(lab_error.code, ERROR_DATA);
    assert_non_null(strstr(lab_error.message, "train.batch"));
    assert_false(file_exists(options.folder));
}

static void refuse_resume(const char *run, const char *assignment, enum error_code code,
                          const char *message)
{
    struct run *resumed =
        run_resume(lab_path(run, ""), &none, &assignment, assignment ? 1 : 0, lab_log, &lab_error);
    assert_null(resumed);
    assert_int_equal(lab_error.code, code);
    if (!strstr(lab_error.message, message))
        fail_msg("'%s' does not say '%s'", lab_error.message, message);
}

static void test_resume_refused(void **state)
{
    (void)state;
    struct config config;
    lab_config(&config);
    struct scheduled_command stop = lab_at(3, COMMAND_STOP, "", "");
    lab_train(&config, "kept", &stop, 1);
    refuse_resume("nowhere", NULL, ERROR_INPUT, "no such run");
    refuse_resume("kept", "seed=1", ERROR_DATA, "seed: it cannot change");
    refuse_resume("kept", "train.batch=8", ERROR_DATA, "train.batch: it cannot change");
    refuse_resume("kept", "mask.ratio=0.5", ERROR_DATA, "arms.NAME.ratio");
    refuse_resume("kept", "arms.nobody.ratio=0.5", ERROR_DATA, "no arm 'nobody'");
    refuse_resume("kept", "train.stpes=5", ERROR_DATA, "did you mean 'train.steps'?");
    refuse_resume("kept", "train.steps", ERROR_USAGE, "NAME=VALUE");
    assert_int_equal(count_events("kept", "resumed").count, 0);

    lab_write_images("train.bin", 0, LAB_TRAIN + 1); /* one more than the run began with */
    refuse_resume("kept", NULL, ERROR_DATA, "other images");
    lab_write_images("train.bin", 0, LAB_TRAIN);
    assert_int_equal(count_events("kept", "resumed").count, 0);
    lab_resume("kept", NULL, 0);
    assert_int_equal(count_events("kept", "resumed").count, 1);
}

static void test_one_process_at_a_time(void **state)
{
    (void)state;
    struct config config;
    lab_config(&config);
    struct scheduled_command script[] = {lab_at(3, COMMAND_CHECKPOINT, "", ""),
                                         lab_at(5, COMMAND_PAUSE, "", "")};
    struct run *run =
        lab_begin(&config, "busy", (struct run_options){.script = script, .script_count = 2});
    lab_wait(run, is_paused);
    refuse_resume("busy", NULL, ERROR_INPUT, "another process");
    send(run, COMMAND_GO_ON, "", "");
    assert_int_equal(lab_finish(run), ERROR_NONE);
    lab_resume("busy", NULL, 0);
}

/* Six scheduled parts: short enough to be asked for, too long to be asked for again as it would be
 * recorded. */
static void write_long_mixture(struct text *text)
{
    text_append(text, "mixture:parts=[");
    for (int part = 0; part < 6; part++)
        text_append(
            text,
            "%s{strategy: noise,sigma1: {from: .21,to: .3,shape: exp,over: [.1,.9]},"
            "sigma2: {from: .51,to: .6,shape: step,over: [.2,.8],steps: 7},weight: .123456789}",
            part > 0 ? "," : "");
    text_append(text, "]");
    assert_in_range(text->length, COMMAND_VALUE_SIZE - 256, COMMAND_VALUE_SIZE - 32);
}

/* Refused requests change nothing, and what an arm that left owned is not touched again. */
static void test_requests_refused(void **state)
{
    (void)state;
    struct config config;
    struct text mixture = {0}, arm = {0};
    lab_config(&config);
    lab_train(&config, "plain", NULL, 0);
    write_long_mixture(&mixture);
    text_append(&arm, "{strategy: '%s'}", text_of(&mixture));
    struct scheduled_command script[] = {
        lab_at(2, COMMAND_ARM_REMOVE, "random75", ""), /* the only one */
        lab_at(2, COMMAND_ARM_ADD, "first", "{strategy: grid}"),
        lab_at(2, COMMAND_ARM_ADD, "second", "{strategy: block}"),
        lab_at(4, COMMAND_ARM_REMOVE, "first", ""),
        lab_at(4, COMMAND_ARM_ADD, "third", "{strategy: blok}"),
        lab_at(4, COMMAND_ARM_ADD, "a/b", ""),
        lab_at(5, COMMAND_ARM_REMOVE, "second", ""),
        lab_at(5, COMMAND_ARM_ADD, "third", "strategy=block"),
        lab_at(5, COMMAND_SET, "mask.ratio", "0.5"),
        lab_at(5, COMMAND_SET, "train.batch", "8"),
        lab_at(5, COMMAND_SET, "train.nothing", "8"),
        lab_at(5, COMMAND_SET, "arms.second.ratio", "0.5"),
        lab_at(5, COMMAND_SET, "arms.random75.ratio", "1.5"),
        lab_at(5, COMMAND_SET, "arms.random75.strategy", text_of(&mixture)),
        lab_at(5, COMMAND_ARM_ADD, "long", text_of(&arm)),
    };
    lab_train(&config, "asked", script, sizeof script / sizeof script[0]);
    lab_same_weights("plain", "asked", "", LAB_STEPS);
    lab_same_record("plain", "asked", "random75");
    assert_int_equal(count_events("asked", "set").count, 0);
    assert_int_equal(count_events("asked", "arm-remove").count, 2);
    assert_int_equal(count_events("asked", "arm-add").count, 2);
    assert_string_equal(count_events("asked", "arm-add").value, "{strategy: block, ratio: 0.75}");
    text_release(&mixture);
    text_release(&arm);
}

/* A ratio that cannot be had on this grid is clamped, which is on record: with the steps, and once
 * as an event for each ratio that was asked for. */
static void test_clamped_ratios(void **state)
{
    (void)state;
    struct config config;
    lab_config(&config);
    struct scheduled_command script[] = {
        lab_at(4, COMMAND_SET, "arms.random75.ratio", "0.99"), /* of 16 patches one stays visible */
        lab_at(8, COMMAND_SET, "arms.random75.ratio", "0.5"),
        lab_at(12, COMMAND_SET, "arms.random75.ratio", "0.98"),
    };
    lab_train(&config, "clamped", script, 3);
    assert_int_equal(count_events("clamped", "ratio-clamped").count, 2);
    assert_string_equal(count_events("clamped", "ratio-clamped").value, "100% of the masks");
    struct store *store = store_open(lab_path("clamped", "run.db"), STORE_READ, &lab_error);
    struct store_series series = {0};
    enum { FIRST_ARM = 1 };
    assert_non_null(store);
    assert_true(store_read_series(store, FIRST_ARM, "clamped", &series, &lab_error));
    assert_int_equal(series.count, 4 + LAB_STEPS - 12);
    for (size_t i = 0; i < series.count; i++)
        assert_near(series.values[i], 1, 0);
    store_series_release(&series);
    store_close(store);
}

static void test_made_shorter(void **state)
{
    (void)state;
    struct config config;
    lab_config(&config);
    struct scheduled_command script[] = {lab_at(9, COMMAND_SET, "train.steps", "5")};
    struct run *run = lab_begin(
        &config, "short", (struct run_options){.script = script, .script_count = 1, .stay = true});
    const struct snapshot *snapshot = lab_wait(run, is_finished);
    assert_int_equal(snapshot->step, 9);
    assert_true(snapshot->remaining == 0);
    send(run, COMMAND_STOP, "", "");
    while (!run_ended(run))
        ;
    assert_int_equal(run_snapshot(run)->state, RUN_FINISHED);
    assert_int_equal(lab_finish(run), ERROR_NONE);
    assert_true(has_checkpoint("short", 9));
}

/* A script's lines that lie before the checkpoint were carried out then. */
static void test_script_of_a_resumed_run(void **state)
{
    (void)state;
    struct config config;
    lab_config(&config);
    struct scheduled_command script[] = {lab_at(2, COMMAND_NOTE, "", "early"),
                                         lab_at(6, COMMAND_STOP, "", ""),
                                         lab_at(8, COMMAND_NOTE, "", "late")};
    lab_train(&config, "scripted", script, 2);
    script[1] = lab_at(5, COMMAND_NOTE, "", "early");
    struct run *run = run_resume(lab_path("scripted", ""),
                                 &(struct run_options){.script = script, .script_count = 3}, NULL,
                                 0, lab_log, &lab_error);
    assert_non_null(run);
    assert_int_equal(lab_finish(run), ERROR_NONE);
    struct tally notes = count_events("scripted", "note");
    assert_int_equal(notes.count, 2);
    assert_string_equal(notes.value, "late");
}

int main(void)
{
    signal(SIGXFSZ, SIG_IGN); /* as the program does */
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_other_kernels_are_told),
        cmocka_unit_test(test_checkpoint_fails),
        cmocka_unit_test(test_record_is_full),
        cmocka_unit_test(test_nothing_left_behind),
        cmocka_unit_test(test_resume_refused),
        cmocka_unit_test(test_one_process_at_a_time),
        cmocka_unit_test(test_requests_refused),
        cmocka_unit_test(test_clamped_ratios),
        cmocka_unit_test(test_made_shorter),
        cmocka_unit_test(test_script_of_a_resumed_run),
    };
    return cmocka_run_group_tests(tests, lab_open, lab_close);
}
