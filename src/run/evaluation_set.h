/* The errors of a run's newest evaluations as tables work with them: for each predictor (arm or
 * baseline), cell of the common probe masks (a strategy with a ratio) and unit, one value.
 *
 * The unit is an image: its error is the mean over its masks, so that images, which are what was
 * sampled, and not masks are counted. Over several runs that differ in their seed the unit is the
 * seed, and a seed's value the mean over its images: only then does an interval say how much of a
 * difference another seed would give.
 *
 * Values from elsewhere may be of one ratio for each image, drawn from a law, say. Then what is a
 * mean over ratios elsewhere is the image's one value, and predictors are compared on images of
 * which both have one at the same ratio.
 *
 * Plain data once made; any thread may read it.
 */
#ifndef MASKSCOPE_RUN_EVALUATION_SET_H
#define MASKSCOPE_RUN_EVALUATION_SET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/memory.h"
#include "run/store.h"
#include "stats/trend.h"

struct evaluation_arm {
    const char *name;
    bool baseline;
    int id;       /* in its record */
    int64_t step; /* of its newest evaluation; -1: none, or those of the runs differ */
    /* Its training loss, on its own masks: the mean over its last steps, and where it is heading
     * (TREND_UNKNOWN where nothing is on record). */
    double own_loss;
    enum trend trend;
    int64_t added; /* after which step it was, the last time; 0: it was there from the start */
    /* Steps since, until its evaluation, -1: not known; over runs the fewest and the most. */
    int64_t trained, trained_most;
    bool changed; /* its masks were, while it trained */
};

struct evaluation_key {
    const char *strategy;
    double ratio; /* NaN: not known (values from elsewhere) */
};

/* What errors were measured on: where two differ, values cannot be paired. "" and -1: not known. */
struct evaluation_conditions {
    char images[32];  /* digest of the held-out images */
    char input[64];   /* "3x64x64 in patches of 8" */
    int64_t seed;     /* of the choice of images and of the masks (eval.seed) */
    int masks;        /* of each image, over which its error is the mean */
    char trained[32]; /* digest of the images trained on: of no matter for pairing */
};

/* All-zero is empty. */
struct evaluation_set {
    struct arena texts;
    const char *unit;      /* "images", "seeds" */
    const char *predictor; /* what the predictors are called: "arm", "strategy" */
    const char *what;      /* the values: the beginning of captions */
    int arms, cells;
    size_t units;
    struct evaluation_arm *arm;
    struct evaluation_key *cell; /* by strategy, then ratio */
    int64_t *unit_id; /* [units], ascending: the image's index in its source, or the seed */
    int *label;       /* [units], -1: none */
    double *mse;      /* [arms][cells][units]; NaN: not measured, or not a number */
    bool *measured;   /* [arms][cells] */
    bool own_ratios;  /* each unit has values at one ratio alone, whichever that is */
    double deviation; /* what pixels in 0 .. 1 were divided by; NaN: not known */
    int runs;         /* whose models these are; 0: not known */
    int64_t seed;     /* the run's; -1: not known, or several */
    /* Over runs, else null and 0: the images whose means are taken, ascending: all arms of all runs
     * have values there; and how many of a run's are left out, at most. */
    int64_t *image;
    size_t images, left_out;
    const struct evaluation_set *of; /* over runs: theirs [units], borrowed; else null */
    const char **classes;            /* [class_count], names */
    int class_count;                 /* 0: not known */
    struct evaluation_conditions conditions;
};

/* ERROR_DATA: the record holds no evaluation. The caller releases it if true. */
bool evaluation_set_read(struct evaluation_set *set, struct store *store, struct error *error)
    __attribute__((warn_unused_result));
void evaluation_set_release(struct evaluation_set *set);
/* An arm's training loss on its own masks: the mean over the last 100 steps; NaN: none is on
 * record. */
bool evaluation_own_loss(struct store *store, int arm, double *loss, struct error *error)
    __attribute__((warn_unused_result));

/* A set of that size without names, everything NaN. ERROR_SYSTEM. */
bool evaluation_set_init(struct evaluation_set *set, int arms, int cells, size_t units,
                         struct error *error) __attribute__((warn_unused_result));

