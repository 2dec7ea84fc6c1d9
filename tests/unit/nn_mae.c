/* The whole model against the naive one: loss, predictions, latents and every gradient; the
 * promises about threads and extents; and that steps train. */
#include "tests/unit/test.h"

#include <math.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/parallel.h"
#include "nn/adamw.h"
#include "nn/mae.h"
#include "nn/pass.h"
#include "tests/unit/nn_naive.h"

enum { IMAGES = 3 };

/* A grid of 2 x 3 patches of 4 x 4 pixels, images with 1, 4 and 2 visible patches. */
static const int visible[] = {4, 5, 0, 2, 3, 1, 2}, offsets[] = {0, 1, 5, 7};

static struct mae_shape small(int channels, bool norm_pix)
{
    return (struct mae_shape){.image_height = 8,
                              .image_width = 12,
                              .patch = 4,
                              .channels = channels,
                              .embed_dim = 12,
                              .depth = 2,
                              .heads = 3,
                              .decoder_dim = 8,
                              .decoder_depth = 2,
                              .decoder_heads = 2,
                              .mlp_ratio = 2,
                              .norm_pix = norm_pix};
}

/* Bytes of it that lie in memory. */
static size_t resident(const struct block *block)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE), pages = (block->capacity + page - 1) / page;
    size_t count = 0;
    unsigned char *lies = calloc(pages, 1);
    assert_non_null(lies);
    assert_int_equal(mincore(block->base, block->capacity, lies), 0);
    for (size_t i = 0; i < pages; i++)
        count += lies[i] & 1;
    free(lies);
    return count * page;
}

struct fixture {
    struct mae *mae;
    struct mae_pass *pass;
    struct mae_batch batch;
    float *pixels, *gradients;
};

static void open_fixture(struct fixture *fixture, struct mae_shape shape, bool training)
{
    struct error error;
    fixture->mae = mae_new(&shape, &error);
    assert_non_null(fixture->mae);
    mae_initialise(fixture->mae, 1);
    for (int i = 0; i < fixture->mae->table.count; i++) {
        /* biases and norms away from 0 and 1, so that a mistake in them shows */
        const struct parameter *item = &fixture->mae->table.items[i];
        float *values = fixture->mae->weights + item->offset;
        for (size_t k = 0; item->dimensions == 1 && k < item->count; k++)
            values[k] += 0.2f * sinf((float)(i + 3 * (int)k));
    }
    fixture->pass = mae_pass_new(&shape, IMAGES, ARRAY_LENGTH(visible), training, &error);
    fixture->pixels = calloc(IMAGES * mae_image_values(&shape), sizeof(float));
    fixture->gradients = calloc(fixture->mae->table.trained, sizeof(float));
    assert_true(fixture->pass && fixture->pixels && fixture->gradients);
    random_floats(fixture->pixels, IMAGES * mae_image_values(&shape), 5);
    fixture->batch = (struct mae_batch){IMAGES, fixture->pixels, visible, offsets, 0};
}

static void close_fixture(struct fixture *fixture)
{
    mae_pass_free(fixture->pass);
    mae_free(fixture->mae);
    free(fixture->pixels);
    free(fixture->gradients);
}

static double *new_doubles(size_t count)
{
    double *values = calloc(count, sizeof *values);
    assert_non_null(values);
    return values;
}

struct naive_case {
    const struct mae *mae;
    const double *weights;
    const struct mae_batch *batch;
};

static double naive_objective(void *context)
{
    const struct naive_case *c = context;
    return naive_mae(c->mae, c->weights, c->batch, NULL, NULL);
}

/* A tensor's gradient is compared on the scale of the largest of its layer's kind; those of key
 * biases are zero, and are compared on the scale of the whole tensor. */
static void check_gradients(const struct fixture *fixture, double *weights)
{
    struct naive_case c = {fixture->mae, weights, &fixture->batch};
    for (int i = 0; i < fixture->mae->table.count; i++) {
        const struct parameter *item = &fixture->mae->table.items[i];
        if (item->init == PARAMETER_FIXED)
            continue;
        double error =
            gradient_error(naive_objective, &c, weights + item->offset,
                           fixture->gradients + item->offset, item->count, 1 + item->count / 20);
        if (!(error < 1e-4))
            fail_msg("gradient of %s is off by %g", item->name, error);
    }
}

