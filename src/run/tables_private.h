/* What the files of tables.h share. Private to them.
 *
 *   tables.c             the registry, and the names of a record's arms
 *   tables_evaluation.c  the tables made from evaluations
 *   tables_record.c      the tables that list the record as it is
 */
#ifndef MASKSCOPE_RUN_TABLES_PRIVATE_H
#define MASKSCOPE_RUN_TABLES_PRIVATE_H

#include "base/memory.h"
#include "run/tables.h"

enum { TABLE_ARM_LIMIT = 256 };

/* By id in the record; null where there is none. All-zero is empty. */
struct arm_names {
    struct arena arena; /* holds the names */
    const char *names[TABLE_ARM_LIMIT];
    const char *kinds[TABLE_ARM_LIMIT]; /* "arm", "baseline" */
};
bool arm_names_read(struct arm_names *arms, struct store *store, struct error *error);
void arm_names_release(struct arm_names *arms);
/* "" for an id that is not there. */
const char *arm_name(const struct arm_names *arms, int id);

bool table_make_matrix(struct table *table, struct store *store, struct error *error);
bool table_make_arms(struct table *table, struct store *store, struct error *error);
bool table_make_curves(struct table *table, struct store *store, struct error *error);
bool table_make_events(struct table *table, struct store *store, struct error *error);

#endif
