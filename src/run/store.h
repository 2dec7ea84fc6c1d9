/* The run's record, run.db: one SQLite file that other programs may read while it is written.
 *
 *   meta(key, value)                                       what the run is and where it ran
 *   arms(id, name, kind)                                   kind: 'run' (id 0), 'arm', 'baseline'
 *   metrics(step, arm, name, value)                        a view; the values lie in metric_values
 *   events(id, step, time, arm, kind, name, old, new, note)
 *   evaluations(step, arm, strategy, ratio, image, mask, hidden, label, mse)
 *   distances(step, arm, strategy, ratio, image, distance, patches, mse)    a view, since schema 2
 *   positions(step, arm, strategy, ratio, position, images, mse, sd)        a view, since schema 2
 *   probes(id, step, arm, task, variant, seed, key, data, images, classes, time, seconds)  since 3
 *   probe_values(probe, name, value)                       of an outcome: accuracy ...
 *   probe_images(probe, image, label, predicted, value)    image by image
 *
 * `arm` is arms.id everywhere. A value of NULL is a NaN.
 *
 * Everything is written inside transactions, one for each flush: store_begin, store_add_*,
 * store_commit. What was committed survives the end of the process by any signal. The first failure
 * in a transaction rolls all of it back; the caller may begin again with the same rows.
 *
 * On a local file system a write-ahead log is used: readers and the writer do not wait for each
 * other. It needs memory shared between processes, which hosts of a network file system do not
 * have; on a network file system a rollback journal is used instead, which needs nothing but the
 * file system's locks. Then a commit waits while somebody reads, and store_flush puts it off. What
 * kind it is, the writer's host decides: a host that has a local disk of that one over the network
 * must not read there while it is written.
 *
 * A record of an earlier schema is brought up to date when it is opened to be gone on with
 * (STORE_APPEND); reading changes nothing, and finds what the later schema added to be empty.
 *
 * A store belongs to one thread. Another thread or process opens its own.
 */
#ifndef MASKSCOPE_RUN_STORE_H
#define MASKSCOPE_RUN_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/text.h"

enum {
    STORE_SCHEMA = 3, /* the newest schema version known here */
    STORE_RUN = 0,    /* the arm id of what belongs to the whole run */
};

enum store_mode {
    STORE_CREATE, /* a new file; one that exists is refused */
    STORE_APPEND, /* an existing one, to go on with */
    STORE_READ,
};

struct store;
/* Null with *error set: ERROR_CREATE (cannot be made, exists), ERROR_INPUT (not there), ERROR_DATA
 * (no run's record, damaged, or from a newer version), ERROR_IO. */
struct store *store_open(const char *path, enum store_mode mode, struct error *error);
/* A copy of the record as it is now, whoever writes to it meanwhile; `to` must not exist.
 * ERROR_INPUT, ERROR_CREATE, ERROR_DATA, ERROR_IO: nothing is left of it then. */
bool store_copy(const char *from, const char *to, struct error *error)
    __attribute__((warn_unused_result));
/* Rolls back an open transaction. */
void store_close(struct store *store);

bool store_begin(struct store *store, struct error *error) __attribute__((warn_unused_result));
/* On failure nothing of the transaction is in the file. ERROR_IO (disk full ...). */
bool store_commit(struct store *store, struct error *error) __attribute__((warn_unused_result));
void store_rollback(struct store *store);
/* Ends the transaction and begins the next. Where readers and the writer share a rollback journal
 * and somebody goes on reading for `milliseconds`, nothing is lost and *written is false: the
 * transaction goes on, and the next flush has it all. Otherwise as store_commit. */
bool store_flush(struct store *store, int milliseconds, bool *written, struct error *error)
    __attribute__((warn_unused_result));
/* Makes what was committed so far survive a power failure too: for before a checkpoint that relies
 * on it. ERROR_USAGE while a transaction is open. */
bool store_sync(struct store *store, struct error *error) __attribute__((warn_unused_result));

enum store_arm_kind { STORE_KIND_RUN, STORE_KIND_ARM, STORE_KIND_BASELINE, STORE_KINDS };

/* Writers: inside a transaction only (else ERROR_USAGE). Texts may be null where noted. */
bool store_set_meta(struct store *store, const char *key, const char *value, struct error *error)
    __attribute__((warn_unused_result));
/* The id of the arm (or baseline) of that name, added if it is not there yet. */
bool store_add_arm(struct store *store, const char *name, enum store_arm_kind kind, int *id,
                   struct error *error) __attribute__((warn_unused_result));
