/* Where tokens look, against the naive model: every block, head and token of both stacks. */
#include "tests/unit/test.h"

#include <math.h>
#include <stdio.h>

#include "base/memory.h"
#include "nn/look.h"
#include "tests/unit/nn_naive.h"

enum { IMAGES = 3, PATCHES = 6, TOKENS = 1 + PATCHES };

/* Of weights between 0 and 1. */
/* Rounding of floats grows through four blocks of random weights: to 3e-6 by AVX-512, to 9e-6
 * without fused multiply-adds, as sanitizers have it. */
static const double TOLERANCE = 2e-5;

/* A grid of 2 x 3 patches; images with 1, 4 and all 6 patches visible, out of order. */
static const int visible[] = {4, 5, 0, 2, 3, 1, 2, 0, 5, 3, 4}, offsets[] = {0, 1, 5, 11};

static const struct mae_shape shape = {.image_height = 8,
                                       .image_width = 12,
                                       .patch = 4,
                                       .channels = 2,
                                       .embed_dim = 12,
                                       .depth = 3,
                                       .heads = 3,
                                       .decoder_dim = 8,
                                       .decoder_depth = 2,
                                       .decoder_heads = 2,
                                       .mlp_ratio = 2};

struct fixture {
    struct mae *mae;
    struct mae_pass *pass;
    double *weights;
    float *pixels;
    struct mae_batch batch;
};

static void open_fixture(struct fixture *fixture, bool training)
{
    struct error error;
    fixture->mae = mae_new(&shape, &error);
    fixture->pass = mae_pass_new(&shape, IMAGES, ARRAY_LENGTH(visible), training, &error);
    fixture->pixels = calloc(IMAGES * mae_image_values(&shape), sizeof(float));
    assert_true(fixture->mae && fixture->pass && fixture->pixels);
    mae_initialise(fixture->mae, 3);
    /* far from the initial weights, whose attention is nearly even */
    for (size_t i = 0; i < fixture->mae->table.trained; i++)
        fixture->mae->weights[i] *= 1.7f;
    fixture->weights = calloc(fixture->mae->table.total, sizeof(double));
    assert_non_null(fixture->weights);
    widen(fixture->weights, fixture->mae->weights, fixture->mae->table.total);
    random_floats(fixture->pixels, IMAGES * mae_image_values(&shape), 5);
    fixture->batch = (struct mae_batch){IMAGES, fixture->pixels, visible, offsets, 0};
}

static void close_fixture(struct fixture *fixture)
{
    mae_pass_free(fixture->pass);
    mae_free(fixture->mae);
    free(fixture->weights);
    free(fixture->pixels);
}

/* A token's row among the encoder's of its image, or -1. */
static int encoder_row(int image, int token)
{
    for (int i = offsets[image]; token > 0 && i < offsets[image + 1]; i++)
        if (visible[i] == token - 1)
            return 1 + i - offsets[image];
    return token == 0 ? 0 : -1;
}

/* expected [TOKENS]; false: the token asks nothing. */
static bool expect(const struct fixture *fixture, enum mae_stack stack, int block, int image,
                   int head, int token, double *expected)
{
    char prefix[32];
    double packed[TOKENS] = {0};
    int row = stack == MAE_ENCODER ? encoder_row(image, token) : token;
    memset(expected, 0, TOKENS * sizeof *expected);
    if (row < 0 || (stack == MAE_DECODER && block + 1 == shape.decoder_depth && token == 0))
        return false;
    snprintf(prefix, sizeof prefix, "%s.%d.", stack == MAE_ENCODER ? "blocks" : "decoder_blocks",
             block);
    struct naive_look look = {prefix, (size_t)head, (size_t)row, packed};
    naive_attends(fixture->mae, fixture->weights, &fixture->batch, image, &look);
    for (int i = 0; i < TOKENS; i++) {
        int key = stack == MAE_ENCODER ? encoder_row(image, i) : i;
        expected[i] = key < 0 ? 0 : packed[key];
    }
    return true;
}

static void check_token(struct fixture *fixture, enum mae_stack stack, int block, int image,
                        int head, int token)
{
    double expected[TOKENS];
    float weights[TOKENS];
    poison(weights, TOKENS);
    bool asks = expect(fixture, stack, block, image, head, token, expected);
    assert_int_equal(mae_pass_attention(fixture->pass, weights, image, head, token), asks);
    for (int i = 0; i < TOKENS; i++)
        if (!(fabs((double)weights[i] - expected[i]) < TOLERANCE))
            fail_msg("stack %d block %d image %d head %d token %d: %d is %g, not %g", (int)stack,
                     block, image, head, token, i, (double)weights[i], expected[i]);
}

static void check_block(struct fixture *fixture, enum mae_stack stack, int block)
{
    int heads = stack == MAE_ENCODER ? shape.heads : shape.decoder_heads;
    for (int image = 0; image < IMAGES; image++)
        for (int head = 0; head < heads; head++)
            for (int token = 0; token < TOKENS; token++)
                check_token(fixture, stack, block, image, head, token);
}

