#include <stdlib.h>
#include <time.h>

#include "base/memory.h"
#include "data/loader_private.h"

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
    struct slot *slot = loader_slot(loader, loader->next_step);
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
    loader_slot(loader, batch->step)->state = SLOT_FREE;
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
        broken_ledger_init(&loader->ledger, source->count, error) && loader_start(loader, error))
        return loader;
    loader_free(loader);
    return NULL;
}

void loader_free(struct loader *loader)
{
    if (!loader)
        return;
    loader_stop(loader);
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
