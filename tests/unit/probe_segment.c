/* Segmentation and likeness of pictures: against naive twins, and by hand. */
#include "tests/unit/test.h"

#include <math.h>

#include "base/memory.h"
#include "base/random.h"
#include "probe/segment.h"
#include "probe/similarity.h"

enum { ROWS = 3, COLUMNS = 4, WIDTH = 29, HEIGHT = 17, CLASSES = 3, PATCHES = ROWS * COLUMNS };
static const struct segment_grid grid = {ROWS, COLUMNS, WIDTH, HEIGHT};
static struct error error;

static void draw_labels(uint8_t *labels, uint32_t item)
{
    struct random random = random_begin(3, RANDOM_SAMPLE, 0, item);
    for (int i = 0; i < WIDTH * HEIGHT; i++) {
        uint32_t value = random_below(&random, CLASSES + 1);
        labels[i] = value == CLASSES ? 255 : (uint8_t)value;
    }
}

static void test_shares(void **state)
{
    (void)state;
    uint8_t labels[WIDTH * HEIGHT];
    float shares[PATCHES * CLASSES];
    double naive[PATCHES][CLASSES] = {{0}}, sums[PATCHES] = {0};
    draw_labels(labels, 1);
    for (int y = 0; y < HEIGHT; y++) /* the first patch is not labelled at all */
        for (int x = 0; x < WIDTH; x++) {
            int row = (int)floor((y + 0.5) * ROWS / HEIGHT);
            int column = (int)floor((x + 0.5) * COLUMNS / WIDTH);
            uint8_t *label = &labels[y * WIDTH + x];
            if (row == 0 && column == 0)
                *label = 255;
            if (*label < CLASSES) {
                naive[row * COLUMNS + column][*label]++;
                sums[row * COLUMNS + column]++;
            }
        }
    memset(shares, 0xff, sizeof shares);
    segment_shares(shares, &grid, labels, CLASSES);
    for (int patch = 0; patch < PATCHES; patch++)
        for (int i = 0; i < CLASSES; i++)
            assert_near((double)shares[patch * CLASSES + i],
                        sums[patch] > 0 ? naive[patch][i] / sums[patch] : 0, 1e-6);
    assert_true(sums[0] == 0 && sums[1] > 10);
}

/* Tent functions around the centres of patches, the outermost reaching on for ever. */
static double tent(int pixel, int pixels, int cell, int cells)
{
    double at = (pixel + 0.5) / pixels * cells - 0.5;
    at = at < 0 ? 0 : at > cells - 1 ? cells - 1 : at;
    return fmax(0, 1 - fabs(at - cell));
}

static int naive_class(const float *scores, int x, int y)
{
    double sums[CLASSES] = {0};
    int best = 0;
    for (int patch = 0; patch < PATCHES; patch++)
        for (int i = 0; i < CLASSES; i++)
            sums[i] += tent(y, HEIGHT, patch / COLUMNS, ROWS) *
                       tent(x, WIDTH, patch % COLUMNS, COLUMNS) *
                       (double)scores[patch * CLASSES + i];
    for (int i = 1; i < CLASSES; i++)
        if (sums[i] > sums[best])
            best = i;
    return best;
}

static void test_pixels(void **state)
{
    (void)state;
    uint8_t labels[WIDTH * HEIGHT];
    float scores[PATCHES * CLASSES];
    int64_t counts[CLASSES * CLASSES] = {0}, naive[CLASSES * CLASSES] = {0};
    struct random random = random_begin(3, RANDOM_SAMPLE, 1, 0);
    random_normals(&random, scores, PATCHES * CLASSES);
    draw_labels(labels, 2);
    segment_count(counts, &grid, scores, labels, CLASSES);
    for (int y = 0; y < HEIGHT; y++)
        for (int x = 0; x < WIDTH; x++)
            if (labels[y * WIDTH + x] < CLASSES)
                naive[labels[y * WIDTH + x] * CLASSES + naive_class(scores, x, y)]++;
    assert_memory_equal(counts, naive, sizeof counts);
    segment_count(counts, &grid, scores, labels, CLASSES); /* adds */
    for (int i = 0; i < CLASSES * CLASSES; i++)
        assert_int_equal(counts[i], 2 * naive[i]);
}

