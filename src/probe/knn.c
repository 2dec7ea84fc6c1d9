#include "probe/knn.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/parallel.h"
#include "nn/gemm.h"

enum { TEST_TILE = 32, TRAIN_TILE = 512, TILES_AT_ONCE = 64 };
static const double rounding = 1e-5;

struct neighbour {
    float similarity;
    uint32_t row;
};

/* What a thread works in. */
struct bench {
    float *similarities;          /* [TEST_TILE, TRAIN_TILE] */
    struct neighbour *neighbours; /* [TEST_TILE, most + 1]: nearest first; one more than votes */
    size_t found;                 /* of each row */
    double *votes;                /* [classes] */
};

struct job {
    const struct knn_settings *settings;
    const struct probe_rows *train, *test;
    float *train_unit, *test_unit; /* rows of length 1 */
    size_t most;                   /* the largest k */
    struct bench *benches;         /* [slots] */
    size_t first_tile;
    int *predicted; /* null: scores are wanted */
    bool *tied;
    float *scores;
};

static float *unit_rows(const struct probe_rows *rows, struct error *error)
{
    float *out = memory_new(rows->count * rows->dim, sizeof *out, error);
    for (size_t row = 0; out && row < rows->count; row++) {
        const float *values = rows->values + row * rows->dim;
        double sum = 0;
        for (size_t i = 0; i < rows->dim; i++)
            sum += (double)values[i] * (double)values[i];
        double scale = sum > 0 ? 1 / sqrt(sum) : 0;
        for (size_t i = 0; i < rows->dim; i++)
            out[row * rows->dim + i] = (float)((double)values[i] * scale);
    }
    return out;
}

/* Puts a training row among the nearest, which are sorted; rows come in ascending order, so an
 * equal one goes behind. */
static void consider(struct neighbour *nearest, size_t *found, size_t limit, float similarity,
                     uint32_t row)
{
    size_t at = *found;
    if (at == limit && !(similarity > nearest[limit - 1].similarity))
        return;
    if (at < limit)
        (*found)++;
    else
        at--;
    for (; at > 0 && similarity > nearest[at - 1].similarity; at--)
        nearest[at] = nearest[at - 1];
    nearest[at] = (struct neighbour){similarity, row};
}

static void find_nearest(const struct job *job, struct bench *bench, size_t first, size_t rows)
{
    size_t dim = job->train->dim, limit = job->most + 1, found[TEST_TILE] = {0};
    for (size_t start = 0; start < job->train->count; start += TRAIN_TILE) {
        size_t left = job->train->count - start, columns = left < TRAIN_TILE ? left : TRAIN_TILE;
        gemm(GEMM_A_BT, false, bench->similarities, TRAIN_TILE,
             (struct gemm_matrix){job->test_unit + first * dim, dim},
             (struct gemm_matrix){job->train_unit + start * dim, dim}, rows, columns, dim);
        for (size_t row = 0; row < rows; row++)
            for (size_t i = 0; i < columns; i++)
                consider(bench->neighbours + row * limit, &found[row], limit,
                         bench->similarities[row * TRAIN_TILE + i], (uint32_t)(start + i));
    }
    bench->found = found[0];
}

/* The winner, and whether the second is as good. */
static int count_votes(const double *votes, int classes, bool *tied)
{
    int best = 0;
    double second = 0;
    for (int i = 1; i < classes; i++)
        if (votes[i] > votes[best])
            best = i;
    for (int i = 0; i < classes; i++)
        if (i != best)
            second = fmax(second, votes[i]);
    *tied = second > votes[best] * (1 - rounding);
    return best;
}

static void add_vote(const struct job *job, double *votes, size_t row, double weight)
{
    const struct probe_rows *train = job->train;
    size_t classes = (size_t)job->settings->classes;
    if (!train->shares)
        votes[train->labels[row]] += weight;
    for (size_t i = 0; train->shares && i < classes; i++)
        votes[i] += weight * (double)train->shares[row * classes + i];
}

static int vote(const struct job *job, struct bench *bench, const struct neighbour *nearest,
                size_t k, bool *tied)
{
    const struct knn_settings *settings = job->settings;
    memset(bench->votes, 0, (size_t)settings->classes * sizeof *bench->votes);
    for (size_t i = 0; i < k; i++) /* of the best, which has weight 1: it cannot overflow */
        add_vote(job, bench->votes, nearest[i].row,
                 exp(((double)nearest[i].similarity - (double)nearest[0].similarity) /
                     settings->temperature));
    int best = count_votes(bench->votes, settings->classes, tied);
    *tied = *tied || (bench->found > k &&
                      (double)nearest[k - 1].similarity - (double)nearest[k].similarity < rounding);
    return best;
}