static void check_model(int channels, bool norm_pix, enum mae_extent extent)
{
    struct fixture fixture;
    struct mae_shape shape = small(channels, norm_pix);
    open_fixture(&fixture, shape, true);
    size_t total = fixture.mae->table.total;
    size_t values = (size_t)(mae_patches(&shape) * mae_patch_values(&shape)) * IMAGES;
    size_t latents = (IMAGES + ARRAY_LENGTH(visible)) * (size_t)shape.embed_dim;
    double *weights = new_doubles(total), *pred = new_doubles(values);
    double *latent = new_doubles(latents);
    widen(weights, fixture.mae->weights, total);
    double expected = naive_mae(fixture.mae, weights, &fixture.batch, pred, latent);
    double loss = mae_forward(fixture.pass, fixture.mae, &fixture.batch, extent);
    assert_true(fabs(loss / expected - 1) < 2e-6);
    assert_true(relative_error(mae_pass_latent(fixture.pass), latent, latents) < 1e-5);
    if (extent == MAE_ALL_PATCHES)
        assert_true(relative_error(mae_pass_pred(fixture.pass), pred, values) < 1e-5);
    poison(fixture.gradients, fixture.mae->table.trained);
    mae_backward(fixture.pass, fixture.mae, &fixture.batch, fixture.gradients);
    check_gradients(&fixture, weights);
    free(weights);
    free(pred);
    free(latent);
    close_fixture(&fixture);
}

/* The encoder's backward pass alone. With its last norm's weight 1 and bias 0 the latent is the
 * normalised tokens, and the objective is a sum over it with random weights. */
struct token_case {
    struct naive_case naive;
    double *latent;
    const float *shares; /* [count] */
    size_t count;
};

static double token_objective(void *context)
{
    struct token_case *c = context;
    double sum = 0;
    naive_mae(c->naive.mae, c->naive.weights, c->naive.batch, NULL, c->latent);
    for (size_t i = 0; i < c->count; i++)
        sum += (double)c->shares[i] * c->latent[i];
    return sum;
}

static void plain_last_norm(struct mae *mae)
{
    const struct parameter *weight = parameter_find(&mae->table, "norm.weight");
    const struct parameter *bias = parameter_find(&mae->table, "norm.bias");
    for (size_t i = 0; i < weight->count; i++) {
        mae->weights[weight->offset + i] = 1;
        mae->weights[bias->offset + i] = 0;
    }
}

/* From shares of the latent to the gradient of the tokens before the norm, in double. */
static void fill_token_gradient(float *gradient, const float *tokens, const float *shares,
                                size_t rows, size_t dim)
{
    for (size_t row = 0; row < rows; row++, gradient += dim, tokens += dim, shares += dim) {
        double mean = 0, variance = 0, sum = 0, dot = 0;
        for (size_t i = 0; i < dim; i++)
            mean += (double)tokens[i] / (double)dim;
        for (size_t i = 0; i < dim; i++)
            variance += pow((double)tokens[i] - mean, 2) / (double)dim;
        double inverse = 1 / sqrt(variance + 1e-6);
        for (size_t i = 0; i < dim; i++) {
            sum += (double)shares[i] / (double)dim;
            dot += (double)shares[i] * ((double)tokens[i] - mean) * inverse / (double)dim;
        }
        for (size_t i = 0; i < dim; i++)
            gradient[i] = (float)(inverse * ((double)shares[i] - sum -
                                             ((double)tokens[i] - mean) * inverse * dot));
    }
}

static void test_encoder_alone(void **state)
{
    (void)state;
    struct fixture fixture;
    struct mae_shape shape = small(3, false);
    open_fixture(&fixture, shape, true);
    plain_last_norm(fixture.mae);
    size_t total = fixture.mae->table.total, rows = IMAGES + ARRAY_LENGTH(visible);
    size_t count = rows * (size_t)shape.embed_dim;
    double *weights = new_doubles(total), *latent = new_doubles(count);
    float *shares = calloc(count, sizeof *shares);
    random_floats(shares, count, 9);
    widen(weights, fixture.mae->weights, total);
    struct token_case c = {{fixture.mae, weights, &fixture.batch}, latent, shares, count};
    mae_encode(fixture.pass, fixture.mae, &fixture.batch);
    fill_token_gradient(mae_pass_token_gradient(fixture.pass), mae_pass_tokens(fixture.pass),
                        shares, rows, (size_t)shape.embed_dim);
    poison(fixture.gradients, fixture.mae->table.trained);
    mae_encode_backward(fixture.pass, fixture.mae, fixture.gradients);
    for (int i = 0; i < fixture.mae->table.count; i++) {
        const struct parameter *item = &fixture.mae->table.items[i];
        const float *gradient = fixture.gradients + item->offset;
        if (item->init == PARAMETER_FIXED)
            continue;
        if (mae_is_of_decoder(item->name) || !strncmp(item->name, "norm.", 5)) {
            for (size_t k = 0; k < item->count; k++)
                assert_true(gradient[k] == 0);
            continue;
        }
        double off = gradient_error(token_objective, &c, weights + item->offset, gradient,
                                    item->count, 1 + item->count / 20);
        if (!(off < 1e-4))
            fail_msg("gradient of %s is off by %g", item->name, off);
    }
    free(weights);
    free(latent);
    free(shares);
    close_fixture(&fixture);
}

