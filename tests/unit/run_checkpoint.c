/* Checkpoints: the same bits back, misfits refused whole, and a good one left after every crash. */
#include "tests/unit/test.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/random.h"
#include "run/checkpoint.h"
#include "run/safetensors.h"
#include "tests/unit/run_folder.h"

enum { WEIGHT = 6, BIAS = 3, FIXED = 4, TRAINED = WEIGHT + BIAS, TOTAL = TRAINED + FIXED };

static struct parameter items[] = {
    {"blocks.0.weight", 2, {3, 2}, 0, WEIGHT, PARAMETER_XAVIER, true},
    {"blocks.0.bias", 1, {3}, WEIGHT, BIAS, PARAMETER_ZERO, false},
    {"pos_embed", 3, {1, 2, 2}, TRAINED, FIXED, PARAMETER_FIXED, false},
};
static const struct parameter_table table = {items, ARRAY_LENGTH(items), TRAINED, TOTAL};

/* An arm with memory of its own. */
struct memory_arm {
    float weights[TOTAL], moment1[TRAINED], moment2[TRAINED];
    int64_t adam_steps;
};

static struct error error;
static char folder[FILE_PATH_SIZE], path[FILE_PATH_SIZE];

static struct checkpoint_arm view_of(const char *name, struct memory_arm *arm)
{
    return (struct checkpoint_arm){.name = name,
                                   .table = &table,
                                   .weights = arm->weights,
                                   .moment1 = arm->moment1,
                                   .moment2 = arm->moment2,
                                   .adam_steps = &arm->adam_steps};
}

/* An arm of one tensor, which whose moments lie `apart` floats after one another. */
static struct checkpoint_arm large_arm(const char *name, const struct parameter_table *large,
                                       float *values, size_t apart, int64_t *steps)
{
    return (struct checkpoint_arm){.name = name,
                                   .table = large,
                                   .weights = values,
                                   .moment1 = values + apart,
                                   .moment2 = values + 2 * apart,
                                   .adam_steps = steps};
}

/* Any bits at all, NaNs with payloads among them. */
static void fill(struct memory_arm *arm, uint32_t item)
{
    struct random random = random_begin(9, RANDOM_INIT, 0, item);
    for (size_t i = 0; i < sizeof *arm / sizeof(uint32_t); i++) {
        uint32_t bits = random_bits(&random);
        memcpy((char *)arm + i * sizeof bits, &bits, sizeof bits);
    }
}

static void same_arm(const struct memory_arm *a, const struct memory_arm *b)
{
    assert_memory_equal(a->weights, b->weights, sizeof a->weights);
    assert_memory_equal(a->moment1, b->moment1, sizeof a->moment1);
    assert_memory_equal(a->moment2, b->moment2, sizeof a->moment2);
    assert_true(a->adam_steps == b->adam_steps);
}

static void save(int64_t step, struct memory_arm *arm, int keep)
{
    struct checkpoint_arm view = view_of("only", arm);
    assert_true(checkpoint_save(folder, step, "seed: 0\n", &view, 1, keep, &error));
}

static bool exists(int64_t step)
{
    char file[FILE_PATH_SIZE];
    assert_true(checkpoint_path(file, folder, step, &error));
    return file_exists(file);
}

static void assert_latest(int64_t step)
{
    char expected[FILE_PATH_SIZE], latest[FILE_PATH_SIZE];
    assert_true(checkpoint_path(expected, folder, step, &error));
    assert_true(checkpoint_latest(folder, latest, &error));
    assert_string_equal(latest, expected);
}

