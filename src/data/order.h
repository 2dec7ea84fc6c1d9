/* The order in which an epoch shows its images: a permutation drawn from (seed, RANDOM_ORDER,
 * epoch). Private to src/data.
 */
#ifndef MASKSCOPE_DATA_ORDER_H
#define MASKSCOPE_DATA_ORDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

struct epoch_order {
    int64_t epoch;    /* -1: none yet */
    uint32_t *images; /* [image_count] */
};

/* The orders of the latest `held` epochs that were drawn. All-zero is empty. */
struct epoch_orders {
    uint64_t seed;
    size_t image_count;
    int64_t held;
    struct epoch_order *orders; /* epoch e is in orders[e % held] */
};

bool epoch_orders_init(struct epoch_orders *orders, size_t image_count, uint64_t seed, int64_t held,
                       struct error *error);
void epoch_orders_release(struct epoch_orders *orders);
/* Draws the epoch's order unless it is there; that of epoch - held is gone then. */
void epoch_orders_draw(struct epoch_orders *orders, int64_t epoch);
/* The order of an epoch that was drawn: [image_count]. */
const uint32_t *epoch_orders_get(const struct epoch_orders *orders, int64_t epoch);

#endif
