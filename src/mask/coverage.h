/* What a set of masks of one grid is like: which positions they hide, how clumped they are, how far
 * the hidden patches lie from the visible ones.
 *
 * Add masks one by one; read the measures at any time. Owns its memory; one thread at a time.
 */
#ifndef MASKSCOPE_MASK_COVERAGE_H
#define MASKSCOPE_MASK_COVERAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

struct coverage {
    int grid_height, grid_width;
    int64_t masks;
    int64_t *inclusion;     /* [L]: masks in which this position is hidden */
    int64_t *hidden_counts; /* [L + 1]: masks with this number of hidden patches */
    /* Running sums; coverage_measure makes sense of them. */
    double hidden, variance, overlap;
    int64_t overlaps;
    double left_hidden, both_hidden, both_expected, moran;
    int64_t moran_masks;
    double distance;
    int *squared, *row; /* scratch */
    uint8_t *previous;  /* [L]: the last mask with an odd number */
    int previous_hidden;
};

struct coverage_measures {
    int64_t masks;
    double ratio_mean, ratio_sd, ratio_low, ratio_high; /* realised: M / L; sd over masks (n - 1) */

    /* Against the same inclusion probability at every position, given how many each mask hides:
     * sum over positions of (hidden - expected)^2, which is a weighted sum of chi-squares with the
     * eigenvalues of a mask's covariance as weights, scaled to the chi-square with the same mean
     * and variance (Satterthwaite 1946; Rao & Scott 1981 for correlated counts). For random masks
     * that is Pearson's statistic, divided by 1 - M/L for drawing without replacement, on L - 1
     * degrees of freedom; for a lattice with four phases it has 3. */
    double chi_square, degrees;

    /* The chance that a hidden patch's right neighbour is hidden, minus (M - 1) / (L - 1), which a
     * random mask gives; NaN for grids of one column. */
    double neighbour_correlation;

    /* Moran's I (Moran 1950) over edge-sharing neighbours, the mean over masks; random masks have
     * -1 / (L - 1) on average. */
    double moran, moran_random;

    double mean_distance; /* hidden patch to nearest visible one, in patches, over all masks */
};

bool coverage_init(struct coverage *coverage, int grid_height, int grid_width, struct error *error)
    __attribute__((warn_unused_result));
void coverage_release(struct coverage *coverage);
/* Forgets the masks added so far. */
void coverage_clear(struct coverage *coverage);
/* mask [L]: 1 hidden, 0 visible, at least one of each. */
void coverage_add(struct coverage *coverage, const uint8_t *mask);
/* NaN for what the masks so far do not tell. */
struct coverage_measures coverage_measure(const struct coverage *coverage);
/* map [L]: the share of masks in which each position is hidden. */
void coverage_map(const struct coverage *coverage, double *map);

/* A histogram of realised ratios: bin i is of `counts` numbers of hidden patches, from i * counts
 * on. Each is of as many, so that none is higher for that reason. */
struct coverage_histogram {
    int bins, counts;
};
/* For grids of so many patches; at most `most` bins. */
struct coverage_histogram coverage_histogram(int patches, int most);
/* shares [histogram->bins]: of the masks. */
void coverage_ratios(const struct coverage *coverage, const struct coverage_histogram *histogram,
                     double *shares);

#endif