static void test_one_arm(void **state)
{
    (void)state;
    struct memory_arm saved, loaded;
    fill(&saved, 1);
    fill(&loaded, 2);
    saved.adam_steps = 1200;
    save(1200, &saved, 0);
    assert_true(checkpoint_path(path, folder, 1200, &error));
    assert_non_null(strstr(path, "/step-00001200.safetensors"));
    struct checkpoint_arm view = view_of("only", &loaded);
    assert_true(checkpoint_load(path, &view, 1, &error));
    same_arm(&saved, &loaded);

    struct checkpoint_header header;
    assert_true(checkpoint_read_header(path, &header, &error));
    assert_int_equal(header.step, 1200);
    assert_string_equal(header.config, "seed: 0\n");
    assert_int_equal(header.arm_count, 1);
    assert_string_equal(header.arms[0], "only");
    checkpoint_header_release(&header);

    /* What another program finds. */
    struct safetensors *file = safetensors_open(path, &error);
    assert_non_null(file);
    assert_int_equal(safetensors_count(file), 3 + 2 * 2);
    assert_string_equal(safetensors_metadata(file, "format"), "maskscope-checkpoint");
    float weight[WEIGHT];
    assert_true(safetensors_read_floats(file, "blocks.0.weight", 2, (int[]){3, 2}, weight, &error));
    assert_memory_equal(weight, saved.weights, sizeof weight);
    assert_true(safetensors_read_floats(file, "optimizer.exp_avg_sq.blocks.0.bias", 1, (int[]){3},
                                        weight, &error));
    assert_memory_equal(weight, saved.moment2 + WEIGHT, BIAS * sizeof *weight);
    assert_null(safetensors_find(file, "optimizer.exp_avg.pos_embed"));
    safetensors_close(file);
}

static void test_several_arms(void **state)
{
    (void)state;
    struct memory_arm saved[3], loaded[3];
    static const char *const names[] = {"random75", "block", "b"};
    struct checkpoint_arm views[3], back[3];
    for (uint32_t i = 0; i < 3; i++) {
        fill(&saved[i], i);
        fill(&loaded[i], 10 + i);
        views[i] = view_of(names[i], &saved[i]);
        back[2 - i] = view_of(names[i], &loaded[i]); /* in another order */
    }
    assert_true(checkpoint_save(folder, 7, "", views, 3, 0, &error));
    assert_true(checkpoint_path(path, folder, 7, &error));
    assert_true(checkpoint_load(path, back, 3, &error));
    for (int i = 0; i < 3; i++)
        same_arm(&saved[i], &loaded[i]);

    /* The weights of one arm alone. */
    struct memory_arm one, untouched;
    fill(&one, 20);
    fill(&untouched, 20);
    struct checkpoint_arm weights = {.name = "block", .table = &table, .weights = one.weights};
    assert_true(checkpoint_load(path, &weights, 1, &error));
    assert_memory_equal(one.weights, saved[1].weights, sizeof one.weights);
    assert_memory_equal(one.moment1, untouched.moment1, sizeof one.moment1);
    assert_true(one.adam_steps == untouched.adam_steps);

    views[1].name = "random75";
    assert_false(checkpoint_save(folder, 8, "", views, 3, 0, &error));
    views[1].name = "a/b";
    assert_false(checkpoint_save(folder, 8, "", views, 3, 0, &error));
    assert_false(exists(8));
}

/* What a teacher adds: tensors under prefixes, and numbers. Who does not want them passes over
 * them. */
static void test_blocks(void **state)
{
    (void)state;
    struct memory_arm one, averaged, loaded = {0}, back = {0};
    int64_t updates = 41, steps = 7, updates_back = 0, steps_back = 0;
    fill(&one, 1);
    fill(&averaged, 2);
    struct checkpoint_block blocks[] = {{"ema.", &table, averaged.weights},
                                        {"optimizer.exp_avg.guide.", &table, averaged.moment1}};
    struct checkpoint_arm view = view_of("only", &one);
    view.blocks = blocks;
    view.block_count = 2;
    view.ema_updates = &updates;
    view.guide_steps = &steps;
    assert_true(checkpoint_save(folder, 3, "", &view, 1, 0, &error));
    assert_true(checkpoint_path(path, folder, 3, &error));

    struct checkpoint_arm plain = view_of("only", &loaded);
    assert_true(checkpoint_load(path, &plain, 1, &error));
    same_arm(&loaded, &one);

    struct checkpoint_block into[] = {{"ema.", &table, back.weights},
                                      {"optimizer.exp_avg.guide.", &table, back.moment1}};
    plain.blocks = into;
    plain.block_count = 2;
    plain.ema_updates = &updates_back;
    plain.guide_steps = &steps_back;
    assert_true(checkpoint_load(path, &plain, 1, &error));
    assert_memory_equal(back.weights, averaged.weights, TRAINED * sizeof(float));
    assert_memory_equal(back.moment1, averaged.moment1, TRAINED * sizeof(float));
    assert_true(updates_back == 41 && steps_back == 7);

    into[1].prefix = "guide.";
    assert_false(checkpoint_load(path, &plain, 1, &error));
    assert_non_null(strstr(error.message, "guide.blocks.0.weight"));
}

