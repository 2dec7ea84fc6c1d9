/* What the loader is made of. Private to src/data.
 *
 * Threads (loader_work.c) claim one image after another, in the order of the batches, and make them
 * in the batches' slots; the consumer (loader.c) takes batches in the same order and gives their
 * slots back.
 */
#ifndef MASKSCOPE_DATA_LOADER_PRIVATE_H
#define MASKSCOPE_DATA_LOADER_PRIVATE_H

#include <pthread.h>

#include "data/broken.h"
#include "data/loader.h"
#include "data/order.h"

enum slot_state { SLOT_FREE, SLOT_FILLING, SLOT_READY, SLOT_TAKEN };

/* Room for one batch. Batch number `step` is always made in slot step % slot_count. */
struct slot {
    struct loader_batch batch;
    enum slot_state state;
    int done;                  /* positions */
    struct broken_list broken; /* in the order in which threads met them */
    bool failed;               /* a position found no image */
    struct error error;
};

struct loader {
    const struct source *source;
    struct loader_settings settings;
    struct log *log;
    int64_t epoch_steps;

    pthread_mutex_t mutex;
    pthread_cond_t room, ready; /* for the threads, for the consumer */
    /* Under the mutex, as are the slots; a slot that is being filled is its fillers' own, but for
     * its counts and its broken images. */
    bool stopping;
    int64_t claim_step; /* the next image to make: its batch, */
    int claim_position; /* and its place there */
    double waited;
    int64_t broken_count;

    struct slot *slots;
    int slot_count;
    struct epoch_orders orders;

    /* The consumer's own. */
    int64_t next_step;
    struct broken_ledger ledger;
    struct error error; /* what ended the run of batches, if its code is set */

    pthread_t *threads;
    int thread_count;
};

static inline struct slot *loader_slot(struct loader *loader, int64_t step)
{
    return &loader->slots[step % loader->slot_count];
}

/* Starts settings.threads threads; after an error some may run. loader_stop ends them and waits for
 * them. The consumer's thread. */
bool loader_start(struct loader *loader, struct error *error);
void loader_stop(struct loader *loader);

#endif
