/* A study: a grid of arms, each trained with several seeds and then asked what it is good for, and
 * one table of it all.
 *
 * It is described by a file that is a run's configuration with `study:` (seeds, tasks) and, beside
 * or instead of `arms:`, a `grid:` of which every combination is an arm:
 *
 *     grid:
 *       strategies: [random, block]
 *       ratios: [0.5, 0.75]
 *       laws: [constant, {law: uniform, low: ratio-0.2, high: ratio+0.2}]
 *       schedules: {fixed: constant, rising: {from: ratio-0.2, to: ratio}}
 *
 * Laws and schedules are templates in which the word `ratio` stands for the grid's ratio, so that
 * arms of one ratio hide as much. An axis is a list, or NAME: ITEM lines that name its items.
 *
 * On the disk it is a folder with study.yaml and ordinary runs, one for each seed or, where the
 * memory does not hold all arms side by side, several. What there is to do is what these runs and
 * their records do not show as done: so a study that was killed goes on where it was.
 */
#ifndef MASKSCOPE_RUN_STUDY_H
#define MASKSCOPE_RUN_STUDY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/file.h"
#include "base/log.h"
#include "run/config.h"
#include "run/downstream.h"
#include "run/downstream_pace.h"
#include "stats/table.h"

enum { STUDY_ARM_LIMIT = 96, STUDY_TASK_LIMIT = DOWNSTREAM_TASK_LIMIT };

/* All-zero is empty. */
struct study {
    struct config config;    /* of its runs, but for their seed and arms */
    struct arm_config *arms; /* [arm_count], owned */
    int arm_count;
    const struct downstream_task *tasks[STUDY_TASK_LIMIT];
    int task_count;
};

/* Reads a study's file over study->config, which holds what it does not say; study->arms are those
 * of the file. origins may be null. ERROR_INPUT, ERROR_DATA with file and line. */
bool study_read_file(struct study *study, const char *path, struct config_origins *origins,
                     struct error *error) __attribute__((warn_unused_result));
/* Whether the file has a grid, and so is for study_read_file alone. False too where it cannot be
 * read. */
bool study_file_has_grid(const char *path);
void study_release(struct study *study);
/* What the settings say together, and which tasks. ERROR_DATA. */
bool study_check(struct study *study, struct error *error) __attribute__((warn_unused_result));

/* ---- What there is to do ---- */

enum study_state { STUDY_ABSENT, STUDY_BEGUN, STUDY_TRAINED };
/* "to begin", "begun", "trained" */
const char *study_state_name(enum study_state state);

/* One run: a seed, with all arms or some. */
struct study_run {
    int64_t seed;
    int first, count; /* of the study's arms */
    char folder[FILE_PATH_SIZE];
    enum study_state state;
    int64_t step;  /* of its newest checkpoint */
    bool lengthen; /* it was to be shorter: train.steps and train.epochs are set anew */
    bool done[STUDY_TASK_LIMIT]; /* the study's tasks that are on record for all its arms at that
                                    step, with all their seeds and variants */
};

struct study_plan {
    const struct study *study; /* borrowed */
    struct study_run *runs;    /* [count], owned; seed by seed */
    int count;
    int arms_at_once; /* of one run, at most */
    int64_t total_steps;
    int64_t train_images, held_out_images;
    int classes, patches;                                     /* of the images; 0: they have none */
    char setups[STUDY_TASK_LIMIT][DOWNSTREAM_SETUP_SIZE + 1]; /* of its tasks' outcomes */
    bool unseen;                                              /* by study_plan_of_records */
};

/* Counts the images, sees to it that the tasks can be done with theirs, divides the study into runs
 * below `folder`, and looks at those that are there. ERROR_INPUT, ERROR_DATA: the images are not
 * what a task needs; a run was trained with other settings than train.steps, train.epochs,
 * circumstances, and those of tasks, or the study was divided otherwise; it is named. The caller
 * releases the plan if true. */
bool study_plan(struct study_plan *plan, const struct study *study, const char *folder,
                struct log *log, struct error *error) __attribute__((warn_unused_result));
/* The same by the runs' records alone, for tables where the images are not at hand: of each task
 * the newest outcomes with the variants that are asked for count, whatever else they depend on; a
 * run is trained if it has train.steps or, where that is 0, as many steps as the longest. */
bool study_plan_of_records(struct study_plan *plan, const struct study *study, const char *folder,
                           struct error *error) __attribute__((warn_unused_result));
void study_plan_release(struct study_plan *plan);
/* Writes FOLDER/study.yaml, which reads back as the same study, divided in the same way. */
bool study_write(const struct study_plan *plan, const char *folder, struct error *error)
    __attribute__((warn_unused_result));
/* Looks at what is there anew. */
bool study_look(const struct study_plan *plan, struct study_run *run, struct error *error)
    __attribute__((warn_unused_result));
/* The run's configuration. */
void study_run_config(const struct study *study, const struct study_run *run,
                      struct config *config);
/* Removes what a run left that was stopped before its first checkpoint. ERROR_CREATE: there is more
 * than that. */
bool study_clear(const struct study_run *run, struct error *error)
    __attribute__((warn_unused_result));

/* The pieces of all tasks of all runs. */
void study_pace(const struct study_plan *plan, struct downstream_pace *pace);

/* Asks the run's newest checkpoint all tasks, of which those on record are not done again. As
 * downstream_run. */
struct study_watch {
    struct log *log;
    struct downstream_pace *pace; /* of the study */
    downstream_progress *progress;
    void *context;
};
bool study_ask(const struct study *study, const struct study_run *run,
               const struct study_watch *watch, struct error *error)
    __attribute__((warn_unused_result));

/* ---- What it costs ---- */

struct study_cost {
    double *step_seconds;    /* [arm_count], owned: of a training step of each arm alone */
    double encode_seconds;   /* of an image, all patches visible, made ready and encoded */
    double finetune_seconds; /* of an image in a step of fine-tuning; 0: it is not asked for */
    double pair_seconds;     /* of the similarity of two features */
    int64_t segment_train, segment_held_out; /* images that segment takes */
};
/* Measured on this machine for about `seconds`. The caller releases it if true. */
bool study_cost_measure(struct study_cost *cost, const struct study_plan *plan, double seconds,
                        struct log *log, struct error *error) __attribute__((warn_unused_result));
void study_cost_release(struct study_cost *cost);
/* Seconds that are left of the run's training, and of the study's task of that number. Features are
 * made once: the first task that takes them has their cost. */
double study_training_seconds(const struct study_plan *plan, const struct study_cost *cost,
                              const struct study_run *run);
double study_task_seconds(const struct study_plan *plan, const struct study_cost *cost,
                          const struct study_run *run, int task);
/* Bytes that a run with that many arms takes for models and activations. */
size_t study_memory(const struct config *config, const struct mae_shape *shape, int arms);

/* ---- What came of it ---- */

/* The table `study`: a row for each arm, its MSE and its tasks with the half width of the 95%
 * interval over seeds; and `study-pairs`: each two arms, and each with the initial weights. From
 * the records of the runs that are trained. ERROR_DATA: there is none. The caller releases the
 * table if true. */
bool study_table(struct table *table, const struct study_plan *plan, struct error *error)
    __attribute__((warn_unused_result));
bool study_pairs_table(struct table *table, const struct study_plan *plan, struct error *error)
    __attribute__((warn_unused_result));

#endif