static void test_one_channel(void **state)
{
    (void)state;
    check_model(1, true, MAE_HIDDEN_PATCHES);
}

static void test_three_channels(void **state)
{
    (void)state;
    check_model(3, false, MAE_HIDDEN_PATCHES);
}

static void test_four_channels(void **state)
{
    (void)state;
    check_model(4, true, MAE_ALL_PATCHES);
}

/* Predictions of hidden patches only: the same loss, the same predictions where there are any, zero
 * elsewhere, the same gradients. */
static void test_extents_agree(void **state)
{
    (void)state;
    struct fixture fixture;
    struct mae_shape shape = small(3, true);
    open_fixture(&fixture, shape, true);
    size_t trained = fixture.mae->table.trained, values = (size_t)mae_patch_values(&shape);
    size_t cells = IMAGES * (size_t)mae_patches(&shape);
    float *all = calloc(cells * values, sizeof *all);
    assert_non_null(all);
    double *gradients = new_doubles(trained);
    double loss = mae_forward(fixture.pass, fixture.mae, &fixture.batch, MAE_ALL_PATCHES);
    memcpy(all, mae_pass_pred(fixture.pass), cells * values * sizeof *all);
    mae_backward(fixture.pass, fixture.mae, &fixture.batch, fixture.gradients);
    widen(gradients, fixture.gradients, trained);
    poison(fixture.gradients, trained);
    double hidden = mae_forward(fixture.pass, fixture.mae, &fixture.batch, MAE_HIDDEN_PATCHES);
    mae_backward(fixture.pass, fixture.mae, &fixture.batch, fixture.gradients);
    assert_true(fabs(hidden / loss - 1) < 1e-6);
    assert_true(relative_error(fixture.gradients, gradients, trained) < 1e-6);
    const float *pred = mae_pass_pred(fixture.pass), *error = mae_pass_patch_error(fixture.pass);
    double sum = 0;
    int predicted = 0;
    for (size_t cell = 0; cell < cells; cell++) {
        bool shown = false;
        size_t image = cell / (cells / IMAGES);
        for (int i = offsets[image]; i < offsets[image + 1]; i++)
            shown |= visible[i] == (int)(cell % (cells / IMAGES));
        for (size_t i = 0; i < values; i++)
            assert_true(fabsf(pred[cell * values + i] - (shown ? 0 : all[cell * values + i])) <
                        1e-5f);
        assert_true(shown ? error[cell] == 0 : error[cell] > 0);
        sum += (double)error[cell];
        predicted += !shown;
    }
    assert_true(fabs(sum / predicted / hidden - 1) < 1e-6);
    free(all);
    free(gradients);
    close_fixture(&fixture);
}

enum { WIDE_FLOATS = 60000 };
/* Two steps of a model and a batch that are large enough for every loop to be cut into several
 * tasks, and for images to go in groups larger than the smallest. */
struct wide {
    float gradients[WIDE_FLOATS], weights[WIDE_FLOATS];
    double loss;
};