static void test_scores(void **state)
{
    (void)state;
    /* Class 3 neither occurs nor is predicted, class 2 does not occur. */
    static const int64_t counts[] = {6, 1, 1, 0, 2, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
    double iou[4];
    assert_near(segment_iou(counts, 4, iou), (6. / 10 + 3. / 6) / 2, 1e-12);
    assert_near(iou[0], 6. / 10, 1e-12);
    assert_near(iou[1], 3. / 6, 1e-12);
    assert_near(iou[2], 0, 1e-12);
    assert_true(isnan(iou[3]));
    assert_near(segment_accuracy(counts, 4), 9. / 13, 1e-12);
}

/* Counts of pictures of two classes, of which 50 to 99 of 100 pixels each are right. */
static void draw_counts(int64_t *counts, int pictures)
{
    struct random random = random_begin(3, RANDOM_SAMPLE, 2, 0);
    for (int i = 0; i < pictures; i++) {
        counts[i * 4] = counts[i * 4 + 3] = 50 + random_below(&random, 50);
        counts[i * 4 + 1] = counts[i * 4 + 2] = 100 - counts[i * 4];
    }
}

static double mean_of(const int64_t *counts, int pictures, int classes)
{
    int64_t sum[16] = {0};
    for (int i = 0; i < pictures * classes * classes; i++)
        sum[i % (classes * classes)] += counts[i];
    return segment_iou(sum, classes, NULL);
}

/* The standard deviation of the mean IoU over resamples of the pictures. */
static double resampled_sd(const int64_t *counts, int pictures)
{
    enum { RESAMPLES = 2000 };
    double sum = 0, squares = 0;
    for (uint32_t i = 0; i < RESAMPLES; i++) {
        struct random random = random_begin(3, RANDOM_BOOTSTRAP, 0, i);
        int64_t of[4] = {0};
        for (int drawn = 0; drawn < pictures; drawn++) {
            uint32_t picture = random_below(&random, (uint32_t)pictures);
            for (uint32_t cell = 0; cell < 4; cell++)
                of[cell] += counts[picture * 4 + cell];
        }
        double mean = segment_iou(of, 2, NULL);
        sum += mean;
        squares += mean * mean;
    }
    return sqrt(squares / RESAMPLES - pow(sum / RESAMPLES, 2));
}

/* As wide as resamples say, t of 199 degrees being 1.97196. */
static void test_interval(void **state)
{
    (void)state;
    enum { PICTURES = 200 };
    static int64_t counts[PICTURES * 4];
    double low, high;
    draw_counts(counts, PICTURES);
    assert_true(segment_interval(counts, PICTURES, 2, &low, &high, &error));
    assert_near((low + high) / 2, mean_of(counts, PICTURES, 2), 1e-12);
    assert_near((high - low) / 2 / 1.97196, resampled_sd(counts, PICTURES), 0.0003);
    assert_true(high - low > 0.01);
}

/* Classes that few of a few pictures have count all the same, and the mean lies inside. */
static void test_interval_of_few(void **state)
{
    (void)state;
    enum { PICTURES = 4 };
    static const int64_t counts[PICTURES * 9] = {
        90, 10, 0, 20, 60, 0, 0, 0, 0,  /* the first class and the second */
        80, 5,  0, 30, 70, 0, 0, 0, 0,  /* and again */
        70, 0,  0, 0,  0,  0, 0, 0, 0,  /* the first alone */
        60, 0,  3, 0,  0,  0, 9, 0, 40, /* and the third */
    };
    double low, high, mean = mean_of(counts, PICTURES, 3);
    assert_true(segment_interval(counts, PICTURES, 3, &low, &high, &error));
    assert_true(0 <= low && low < mean && mean < high && high <= 1);
    assert_true(high - low > 0.02);
    assert_true(segment_interval(counts, 1, 3, &low, &high, &error));
    assert_true(isnan(low) && isnan(high));
    static const int64_t unlike[] = {90, 10, 10, 90, 10, 90, 90, 10}; /* t would reach beyond */
    assert_true(segment_interval(unlike, 2, 2, &low, &high, &error));
    assert_true(low == 0 && high == 1);
}

/* ---- Likeness ---- */

enum { TALL = 14, WIDE = 9, CHANNELS = 2, PIXELS = TALL * WIDE };

static double gauss(int i, int size)
{
    double sum = 0;
    for (int j = 0; j < size; j++)
        sum += exp(-pow(j - (size - 1) / 2., 2) / 4.5);
    return exp(-pow(i - (size - 1) / 2., 2) / 4.5) / sum;
}

/* Wang et al., eqs. 14 to 16 and 13, window by window; 11 rows and, as the picture is narrower, 9
 * columns. */
static double naive_ssim(const float *a, const float *b)
{
    double total = 0;
    int windows = 0;
    for (int channel = 0; channel < CHANNELS; channel++)
        for (int top = 0; top + 11 <= TALL; top++, windows++) {
            double mean[2] = {0}, spread[3] = {0};
            for (int pass = 0; pass < 2; pass++)
                for (int y = 0; y < 11; y++)
                    for (int x = 0; x < WIDE; x++) {
                        size_t at = (size_t)(channel * PIXELS + (top + y) * WIDE + x);
                        double weight = gauss(y, 11) * gauss(x, WIDE);
                        double left = (double)a[at], right = (double)b[at];
                        if (pass == 0) {
                            mean[0] += weight * left;
                            mean[1] += weight * right;
                        } else {
                            spread[0] += weight * (left - mean[0]) * (left - mean[0]);
                            spread[1] += weight * (right - mean[1]) * (right - mean[1]);
                            spread[2] += weight * (left - mean[0]) * (right - mean[1]);
                        }
                    }
            total +=
                (2 * mean[0] * mean[1] + 1e-4) * (2 * spread[2] + 9e-4) /
                ((mean[0] * mean[0] + mean[1] * mean[1] + 1e-4) * (spread[0] + spread[1] + 9e-4));
        }
    return total / windows;
}

static void test_similarity(void **state)
{
    (void)state;
    float a[CHANNELS * PIXELS], b[CHANNELS * PIXELS];
    struct random random = random_begin(3, RANDOM_SAMPLE, 3, 0);
    for (int i = 0; i < CHANNELS * PIXELS; i++) {
        a[i] = (float)random_uniform(&random);
        b[i] = 0.7f * a[i] + 0.3f * (float)random_uniform(&random);
    }
    assert_near(similarity_ssim(a, a, CHANNELS, TALL, WIDE, &error), 1, 1e-12);
    assert_near(similarity_ssim(a, b, CHANNELS, TALL, WIDE, &error), naive_ssim(a, b), 1e-9);
    assert_true(naive_ssim(a, b) > 0.5 && naive_ssim(a, b) < 0.97);
    assert_near(similarity_psnr(0.01), 20, 1e-12);
    assert_near(similarity_psnr(0), 100, 1e-12);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_shares),          cmocka_unit_test(test_pixels),
        cmocka_unit_test(test_scores),          cmocka_unit_test(test_interval),
        cmocka_unit_test(test_interval_of_few), cmocka_unit_test(test_similarity),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
