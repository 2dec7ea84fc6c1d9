/* The loader's threads: which image each makes next, and how. */
#include <signal.h>
#include <string.h>

#include "base/memory.h"
#include "base/random.h"
#include "data/loader_private.h"

/* Images in a random order: so many broken in a row are no accident. */
enum { REPLACEMENT_TRIES = 32 };

static bool note_broken(struct loader *loader, struct slot *slot, int position, uint32_t index,
                        const struct error *why)
{
    pthread_mutex_lock(&loader->mutex);
    bool good = broken_list_add(&slot->broken, position, index, why);
    pthread_mutex_unlock(&loader->mutex);
    return good;
}

/* One image into its place. False: no image could be had, as *error says. Without the mutex: the
 * epoch's order stays as it is while one of its batches is being filled. */
static bool fill_position(struct loader *loader, struct slot *slot, int position,
                          struct view_scratch *scratch, struct error *error)
{
    const struct view_settings *view = &loader->settings.view;
    struct loader_batch *batch = &slot->batch;
    const uint32_t *order = epoch_orders_get(&loader->orders, batch->epoch);
    size_t count = loader->source->count;
    size_t first = (size_t)(batch->step % loader->epoch_steps) * (size_t)loader->settings.batch +
                   (size_t)position;
    size_t size = (size_t)view->width * (size_t)view->height * (size_t)view->channels;
    for (size_t i = 0; i < count && i < REPLACEMENT_TRIES; i++) {
        uint32_t index = order[(first + i) % count];
        struct random random =
            random_begin(loader->settings.seed, RANDOM_CROP, (uint32_t)batch->epoch, index);
        if (view_draw(loader->source, index, view, &random, scratch,
                      batch->pixels + (size_t)position * size, error)) {
            batch->indices[position] = index;
            batch->labels[position] = source_label(loader->source, index);
            return true;
        }
        if (error->code == ERROR_SYSTEM)
            return false;
        if (!note_broken(loader, slot, position, index, error))
            return error_set(error, ERROR_SYSTEM, "out of memory for a list of broken images");
    }
    return false;
}

static void begin_slot(struct loader *loader, struct slot *slot, int64_t step)
{
    slot->batch.step = step;
    slot->batch.epoch = step / loader->epoch_steps;
    slot->state = SLOT_FILLING;
    slot->done = 0;
    slot->broken.count = 0;
    slot->failed = false;
    epoch_orders_draw(&loader->orders, slot->batch.epoch);
}

/* The next image to make, waiting for room; false: the loader stops. With the mutex. */
static bool claim(struct loader *loader, struct slot **slot, int *position)
{
    while (!loader->stopping) {
        *slot = loader_slot(loader, loader->claim_step);
        if ((*slot)->state == SLOT_FREE)
            begin_slot(loader, *slot, loader->claim_step);
        /* A slot with images left to claim is the claimed step's own. */
        if ((*slot)->state == SLOT_FILLING && (*slot)->batch.step == loader->claim_step) {
            *position = loader->claim_position++;
            if (loader->claim_position == loader->settings.batch) {
                loader->claim_position = 0;
                loader->claim_step++;
            }
            return true;
        }
        pthread_cond_wait(&loader->room, &loader->mutex);
    }
    return false;
}

static void *work(void *context)
{
    struct loader *loader = context;
    struct view_scratch scratch = {0};
    struct slot *slot;
    int position;
    pthread_mutex_lock(&loader->mutex);
    while (claim(loader, &slot, &position)) {
        pthread_mutex_unlock(&loader->mutex);
        struct error error = {0};
        bool good = fill_position(loader, slot, position, &scratch, &error);
        pthread_mutex_lock(&loader->mutex);
        if (!good) {
            slot->failed = true;
            slot->error = error;
        }
        if (++slot->done == loader->settings.batch) {
            slot->state = SLOT_READY;
            pthread_cond_signal(&loader->ready);
        }
    }
    pthread_mutex_unlock(&loader->mutex);
    view_scratch_release(&scratch);
    return NULL;
}

bool loader_start(struct loader *loader, struct error *error)
{
    loader->threads = memory_new((size_t)loader->settings.threads, sizeof *loader->threads, error);
    if (!loader->threads)
        return false;
    /* Signals are for the main thread. */
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    bool good = true;
    while (good && loader->thread_count < loader->settings.threads) {
        int number = pthread_create(&loader->threads[loader->thread_count], NULL, work, loader);
        good = number == 0;
        if (good)
            loader->thread_count++;
        else
            error_set(error, ERROR_SYSTEM, "cannot start a loader thread: %s", strerror(number));
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return good;
}

void loader_stop(struct loader *loader)
{
    pthread_mutex_lock(&loader->mutex);
    loader->stopping = true;
    pthread_cond_broadcast(&loader->room);
    pthread_mutex_unlock(&loader->mutex);
    for (int i = 0; i < loader->thread_count; i++)
        pthread_join(loader->threads[i], NULL);
}
