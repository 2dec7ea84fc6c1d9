/* Downstream tasks: what a frozen encoder, or a whole one that is trained on, is good for.
 *
 * A task is one file with one row in the registry (downstream.c). It gives outcomes: one for each
 * of its variants (k of the neighbours, images a class ...) and each seed. Outcomes are a pure
 * function of weights, data, settings and seed, whatever the number of threads. They are recorded
 * in run.db one seed at a time, and one that is on record is not made again: so a series that was
 * interrupted goes on where it was.
 */
#ifndef MASKSCOPE_RUN_DOWNSTREAM_H
#define MASKSCOPE_RUN_DOWNSTREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/log.h"
#include "base/memory.h"
#include "nn/mae.h"
#include "run/config.h"
#include "run/store.h"
#include "stats/table.h"

struct downstream_value {
    const char *name; /* "accuracy" */
    double value;
};

/* One variant of a task with one seed. Texts and arrays lie in the arena of the list. */
struct downstream_outcome {
    const char *arm; /* DOWNSTREAM_UNTRAINED: the weights that the run began with */
    int64_t step;
    const char *task, *variant, *data, *key;
    const char *measure; /* the name of the value that the task is about */
    int64_t seed;
    int images, classes; /* held-out images; classes to choose from, 0: none */
    double seconds;
    int value_count, value_room;
    struct downstream_value *values;
    struct store_probe_image *answers; /* [images], or null */
};
#define DOWNSTREAM_UNTRAINED "untrained"
/* A key is a digest of images and settings, of this many characters, and one of the encoder. */
enum { DOWNSTREAM_SETUP_SIZE = 16 };

/* All-zero is empty. */
struct downstream_outcomes {
    struct arena arena;
    struct downstream_outcome *items;
    size_t count, capacity;
};
void downstream_outcomes_release(struct downstream_outcomes *outcomes);
/* NaN where the outcome has no value of that name. */
double downstream_value(const struct downstream_outcome *outcome, const char *name);
/* Whether a value of that name lies within 0 and 1. */
bool downstream_is_share(const char *measure);
/* The table `probes`, which the caller releases if true. Puts the outcomes in its order.
 * ERROR_DATA: there are none. */
bool downstream_table(struct table *table, struct downstream_outcomes *outcomes,
                      struct error *error) __attribute__((warn_unused_result));
/* The table `probe-pairs`, likewise. ERROR_DATA: no two arms can be compared. */
bool downstream_pairs_table(struct table *table, struct downstream_outcomes *outcomes,
                            struct error *error) __attribute__((warn_unused_result));
/* All outcomes on record. ERROR_SYSTEM, ERROR_DATA. */
bool downstream_read(struct downstream_outcomes *outcomes, struct store *store, struct error *error)
    __attribute__((warn_unused_result));
/* Writes those from `first` on within the store's open transaction. */
bool downstream_write(const struct downstream_outcomes *outcomes, size_t first, struct store *store,
                      struct error *error) __attribute__((warn_unused_result));

struct downstream;
struct downstream_pace;
struct downstream_task {
    const char *name, *help;
    const char *measure; /* the value it is about: "accuracy" */
    bool labelled;       /* it needs images with classes */
    bool decoder;        /* it reconstructs */
    bool seeded;         /* something in it is drawn at random; else one seed is enough */
    /* Settings that its outcomes depend on, besides those of the data, the model and the features
     * and those that its variants are named after; ends with null. */
    const char *const *settings;
    /* Whether the images are what the settings ask for, before any model is; a digest of what it
     * looks at besides, in downstream->looked_at, is part of the outcomes' key. Null: they are. */
    bool (*check)(struct downstream *downstream, struct error *error);
    /* Appends the name of a variant; false past the last. */
    bool (*variant)(const struct downstream *downstream, int index, struct text *name);
    /* Adds the outcomes of one model and seed, one for each variant. */
    bool (*run)(struct downstream *downstream, int64_t seed, struct error *error);
};
const struct downstream_task *const *downstream_tasks(size_t *count);
/* Appends the name of a variant as those settings make it; false past the last. */
bool downstream_variant(const struct downstream_task *task, const struct config *config,
                        const struct mae_shape *shape, int index, struct text *name);
/* Null with *error set (ERROR_USAGE, the nearest name offered). */
const struct downstream_task *downstream_task_find(const char *name, struct error *error);
/* "knn,linear": those, each once. ERROR_USAGE: an unknown name, or none. */
enum { DOWNSTREAM_TASK_LIMIT = 8 };
bool downstream_tasks_parse(const struct downstream_task *tasks[DOWNSTREAM_TASK_LIMIT], int *count,
                            const char *list, struct error *error);

/* Called between pieces of work: what is being done ("random75: linear, seed 2 of 3 (5 of 12)") and
 * the share of it done; false: give up. */
typedef bool downstream_progress(void *context, const char *what, double done);

struct downstream_request {
    /* Resolved (config_resolve), so that what means the same has the same key. */
    const struct config *config;
    const struct mae_shape *shape;
    const struct mae *const *models; /* [count] */
    const char *const *names;        /* [count] */
    int count;
    int64_t step;
    bool encoder_only; /* there are no decoders */
    bool untrained;    /* the run's initial weights as well */
    /* Sources of the configuration's images that are open already, of both splits; borrowed. Null:
     * they are opened. */
    struct source *train, *held_out;
    const char *cache;   /* a folder to keep features in; null: they are not kept */
    struct store *store; /* to record in, no transaction open; null: nowhere */
    bool again;          /* even what is on record */
    struct log *log;
    struct downstream_pace
        *pace; /* of all that is asked for, these tasks included; null: of them */
    downstream_progress *progress;
    void *context;
};

/* How often the task is asked of a model. */
int64_t downstream_seeds(const struct downstream_task *task, const struct config *config);

/* What outcomes of the task depend on besides weights and seed, as a digest: the first part of
 * their key. Looks at the images, as downstream_run does first, with the same errors; of the
 * request configuration, shape and log count. */
bool downstream_setup(char setup[DOWNSTREAM_SETUP_SIZE + 1],
                      const struct downstream_request *request, const struct downstream_task *task,
                      struct error *error) __attribute__((warn_unused_result));

/* Runs tasks [task_count] on the models. ERROR_DATA: the images are not what a task needs, which is
 * found before any model is asked; ERROR_CHECK with the message "interrupted" when progress said
 * so: *outcomes then holds those there are by then, as after every other error. The caller releases
 * *outcomes, which it may hand in empty or with earlier ones. */
bool downstream_run(struct downstream_outcomes *outcomes, const struct downstream_request *request,
                    const struct downstream_task *const *tasks, int task_count, struct error *error)
    __attribute__((warn_unused_result));

#endif
