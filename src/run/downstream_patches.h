/* Patches of images that have a class for each pixel, and those classes: what the task segment
 * learns from and is measured on. Private to it.
 */
#ifndef MASKSCOPE_RUN_DOWNSTREAM_PATCHES_H
#define MASKSCOPE_RUN_DOWNSTREAM_PATCHES_H

#include "data/pixel_labels.h"
#include "probe/segment.h"
#include "run/downstream_private.h"

enum { PATCHES_CHUNK = 32 }; /* images at a time */

/* The patches of a split: of those to learn from, patches without a labelled pixel are left out. */
struct patches {
    struct downstream_images images;
    struct pixel_labels labels;
    float *values; /* [count, dim] */
    float *shares; /* [count, classes] */
    size_t count;
    uint32_t *read;           /* [read_count]: images that could be read */
    struct image_size *sizes; /* [read_count] */
    size_t read_count;
};

struct segmentation {
    struct downstream *downstream;
    struct patches train, test;
    struct segment_grid grid; /* its rows and columns */
    size_t patches, dim;
    int classes;
};

void patches_release(struct patches *patches);
/* Opens a split's images and labels. ERROR_INPUT, ERROR_DATA. */
bool patches_open(struct segmentation *work, enum source_split split, struct patches *patches,
                  struct error *error);
/* How many images the task takes of each split. */
bool patches_count(const struct config *config, const struct mae_shape *shape, size_t *train,
                   size_t *held_out, struct log *log, struct error *error);
/* Features of all its patches; `learn`: and the share of each class among their pixels. */
bool patches_encode(struct segmentation *work, struct patches *patches, bool learn,
                    struct error *error);

/* Reads the labels of both splits, opened: that their sizes and values are right, and that there is
 * something to learn and to measure; their digest goes into the task's key. ERROR_DATA,
 * ERROR_INPUT; ERROR_CHECK: interrupted. */
bool patches_check(struct segmentation *work, struct error *error);

/* Labels of a chunk of images, read by all threads. */
struct label_job {
    const struct segmentation *work;
    const struct patches *patches;
    size_t first;         /* among the images read */
    struct image *images; /* [slots] */
    struct error *errors; /* [PATCHES_CHUNK] */
    float *shares;        /* [PATCHES_CHUNK, patches, classes]; null: counts are wanted */
    const float *scores;  /* [all patches, classes] */
    int64_t *counts;      /* [images, classes, classes] */
};
/* Of `count` <= PATCHES_CHUNK images. The error is that of the first image that has one. */
bool patches_read_labels(struct label_job *job, size_t count, struct error *error);

#endif
