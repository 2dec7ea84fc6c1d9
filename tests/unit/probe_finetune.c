/* Fine-tuning: the head's gradients by central differences of a naive twin, rates of layers, and
 * that it learns, whatever the number of threads. */
#include "tests/unit/test.h"

#include <math.h>

#include "base/memory.h"
#include "base/parallel.h"
#include "probe/finetune.h"
#include "probe/finetune_head.h"
#include "tests/unit/nn_naive.h"

static struct error error;

/* ---- The head ---- */

enum { IMAGES = 3, PATCHES = 5, DIM = 7, CLASSES = 4, TOKENS = IMAGES * (1 + PATCHES) * DIM };

struct twin {
    double weights[2 * DIM + CLASSES * DIM + CLASSES], tokens[TOKENS];
    const float *targets;
};

static double naive_loss(void *context)
{
    const struct twin *twin = context;
    const double *norm_bias = twin->weights + DIM, *weight = norm_bias + DIM;
    double total = 0;
    for (int image = 0; image < IMAGES; image++) {
        double pooled[DIM] = {0}, normed[DIM], scores[CLASSES], sum = 0;
        for (int patch = 1; patch <= PATCHES; patch++)
            for (int i = 0; i < DIM; i++)
                pooled[i] += twin->tokens[(image * (1 + PATCHES) + patch) * DIM + i] / PATCHES;
        naive_layernorm(normed, pooled, twin->weights, norm_bias, 1, DIM);
        naive_linear(scores, normed, weight, weight + CLASSES * DIM, 1, DIM, CLASSES);
        for (int i = 0; i < CLASSES; i++)
            sum += exp(scores[i]);
        for (int i = 0; i < CLASSES; i++)
            total -= (double)twin->targets[image * CLASSES + i] * (scores[i] - log(sum));
    }
    return total / IMAGES;
}

static const float targets[IMAGES * CLASSES] = {0.1f, 0.2f, 0.3f, 0.4f, 1,    0,
                                                0,    0,    0,    0.5f, 0.5f, 0};

static void test_head_gradients(void **state)
{
    (void)state;
    static struct twin twin = {.targets = targets};
    struct finetune_head head;
    float tokens[TOKENS], token_gradient[TOKENS];
    assert_true(finetune_head_init(&head, DIM, CLASSES, IMAGES, 1, &error));
    assert_int_equal(head.table.total, ARRAY_LENGTH(twin.weights));
    random_floats(head.weights, head.table.total, 2);
    random_floats(tokens, TOKENS, 3);
    widen(twin.weights, head.weights, head.table.total);
    widen(twin.tokens, tokens, TOKENS);
    poison(head.gradients, head.table.total);
    poison(token_gradient, TOKENS);
    poison(head.scores, IMAGES * CLASSES);
    finetune_head_forward(&head, tokens, IMAGES, PATCHES);
    double loss = finetune_head_backward(&head, targets, token_gradient, IMAGES, PATCHES);
    assert_near(loss, naive_loss(&twin), 1e-6);
    for (int i = 0; i < head.table.count; i++) {
        const struct parameter *item = &head.table.items[i];
        assert_true(gradient_error(naive_loss, &twin, twin.weights + item->offset,
                                   head.gradients + item->offset, item->count, 1) < 1e-4);
    }
    assert_true(gradient_error(naive_loss, &twin, twin.tokens, token_gradient, TOKENS, 1) < 1e-4);
    finetune_head_release(&head);
}

/* ---- The whole ---- */

enum { SIDE = 16, COUNT = 24 };
static const struct mae_shape shape = {SIDE, SIDE, 4, 3, 24, 2, 2, 16, 1, 2, 2.0, false};
static const struct view_settings view = {.width = SIDE,
                                          .height = SIDE,
                                          .channels = 3,
                                          .crop = CROP_CENTER,
                                          .mean = {0.5f, 0.5f, 0.5f},
                                          .deviation = {0.25f, 0.25f, 0.25f}};
static struct source *source;

static int open_source(void **state)
{
    (void)state;
    struct source_settings settings = {
        .kind = "scenes", .width = SIDE, .height = SIDE, .count = COUNT};
    source = source_open(&settings, SOURCE_TRAIN, NULL, &error);
    parallel_set_threads(1); /* a step is too small to share */
    return source ? 0 : -1;
}

static int close_source(void **state)
{
    (void)state;
    source_close(source);
    return 0;
}

static const struct finetune_settings usual = {.classes = 10,
                                               .batch = 8,
                                               .epochs = 80,
                                               .warmup_epochs = 2,
                                               .rate = 4e-3,
                                               .layer_decay = 0.9,
                                               .weight_decay = 0.05};

