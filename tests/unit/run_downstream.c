/* Downstream tasks on a run's checkpoint; and checkpoints that hold nothing but an encoder. */
#include "tests/unit/test.h"

#include <errno.h>
#include <math.h>
#include <unistd.h>

#include "nn/mae.h"
#include "probe/features.h"
#include "probe/logistic.h"
#include "probe/subset.h"
#include "run/downstream.h"
#include "run/downstream_pace.h"
#include "run/saved.h"
#include "tests/unit/run_lab.h"

static char whole[FILE_PATH_SIZE], encoder[FILE_PATH_SIZE];

/* A run of a few steps, its checkpoint, and a copy of that without the decoder. */
static int set_up(void **state)
{
    struct config config;
    if (lab_open(state))
        return -1;
    lab_config(&config);
    lab_set(&config, "train.steps", "4");
    lab_set(&config, "eval.every_epochs", "0");
    lab_train(&config, "run", NULL, 0);
    assert_true(checkpoint_path(whole, lab_path("run", "checkpoints"), 4, &lab_error));
    text_copy(encoder, sizeof encoder, lab_path("run", "encoder.safetensors"));
    struct safetensors *file = safetensors_open(whole, &lab_error);
    struct safetensors_writer *writer = safetensors_writer_new(&lab_error);
    static const char *const keys[] = {"format", "version",    "step",        "config",
                                       "arms",   "adam_steps", "ema_updates", "guide_steps"};
    void *kept[256] = {NULL};
    assert_true(file && writer && safetensors_count(file) <= 256);
    for (size_t i = 0; i < ARRAY_LENGTH(keys); i++)
        assert_true(safetensors_writer_metadata(writer, keys[i],
                                                safetensors_metadata(file, keys[i]), &lab_error));
    for (size_t i = 0; i < safetensors_count(file); i++) {
        const struct safetensors_tensor *tensor = safetensors_at(file, i);
        int shape[SAFETENSORS_DIMENSIONS];
        size_t bytes;
        if (mae_is_of_decoder(tensor->name) || !strncmp(tensor->name, "optimizer.", 10))
            continue;
        for (int d = 0; d < tensor->dimensions; d++)
            shape[d] = (int)tensor->shape[d];
        kept[i] = lab_tensor(file, tensor->name, &bytes);
        assert_true(safetensors_writer_add(writer, tensor->name, tensor->type, tensor->dimensions,
                                           shape, kept[i], &lab_error));
    }
    assert_true(safetensors_writer_save(writer, encoder, &lab_error));
    safetensors_writer_free(writer);
    safetensors_close(file);
    for (size_t i = 0; i < ARRAY_LENGTH(kept); i++)
        free(kept[i]);
    return 0;
}

static void test_an_encoder_alone(void **state)
{
    (void)state;
    struct saved all, alone;
    assert_false(saved_open(&alone, encoder, &lab_error));
    assert_int_equal(lab_error.code, ERROR_DATA);
    assert_non_null(strstr(lab_error.message, "holds an encoder only (no decoder_embed.weight"));
    assert_true(saved_open_encoders(&all, whole, &lab_error));
    assert_false(all.encoder_only);
    assert_true(saved_open_encoders(&alone, encoder, &lab_error));
    assert_true(alone.encoder_only);
    const struct parameter_table *table = &all.models[0]->table;
    for (int i = 0; i < table->count; i++) {
        const struct parameter *item = &table->items[i];
        if (!mae_is_of_decoder(item->name))
            assert_memory_equal(all.models[0]->weights + item->offset,
                                alone.models[0]->weights + item->offset,
                                item->count * sizeof(float));
    }
    saved_release(&all);
    saved_release(&alone);
}

struct seen {
    bool untrained; /* ask the initial weights too */
    struct store *store;
    struct downstream_pace *pace;
    int calls, limit;
    char last[96];
};

static bool see(void *context, const char *what, double done)
{
    struct seen *seen = context;
    assert_true(done >= 0 && done <= 1);
    text_copy(seen->last, sizeof seen->last, what);
    return ++seen->calls <= seen->limit;
}

