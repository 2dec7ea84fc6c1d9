/* Mask strategies: where the hidden patches lie, given how many.
 *
 * Each strategy is one file with one row in the registry (registry.c). A strategy is a pure
 * function of its request: same (grid, hidden, parameters, random) same mask, from any thread. It
 * gives exactly `hidden` hidden patches for every grid from 1x2 up and every 1 <= hidden <= L - 1,
 * and it ends.
 */
#ifndef MASKSCOPE_MASK_STRATEGY_H
#define MASKSCOPE_MASK_STRATEGY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/node.h"
#include "base/random.h"
#include "base/setting.h"
#include "mask/schedule.h"

enum { MASK_PARAMETER_LIMIT = 8, MASK_PATCH_LIMIT = 128 * 128 };

struct mask_request {
    int grid_height, grid_width;
    int hidden;               /* M: how many patches to hide */
    const double *parameters; /* the values of the strategy's rows, schedules already applied */
    struct random *random;    /* at the start of this image's stream */
    uint8_t *scratch; /* strategy->scratch_size(L) bytes, 16-byte aligned, contents undefined */
};

struct strategy {
    const char *name, *help, *source;
    /* Rows of type REAL, INT or CHOICE; offset is unused: a parameter is its row's index. */
    const struct setting *parameters;
    size_t parameter_count;
    size_t (*scratch_size)(int patches); /* null: none */
    /* Writes mask [grid_height * grid_width]: 1 hidden, 0 visible. */
    void (*draw)(const struct mask_request *request, uint8_t *mask);
};

/* The registry, in the order in which strategies are listed; *count is set. */
const struct strategy *const *strategies(size_t *count);
/* Null with *error set (ERROR_DATA, the nearest name offered). */
const struct strategy *strategy_find(const char *name, struct error *error);

/* A strategy with its parameters, each a schedule over training progress. Plain data: copy it by
 * assignment. */
struct strategy_choice {
    const struct strategy *strategy;
    struct schedule parameters[MASK_PARAMETER_LIMIT];
};

/* "block", "block:min_area=4", {strategy: block, min_area: 4}; parameters not given have their
 * defaults. ERROR_DATA with the nearest name for an unknown strategy or parameter. */
bool strategy_choice_read(struct strategy_choice *choice, const struct node *node,
                          struct error *error);
bool strategy_choice_parse(struct strategy_choice *choice, const char *text, struct error *error);
/* Appends the short form, with only the parameters that differ from their defaults. */
void strategy_choice_write(const struct strategy_choice *choice, struct text *text);
/* The parameters at this progress: what mask_request.parameters points to. INT and CHOICE rows give
 * whole numbers. */
void strategy_choice_at(const struct strategy_choice *choice, double progress,
                        double parameters[MASK_PARAMETER_LIMIT]);

#endif
