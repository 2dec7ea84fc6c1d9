/* A small laboratory for tests of whole runs: images made on the spot, a model that takes steps in
 * milliseconds, and the means to compare two runs bit for bit. */
#ifndef MASKSCOPE_TESTS_UNIT_RUN_LAB_H
#define MASKSCOPE_TESTS_UNIT_RUN_LAB_H

#include <time.h>

#include "base/file.h"
#include "base/random.h"
#include "run/checkpoint.h"
#include "run/run.h"
#include "run/safetensors.h"
#include "run/store.h"
#include "tests/unit/run_folder.h"

enum { LAB_SIDE = 32, LAB_TRAIN = 64, LAB_HELD_OUT = 12, LAB_BATCH = 4, LAB_STEPS = 24 };

static struct error lab_error;
static struct log *lab_log;

/* Records as CIFAR-100 has them: two labels, then the planes. Smooth blobs, so that there is
 * something to learn. */
static inline void lab_write_images(const char *name, uint32_t first, int count)
{
    char path[FILE_PATH_SIZE];
    assert_true(file_join(path, sizeof path, test_folder, name, NULL));
    FILE *stream = fopen(path, "wb");
    assert_non_null(stream);
    for (int image = 0; image < count; image++) {
        struct random random = random_begin(1, RANDOM_SCENE, 0, first + (uint32_t)image);
        uint32_t centre_x = random_below(&random, LAB_SIDE), slope = 1 + random_below(&random, 6);
        fputc(0, stream);
        fputc(image % 100, stream);
        for (uint32_t channel = 0; channel < 3; channel++)
            for (uint32_t y = 0; y < LAB_SIDE; y++)
                for (uint32_t x = 0; x < LAB_SIDE; x++)
                    fputc((int)((x > centre_x ? 150 : 40) + slope * y / 2 + 20 * channel), stream);
    }
    assert_int_equal(fclose(stream), 0);
}

static inline int lab_open(void **state)
{
    lab_log = log_new(&lab_error);
    if (!lab_log || test_folder_make(state))
        return -1;
    lab_write_images("train.bin", 0, LAB_TRAIN);
    lab_write_images("test.bin", 1000, LAB_HELD_OUT);
    return 0;
}

static inline int lab_close(void **state)
{
    log_free(lab_log);
    return test_folder_remove(state);
}

static inline void lab_set(struct config *config, const char *name, const char *value)
{
    if (!config_assign(config, name, value, ORIGIN_COMMAND_LINE, NULL, &lab_error))
        fail_msg("%s", lab_error.message);
}

/* 16 patches, two blocks of 32; LAB_STEPS steps, evaluated every 8; checkpoints only when asked for
 * and at the end. */
static inline void lab_config(struct config *config)
{
    static const char *const settings[][2] = {
        {"data.source", "cifar"},
        {"model.preset", "nano32"},
        {"model.patch", "8"},
        {"model.embed_dim", "32"},
        {"model.depth", "2"},
        {"model.heads", "2"},
        {"model.decoder_dim", "16"},
        {"model.decoder_heads", "2"},
        {"data.threads", "2"},
        {"train.threads", "1"},
        {"train.steps", "24"},
        {"train.blr", "0.1"},
        {"train.warmup_epochs", "0.25"},
        {"train.checkpoint_minutes", "0"},
        {"eval.every_epochs", "0.5"},
        {"eval.images", "8"},
        {"eval.strategies", "[random, block]"},
        {"eval.ratios", "[0.5, 0.75]"},
        {"show.images", "3"},
        {"show.share", "0.5"},
    };
    assert_true(config_defaults(config, NULL));
    lab_set(config, "data.path", test_folder);
    lab_set(config, "train.batch", "4");
    for (size_t i = 0; i < sizeof settings / sizeof settings[0]; i++)
        lab_set(config, settings[i][0], settings[i][1]);
}

