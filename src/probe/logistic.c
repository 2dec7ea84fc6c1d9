#include "probe/logistic.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/parallel.h"
#include "nn/gemm.h"

/* Rows go through in pieces; the sums of a fixed number of chunks of them are added up in order. */
enum { PIECE = 256, CHUNKS = 32 };
enum { ITERATIONS = 1000 };
static const double usual_tolerance = 2e-6;

struct logistic_loss {
    const float *values;    /* [count, dim] */
    struct probe_rows rows; /* their labels or shares */
    size_t count, dim;
    int classes;
    double penalty;
    size_t chunks, chunk_rows;
    float *weight, *bias; /* [classes, dim], [classes]: as the products want them */
    float *scores;        /* [chunks, PIECE, classes] */
    float *weight_sums;   /* [chunks, classes, dim] */
    double *bias_sums;    /* [chunks, classes] */
    double *losses;       /* [chunks] */
};

struct logistic_loss *logistic_loss_new(const float *values, const struct probe_rows *rows,
                                        int classes, double penalty, struct error *error)
{
    struct logistic_loss *loss = memory_new(1, sizeof *loss, error);
    if (!loss)
        return NULL;
    size_t outputs = (size_t)classes, count = rows->count, dim = rows->dim;
    size_t share = (count + CHUNKS - 1) / CHUNKS;
    *loss = (struct logistic_loss){.values = values,
                                   .rows = *rows,
                                   .count = count,
                                   .dim = dim,
                                   .classes = classes,
                                   .penalty = penalty};
    loss->chunk_rows = share < PIECE ? PIECE : share;
    loss->chunks = (count + loss->chunk_rows - 1) / loss->chunk_rows;
    if ((loss->weight = memory_new(outputs * dim, sizeof(float), error)) &&
        (loss->bias = memory_new(outputs, sizeof(float), error)) &&
        (loss->scores = memory_new(loss->chunks * PIECE * outputs, sizeof(float), error)) &&
        (loss->weight_sums = memory_new(loss->chunks * outputs * dim, sizeof(float), error)) &&
        (loss->bias_sums = memory_new(loss->chunks * outputs, sizeof(double), error)) &&
        (loss->losses = memory_new(loss->chunks, sizeof(double), error)) && gemm_prepare(error))
        return loss;
    logistic_loss_free(loss);
    return NULL;
}

void logistic_loss_free(struct logistic_loss *loss)
{
    if (!loss)
        return;
    free(loss->weight);
    free(loss->bias);
    free(loss->scores);
    free(loss->weight_sums);
    free(loss->bias_sums);
    free(loss->losses);
    free(loss);
}

/* A row's scores become softmax(scores + bias); returns the log of the sum that it was divided by,
 * and the highest, which was taken away before. */
static double softmax_row(float *scores, const float *bias, int classes, double *highest)
{
    double sum = 0;
    *highest = -INFINITY;
    for (int i = 0; i < classes; i++) {
        scores[i] += bias[i];
        *highest = fmax(*highest, (double)scores[i]);
    }
    for (int i = 0; i < classes; i++) {
        double power = exp((double)scores[i] - *highest);
        sum += power;
        scores[i] = (float)power;
    }
    for (int i = 0; i < classes; i++)
        scores[i] = (float)((double)scores[i] / sum);
    return log(sum);
}

/* A row's scores become the gradient of its loss by them, which is returned. */
static double row_loss(const struct logistic_loss *loss, size_t row, float *scores)
{
    int classes = loss->classes;
    const float *shares = loss->rows.shares ? loss->rows.shares + row * (size_t)classes : NULL;
    double highest, value, own = 0;
    int label = shares ? 0 : loss->rows.labels[row];
    for (int i = 0; shares && i < classes; i++)
        own += (double)shares[i] * ((double)scores[i] + (double)loss->bias[i]);
    if (!shares)
        own = (double)(scores[label] + loss->bias[label]);
    value = softmax_row(scores, loss->bias, classes, &highest) + highest - own;
    for (int i = 0; shares && i < classes; i++)
        scores[i] -= shares[i];
    if (!shares)
        scores[label] -= 1;
    return value;
}

