#include "run/snapshot.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/triple.h"

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

bool snapshot_init(struct snapshot *snapshot, const struct mae_shape *shape, int images,
                   struct error *error)
{
    memset(snapshot, 0, sizeof *snapshot);
    snapshot->shape = *shape;
    snapshot->checkpoint_step = -1;
    bool good = gallery_init(&snapshot->gallery, shape, images, ARM_LIMIT, error);
    for (int i = 0; good && images > 0 && i < ARM_LIMIT; i++)
        good = mask_display_init(&snapshot->masks[i], mae_grid_height(shape), mae_grid_width(shape),
                                 error);
    if (!good)
        snapshot_release(snapshot);
    return good;
}

void snapshot_release(struct snapshot *snapshot)
{
    gallery_release(&snapshot->gallery);
    for (int i = 0; i < ARM_LIMIT; i++)
        mask_display_release(&snapshot->masks[i]);
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
    gallery_copy(&to->gallery, &from->gallery);
    for (int i = 0; i < from->arm_count; i++)
        mask_display_copy(&to->masks[i], &from->masks[i]);
}

struct snapshot_channel {
    struct snapshot slots[TRIPLE_SLOTS];
    struct triple triple;
};

struct snapshot_channel *snapshot_channel_new(const struct mae_shape *shape, int images,
                                              struct error *error)
{
    struct snapshot_channel *channel = memory_new(1, sizeof *channel, error);
    if (!channel)
        return NULL;
    for (int i = 0; i < TRIPLE_SLOTS; i++)
        if (!snapshot_init(&channel->slots[i], shape, images, error)) {
            snapshot_channel_free(channel);
            return NULL;
        }
    triple_init(&channel->triple);
    return channel;
}

void snapshot_channel_free(struct snapshot_channel *channel)
{
    if (!channel)
        return;
    for (int i = 0; i < TRIPLE_SLOTS; i++)
        snapshot_release(&channel->slots[i]);
    free(channel);
}

void snapshot_publish(struct snapshot_channel *channel, const struct snapshot *snapshot)
{
    copy_snapshot(&channel->slots[channel->triple.written], snapshot);
    triple_publish(&channel->triple);
}

const struct snapshot *snapshot_take(struct snapshot_channel *channel)
{
    triple_take(&channel->triple);
    return &channel->slots[channel->triple.read];
}
