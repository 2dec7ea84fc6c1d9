/* What evaluation_set_runs.c and evaluation_set_join.c share: what several runs have in common. */
#ifndef MASKSCOPE_RUN_EVALUATION_SET_PRIVATE_H
#define MASKSCOPE_RUN_EVALUATION_SET_PRIVATE_H

#include "run/evaluation_set.h"

/* The number of the predictor, the cell, the unit; -1: the set has none such. */
int evaluation_set_find_arm(const struct evaluation_set *set, const char *name, bool baseline);
int evaluation_set_find_cell(const struct evaluation_set *set, const struct evaluation_key *key);
ptrdiff_t evaluation_set_find_unit(const struct evaluation_set *set, int64_t id);

/* *name: a copy of the text, which the set owns. ERROR_SYSTEM. */
bool evaluation_set_copy_name(struct evaluation_set *set, const char **name, const char *text,
                              struct error *error);

/* Numbers of the first run's predictors and cells that all runs have. All-zero is empty. */
struct evaluation_common {
    int *arms, *cells;
    int arm_count, cell_count;
};
/* ERROR_DATA: there is no predictor, or no cell; what there is, is known. To be released either
 * way. */
bool evaluation_common_find(struct evaluation_common *common, const struct evaluation_set *runs,
                            int count, struct error *error);
void evaluation_common_release(struct evaluation_common *common);
/* Names the set's cells after the first run's that are common. ERROR_SYSTEM. */
bool evaluation_common_name_cells(struct evaluation_set *set, const struct evaluation_set *first,
                                  const struct evaluation_common *common, struct error *error);

#endif
