#include "data/loader.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/memory.h"
#include "base/random.h"
#include "data/broken.h"
#include "data/order.h"

/* Images in a random order: so many broken in a row are no accident. */
enum { REPLACEMENT_TRIES = 32 };

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

static struct slot *slot_of(struct loader *loader, int64_t step)
{
    return &loader->slots[step % loader->slot_count];
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
        *slot = slot_of(loader, loader->claim_step);
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

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

/* Counts what is broken in a batch that is the consumer's. False: the batch cannot be used, or too
 * many images are broken. */
static bool judge(struct loader *loader, struct slot *slot)
{
    broken_ledger_enter(&loader->ledger, &slot->broken, slot->batch.images, loader->log);
    pthread_mutex_lock(&loader->mutex);
    loader->broken_count = loader->ledger.broken;
    pthread_mutex_unlock(&loader->mutex);
    if (slot->failed && slot->error.code == ERROR_SYSTEM) {
        loader->error = slot->error;
        return false;
    }
    return broken_ledger_judge(&loader->ledger, loader->settings.broken_limit, slot->failed,
                               &loader->error);
}

struct loader_batch *loader_next(struct loader *loader, struct error *error)
{
    if (loader->error.code) {
        *error = loader->error;
        return NULL;
    }
    struct slot *slot = slot_of(loader, loader->next_step);
    pthread_mutex_lock(&loader->mutex);
    if (slot->state != SLOT_READY) {
        double start = now();
        while (slot->state != SLOT_READY)
            pthread_cond_wait(&loader->ready, &loader->mutex);
        loader->waited += now() - start;
    }
    slot->state = SLOT_TAKEN;
    pthread_mutex_unlock(&loader->mutex);
    if (!judge(loader, slot)) {
        *error = loader->error;
        return NULL;
    }
    loader->next_step++;
    return &slot->batch;
}

void loader_return(struct loader *loader, struct loader_batch *batch)
{
    pthread_mutex_lock(&loader->mutex);
    slot_of(loader, batch->step)->state = SLOT_FREE;
    pthread_cond_broadcast(&loader->room);
    pthread_mutex_unlock(&loader->mutex);
}

static bool slots_new(struct loader *loader, struct error *error)
{
    const struct view_settings *view = &loader->settings.view;
    size_t images = (size_t)loader->settings.batch;
    size_t size = (size_t)view->width * (size_t)view->height * (size_t)view->channels;
    loader->slot_count = loader->settings.ahead + 1;
    loader->slots = memory_new((size_t)loader->slot_count, sizeof *loader->slots, error);
    if (!loader->slots)
        return false;
    for (int i = 0; i < loader->slot_count; i++) {
        struct loader_batch *batch = &loader->slots[i].batch;
        batch->images = loader->settings.batch;
        batch->pixels = memory_new(images * size, sizeof *batch->pixels, error);
        batch->indices = memory_new(images, sizeof *batch->indices, error);
        batch->labels = memory_new(images, sizeof *batch->labels, error);
        if (!batch->pixels || !batch->indices || !batch->labels)
            return false;
    }
    return true;
}

static bool start_threads(struct loader *loader, struct error *error)
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

static bool refuse_batch(const struct source *source, int batch, struct error *error)
{
    struct text count = {0};
    if (source->count == 1)
        text_append(&count, "is only 1 image");
    else
        text_append(&count, "are only %zu images", source->count);
    if (source->split_off)
        text_append(&count, " to train on (%zu more %s held out)", source->split_off,
                    source->split_off == 1 ? "is" : "are");
    error_set(error, ERROR_DATA, "a batch of %d images, but there %s", batch, text_of(&count));
    text_release(&count);
    return false;
}

struct loader *loader_new(const struct source *source, const struct loader_settings *settings,
                          int64_t first_step, struct log *log, struct error *error)
{
    bool fits =
        (size_t)settings->batch <= source->count || refuse_batch(source, settings->batch, error);
    struct loader *loader = fits ? memory_new(1, sizeof *loader, error) : NULL;
    if (!loader)
        return NULL;
    loader->source = source;
    loader->settings = *settings;
    loader->log = log;
    loader->epoch_steps = (int64_t)source->count / settings->batch;
    loader->claim_step = loader->next_step = first_step;
    pthread_mutex_init(&loader->mutex, NULL);
    pthread_cond_init(&loader->room, NULL);
    pthread_cond_init(&loader->ready, NULL);
    if (slots_new(loader, error) &&
        epoch_orders_init(&loader->orders, source->count, settings->seed,
                          (loader->slot_count - 1) / loader->epoch_steps + 2, error) &&
        broken_ledger_init(&loader->ledger, source->count, error) && start_threads(loader, error))
        return loader;
    loader_free(loader);
    return NULL;
}

static void stop_threads(struct loader *loader)
{
    pthread_mutex_lock(&loader->mutex);
    loader->stopping = true;
    pthread_cond_broadcast(&loader->room);
    pthread_mutex_unlock(&loader->mutex);
    for (int i = 0; i < loader->thread_count; i++)
        pthread_join(loader->threads[i], NULL);
}

void loader_free(struct loader *loader)
{
    if (!loader)
        return;
    stop_threads(loader);
    for (int i = 0; loader->slots && i < loader->slot_count; i++) {
        struct slot *slot = &loader->slots[i];
        free(slot->batch.pixels);
        free(slot->batch.indices);
        free(slot->batch.labels);
        broken_list_release(&slot->broken);
    }
    epoch_orders_release(&loader->orders);
    broken_ledger_release(&loader->ledger);
    pthread_cond_destroy(&loader->ready);
    pthread_cond_destroy(&loader->room);
    pthread_mutex_destroy(&loader->mutex);
    free(loader->slots);
    free(loader->threads);
    free(loader);
}

int64_t loader_epoch_steps(const struct loader *loader)
{
    return loader->epoch_steps;
}

double loader_waited(const struct loader *loader)
{
    pthread_mutex_t *mutex = (pthread_mutex_t *)(uintptr_t)&loader->mutex;
    pthread_mutex_lock(mutex);
    double waited = loader->waited;
    pthread_mutex_unlock(mutex);
    return waited;
}

int64_t loader_broken(const struct loader *loader)
{
    pthread_mutex_t *mutex = (pthread_mutex_t *)(uintptr_t)&loader->mutex;
    pthread_mutex_lock(mutex);
    int64_t broken = loader->broken_count;
    pthread_mutex_unlock(mutex);
    return broken;
}
