/* The history: what the arms made of a few images at earlier steps, kept in the run's folder.
 *
 * The first held-out images in the order of the gallery, under the same masks all along, at steps
 * that lie close together at first, when a model changes fast, and ever further apart. Each step is
 * one safetensors file, images/history/step-00001200.safetensors: original, mask, prediction,
 * patch_mse and mse, as in struct gallery, with the names of arms and images in its metadata. All
 * files together take no more than the space given: where they would, those go whose neighbours
 * are nearest.
 */
#ifndef MASKSCOPE_RUN_HISTORY_H
#define MASKSCOPE_RUN_HISTORY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/file.h"
#include "run/gallery.h"
#include "run/snapshot.h"

enum { HISTORY_IMAGES = 4 };

/* The writing side; belongs to the trainer thread. */
struct history {
    struct gallery_maker maker;
    struct gallery gallery; /* what is being written */
    char folder[FILE_PATH_SIZE];
    double space; /* bytes for all files */
    int count;
    int64_t steps[HISTORY_LIMIT]; /* ascending */
    double bytes[HISTORY_LIMIT];  /* of their files */
};

/* Goes on with what is in the folder `images` of a run that has done `step` steps: files of later
 * steps are removed. space: bytes; 0: nothing is kept. rows: at most so many images. `order` as
 * gallery_maker_init takes it. */
bool history_init(struct history *history, const char *images, int64_t step, double space, int rows,
                  const struct source *source, const struct view_settings *view,
                  const struct mae_shape *shape, uint64_t seed, uint32_t *order,
                  struct error *error);
void history_release(struct history *history);
/* Whether this step of so many is one to be kept. */
bool history_is_due(const struct history *history, int64_t step, int64_t total, int arms);
/* Writes the step's file. ERROR_CREATE, ERROR_IO. */
bool history_keep(struct history *history, const struct arm *arms, int count, double progress,
                  int64_t step, int64_t total, struct error *error);

/* The reading side: any thread. */
struct history_frame {
    struct gallery gallery; /* room for HISTORY_IMAGES rows and ARM_LIMIT arms */
    char arms[ARM_LIMIT][ARM_NAME_SIZE];
};
bool history_frame_init(struct history_frame *frame, const struct mae_shape *shape,
                        struct error *error);
void history_frame_release(struct history_frame *frame);
/* What was kept of a step in the run's folder. ERROR_INPUT, ERROR_DATA (not of this shape, or
 * damaged): the frame's step is -1 then. */
bool history_read(struct history_frame *frame, const char *run_folder, int64_t step,
                  struct error *error);

#endif