/* A second value for the same step, arm and name replaces the first. NaN and infinities are kept.
 */
bool store_add_metric(struct store *store, int64_t step, int arm, const char *name, double value,
                      struct error *error) __attribute__((warn_unused_result));

struct store_event {
    int64_t id; /* set by the store: 1, 2, 3 ... */
    int64_t step;
    double time;      /* seconds since the epoch */
    int arm;          /* STORE_RUN if it is of no arm */
    const char *kind; /* "set", "checkpoint", "pause", "note" ... */
    const char *name; /* the setting, for instance; this and the next three may be null */
    const char *old_value, *new_value, *note;
};
bool store_add_event(struct store *store, const struct store_event *event, struct error *error)
    __attribute__((warn_unused_result));

/* One image under one mask of the common evaluation masks. */
struct store_evaluation {
    int64_t step;
    int arm;
    const char *strategy;
    double ratio;  /* the ratio asked for */
    int64_t image; /* index in the held-out source */
    int mask;      /* which mask of the image: 0, 1 ... */
    int hidden;    /* hidden patches */
    int label;     /* the image's class, -1: none */
    double mse;    /* mean over the hidden patches, in the units of the loss */
};
bool store_add_evaluation(struct store *store, const struct store_evaluation *evaluation,
                          struct error *error) __attribute__((warn_unused_result));

/* The number of a strategy with a ratio, added if it is not there yet. */
bool store_add_cell(struct store *store, const char *strategy, double ratio, int *cell,
                    struct error *error) __attribute__((warn_unused_result));
/* An image's mean error at a distance from the nearest visible patch (run/profile.h), and the mean
 * over images at a position on the grid, counted row by row. */
struct store_distance {
    int64_t step;
    int arm, cell;
    const char *strategy; /* set when read */
    double ratio;
    int64_t image;
    int distance; /* in patches, rounded */
    int patches;  /* that many, over all masks of the image */
    double mse;
};
struct store_position {
    int64_t step;
    int arm, cell;
    const char *strategy;
    double ratio;
    int position;
    int64_t images; /* in which it was hidden */
    double mse, sd; /* of the images' means */
};
bool store_add_distance(struct store *store, const struct store_distance *row, struct error *error)
    __attribute__((warn_unused_result));
bool store_add_position(struct store *store, const struct store_position *row, struct error *error)
    __attribute__((warn_unused_result));

/* The outcome of a downstream task with one seed (run/downstream.h). */
struct store_probe {
    int64_t id; /* set by the store */
    int64_t step;
    int arm; /* STORE_RUN: the weights the run began with */
    const char *task, *variant, *key, *data;
    int64_t seed, images, classes;
    double time, seconds; /* since the epoch; that it took */
};
bool store_add_probe(struct store *store, const struct store_probe *probe, int64_t *id,
                     struct error *error) __attribute__((warn_unused_result));
/* Forgets the outcome of that arm, step, task, key, seed and variant. */
bool store_drop_probe(struct store *store, const struct store_probe *probe, struct error *error)
    __attribute__((warn_unused_result));
bool store_add_probe_value(struct store *store, int64_t probe, const char *name, double value,
                           struct error *error) __attribute__((warn_unused_result));
struct store_probe_image {
    int64_t image;
    int label, predicted; /* -1: none */
    double value;         /* what else there is to say of it; NaN: nothing */
};
bool store_add_probe_image(struct store *store, int64_t probe,
                           const struct store_probe_image *image, struct error *error)
    __attribute__((warn_unused_result));

/* Deletes metrics and evaluations of steps later than `step`: a run that goes on from a checkpoint
 * forgets what came after it. `events`: also the events since the checkpoint of that step. */
bool store_truncate_after(struct store *store, int64_t step, bool events, struct error *error)
    __attribute__((warn_unused_result));

/* Between these two all readers see one state of the record, that at the first of them; the writer
 * goes on, but where there is no write-ahead log it cannot commit, so they should not be far apart.
 * For a store opened with STORE_READ; ERROR_USAGE: it is not, or a reading is begun already. */
bool store_begin_reading(struct store *store, struct error *error)
    __attribute__((warn_unused_result));
void store_end_reading(struct store *store);

/* Readers. A visitor returns false to end the reading early (which is no error); it must not call
 * the store. Texts live as long as the call. */

/* Appends the value; *found says whether the key is there (null if the caller does not care). */
bool store_get_meta(struct store *store, const char *key, struct text *value, bool *found,
                    struct error *error) __attribute__((warn_unused_result));

