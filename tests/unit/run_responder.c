/* Answers to questions about one image: pictures and errors against the network's own numbers, with
 * every way of showing normalised targets; attention; and what is refused. */
#include "tests/unit/test.h"

#include <math.h>

#include "base/parallel.h"
#include "base/random.h"
#include "run/responder.h"

enum { SIDE = 16, PATCH = 4, PATCHES = 16, VALUES = 48, PIXELS = SIDE * SIDE, ROWS = 2 };

static struct error error;

struct fixture {
    struct mae_shape shape;
    struct view_settings view;
    struct mae *mae;
    struct responder responder;
    struct gallery gallery;
    struct answer answer;
    float pixels[3 * PIXELS];
    uint8_t mask[PATCHES];
    struct question question;
    struct subject subject;
};

static void open_fixture(struct fixture *f, bool norm_pix)
{
    memset(f, 0, sizeof *f);
    f->shape = (struct mae_shape){.image_height = SIDE,
                                  .image_width = SIDE,
                                  .patch = PATCH,
                                  .channels = 3,
                                  .embed_dim = 24,
                                  .depth = 2,
                                  .heads = 3,
                                  .decoder_dim = 16,
                                  .decoder_depth = 2,
                                  .decoder_heads = 2,
                                  .mlp_ratio = 2,
                                  .norm_pix = norm_pix};
    f->view = (struct view_settings){.width = SIDE,
                                     .height = SIDE,
                                     .channels = 3,
                                     .mean = {0.5f, 0.4f, 0.3f},
                                     .deviation = {0.2f, 0.25f, 0.3f}};
    f->mae = mae_new(&f->shape, &error);
    assert_non_null(f->mae);
    mae_initialise(f->mae, 1);
    assert_true(responder_init(&f->responder, &f->shape, &f->view, &error));
    assert_true(gallery_init(&f->gallery, &f->shape, ROWS, 1, &error));
    assert_true(gallery_init(&f->answer.gallery, &f->shape, 1, 1, &error));
    f->answer.weights = calloc(3 * (1 + PATCHES), sizeof(float));
    struct random random = random_begin(1, RANDOM_SCENE, 0, 0);
    for (int i = 0; i < 3 * PIXELS; i++)
        f->pixels[i] = (float)(2 * random_uniform(&random) - 1);
    for (int i = 0; i < PATCHES; i++)
        f->mask[i] = i % 3 != 0;
    f->gallery.images = ROWS;
    f->gallery.arms = 1;
    for (int i = 0; i < ROWS * PATCHES; i++)
        f->gallery.mask[i] = i % 2;
    snprintf(f->gallery.names[1], sizeof f->gallery.names[1], "second");
    f->question =
        (struct question){.number = 7, .row = 1, .mask_kind = QUESTION_GIVEN_MASK, .mask = f->mask};
    f->subject = (struct subject){&f->gallery, 0, f->mae, f->pixels};
}

static void close_fixture(struct fixture *f)
{
    mae_free(f->mae);
    responder_release(&f->responder);
    gallery_release(&f->gallery);
    gallery_release(&f->answer.gallery);
    free(f->answer.weights);
}

static void ask(struct fixture *f)
{
    if (!responder_answer(&f->responder, &f->question, &f->subject, &f->answer, &error))
        fail_msg("%s", error.message);
    assert_int_equal(f->answer.number, f->question.number);
    assert_string_equal(f->answer.problem, "");
}

/* The network's own prediction [L, P] under a mask, with a pass of the test's. */
static void predict(const struct fixture *f, const uint8_t *mask, float *pred)
{
    int visible[PATCHES], offsets[2] = {0, 0};
    for (int i = 0; i < PATCHES; i++)
        if (!mask[i])
            visible[offsets[1]++] = i;
    struct mae_pass *pass = mae_pass_new(&f->shape, 1, PATCHES, false, &error);
    assert_non_null(pass);
    struct mae_batch batch = {1, f->pixels, visible, offsets, 0};
    mae_forward(pass, f->mae, &batch, MAE_ALL_PATCHES);
    memcpy(pred, mae_pass_pred(pass), PATCHES * VALUES * sizeof *pred);
    mae_pass_free(pass);
}

