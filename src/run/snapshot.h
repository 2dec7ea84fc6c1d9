/* What the trainer publishes and the user interface draws from.
 *
 * A channel holds three snapshots: one the trainer writes, one in the middle, one the reader reads.
 * Publishing and taking are one atomic exchange each, so the writer never waits for a reader, a
 * reader never sees a half-written snapshot, and a slow reader just misses some. One writer thread,
 * one reader thread.
 */
#ifndef MASKSCOPE_RUN_SNAPSHOT_H
#define MASKSCOPE_RUN_SNAPSHOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/file.h"
#include "run/config.h"
#include "run/mask_display.h"
#include "run/pictures.h"

enum run_state {
    RUN_STARTING,
    RUN_TRAINING,
    RUN_PAUSED,
    RUN_EVALUATING,
    RUN_CHECKPOINTING,
    RUN_FINISHED, /* all steps done */
    RUN_STOPPED,  /* asked to stop */
    RUN_FAILED,   /* see message */
    RUN_STATES
};

enum {
    CURVE_POINTS = 1024,
    SNAPSHOT_EVENTS = 64,
    SNAPSHOT_MESSAGE_SIZE = 480,
    PROBE_LIMIT = SETTING_LIST_LIMIT * SETTING_LIST_LIMIT,
    HISTORY_LIMIT = 128,
};

/* A curve over steps that always covers the whole run: when it is full, neighbours are merged into
 * their mean and each later point covers twice as many steps. A point is the mean of its steps. */
struct curve {
    int count;
    int64_t stride;           /* steps a point covers */
    int64_t filled;           /* of them, those the last point covers so far */
    float step[CURVE_POINTS]; /* the last step a point covers */
    float value[CURVE_POINTS];
};

/* MSE of an arm (or a baseline) under one strategy and ratio of the common probe masks. */
struct probe_cell {
    double mean, low, high; /* over images; 95% interval (t); NaN before the first evaluation */
    int images;
};

struct snapshot_arm {
    char name[ARM_NAME_SIZE];
    struct mask_choice mask;
    double loss;           /* the last step's, on its own masks; NaN before the first */
    double smooth_loss;    /* exponential mean over about 50 steps */
    double expected_ratio; /* the law's mean at this progress */
    double realised_ratio; /* hidden share of the last batch */
    double clamped_share;  /* share of the last batch's masks whose ratio had to be clamped */
    double gradient_norm;
    double probe_mse, probe_low,
        probe_high;                       /* mean over all probe cells, 95% interval over images */
    int64_t probe_step;                   /* when; -1: never yet */
    double task;                          /* what the newest downstream task gave; NaN: none yet */
    int64_t task_step;                    /* of which step */
    struct probe_cell probe[PROBE_LIMIT]; /* [strategies][ratios] of the config's eval section */
    struct curve loss_curve, probe_curve, task_curve;
    struct curve probe_low_curve,
        probe_high_curve; /* its 95% interval, point for point; may be empty */
};

struct snapshot_event {
    int64_t step;
    double time; /* seconds since the epoch */
    char arm[ARM_NAME_SIZE];
    char kind[24], name[96], old_value[96], new_value[96];
};

struct snapshot {
    uint64_t version; /* 1, 2, 3 ... */
    enum run_state state;
    char message[SNAPSHOT_MESSAGE_SIZE]; /* what the state does not say: why, how far; or "" */
    char folder[FILE_PATH_SIZE];         /* the run's */
    struct config config;                /* as it stands now */
    struct mae_shape shape;

    int64_t step, total_steps; /* steps done, steps to do */
    int64_t epoch_steps;
    double elapsed;           /* seconds of training, pauses left out, over all sittings */
    double remaining;         /* seconds, estimated; NaN: not known yet */
    double images_per_second; /* over the last few seconds */
    double step_seconds;
    double wait_share; /* of step time spent waiting for data */
    double show_share; /* of time spent on pictures for the display */
    double learning_rate, learning_rate_peak;
    int64_t train_images, held_out_images, broken_images;
    int64_t kept_images; /* training images of which a decoded picture is kept in memory, */
    double kept_mb;      /* and what they take */
    int class_count;
    int64_t parameters;      /* trained, of one arm */
    int64_t checkpoint_step; /* the newest complete one; -1: none yet */
    double checkpoint_time;  /* seconds since the epoch */
    /* The downstream task that was asked last while training ("": none yet), the variant of it that
     * is shown ("class, k = 20"), and what its values are ("accuracy"). */
    char task[24], task_variant[96], task_measure[16];
    struct curve learning_rate_curve;
    int history_count; /* earlier steps of which pictures are kept: see run/history.h */
    int64_t history_steps[HISTORY_LIMIT];

    int arm_count;
    struct snapshot_arm arms[ARM_LIMIT];
    struct probe_cell baseline_visible_mean[PROBE_LIMIT], baseline_inverse_distance[PROBE_LIMIT];
    uint64_t recorded;     /* grows when an evaluation or an event has reached run.db */
    int event_count;       /* the newest SNAPSHOT_EVENTS at most, oldest first */
    int64_t events_before; /* older ones, not here but in run.db */
    struct snapshot_event events[SNAPSHOT_EVENTS];
    struct gallery gallery;
    struct mask_display masks[ARM_LIMIT]; /* only where a gallery is kept */
};

/* A snapshot with room for galleries of `images` pictures of `shape`; the rest is zero. */
bool snapshot_init(struct snapshot *snapshot, const struct mae_shape *shape, int images,
                   struct error *error);
void snapshot_release(struct snapshot *snapshot);

struct snapshot_channel;
struct snapshot_channel *snapshot_channel_new(const struct mae_shape *shape, int images,
                                              struct error *error);
void snapshot_channel_free(struct snapshot_channel *channel);
/* Writer: makes a copy of *snapshot the newest. Pictures are copied only when their version
 * changed. */
void snapshot_publish(struct snapshot_channel *channel, const struct snapshot *snapshot);
/* Reader: the newest snapshot, valid until the next call. Before the first publish: version 0. */
const struct snapshot *snapshot_take(struct snapshot_channel *channel);

void curve_clear(struct curve *curve);
/* Adds the value of a step; NaN and infinite values are kept as they are. */
void curve_add(struct curve *curve, int64_t step, double value);
const char *run_state_name(enum run_state state);

enum { STATE_TEXT_SIZE = SNAPSHOT_MESSAGE_SIZE + 16 };
/* The state and what there is to say about it: "training", "evaluating 83%", "failed: REASON". */
void run_state_write(const struct snapshot *snapshot, char out[STATE_TEXT_SIZE]);

#endif
