#include "probe/segment.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "stats/distribution.h"

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

/* Of a class, in counts [classes, classes]: pixels that are of it, that were rightly called it, and
 * that are of it or were called it. */
struct class_pixels {
    int64_t truth, both, either;
};

static struct class_pixels pixels_of(const int64_t *counts, int classes, int class)
{
    struct class_pixels pixels = {.both = counts[class * classes + class]};
    for (int i = 0; i < classes; i++) {
        pixels.truth += counts[class * classes + i];
        pixels.either += counts[class * classes + i] + counts[i * classes + class];
    }
    pixels.either -= pixels.both;
    return pixels;
}

static double ratio(const struct class_pixels *pixels)
{
    return pixels->either > 0 ? (double)pixels->both / (double)pixels->either : (double)NAN;
}

double segment_iou(const int64_t *counts, int classes, double *iou)
{
    double sum = 0;
    int occurring = 0;
    for (int i = 0; i < classes; i++) {
        struct class_pixels pixels = pixels_of(counts, classes, i);
        double value = ratio(&pixels);
        if (iou)
            iou[i] = value;
        if (pixels.truth > 0) {
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

/* How far a picture moves the mean IoU: each class's is a ratio of sums over all pictures, `both`
 * by `either`, and moves by (both - IoU * either) / the sum of either. */
static double influence(const int64_t *counts, const int64_t *sum, int classes)
{
    double total = 0;
    int occurring = 0;
    for (int i = 0; i < classes; i++) {
        struct class_pixels own = pixels_of(counts, classes, i), all = pixels_of(sum, classes, i);
        if (all.truth == 0)
            continue;
        total += ((double)own.both - ratio(&all) * (double)own.either) / (double)all.either;
        occurring++;
    }
    return total / occurring;
}

bool segment_interval(const int64_t *counts, size_t pictures, int classes, double *low,
                      double *high, struct error *error)
{
    size_t cells = (size_t)classes * (size_t)classes;
    double n = (double)pictures, squares = 0;
    *low = *high = NAN;
    if (pictures < 2)
        return true;
    int64_t *sum = memory_new(cells, sizeof *sum, error);
    if (!sum)
        return false;
    for (size_t i = 0; i < pictures * cells; i++)
        sum[i % cells] += counts[i];
    for (size_t i = 0; i < pictures; i++)
        squares += pow(influence(counts + i * cells, sum, classes), 2);
    double mean = segment_iou(sum, classes, NULL);
    double reach = student_interval(INTERVAL_LEVEL, n - 1) * sqrt(squares * n / (n - 1));
    *low = fmax(mean - reach, 0);
    *high = fmin(mean + reach, 1);
    free(sum);
    return true;
}
