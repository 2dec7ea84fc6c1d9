/* What a study's work takes on this machine, by a measurement of some seconds. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/parallel.h"
#include "base/random.h"
#include "probe/features.h"
#include "probe/finetune.h"
#include "probe/knn.h"
#include "run/arm.h"
#include "run/downstream_patches.h"
#include "run/study_private.h"

/* Of the seconds; the arms share the rest. */
static const double encode_share = 0.15, finetune_share = 0.15, pairs_share = 0.05;
static const double measured_rate = 1e-4, measured_momentum = 0.999;

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

/* ---- Training steps on noise ---- */

/* Of a large batch a part tells the time. */
enum { TRIAL_IMAGES = 64 };

struct trial {
    const struct config *config;
    const struct mae_shape *shape;
    struct arm_workspace workspace;
    struct loader_batch batch;
};

static void trial_release(struct trial *trial)
{
    arm_workspace_release(&trial->workspace);
    free(trial->batch.pixels);
    free(trial->batch.indices);
}

static bool trial_init(struct trial *trial, struct error *error)
{
    const struct config *config = trial->config;
    int part = (int)(config->train.batch / config->train.accumulate);
    int images = part < TRIAL_IMAGES ? part : TRIAL_IMAGES;
    size_t values = (size_t)images * mae_image_values(trial->shape);
    trial->batch.images = images;
    if (!arm_workspace_init(&trial->workspace, trial->shape, images, 1,
                            (enum mae_precision)config->train.precision, config_use(config),
                            error) ||
        !(trial->batch.pixels = memory_new(values, sizeof(float), error)) ||
        !(trial->batch.indices = memory_new((size_t)images, sizeof(uint32_t), error)))
        return false;
    struct random random = random_begin((uint64_t)config->seed, RANDOM_SAMPLE, 0, 0);
    for (size_t i = 0; i < values; i++)
        trial->batch.pixels[i] = (float)random_normal(&random);
    for (int i = 0; i < images; i++)
        trial->batch.indices[i] = (uint32_t)i;
    return true;
}

static void step(struct trial *trial, struct arm *arm)
{
    struct arm_step step = {.seed = (uint64_t)trial->config->seed,
                            .progress = 0.5,
                            .learning_rate = measured_rate,
                            .ema_momentum = measured_momentum};
    arm_differentiate(arm, &trial->workspace, &trial->batch, &step);
    arm_update(arm, &step);
}

/* The first step, which makes memory resident, is not counted. */
static bool time_arm(struct trial *trial, const struct arm_config *config, double seconds,
                     double *step_seconds, struct error *error)
{
    struct arm arm;
    if (!arm_init(&arm, config, trial->shape, 0, error))
        return false;
    bool good = arm_prepare(&arm, &trial->workspace, &arm.mask, 0, error);
    if (good) {
        step(trial, &arm);
        double start = now(), spent;
        int steps = 0;
        do {
            step(trial, &arm);
            steps++;
        } while ((spent = now() - start) < seconds);
        *step_seconds =
            spent / steps * (double)trial->config->train.batch / (double)trial->batch.images;
    }
    arm_release(&arm);
    return good;
}

static bool time_arms(struct study_cost *cost, const struct study *study,
                      const struct mae_shape *shape, double seconds, struct error *error)
{
    struct trial trial = {.config = &study->config, .shape = shape};
    bool good = trial_init(&trial, error);
    for (int i = 0; good && i < study->arm_count; i++)
        good = time_arm(&trial, &study->arms[i], seconds / study->arm_count, &cost->step_seconds[i],
                        error);
    trial_release(&trial);
    return good;
}

/* ---- Features of whole images ---- */

static bool time_encoding(struct study_cost *cost, const struct study *study,
                          const struct source *source, const struct mae *mae, double seconds,
                          struct error *error)
{
    enum { CHUNK = 64, CHUNKS = 256 };
    struct view_settings view;
    uint32_t images[CHUNK];
    bool good = true;
    config_view(&study->config, &mae->shape, false, &view);
    double start = now();
    size_t done = 0;
    for (int chunk = 0; good && chunk < CHUNKS && (chunk == 0 || now() - start < seconds);
         chunk++) {
        struct features features;
        struct feature_plan plan = {mae, 0, source, &view};
        for (size_t i = 0; i < CHUNK; i++)
            images[i] = (uint32_t)((done + i) % source->count);
        good = features_extract(&features, &plan, images, CHUNK, NULL, error);
        if (good)
            features_release(&features);
        done += CHUNK;
    }
    cost->encode_seconds = (now() - start) / (double)done;
    return good;
}

/* ---- Steps of fine-tuning ---- */

/* From the end of the first step, which makes memory resident. */
struct stopwatch {
    double seconds, from;
    int64_t steps;
};

static bool stop_in_time(void *context, double done)
{
    struct stopwatch *watch = context;
    (void)done;
    if (watch->steps++ == 1)
        watch->from = now();
    return watch->steps < 3 || now() - watch->from < watch->seconds;
}