static inline const char *lab_path(const char *run, const char *name)
{
    static char paths[4][FILE_PATH_SIZE];
    static int turn;
    char *path = paths[turn = (turn + 1) % 4];
    snprintf(path, FILE_PATH_SIZE, "%.400s/%.100s%s%.100s", test_folder, run, *name ? "/" : "",
             name);
    return path;
}

static inline struct scheduled_command lab_at(int64_t step, enum command_kind kind,
                                              const char *name, const char *value)
{
    struct scheduled_command scheduled = {.step = step, .command = {.kind = kind}};
    text_copy(scheduled.command.name, COMMAND_NAME_SIZE, name);
    text_copy(scheduled.command.value, COMMAND_VALUE_SIZE, value);
    return scheduled;
}

/* Waits for the run to end and frees it; what run_join said. */
static inline enum error_code lab_finish(struct run *run)
{
    enum error_code code = run_join(run, &lab_error) ? ERROR_NONE : lab_error.code;
    run_free(run);
    return code;
}

static inline struct run *lab_begin(const struct config *config, const char *name,
                                    struct run_options options)
{
    options.folder = lab_path(name, "");
    struct run *run = run_start(config, &options, lab_log, &lab_error);
    if (!run)
        fail_msg("%s", lab_error.message);
    return run;
}

static inline void lab_train(const struct config *config, const char *name,
                             const struct scheduled_command *script, int count)
{
    struct run_options options = {.script = script, .script_count = count};
    if (lab_finish(lab_begin(config, name, options)) != ERROR_NONE)
        fail_msg("%s", lab_error.message);
}

static inline void lab_resume(const char *name, const char *const *assignments, int count)
{
    struct run *run = run_resume(lab_path(name, ""), &(struct run_options){0}, assignments, count,
                                 lab_log, &lab_error);
    if (!run || lab_finish(run) != ERROR_NONE)
        fail_msg("%s", lab_error.message);
}

/* Polls until done() says so of the newest snapshot. */
static inline const struct snapshot *lab_wait(struct run *run,
                                              bool (*done)(const struct snapshot *))
{
    for (int look = 0; look < 60000; look++) {
        bool ended = run_ended(run);
        const struct snapshot *snapshot = run_snapshot(run);
        if (done(snapshot))
            return snapshot;
        if (ended)
            fail_msg("the run ended first: %s", snapshot->message);
        nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
    }
    fail_msg("waited for a minute in vain");
    return NULL;
}

/* ---- Comparing ---- */

static inline struct safetensors *lab_checkpoint(const char *run, int64_t step)
{
    char path[FILE_PATH_SIZE];
    assert_true(checkpoint_path(path, lab_path(run, "checkpoints"), step, &lab_error));
    struct safetensors *file = safetensors_open(path, &lab_error);
    if (!file)
        fail_msg("%s", lab_error.message);
    return file;
}

static inline void *lab_tensor(const struct safetensors *file, const char *name, size_t *bytes)
{
    const struct safetensors_tensor *tensor = safetensors_find(file, name);
    if (!tensor)
        fail_msg("%s holds no %s", safetensors_path(file), name);
    void *out = malloc(tensor->bytes);
    assert_non_null(out);
    assert_true(safetensors_read(file, tensor, out, &lab_error));
    *bytes = tensor->bytes;
    return out;
}

/* Weights and moments of the two checkpoints; those of an arm of the second where `prefix` ("ARM/")
 * says so. */
static inline void lab_same_weights(const char *first, const char *second, const char *prefix,
                                    int64_t step)
{
    struct safetensors *a = lab_checkpoint(first, step), *b = lab_checkpoint(second, step);
    if (!*prefix)
        assert_string_equal(safetensors_metadata(a, "adam_steps"),
                            safetensors_metadata(b, "adam_steps"));
    for (size_t i = 0; i < safetensors_count(a); i++) {
        const char *name = safetensors_at(a, i)->name;
        char other[256];
        size_t bytes, other_bytes;
        snprintf(other, sizeof other, "%s%s", prefix, name);
        void *values = lab_tensor(a, name, &bytes), *others = lab_tensor(b, other, &other_bytes);
        assert_int_equal(bytes, other_bytes);
        if (memcmp(values, others, bytes))
            fail_msg("%s and %s differ in %s at step %d", first, second, name, (int)step);
        free(values);
        free(others);
    }
    safetensors_close(a);
    safetensors_close(b);
}

