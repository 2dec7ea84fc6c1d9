/* A small arm and a batch of noise, for taking single steps. */
#ifndef MASKSCOPE_TESTS_UNIT_RUN_BENCH_H
#define MASKSCOPE_TESTS_UNIT_RUN_BENCH_H

#include "base/memory.h"
#include "base/random.h"
#include "run/arm.h"

enum { IMAGES = 12, BENCH_SEED = 5 };

struct bench {
    struct arm arm;
    struct arm_workspace workspace;
    struct loader_batch batch;
};

static const struct mae_shape shape = {.image_height = 16,
                                       .image_width = 16,
                                       .patch = 4,
                                       .channels = 3,
                                       .embed_dim = 48,
                                       .depth = 2,
                                       .heads = 3,
                                       .decoder_dim = 32,
                                       .decoder_depth = 1,
                                       .decoder_heads = 2,
                                       .mlp_ratio = 4,
                                       .norm_pix = true};

/* Ratios differ from image to image, so that parts have different numbers of hidden patches. */
static inline void open_bench(struct bench *bench, const char *strategy, int parts)
{
    struct error error;
    struct arm_config config = {.name = "arm"};
    size_t values = IMAGES * mae_image_values(&shape);
    *bench = (struct bench){.batch = {.images = IMAGES}};
    assert_true(strategy_choice_parse(&config.mask.strategy, strategy, &error));
    assert_true(ratio_choice_parse(&config.mask.ratio, "uniform:low=0.1,high=0.9", &error));
    if (!arm_init(&bench->arm, &config, &shape, 1, &error) ||
        !arm_workspace_init(&bench->workspace, &shape, IMAGES, parts, MAE_F32, MAE_TRAINING,
                            &error))
        fail_msg("%s", error.message);
    assert_true(arm_prepare(&bench->arm, &bench->workspace, &bench->arm.mask, BENCH_SEED, &error));
    bench->batch.pixels = calloc(values, sizeof(float));
    bench->batch.indices = calloc(IMAGES, sizeof(uint32_t));
    assert_true(bench->batch.pixels && bench->batch.indices);
    struct random random = random_begin(7, RANDOM_SAMPLE, 0, 0);
    for (size_t i = 0; i < values; i++)
        bench->batch.pixels[i] = (float)random_normal(&random);
    for (uint32_t i = 0; i < IMAGES; i++)
        bench->batch.indices[i] = 3 * i;
}

static inline void close_bench(struct bench *bench)
{
    arm_workspace_release(&bench->workspace);
    arm_release(&bench->arm);
    free(bench->batch.pixels);
    free(bench->batch.indices);
}

static inline struct arm_step step_once(struct bench *bench)
{
    struct arm_step step = {.seed = BENCH_SEED,
                            .progress = 0.5,
                            .learning_rate = 1e-3,
                            .weight_decay = 0.05,
                            .ema_momentum = 0.9};
    arm_differentiate(&bench->arm, &bench->workspace, &bench->batch, &step);
    assert_true(step.finite);
    arm_update(&bench->arm, &step);
    bench->batch.epoch++;
    return step;
}

#endif
