/* The teacher: its average, what it says of images, what its head learns, and that the arm's masks
 * follow it. */
#include "tests/unit/test.h"

#include <math.h>

#include "base/parallel.h"
#include "mask/saliency.h"
#include "nn/look.h"
#include "tests/unit/run_bench.h"

static int patches(void)
{
    return mae_patches(&shape);
}

static void test_average_against_twin(void **state)
{
    (void)state;
    struct bench bench;
    struct error error;
    open_bench(&bench, "attention", 1);
    size_t count = bench.arm.mae->table.trained;
    double *twin = calloc(count, sizeof *twin);
    for (size_t i = 0; i < count; i++)
        twin[i] = (double)bench.arm.mae->weights[i];
    struct teacher *teacher = teacher_new(bench.arm.mae, &error);
    assert_non_null(teacher);
    for (int update = 0; update < 30; update++) {
        double momentum = fmin(0.7, (1.0 + update) / (10.0 + update));
        for (size_t i = 0; i < count; i++) {
            bench.arm.mae->weights[i] += 0.01f * (float)((i + (size_t)update) % 7);
            twin[i] = momentum * twin[i] + (1 - momentum) * (double)bench.arm.mae->weights[i];
        }
        teacher_follow(teacher, bench.arm.mae, 0.7);
    }
    for (size_t i = 0; i < count; i++)
        assert_near((double)teacher->mae->weights[i], twin[i], 1e-5);
    assert_int_equal(teacher->updates, 30);
    teacher_free(teacher);
    free(twin);
    close_bench(&bench);
}

/* The map of a pass of one's own over the whole batch, all patches visible. */
static void expected_attention(const struct bench *bench, float *map)
{
    struct error error;
    int visible[IMAGES * 16], offsets[IMAGES + 1] = {0};
    for (int i = 0; i < IMAGES * patches(); i++)
        visible[i] = i % patches();
    for (int i = 0; i < IMAGES; i++)
        offsets[i + 1] = offsets[i] + patches();
    struct mae_batch batch = {IMAGES, bench->batch.pixels, visible, offsets, 0};
    struct mae_pass *pass =
        mae_pass_new(&shape, IMAGES, (size_t)(IMAGES * patches()), false, &error);
    mae_encode(pass, bench->arm.teacher->mae, &batch);
    mae_pass_class_attention(pass, map);
    mae_pass_free(pass);
}

/* Whether every mask hides the top of the map [IMAGES, L]. */
static void check_masks_follow(const struct bench *bench, const float *map)
{
    const uint8_t *masks = bench->workspace.masks.masks;
    for (int image = 0; image < IMAGES; image++) {
        float least_hidden = INFINITY, most_visible = -INFINITY;
        for (int i = image * patches(); i < (image + 1) * patches(); i++) {
            if (masks[i])
                least_hidden = fminf(least_hidden, map[i]);
            else
                most_visible = fmaxf(most_visible, map[i]);
        }
        assert_true(least_hidden >= most_visible - 1e-6f);
    }
}

/* The masks of an arm that hides what is attended to most are the top of the teacher's map as it
 * was before the step, however many parts the batch is taken in, and whether or not statistics of
 * the image are asked for, too. */
static void test_masks_follow_attention(void **state)
{
    (void)state;
    static const char *const strategies[] = {
        "attention:share=1",
        "mixture:parts=[{weight: 0, strategy: saliency}, "
        "{weight: 1, strategy: attention, share: 1}]",
    };
    for (size_t s = 0; s < ARRAY_LENGTH(strategies); s++)
        for (int parts = 1; parts <= 3; parts += 2) {
            struct bench bench;
            float map[IMAGES * 16];
            open_bench(&bench, strategies[s], parts);
            for (int step = 0; step < 4; step++) {
                expected_attention(&bench, map);
                step_once(&bench);
                check_masks_follow(&bench, map);
            }
            close_bench(&bench);
        }
}

/* The other way about: what a model knows does not take the place of the image's statistics. */
static void test_masks_follow_image(void **state)
{
    (void)state;
    struct bench bench;
    float map[IMAGES * 16];
    size_t image_values = mae_image_values(&shape), values = (size_t)mae_patch_values(&shape);
    float *cut = malloc((size_t)patches() * values * sizeof *cut);
    assert_non_null(cut);
    open_bench(&bench,
               "mixture:parts=[{weight: 0, strategy: attention}, "
               "{weight: 1, strategy: saliency, by: variance, temperature: 0}]",
               1);
    step_once(&bench);
    for (int image = 0; image < IMAGES; image++) {
        mae_patchify(&shape, 1, bench.batch.pixels + (size_t)image * image_values, cut);
        saliency_map(MASK_GUIDE_VARIANCE, cut, patches(), shape.patch, shape.channels,
                     map + image * patches());
    }
    check_masks_follow(&bench, map);
    close_bench(&bench);
    free(cut);
}

/* Flat patches, but for a chessboard of noisy ones, which no model can predict. */
static bool is_noisy(int patch)
{
    int width = mae_grid_width(&shape);
    return (patch / width + patch % width) % 2 == 0;
}

