/* One step of an arm: taking the batch in parts gives what taking it whole gives, and a step
 * allocates nothing. */
#include "tests/unit/test.h"

#include <math.h>

#include "base/parallel.h"
#include "tests/unit/run_allocations.h"
#include "tests/unit/run_bench.h"

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
    open_bench(&whole, "block", 1);
    struct arm_step expected = step_once(&whole);
    static const int parts[] = {2, 3, 4, 12};
    for (size_t i = 0; i < ARRAY_LENGTH(parts); i++) {
        open_bench(&parted, "block", parts[i]);
        struct arm_step step = step_once(&parted);
        assert_near(step.loss / expected.loss, 1, 1e-7);
        assert_near(step.gradient_norm / expected.gradient_norm, 1, 1e-6);
        assert_near(apart(parted.arm.gradients, whole.arm.gradients, whole.arm.mae->table.trained),
                    0, 1e-6);
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
        open_bench(&one, "block", 3);
        open_bench(&more, "block", 3);
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

/* The masks of a batch, drawn in lanes, are those drawn one by one: of this image, under its guide,
 * at its place in the batch. */
static void test_masks_of_a_batch(void **state)
{
    (void)state;
    static const char *const strategies[] = {"random", "saliency:by=variance"};
    static const char *const laws[] = {"uniform:low=0.7,high=1,per=stratified",
                                       "uniform:per=batch"};
    for (size_t s = 0; s < ARRAY_LENGTH(strategies); s++)
        for (size_t l = 0; l < ARRAY_LENGTH(laws); l++) {
            struct bench bench;
            struct guide_maker guide;
            open_bench(&bench, strategies[s], 1);
            assert_true(bench.workspace.masks.lanes > 1);
            assert_true(ratio_choice_parse(&bench.arm.mask.ratio, laws[l], NULL));
            assert_true(guide_maker_init(&guide, &shape, NULL));
            struct arm_step step = step_once(&bench);
            struct mask_drawer *drawer = mask_drawer_new(4, 4, NULL);
            int clamped_of_lane[2] = {0};
            for (int i = 0; i < IMAGES; i++) {
                const float *pixels = bench.batch.pixels + (size_t)i * mae_image_values(&shape);
                struct mask_key key = {
                    .seed = BENCH_SEED,
                    .stream = RANDOM_MASK,
                    .image = bench.batch.indices[i],
                    .batch_images = IMAGES,
                    .place = (uint32_t)i,
                    .guides = guide_maker_look(&guide, MASK_GUIDES_OF_IMAGE, pixels, NULL)};
                uint8_t mask[16];
                bool clamped;
                mask_draw(drawer, &bench.arm.mask, 0.5, &key, mask, &clamped);
                assert_memory_equal(mask, bench.workspace.masks.masks + i * 16, sizeof mask);
                clamped_of_lane[i / MASK_LANE_IMAGES] += clamped;
            }
            assert_near(step.clamped_share,
                        (double)(clamped_of_lane[0] + clamped_of_lane[1]) / IMAGES, 0);
            assert_true(l > 0 || (clamped_of_lane[0] > 0 && clamped_of_lane[1] > 0));
            mask_drawer_free(drawer);
            guide_maker_release(&guide);
            close_bench(&bench);
        }
}

/* What a model said of an image stands beside what its pixels say. */
static void test_guides_go_together(void **state)
{
    (void)state;
    struct guide_maker maker;
    static const float attention[16] = {1};
    float *pixels = calloc(mae_image_values(&shape), sizeof *pixels);
    struct mask_guides model = {.maps[MASK_GUIDE_ATTENTION] = attention, .learned = 0.5};
    assert_non_null(pixels);
    assert_true(guide_maker_init(&maker, &shape, NULL));
    const struct mask_guides *guides = guide_maker_look(
        &maker, 1u << MASK_GUIDE_VARIANCE | 1u << MASK_GUIDE_ATTENTION, pixels, &model);
    assert_ptr_equal(guides->maps[MASK_GUIDE_ATTENTION], attention);
    assert_true(guides->learned == 0.5);
    assert_non_null(guides->maps[MASK_GUIDE_VARIANCE]);
    assert_null(guides->maps[MASK_GUIDE_LOSS]);
    assert_null(guide_maker_look(&maker, 0, pixels, NULL));
    guide_maker_release(&maker);
    free(pixels);
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

static size_t activations(const struct config *config)
{
    struct mae_shape model;
    struct error error;
    assert_true(config_shape(config, &model, &error));
    return config_activations(config, &model);
}

/* What the activations of a configuration's steps take: of a part, of the arm that shows most, of
 * the worst batch, and of what guides masks. */
static void test_activations(void **state)
{
    (void)state;
    struct config config;
    struct error error;
    const struct mae_shape *tiny = &mae_preset_find("tiny64")->shape;
    const size_t patches = 64 * (size_t)mae_patches(tiny);
    assert_true(config_defaults(&config, &error));
    assert_true(
        config_assign(&config, "model.preset", "tiny64", ORIGIN_COMMAND_LINE, NULL, &error));
    config.train.batch = 64;
    struct mask_choice *mask = &config.arms[0].mask;
    const size_t usual = activations(&config);
    assert_int_equal(usual, mae_pass_needs(tiny, 64, patches / 4, MAE_TRAINING));
    config.train.accumulate = 4;
    assert_int_equal(activations(&config), mae_pass_needs(tiny, 16, patches / 16, MAE_TRAINING));
    config.train.accumulate = 1;
    assert_true(config_mask_parse(mask, "{strategy: random, ratio: {from: .5, to: .75}}", &error));
    const size_t half = mae_pass_needs(tiny, 64, patches / 2, MAE_TRAINING);
    assert_int_equal(activations(&config), half);
    assert_true(config_mask_parse(
        mask, "{strategy: random, ratio: {law: uniform, low: .5, high: .9, per: batch}}", &error));
    assert_int_equal(activations(&config), half);
    assert_true(config_mask_parse(mask, "{strategy: loss, ratio: .75}", &error));
    assert_int_equal(activations(&config),
                     usual + mae_pass_needs(tiny, 64, patches, MAE_INFERENCE));
}

/* Steady state: libraries make memory of their own the first time that a thread calls them, which
 * may be in a later step than the first. What a step allocates it allocates in every one. */
static void test_step_allocates_nothing(void **state)
{
    enum { STEPS_MOST = 30, QUIET_STEPS = 3 };
    (void)state;
    if (!allocations_are_counted()) {
        print_message("the C library's allocator cannot be replaced in this build\n");
        skip();
    }
    static const char *const strategies[] = {"block", "attention", "loss", "saliency"};
    for (size_t i = 0; i < 2 * ARRAY_LENGTH(strategies); i++) {
        struct bench bench;
        parallel_set_threads(3);
        open_bench(&bench, strategies[i / 2], i % 2 ? 3 : 1);
        size_t before = 0;
        int quiet = 0;
        for (int step = 0; step < STEPS_MOST && quiet < QUIET_STEPS; step++) {
            before = allocations_counted();
            step_once(&bench);
            quiet = allocations_counted() == before ? quiet + 1 : 0;
        }
        assert_int_equal(quiet, QUIET_STEPS);
        free(malloc(1)); /* and a count that does not count would show here */
        assert_int_equal(allocations_counted() - before, 1);
        close_bench(&bench);
    }
    parallel_set_threads(0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parts_sum_up),           cmocka_unit_test(test_parts_same_bits),
        cmocka_unit_test(test_masks_of_a_batch),       cmocka_unit_test(test_guides_go_together),
        cmocka_unit_test(test_parts_take_less),        cmocka_unit_test(test_activations),
        cmocka_unit_test(test_step_allocates_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