/* Images with classes of pixels, and several of each class. */
enum { SCENES = 60, SCENES_HELD_OUT = 20 };
static void draw_scenes(struct config *config)
{
    lab_set(config, "data.source", "scenes");
    lab_set(config, "data.count", "60");
    lab_set(config, "probe.images", "20");
}

static const char penalties[] = "[0.001, 0.03, 0.3, 3, 30]";

/* cache: a folder to keep things in, or null. */
static bool run_kept(struct downstream_outcomes *outcomes, const char *path, const char *names,
                     const char *cache, struct seen *seen)
{
    struct saved saved;
    const struct downstream_task *tasks[2];
    int count = 0;
    assert_true(saved_open_encoders(&saved, path, &lab_error));
    lab_set(&saved.config, "probe.missing_classes", "true");
    lab_set(&saved.config, "probe.seeds", "2");
    lab_set(&saved.config, "probe.k", "[1, 3]");
    lab_set(&saved.config, "probe.penalties", penalties);
    if (!strcmp(names, "segment") || !strcmp(names, "linear"))
        draw_scenes(&saved.config);
    /* One step, at rate 0; or 16. */
    lab_set(&saved.config, "probe.finetune_epochs", cache ? "2" : "0.01");
    lab_set(&saved.config, "probe.finetune_warmup", "0.5");
    lab_set(&saved.config, "probe.finetune_batch", "8");
    for (const char *at = names; *at; at += strcspn(at, " ") + (at[strcspn(at, " ")] == ' ')) {
        char name[32];
        snprintf(name, sizeof name, "%.*s", (int)strcspn(at, " "), at);
        assert_non_null(tasks[count++] = downstream_task_find(name, &lab_error));
    }
    const char *arm = saved.config.arms[0].name;
    const struct mae *model = saved.models[0];
    struct downstream_request request = {.config = &saved.config,
                                         .shape = &saved.shape,
                                         .models = &model,
                                         .names = &arm,
                                         .count = 1,
                                         .encoder_only = saved.encoder_only,
                                         .step = saved.step,
                                         .cache = cache,
                                         .untrained = seen && seen->untrained,
                                         .store = seen ? seen->store : NULL,
                                         .pace = seen ? seen->pace : NULL,
                                         .progress = seen ? see : NULL,
                                         .context = seen};
    bool good = downstream_run(outcomes, &request, tasks, count, &lab_error);
    saved_release(&saved);
    return good;
}

static bool run_tasks(struct downstream_outcomes *outcomes, const char *path, const char *names,
                      struct seen *seen)
{
    return run_kept(outcomes, path, names, NULL, seen);
}

/* The setup of the task, all held-out images taken, with one setting changed ("": none). */
static void find_setup(char setup[DOWNSTREAM_SETUP_SIZE + 1], const char *task, const char *name,
                       const char *value)
{
    struct saved saved;
    assert_true(saved_open_encoders(&saved, whole, &lab_error));
    lab_set(&saved.config, "probe.k", "3");
    lab_set(&saved.config, "probe.shots", "1");
    lab_set(&saved.config, "probe.missing_classes", "true");
    if (!strcmp(task, "segment"))
        draw_scenes(&saved.config);
    if (*name)
        lab_set(&saved.config, name, value);
    struct downstream_request request = {
        .config = &saved.config, .shape = &saved.shape, .log = lab_log};
    if (!downstream_setup(setup, &request, downstream_task_find(task, &lab_error), &lab_error))
        fail_msg("%s", lab_error.message);
    saved_release(&saved);
}

static const char every_task[] = "knn linear lowshot finetune segment inpaint";

/* A setting, another value of it, and the tasks whose outcomes it changes. What names a variant, or
 * is a circumstance, is in no setup. All held-out images are taken; pixels are those of scenes,
 * which eval.seed draws. */
