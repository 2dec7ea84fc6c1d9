/* Whose turn it is with three slots between one writer and one reader: one being written, one in
 * the middle, one being read. Handing over and taking are one atomic exchange each, so the writer
 * never waits, the reader never sees a half-written slot, and a slow reader just misses some.
 *
 * The slots themselves are the user's: an array of TRIPLE_SLOTS of whatever is handed over.
 */
#ifndef MASKSCOPE_BASE_TRIPLE_H
#define MASKSCOPE_BASE_TRIPLE_H

#include <stdatomic.h>
#include <stdbool.h>

enum { TRIPLE_SLOTS = 3, TRIPLE_FRESH = 4 };

struct triple {
    int written; /* the writer's slot */
    int read;    /* the reader's slot */
    atomic_int
        between; /* the slot in the middle, plus TRIPLE_FRESH if the reader has not seen it */
};

static inline void triple_init(struct triple *triple)
{
    triple->written = 0;
    triple->read = 1;
    atomic_init(&triple->between, 2);
}

/* Writer: what lies in the slot `written` is the newest now; another slot is to be written next. */
static inline void triple_publish(struct triple *triple)
{
    int middle = atomic_exchange_explicit(&triple->between, triple->written | TRIPLE_FRESH,
                                          memory_order_acq_rel);
    triple->written = middle & ~TRIPLE_FRESH;
}

/* Reader: `read` becomes the newest slot; false if it is already. */
static inline bool triple_take(struct triple *triple)
{
    if (!(atomic_load_explicit(&triple->between, memory_order_relaxed) & TRIPLE_FRESH))
        return false;
    int middle = atomic_exchange_explicit(&triple->between, triple->read, memory_order_acq_rel);
    triple->read = middle & ~TRIPLE_FRESH;
    return true;
}

#endif