/* One set whose units are the runs: predictors and cells that all of them have. A run's value is
 * the mean over those images on which every predictor has one in every run, so that they stay
 * paired. Where a predictor has no number in one of the runs (it has gone astray) it was not
 * measured. The runs' sets must live as long.
 * ERROR_DATA: nothing is common to the runs, or there is no such image, or they are not
 * repetitions (evaluation_conditions_repeat). */
bool evaluation_set_over_runs(struct evaluation_set *set, const struct evaluation_set *runs,
                              int count, struct error *error) __attribute__((warn_unused_result));
/* One set with the predictors of all, called "RUN/ARM" (baselines once), on the units that all
 * have. ERROR_DATA: they were measured on different images or masks, which the message names. */
bool evaluation_set_join(struct evaluation_set *set, const struct evaluation_set *runs,
                         const char *const *names, int count, struct error *error)
    __attribute__((warn_unused_result));

/* Anybody's values from a CSV or TSV file with a heading line: columns strategy (the predictors
 * here), image and mse, in any order; ratio and label if there are such; others are passed over.
 * Several rows of one strategy, image and ratio are masks of that image. An empty mse is a missing
 * one. "-": standard input. ERROR_INPUT, ERROR_DATA (names the line; or there are more than 512
 * ratios, or 2^24 places of strategies by ratios by images). */
bool evaluation_set_read_file(struct evaluation_set *set, const char *path, struct error *error)
    __attribute__((warn_unused_result));

/* Whether they are one cell. */
bool evaluation_key_same(const struct evaluation_key *a, const struct evaluation_key *b);
/* [units] */
double *evaluation_set_values(const struct evaluation_set *set, int arm, int cell);
/* False, *error (ERROR_DATA) says why: the two were measured on different things. */
bool evaluation_conditions_agree(const struct evaluation_conditions *a,
                                 const struct evaluation_conditions *b, struct error *error);

/* The same, and that the two were trained on the same images: they may be repetitions. */
bool evaluation_conditions_repeat(const struct evaluation_conditions *a,
                                  const struct evaluation_conditions *b, struct error *error);

/* What parts the rows of an arm, in tables that heed it: flags. */
enum {
    TABLE_BY_NOTHING = 0,
    TABLE_BY_STRATEGY = 1,
    TABLE_BY_RATIO = 2,
    TABLE_BY_ALL = TABLE_BY_STRATEGY | TABLE_BY_RATIO,
};
/* Cells put together: group[cell] is the number of its group, by `parts` (TABLE_BY_*).
 * Returns how many groups there are, at most set->cells. */
int evaluation_set_group(const struct evaluation_set *set, unsigned parts, int *group);
/* Whether any of the predictor's values in the cell is a number. */
bool evaluation_set_has(const struct evaluation_set *set, int arm, int cell);
bool evaluation_set_has_any(const struct evaluation_set *set, int arm);
/* Whether it takes part where arms are ranked: no baseline, nor an arm without any number (it has
 * gone astray), which would leave nothing that all have. */
bool evaluation_set_ranks(const struct evaluation_set *set, int arm);
/* group[cell] is 0 for cells that every arm that ranks has (with own_ratios: for all), -1 for
 * others. Returns how many those are. */
int evaluation_set_common(const struct evaluation_set *set, int *group);
/* values [units]: the mean over the predictor's cells of group `which`; NaN where one of them is.
 * `other` (-1: none): only cells that this predictor has too. False: there is no such cell. With
 * own_ratios, the unit's value there, if `other` has one in the same cell; false: there is none. */
bool evaluation_set_mean(const struct evaluation_set *set, int arm, int other, const int *group,
                         int which, double *values);

/* The mean over images of their peak signal-to-noise ratios in decibels, the peak being white (1 in
 * 0 .. 1); values [count]: their errors, those that are NaN are left out; deviation as in struct
 * evaluation_set. */
double evaluation_psnr(const double *values, size_t count, double deviation);
/* The same of the predictor in the cells of group `which`; values [units]: what evaluation_set_mean
 * says of them. Where units are seeds, the mean over seeds of their own ratios. ERROR_SYSTEM. */
bool evaluation_set_psnr(const struct evaluation_set *set, int arm, const int *group, int which,
                         const double *values, double *psnr, struct error *error)
    __attribute__((warn_unused_result));

#endif
