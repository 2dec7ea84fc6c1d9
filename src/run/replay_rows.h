/* Rows of an evaluation, of whatever kind, in one form in which two records can be compared. Used
 * by replay_compare.c alone. */
#ifndef MASKSCOPE_RUN_REPLAY_ROWS_H
#define MASKSCOPE_RUN_REPLAY_ROWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/memory.h"
#include "run/store.h"

enum { REPLAY_ROW_VALUES = 3 };

/* What tells rows apart, and what they say. */
struct replay_row {
    const char *strategy;
    double ratio;
    int64_t place; /* an image, or a position */
    int part;      /* which mask, or distance */
    double values[REPLAY_ROW_VALUES];
};

/* All-zero is empty. */
struct replay_rows {
    struct arena texts;
    struct replay_row *items; /* in ascending order */
    size_t count, capacity;
    bool failed;
};
void replay_rows_release(struct replay_rows *rows);

/* Images under masks, errors by distance, errors by position. */
struct replay_row_kind {
    const char *place, *part; /* "image", "mask"; part null: there is none */
    const char *names[REPLAY_ROW_VALUES];
    int values;
    bool profile; /* of those that records of older versions lack (store_first_profile) */
    bool (*read)(struct replay_rows *rows, struct store *store, int arm, int64_t step,
                 struct error *error);
};
const struct replay_row_kind *replay_row_kinds(size_t *count);

/* Replaces the contents by the rows of the arm's evaluation at that step; none for arm -1. */
bool replay_rows_read(struct replay_rows *rows, const struct replay_row_kind *kind,
                      struct store *store, int arm, int64_t step, struct error *error);
/* Negative: a comes first; 0: they belong together. */
int replay_row_order(const struct replay_row *a, const struct replay_row *b);
/* "mse of image 7, mask 0 under random 0.75" */
void replay_row_write(const struct replay_row_kind *kind, const struct replay_row *row,
                      const char *what, char *out, size_t size);

/* The steps from `from` to `until` at which the arm was evaluated, ascending; the caller frees
 * items. */
struct replay_steps {
    int64_t *items;
    size_t count, capacity;
    int64_t until;
    bool failed;
};
bool replay_steps_read(struct replay_steps *steps, struct store *store, int arm, int64_t from,
                       int64_t until, struct error *error);

#endif
