/* What the files of downstream.h share. Private to them.
 *
 *   downstream.c         the registry; models, tasks and seeds one after another
 *   downstream_pace.c    how far they are
 *   downstream_data.c    sources, the choice of images, checks of their classes, features
 *   downstream_record.c  outcomes: the list, and writing them to run.db
 *   downstream_read.c    reading them from there
 *   downstream_knn.c, downstream_linear.c ...    one task each
 *   downstream_patches.c downstream_patches.h    what segment works on
 *   downstream_pixels.c                          whether its labels are right
 */
#ifndef MASKSCOPE_RUN_DOWNSTREAM_PRIVATE_H
#define MASKSCOPE_RUN_DOWNSTREAM_PRIVATE_H

#include "probe/features.h"
#include "probe/logistic.h"
#include "run/downstream.h"
#include "run/downstream_pace.h"

enum { DOWNSTREAM_TEXT_SIZE = 96, DOWNSTREAM_KEY_SIZE = 2 * DOWNSTREAM_SETUP_SIZE + 2 };

/* The images of one split that take part. */
struct downstream_images {
    struct source *source; /* owned unless it is borrowed */
    bool borrowed;
    uint32_t *images; /* [count], owned */
    size_t count;
};
/* All of the source's images, or as many as are wanted of a fixed random order. */
bool downstream_choose_images(struct downstream_images *images, uint64_t seed, int64_t wanted,
                              struct error *error);
void downstream_images_release(struct downstream_images *images);

struct downstream {
    const struct downstream_request *request;
    const struct config *config;
    struct downstream_outcomes *outcomes;
    struct downstream_images train, held_out;
    struct view_settings view;
    int classes; /* to choose from; of pixels for segment, 0 where a task has none */
    char data[DOWNSTREAM_TEXT_SIZE]; /* what people call it */

    /* The model at hand. */
    const struct mae *mae;
    const char *name;
    int64_t step;
    uint64_t digest;                          /* of its encoder */
    struct features train_features, features; /* empty until asked for */

    /* Of what the tasks look at besides images: digests, by the number of the task; 0: nothing. */
    uint64_t looked_at[DOWNSTREAM_TASK_LIMIT];

    /* The task at hand. */
    const struct downstream_task *task;
    int number; /* of it among the tasks asked for */
    char key[DOWNSTREAM_KEY_SIZE];
    struct downstream_pace *pace;    /* the request's, or one of these tasks */
    char what[DOWNSTREAM_TEXT_SIZE]; /* for progress */
    double seconds_from;             /* when the seed began */
};

/* Opens the sources and chooses images; those without a class are left out if a task needs one.
 * ERROR_DATA: they are not what it takes. */
bool downstream_open_data(struct downstream *downstream, bool labelled, struct error *error);
void downstream_close_data(struct downstream *downstream);
/* Features of the model at hand, made or read when first asked for. */
bool downstream_features(struct downstream *downstream, struct error *error);
/* That there are as many neighbours as the largest probe.k. ERROR_DATA. */
bool downstream_check_k(const struct downstream *downstream, size_t there, const char *what,
                        struct error *error);
/* The features that the settings choose. */
struct probe_rows downstream_rows(const struct downstream *downstream,
                                  const struct features *features);
/* What a task hands on so that progress is told and it can be interrupted. */
struct probe_watch downstream_watch(struct downstream *downstream);
/* "class" or "mean", and the block where it is not the last. */
void downstream_write_features(const struct downstream *downstream, struct text *text);

/* An empty one at the list's end; and copies of its texts, into the list's arena. */
struct downstream_outcome *downstream_new_outcome(struct downstream_outcomes *outcomes,
                                                  struct error *error);
bool downstream_keep_texts(struct downstream_outcomes *outcomes, struct downstream_outcome *outcome,
                           struct error *error);
/* Adds an outcome of the task at hand, with no values yet; null with *error set. images: how many
 * answers it has room for. */
struct downstream_outcome *downstream_add(struct downstream *downstream, int variant, int64_t seed,
                                          size_t images, struct error *error);
/* Adds a value to an outcome: at most DOWNSTREAM_VALUES, and one more for each class. The name is
 * borrowed for good. */
enum { DOWNSTREAM_VALUES = 8 };
void downstream_add_value(struct downstream_outcome *outcome, const char *name, double value);
/* An outcome of classification of images [count]. */
struct downstream_outcome *downstream_add_predictions(struct downstream *downstream, int variant,
                                                      int64_t seed, const uint32_t *images,
                                                      const int *labels, const int *predicted,
                                                      size_t count, struct error *error);
/* The same of the held-out features: predicted [rows->count]. */
struct downstream_outcome *downstream_add_classes(struct downstream *downstream, int variant,
                                                  int64_t seed, const int *predicted,
                                                  struct error *error);
/* The same of what a regression says of the held-out features. A warning where its fit had not
 * converged. */
struct downstream_outcome *downstream_add_regression(struct downstream *downstream, int variant,
                                                     int64_t seed, const struct logistic *logistic,
                                                     struct error *error);
/* Whether the outcomes of the task at hand with that seed are on record; if so they are added. */
bool downstream_recall(struct downstream *downstream, int64_t seed, bool *found,
                       struct error *error);
/* Records the outcomes from `first` on, which are those of one seed of the task at hand. */
bool downstream_record(struct downstream *downstream, size_t first, struct error *error);
double downstream_now(void);

extern const struct downstream_task downstream_knn, downstream_linear, downstream_lowshot,
    downstream_segment, downstream_inpaint, downstream_finetune;

#endif
