#include "probe/rows.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/parallel.h"

enum { ROW_TASK = 256, COLUMN_TASK = 16 };

bool probe_watch_tell(const struct probe_watch *watch, double done, struct error *error)
{
    if (watch && watch->progress && !watch->progress(watch->context, done))
        return error_set(error, ERROR_CHECK, "interrupted");
    return true;
}

/* ---- Standardised columns ---- */

struct measure_job {
    struct standard *standard;
    const struct probe_rows *rows;
};

/* Some columns, in two passes, so that a large mean costs no digits. */
static void measure_columns(void *context, size_t task)
{
    const struct measure_job *job = context;
    const struct probe_rows *rows = job->rows;
    size_t first = task * COLUMN_TASK, left = rows->dim - first;
    size_t columns = left < COLUMN_TASK ? left : COLUMN_TASK;
    double sum[COLUMN_TASK] = {0}, square[COLUMN_TASK] = {0}, n = (double)rows->count;
    for (size_t row = 0; row < rows->count; row++)
        for (size_t i = 0; i < columns; i++)
            sum[i] += (double)rows->values[row * rows->dim + first + i];
    for (size_t row = 0; row < rows->count; row++)
        for (size_t i = 0; i < columns; i++) {
            double from_mean = (double)rows->values[row * rows->dim + first + i] - sum[i] / n;
            square[i] += from_mean * from_mean;
        }
    for (size_t i = 0; i < columns; i++) {
        double deviation = sqrt(square[i] / n);
        job->standard->mean[first + i] = (float)(sum[i] / n);
        job->standard->scale[first + i] = deviation > 0 ? (float)(1 / deviation) : 1.0f;
    }
}

static bool allocate(struct standard *standard, size_t dim, struct error *error)
{
    *standard = (struct standard){.dim = dim};
    if ((standard->mean = memory_new(dim, sizeof(float), error)) &&
        (standard->scale = memory_new(dim, sizeof(float), error)))
        return true;
    standard_release(standard);
    return false;
}

bool standard_copy(struct standard *standard, const struct standard *from, struct error *error)
{
    if (!allocate(standard, from->dim, error))
        return false;
    memcpy(standard->mean, from->mean, from->dim * sizeof *standard->mean);
    memcpy(standard->scale, from->scale, from->dim * sizeof *standard->scale);
    return true;
}

bool standard_init(struct standard *standard, const struct probe_rows *rows, struct error *error)
{
    if (!allocate(standard, rows->dim, error))
        return false;
    struct measure_job job = {standard, rows};
    parallel_for((rows->dim + COLUMN_TASK - 1) / COLUMN_TASK, measure_columns, &job);
    return true;
}

void standard_release(struct standard *standard)
{
    free(standard->mean);
    free(standard->scale);
    *standard = (struct standard){0};
}

struct apply_job {
    const struct standard *standard;
    const struct probe_rows *rows;
    float *out;
};

static void apply_rows(void *context, size_t task)
{
    const struct apply_job *job = context;
    const struct standard *standard = job->standard;
    size_t dim = standard->dim, first = task * ROW_TASK, left = job->rows->count - first;
    size_t end = first + (left < ROW_TASK ? left : ROW_TASK);
    for (size_t row = first; row < end; row++)
        for (size_t i = 0; i < dim; i++)
            job->out[row * dim + i] =
                (job->rows->values[row * dim + i] - standard->mean[i]) * standard->scale[i];
}

float *standard_apply(const struct standard *standard, const struct probe_rows *rows,
                      struct error *error)
{
    float *out = memory_new(rows->count * rows->dim, sizeof *out, error);
    struct apply_job job = {standard, rows, out};
    if (out)
        parallel_for((rows->count + ROW_TASK - 1) / ROW_TASK, apply_rows, &job);
    return out;
}

/* ---- Scores ---- */

struct probe_score probe_score_of(const int *predicted, const int *labels, size_t count,
                                  int classes)
{
    struct probe_score score = {.count = count, .accuracy = NAN, .class_mean = NAN};
    size_t right = 0;
    double shares = 0;
    int present = 0;
    for (int wanted = 0; wanted < classes; wanted++) {
        size_t of_class = 0, hits = 0;
        for (size_t i = 0; i < count; i++)
            if (labels[i] == wanted) {
                of_class++;
                hits += predicted[i] == wanted;
            }
        right += hits;
        if (of_class > 0) {
            present++;
            shares += (double)hits / (double)of_class;
        }
    }
    if (present > 0) {
        score.accuracy = (double)right / (double)count;
        score.class_mean = shares / present;
    }
    return score;
}

int probe_best(const float *values, int count)
{
    int best = 0;
    for (int i = 1; i < count; i++)
        if (values[i] > values[best])
            best = i;
    return best;
}
