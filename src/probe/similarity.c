#include "probe/similarity.h"

#include <math.h>
#include <stdlib.h>

#include "base/memory.h"

enum { WINDOW = 11 };
static const double highest_psnr = 100;
static const double deviation = 1.5, stabiliser_mean = 0.01 * 0.01, stabiliser_spread = 0.03 * 0.03;

double similarity_psnr(double mse)
{
    return fmin(-10 * log10(mse), highest_psnr);
}

/* weights [size], summing up to 1. */
static void fill_window(double *weights, int size)
{
    double sum = 0;
    for (int i = 0; i < size; i++) {
        double from_centre = i - (size - 1) / 2.0;
        weights[i] = exp(-from_centre * from_centre / (2 * deviation * deviation));
        sum += weights[i];
    }
    for (int i = 0; i < size; i++)
        weights[i] /= sum;
}

/* What windows sum up of two pictures. */
enum moment { MEAN_A, MEAN_B, SQUARE_A, SQUARE_B, PRODUCT, MOMENTS };

/* The two pictures' moments in the row of pixels that begins at a and b, at window `x`. */
static void row_moments(double sums[MOMENTS], const float *a, const float *b, int x,
                        const double *weights, int size)
{
    for (int moment = 0; moment < MOMENTS; moment++)
        sums[moment] = 0;
    for (int i = 0; i < size; i++) {
        double left = (double)a[x + i], right = (double)b[x + i], weight = weights[i];
        sums[MEAN_A] += weight * left;
        sums[MEAN_B] += weight * right;
        sums[SQUARE_A] += weight * left * left;
        sums[SQUARE_B] += weight * right * right;
        sums[PRODUCT] += weight * left * right;
    }
}

static double window_ssim(const double sums[MOMENTS])
{
    double a = sums[MEAN_A], b = sums[MEAN_B];
    double variance_a = sums[SQUARE_A] - a * a, variance_b = sums[SQUARE_B] - b * b;
    double covariance = sums[PRODUCT] - a * b;
    return (2 * a * b + stabiliser_mean) * (2 * covariance + stabiliser_spread) /
           ((a * a + b * b + stabiliser_mean) * (variance_a + variance_b + stabiliser_spread));
}

/* The sum over the windows of one channel. moments [height, windows, MOMENTS]. */
static double channel_ssim(const float *a, const float *b, int height, int width,
                           double (*moments)[MOMENTS])
{
    double vertical[WINDOW], horizontal[WINDOW], total = 0;
    int tall = height < WINDOW ? height : WINDOW, wide = width < WINDOW ? width : WINDOW;
    int rows = height - tall + 1, columns = width - wide + 1;
    fill_window(vertical, tall);
    fill_window(horizontal, wide);
    for (int y = 0; y < height; y++)
        for (int x = 0; x < columns; x++)
            row_moments(moments[y * columns + x], a + (size_t)y * (size_t)width,
                        b + (size_t)y * (size_t)width, x, horizontal, wide);
    for (int y = 0; y < rows; y++)
        for (int x = 0; x < columns; x++) {
            double sums[MOMENTS] = {0};
            for (int i = 0; i < tall; i++)
                for (int moment = 0; moment < MOMENTS; moment++)
                    sums[moment] += vertical[i] * moments[(y + i) * columns + x][moment];
            total += window_ssim(sums);
        }
    return total / (rows * columns);
}

double similarity_ssim(const float *a, const float *b, int channels, int height, int width,
                       struct error *error)
{
    size_t pixels = (size_t)height * (size_t)width;
    double(*moments)[MOMENTS] = memory_new(pixels, sizeof *moments, error), sum = 0;
    if (!moments)
        return (double)NAN;
    for (size_t channel = 0; channel < (size_t)channels; channel++)
        sum += channel_ssim(a + channel * pixels, b + channel * pixels, height, width, moments);
    free(moments);
    return sum / channels;
}