static void make_uneven_images(struct bench *bench)
{
    size_t side = (size_t)shape.image_height, values = mae_image_values(&shape);
    size_t width = (size_t)shape.image_width, patch = (size_t)shape.patch;
    struct random random = random_begin(8, RANDOM_SAMPLE, (uint32_t)bench->batch.epoch, 1);
    for (size_t i = 0; i < IMAGES * values; i++) {
        size_t y = i / width % side, x = i % width;
        bool noisy = is_noisy((int)(y / patch * (width / patch) + x / patch));
        bench->batch.pixels[i] = noisy ? (float)random_normal(&random) : 0.2f;
    }
}

static double noisy_share(const struct bench *bench)
{
    int hidden = 0, noisy = 0;
    for (int i = 0; i < IMAGES * patches(); i++) {
        hidden += bench->workspace.masks.masks[i];
        noisy += bench->workspace.masks.masks[i] && is_noisy(i % patches());
    }
    return (double)noisy / hidden;
}

static void test_head_finds_the_hard_patches(void **state)
{
    (void)state;
    struct bench bench;
    parallel_set_threads(1);
    open_bench(&bench, "loss:hard=1", 2);
    assert_true(ratio_choice_parse(&bench.arm.mask.ratio, "0.5", NULL));
    double guide_loss = 0, share = 0;
    for (int round = 0; round < 150; round++) {
        make_uneven_images(&bench);
        struct arm_step step = {.seed = BENCH_SEED,
                                .progress =
                                    round < 130 ? 0 : 1, /* at random, then hard ones only */
                                .learning_rate = 5e-3,
                                .ema_momentum = 0.9};
        arm_differentiate(&bench.arm, &bench.workspace, &bench.batch, &step);
        assert_true(step.finite);
        assert_near(bench.workspace.teacher.learned, fmin(1, round / 100.0), 1e-12);
        arm_update(&bench.arm, &step);
        bench.batch.epoch++;
        if (round == 129) {
            guide_loss = step.guide_loss;
            assert_true(fabs(noisy_share(&bench) - 0.5) < 0.15);
        }
        share = noisy_share(&bench);
    }
    assert_true(guide_loss <
                0.55); /* chance is 0.69; half the pairs are of a kind, and left to it */
    assert_true(share > 0.9);
    parallel_set_threads(0);
    close_bench(&bench);
}

static void test_same_bits_on_any_threads(void **state)
{
    (void)state;
    struct bench one, more;
    open_bench(&one, "loss", 3);
    open_bench(&more, "loss", 3);
    for (int step = 0; step < 3; step++) {
        parallel_set_threads(1);
        double loss = step_once(&one).guide_loss;
        parallel_set_threads(3);
        assert_true(step_once(&more).guide_loss == loss);
    }
    parallel_set_threads(0);
    const struct teacher *a = one.arm.teacher, *b = more.arm.teacher;
    assert_memory_equal(a->mae->weights, b->mae->weights, a->mae->table.total * sizeof(float));
    assert_memory_equal(a->predictor.weights, b->predictor.weights,
                        a->predictor.table.total * sizeof(float));
    close_bench(&one);
    close_bench(&more);
}

/* A teacher is there exactly while the strategy needs one; a choice that is refused leaves none. */
static void test_comes_and_goes(void **state)
{
    (void)state;
    struct bench bench;
    struct error error;
    struct mask_choice choice;
    open_bench(&bench, "block", 1);
    assert_null(bench.arm.teacher);
    choice = bench.arm.mask;
    assert_true(strategy_choice_parse(&choice.strategy, "mixture:parts=[random, loss]", &error));
    assert_true(arm_prepare(&bench.arm, &bench.workspace, &choice, 1, &error));
    assert_non_null(bench.arm.teacher);
    arm_settle(&bench.arm); /* the choice was not taken over */
    assert_null(bench.arm.teacher);
    assert_true(arm_prepare(&bench.arm, &bench.workspace, &choice, 1, &error));
    bench.arm.mask = choice;
    arm_settle(&bench.arm);
    assert_true(bench.arm.teacher && bench.arm.teacher->predicts);
    assert_true(strategy_choice_parse(&bench.arm.mask.strategy, "attention", &error));
    arm_settle(&bench.arm);
    assert_true(bench.arm.teacher && !bench.arm.teacher->predicts);
    close_bench(&bench);
}

/* Weights that are no numbers guide nobody, and the masks are whole all the same. */
static void test_a_broken_teacher(void **state)
{
    (void)state;
    static const char *const strategies[] = {"attention:share=1", "loss:hard=1"};
    for (size_t i = 0; i < ARRAY_LENGTH(strategies); i++) {
        struct bench bench;
        struct arm_step step = {.seed = BENCH_SEED, .progress = 1};
        open_bench(&bench, strategies[i], 1);
        for (size_t k = 0; k < bench.arm.mae->table.trained; k++)
            bench.arm.teacher->mae->weights[k] = NAN;
        arm_differentiate(&bench.arm, &bench.workspace, &bench.batch, &step);
        for (int image = 0; image < IMAGES; image++) {
            int hidden = 0;
            for (int k = 0; k < patches(); k++)
                hidden += bench.workspace.masks.masks[image * patches() + k];
            assert_in_range(hidden, 1, patches() - 1);
        }
        close_bench(&bench);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_average_against_twin),
        cmocka_unit_test(test_masks_follow_attention),
        cmocka_unit_test(test_masks_follow_image),
        cmocka_unit_test(test_head_finds_the_hard_patches),
        cmocka_unit_test(test_same_bits_on_any_threads),
        cmocka_unit_test(test_comes_and_goes),
        cmocka_unit_test(test_a_broken_teacher),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