/* Learns the images by heart, or fails at it; the model it ended with is the caller's. */
static struct mae *learn(struct finetune_result *result, const struct finetune_settings *settings,
                         const struct probe_watch *watch)
{
    uint32_t images[COUNT];
    for (uint32_t i = 0; i < COUNT; i++)
        images[i] = i;
    struct finetune_images all = {source, images, COUNT, &view};
    struct mae *mae = mae_new(&shape, &error);
    assert_non_null(mae);
    mae_initialise(mae, 1);
    if (finetune(result, mae, &all, &all, settings, watch, &error))
        return mae;
    mae_free(mae);
    return NULL;
}

static double accuracy_of(const struct finetune_result *result)
{
    int right = 0;
    assert_int_equal(result->count, COUNT);
    for (size_t i = 0; i < result->count; i++)
        right += result->predicted[i] == source_label(source, result->images[i]);
    return (double)right / COUNT;
}

static double loss_with(double smoothing, double mixup, double *accuracy)
{
    struct finetune_settings settings = usual;
    struct finetune_result result;
    settings.smoothing = smoothing;
    settings.mixup = mixup;
    struct mae *mae = learn(&result, &settings, NULL);
    if (!mae)
        fail_msg("%s", error.message);
    double loss = result.loss;
    *accuracy = accuracy_of(&result);
    finetune_result_release(&result);
    mae_free(mae);
    return loss;
}

/* A smoothed target cannot be met better than its own entropy. */
static void test_learns_by_heart(void **state)
{
    (void)state;
    double accuracy, high = 0.82, low = 0.02, entropy = -high * log(high) - 9 * low * log(low);
    assert_true(loss_with(0, 0, &accuracy) < 0.1);
    assert_true(accuracy > 0.95);
    double smoothed = loss_with(0.2, 0, &accuracy);
    assert_true(smoothed >= entropy && smoothed < entropy + 0.15);
    assert_true(accuracy > 0.95);
    assert_true(loss_with(0, 1, &accuracy) > 0.2);    /* images of two classes at a time */
    assert_true(loss_with(0, 0.05, &accuracy) < 0.8); /* nearly always one or the other */
}

static void test_on_any_threads(void **state)
{
    (void)state;
    struct finetune_settings settings = usual;
    struct finetune_result one, many;
    settings.epochs = 3;
    settings.mixup = 0.8;
    struct mae *first = learn(&one, &settings, NULL);
    parallel_set_threads(3);
    struct mae *second = learn(&many, &settings, NULL);
    parallel_set_threads(1);
    assert_true(first && second);
    assert_memory_equal(first->weights, second->weights, first->table.total * sizeof(float));
    assert_true(one.loss == many.loss);
    finetune_result_release(&one);
    finetune_result_release(&many);
    mae_free(first);
    mae_free(second);
}

/* The decoder and the encoder's last norm have no part in it. */
static void test_what_changes(void **state)
{
    (void)state;
    struct finetune_settings settings = usual;
    struct finetune_result result;
    settings.epochs = 2;
    struct mae *mae = learn(&result, &settings, NULL), *before = mae_new(&shape, &error);
    assert_true(mae && before);
    mae_initialise(before, 1);
    for (int i = 0; i < mae->table.count; i++) {
        const struct parameter *item = &mae->table.items[i];
        bool kept = item->init == PARAMETER_FIXED || mae_is_of_decoder(item->name) ||
                    !strncmp(item->name, "norm.", 5);
        bool same = !memcmp(mae->weights + item->offset, before->weights + item->offset,
                            item->count * sizeof(float));
        if (same != kept)
            fail_msg("%s: %s", item->name, same ? "did not change" : "changed");
    }
    finetune_result_release(&result);
    mae_free(mae);
    mae_free(before);
}

static bool stop_at_half(void *context, double done)
{
    *(double *)context = done;
    return done < 0.5;
}

static void test_interrupted(void **state)
{
    (void)state;
    double done = 0;
    struct probe_watch watch = {stop_at_half, &done};
    struct finetune_result result;
    assert_null(learn(&result, &usual, &watch));
    assert_int_equal(error.code, ERROR_CHECK);
    assert_near(done, 0.5, 0.01);
}

/* ---- Going on ---- */

/* Keeps a state in memory. */
struct kept {
    int loads, saves, limit;
    struct finetune_state state;
    float *values[FINETUNE_BLOCKS];
};

static bool load_kept(void *context, struct finetune_state *state, struct error *why)
{
    struct kept *kept = context;
    (void)why;
    kept->loads++;
    if (kept->saves == 0)
        return true;
    for (int i = 0; i < FINETUNE_BLOCKS; i++) {
        assert_int_equal(state->blocks[i].count, kept->state.blocks[i].count);
        memcpy(state->blocks[i].values, kept->values[i],
               state->blocks[i].count * sizeof *state->blocks[i].values);
    }
    state->done = kept->state.done;
    state->updates = kept->state.updates;
    state->loss = kept->state.loss;
    return true;
}

