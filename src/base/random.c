#include "base/random.h"

#include <math.h>

void random_philox(const uint32_t counter[4], const uint32_t key[2], uint32_t output[4])
{
    uint32_t c0 = counter[0], c1 = counter[1], c2 = counter[2], c3 = counter[3];
    uint32_t k0 = key[0], k1 = key[1];
    for (int round = 0; round < 10; round++) {
        uint64_t product0 = (uint64_t)0xD2511F53u * c0, product1 = (uint64_t)0xCD9E8D57u * c2;
        c0 = (uint32_t)(product1 >> 32) ^ c1 ^ k0;
        c1 = (uint32_t)product1;
        c2 = (uint32_t)(product0 >> 32) ^ c3 ^ k1;
        c3 = (uint32_t)product0;
        k0 += 0x9E3779B9u;
        k1 += 0xBB67AE85u;
    }
    output[0] = c0;
    output[1] = c1;
    output[2] = c2;
    output[3] = c3;
}

struct random random_begin(uint64_t seed, enum random_stream stream, uint32_t epoch, uint32_t item)
{
    return (struct random){.key = {(uint32_t)seed, (uint32_t)(seed >> 32)},
                           .counter = {0, item, epoch, (uint32_t)stream}};
}

uint32_t random_bits(struct random *random)
{
    if (!random->left) {
        random_philox(random->counter, random->key, random->output);
        random->counter[0]++;
        random->left = 4;
    }
    return random->output[4 - random->left--];
}

double random_uniform(struct random *random)
{
    uint64_t high = random_bits(random);
    uint64_t bits = high << 32 | random_bits(random);
    return (double)(bits >> 11) * 0x1p-53;
}

uint32_t random_below(struct random *random, uint32_t bound)
{
    /* Lemire 2019: multiply, and reject the few draws that would favour small values. */
    uint64_t product = (uint64_t)random_bits(random) * bound;
    if ((uint32_t)product < bound) {
        uint32_t threshold = -bound % bound;
        while ((uint32_t)product < threshold)
            product = (uint64_t)random_bits(random) * bound;
    }
    return (uint32_t)(product >> 32);
}

double random_normal(struct random *random)
{
    double radius = sqrt(-2.0 * log(1.0 - random_uniform(random)));
    return radius * cos(2.0 * 3.14159265358979323846 * random_uniform(random));
}

void random_normals(struct random *random, float *out, int count)
{
    for (int i = 0; i < count; i += 2) {
        float u = ((float)(random_bits(random) >> 8) + 0.5f) * 0x1p-24f; /* never 0 */
        float angle =
            (float)(random_bits(random) >> 8) * (float)(2.0 * 3.14159265358979323846 * 0x1p-24);
        float radius = sqrtf(-2.0f * logf(u)), sine, cosine;
        sincosf(angle, &sine, &cosine);
        out[i] = radius * cosine;
        if (i + 1 < count)
            out[i + 1] = radius * sine;
    }
}

void random_shuffle(struct random *random, uint32_t *items, uint32_t count)
{
    for (uint32_t left = count; left > 1; left--) {
        uint32_t other = random_below(random, left);
        uint32_t held = items[left - 1];
        items[left - 1] = items[other];
        items[other] = held;
    }
}