static bool time_finetuning(struct study_cost *cost, const struct study *study,
                            struct source *source, struct mae *mae, double seconds,
                            struct error *error)
{
    const struct config *config = &study->config;
    struct stopwatch watch = {.seconds = seconds};
    struct probe_watch told = {stop_in_time, &watch};
    struct finetune_result result;
    struct view_settings view;
    struct error stopped = {0};
    uint32_t images[TRIAL_IMAGES];
    size_t count = 0, batch = (size_t)config->probe.finetune.batch;
    for (size_t i = 0; i < source->count && count < TRIAL_IMAGES && count < batch; i++)
        if (source_label(source, i) >= 0)
            images[count++] = (uint32_t)i;
    config_view(config, &mae->shape, true, &view);
    struct finetune_images some = {source, images, count, &view};
    struct finetune_settings settings = {.classes = source->class_count,
                                         .batch = (int)count,
                                         .epochs = INFINITY,
                                         .rate = measured_rate,
                                         .layer_decay = 1};
    if (finetune(&result, mae, &some, &some, &settings, &told, &stopped))
        finetune_result_release(&result);
    else if (stopped.code != ERROR_CHECK)
        return error_set(error, stopped.code, "%s", stopped.message);
    cost->finetune_seconds = (now() - watch.from) / (double)(watch.steps - 2) / (double)count;
    return true;
}

/* ---- Similarities of features ---- */

static bool time_pairs(struct study_cost *cost, size_t dim, double seconds, struct error *error)
{
    enum { ROWS = 1024, NEAREST = 20, CLASSES = 8 };
    int k = NEAREST;
    struct knn_settings settings = {&k, 1, 1, CLASSES};
    float *values = memory_new(ROWS * dim, sizeof *values, error);
    float *shares = memory_new((size_t)ROWS * CLASSES, sizeof *shares, error);
    float *scores = memory_new((size_t)ROWS * CLASSES, sizeof *scores, error);
    bool good = values && shares && scores;
    struct random random = random_begin(0, RANDOM_SAMPLE, 0, 0);
    for (size_t i = 0; good && i < ROWS * dim; i++)
        values[i] = (float)random_normal(&random);
    struct probe_rows rows = {.values = values, .shares = shares, .count = ROWS, .dim = dim};
    struct probe_watch nobody = {0};
    double start = now();
    int done = 0;
    while (good && (done == 0 || now() - start < seconds)) {
        good = knn_scores(scores, &rows, &rows, &settings, &nobody, error);
        done++;
    }
    cost->pair_seconds = (now() - start) / done / ((double)ROWS * ROWS);
    free(values);
    free(shares);
    free(scores);
    return good;
}

/* ---- All of it ---- */

static bool asks(const struct study *study, const char *task)
{
    for (int i = 0; i < study->task_count; i++)
        if (!strcmp(study->tasks[i]->name, task))
            return true;
    return false;
}

/* How many images segment takes. */
static bool count_images(struct study_cost *cost, const struct study *study,
                         const struct mae_shape *shape, struct log *log, struct error *error)
{
    const struct downstream_task *task = downstream_task_find("segment", error);
    struct config *config = memory_new(1, sizeof *config, error);
    size_t train, held_out;
    bool good = config;
    if (good) {
        *config = study->config;
        good = study_point_to_images(study, task, config, error) &&
               patches_count(config, shape, &train, &held_out, log, error);
    }
    if (good) {
        cost->segment_train = (int64_t)train;
        cost->segment_held_out = (int64_t)held_out;
    }
    free(config);
    return good;
}

static bool time_tasks(struct study_cost *cost, const struct study *study,
                       const struct mae_shape *shape, double seconds, struct log *log,
                       struct error *error)
{
    struct source_settings settings;
    config_source(&study->config, shape, &settings);
    struct source *source = source_open(&settings, SOURCE_TRAIN, log, error);
    struct mae *mae = source ? mae_new(shape, error) : NULL;
    bool good = mae;
    if (good) {
        mae_initialise(mae, 0);
        good = time_encoding(cost, study, source, mae, encode_share * seconds, error) &&
               time_pairs(cost, (size_t)shape->embed_dim, pairs_share * seconds, error) &&
               (!asks(study, "segment") || count_images(cost, study, shape, log, error)) &&
               (!asks(study, "finetune") ||
                time_finetuning(cost, study, source, mae, finetune_share * seconds, error));
    }
    mae_free(mae);
    source_close(source);
    return good;
}

bool study_cost_measure(struct study_cost *cost, const struct study_plan *plan, double seconds,
                        struct log *log, struct error *error)
{
    const struct study *study = plan->study;
    struct mae_shape shape;
    *cost = (struct study_cost){0};
    parallel_set_threads((int)study->config.train.threads);
    if (config_shape(&study->config, &shape, error) &&
        (cost->step_seconds =
             memory_new((size_t)study->arm_count, sizeof *cost->step_seconds, error)) &&
        time_arms(cost, study, &shape, (1 - encode_share - finetune_share - pairs_share) * seconds,
                  error) &&
        (study->task_count == 0 || time_tasks(cost, study, &shape, seconds, log, error)))
        return true;
    study_cost_release(cost);
    return false;
}