static bool save_kept(void *context, const struct finetune_state *state, bool leaving,
                      struct error *why)
{
    struct kept *kept = context;
    (void)why;
    if (!leaving)
        return true;
    kept->saves++;
    kept->state = *state;
    for (int i = 0; i < FINETUNE_BLOCKS; i++) {
        size_t bytes = state->blocks[i].count * sizeof *kept->values[i];
        kept->values[i] = realloc(kept->values[i], bytes);
        assert_non_null(kept->values[i]);
        memcpy(kept->values[i], state->blocks[i].values, bytes);
    }
    return true;
}

static bool stop_at_limit(void *context, double done)
{
    struct kept *kept = context;
    return done < 0.01 * kept->limit;
}

/* Interrupted in the middle of an epoch and again, it ends with the same bits. */
static void test_goes_on(void **state)
{
    (void)state;
    struct finetune_settings settings = usual;
    struct finetune_result one, many;
    struct kept kept = {0};
    struct finetune_keeper keeper = {load_kept, save_kept, &kept};
    struct probe_watch watch = {stop_at_limit, &kept};
    settings.epochs = 9;
    settings.mixup = 0.8;
    struct mae *whole = learn(&one, &settings, NULL);
    settings.keeper = &keeper;
    static const int limits[] = {31, 67, 95}; /* the last one in the last epoch */
    for (size_t i = 0; i < ARRAY_LENGTH(limits); i++) {
        kept.limit = limits[i];
        assert_null(learn(&many, &settings, &watch));
        assert_int_equal(error.code, ERROR_CHECK);
    }
    struct mae *parts = learn(&many, &settings, NULL);
    assert_true(whole && parts);
    assert_true(kept.loads == 4 && kept.saves == 3);
    assert_true(kept.state.done == 26 && kept.state.done % 3 != 0);
    assert_memory_equal(whole->weights, parts->weights, whole->table.total * sizeof(float));
    assert_memory_equal(one.predicted, many.predicted, COUNT * sizeof(int));
    assert_true(one.loss == many.loss);
    for (int i = 0; i < FINETUNE_BLOCKS; i++)
        free(kept.values[i]);
    finetune_result_release(&one);
    finetune_result_release(&many);
    mae_free(whole);
    mae_free(parts);
}

static void test_rates(void **state)
{
    (void)state;
    struct mae *mae = mae_new(&shape, &error);
    float rates[256];
    assert_true(mae->table.count <= 256);
    finetune_rates(rates, mae, 0.5);
    for (int i = 0; i < mae->table.count; i++) {
        const char *name = mae->table.items[i].name;
        double expected = !strncmp(name, "blocks.0.", 9)   ? 0.25
                          : !strncmp(name, "blocks.1.", 9) ? 0.5
                          : !strcmp(name, "cls_token") || !strcmp(name, "pos_embed") ||
                                  !strncmp(name, "patch_embed.", 12)
                              ? 0.125
                              : 1;
        assert_near((double)rates[i], expected, 1e-7);
    }
    mae_free(mae);
}

/* AdamW's first step is as long as the learning rate, whatever the gradient: so it tells whose is
 * what. The rate at step 0 is 0, so two steps are done. */
static void test_rates_are_heeded(void **state)
{
    (void)state;
    struct finetune_settings settings = usual;
    struct finetune_result result;
    float longest[2][256] = {{0}};
    settings.epochs = 2. / 3; /* two of three steps */
    settings.warmup_epochs = 0;
    settings.weight_decay = 0;
    struct mae *before = mae_new(&shape, &error);
    mae_initialise(before, 1);
    for (int decayed = 0; decayed < 2; decayed++) {
        settings.layer_decay = decayed ? 0.5 : 1;
        struct mae *mae = learn(&result, &settings, NULL);
        assert_non_null(mae);
        for (int i = 0; i < mae->table.count; i++)
            for (size_t at = 0; at < mae->table.items[i].count; at++) {
                size_t place = mae->table.items[i].offset + at;
                float moved = fabsf(mae->weights[place] - before->weights[place]);
                longest[decayed][i] = fmaxf(longest[decayed][i], moved);
            }
        finetune_result_release(&result);
        mae_free(mae);
    }
    float rates[256];
    finetune_rates(rates, before, 0.5);
    int seen = 0;
    for (int i = 0; i < before->table.count; i++)
        if (longest[0][i] > 0) {
            assert_near((double)(longest[1][i] / longest[0][i]), (double)rates[i], 0.1);
            seen++;
        }
    assert_true(seen > 20);
    mae_free(before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_head_gradients), cmocka_unit_test(test_learns_by_heart),
        cmocka_unit_test(test_on_any_threads), cmocka_unit_test(test_what_changes),
        cmocka_unit_test(test_interrupted),    cmocka_unit_test(test_goes_on),
        cmocka_unit_test(test_rates),          cmocka_unit_test(test_rates_are_heeded),
    };
    return cmocka_run_group_tests(tests, open_source, close_source);
}
