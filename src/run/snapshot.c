#include "run/snapshot.h"

#include <assert.h>
#include <math.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

static const char *const state_names[] = {
    [RUN_STARTING] = "starting",     [RUN_TRAINING] = "training",    [RUN_PAUSED] = "paused",
    [RUN_EVALUATING] = "evaluating", [RUN_CHECKPOINTING] = "saving", [RUN_FINISHED] = "finished",
    [RUN_STOPPED] = "stopped",       [RUN_FAILED] = "failed",
};
static_assert(ARRAY_LENGTH(state_names) == RUN_STATES, "a state has no name");

const char *run_state_name(enum run_state state)
{
    return state_names[state];
}

void run_state_write(const struct snapshot *snapshot, char out[STATE_TEXT_SIZE])
{
    const char *name = run_state_name(snapshot->state);
    const char *between = snapshot->state == RUN_EVALUATING ? " " : ": ";
    bool more = snapshot->message[0];
    snprintf(out, STATE_TEXT_SIZE, "%s%s%s", name, more ? between : "", snapshot->message);
}

void curve_clear(struct curve *curve)
{
    curve->count = 0;
    curve->stride = 1;
    curve->filled = 0;
}

static void merge_neighbours(struct curve *curve)
{
    for (int i = 0; i < CURVE_POINTS / 2; i++) {
        curve->step[i] = curve->step[2 * i + 1];
        curve->value[i] = (curve->value[2 * i] + curve->value[2 * i + 1]) / 2;
    }
    curve->count = CURVE_POINTS / 2;
    curve->stride *= 2;
}

void curve_add(struct curve *curve, int64_t step, double value)
{
    if (curve->stride == 0)
        curve_clear(curve);
    bool open = curve->count > 0 && curve->filled < curve->stride;
    if (!open && curve->count == CURVE_POINTS) {
        merge_neighbours(curve);
        curve->filled = curve->stride;
    }
    if (!open) {
        curve->filled = 0;
        curve->step[curve->count] = 0;
        curve->value[curve->count] = 0;
        curve->count++;
    }
    int last = curve->count - 1;
    curve->filled++;
    curve->step[last] = (float)step;
    curve->value[last] += ((float)value - curve->value[last]) / (float)curve->filled;
}

/* Bytes of each part of a gallery, for `arms` arms. */
struct gallery_sizes {
    size_t names, labels, classes, original, mask, prediction, patch_mse, mse;
};

static struct gallery_sizes gallery_sizes(const struct gallery *gallery, int images, int arms)
{
    size_t picture = (size_t)gallery->width * (size_t)gallery->height * 3;
    size_t rows = (size_t)images, cells = rows * (size_t)arms;
    size_t patches = cells * (size_t)gallery->patches;
    return (struct gallery_sizes){rows * sizeof *gallery->names,
                                  rows * sizeof *gallery->labels,
                                  rows * sizeof *gallery->classes,
                                  rows * picture,
                                  patches,
                                  cells * picture,
                                  patches * sizeof *gallery->patch_mse,
                                  cells * sizeof *gallery->mse};
}

bool snapshot_init(struct snapshot *snapshot, const struct mae_shape *shape, int images,
                   struct error *error)
{
    memset(snapshot, 0, sizeof *snapshot);
    snapshot->shape = *shape;
    snapshot->checkpoint_step = -1;
    struct gallery *gallery = &snapshot->gallery;
    gallery->width = shape->image_width;
    gallery->height = shape->image_height;
    gallery->patch = shape->patch;
    gallery->patches = mae_patches(shape);
    gallery->norm_pix = shape->norm_pix;
    gallery->step = -1;
    struct gallery_sizes sizes = gallery_sizes(gallery, images, ARM_LIMIT);
    bool good = (gallery->names = memory_new(sizes.names, 1, error)) &&
                (gallery->labels = memory_new(sizes.labels, 1, error)) &&
                (gallery->classes = memory_new(sizes.classes, 1, error)) &&
                (gallery->original = memory_new(sizes.original, 1, error)) &&
                (gallery->mask = memory_new(sizes.mask, 1, error)) &&
                (gallery->prediction = memory_new(sizes.prediction, 1, error)) &&
                (gallery->patch_mse = memory_new(sizes.patch_mse, 1, error)) &&
                (gallery->mse = memory_new(sizes.mse, 1, error));
    if (!good)
        snapshot_release(snapshot);
    return good;
}