static void assert_refused(const struct checkpoint_arm *arms, int count, const char *expected,
                           const struct memory_arm *memory)
{
    struct memory_arm untouched = *memory;
    assert_false(checkpoint_load(path, arms, count, &error));
    assert_int_equal(error.code, ERROR_DATA);
    if (!strstr(error.message, expected))
        print_message("%s\n", error.message);
    assert_non_null(strstr(error.message, expected));
    same_arm(memory, &untouched);
}

static void test_misfits_touch_nothing(void **state)
{
    (void)state;
    struct memory_arm saved, loaded;
    fill(&saved, 1);
    fill(&loaded, 2);
    save(30, &saved, 0);
    assert_true(checkpoint_path(path, folder, 30, &error));
    struct parameter others[ARRAY_LENGTH(items)];
    struct parameter_table other = {others, ARRAY_LENGTH(items), TRAINED, TOTAL};
    struct checkpoint_arm views[2] = {view_of("only", &loaded), view_of("second", &loaded)};
    assert_refused(views, 2, "holds no arm second", &loaded);
    views[0].table = &other;
    memcpy(others, items, sizeof items); /* the last tensor of all has another shape */
    others[2].shape[1] = 4;
    others[2].shape[2] = 1;
    assert_refused(views, 1, "\"pos_embed\": it is F32 [1, 2, 2], expected F32 [1, 4, 1]", &loaded);
    memcpy(others, items, sizeof items);
    snprintf(others[1].name, sizeof others[1].name, "blocks.0.other");
    assert_refused(views, 1, "\"blocks.0.other\": not in the file", &loaded);
    memcpy(others, items, sizeof items);
    other.count = 2; /* the file's model has more */
    assert_refused(views, 1, "has 3 tensors, this model has 2", &loaded);
}

/* A file like a checkpoint, with one metadata value changed. */
static void write_metadata(const char *key, const char *value)
{
    static const char *const good[][2] = {{"format", "maskscope-checkpoint"},
                                          {"version", "1"},
                                          {"step", "3"},
                                          {"arms", "[\"only\"]"},
                                          {"adam_steps", "[3]"}};
    struct safetensors_writer *writer = safetensors_writer_new(&error);
    for (size_t i = 0; i < ARRAY_LENGTH(good); i++)
        assert_true(safetensors_writer_metadata(writer, good[i][0], good[i][1], &error));
    assert_true(safetensors_writer_metadata(writer, key, value, &error));
    assert_true(checkpoint_path(path, folder, 3, &error));
    assert_true(safetensors_writer_save(writer, path, &error));
    safetensors_writer_free(writer);
}

static void test_damaged_metadata(void **state)
{
    (void)state;
    static const char *const cases[][3] = {
        {"format", "mae-reference", "not a maskscope checkpoint"},
        {"version", "2", "newer"},
        {"version", "x", "without a version"},
        {"step", "-1", "without a step"},
        {"step", "", "without a step"},
        {"arms", "[]", "without a list of arms"},
        {"arms", "[1]", "without a list of arms"},
        {"arms", "{\"only\": 1}", "without a list of arms"},
        {"arms", "[\"only\"", "without a list of arms"},
    };
    struct checkpoint_header header;
    assert_true(file_make_folder(folder, &error));
    write_metadata("config", "");
    assert_true(checkpoint_read_header(path, &header, &error));
    checkpoint_header_release(&header);
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        write_metadata(cases[i][0], cases[i][1]);
        assert_false(checkpoint_read_header(path, &header, &error));
        assert_int_equal(error.code, ERROR_DATA);
        assert_non_null(strstr(error.message, cases[i][2]));
        assert_non_null(strstr(error.message, path));
    }
    struct memory_arm loaded;
    fill(&loaded, 2);
    struct checkpoint_arm view = view_of("only", &loaded);
    write_metadata("adam_steps", "[\"3\"]");
    assert_refused(&view, 1, "adam_steps", &loaded);
}