static inline bool lab_weights_differ(const char *first, const char *second, int64_t step)
{
    struct safetensors *a = lab_checkpoint(first, step), *b = lab_checkpoint(second, step);
    size_t bytes, others;
    void *left = lab_tensor(a, "decoder_pred.weight", &bytes);
    void *right = lab_tensor(b, "decoder_pred.weight", &others);
    bool differ = bytes != others || memcmp(left, right, bytes);
    free(left);
    free(right);
    safetensors_close(a);
    safetensors_close(b);
    return differ;
}

/* The record as lines of text with every bit of its numbers, without ids and times. */
struct lab_record {
    struct store *store;
    struct text *text;
    const char *only; /* an arm, or null: all */
    char arms[32][64];
};

static inline bool lab_note_metric(void *context, int64_t step, double value)
{
    struct lab_record *record = context;
    text_append(record->text, " %lld=%a", (long long)step, value);
    return true;
}

static inline bool lab_note_arm(void *context, int id, const char *name, enum store_arm_kind kind)
{
    struct lab_record *record = context;
    assert_in_range(id, 0, 31);
    snprintf(record->arms[id], sizeof record->arms[id], "%d %s", (int)kind, name);
    return true;
}

static inline bool lab_note_evaluation(void *context, const struct store_evaluation *row)
{
    struct lab_record *record = context;
    if (!record->only || strstr(record->arms[row->arm], record->only))
        text_append(record->text, "%s %lld %s %a %lld %d %d %d %a\n", record->arms[row->arm],
                    (long long)row->step, row->strategy, row->ratio, (long long)row->image,
                    row->mask, row->hidden, row->label, row->mse);
    return true;
}

static inline void lab_read_record(const char *run, const char *only, struct text *text)
{
    static const char *const metrics[] = {"learning_rate", "loss", "ratio", "gradient_norm",
                                          "probe_mse"};
    struct lab_record record = {.text = text, .only = only};
    record.store = store_open(lab_path(run, "run.db"), STORE_READ, &lab_error);
    if (!record.store)
        fail_msg("%s", lab_error.message);
    snprintf(record.arms[0], sizeof record.arms[0], "run");
    assert_true(store_read_arms(record.store, lab_note_arm, &record, &lab_error));
    for (int arm = 0; arm < 32; arm++)
        for (size_t i = 0; i < sizeof metrics / sizeof metrics[0]; i++) {
            if (!record.arms[arm][0] || (only && !strstr(record.arms[arm], only)))
                continue;
            text_append(text, "%s %s:", record.arms[arm], metrics[i]);
            assert_true(store_read_metric(record.store, arm, metrics[i], 0, lab_note_metric,
                                          &record, &lab_error));
            text_append(text, "\n");
        }
    assert_true(store_read_evaluations(record.store, STORE_EVERY_ARM, STORE_EVERY_STEP,
                                       lab_note_evaluation, &record, &lab_error));
    store_close(record.store);
}

/* Metrics and evaluations of the two runs, value for value; only those of one arm, or (null) all.
 */
static inline void lab_same_record(const char *first, const char *second, const char *only)
{
    struct text a = {0}, b = {0};
    lab_read_record(first, only, &a);
    lab_read_record(second, only, &b);
    assert_true(a.length > 1000); /* there is something to compare */
    const char *left = text_of(&a), *right = text_of(&b);
    size_t at = 0;
    while (left[at] && left[at] == right[at])
        at++;
    if (left[at] || right[at])
        fail_msg("%s and %s differ: '%.60s' and '%.60s'", first, second, left + at, right + at);
    text_release(&a);
    text_release(&b);
}

static inline void lab_same(const char *first, const char *second)
{
    lab_same_weights(first, second, "", LAB_STEPS);
    lab_same_record(first, second, NULL);
}

#endif