static void sum_chunk(void *context, size_t chunk)
{
    struct logistic_loss *loss = context;
    size_t classes = (size_t)loss->classes, dim = loss->dim;
    size_t first = chunk * loss->chunk_rows, end = first + loss->chunk_rows;
    float *scores = loss->scores + chunk * PIECE * classes;
    float *weight_sums = loss->weight_sums + chunk * classes * dim;
    double *bias_sums = loss->bias_sums + chunk * classes, total = 0;
    memset(weight_sums, 0, classes * dim * sizeof *weight_sums);
    memset(bias_sums, 0, classes * sizeof *bias_sums);
    for (end = end < loss->count ? end : loss->count; first < end; first += PIECE) {
        size_t rows = end - first < PIECE ? end - first : PIECE;
        struct gemm_matrix values = {loss->values + first * dim, dim};
        gemm(GEMM_A_BT, false, scores, classes, values, (struct gemm_matrix){loss->weight, dim},
             rows, classes, dim);
        for (size_t row = 0; row < rows; row++) {
            total += row_loss(loss, first + row, scores + row * classes);
            for (size_t i = 0; i < classes; i++)
                bias_sums[i] += (double)scores[row * classes + i];
        }
        gemm(GEMM_AT_B, true, weight_sums, dim, (struct gemm_matrix){scores, classes}, values,
             classes, dim, rows);
    }
    loss->losses[chunk] = total;
}

/* Adds up what the chunks found, in their order. */
static void gather(const struct logistic_loss *loss, const double *weights, double *gradient)
{
    size_t classes = (size_t)loss->classes, dim = loss->dim;
    double share = 1 / (double)loss->count;
    for (size_t output = 0; output < classes; output++) {
        double *out = gradient + output * (dim + 1);
        const double *from = weights + output * (dim + 1);
        for (size_t i = 0; i < dim; i++) {
            double sum = 0;
            for (size_t chunk = 0; chunk < loss->chunks; chunk++)
                sum += (double)loss->weight_sums[(chunk * classes + output) * dim + i];
            out[i] = sum * share + loss->penalty * from[i];
        }
        out[dim] = 0;
        for (size_t chunk = 0; chunk < loss->chunks; chunk++)
            out[dim] += loss->bias_sums[chunk * classes + output] * share;
    }
}

double logistic_loss_at(void *context, const double *weights, double *gradient)
{
    struct logistic_loss *loss = context;
    size_t classes = (size_t)loss->classes, dim = loss->dim;
    double sum = 0, square = 0;
    for (size_t output = 0; output < classes; output++) {
        const double *from = weights + output * (dim + 1);
        for (size_t i = 0; i < dim; i++) {
            loss->weight[output * dim + i] = (float)from[i];
            square += from[i] * from[i];
        }
        loss->bias[output] = (float)from[dim];
    }
    parallel_for(loss->chunks, sum_chunk, loss);
    gather(loss, weights, gradient);
    for (size_t chunk = 0; chunk < loss->chunks; chunk++)
        sum += loss->losses[chunk];
    return sum / (double)loss->count + loss->penalty / 2 * square;
}

/* ---- Fitting ---- */

/* As the minimiser has them: [classes, dim + 1]. */
static double *pack(const struct logistic *logistic, const struct logistic *from,
                    struct error *error)
{
    size_t dim = logistic->dim, classes = (size_t)logistic->classes;
    double *weights = memory_new(classes * (dim + 1), sizeof *weights, error);
    for (size_t output = 0; weights && from && output < classes; output++) {
        for (size_t i = 0; i < dim; i++)
            weights[output * (dim + 1) + i] = (double)from->weight[output * dim + i];
        weights[output * (dim + 1) + dim] = (double)from->bias[output];
    }
    return weights;
}

static void unpack(struct logistic *logistic, const double *weights)
{
    size_t dim = logistic->dim;
    for (size_t output = 0; output < (size_t)logistic->classes; output++) {
        for (size_t i = 0; i < dim; i++)
            logistic->weight[output * dim + i] = (float)weights[output * (dim + 1) + i];
        logistic->bias[output] = (float)weights[output * (dim + 1) + dim];
    }
}

