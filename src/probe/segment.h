/* Segmentation from patches: shares of classes in each patch to learn from, scores of patches made
 * into a class for each pixel, and how well these fit.
 */
#ifndef MASKSCOPE_PROBE_SEGMENT_H
#define MASKSCOPE_PROBE_SEGMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

/* A grid of patches that covers a picture of width x height pixels, whatever their shapes. */
struct segment_grid {
    int rows, columns;
    int width, height;
};

/* shares [rows * columns, classes]: of the labelled pixels of each patch, the share of each class;
 * all zero where a patch has none. labels [height, width]; what is not below `classes` is ignored.
 * A pixel belongs to the patch that its centre lies in. */
void segment_shares(float *shares, const struct segment_grid *grid, const uint8_t *labels,
                    int classes);

/* Adds to counts [classes, classes] (true class, then predicted one) the labelled pixels of a
 * picture. scores [rows * columns, classes] are those of patches; a pixel's are interpolated
 * between the centres of the patches around it (bilinear, constant beyond the outermost centres),
 * and its class is that of the highest, the first of equals. */
void segment_count(int64_t *counts, const struct segment_grid *grid, const float *scores,
                   const uint8_t *labels, int classes);

/* Intersection over union of each class, NaN where it neither occurs nor is predicted; iou
 * [classes] may be null. Returns their mean over the classes that occur. */
double segment_iou(const int64_t *counts, int classes, double *iou);
/* The share of labelled pixels whose class was predicted. */
double segment_accuracy(const int64_t *counts, int classes);

/* The 95% interval of the mean IoU over pictures, whose counts are [pictures, classes, classes],
 * NaN of one: Student's t with the linearised variance of a ratio of sums (W. Cochran 1977:
 * Sampling Techniques, chapter 6), within 0 and 1. All classes that occur at all count, so the mean
 * lies inside however few the pictures are; resamples of these would lack the rare ones. How a
 * class that a single picture has would fare in others is not known and not in it: with rare
 * classes it holds the mean of all pictures in about 84% of samples of 10, 88% of 40, 93% of 200
 * (percentiles of resamples: 80%, 94%, 92%; simulated). ERROR_SYSTEM. */
bool segment_interval(const int64_t *counts, size_t pictures, int classes, double *low,
                      double *high, struct error *error) __attribute__((warn_unused_result));

#endif
