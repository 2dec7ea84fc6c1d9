/* Features: what a frozen encoder makes of whole images, all patches visible. */
#ifndef MASKSCOPE_PROBE_FEATURES_H
#define MASKSCOPE_PROBE_FEATURES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "data/source.h"
#include "data/view.h"
#include "nn/mae.h"
#include "probe/rows.h"

/* What to take of an image's tokens. */
enum feature_kind { FEATURE_CLASS_TOKEN, FEATURE_PATCH_MEAN, FEATURE_KINDS };
/* "class", "mean"; null past the last. */
const char *feature_kind_name(int kind);

/* Of the images that could be read, in the order they were asked for. All-zero is empty. */
struct features {
    size_t count, dim;
    float *values[FEATURE_KINDS]; /* [count, dim] each, owned */
    int *labels;                  /* [count], owned; -1: none */
    uint32_t *images;             /* [count], owned: index in the source */
    size_t broken;                /* images that could not be read */
};
void features_release(struct features *features);
bool features_init(struct features *features, size_t count, size_t dim, struct error *error)
    __attribute__((warn_unused_result));

struct feature_plan {
    const struct mae *mae;
    int block; /* the encoder's block whose output is taken, after the encoder's last norm: 1 ..
                  depth; 0: the last */
    const struct source *source;
    const struct view_settings *view; /* as view_read takes it */
};

/* images [count] are indices in the source. Images are decoded and encoded by all threads; the
 * bits do not depend on how many. ERROR_DATA: no image can be read; ERROR_CHECK: interrupted.
 * *features is to be released by the caller when true. */
bool features_extract(struct features *features, const struct feature_plan *plan,
                      const uint32_t *images, size_t count, const struct probe_watch *watch,
                      struct error *error) __attribute__((warn_unused_result));

/* The rows of one kind; borrowed. */
struct probe_rows features_rows(const struct features *features, enum feature_kind kind);

/* A pass over batches of whole images, for whoever encodes them. All-zero is empty. */
struct whole_pass {
    struct mae_pass *pass;
    int capacity;
    int *visible; /* [capacity, L] */
    int *offsets; /* [capacity + 1] */
};
bool whole_pass_init(struct whole_pass *whole, const struct mae_shape *shape, int capacity,
                     enum mae_use use, struct error *error) __attribute__((warn_unused_result));
void whole_pass_release(struct whole_pass *whole);
struct mae_batch whole_batch(const struct whole_pass *whole, const float *pixels, int images);
/* Encodes pixels [images, C, H, W] up to `block` (0: the last); returns tokens [images, 1 + L,
 * embed_dim] that live until the next call. */
const float *whole_encode(struct whole_pass *whole, const struct mae *mae, int block,
                          const float *pixels, int images);

/* Decoders at work on images of a source, one for each thread. All-zero is empty. */
struct image_reader {
    const struct source *source;
    const struct view_settings *view;
    size_t values, slots;
    struct view_scratch *scratches; /* [slots] */
};
bool image_reader_init(struct image_reader *reader, const struct source *source,
                       const struct view_settings *view, struct error *error)
    __attribute__((warn_unused_result));
void image_reader_release(struct image_reader *reader);
/* An image's size before it became a view, in pixels. */
struct image_size {
    int width, height;
};
/* What a reader makes of images; the memory is the caller's. */
struct images_read {
    float *pixels;            /* [images, C, H, W], those that can be read one after another */
    size_t *kept;             /* [images], which they are */
    struct image_size *sizes; /* [images], how large they were; null: not wanted */
    size_t count;
};
/* Reads images [count] into `to`. Those that cannot be read are left out, and *error says why the
 * last of them could not. False only if memory is missing (ERROR_SYSTEM), which is no reason to
 * leave an image out. */
bool image_reader_read(struct image_reader *reader, const uint32_t *images, size_t count,
                       struct images_read *to, struct error *error)
    __attribute__((warn_unused_result));

#endif