static bool minimise(struct logistic *logistic, const struct probe_rows *train, const float *values,
                     const struct logistic_settings *settings, const struct logistic *from,
                     const struct probe_watch *watch, struct error *error)
{
    size_t dim = train->dim, count = (size_t)settings->classes * (dim + 1);
    struct lbfgs_settings limits = {
        .iterations = settings->iterations ? settings->iterations : ITERATIONS,
        .tolerance = settings->tolerance > 0 ? settings->tolerance : usual_tolerance};
    struct logistic_loss *loss =
        logistic_loss_new(values, train, settings->classes, settings->penalty, error);
    double *weights = loss ? pack(logistic, from, error) : NULL;
    bool good = weights && lbfgs_minimise(weights, count, logistic_loss_at, loss, &limits,
                                          &logistic->fit, watch, error);
    if (good)
        unpack(logistic, weights);
    free(weights);
    logistic_loss_free(loss);
    return good;
}

static bool allocate(struct logistic *logistic, const struct probe_rows *rows, int classes,
                     const struct standard *standard, struct error *error)
{
    size_t outputs = (size_t)classes;
    *logistic = (struct logistic){.classes = classes, .dim = rows->dim};
    return (standard ? standard_copy(&logistic->standard, standard, error)
                     : standard_init(&logistic->standard, rows, error)) &&
           (logistic->weight = memory_new(outputs * rows->dim, sizeof(float), error)) &&
           (logistic->bias = memory_new(outputs, sizeof(float), error));
}

bool logistic_init(struct logistic *logistic, const struct probe_rows *rows, int classes,
                   const double *weights, struct error *error)
{
    if (!allocate(logistic, rows, classes, NULL, error)) {
        logistic_release(logistic);
        return false;
    }
    unpack(logistic, weights);
    return true;
}

bool logistic_fit(struct logistic *logistic, const struct probe_rows *train,
                  const struct logistic_settings *settings, const struct logistic *from,
                  const struct probe_watch *watch, struct error *error)
{
    float *values = NULL;
    bool good = allocate(logistic, train, settings->classes, settings->standard, error) &&
                (values = standard_apply(&logistic->standard, train, error)) &&
                minimise(logistic, train, values, settings, from, watch, error);
    free(values);
    if (!good)
        logistic_release(logistic);
    return good;
}

void logistic_release(struct logistic *logistic)
{
    standard_release(&logistic->standard);
    free(logistic->weight);
    free(logistic->bias);
    *logistic = (struct logistic){0};
}

/* ---- Asking ---- */

struct score_job {
    const struct logistic *logistic;
    const float *values;
    size_t count;
    float *scores;
};

static void score_piece(void *context, size_t task)
{
    const struct score_job *job = context;
    size_t dim = job->logistic->dim, classes = (size_t)job->logistic->classes;
    size_t first = task * PIECE, left = job->count - first, rows = left < PIECE ? left : PIECE;
    float *scores = job->scores + first * classes;
    for (size_t row = 0; row < rows; row++)
        memcpy(scores + row * classes, job->logistic->bias, classes * sizeof *scores);
    gemm(GEMM_A_BT, true, scores, classes, (struct gemm_matrix){job->values + first * dim, dim},
         (struct gemm_matrix){job->logistic->weight, dim}, rows, classes, dim);
}

bool logistic_scores(const struct logistic *logistic, const struct probe_rows *rows, float *scores,
                     struct error *error)
{
    float *values = standard_apply(&logistic->standard, rows, error);
    struct score_job job = {logistic, values, rows->count, scores};
    if (!values)
        return false;
    parallel_for((rows->count + PIECE - 1) / PIECE, score_piece, &job);
    free(values);
    return true;
}

bool logistic_predict(const struct logistic *logistic, const struct probe_rows *rows,
                      int *predicted, struct error *error)
{
    size_t classes = (size_t)logistic->classes;
    float *scores = memory_new(rows->count * classes, sizeof *scores, error);
    bool good = scores && logistic_scores(logistic, rows, scores, error);
    for (size_t row = 0; good && row < rows->count; row++)
        predicted[row] = probe_best(scores + row * classes, logistic->classes);
    free(scores);
    return good;
}
