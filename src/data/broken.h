/* Images that could not be read: noted by the threads that meet them, then counted, named once and
 * judged by the one consumer, batch by batch, so that nothing depends on the threads. Private to
 * src/data.
 */
#ifndef MASKSCOPE_DATA_BROKEN_H
#define MASKSCOPE_DATA_BROKEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/log.h"

struct broken {
    int position;   /* in the batch */
    uint32_t index; /* in the source */
    struct error error;
};

/* Those of one batch. All-zero is empty. */
struct broken_list {
    struct broken *items;
    size_t count, capacity;
};

/* False: out of memory. */
bool broken_list_add(struct broken_list *list, int position, uint32_t index,
                     const struct error *why);
void broken_list_release(struct broken_list *list);

struct broken_ledger {
    uint8_t *known; /* [image_count]: met before */
    int64_t image_count, tried, broken;
    struct error last; /* why the latest of them is broken */
};

bool broken_ledger_init(struct broken_ledger *ledger, size_t image_count, struct error *error);
void broken_ledger_release(struct broken_ledger *ledger);
/* Enters a batch of that many good images and the broken ones it met; names new ones in the log. */
void broken_ledger_enter(struct broken_ledger *ledger, struct broken_list *list, int images,
                         struct log *log);
/* False, with ERROR_DATA, when more than the share `limit` is broken, or when the last batch could
 * not be filled at all. */
bool broken_ledger_judge(const struct broken_ledger *ledger, double limit, bool unfilled,
                         struct error *error);

#endif