static const struct {
    const char *name, *value, *tasks;
} dependences[] = {
    {"data.flip", "false", every_task},
    {"probe.images", "10", every_task},
    {"probe.train_images", "10", every_task},
    {"probe.temperature", "0.5", "knn segment"},
    {"probe.penalties", "[0.2]", "linear"},
    {"probe.lars_epochs", "7", "linear"},
    {"probe.lars_batch", "7", "linear"},
    {"probe.lars_lr", "7", "linear"},
    {"probe.finetune_warmup", "1", "finetune"},
    {"probe.finetune_batch", "7", "finetune"},
    {"probe.finetune_blr", "7", "finetune"},
    {"probe.finetune_decay", "7", "finetune"},
    {"probe.layer_decay", "0.5", "finetune"},
    {"probe.smoothing", "0.5", "finetune"},
    {"probe.mixup", "0.5", "finetune"},
    {"probe.segment_decay", "0.5", "segment"},
    {"probe.segment_images", "10", "segment"},
    {"eval.seed", "1", "inpaint segment"}, /* the holes' */
    {"probe.features", "mean", ""},
    {"probe.block", "1", ""},
    {"probe.solver", "lars", ""},
    {"probe.k", "[2]", ""},
    {"probe.holes", "[0.3]", ""},
    {"probe.finetune_epochs", "7", ""},
    {"probe.seeds", "7", ""},
    {"probe.live_images", "7", ""},
    {"study.finetune_seeds", "7", ""},
    {"data.cache", "1", ""},
    {"train.epochs", "3", ""},
    {"seed", "3", ""},
};

/* Its own settings and its images, and not the circumstances. */
static void assert_dependences(const char *task)
{
    char before[DOWNSTREAM_SETUP_SIZE + 1], after[DOWNSTREAM_SETUP_SIZE + 1];
    find_setup(before, task, "", "");
    for (size_t i = 0; i < ARRAY_LENGTH(dependences); i++) {
        find_setup(after, task, dependences[i].name, dependences[i].value);
        bool depends = strcmp(before, after), expected = strstr(dependences[i].tasks, task);
        if (depends != expected)
            fail_msg("%s: outcomes %s on %s", task, depends ? "depend" : "do not depend",
                     dependences[i].name);
    }
}

static void test_what_outcomes_depend_on(void **state)
{
    (void)state;
    size_t count;
    const struct downstream_task *const *tasks = downstream_tasks(&count);
    for (size_t i = 0; i < count; i++)
        assert_dependences(tasks[i]->name);
}

static void test_classes_that_may_be_missing(void **state)
{
    (void)state;
    char before[DOWNSTREAM_SETUP_SIZE + 1], after[DOWNSTREAM_SETUP_SIZE + 1];
    find_setup(before, "inpaint", "", "");
    find_setup(after, "inpaint", "probe.missing_classes", "false");
    assert_string_not_equal(before, after);
}

/* The untrained are the very weights that the run had before its first step. */
static void test_untrained(void **state)
{
    (void)state;
    struct config config;
    struct downstream_outcomes outcomes = {0};
    struct seen seen = {.limit = 1000000, .untrained = true};
    const struct scheduled_command script[] = {lab_at(0, COMMAND_CHECKPOINT, "", "")};
    char initial[FILE_PATH_SIZE];
    lab_config(&config);
    lab_set(&config, "seed", "5");
    lab_set(&config, "train.steps", "1");
    lab_train(&config, "seeded", script, 1);
    assert_true(checkpoint_path(initial, lab_path("seeded", "checkpoints"), 0, &lab_error));
    if (!run_tasks(&outcomes, initial, "knn", &seen))
        fail_msg("%s", lab_error.message);
    assert_int_equal(outcomes.count, 4);
    assert_string_equal(outcomes.items[0].arm, "random75");
    assert_string_equal(outcomes.items[2].arm, DOWNSTREAM_UNTRAINED);
    assert_string_equal(outcomes.items[2].key, outcomes.items[0].key); /* a digest of the encoder */
    assert_memory_equal(outcomes.items[2].answers, outcomes.items[0].answers,
                        LAB_HELD_OUT * sizeof *outcomes.items[2].answers);
    downstream_outcomes_release(&outcomes);
}