static void test_every_block(void **state)
{
    (void)state;
    for (int training = 0; training < 2; training++) {
        struct fixture fixture;
        open_fixture(&fixture, training != 0);
        for (int block = 0; block < shape.depth; block++) {
            mae_attend(fixture.pass, fixture.mae, &fixture.batch, MAE_ENCODER, block);
            check_block(&fixture, MAE_ENCODER, block);
        }
        for (int block = 0; block < shape.decoder_depth; block++) {
            mae_attend(fixture.pass, fixture.mae, &fixture.batch, MAE_DECODER, block);
            check_block(&fixture, MAE_DECODER, block);
        }
        close_fixture(&fixture);
    }
}

static void test_last_block_after_other_passes(void **state)
{
    (void)state;
    struct fixture fixture;
    open_fixture(&fixture, false);
    mae_attend(fixture.pass, fixture.mae, &fixture.batch, MAE_DECODER, 0);
    mae_encode(fixture.pass, fixture.mae, &fixture.batch);
    check_block(&fixture, MAE_ENCODER, shape.depth - 1);
    mae_forward(fixture.pass, fixture.mae, &fixture.batch, MAE_HIDDEN_PATCHES);
    check_block(&fixture, MAE_ENCODER, shape.depth - 1);
    close_fixture(&fixture);
}

/* Asking changes nothing: a forward pass afterwards gives the same predictions. */
static void test_predictions_stay(void **state)
{
    (void)state;
    struct fixture fixture;
    open_fixture(&fixture, false);
    size_t values = IMAGES * (size_t)(PATCHES * mae_patch_values(&shape));
    float *before = calloc(values, sizeof *before);
    assert_non_null(before);
    double loss = mae_forward(fixture.pass, fixture.mae, &fixture.batch, MAE_ALL_PATCHES);
    memcpy(before, mae_pass_pred(fixture.pass), values * sizeof *before);
    mae_attend(fixture.pass, fixture.mae, &fixture.batch, MAE_ENCODER, 0);
    assert_true(mae_forward(fixture.pass, fixture.mae, &fixture.batch, MAE_ALL_PATCHES) == loss);
    assert_memory_equal(mae_pass_pred(fixture.pass), before, values * sizeof *before);
    free(before);
    close_fixture(&fixture);
}

static void test_class_attention(void **state)
{
    (void)state;
    struct fixture fixture;
    float weights[IMAGES * PATCHES];
    open_fixture(&fixture, false);
    poison(weights, ARRAY_LENGTH(weights));
    mae_encode(fixture.pass, fixture.mae, &fixture.batch);
    mae_pass_class_attention(fixture.pass, weights);
    for (int image = 0; image < IMAGES; image++) {
        double mean[TOKENS] = {0}, expected[TOKENS];
        for (int head = 0; head < shape.heads; head++) {
            expect(&fixture, MAE_ENCODER, shape.depth - 1, image, head, 0, expected);
            for (int i = 0; i < TOKENS; i++)
                mean[i] += expected[i] / shape.heads;
        }
        for (int patch = 0; patch < PATCHES; patch++)
            assert_true(fabs((double)weights[image * PATCHES + patch] - mean[1 + patch]) <
                        TOLERANCE);
    }
    close_fixture(&fixture);
}

/* What an interlude of a training pass is to look at. */
struct interlude {
    struct fixture *other;
    int calls;
};

static void look_aside(void *context)
{
    struct interlude *interlude = context;
    struct fixture *other = interlude->other;
    interlude->calls++;
    mae_attend(other->pass, other->mae, &other->batch, MAE_DECODER, 0);
}

/* Between any two blocks another pass may run: the loss and every gradient keep their bits. */
static void test_interlude(void **state)
{
    (void)state;
    static const int some[] = {4, 5, 0, 2, 3}, ends[] = {0, 1, 3, 5};
    struct fixture fixture, other;
    open_fixture(&fixture, true);
    open_fixture(&other, false);
    fixture.batch.visible = some; /* training needs something hidden in every image */
    fixture.batch.offsets = ends;
    size_t count = fixture.mae->table.trained;
    float *before = calloc(count, sizeof *before), *after = calloc(count, sizeof *after);
    assert_true(before && after);
    double loss = mae_forward(fixture.pass, fixture.mae, &fixture.batch, MAE_HIDDEN_PATCHES);
    mae_backward(fixture.pass, fixture.mae, &fixture.batch, before);
    struct interlude interlude = {&other, 0};
    mae_pass_set_interlude(fixture.pass, look_aside, &interlude);
    assert_true(mae_forward(fixture.pass, fixture.mae, &fixture.batch, MAE_HIDDEN_PATCHES) == loss);
    mae_backward(fixture.pass, fixture.mae, &fixture.batch, after);
    assert_memory_equal(before, after, count * sizeof *before);
    assert_int_equal(interlude.calls, 2 * (shape.depth + shape.decoder_depth));
    free(before);
    free(after);
    close_fixture(&fixture);
    close_fixture(&other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_block),
        cmocka_unit_test(test_last_block_after_other_passes),
        cmocka_unit_test(test_predictions_stay),
        cmocka_unit_test(test_class_attention),
        cmocka_unit_test(test_interlude),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
