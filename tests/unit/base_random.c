/* Random numbers: the published vectors, and that a draw depends on its coordinates only. */
#include "tests/unit/test.h"

#include <math.h>

#include "base/random.h"

/* Random123's kat_vectors for philox4x32 10. */
static void test_philox_known_answers(void **state)
{
    (void)state;
    static const struct {
        uint32_t counter[4], key[2], output[4];
    } vectors[] = {
        {{0, 0, 0, 0}, {0, 0}, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
        {{0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff},
         {0xffffffff, 0xffffffff},
         {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
        {{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
         {0xa4093822, 0x299f31d0},
         {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
    };
    for (size_t i = 0; i < 3; i++) {
        uint32_t output[4];
        random_philox(vectors[i].counter, vectors[i].key, output);
        assert_memory_equal(output, vectors[i].output, sizeof output);
    }
}

static void test_streams_differ(void **state)
{
    (void)state;
    struct random a = random_begin(1, RANDOM_MASK, 2, 3), same = random_begin(1, RANDOM_MASK, 2, 3);
    struct random others[] = {
        random_begin(2, RANDOM_MASK, 2, 3), random_begin(1, RANDOM_CROP, 2, 3),
        random_begin(1, RANDOM_MASK, 3, 3), random_begin(1, RANDOM_MASK, 2, 4),
        random_begin(1 + (1ull << 32), RANDOM_MASK, 2, 3)};
    for (int draw = 0; draw < 100; draw++) {
        uint32_t bits = random_bits(&a);
        assert_int_equal(bits, random_bits(&same));
        for (size_t i = 0; i < 5; i++)
            assert_int_not_equal(bits, random_bits(&others[i]));
    }
}

static void test_below_is_uniform(void **state)
{
    (void)state;
    enum { BOUND = 7, DRAWS = 70000 };
    int counts[BOUND] = {0};
    struct random random = random_begin(5, RANDOM_ORDER, 0, 0);
    for (int i = 0; i < DRAWS; i++)
        counts[random_below(&random, BOUND)]++;
    double chi_square = 0;
    for (int i = 0; i < BOUND; i++)
        chi_square += (counts[i] - 10000.0) * (counts[i] - 10000.0) / 10000.0;
    assert_true(chi_square < 22.46); /* 6 degrees of freedom, .001 */
}

/* Of three neighbouring values each must be drawn as often: a multiplication alone would give the
 * first of them half of the draws. */
static void test_below_rejects(void **state)
{
    (void)state;
    int counts[3] = {0};
    struct random random = random_begin(7, RANDOM_ORDER, 0, 0);
    for (int i = 0; i < 30000; i++)
        counts[random_below(&random, 0xC0000000u) % 3]++;
    for (int i = 0; i < 3; i++)
        assert_in_range(counts[i], 9600, 10400); /* 4.9 standard deviations */
}

static void test_shuffle_orders_are_uniform(void **state)
{
    (void)state;
    int counts[3][3] = {0};
    for (uint32_t item = 0; item < 12000; item++) {
        uint32_t items[3] = {0, 1, 2};
        struct random random = random_begin(8, RANDOM_ORDER, 0, item);
        random_shuffle(&random, items, 3);
        counts[items[0]][items[1]]++;
    }
    for (int first = 0; first < 3; first++)
        for (int second = 0; second < 3; second++)
            if (first != second)
                assert_in_range(counts[first][second], 1800, 2200);
}

static void test_shuffle_permutes(void **state)
{
    (void)state;
    uint32_t items[1000];
    uint8_t seen[1000] = {0};
    for (uint32_t i = 0; i < 1000; i++)
        items[i] = i;
    struct random random = random_begin(5, RANDOM_ORDER, 1, 0);
    random_shuffle(&random, items, 1000);
    int fixed = 0;
    for (uint32_t i = 0; i < 1000; i++) {
        assert_false(seen[items[i]]);
        seen[items[i]] = 1;
        fixed += items[i] == i;
    }
    assert_true(fixed < 10); /* Poisson(1) */
}

static int by_value(const void *a, const void *b)
{
    float first, second;
    memcpy(&first, a, sizeof first);
    memcpy(&second, b, sizeof second);
    return (first > second) - (first < second);
}

static void test_normal_moments(void **state)
{
    (void)state;
    struct random random = random_begin(6, RANDOM_INIT, 0, 0);
    double sum = 0, squares = 0;
    for (int i = 0; i < 100000; i++) {
        double draw = random_normal(&random);
        sum += draw;
        squares += draw * draw;
    }
    assert_true(sum / 100000 < 0.0125 && sum / 100000 > -0.0125); /* 4 standard errors */
    assert_true(squares / 100000 < 1.018 && squares / 100000 > 0.982);
}

/* The same law as random_normal's: moments, neighbours without correlation, and Kolmogorov and
 * Smirnov's distance, sqrt(n) times which stays below 1.95 in 999 of 1000. */
static void test_normals(void **state)
{
    (void)state;
    enum { COUNT = 100001 };
    static float draws[COUNT + 1];
    struct random random = random_begin(6, RANDOM_INIT, 0, 0);
    draws[COUNT] = 77.0f;
    random_normals(&random, draws, COUNT);
    assert_true(draws[COUNT] == 77.0f); /* an odd count writes no more than that */
    double sum = 0, squares = 0, products = 0, fourth = 0;
    for (int i = 0; i < COUNT; i++) {
        double draw = (double)draws[i];
        sum += draw;
        squares += draw * draw;
        fourth += draw * draw * draw * draw;
        products += i > 0 ? draw * (double)draws[i - 1] : 0;
    }
    assert_near(sum / COUNT, 0, 0.0127);
    assert_near(squares / COUNT, 1, 0.018);
    assert_near(fourth / COUNT, 3, 0.125);
    assert_near(products / COUNT, 0, 0.0127);
    qsort(draws, COUNT, sizeof *draws, by_value);
    double apart = 0;
    for (int i = 0; i < COUNT; i++) {
        double law = 0.5 * erfc(-(double)draws[i] / sqrt(2));
        apart = fmax(apart, fmax(law - (double)i / COUNT, (i + 1.0) / COUNT - law));
    }
    assert_true(sqrt(COUNT) * apart < 1.95);
    assert_true(draws[0] < -3.5f && draws[0] > -6.0f && draws[COUNT - 1] > 3.5f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_philox_known_answers),
        cmocka_unit_test(test_streams_differ),
        cmocka_unit_test(test_below_is_uniform),
        cmocka_unit_test(test_shuffle_permutes),
        cmocka_unit_test(test_normal_moments),
        cmocka_unit_test(test_normals),
        cmocka_unit_test(test_below_rejects),
        cmocka_unit_test(test_shuffle_orders_are_uniform),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
