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

run_table_maker table_make_matrix, table_make_arms, table_make_curves, table_make_events;

#endif
