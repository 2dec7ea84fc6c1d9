/* Counter-based random numbers: Philox 4x32-10.
 *
 * J. K. Salmon, M. A. Moraes, R. O. Dror, D. E. Shaw: Parallel Random Numbers: As Easy as 1, 2, 3
 * (SC 2011). Every draw is a pure function of (seed, stream, epoch, item, index), so nothing needs
 * saving, and neither threads nor batch size nor what was looked at can change a draw.
 *
 * A struct random is a cursor over the indices of one (seed, stream, epoch, item): it lives on the
 * stack, starts at index 0 and belongs to one thread.
 */
#ifndef MASKSCOPE_BASE_RANDOM_H
#define MASKSCOPE_BASE_RANDOM_H

#include <stdint.h>

/* What a draw is for. The numbers are part of every run's record: never renumber, only append. */
enum random_stream {
    RANDOM_INIT = 1,   /* initial weights; item: the parameter's index */
    RANDOM_ORDER,      /* the order of an epoch's images */
    RANDOM_CROP,       /* random resized crop and flip; item: the image */
    RANDOM_RATIO,      /* the share of hidden patches; item: the image */
    RANDOM_MASK,       /* which patches are hidden; item: the image */
    RANDOM_PROBE_MASK, /* the common evaluation masks; epoch: which mask of the image */
    RANDOM_SHOWN_MASK, /* masks of the images on display; epoch: how often they were renewed */
    RANDOM_SCENE,      /* the built-in procedural images; item: the image */
    RANDOM_HOLDOUT,    /* which images are held out where a source names no split */
    RANDOM_BOOTSTRAP,  /* resampling for intervals */
    RANDOM_SAMPLE,     /* the order in which held-out images are looked at */
    RANDOM_BATCH,      /* ratios drawn for a batch as a whole; item: the batch */
    RANDOM_SHOTS,      /* downstream: the few training images of a class; item: the class */
    RANDOM_SPLIT,      /* downstream: training images held back for choices; item: the class */
    RANDOM_HEAD,       /* downstream: a head's initial weights and the order it sees images in */
};

struct random {
    uint32_t key[2];
    uint32_t counter[4]; /* [0] the block's index, [1] item, [2] epoch, [3] stream */
    uint32_t output[4];
    int left; /* unused words of output */
};

/* The bijection itself: ten rounds on counter under key. */
void random_philox(const uint32_t counter[4], const uint32_t key[2], uint32_t output[4]);

struct random random_begin(uint64_t seed, enum random_stream stream, uint32_t epoch, uint32_t item);
uint32_t random_bits(struct random *random);
/* Uniform on [0, 1) with 53 bits. */
double random_uniform(struct random *random);
/* Uniform on 0 .. bound - 1 without bias, bound >= 1. */
uint32_t random_below(struct random *random, uint32_t bound);
/* Standard normal (Box-Muller, one of the pair; two uniforms a draw). */
double random_normal(struct random *random);
/* `count` standard normals of single precision, a few times as fast: Box-Muller in floats, both of
 * each pair, from 24 random bits each, so none lies further out than 5.9. */
void random_normals(struct random *random, float *out, int count);
/* A uniformly random order of items[0 .. count - 1] (Fisher-Yates). */
void random_shuffle(struct random *random, uint32_t *items, uint32_t count);

#endif
