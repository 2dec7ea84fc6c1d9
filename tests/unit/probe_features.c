/* Features of whole images: what the encoder says of them, whichever images stand beside them,
 * whatever the number of threads, and with images missing. */
#include "tests/unit/test.h"

#include <math.h>

#include "base/parallel.h"
#include "nn/look.h"
#include "probe/features.h"

enum { SIDE = 16, DIM = 24, PATCHES = 4, COUNT = 70 };
static const struct mae_shape shape = {SIDE, SIDE, 8, 3, DIM, 3, 2, 16, 1, 2, 2.0, false};
static const struct view_settings view = {.width = SIDE,
                                          .height = SIDE,
                                          .channels = 3,
                                          .crop = CROP_CENTER,
                                          .mean = {0.5f, 0.5f, 0.5f},
                                          .deviation = {0.25f, 0.25f, 0.25f}};
static struct error error;
static struct mae *mae;
static struct source *source;

static int open_all(void **state)
{
    (void)state;
    struct source_settings settings = {
        .kind = "scenes", .width = SIDE, .height = SIDE, .count = COUNT + 10};
    source = source_open(&settings, SOURCE_TRAIN, NULL, &error);
    mae = mae_new(&shape, &error);
    if (!source || !mae)
        return -1;
    mae_initialise(mae, 3);
    return 0;
}

static int close_all(void **state)
{
    (void)state;
    source_close(source);
    mae_free(mae);
    return 0;
}

static void extract(struct features *features, int block, uint32_t first, size_t count)
{
    uint32_t images[COUNT];
    struct feature_plan plan = {mae, block, source, &view};
    for (size_t i = 0; i < count; i++)
        images[i] = first + (uint32_t)(count - 1 - i);
    if (!features_extract(features, &plan, images, count, NULL, &error))
        fail_msg("%s", error.message);
}

/* Image by image, with a pass of its own. */
static void naive_features(float *token, float *mean, uint32_t image, int block)
{
    struct view_scratch scratch = {0};
    float pixels[3 * SIDE * SIDE];
    int visible[PATCHES] = {0, 1, 2, 3}, offsets[2] = {0, PATCHES};
    struct mae_batch batch = {1, pixels, visible, offsets, 0};
    struct mae_pass *pass = mae_pass_new(&shape, 1, PATCHES, MAE_INFERENCE, &error);
    assert_non_null(pass);
    assert_true(view_read(source, image, &view, &scratch, pixels, &error));
    mae_attend(pass, mae, &batch, MAE_ENCODER, (block ? block : shape.depth) - 1);
    const float *latent = mae_pass_latent(pass);
    memcpy(token, latent, DIM * sizeof *token);
    for (int i = 0; i < DIM; i++) {
        double sum = 0;
        for (int patch = 1; patch <= PATCHES; patch++)
            sum += (double)latent[patch * DIM + i];
        mean[i] = (float)(sum / PATCHES);
    }
    mae_pass_free(pass);
    view_scratch_release(&scratch);
}

static void check_block(int block)
{
    struct features features;
    float token[DIM], mean[DIM];
    extract(&features, block, 5, COUNT);
    assert_int_equal(features.count, COUNT);
    assert_int_equal(features.broken, 0);
    for (size_t row = 0; row < COUNT; row += 23) {
        assert_int_equal(features.images[row], 5 + COUNT - 1 - row);
        assert_int_equal(features.labels[row], source_label(source, features.images[row]));
        naive_features(token, mean, features.images[row], block);
        for (size_t i = 0; i < DIM; i++) {
            assert_near((double)features.values[FEATURE_CLASS_TOKEN][row * DIM + i],
                        (double)token[i], 1e-5);
            assert_near((double)features.values[FEATURE_PATCH_MEAN][row * DIM + i], (double)mean[i],
                        1e-5);
        }
    }
    features_release(&features);
}

static void test_against_naive_twin(void **state)
{
    (void)state;
    check_block(0);
    check_block(1);
    check_block(3);
}