/* What is on record counts with the time it took when it was done. */
static void test_pace_of_what_is_on_record(void **state)
{
    (void)state;
    double seconds[2];
    for (int i = 0; i < 2; i++) {
        struct downstream_outcomes outcomes = {0};
        struct downstream_pace pace = {0};
        struct seen seen = {.limit = 1000000, .pace = &pace};
        seen.store = store_open(lab_path("run", "run.db"), STORE_APPEND, &lab_error);
        assert_non_null(seen.store);
        downstream_pace_add(&pace, downstream_task_find("knn", &lab_error), 1);
        if (!run_tasks(&outcomes, whole, "knn", &seen))
            fail_msg("%s", lab_error.message);
        seconds[i] = pace.tasks[0].seconds;
        store_close(seen.store);
        downstream_outcomes_release(&outcomes);
    }
    assert_true(seconds[0] > 0);
    assert_near(seconds[1], seconds[0], 0);
}

static void test_the_same_without_the_decoder(void **state)
{
    (void)state;
    struct downstream_outcomes a = {0}, b = {0};
    if (!run_tasks(&a, whole, "knn linear", NULL) || !run_tasks(&b, encoder, "knn linear", NULL))
        fail_msg("%s", lab_error.message);
    assert_int_equal(a.count, 4);
    assert_int_equal(b.count, 4);
    for (size_t i = 0; i < a.count; i++) {
        assert_string_equal(a.items[i].variant, b.items[i].variant);
        assert_string_equal(a.items[i].key, b.items[i].key);
        assert_int_equal(a.items[i].images, LAB_HELD_OUT);
        assert_memory_equal(a.items[i].answers, b.items[i].answers,
                            LAB_HELD_OUT * sizeof *a.items[i].answers);
        assert_near(downstream_value(&a.items[i], "accuracy"),
                    downstream_value(&b.items[i], "accuracy"), 0);
        assert_true(isnan(downstream_value(&a.items[i], "nothing")));
    }
    downstream_outcomes_release(&a);
    downstream_outcomes_release(&b);
}

/* It begins with the model's weights: not with zeros, for which all images are alike, nor with
 * others, for which the first step would have the same loss whatever the model. */
static void test_finetuning_begins_with_the_model(void **state)
{
    (void)state;
    struct downstream_outcomes outcomes = {0};
    struct seen seen = {.limit = 1000, .untrained = true};
    if (!run_tasks(&outcomes, whole, "finetune", &seen))
        fail_msg("%s", lab_error.message);
    assert_int_equal(outcomes.count, 4);
    int others = 0;
    for (int i = 1; i < LAB_HELD_OUT; i++)
        others += outcomes.items[0].answers[i].predicted != outcomes.items[0].answers[0].predicted;
    assert_true(others > 0);
    assert_string_equal(outcomes.items[2].arm, DOWNSTREAM_UNTRAINED);
    assert_true(downstream_value(&outcomes.items[0], "train_loss") !=
                downstream_value(&outcomes.items[2], "train_loss"));
    downstream_outcomes_release(&outcomes);
}

/* Interrupted after each few steps, fine-tuning comes to the same end, and leaves no file. */
static void test_finetuning_goes_on(void **state)
{
    (void)state;
    struct downstream_outcomes whole_run = {0}, parts = {0};
    char one[FILE_PATH_SIZE], other[FILE_PATH_SIZE];
    text_copy(one, sizeof one, lab_path("one", ""));
    text_copy(other, sizeof other, lab_path("other", ""));
    assert_true(run_kept(&whole_run, whole, "finetune", one, NULL));
    int sittings = 0;
    for (struct seen part = {.limit = 5}; parts.count < 2; part.calls = 0, sittings++)
        if (!run_kept(&parts, whole, "finetune", other, &part)) {
            assert_int_equal(lab_error.code, ERROR_CHECK);
            if (parts.count == 1) /* the first seed is not recorded anywhere: it is made again */
                part.limit = 1000;
            downstream_outcomes_release(&parts);
        }
    assert_true(sittings > 3);
    for (size_t i = 0; i < 2; i++) {
        assert_true(downstream_value(&whole_run.items[i], "train_loss") ==
                    downstream_value(&parts.items[i], "train_loss"));
        assert_memory_equal(whole_run.items[i].answers, parts.items[i].answers,
                            LAB_HELD_OUT * sizeof *parts.items[i].answers);
    }
    assert_true(rmdir(one) == 0 || errno == ENOENT);
    assert_true(rmdir(other) == 0);
    downstream_outcomes_release(&whole_run);
    downstream_outcomes_release(&parts);
}

