/* What the files of study.h share. Private to them.
 *
 *   study.c          the file
 *   study_grid.c     its grid
 *   study_template.c laws and schedules in it
 *   study_divide.c   into runs
 *   study_plan.c     what is there of them
 *   study_tasks.c    downstream tasks of a run
 *   study_wanted.c   which outcomes on record are theirs
 *   study_cost.c     how long it takes
 *   study_measure.c  by a measurement
 *   study_results.c  values from the runs' records
 *   study_compare.c  comparisons of them
 *   study_tables.c   the tables
 */
#ifndef MASKSCOPE_RUN_STUDY_PRIVATE_H
#define MASKSCOPE_RUN_STUDY_PRIVATE_H

#include "base/memory.h"
#include "run/study.h"
#include "stats/describe.h"

/* Adds an arm; a name that is taken gets "-2", "-3" ... where `fresh` allows it, else it is an
 * error. */
bool study_add_arm(struct study *study, const char *name, const struct mask_choice *mask,
                   bool fresh, struct error *error);
/* Adds an arm for every combination of the grid. Errors begin with FILE:LINE. */
bool study_read_grid(struct study *study, const struct node *grid, const char *file,
                     struct error *error);
/* The template with `ratio` (a number or a schedule) put where its word stands, and "+0.1" added.
 * Copies lie in the arena, the rest is shared. Null with *error set. */
const struct node *study_template_fill(const struct node *template, const struct node *ratio,
                                       struct arena *arena, struct error *error);
/* "uniform:low=ratio-0.1,high=ratio+0.1" as {law: uniform, ...}; a map as it is. */
const struct node *study_template_law(const struct node *law, struct arena *arena,
                                      struct error *error);

/* Divides the study into runs below `folder` and looks at each. As study_plan. */
bool study_divide(struct study_plan *plan, const char *folder, struct error *error)
    __attribute__((warn_unused_result));

/* Points the configuration to the images that the task is asked on. */
bool study_point_to_images(const struct study *study, const struct downstream_task *task,
                           struct config *config, struct error *error);
/* Finds plan->setups: looks at the images of all tasks. As study_plan. */
bool study_find_setups(struct study_plan *plan, struct log *log, struct error *error)
    __attribute__((warn_unused_result));

/* Finds plan->setups in the records of the runs, which have been looked at. */
bool study_find_newest_setups(struct study_plan *plan, struct error *error)
    __attribute__((warn_unused_result));

/* ---- Which outcomes are the study's ---- */

/* Whether the run's tasks are asked of the initial weights too: those of all parts are the same. */
bool study_asks_untrained(const struct study *study, const struct study_run *run);
/* How often the task is asked of each model. */
int64_t study_task_seeds(const struct study *study, const struct downstream_task *task);

enum { STUDY_VARIANT_LIMIT = SETTING_LIST_LIMIT };
struct study_wanted {
    struct arena arena; /* holds the texts */
    const struct downstream_task *task;
    const char *setup; /* the plan's */
    int64_t seeds;
    int variant_count;
    const char *variants[STUDY_VARIANT_LIMIT], *preferred; /* the one in the table */
};
/* Of the study's task of that number; the caller releases it if true. */
bool study_wanted_init(struct study_wanted *wanted, const struct study_plan *plan, int task,
                       struct error *error);
void study_wanted_release(struct study_wanted *wanted);
bool study_wants(const struct study_wanted *wanted, const char *task, const char *variant,
                 const char *key, int64_t seed);

/* ---- Results ---- */

/* One column of the table: a value of each arm and seed, and what it is the mean of, image by
 * image. */
struct study_column {
    const char *name;
    bool lower;      /* the lower the better */
    bool share;      /* within 0 and 1 */
    double *values;  /* [arms, seeds]; NaN: there is none */
    int64_t *images; /* [image_count]: which; null: the value is of no images */
    size_t image_count;
    float *answers; /* [arms, seeds, image_count] */
};

enum { STUDY_COLUMN_LIMIT = STUDY_TASK_LIMIT + 2 };
/* All-zero is empty. */
struct study_results {
    struct arena arena; /* holds everything */
    int arms;           /* the study's, and one row more for the initial weights */
    int seeds;          /* of the study */
    int64_t *seed;      /* [seeds] */
    const char **names; /* [arms] */
    int column_count;
    struct study_column columns[STUDY_COLUMN_LIMIT];
    int trained, runs; /* of its runs, those that the results are of */
};
/* The value of an arm with a seed. */
static inline double *study_value(const struct study_results *results,
                                  const struct study_column *column, int arm, int seed)
{
    return &column->values[arm * results->seeds + seed];
}
/* [image_count] */
static inline float *study_answers(const struct study_results *results,
                                   const struct study_column *column, int arm, int seed)
{
    return column->answers + (size_t)(arm * results->seeds + seed) * column->image_count;
}
bool study_results_read(struct study_results *results, const struct study_plan *plan,
                        struct error *error);
void study_results_release(struct study_results *results);

/* Two arms by one column, with the seeds that both have. */
struct study_pair {
    int a, b;
    size_t seeds, images;
    double difference, low, high; /* of a - b; 95% interval over seeds */
    double p_seeds, p_images;     /* paired t tests; NaN where there are fewer than two */
    double p, p_holm;             /* the larger of the two; adjusted over the family */
};
/* All pairs of the study's arms and then, a family of tests of their own, each arm with the initial
 * weights; the caller frees them. *count is set. Null with *error set. */
struct study_pair *study_compare(const struct study_results *results,
                                 const struct study_column *column, size_t *count,
                                 struct error *error);
/* The arm's values over its seeds. */
bool study_describe(const struct study_results *results, const struct study_column *column, int arm,
                    struct description *description, struct error *error);
/* The best by its mean of the study's arms that have all seeds, where its difference to the second
 * is significant (p_holm < .05); else -1. */
int study_best(const struct study_results *results, const struct study_column *column,
               const struct study_pair *pairs, size_t count);

#endif
