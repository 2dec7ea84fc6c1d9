#include "mask/coverage.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "mask/distance.h"

static int patches_of(const struct coverage *coverage)
{
    return coverage->grid_height * coverage->grid_width;
}

bool coverage_init(struct coverage *coverage, int grid_height, int grid_width, struct error *error)
{
    *coverage = (struct coverage){.grid_height = grid_height, .grid_width = grid_width};
    size_t patches = (size_t)patches_of(coverage);
    coverage->inclusion = memory_new(patches, sizeof *coverage->inclusion, error);
    coverage->hidden_counts = memory_new(patches + 1, sizeof *coverage->hidden_counts, error);
    coverage->squared = memory_new(patches, sizeof *coverage->squared, error);
    coverage->row = memory_new((size_t)grid_width, sizeof *coverage->row, error);
    coverage->previous = memory_new(patches, 1, error);
    if (coverage->inclusion && coverage->hidden_counts && coverage->squared && coverage->row &&
        coverage->previous)
        return true;
    coverage_release(coverage);
    return false;
}

void coverage_release(struct coverage *coverage)
{
    free(coverage->inclusion);
    free(coverage->hidden_counts);
    free(coverage->squared);
    free(coverage->row);
    free(coverage->previous);
    *coverage = (struct coverage){0};
}

void coverage_clear(struct coverage *coverage)
{
    struct coverage kept = *coverage;
    size_t patches = (size_t)patches_of(coverage);
    *coverage = (struct coverage){
        .grid_height = kept.grid_height,
        .grid_width = kept.grid_width,
        .inclusion = kept.inclusion,
        .hidden_counts = kept.hidden_counts,
        .squared = kept.squared,
        .row = kept.row,
        .previous = kept.previous,
    };
    memset(coverage->inclusion, 0, patches * sizeof *coverage->inclusion);
    memset(coverage->hidden_counts, 0, (patches + 1) * sizeof *coverage->hidden_counts);
}

/* tr(C) and tr(C^2) of a mask's covariance C under equal inclusion: sum of its variances, and the
 * mean squared inner product of two independent centred masks, taken from pairs of consecutive
 * ones. */
static void add_covariance(struct coverage *coverage, const uint8_t *mask, int hidden)
{
    int patches = patches_of(coverage), both = 0;
    coverage->variance += hidden * (1.0 - (double)hidden / patches);
    if (coverage->masks % 2 == 0) {
        memcpy(coverage->previous, mask, (size_t)patches);
        coverage->previous_hidden = hidden;
        return;
    }
    for (int patch = 0; patch < patches; patch++)
        both += mask[patch] & coverage->previous[patch];
    double product = both - (double)hidden * coverage->previous_hidden / patches;
    coverage->overlap += product * product;
    coverage->overlaps++;
}

/* Pairs of neighbours one step apart: how many, and how often the first, either and both are
 * hidden. */
struct pairs {
    int count, first, ends, both;
};

static struct pairs count_pairs(const uint8_t *mask, int height, int width, int down, int right)
{
    struct pairs pairs = {0};
    for (int y = 0; y + down < height; y++)
        for (int x = 0; x + right < width; x++) {
            int first = mask[y * width + x], second = mask[(y + down) * width + x + right];
            pairs.count++;
            pairs.first += first;
            pairs.ends += first + second;
            pairs.both += first & second;
        }
    return pairs;
}

static void add_neighbours(struct coverage *coverage, const uint8_t *mask, int hidden)
{
    int patches = patches_of(coverage);
    struct pairs right = count_pairs(mask, coverage->grid_height, coverage->grid_width, 0, 1);
    struct pairs below = count_pairs(mask, coverage->grid_height, coverage->grid_width, 1, 0);
    coverage->left_hidden += right.first;
    coverage->both_hidden += right.both;
    coverage->both_expected += right.first * (hidden - 1.0) / (patches - 1.0);

    /* I = (L / W) sum over pairs of (x_i - p)(x_j - p) / sum of (x_i - p)^2, pairs taken once. */
    double p = (double)hidden / patches, spread = hidden * (1.0 - p);
    double pairs = right.count + below.count;
    double together = right.both + below.both - p * (right.ends + below.ends) + p * p * pairs;
    if (spread > 0.0) {
        coverage->moran += patches / pairs * together / spread;
        coverage->moran_masks++;
    }
}