/* Where value `i` of a patch's row lies: in [C, H, W] and in [H, W, 3]. */
static int plane_place(int patch, int i)
{
    int y = patch / (SIDE / PATCH) * PATCH + i / 3 / PATCH,
        x = patch % (SIDE / PATCH) * PATCH + i / 3 % PATCH;
    return i % 3 * PIXELS + y * SIDE + x;
}

static int picture_place(int patch, int i)
{
    int plane = plane_place(patch, i);
    return 3 * (plane % PIXELS) + plane / PIXELS;
}

static uint8_t display(const struct fixture *f, double value, int channel)
{
    double level = value * (double)f->view.deviation[channel] + (double)f->view.mean[channel];
    return (uint8_t)lround(255 * fmin(fmax(level, 0), 1));
}

/* Every pixel of the picture is the network's number, and every error its distance. */
static void test_pictures_and_errors_are_the_networks(void **state)
{
    (void)state;
    struct fixture f;
    float pred[PATCHES * VALUES];
    open_fixture(&f, false);
    ask(&f);
    predict(&f, f.mask, pred);
    assert_memory_equal(f.answer.gallery.mask, f.mask, PATCHES);
    assert_string_equal(f.answer.gallery.names[0], "second");
    for (int patch = 0; patch < PATCHES; patch++) {
        double sum = 0;
        for (int i = 0; i < VALUES; i++) {
            double value = (double)pred[patch * VALUES + i];
            double off = value - (double)f.pixels[plane_place(patch, i)];
            sum += off * off / VALUES;
            int shown = f.answer.gallery.prediction[picture_place(patch, i)];
            assert_true(abs(shown - display(&f, value, i % 3)) <= 1);
        }
        float error_shown = f.answer.gallery.patch_mse[patch];
        assert_true(f.mask[patch] ? fabs((double)error_shown / sum - 1) < 1e-5
                                  : isnan(error_shown) != 0);
    }
    close_fixture(&f);
}

static void test_own_mask(void **state)
{
    (void)state;
    struct fixture f;
    open_fixture(&f, false);
    f.question.mask_kind = QUESTION_OWN_MASK;
    f.gallery.mask[PATCHES] = 1;
    ask(&f);
    assert_memory_equal(f.answer.gallery.mask, f.gallery.mask + PATCHES, PATCHES);
    close_fixture(&f);
}

/* With the neighbours' mean and spread, what lies under the hidden patches changes nothing; with
 * the true ones, which the oracle takes, it does. */
static void test_neighbours_do_not_leak(void **state)
{
    (void)state;
    for (int display_kind = PIXELS_NEIGHBOURS; display_kind < PIXELS_DISPLAYS; display_kind++) {
        struct fixture f;
        uint8_t before[3 * PIXELS];
        open_fixture(&f, true);
        f.gallery.display = (enum pixel_display)display_kind;
        ask(&f);
        memcpy(before, f.answer.gallery.prediction, sizeof before);
        for (int patch = 0; patch < PATCHES; patch++)
            for (int i = 0; f.mask[patch] && i < VALUES; i++)
                f.pixels[plane_place(patch, i)] = 0.4f - 2 * f.pixels[plane_place(patch, i)];
        ask(&f);
        bool same = !memcmp(before, f.answer.gallery.prediction, sizeof before);
        assert_int_equal(same, display_kind != PIXELS_ORACLE);
        close_fixture(&f);
    }
}

/* Raw: the picture is the prediction about middle grey, and errors are those of the loss. Oracle:
 * the prediction with the patch's own mean and spread. */