static void test_latest_and_keep(void **state)
{
    (void)state;
    struct memory_arm arm;
    char target[64], link[FILE_PATH_SIZE], latest[FILE_PATH_SIZE];
    fill(&arm, 1);
    assert_false(checkpoint_latest(folder, latest, &error));
    assert_int_equal(error.code, ERROR_INPUT);
    for (int64_t step = 100; step <= 500; step += 100)
        save(step, &arm, step < 500 ? 0 : 3);
    assert_false(exists(100) || exists(200));
    assert_true(exists(300) && exists(400) && exists(500));
    assert_latest(500);
    assert_true(file_join(link, sizeof link, folder, "latest", &error));
    ssize_t length = readlink(link, target, sizeof target - 1);
    assert_true(length > 0);
    target[length] = '\0';
    assert_string_equal(target, "step-00000500.safetensors");
    save(350, &arm, 1); /* back in time: later ones stay, the link says which is meant */
    assert_true(exists(350) && exists(400) && exists(500));
    assert_false(exists(300));
    assert_latest(350);
    save(123456789012, &arm, 0);
    assert_latest(123456789012);
}

static void set_time(const char *file, int64_t seconds)
{
    const struct timespec times[2] = {{.tv_sec = seconds}, {.tv_sec = seconds}};
    assert_int_equal(utimensat(AT_FDCWD, file, times, AT_SYMLINK_NOFOLLOW), 0);
}

static void test_crashes(void **state)
{
    (void)state;
    struct memory_arm arm, loaded;
    char link[FILE_PATH_SIZE], partial[FILE_PATH_SIZE + 16];
    fill(&arm, 1);
    save(10, &arm, 0);
    save(20, &arm, 0);
    /* Killed while writing: a temporary file is left. */
    assert_true(checkpoint_path(path, folder, 30, &error));
    snprintf(partial, sizeof partial, "%s.partial", path);
    FILE *stream = fopen(partial, "wb");
    assert_non_null(stream);
    fputs("half a header", stream);
    fclose(stream);
    assert_latest(20);
    /* The newest file is damaged: the one before it is found. */
    assert_true(checkpoint_path(path, folder, 20, &error));
    struct stat status;
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(truncate(path, status.st_size - 1), 0);
    assert_latest(10);
    assert_int_equal(truncate(path, 0), 0);
    assert_latest(10);
    assert_int_equal(unlink(path), 0); /* a link to nothing */
    assert_latest(10);
    save(20, &arm, 0);
    assert_false(file_exists(partial)); /* the next save cleans up */
    assert_latest(20);
    /* Killed between the rename and the link: the file is newer than the link. */
    assert_true(file_join(link, sizeof link, folder, "latest", &error));
    save(30, &arm, 0);
    assert_true(file_replace_link(link, "step-00000020.safetensors", &error));
    set_time(link, 1000);
    assert_latest(30);
    /* The link was set back later than the file was made: it is meant. */
    assert_true(checkpoint_path(path, folder, 30, &error));
    set_time(path, 900);
    assert_latest(20);
    assert_true(checkpoint_path(path, folder, 20, &error));
    assert_int_equal(truncate(path, 8), 0); /* unless it is damaged */
    assert_latest(30);
    assert_true(file_replace_link(link, "../elsewhere", &error));
    assert_latest(30);
    assert_true(checkpoint_path(path, folder, 30, &error));
    struct checkpoint_arm view = view_of("only", &loaded);
    assert_true(checkpoint_load(path, &view, 1, &error));
    same_arm(&arm, &loaded);
}

enum { LARGE = 1 << 20 };

/* Saves for ever, every value of a step's checkpoint being the step. */
static void save_until_killed(int tell, float *values)
{
    struct parameter large = {"large", 1, {LARGE}, 0, LARGE, PARAMETER_ZERO, false};
    struct parameter_table large_table = {&large, 1, LARGE, LARGE};
    for (int64_t step = 1;; step++) {
        for (int i = 0; i < LARGE; i++)
            values[i] = (float)step;
        struct checkpoint_arm arm = large_arm("large", &large_table, values, 0, &step);
        if (!checkpoint_save(folder, step, "", &arm, 1, 2, NULL) || write(tell, "x", 1) != 1)
            _exit(1);
    }
}

