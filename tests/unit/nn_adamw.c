/* AdamW against a computation by hand, and the learning-rate schedule. */
#include "tests/unit/test.h"

#include <math.h>

#include "base/memory.h"
#include "nn/adamw.h"

/* A decayed matrix, an undecayed vector, and a fixed table behind them. */
enum { MATRIX = 70000, VECTOR = 3, FIXED = 2, TRAINED = MATRIX + VECTOR };

static struct parameter items[] = {
    {.name = "matrix", .dimensions = 2, .shape = {MATRIX, 1}, .count = MATRIX, .decay = true},
    {.name = "vector", .dimensions = 1, .shape = {VECTOR}, .offset = MATRIX, .count = VECTOR},
    {.name = "fixed", .shape = {FIXED}, .offset = TRAINED, .count = FIXED, .init = PARAMETER_FIXED},
};
static const struct parameter_table table = {items, 3, TRAINED, TRAINED + FIXED};

struct hand {
    double weight, moment1, moment2;
};

/* Algorithm 2 of Loshchilov & Hutter 2019. */
static void hand_step(struct hand *hand, double gradient, double rate, double decay, int step)
{
    hand->moment1 = 0.9 * hand->moment1 + 0.1 * gradient;
    hand->moment2 = 0.95 * hand->moment2 + 0.05 * gradient * gradient;
    double first = hand->moment1 / (1 - pow(0.9, step));
    double second = hand->moment2 / (1 - pow(0.95, step));
    hand->weight -= rate * (first / (sqrt(second) + 1e-8) + decay * hand->weight);
}

static void test_steps(void **state)
{
    (void)state;
    static float weights[TRAINED + FIXED], gradients[TRAINED];
    static const size_t watched[] = {0, 1, 32767, 32768, MATRIX - 1, MATRIX, TRAINED - 1};
    struct hand hands[ARRAY_LENGTH(watched)];
    struct adamw adamw;
    struct error error;
    assert_true(adamw_init(&adamw, &table, &error));
    for (size_t i = 0; i < TRAINED + FIXED; i++)
        weights[i] = (float)(i % 7) - 3;
    for (size_t i = 0; i < ARRAY_LENGTH(watched); i++)
        hands[i] = (struct hand){.weight = (double)weights[watched[i]]};
    for (int step = 1; step <= 5; step++) {
        for (size_t i = 0; i < TRAINED; i++)
            gradients[i] = 4 * cosf((float)(i + 3 * (size_t)step));
        /* the scale differs from step to step: Adam does not see a constant one */
        adamw_step(&adamw, weights, gradients, 0.01 * step, 1.0 / step);
        for (size_t i = 0; i < ARRAY_LENGTH(watched); i++) {
            hand_step(&hands[i], (double)gradients[watched[i]] / step, 0.01 * step,
                      watched[i] < MATRIX ? 0.05 : 0, step);
            assert_true(fabs((double)weights[watched[i]] - hands[i].weight) < 1e-6);
        }
    }
    assert_int_equal(adamw.steps, 5);
    for (size_t i = TRAINED; i < TRAINED + FIXED; i++)
        assert_true(weights[i] == (float)(i % 7) - 3);
    adamw_release(&adamw);
}

/* A share of the rate is as good as that rate, and moments do not depend on it. */
static void test_rates(void **state)
{
    (void)state;
    static const float rates[] = {0.25f, 0, 1};
    static float scaled[TRAINED + FIXED], plain[TRAINED + FIXED], gradients[TRAINED];
    struct adamw with, without;
    struct error error;
    assert_true(adamw_init(&with, &table, &error) && adamw_init(&without, &table, &error));
    with.rates = rates;
    for (size_t i = 0; i < TRAINED + FIXED; i++)
        scaled[i] = plain[i] = (float)(i % 7) - 3;
    for (size_t i = 0; i < TRAINED; i++)
        gradients[i] = cosf((float)i);
    for (int step = 0; step < 3; step++) {
        adamw_step(&with, scaled, gradients, 0.04, 1);
        adamw_step(&without, plain, gradients, 0.01, 1);
    }
    for (size_t i = 0; i < MATRIX; i++)
        assert_true(fabsf(scaled[i] - plain[i]) < 1e-6f);
    for (size_t i = MATRIX; i < TRAINED + FIXED; i++)
        assert_true(scaled[i] == (float)(i % 7) - 3);
    assert_memory_equal(with.moment2, without.moment2, TRAINED * sizeof(float));
    adamw_release(&with);
    adamw_release(&without);
}

static void test_gradient_norm(void **state)
{
    (void)state;
    static float gradients[TRAINED];
    struct adamw adamw;
    struct error error;
    assert_true(adamw_init(&adamw, &table, &error));
    gradients[0] = 3;
    gradients[TRAINED - 1] = 4;
    assert_true(adamw_gradient_norm(&adamw, gradients) == 5);
    gradients[40000] = NAN;
    assert_true(isnan(adamw_gradient_norm(&adamw, gradients)));
    gradients[40000] = INFINITY;
    assert_true(isinf(adamw_gradient_norm(&adamw, gradients)));
    adamw_release(&adamw);
}

static void test_schedule(void **state)
{
    (void)state;
    const double peak = 1e-3, least = 1e-5;
    assert_true(learning_rate_at(0, 10, 100, peak, least) == 0);
    assert_true(fabs(learning_rate_at(5, 10, 100, peak, least) - peak / 2) < 1e-15);
    assert_true(fabs(learning_rate_at(10, 10, 100, peak, least) - peak) < 1e-15);
    assert_true(fabs(learning_rate_at(55, 10, 100, peak, least) - (peak + least) / 2) < 1e-15);
    assert_true(fabs(learning_rate_at(100, 10, 100, peak, least) - least) < 1e-15);
    assert_true(learning_rate_at(1e9, 10, 100, peak, least) == least);
    assert_true(learning_rate_at(-1, 10, 100, peak, least) == 0);
    assert_true(learning_rate_at(0, 0, 100, peak, least) == peak);
    assert_true(learning_rate_at(3, 10, 5, peak, least) == peak * 3 / 10); /* warm-up wins */
    for (double step = 11; step < 101; step++)
        assert_true(learning_rate_at(step, 10, 100, peak, least) <
                    learning_rate_at(step - 1, 10, 100, peak, least));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_steps),
        cmocka_unit_test(test_rates),
        cmocka_unit_test(test_gradient_norm),
        cmocka_unit_test(test_schedule),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
