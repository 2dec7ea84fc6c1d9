/* Rows drawn class by class. */
#ifndef MASKSCOPE_PROBE_SUBSET_H
#define MASKSCOPE_PROBE_SUBSET_H

#include <stdint.h>

#include "probe/rows.h"

/* Copies of rows; all-zero is empty. */
struct subset {
    float *values; /* [count, dim], owned */
    int *labels;   /* [count], owned */
    size_t count, dim;
};
void subset_release(struct subset *subset);
struct probe_rows subset_rows(const struct subset *subset);

/* Of each class a fifth, at least one where it has two, is held back; the rest is to fit. Drawn
 * from the seed. ERROR_SYSTEM; the caller releases both in any case. */
bool subset_split(struct subset *fit, struct subset *held_back, const struct probe_rows *rows,
                  int classes, uint64_t seed, struct error *error)
    __attribute__((warn_unused_result));

/* `each` rows of each class that occurs, drawn from the seed: those of a smaller number are among
 * those of a larger. *lacking is a class that has fewer, with *error unset, or -1. The caller
 * releases *subset in any case. */
bool subset_draw(struct subset *subset, const struct probe_rows *rows, int classes, size_t each,
                 uint64_t seed, int *lacking, struct error *error)
    __attribute__((warn_unused_result));
/* How many rows a class has. */
size_t rows_of_class(const struct probe_rows *rows, int label);

#endif
