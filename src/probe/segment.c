#include "probe/segment.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/random.h"

void segment_shares(float *shares, const struct segment_grid *grid, const uint8_t *labels,
                    int classes)
{
    size_t patches = (size_t)grid->rows * (size_t)grid->columns, outputs = (size_t)classes;
    memset(shares, 0, patches * outputs * sizeof *shares);
    for (int y = 0; y < grid->height; y++)
        for (int x = 0; x < grid->width; x++) {
            int label = labels[(size_t)y * (size_t)grid->width + (size_t)x];
            /* Of the centre at (2 x + 1) / (2 width), in whole numbers. */
            int64_t row = (int64_t)(2 * y + 1) * grid->rows / (2 * grid->height);
            int64_t column = (int64_t)(2 * x + 1) * grid->columns / (2 * grid->width);
            size_t patch = (size_t)(row * grid->columns + column);
            if (label < classes)
                shares[patch * outputs + (size_t)label]++;
        }
    for (size_t patch = 0; patch < patches; patch++) {
        float *row = shares + patch * outputs, sum = 0;
        for (size_t i = 0; i < outputs; i++)
            sum += row[i];
        for (size_t i = 0; sum > 0 && i < outputs; i++)
            row[i] /= sum;
    }
}

/* Between which two of `count` cells a pixel lies, and how far towards the second. */
struct between {
    size_t first, second;
    float share;
};

static struct between between_cells(int pixel, int pixels, int count)
{
    double at = (pixel + 0.5) * count / pixels - 0.5;
    at = fmin(fmax(at, 0), count - 1);
    size_t first = (size_t)at, last = (size_t)count - 1;
    return (struct between){first, first < last ? first + 1 : last, (float)(at - (double)first)};
}

/* The class of the highest interpolated score. */
static int pixel_class(const float *const corners[4], float right, float down, int classes)
{
    int best = 0;
    float most = -INFINITY;
    for (int i = 0; i < classes; i++) {
        float above = corners[0][i] + right * (corners[1][i] - corners[0][i]);
        float below = corners[2][i] + right * (corners[3][i] - corners[2][i]);
        float score = above + down * (below - above);
        if (score > most) {
            most = score;
            best = i;
        }
    }
    return best;
}

void segment_count(int64_t *counts, const struct segment_grid *grid, const float *scores,
                   const uint8_t *labels, int classes)
{
    size_t outputs = (size_t)classes, columns = (size_t)grid->columns;
    for (int y = 0; y < grid->height; y++) {
        struct between row = between_cells(y, grid->height, grid->rows);
        for (int x = 0; x < grid->width; x++, labels++) {
            if (*labels >= classes)
                continue;
            struct between column = between_cells(x, grid->width, grid->columns);
            const float *const corners[4] = {
                scores + (row.first * columns + column.first) * outputs,
                scores + (row.first * columns + column.second) * outputs,
                scores + (row.second * columns + column.first) * outputs,
                scores + (row.second * columns + column.second) * outputs};
            counts[*labels * classes + pixel_class(corners, column.share, row.share, classes)]++;
        }
    }
}

double segment_iou(const int64_t *counts, int classes, double *iou)
{
    double sum = 0;
    int occurring = 0;
    for (int i = 0; i < classes; i++) {
        int64_t truth = 0, predicted = 0, both = counts[i * classes + i];
        for (int j = 0; j < classes; j++) {
            truth += counts[i * classes + j];
            predicted += counts[j * classes + i];
        }
        int64_t either = truth + predicted - both;
        double value = either > 0 ? (double)both / (double)either : (double)NAN;
        if (iou)
            iou[i] = value;
        if (truth > 0) {
            sum += value;
            occurring++;
        }
    }
    return occurring > 0 ? sum / occurring : (double)NAN;
}

double segment_accuracy(const int64_t *counts, int classes)
{
    int64_t right = 0, all = 0;
    for (int i = 0; i < classes; i++)
        for (int j = 0; j < classes; j++) {
            all += counts[i * classes + j];
            right += i == j ? counts[i * classes + j] : 0;
        }
    return (double)right / (double)all;
}

static int by_value(const void *a, const void *b)
{
    double left = *(const double *)a, right = *(const double *)b;
    return (left > right) - (left < right);
}

bool segment_interval(const int64_t *counts, size_t pictures, int classes, uint64_t seed,
                      double *low, double *high, struct error *error)
{
    enum { RESAMPLES = 1000, TAIL = 25 }; /* of a thousand: 2.5% */
    size_t cells = (size_t)classes * (size_t)classes;
    double *means = memory_new(RESAMPLES, sizeof *means, error);
    int64_t *sum = memory_new(cells, sizeof *sum, error);
    for (uint32_t i = 0; means && sum && i < RESAMPLES; i++) {
        struct random random = random_begin(seed, RANDOM_BOOTSTRAP, 0, i);
        memset(sum, 0, cells * sizeof *sum);
        for (size_t drawn = 0; drawn < pictures; drawn++) {
            const int64_t *of = counts + random_below(&random, (uint32_t)pictures) * cells;
            for (size_t cell = 0; cell < cells; cell++)
                sum[cell] += of[cell];
        }
        means[i] = segment_iou(sum, classes, NULL);
    }
    bool good = means && sum;
    if (good) {
        qsort(means, RESAMPLES, sizeof *means, by_value);
        *low = means[TAIL];
        *high = means[RESAMPLES - 1 - TAIL];
    }
    free(means);
    free(sum);
    return good;
}