static void test_kill_during_saves(void **state)
{
    (void)state;
    enum { KILLS = 6 };
    float *values = memory_new(LARGE, 3 * sizeof *values, &error);
    assert_non_null(values);
    struct parameter large = {"large", 1, {LARGE}, 0, LARGE, PARAMETER_ZERO, false};
    struct parameter_table large_table = {&large, 1, LARGE, LARGE};
    struct random random = random_begin(3, RANDOM_INIT, 0, 0);
    for (int kills = 0; kills < KILLS; kills++) {
        int pipes[2], status;
        assert_int_equal(pipe2(pipes, O_CLOEXEC), 0);
        pid_t child = fork();
        if (child == 0)
            save_until_killed(pipes[1], values);
        close(pipes[1]);
        char byte;
        assert_int_equal(read(pipes[0], &byte, 1), 1);
        usleep(random_below(&random, 12000)); /* anywhere in the next save */
        kill(child, SIGKILL);
        waitpid(child, &status, 0);
        close(pipes[0]);
        assert_true(WIFSIGNALED(status));
        int64_t steps;
        struct checkpoint_arm arm = large_arm("large", &large_table, values, LARGE, &steps);
        assert_true(checkpoint_latest(folder, path, &error));
        assert_true(checkpoint_load(path, &arm, 1, &error));
        assert_true(steps >= 1);
        for (int i = 0; i < 3 * LARGE; i++)
            if (values[i] != (float)steps)
                fail_msg("value %d of step %d is %g", i, (int)steps, (double)values[i]);
    }
    free(values);
}

static bool fails_for_size(const struct checkpoint_arm *arm, rlim_t size)
{
    struct rlimit limit;
    getrlimit(RLIMIT_FSIZE, &limit);
    limit.rlim_cur = size;
    return setrlimit(RLIMIT_FSIZE, &limit) == 0 &&
           !checkpoint_save(folder, 20, "", arm, 1, 1, &error) && error.code == ERROR_IO &&
           strstr(error.message, "step-00000020") && strstr(error.message, strerror(EFBIG));
}

/* Exit status 0: everything was as it should be. */
static int fill_the_disk(struct memory_arm *small)
{
    struct parameter parameter = {"large", 1, {LARGE}, 0, LARGE, PARAMETER_ZERO, false};
    struct parameter_table large_table = {&parameter, 1, LARGE, LARGE};
    float *values = memory_new(LARGE, sizeof *values, &error);
    struct checkpoint_arm view = view_of("only", small);
    struct checkpoint_arm large = large_arm("only", &large_table, values, 0, &small->adam_steps);
    signal(SIGXFSZ, SIG_IGN);
    bool good = values && fails_for_size(&view, 200) && fails_for_size(&large, LARGE);
    free(values);
    return good ? 0 : 1;
}

static void test_full_disk(void **state)
{
    (void)state;
    struct memory_arm arm, loaded;
    fill(&arm, 1);
    save(10, &arm, 1);
    pid_t child = fork();
    if (child == 0)
        _exit(fill_the_disk(&arm));
    int status;
    waitpid(child, &status, 0);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
    assert_false(exists(20));
    assert_latest(10);
    assert_true(checkpoint_path(path, folder, 10, &error));
    struct checkpoint_arm view = view_of("only", &loaded);
    assert_true(checkpoint_load(path, &view, 1, &error));
    same_arm(&arm, &loaded);
    assert_false(checkpoint_save("/dev/null/x", 1, "", &view, 1, 0, &error));
    assert_int_equal(error.code, ERROR_CREATE);
}

/* Every test gets an empty folder that is not there yet. */
static int set_up(void **state)
{
    test_folder_make(state);
    return file_join(folder, sizeof folder, test_folder, "checkpoints", &error) ? 0 : -1;
}

#define FRESH(test) cmocka_unit_test_setup_teardown(test, set_up, test_folder_remove)

int main(void)
{
    const struct CMUnitTest tests[] = {
        FRESH(test_one_arm),          FRESH(test_several_arms),
        FRESH(test_blocks),           FRESH(test_misfits_touch_nothing),
        FRESH(test_damaged_metadata), FRESH(test_latest_and_keep),
        FRESH(test_crashes),          FRESH(test_kill_during_saves),
        FRESH(test_full_disk),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