void snapshot_release(struct snapshot *snapshot)
{
    struct gallery *gallery = &snapshot->gallery;
    free(gallery->names);
    free(gallery->labels);
    free(gallery->classes);
    free(gallery->original);
    free(gallery->mask);
    free(gallery->prediction);
    free(gallery->patch_mse);
    free(gallery->mse);
    *gallery = (struct gallery){0};
}

/* Copies the contents but not the pointers, and pictures only if they are newer. */
static void copy_gallery(struct gallery *to, const struct gallery *from)
{
    if (to->version == from->version)
        return;
    struct gallery kept = *to;
    *to = *from;
    to->names = kept.names;
    to->labels = kept.labels;
    to->classes = kept.classes;
    to->original = kept.original;
    to->mask = kept.mask;
    to->prediction = kept.prediction;
    to->patch_mse = kept.patch_mse;
    to->mse = kept.mse;
    struct gallery_sizes sizes = gallery_sizes(from, from->images, from->arms);
    memcpy(to->names, from->names, sizes.names);
    memcpy(to->labels, from->labels, sizes.labels);
    memcpy(to->classes, from->classes, sizes.classes);
    memcpy(to->original, from->original, sizes.original);
    memcpy(to->mask, from->mask, sizes.mask);
    memcpy(to->prediction, from->prediction, sizes.prediction);
    memcpy(to->patch_mse, from->patch_mse, sizes.patch_mse);
    memcpy(to->mse, from->mse, sizes.mse);
}

/* Everything up to `arms` lies before it in the struct; of the arms only those in use are copied.
 */
static void copy_snapshot(struct snapshot *to, const struct snapshot *from)
{
    size_t head = offsetof(struct snapshot, arms);
    size_t tail_start = offsetof(struct snapshot, baseline_visible_mean);
    size_t tail_end = offsetof(struct snapshot, gallery);
    memcpy(to, from, head);
    memcpy(to->arms, from->arms, (size_t)from->arm_count * sizeof from->arms[0]);
    memcpy((char *)to + tail_start, (const char *)from + tail_start, tail_end - tail_start);
    copy_gallery(&to->gallery, &from->gallery);
}

enum { SLOTS = 3, FRESH = 4 };

struct snapshot_channel {
    struct snapshot slots[SLOTS];
    int written;        /* the writer's slot */
    int read;           /* the reader's slot */
    atomic_int between; /* the slot in the middle, plus FRESH if the reader has not seen it */
};

struct snapshot_channel *snapshot_channel_new(const struct mae_shape *shape, int images,
                                              struct error *error)
{
    struct snapshot_channel *channel = memory_new(1, sizeof *channel, error);
    if (!channel)
        return NULL;
    for (int i = 0; i < SLOTS; i++)
        if (!snapshot_init(&channel->slots[i], shape, images, error)) {
            snapshot_channel_free(channel);
            return NULL;
        }
    channel->written = 0;
    channel->read = 1;
    atomic_init(&channel->between, 2);
    return channel;
}

void snapshot_channel_free(struct snapshot_channel *channel)
{
    if (!channel)
        return;
    for (int i = 0; i < SLOTS; i++)
        snapshot_release(&channel->slots[i]);
    free(channel);
}

void snapshot_publish(struct snapshot_channel *channel, const struct snapshot *snapshot)
{
    copy_snapshot(&channel->slots[channel->written], snapshot);
    int middle =
        atomic_exchange_explicit(&channel->between, channel->written | FRESH, memory_order_acq_rel);
    channel->written = middle & ~FRESH;
}

const struct snapshot *snapshot_take(struct snapshot_channel *channel)
{
    if (atomic_load_explicit(&channel->between, memory_order_relaxed) & FRESH) {
        int middle =
            atomic_exchange_explicit(&channel->between, channel->read, memory_order_acq_rel);
        channel->read = middle & ~FRESH;
    }
    return &channel->slots[channel->read];
}