static void test_raw_and_oracle(void **state)
{
    (void)state;
    struct fixture f;
    float pred[PATCHES * VALUES];
    open_fixture(&f, true);
    predict(&f, f.mask, pred);
    for (int patch = 0; patch < PATCHES; patch++) {
        double mean = 0, variance = 0, loss = 0;
        for (int i = 0; i < VALUES; i++)
            mean += (double)f.pixels[plane_place(patch, i)] / VALUES;
        for (int i = 0; i < VALUES; i++)
            variance += pow((double)f.pixels[plane_place(patch, i)] - mean, 2) / (VALUES - 1);
        double spread = sqrt(variance + 1e-6);
        f.gallery.display = PIXELS_ORACLE;
        ask(&f);
        for (int i = 0; i < VALUES; i++) {
            double value = (double)pred[patch * VALUES + i];
            int shown = f.answer.gallery.prediction[picture_place(patch, i)];
            assert_true(abs(shown - display(&f, value * spread + mean, i % 3)) <= 1);
            loss +=
                pow(value - ((double)f.pixels[plane_place(patch, i)] - mean) / spread, 2) / VALUES;
        }
        f.gallery.display = PIXELS_RAW;
        ask(&f);
        for (int i = 0; i < VALUES; i++) {
            double level = 0.5 + (double)pred[patch * VALUES + i] / 6;
            int shown = f.answer.gallery.prediction[picture_place(patch, i)];
            assert_true(abs(shown - (int)lround(255 * fmin(fmax(level, 0), 1))) <= 1);
        }
        if (f.mask[patch])
            assert_true(fabs((double)f.answer.gallery.patch_mse[patch] / loss - 1) < 1e-4);
    }
    close_fixture(&f);
}

static void test_attention(void **state)
{
    (void)state;
    struct fixture f;
    open_fixture(&f, false);
    f.question.attention = true;
    f.question.mask_kind = QUESTION_NO_MASK;
    f.question.block = 1;
    f.question.token = 1 + 5;
    ask(&f);
    assert_true(f.answer.attention && f.answer.looks);
    assert_int_equal(f.answer.heads, 3);
    int visible[PATCHES], offsets[] = {0, PATCHES};
    for (int i = 0; i < PATCHES; i++)
        visible[i] = i;
    struct mae_pass *pass = mae_pass_new(&f.shape, 1, PATCHES, false, &error);
    struct mae_batch batch = {1, f.pixels, visible, offsets, 0};
    mae_attend(pass, f.mae, &batch, MAE_ENCODER, 1);
    for (int head = 0; head < 3; head++) {
        float expected[1 + PATCHES];
        assert_true(mae_pass_attention(pass, expected, 0, head, 6));
        assert_memory_equal(f.answer.weights + head * (1 + PATCHES), expected, sizeof expected);
    }
    mae_pass_free(pass);
    for (int patch = 0; patch < PATCHES; patch++)
        assert_true(isnan(f.answer.gallery.patch_mse[patch]));

    f.question.mask_kind = QUESTION_GIVEN_MASK; /* patch 5 is hidden: it is not in the encoder */
    ask(&f);
    assert_false(f.answer.looks);
    f.question.stack = MAE_DECODER;
    ask(&f);
    assert_true(f.answer.looks);
    assert_int_equal(f.answer.heads, 2);
    close_fixture(&f);
}

static void refuse(struct fixture *f, const char *why)
{
    assert_false(responder_answer(&f->responder, &f->question, &f->subject, &f->answer, &error));
    assert_non_null(strstr(error.message, why));
    assert_string_equal(f->answer.problem, error.message);
}

static void test_refusals(void **state)
{
    (void)state;
    struct fixture f;
    open_fixture(&f, false);
    memset(f.mask, 1, PATCHES);
    refuse(&f, "every patch is hidden");
    memset(f.mask, 0, PATCHES);
    refuse(&f, "nothing is hidden");
    f.question.attention = true;
    f.question.block = 2;
    refuse(&f, "no block 3");
    f.question.block = 0;
    f.question.token = 1 + PATCHES;
    refuse(&f, "no token");
    close_fixture(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pictures_and_errors_are_the_networks),
        cmocka_unit_test(test_own_mask),
        cmocka_unit_test(test_neighbours_do_not_leak),
        cmocka_unit_test(test_raw_and_oracle),
        cmocka_unit_test(test_attention),
        cmocka_unit_test(test_refusals),
    };
    parallel_set_threads(1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
