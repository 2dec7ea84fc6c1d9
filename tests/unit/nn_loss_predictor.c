/* The head that ranks patches by their expected loss, against a naive twin in double precision and
 * central differences; and that it learns an order that can be told from the latents. */
#include "tests/unit/test.h"

#include <math.h>

#include "base/memory.h"
#include "nn/loss_predictor.h"
#include "tests/unit/nn_naive.h"

enum { DIM = 13, HIDDEN = 7, IMAGES = 3, PATCHES = 6, ROWS = IMAGES * PATCHES };

struct twin {
    double weights[HIDDEN * DIM + HIDDEN + HIDDEN + 1];
    double latents[ROWS * DIM];
    const float *losses;
    const uint8_t *masks;
    double scores[ROWS];
};

static void naive_scores(struct twin *twin)
{
    double hidden[ROWS * HIDDEN];
    const double *fc1 = twin->weights, *bias1 = fc1 + HIDDEN * DIM;
    const double *fc2 = bias1 + HIDDEN, *bias2 = fc2 + HIDDEN;
    naive_linear(hidden, twin->latents, fc1, bias1, ROWS, DIM, HIDDEN);
    for (size_t i = 0; i < ROWS * HIDDEN; i++)
        hidden[i] = naive_gelu(hidden[i]);
    naive_linear(twin->scores, hidden, fc2, bias2, ROWS, HIDDEN, 1);
}

/* Eq. 6, pair by pair. */
static double naive_loss(void *context)
{
    struct twin *twin = context;
    double total = 0;
    naive_scores(twin);
    for (int image = 0; image < IMAGES; image++) {
        const float *losses = twin->losses + image * PATCHES;
        const uint8_t *mask = twin->masks + image * PATCHES;
        const double *scores = twin->scores + image * PATCHES;
        double sum = 0;
        int pairs = 0;
        for (int i = 0; i < PATCHES; i++)
            for (int j = 0; j < PATCHES; j++)
                if (mask[i] && mask[j] && losses[i] > losses[j]) {
                    sum -= log(1 / (1 + exp(-(scores[i] - scores[j]))));
                    pairs++;
                }
        total += pairs > 0 ? sum / pairs : 0;
    }
    return total / IMAGES;
}

/* The second image has one hidden patch and so no pair; the third two equal losses. Visible patches
 * have NaN for a loss, which must not be read. */
static const uint8_t masks[ROWS] = {1, 1, 0, 1, 1, 0, 0, 0, 0, 1, 0, 0, 1, 1, 1, 1, 1, 0};
static const float losses[ROWS] = {0.5f, 0.2f, NAN, 0.9f, 0.1f, NAN,  NAN,  NAN,  NAN,
                                   0.3f, NAN,  NAN, 0.4f, 0.4f, 0.1f, 0.7f, 0.2f, NAN};

static void test_against_naive_twin(void **state)
{
    (void)state;
    static struct twin twin = {.losses = losses, .masks = masks};
    struct loss_predictor predictor;
    struct loss_predictor_memory memory;
    float latents[ROWS * DIM];
    assert_true(loss_predictor_init(&predictor, DIM, 5, NULL));
    assert_true(loss_predictor_memory_init(&memory, DIM, IMAGES, PATCHES, NULL));
    assert_int_equal(predictor.table.total, ARRAY_LENGTH(twin.weights));
    random_floats(latents, ROWS * DIM, 1);
    random_floats(predictor.weights, predictor.table.total, 2);
    widen(twin.weights, predictor.weights, predictor.table.total);
    widen(twin.latents, latents, ROWS * DIM);
    poison(memory.scores, ROWS);
    poison(memory.score_gradients, ROWS);
    poison(predictor.gradients, predictor.table.total);

    loss_predictor_forward(&predictor, &memory, latents, ROWS);
    naive_scores(&twin);
    assert_true(relative_error(memory.scores, twin.scores, ROWS) < 3e-6);
    double loss =
        loss_predictor_backward(&predictor, &memory, latents, losses, masks, IMAGES, PATCHES);
    assert_near(loss, naive_loss(&twin), 1e-6);
    assert_true(gradient_error(naive_loss, &twin, twin.weights, predictor.gradients,
                               predictor.table.total, 1) < 2e-5);
    loss_predictor_memory_release(&memory);
    loss_predictor_release(&predictor);
}

static void test_extreme_scores(void **state)
{
    (void)state;
    struct loss_predictor predictor;
    struct loss_predictor_memory memory;
    float latents[ROWS * DIM];
    assert_true(loss_predictor_init(&predictor, DIM, 5, NULL));
    assert_true(loss_predictor_memory_init(&memory, DIM, IMAGES, PATCHES, NULL));
    random_floats(latents, ROWS * DIM, 1);
    for (size_t i = 0; i < predictor.table.total; i++)
        predictor.weights[i] *= 1e4f;
    loss_predictor_forward(&predictor, &memory, latents, ROWS);
    assert_true(isfinite(
        loss_predictor_backward(&predictor, &memory, latents, losses, masks, IMAGES, PATCHES)));
    for (size_t i = 0; i < predictor.table.total; i++)
        assert_true(isfinite(predictor.gradients[i]));
    loss_predictor_memory_release(&memory);
    loss_predictor_release(&predictor);
}

/* The share of pairs that the scores put in the order of the losses. */
static double ordered(const float *scores, const float *truth, int count)
{
    int right = 0, pairs = 0;
    for (int i = 0; i < count; i++)
        for (int j = 0; j < count; j++)
            if (truth[i] > truth[j]) {
                pairs++;
                right += scores[i] > scores[j];
            }
    return (double)right / pairs;
}

/* The truth is a linear function of the latents: after some steps the order is found, on images
 * that were not among those learned from too. */
static void test_learns_an_order(void **state)
{
    (void)state;
    enum { MANY = 16, GRID = 16, COUNT = MANY * GRID };
    static float latents[COUNT * DIM], truth[COUNT];
    static uint8_t hidden[COUNT];
    float direction[DIM];
    struct loss_predictor predictor;
    struct loss_predictor_memory memory;
    assert_true(loss_predictor_init(&predictor, DIM, 5, NULL));
    assert_true(loss_predictor_memory_init(&memory, DIM, MANY, GRID, NULL));
    random_floats(direction, DIM, 9);
    memset(hidden, 1, sizeof hidden);
    double first = 0, loss = 0;
    for (unsigned step = 0; step <= 150; step++) {
        random_floats(latents, COUNT * DIM, 100 + step);
        for (int i = 0; i < COUNT; i++) {
            truth[i] = 0;
            for (int k = 0; k < DIM; k++)
                truth[i] += direction[k] * latents[i * DIM + k];
        }
        loss_predictor_forward(&predictor, &memory, latents, COUNT);
        loss = loss_predictor_backward(&predictor, &memory, latents, truth, hidden, MANY, GRID);
        first = step == 0 ? loss : first;
        if (step < 150)
            adamw_step(&predictor.adamw, predictor.weights, predictor.gradients, 1e-2, 1);
    }
    assert_true(first > 0.5 && loss < 0.2);
    assert_true(ordered(memory.scores, truth, GRID) > 0.9);
    loss_predictor_memory_release(&memory);
    loss_predictor_release(&predictor);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_against_naive_twin),
        cmocka_unit_test(test_extreme_scores),
        cmocka_unit_test(test_learns_an_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
