/* Batches of images, made ahead of the trainer by loader threads.
 *
 * The order of an epoch's images is a permutation drawn from (seed, RANDOM_ORDER, epoch); crop and
 * flip of an image from (seed, RANDOM_CROP, epoch, image). So batch number `step` is a pure
 * function of the settings, whatever the number of threads, and a run can go on from any step. The
 * last, incomplete batch of an epoch is left out, as the MAE release does.
 *
 * An image that cannot be read is counted, named in the log once, and replaced by the next image of
 * the epoch's order. When more than `broken_limit` of the images are broken, loader_next fails: of
 * a source of up to 100 images, of all of them; of a larger one, of those tried, 100 at least.
 */
#ifndef MASKSCOPE_DATA_LOADER_H
#define MASKSCOPE_DATA_LOADER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/log.h"
#include "data/source.h"
#include "data/view.h"

struct loader_settings {
    struct view_settings view;
    int batch;
    uint64_t seed;
    int threads;         /* at least 1 */
    int ahead;           /* batches to have ready, at least 1; each takes its memory */
    double broken_limit; /* share of broken images at which training stops */
};

struct loader_batch {
    int64_t step;  /* 0, 1, 2 ... from the start of the run */
    int64_t epoch; /* from 0 */
    int images;
    float *pixels;     /* [images, channels, height, width], normalised */
    uint32_t *indices; /* [images]: index in the source (the one shown, if it replaced another) */
    int *labels;       /* [images], -1: none */
};

struct loader;
/* The source must outlive the loader. ERROR_DATA if batch is larger than the source. Starts the
 * threads; batches begin at first_step. */
struct loader *loader_new(const struct source *source, const struct loader_settings *settings,
                          int64_t first_step, struct log *log, struct error *error);
/* Stops the threads, from any state. */
void loader_free(struct loader *loader);
/* The next batch in order, waiting for it if need be; null with *error set (ERROR_DATA: too many
 * broken images), and again at each later call. It belongs to the caller until loader_return; at
 * most `ahead` batches may be held when loader_next is called. One consumer thread. */
struct loader_batch *loader_next(struct loader *loader, struct error *error);
void loader_return(struct loader *loader, struct loader_batch *batch);
/* Batches of an epoch. */
int64_t loader_epoch_steps(const struct loader *loader);
/* Seconds loader_next has waited, and images found broken, so far; any thread. */
double loader_waited(const struct loader *loader);
int64_t loader_broken(const struct loader *loader);

#endif