static void test_reconstructing_takes_a_decoder(void **state)
{
    (void)state;
    struct downstream_outcomes outcomes = {0};
    assert_false(run_tasks(&outcomes, encoder, "knn inpaint", NULL));
    assert_int_equal(lab_error.code, ERROR_DATA);
    assert_string_equal(lab_error.message, "inpaint: the checkpoint holds an encoder only, and the "
                                           "task reconstructs: it needs the decoder");
    assert_int_equal(outcomes.count, 0);
    if (!run_tasks(&outcomes, whole, "inpaint", NULL))
        fail_msg("%s", lab_error.message);
    assert_int_equal(outcomes.count, 4);
    double psnr = downstream_value(&outcomes.items[0], "psnr");
    double sum = 0;
    for (int i = 0; i < LAB_HELD_OUT; i++)
        sum += outcomes.items[0].answers[i].value;
    assert_true(psnr > 3 && psnr < 40);
    assert_near(psnr, sum / LAB_HELD_OUT, 1e-9);
    downstream_outcomes_release(&outcomes);
}

/* ---- The weight decay of linear, by a twin ---- */

/* Features of a split's images: those of the outcome, or the first. */
static void extract(struct features *features, const struct saved *saved, enum source_split split,
                    const struct downstream_outcome *outcome, size_t count)
{
    struct source_settings settings;
    struct view_settings view;
    uint32_t images[SCENES];
    config_source(&saved->config, &saved->shape, &settings);
    config_view(&saved->config, &saved->shape, false, &view);
    struct source *source = source_open(&settings, split, lab_log, &lab_error);
    assert_non_null(source);
    for (uint32_t i = 0; i < count; i++)
        images[i] = outcome ? (uint32_t)outcome->answers[i].image : i;
    struct feature_plan plan = {saved->models[0], 0, source, &view};
    assert_true(features_extract(features, &plan, images, count, NULL, &lab_error));
    source_close(source);
}

static void predict(int *predicted, const struct probe_rows *fit, const struct probe_rows *asked,
                    int classes, double decay)
{
    struct logistic logistic;
    struct logistic_settings settings = {.classes = classes, .penalty = decay};
    assert_true(logistic_fit(&logistic, fit, &settings, NULL, NULL, &lab_error));
    assert_true(logistic_predict(&logistic, asked, predicted, &lab_error));
    logistic_release(&logistic);
}

static int right_of(const int *predicted, const struct probe_rows *rows)
{
    int right = 0;
    for (size_t i = 0; i < rows->count; i++)
        right += predicted[i] == rows->labels[i];
    return right;
}

/* The decay that does best on a fifth of the training rows by fits on the others; of equals the
 * largest. */
static double best_decay(const struct probe_rows *rows, int classes, uint64_t seed)
{
    static const double decays[] = {30, 3, 0.3, 0.03, 0.001};
    struct subset part = {0}, back = {0};
    int predicted[SCENES], most = -1;
    double best = 0;
    assert_true(subset_split(&part, &back, rows, classes, seed, &lab_error));
    struct probe_rows fit = subset_rows(&part), asked = subset_rows(&back);
    for (size_t i = 0; i < ARRAY_LENGTH(decays); i++) {
        predict(predicted, &fit, &asked, classes, decays[i]);
        if (right_of(predicted, &asked) > most) {
            most = right_of(predicted, &asked);
            best = decays[i];
        }
    }
    subset_release(&part);
    subset_release(&back);
    return best;
}

