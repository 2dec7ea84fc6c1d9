/* One step of an arm: taking the batch in parts gives what taking it whole gives, and a step
 * allocates nothing. */
#include "tests/unit/test.h"

#include <math.h>

#include "base/memory.h"
#include "base/parallel.h"
#include "base/random.h"
#include "run/arm.h"
#include "tests/unit/run_allocations.h"

enum { IMAGES = 12, WARM_UP = 2 };

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
static void open_bench(struct bench *bench, int parts)
{
    struct error error;
    struct arm_config config = {.name = "arm"};
    size_t values = IMAGES * mae_image_values(&shape);
    *bench = (struct bench){.batch = {.images = IMAGES}};
    assert_true(strategy_choice_parse(&config.mask.strategy, "block", &error));
    assert_true(ratio_choice_parse(&config.mask.ratio, "uniform:low=0.1,high=0.9", &error));
    if (!arm_init(&bench->arm, &config, &shape, 1, &error) ||
        !arm_workspace_init(&bench->workspace, &shape, IMAGES, parts, MAE_F32, &error))
        fail_msg("%s", error.message);
    assert_true(mask_batch_prepare(&bench->workspace.masks, &bench->arm.mask, &error));
    bench->batch.pixels = calloc(values, sizeof(float));
    bench->batch.indices = calloc(IMAGES, sizeof(uint32_t));
    assert_true(bench->batch.pixels && bench->batch.indices);
    struct random random = random_begin(7, RANDOM_SAMPLE, 0, 0);
    for (size_t i = 0; i < values; i++)
        bench->batch.pixels[i] = (float)random_normal(&random);
    for (uint32_t i = 0; i < IMAGES; i++)
        bench->batch.indices[i] = 3 * i;
}

static void close_bench(struct bench *bench)
{
    arm_workspace_release(&bench->workspace);
    arm_release(&bench->arm);
    free(bench->batch.pixels);
    free(bench->batch.indices);
}

static struct arm_step step_once(struct bench *bench)
{
    struct arm_step step = {.seed = 5, .learning_rate = 1e-3, .weight_decay = 0.05};
    arm_differentiate(&bench->arm, &bench->workspace, &bench->batch, &step);
    assert_true(step.finite);
    arm_update(&bench->arm, &step);
    bench->batch.epoch++;
    return step;
}

/* The largest difference, in units of the largest value. */
static double apart(const float *a, const float *b, size_t count)
{
    double difference = 0, largest = 0;
    for (size_t i = 0; i < count; i++) {
        difference = fmax(difference, fabs((double)a[i] - (double)b[i]));
        largest = fmax(largest, fabs((double)b[i]));
    }
    return difference / largest;
}

static void test_parts_sum_up(void **state)
{
    (void)state;
    struct bench whole, parted;
    open_bench(&whole, 1);
    struct arm_step expected = step_once(&whole);
    static const int parts[] = {2, 3, 4, 12};
    for (size_t i = 0; i < ARRAY_LENGTH(parts); i++) {
        open_bench(&parted, parts[i]);
        struct arm_step step = step_once(&parted);
        assert_near(step.loss / expected.loss, 1, 1e-6);
        assert_near(step.gradient_norm / expected.gradient_norm, 1, 1e-5);
        assert_near(apart(parted.arm.gradients, whole.arm.gradients, whole.arm.mae->table.trained),
                    0, 1e-5);
        assert_true(step.realised_ratio == expected.realised_ratio);
        close_bench(&parted);
    }
    close_bench(&whole);
}

static void test_parts_same_bits(void **state)
{
    (void)state;
    struct bench one, more;
    for (int threads = 2; threads <= 3; threads++) {
        open_bench(&one, 3);
        open_bench(&more, 3);
        size_t bytes = one.arm.mae->table.trained * sizeof(float);
        for (int step = 0; step < 2; step++) {
            parallel_set_threads(1);
            double loss = step_once(&one).loss;
            parallel_set_threads(threads);
            assert_true(step_once(&more).loss == loss);
        }
        assert_memory_equal(more.arm.gradients, one.arm.gradients, bytes);
        assert_memory_equal(more.arm.mae->weights, one.arm.mae->weights, bytes);
        close_bench(&one);
        close_bench(&more);
    }
    parallel_set_threads(0);
}

/* A part needs the activations of its images only. */
static void test_parts_take_less(void **state)
{
    (void)state;
    enum { BATCH = 64, PARTS = 4 };
    const struct mae_shape *tiny = &mae_preset_find("tiny64")->shape;
    size_t patches = (size_t)mae_patches(tiny), part = BATCH / PARTS;
    size_t whole = mae_pass_size(tiny, BATCH, BATCH * patches, true);
    assert_true(mae_pass_size(tiny, (int)part, part * patches, true) < whole / (PARTS - 1));
}

/* Steady state: libraries make their own memory, and their threads, in the first steps. */
static void test_step_allocates_nothing(void **state)
{
    (void)state;
    if (!allocations_are_counted()) {
        print_message("the C library's allocator cannot be replaced in this build\n");
        skip();
    }
    static const int parts[] = {1, 3};
    for (size_t i = 0; i < ARRAY_LENGTH(parts); i++) {
        struct bench bench;
        parallel_set_threads(3);
        open_bench(&bench, parts[i]);
        for (int step = 0; step < WARM_UP; step++)
            step_once(&bench);
        size_t before = allocations_counted();
        for (int step = 0; step < 3; step++)
            step_once(&bench);
        assert_int_equal(allocations_counted() - before, 0);
        free(malloc(1)); /* and a count that does not count would show here */
        assert_int_equal(allocations_counted() - before, 1);
        close_bench(&bench);
    }
    parallel_set_threads(0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parts_sum_up),
        cmocka_unit_test(test_parts_same_bits),
        cmocka_unit_test(test_parts_take_less),
        cmocka_unit_test(test_step_allocates_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