static void keep_scores(const struct job *job, const double *votes, size_t row)
{
    size_t classes = (size_t)job->settings->classes;
    double sum = 0;
    for (size_t i = 0; i < classes; i++)
        sum += votes[i];
    for (size_t i = 0; i < classes; i++)
        job->scores[row * classes + i] = (float)(votes[i] / sum);
}

static void classify_tile(void *context, size_t task, size_t slot)
{
    const struct job *job = context;
    struct bench *bench = &job->benches[slot];
    size_t first = (job->first_tile + task) * TEST_TILE, left = job->test->count - first;
    size_t rows = left < TEST_TILE ? left : TEST_TILE;
    find_nearest(job, bench, first, rows);
    for (int i = 0; i < job->settings->count; i++)
        for (size_t row = 0; row < rows; row++) {
            size_t at = (size_t)i * job->test->count + first + row;
            bool tied;
            int best = vote(job, bench, bench->neighbours + row * (job->most + 1),
                            (size_t)job->settings->neighbours[i], &tied);
            if (job->predicted)
                job->predicted[at] = best;
            else
                keep_scores(job, bench->votes, at);
            if (job->tied)
                job->tied[at] = tied;
        }
}

static bool check(const struct job *job, struct error *error)
{
    if (job->most > job->train->count)
        return error_set(error, ERROR_DATA, "k = %zu neighbours, but there are only %zu to ask",
                         job->most, job->train->count);
    return true;
}

static bool allocate(struct job *job, size_t slots, struct error *error)
{
    if (!(job->train_unit = unit_rows(job->train, error)) ||
        !(job->test_unit = unit_rows(job->test, error)) ||
        !(job->benches = memory_new(slots, sizeof *job->benches, error)))
        return false;
    for (size_t i = 0; i < slots; i++) {
        struct bench *bench = &job->benches[i];
        size_t nearest = TEST_TILE * (job->most + 1), classes = (size_t)job->settings->classes;
        if (!(bench->similarities = memory_new(TEST_TILE * TRAIN_TILE, sizeof(float), error)) ||
            !(bench->neighbours = memory_new(nearest, sizeof *bench->neighbours, error)) ||
            !(bench->votes = memory_new(classes, sizeof(double), error)))
            return false;
    }
    return true;
}

static void release(struct job *job, size_t slots)
{
    for (size_t i = 0; job->benches && i < slots; i++) {
        free(job->benches[i].similarities);
        free(job->benches[i].neighbours);
        free(job->benches[i].votes);
    }
    free(job->benches);
    free(job->train_unit);
    free(job->test_unit);
}

static bool classify(struct job *job, size_t slots, const struct probe_watch *watch,
                     struct error *error)
{
    size_t tiles = (job->test->count + TEST_TILE - 1) / TEST_TILE;
    for (; job->first_tile < tiles; job->first_tile += TILES_AT_ONCE) {
        size_t left = tiles - job->first_tile;
        if (!probe_watch_tell(watch, (double)job->first_tile / (double)tiles, error))
            return false;
        parallel_for_slots(left < TILES_AT_ONCE ? left : TILES_AT_ONCE, slots, classify_tile, job);
    }
    return true;
}

static bool run(struct job *job, const struct probe_watch *watch, struct error *error)
{
    size_t slots = (size_t)parallel_threads();
    for (int i = 0; i < job->settings->count; i++)
        if ((size_t)job->settings->neighbours[i] > job->most)
            job->most = (size_t)job->settings->neighbours[i];
    bool good = check(job, error) && allocate(job, slots, error) && gemm_prepare(error) &&
                classify(job, slots, watch, error);
    release(job, slots);
    return good;
}

bool knn_classify(int *predicted, bool *tied, const struct probe_rows *train,
                  const struct probe_rows *test, const struct knn_settings *settings,
                  const struct probe_watch *watch, struct error *error)
{
    struct job job = {
        .settings = settings, .train = train, .test = test, .predicted = predicted, .tied = tied};
    return run(&job, watch, error);
}

bool knn_scores(float *scores, const struct probe_rows *train, const struct probe_rows *test,
                const struct knn_settings *settings, const struct probe_watch *watch,
                struct error *error)
{
    struct job job = {.settings = settings, .train = train, .test = test, .scores = scores};
    return run(&job, watch, error);
}