static void test_decay_is_chosen(void **state)
{
    (void)state;
    struct downstream_outcomes outcomes = {0};
    struct features train, held_out;
    struct saved saved;
    int predicted[SCENES];
    bool other = false;
    if (!run_tasks(&outcomes, whole, "linear", NULL))
        fail_msg("%s", lab_error.message);
    assert_int_equal(outcomes.count, 2);
    assert_true(saved_open(&saved, whole, &lab_error));
    draw_scenes(&saved.config);
    extract(&train, &saved, SOURCE_TRAIN, NULL, SCENES);
    extract(&held_out, &saved, SOURCE_HOLDOUT, &outcomes.items[0], SCENES_HELD_OUT);
    struct probe_rows rows = features_rows(&train, FEATURE_CLASS_TOKEN);
    struct probe_rows asked = features_rows(&held_out, FEATURE_CLASS_TOKEN);
    for (size_t seed = 0; seed < outcomes.count; seed++) {
        const struct downstream_outcome *outcome = &outcomes.items[seed];
        double decay = best_decay(&rows, outcome->classes, seed);
        assert_near(downstream_value(outcome, "weight_decay"), decay, 0);
        predict(predicted, &rows, &asked, outcome->classes, decay);
        for (int i = 0; i < outcome->images; i++)
            assert_int_equal(outcome->answers[i].predicted, predicted[i]);
        predict(predicted, &rows, &asked, outcome->classes, 1);
        for (int i = 0; i < outcome->images; i++)
            other = other || outcome->answers[i].predicted != predicted[i];
    }
    assert_true(other); /* or it would not tell which decay the fit had */
    features_release(&train);
    features_release(&held_out);
    saved_release(&saved);
    downstream_outcomes_release(&outcomes);
}

/* More values than most tasks have, one for each class of pixels, and an answer for each image. */
static void test_segmentation(void **state)
{
    (void)state;
    struct downstream_outcomes outcomes = {0};
    if (!run_tasks(&outcomes, whole, "segment", NULL))
        fail_msg("%s", lab_error.message);
    assert_int_equal(outcomes.count, 2);
    for (size_t i = 0; i < outcomes.count; i++) {
        const struct downstream_outcome *outcome = &outcomes.items[i];
        assert_int_equal(outcome->images, SCENES_HELD_OUT);
        assert_int_equal(outcome->value_count, 4 + outcome->classes);
        assert_true(outcome->value_count > 8);
        for (int image = 0; image < outcome->images; image++) {
            assert_in_range(outcome->answers[image].image, 0, 1000000);
            assert_int_equal(outcome->answers[image].label, -1);
            assert_int_equal(outcome->answers[image].predicted, -1);
            assert_true(outcome->answers[image].value >= 0 && outcome->answers[image].value <= 1);
        }
    }
    downstream_outcomes_release(&outcomes);
}

/* Whenever it is interrupted, there is no half of a seed. */
static void test_interrupted(void **state)
{
    (void)state;
    struct seen seen = {.limit = 1000000};
    struct downstream_outcomes outcomes = {0};
    assert_true(run_tasks(&outcomes, whole, "inpaint linear", &seen));
    downstream_outcomes_release(&outcomes);
    assert_string_equal(seen.last, "random75: linear, seed 2 of 2 (4 of 4)");
    int all = seen.calls;
    size_t most = 0;
    for (int limit = 0; limit < all; limit += 1 + (limit > 6) * all / 5) {
        struct seen part = {.limit = limit};
        assert_false(run_tasks(&outcomes, whole, "inpaint linear", &part));
        assert_int_equal(lab_error.code, ERROR_CHECK);
        assert_true(outcomes.count == 0 || outcomes.count == 2 || outcomes.count >= 4);
        most = outcomes.count > most ? outcomes.count : most;
        downstream_outcomes_release(&outcomes);
    }
    assert_int_equal(most, 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_an_encoder_alone),
        cmocka_unit_test(test_what_outcomes_depend_on),
        cmocka_unit_test(test_classes_that_may_be_missing),
        cmocka_unit_test(test_untrained),
        cmocka_unit_test(test_pace_of_what_is_on_record),
        cmocka_unit_test(test_the_same_without_the_decoder),
        cmocka_unit_test(test_finetuning_begins_with_the_model),
        cmocka_unit_test(test_finetuning_goes_on),
        cmocka_unit_test(test_reconstructing_takes_a_decoder),
        cmocka_unit_test(test_decay_is_chosen),
        cmocka_unit_test(test_segmentation),
        cmocka_unit_test(test_interrupted),
    };
    return cmocka_run_group_tests(tests, set_up, lab_close);
}
