/* How alike two pictures are. */
#ifndef MASKSCOPE_PROBE_SIMILARITY_H
#define MASKSCOPE_PROBE_SIMILARITY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

/* Peak signal-to-noise ratio in dB of values in 0 .. 1 with that mean squared error; 100 at most,
 * as equal pictures have none. */
double similarity_psnr(double mse);

/* Structural similarity (Z. Wang et al. 2004: Image Quality Assessment: From Error Visibility to
 * Structural Similarity, eq. 13) of a and b [channels, height, width], values in 0 .. 1: Gaussian
 * windows of 11 x 11 with sd 1.5 that lie in the picture (of less where it is smaller), K1 0.01, K2
 * 0.03; the mean over windows and channels. NaN with *error set when memory runs out. */
double similarity_ssim(const float *a, const float *b, int channels, int height, int width,
                       struct error *error);

#endif