static void add_distance(struct coverage *coverage, const uint8_t *mask)
{
    distance_to_visible(coverage->grid_height, coverage->grid_width, false, mask, coverage->squared,
                        coverage->row);
    for (int patch = 0; patch < patches_of(coverage); patch++)
        if (mask[patch])
            coverage->distance += sqrt(coverage->squared[patch]);
}

void coverage_add(struct coverage *coverage, const uint8_t *mask)
{
    int hidden = 0;
    for (int patch = 0; patch < patches_of(coverage); patch++) {
        hidden += mask[patch];
        coverage->inclusion[patch] += mask[patch];
    }
    coverage->hidden_counts[hidden]++;
    coverage->hidden += hidden;
    add_covariance(coverage, mask, hidden);
    add_neighbours(coverage, mask, hidden);
    add_distance(coverage, mask);
    coverage->masks++;
}

static void measure_ratio(const struct coverage *coverage, struct coverage_measures *measures)
{
    int patches = patches_of(coverage);
    double mean = coverage->hidden / (double)coverage->masks, squares = 0.0;
    for (int hidden = 0; hidden <= patches; hidden++) {
        int64_t count = coverage->hidden_counts[hidden];
        if (count == 0)
            continue;
        squares += (double)count * (hidden - mean) * (hidden - mean);
        if (isnan(measures->ratio_low))
            measures->ratio_low = (double)hidden / patches;
        measures->ratio_high = (double)hidden / patches;
    }
    measures->ratio_mean = mean / patches;
    if (coverage->masks > 1)
        measures->ratio_sd = sqrt(squares / (double)(coverage->masks - 1)) / patches;
}

static void measure_inclusion(const struct coverage *coverage, struct coverage_measures *measures)
{
    int patches = patches_of(coverage);
    double expected = coverage->hidden / patches, squares = 0.0;
    if (coverage->overlaps == 0 || !(coverage->variance > 0.0))
        return;
    for (int patch = 0; patch < patches; patch++) {
        double deviation = (double)coverage->inclusion[patch] - expected;
        squares += deviation * deviation;
    }
    double trace = coverage->variance / (double)coverage->masks;
    double trace_of_square = coverage->overlap / (double)coverage->overlaps;
    double degrees = trace_of_square > 0.0 ? trace * trace / trace_of_square : patches - 1.0;
    measures->degrees = fmin(degrees, patches - 1.0);
    measures->chi_square = squares * measures->degrees / coverage->variance;
}

struct coverage_measures coverage_measure(const struct coverage *coverage)
{
    struct coverage_measures measures = {.masks = coverage->masks,
                                         .ratio_mean = NAN,
                                         .ratio_sd = NAN,
                                         .ratio_low = NAN,
                                         .ratio_high = NAN,
                                         .chi_square = NAN,
                                         .degrees = NAN,
                                         .neighbour_correlation = NAN,
                                         .moran = NAN,
                                         .moran_random = -1.0 / (patches_of(coverage) - 1.0),
                                         .mean_distance = NAN};
    if (coverage->masks == 0)
        return measures;
    measure_ratio(coverage, &measures);
    measure_inclusion(coverage, &measures);
    if (coverage->left_hidden > 0.0)
        measures.neighbour_correlation =
            (coverage->both_hidden - coverage->both_expected) / coverage->left_hidden;
    if (coverage->moran_masks > 0)
        measures.moran = coverage->moran / (double)coverage->moran_masks;
    if (coverage->hidden > 0.0)
        measures.mean_distance = coverage->distance / coverage->hidden;
    return measures;
}

void coverage_map(const struct coverage *coverage, double *map)
{
    for (int patch = 0; patch < patches_of(coverage); patch++)
        map[patch] =
            coverage->masks ? (double)coverage->inclusion[patch] / (double)coverage->masks : NAN;
}

struct coverage_histogram coverage_histogram(int patches, int most)
{
    int counts = (patches + most) / most; /* of patches + 1 numbers from 0 on, rounded up */
    return (struct coverage_histogram){.bins = patches / counts + 1, .counts = counts};
}

void coverage_ratios(const struct coverage *coverage, const struct coverage_histogram *histogram,
                     double *shares)
{
    memset(shares, 0, (size_t)histogram->bins * sizeof *shares);
    for (int hidden = 0; hidden <= patches_of(coverage) && coverage->masks > 0; hidden++)
        shares[hidden / histogram->counts] +=
            (double)coverage->hidden_counts[hidden] / (double)coverage->masks;
}