/* False: there is no such precision here. */
static bool run_wide(struct wide *wide, int threads, enum mae_use use, enum mae_precision precision)
{
    enum { WIDE_IMAGES = 72, SIDE = 16, WIDE_VISIBLE = 6 };
    struct mae_shape shape = small(3, true);
    struct error error;
    shape.image_height = shape.image_width = SIDE;
    shape.embed_dim = 36;
    shape.depth = 3;
    parallel_set_threads(threads);
    struct mae *mae = mae_new(&shape, &error);
    struct mae_pass *pass =
        mae_pass_new(&shape, WIDE_IMAGES, WIDE_IMAGES * WIDE_VISIBLE, use, &error);
    struct adamw adamw;
    static float pixels[WIDE_IMAGES * 3 * SIDE * SIDE];
    int kept[WIDE_IMAGES * WIDE_VISIBLE], starts[WIDE_IMAGES + 1] = {0};
    assert_true(mae && pass && adamw_init(&adamw, &mae->table, &error));
    assert_true(mae->table.trained <= WIDE_FLOATS);
    random_floats(pixels, ARRAY_LENGTH(pixels), 3);
    for (int i = 0; i < WIDE_IMAGES; i++) {
        starts[i + 1] = starts[i] + 1 + i % WIDE_VISIBLE;
        for (int k = starts[i]; k < starts[i + 1]; k++)
            kept[k] = (i + 2 * (k - starts[i])) % mae_patches(&shape);
    }
    struct mae_batch batch = {WIDE_IMAGES, pixels, kept, starts, 0};
    bool good = mae_pass_set_precision(pass, precision, &error);
    *wide = (struct wide){.loss = 0};
    mae_initialise(mae, 3);
    for (int step = 0; good && step < 2; step++) {
        wide->loss = mae_forward(pass, mae, &batch, MAE_HIDDEN_PATCHES);
        mae_backward(pass, mae, &batch, wide->gradients);
        adamw_step(&adamw, mae->weights, wide->gradients, 1e-3, 1);
    }
    memcpy(wide->weights, mae->weights, mae->table.trained * sizeof *wide->weights);
    adamw_release(&adamw);
    mae_pass_free(pass);
    mae_free(mae);
    parallel_set_threads(0);
    return good;
}

/* On any number of threads, keeping activations or computing them once more: the same bits. */
static void same_bits(enum mae_precision precision)
{
    static struct wide first, other;
    static const int threads[] = {1, 2, 3, 8};
    if (!run_wide(&first, 1, MAE_TRAINING, precision)) {
        print_message("no bf16 products on this machine\n");
        skip();
    }
    for (size_t i = 0; i < ARRAY_LENGTH(threads); i++)
        for (int again = 0; again < 2; again++) {
            run_wide(&other, threads[i], again ? MAE_TRAINING_RECOMPUTE : MAE_TRAINING, precision);
            assert_memory_equal(&other, &first, sizeof first);
        }
}

static void test_same_bits(void **state)
{
    (void)state;
    same_bits(MAE_F32);
}

static void test_same_bits_of_halves(void **state)
{
    (void)state;
    same_bits(MAE_BF16);
}

static void test_recomputation_takes_less(void **state)
{
    (void)state;
    const struct mae_shape *deep = &mae_preset_find("tiny64")->shape;
    assert_true(3 * mae_pass_size(deep, 64, 64 * 16, MAE_TRAINING_RECOMPUTE) <
                2 * mae_pass_size(deep, 64, 64 * 16, MAE_TRAINING));
}

/* What a step is said to need is what it takes. */
static void test_needs(void **state)
{
    (void)state;
    enum { BATCH = 64, VISIBLE = 32, PATCHES = 64 };
    const struct mae_shape *tiny = &mae_preset_find("tiny64")->shape;
    struct error error;
    struct mae *mae = mae_new(tiny, &error);
    struct mae_pass *pass = mae_pass_new(tiny, BATCH, BATCH * PATCHES, MAE_TRAINING, &error);
    float *pixels = calloc(BATCH * mae_image_values(tiny), sizeof *pixels);
    int *shown = calloc(BATCH * VISIBLE, sizeof *shown), first[BATCH + 1] = {0};
    assert_true(mae && pass && pixels && shown);
    float *gradients = calloc(mae->table.trained, sizeof *gradients);
    assert_non_null(gradients);
    for (int i = 0; i < BATCH * VISIBLE; i++)
        shown[i] = i % VISIBLE * (PATCHES / VISIBLE);
    for (int image = 0; image <= BATCH; image++)
        first[image] = image * VISIBLE;
    mae_initialise(mae, 1);
    size_t untouched = resident(&pass->memory);
    mae_forward(pass, mae, &(struct mae_batch){BATCH, pixels, shown, first, 0}, MAE_HIDDEN_PATCHES);
    mae_backward(pass, mae, &(struct mae_batch){BATCH, pixels, shown, first, 0}, gradients);
    double taken = (double)(resident(&pass->memory) - untouched);
    double needed = (double)mae_pass_needs(tiny, BATCH, BATCH * VISIBLE, MAE_TRAINING);
    print_message("%.1f MB needed, %.1f MB taken\n", needed / 1e6, taken / 1e6);
    assert_true(needed > 0.97 * taken && needed < 1.03 * taken);
    free(gradients);
    free(shown);
    free(pixels);
    mae_pass_free(pass);
    mae_free(mae);
}

