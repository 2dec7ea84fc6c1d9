/* What the files of tables.h share. Private to them.
 *
 *   tables.c             the registry, and the names of a record's arms
 *   tables_sample.c      columns that describe a sample
 *   tables_caption.c     captions, and what they say of a sample
 *   tables_evaluation.c  `matrix`: predictors on the common probe masks
 *   tables_cross.c       `cross`: the same, probe masks side by side
 *   tables_arms.c        `arms`: over all of them, beside their loss on their own
 *   tables_eval.c        `matrix` without a record
 *   tables_pairs.c       `pairs`: each two of them
 *   tables_ratios.c      `ratios`: errors over the ratio
 *   tables_classes.c     `classes`: by the images' labels
 *   tables_profile.c     `distance` and `position`: where errors lie
 *   tables_seeds.c       both over runs that differ in their seed
 *   tables_images.c      `images`: one by one
 *   tables_probes.c      `probes`: downstream tasks
 *   tables_probe_pairs.c `probe-pairs`: each two arms by them
 *   tables_settings.c    `settings`: as the run began, and now
 *   tables_record.c      `curves` and `events`: the record as it is
 */
#ifndef MASKSCOPE_RUN_TABLES_PRIVATE_H
#define MASKSCOPE_RUN_TABLES_PRIVATE_H

#include "base/memory.h"
#include "run/tables.h"
#include "stats/bootstrap.h"
#include "stats/describe.h"

struct named_arm {
    int id;
    const char *name, *kind; /* kind: "arm", "baseline" */
};

/* The arms of a record, in its order. All-zero is empty. */
struct arm_names {
    struct arena arena; /* holds the names */
    struct named_arm *items;
    size_t count, capacity;
};
/* ERROR_SYSTEM when memory runs out. */
bool arm_names_add(struct arm_names *arms, int id, const char *name, const char *kind,
                   struct error *error);
bool arm_names_read(struct arm_names *arms, struct store *store, struct error *error);
void arm_names_release(struct arm_names *arms);
/* "" for an id that is not there. */
const char *arm_name(const struct arm_names *arms, int id);
const char *arm_kind(const struct arm_names *arms, int id);

/* The names of a record's metrics. All-zero is empty. */
struct metric_names {
    struct arena arena;
    const char **items;
    size_t count, capacity;
};
/* Adds those of the record that are not in the list yet. ERROR_SYSTEM when memory runs out. */
bool metric_names_read(struct metric_names *names, struct store *store, struct error *error);
void metric_names_release(struct metric_names *names);

run_table_maker table_make_distance, table_make_position, table_make_images, table_make_settings,
    table_make_curves, table_make_events, table_make_probes, table_make_probe_pairs;
evaluation_table_maker table_fill_matrix, table_fill_cross, table_fill_arms, table_fill_pairs,
    table_fill_ratios, table_fill_classes;

/* "***" below 0.001, "**" below 0.01, "*" below 0.05, else "". */
const char *table_significance(double p);

/* ---- What describes a sample in a table ---- */

/* The columns: count (called after the unit), mse, low, high, sd, psnr, and as details the
 * bootstrap interval, median, quartiles, skewness and how many values were left out. */
enum { SAMPLE_COLUMNS = 13 };
void sample_columns(struct table_column columns[SAMPLE_COLUMNS], const char *unit);

/* All-zero is empty: resamples are drawn when first needed, and again for another sample size. */
struct sampler {
    struct bootstrap bootstrap;
    double *kept;
    size_t capacity;
};
void sampler_release(struct sampler *sampler);
/* Adds the cells of sample_columns for values [count]. */
bool sampler_add(struct sampler *sampler, struct table *table, const double *values, size_t count,
                 double psnr, struct error *error);

/* The columns that tell groups of cells apart, strategy and ratio, put behind the first `count`;
 * returns how many there are then. */
enum { GROUP_COLUMNS = 2 }; /* at most */
size_t group_columns(unsigned groups, struct table_column *columns, size_t count);
/* Adds their cells. */
void group_add(struct table *table, unsigned groups, const struct evaluation_key *key);

/* ---- Captions ---- */

/* What a table says: of any such table, and of its own values (table_remark). */
struct table_words {
    struct text caption, remarks;
};
/* table_init with the words, which are released, and that many columns for keys. */
bool table_begin(struct table *table, const char *name, struct table_words *words,
                 const struct table_column *columns, size_t count, size_t keys, struct error *error)
    __attribute__((warn_unused_result));

/* "n = 256 held-out images of one run (seed 7)" or "n = 3 seeds (0, 1, 2)": the unit of what
 * follows. Where a row has fewer of them, least and most of the rows: "n = 250 to 254 of 256
 * held-out images". */
void evaluation_set_write_units(const struct evaluation_set *set, size_t least, size_t most,
                                struct text *text);
/* If arms are `unlike` in the masks under which they have values: that their means are, too. */
void evaluation_set_write_unlike(bool unlike, struct text *text);
/* If the row with the fewest units has none though its arm has values: why, and what to do. */
void evaluation_set_write_fewest(const struct evaluation_set *set, size_t fewest,
                                 struct text *text);
/* Appends sentences on what makes the values say less than they seem to: images left out, runs
 * evaluated at different steps, arms without any value, few seeds. */
void evaluation_set_write_remarks(const struct evaluation_set *set, struct text *text);

/* ---- What `matrix`, `cross` and `arms` share ---- */

enum { EVALUATION_COLUMNS = 26 }; /* at most */

struct table_filling {
    struct table *table;
    const struct evaluation_set *set;
    struct sampler sampler;
    int *group;     /* [cells] */
    double *values; /* [units] */
    bool *whole;    /* [units]: what table_filling_mark_whole says of them */
};
/* ERROR_SYSTEM; to be released either way. */
bool table_filling_init(struct table_filling *filling, struct table *table,
                        const struct evaluation_set *set, struct error *error);
void table_filling_release(struct table_filling *filling);
/* Of the groups' rows, how many units the one with the fewest and the one with the most has;
 * predictors without any value, which remarks name, apart. */
void table_filling_count_units(const struct table_filling *filling, int groups, size_t *least,
                               size_t *most);
/* Whether it is an arm with values in cells of group `which`. */
bool table_filling_takes_part(const struct table_filling *filling, int arm, int which);
/* Whether all arms that take part in the cell's group have values in the cell, or each unit has
 * cells of its own. */
bool table_filling_is_common(const struct table_filling *filling, int cell);
/* Marks in filling->whole the units of which all arms that take part in the group have a value.
 * Returns how many there are. */
size_t table_filling_mark_whole(struct table_filling *filling, int which);
/* With own_ratios, whether arms of the group have values of some unit at unlike ratios: what they
 * have in common may be very little then, and an order by it would belie the means beside it. */
bool table_filling_is_unlike(const struct table_filling *filling, int which);
/* The cells of sample_columns for filling->values, the arm's means over group `which`. */
bool table_filling_add_sample(struct table_filling *filling, int arm, int which,
                              struct error *error);
/* One of the cells of group `which`. */
const struct evaluation_key *evaluation_set_key(const struct evaluation_set *set, const int *group,
                                                int which);
void evaluation_add_step(struct table *table, const struct evaluation_arm *arm);

#endif
