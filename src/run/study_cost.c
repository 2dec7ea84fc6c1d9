/* What a study takes, from a measurement of some seconds. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/parallel.h"
#include "base/random.h"
#include "probe/features.h"
#include "run/arm.h"
#include "run/run.h"
#include "run/study_private.h"

/* Of the seconds: for encoding; the arms share the rest. */
static const double encode_share = 0.2;
/* A step of fine-tuning takes as much as the forward pass, and twice that backward. */
static const double finetune_passes = 3;
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
                          const struct mae_shape *shape, double seconds, struct log *log,
                          struct error *error)
{
    enum { CHUNK = 64, CHUNKS = 256 };
    struct source_settings settings;
    struct view_settings view;
    uint32_t images[CHUNK];
    config_source(&study->config, shape, &settings);
    config_view(&study->config, shape, false, &view);
    struct source *source = source_open(&settings, SOURCE_TRAIN, log, error);
    struct mae *mae = source ? mae_new(shape, error) : NULL;
    bool good = mae;
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
    if (good)
        cost->encode_seconds = (now() - start) / (double)done;
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
        time_arms(cost, study, &shape, (1 - encode_share) * seconds, error) &&
        time_encoding(cost, study, &shape, encode_share * seconds, log, error))
        return true;
    study_cost_release(cost);
    return false;
}

void study_cost_release(struct study_cost *cost)
{
    free(cost->step_seconds);
    *cost = (struct study_cost){0};
}

double study_training_seconds(const struct study_plan *plan, const struct study_cost *cost,
                              const struct study_run *run)
{
    double step = 0;
    for (int i = 0; i < run->count; i++)
        step += cost->step_seconds[run->first + i];
    return step * (double)(plan->total_steps - run->step);
}

static double limited(int64_t limit, int64_t images)
{
    return (double)(limit > 0 && limit < images ? limit : images);
}

double study_task_seconds(const struct study_plan *plan, const struct study_cost *cost,
                          const struct study_run *run)
{
    const struct study *study = plan->study;
    const struct config *config = &study->config;
    double train = limited(config->probe.train_images, plan->train_images);
    double held_out = limited(config->probe.images, plan->held_out_images);
    int models = run->count + (config->study.untrained && run->first == 0);
    double passes = study->task_count > 0 ? train + held_out : 0; /* features are made once */
    for (int i = 0; i < study->task_count; i++)
        if (!strcmp(study->tasks[i]->name, "finetune"))
            passes += (double)config->probe.seeds *
                      (finetune_passes * config->probe.finetune.epochs * train + held_out);
    return run->tasks_done < study->task_count ? passes * models * cost->encode_seconds : 0;
}