/* Room for more than the batch at hand, stale contents, and a pass that does not train: same bits.
 */
static void test_passes_agree(void **state)
{
    (void)state;
    struct fixture fixture;
    struct error error;
    struct mae_shape shape = small(3, false);
    open_fixture(&fixture, shape, true);
    struct mae_pass *plain = mae_pass_new(&shape, 2 * IMAGES, 20, false, &error);
    assert_non_null(plain);
    size_t trained = fixture.mae->table.trained, latents = (3 + 7) * (size_t)shape.embed_dim;
    float *again = calloc(trained, sizeof *again);
    assert_non_null(again);
    double loss = mae_forward(fixture.pass, fixture.mae, &fixture.batch, MAE_HIDDEN_PATCHES);
    mae_backward(fixture.pass, fixture.mae, &fixture.batch, fixture.gradients);
    struct mae_batch last = {1, fixture.pixels, visible, offsets, 0};
    mae_forward(fixture.pass, fixture.mae, &last, MAE_ALL_PATCHES);
    assert_true(mae_forward(fixture.pass, fixture.mae, &fixture.batch, MAE_HIDDEN_PATCHES) == loss);
    mae_backward(fixture.pass, fixture.mae, &fixture.batch, again);
    assert_memory_equal(again, fixture.gradients, trained * sizeof *again);
    assert_true(mae_forward(plain, fixture.mae, &fixture.batch, MAE_HIDDEN_PATCHES) == loss);
    assert_memory_equal(mae_pass_latent(plain), mae_pass_latent(fixture.pass),
                        latents * sizeof(float));
    mae_forward(plain, fixture.mae, &last, MAE_ALL_PATCHES);
    mae_encode(plain, fixture.mae, &fixture.batch);
    assert_memory_equal(mae_pass_latent(plain), mae_pass_latent(fixture.pass),
                        latents * sizeof(float));
    assert_true(mae_pass_size(&shape, 6, 20, false) < mae_pass_size(&shape, 6, 20, true));
    free(again);
    mae_pass_free(plain);
    close_fixture(&fixture);
}

static void test_steps_train(void **state)
{
    (void)state;
    struct fixture fixture;
    struct adamw adamw;
    struct error error;
    open_fixture(&fixture, small(3, false), true);
    assert_true(adamw_init(&adamw, &fixture.mae->table, &error));
    double first = 0, loss = 0;
    for (int step = 0; step < 150; step++) {
        loss = mae_forward(fixture.pass, fixture.mae, &fixture.batch, MAE_HIDDEN_PATCHES);
        first = step ? first : loss;
        mae_backward(fixture.pass, fixture.mae, &fixture.batch, fixture.gradients);
        adamw_step(&adamw, fixture.mae->weights, fixture.gradients, 3e-3, 1);
    }
    assert_true(loss < 0.2 * first);
    adamw_release(&adamw);
    close_fixture(&fixture);
}

/* A NaN among the pixels must reach the loss: that is how a diverged step is noticed. */
static void test_nan_shows(void **state)
{
    (void)state;
    struct fixture fixture;
    open_fixture(&fixture, small(1, false), false);
    fixture.pixels[0] = NAN; /* hidden in image 0: a target */
    assert_true(isnan(mae_forward(fixture.pass, fixture.mae, &fixture.batch, MAE_HIDDEN_PATCHES)));
    fixture.pixels[0] = 0;
    fixture.pixels[8 * 12 - 1 + 8 * 12] = NAN; /* visible in image 1: an input */
    assert_true(isnan(mae_forward(fixture.pass, fixture.mae, &fixture.batch, MAE_HIDDEN_PATCHES)));
    close_fixture(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_encoder_alone),
        cmocka_unit_test(test_one_channel),
        cmocka_unit_test(test_three_channels),
        cmocka_unit_test(test_four_channels),
        cmocka_unit_test(test_extents_agree),
        cmocka_unit_test(test_passes_agree),
        cmocka_unit_test(test_same_bits),
        cmocka_unit_test(test_same_bits_of_halves),
        cmocka_unit_test(test_recomputation_takes_less),
        cmocka_unit_test(test_needs),
        cmocka_unit_test(test_steps_train),
        cmocka_unit_test(test_nan_shows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
