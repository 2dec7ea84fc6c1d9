/* The radial power spectrum of a set of masks: how much of their variance lies in coarse structure
 * and how much in fine, whichever way it runs. The grid counts as a torus.
 *
 * Add masks one by one; read at any time. Owns its memory; one thread at a time.
 */
#ifndef MASKSCOPE_MASK_SPECTRUM_H
#define MASKSCOPE_MASK_SPECTRUM_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

struct spectrum {
    int grid_height, grid_width;
    int bins;        /* bin b: frequencies near b / (the longer side), in cycles per patch */
    double *sums;    /* [bins] */
    int64_t *counts; /* [bins] */
    double *waves_y; /* [2, grid_height]: cosine and sine of one turn */
    double *waves_x; /* [2, grid_width] */
    double *real, *imaginary; /* [L]: scratch, transformed along the rows */
};

bool spectrum_init(struct spectrum *spectrum, int grid_height, int grid_width, struct error *error)
    __attribute__((warn_unused_result));
void spectrum_release(struct spectrum *spectrum);
/* mask [L]: 1 hidden, 0 visible, at least one of each. */
void spectrum_add(struct spectrum *spectrum, const uint8_t *mask);
/* power [bins]: |DFT|^2 over its mean for random masks of the same number, so that those have 1
 * everywhere; NaN where no frequency falls into the bin, bin 0 among them. */
void spectrum_radial(const struct spectrum *spectrum, double *power);
/* The mean power of the frequencies from `low` up to `high`, in cycles per patch, by whole bins. */
double spectrum_band(const struct spectrum *spectrum, double low, double high);

#endif
