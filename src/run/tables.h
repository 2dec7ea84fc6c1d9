/* The tables of a run, made from its record. `stats`, `:export` and the statistics views all draw
 * from these.
 */
#ifndef MASKSCOPE_RUN_TABLES_H
#define MASKSCOPE_RUN_TABLES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "run/evaluate.h"
#include "run/evaluation_set.h"
#include "run/store.h"
#include "stats/table.h"

/* "strategy", "ratio", "strategy,ratio", "nothing". ERROR_USAGE. */
bool table_groups_parse(const char *text, unsigned *groups, struct error *error);

/* Fills in an uninitialised table, which the caller releases if true. ERROR_DATA: the record holds
 * nothing for it yet. */
typedef bool run_table_maker(struct table *table, struct store *store, unsigned groups,
                             struct error *error);

/* The same from the errors of evaluations, wherever they are from. */
typedef bool evaluation_table_maker(struct table *table, const struct evaluation_set *set,
                                    unsigned groups, struct error *error);

struct run_table {
    const char *name, *help;
    bool grouped;                 /* whether it heeds the groups */
    run_table_maker *make;        /* null where there is `fill` */
    unsigned groups;              /* those it has unless asked otherwise */
    evaluation_table_maker *fill; /* null: it is made of more than evaluations */
    bool by_rows; /* over seeds, table_over_seeds puts the tables of runs together */
};
/* Made from the record in well under 50 ms for an ordinary run, whatever its length, but for
 * `curves`, which lists every step. */
const struct run_table *run_tables(size_t *count);
/* Makes the table, all of it from one state of the record, whoever writes to it meanwhile. The
 * store is open for reading (STORE_READ), with no reading begun. Errors as the maker's. */
bool run_table_make(struct table *table, const struct run_table *kind, struct store *store,
                    unsigned groups, struct error *error) __attribute__((warn_unused_result));
/* The same within a reading that is begun (store_begin_reading). */
bool run_table_read(struct table *table, const struct run_table *kind, struct store *store,
                    unsigned groups, struct error *error) __attribute__((warn_unused_result));
/* Null with *error set (ERROR_USAGE, the nearest name offered). */
const struct run_table *run_table_find(const char *name, struct error *error);

/* From that table of runs [count] that differ in nothing but their seed: the rows that all have,
 * with the mean, interval and deviation over the seeds of the runs' `mse`. `all`: their evaluations
 * as one (evaluation_set_over_runs). kind is by_rows. ERROR_DATA: there are no such rows. The
 * caller releases the table if true. */
bool table_over_seeds(struct table *table, const struct run_table *kind, const struct table *runs,
                      int count, const struct evaluation_set *all, struct error *error);

/* The table `matrix` straight from an evaluation of models at `step`, made by the plan of `config`,
 * with which they were trained; names[models] are theirs. */
bool evaluation_table(struct table *table, const struct evaluation *evaluation,
                      const struct config *config, const struct mae_shape *shape,
                      const char *const *names, int64_t step, struct error *error);

#endif