static void test_blocks_differ(void **state)
{
    (void)state;
    struct features first, last;
    extract(&first, 1, 0, 3);
    extract(&last, 0, 0, 3);
    assert_memory_not_equal(first.values[0], last.values[0], 3 * DIM * sizeof(float));
    features_release(&first);
    features_release(&last);
}

static void test_on_any_threads(void **state)
{
    (void)state;
    struct features one, many;
    parallel_set_threads(1);
    extract(&one, 0, 0, COUNT);
    parallel_set_threads(5);
    extract(&many, 0, 0, COUNT);
    parallel_set_threads(0);
    for (int kind = 0; kind < FEATURE_KINDS; kind++)
        assert_memory_equal(one.values[kind], many.values[kind], COUNT * DIM * sizeof(float));
    features_release(&one);
    features_release(&many);
}

/* ---- Images that cannot be read ---- */

static bool read_some(const struct source *broken, size_t index, int min_width, int min_height,
                      struct image *image, struct error *why)
{
    (void)broken;
    if (index % 3 == 1)
        return error_set(why, ERROR_DATA, "image %zu is broken", index);
    return source_read(source, index, min_width, min_height, image, why);
}

static bool read_without_memory(const struct source *broken, size_t index, int min_width,
                                int min_height, struct image *image, struct error *why)
{
    if (index == 3)
        return error_set(why, ERROR_SYSTEM, "no memory for image 3");
    return read_some(broken, index, min_width, min_height, image, why);
}

static int label_some(const struct source *broken, size_t index)
{
    (void)broken;
    return source_label(source, index);
}

static void test_broken_images_are_left_out(void **state)
{
    (void)state;
    static const struct source_kind kind = {.read = read_some, .label_of = label_some};
    struct source broken = {.kind = &kind, .count = COUNT};
    struct feature_plan plan = {mae, 0, &broken, &view};
    uint32_t images[8] = {0, 1, 2, 3, 4, 5, 6, 7}, bad[1] = {4};
    struct features features, all;
    assert_true(features_extract(&features, &plan, images, 8, NULL, &error));
    assert_int_equal(features.count, 5);
    assert_int_equal(features.broken, 3);
    plan.source = source;
    assert_true(features_extract(&all, &plan, images, 8, NULL, &error));
    for (size_t row = 0; row < features.count; row++) {
        size_t image = features.images[row];
        assert_int_not_equal(image % 3, 1);
        assert_int_equal(features.labels[row], source_label(source, image));
        for (size_t i = 0; i < DIM; i++)
            assert_near((double)features.values[1][row * DIM + i],
                        (double)all.values[1][image * DIM + i], 1e-5);
    }
    features_release(&features);
    features_release(&all);
    plan.source = &broken;
    assert_false(features_extract(&features, &plan, bad, 1, NULL, &error));
    assert_int_equal(error.code, ERROR_DATA);
    assert_string_equal(error.message, "no image can be read: image 4 is broken");
}

/* Missing memory is no reason to leave an image out, whatever else is wrong. */
static void test_memory_ends_it(void **state)
{
    (void)state;
    static const struct source_kind kind = {.read = read_without_memory, .label_of = label_some};
    struct source broken = {.kind = &kind, .count = COUNT};
    struct feature_plan plan = {mae, 0, &broken, &view};
    uint32_t images[8] = {0, 1, 2, 3, 4, 5, 6, 7};
    struct features features;
    for (int threads = 1; threads <= 3; threads++) {
        parallel_set_threads(threads);
        assert_false(features_extract(&features, &plan, images, 8, NULL, &error));
        assert_int_equal(error.code, ERROR_SYSTEM);
        assert_string_equal(error.message, "no memory for image 3");
    }
    parallel_set_threads(0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_against_naive_twin),
        cmocka_unit_test(test_blocks_differ),
        cmocka_unit_test(test_on_any_threads),
        cmocka_unit_test(test_broken_images_are_left_out),
        cmocka_unit_test(test_memory_ends_it),
    };
    return cmocka_run_group_tests(tests, open_all, close_all);
}