typedef bool store_arm_visitor(void *context, int id, const char *name, enum store_arm_kind kind);
/* In the order in which they were added; the run itself is left out. */
bool store_read_arms(struct store *store, store_arm_visitor *visit, void *context,
                     struct error *error) __attribute__((warn_unused_result));

typedef bool store_metric_visitor(void *context, int64_t step, double value);
/* Steps from `first` on, ascending; none if there is no such metric. */
bool store_read_metric(struct store *store, int arm, const char *name, int64_t first,
                       store_metric_visitor *visit, void *context, struct error *error)
    __attribute__((warn_unused_result));

/* A metric of an arm in arrays; all-zero is an empty one. */
struct store_series {
    int64_t *steps;
    double *values;
    size_t count, capacity;
};
/* Replaces the contents, keeping the memory where it is large enough. */
bool store_read_series(struct store *store, int arm, const char *name, struct store_series *series,
                       struct error *error) __attribute__((warn_unused_result));
/* The same from step `first` on. */
bool store_read_series_from(struct store *store, int arm, const char *name, int64_t first,
                            struct store_series *series, struct error *error)
    __attribute__((warn_unused_result));
void store_series_release(struct store_series *series);
/* The last step of which the metric is on record; *found is false if there is none. */
bool store_last_step(struct store *store, int arm, const char *name, int64_t *step, bool *found,
                     struct error *error) __attribute__((warn_unused_result));

typedef bool store_name_visitor(void *context, const char *name);
/* The names of all metrics, in alphabetical order. */
bool store_read_metric_names(struct store *store, store_name_visitor *visit, void *context,
                             struct error *error) __attribute__((warn_unused_result));

typedef bool store_event_visitor(void *context, const struct store_event *event);
/* Events with id > after (0: all), by step and, within a step, in the order they were added. */
bool store_read_events(struct store *store, int64_t after, store_event_visitor *visit,
                       void *context, struct error *error) __attribute__((warn_unused_result));

enum { STORE_EVERY_ARM = -1, STORE_LATEST = -1, STORE_EVERY_STEP = -2 };

typedef bool store_evaluation_visitor(void *context, const struct store_evaluation *evaluation);
/* By arm, step, strategy, ratio, image, mask. arm: an id or STORE_EVERY_ARM; step: a step,
 * STORE_LATEST (each arm's own newest) or STORE_EVERY_STEP. */
bool store_read_evaluations(struct store *store, int arm, int64_t step,
                            store_evaluation_visitor *visit, void *context, struct error *error)
    __attribute__((warn_unused_result));

typedef bool store_distance_visitor(void *context, const struct store_distance *row);
typedef bool store_position_visitor(void *context, const struct store_position *row);
/* Of the arm's evaluation at that step, or STORE_LATEST; by strategy, ratio, image, distance, and
 * by strategy, ratio, position. */
bool store_read_distances(struct store *store, int arm, int64_t step, store_distance_visitor *visit,
                          void *context, struct error *error) __attribute__((warn_unused_result));
bool store_read_positions(struct store *store, int arm, int64_t step, store_position_visitor *visit,
                          void *context, struct error *error) __attribute__((warn_unused_result));

/* The first step at which an evaluation has distances and positions on record; *found is false if
 * there is none. An older version recorded none. */
bool store_first_profile(struct store *store, int64_t *step, bool *found, struct error *error)
    __attribute__((warn_unused_result));

typedef bool store_step_visitor(void *context, int64_t step);
/* The steps from `first` on at which the arm was evaluated, ascending. */
bool store_read_evaluated_steps(struct store *store, int arm, int64_t first,
                                store_step_visitor *visit, void *context, struct error *error)
    __attribute__((warn_unused_result));

typedef bool store_probe_visitor(void *context, const struct store_probe *probe);
typedef bool store_probe_value_visitor(void *context, const char *name, double value);
typedef bool store_probe_image_visitor(void *context, const struct store_probe_image *image);
/* In the order in which they were added; values by name; images by number. */
bool store_read_probes(struct store *store, store_probe_visitor *visit, void *context,
                       struct error *error) __attribute__((warn_unused_result));
bool store_read_probe_values(struct store *store, int64_t probe, store_probe_value_visitor *visit,
                             void *context, struct error *error)
    __attribute__((warn_unused_result));
bool store_read_probe_images(struct store *store, int64_t probe, store_probe_image_visitor *visit,
                             void *context, struct error *error)
    __attribute__((warn_unused_result));

#endif
