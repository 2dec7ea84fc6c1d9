/* A source whose images are made up, and what a loader makes of a source. */
#ifndef MASKSCOPE_TESTS_UNIT_DATA_BATCHES_H
#define MASKSCOPE_TESTS_UNIT_DATA_BATCHES_H

#include <stdatomic.h>

#include "base/memory.h"
#include "data/loader.h"

enum { SIZE = 8, BATCH = 6, IMAGES = 33, STEPS = 15, VALUES = BATCH * 3 * SIZE * SIZE };

/* A source whose image i is a gradient of its own; those marked cannot be read. */
struct drawn {
    bool broken[1000];
    bool lost[1000]; /* by the system's fault, not the image's */
    atomic_int reads;
};

static inline bool drawn_read(const struct source *source, size_t index, int min_width,
                              int min_height, struct image *image, struct error *error)
{
    (void)min_width;
    (void)min_height;
    struct drawn *drawn = source->state;
    atomic_fetch_add(&drawn->reads, 1);
    if (drawn->lost[index])
        return error_set(error, ERROR_SYSTEM, "image %zu: lost on purpose", index);
    if (drawn->broken[index])
        return error_set(error, ERROR_DATA, "image %zu: broken on purpose", index);
    if (!image_resize(image, 20, 16, 3, error))
        return false;
    for (int i = 0; i < 20 * 16 * 3; i++)
        image->pixels[i] = (uint8_t)((size_t)i + 5 * index);
    return true;
}

static inline int drawn_label_of(const struct source *source, size_t index)
{
    (void)source;
    return (int)index % 4;
}

static const struct source_kind drawn_kind = {
    .name = "drawn", .read = drawn_read, .label_of = drawn_label_of};

static inline struct source source_of(struct drawn *drawn, size_t count)
{
    return (struct source){.kind = &drawn_kind, .count = count, .state = drawn};
}

static inline struct loader_settings settings_of(int threads, int ahead)
{
    return (struct loader_settings){.view = {.width = SIZE,
                                             .height = SIZE,
                                             .channels = 3,
                                             .crop = CROP_RANDOM_RESIZED,
                                             .min_scale = 0.2,
                                             .flip = true,
                                             .deviation = {1, 1, 1, 1}},
                                    .batch = BATCH,
                                    .seed = 11,
                                    .threads = threads,
                                    .ahead = ahead,
                                    .broken_limit = 0.2};
}

struct copy {
    uint32_t indices[BATCH];
    int labels[BATCH];
    float pixels[VALUES];
};

/* `steps` batches from first_step on, checked for what they say of themselves. */
static inline void record(struct source *source, const struct loader_settings *settings,
                          int64_t first_step, int steps, struct log *log, struct copy *copies)
{
    struct error error = {0};
    struct loader *loader = loader_new(source, settings, first_step, log, &error);
    if (!loader)
        fail_msg("%s", error.message);
    for (int i = 0; i < steps; i++) {
        struct loader_batch *batch = loader_next(loader, &error);
        if (!batch)
            fail_msg("%s", error.message);
        assert_int_equal(batch->step, first_step + i);
        assert_int_equal(batch->epoch, (first_step + i) / loader_epoch_steps(loader));
        assert_int_equal(batch->images, BATCH);
        memcpy(copies[i].indices, batch->indices, sizeof copies[i].indices);
        memcpy(copies[i].labels, batch->labels, sizeof copies[i].labels);
        memcpy(copies[i].pixels, batch->pixels, sizeof copies[i].pixels);
        loader_return(loader, batch);
    }
    assert_true(loader_waited(loader) >= 0);
    loader_free(loader);
}

#endif
