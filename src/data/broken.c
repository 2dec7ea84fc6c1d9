#include "data/broken.h"

#include <stdlib.h>

#include "base/memory.h"

enum {
    JUDGED_IMAGES = 100 /* before a share is judged, so that one early failure is no verdict */
};

bool broken_list_add(struct broken_list *list, int position, uint32_t index,
                     const struct error *why)
{
    void *items = memory_grow(list->items, list->count, &list->capacity, sizeof *list->items, NULL);
    if (!items)
        return false;
    list->items = items;
    list->items[list->count++] = (struct broken){position, index, *why};
    return true;
}

void broken_list_release(struct broken_list *list)
{
    free(list->items);
    *list = (struct broken_list){0};
}

bool broken_ledger_init(struct broken_ledger *ledger, size_t image_count, struct error *error)
{
    *ledger = (struct broken_ledger){.image_count = (int64_t)image_count};
    ledger->known = memory_new(image_count, sizeof *ledger->known, error);
    return ledger->known;
}

void broken_ledger_release(struct broken_ledger *ledger)
{
    free(ledger->known);
    *ledger = (struct broken_ledger){0};
}

static int compare_broken(const void *a, const void *b)
{
    const struct broken *left = a, *right = b;
    if (left->position != right->position)
        return left->position < right->position ? -1 : 1;
    return (left->index > right->index) - (left->index < right->index);
}

void broken_ledger_enter(struct broken_ledger *ledger, struct broken_list *list, int images,
                         struct log *log)
{
    ledger->tried += images + (int64_t)list->count;
    if (list->count == 0)
        return;
    qsort(list->items, list->count, sizeof *list->items, compare_broken);
    for (size_t i = 0; i < list->count; i++) {
        const struct broken *broken = &list->items[i];
        if (ledger->known[broken->index])
            continue;
        ledger->known[broken->index] = true;
        ledger->broken++;
        log_write(log, LOG_WARNING, "broken image, left out: %s", broken->error.message);
    }
    ledger->last = list->items[list->count - 1].error;
}

static int64_t least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

bool broken_ledger_judge(const struct broken_ledger *ledger, double limit, bool unfilled,
                         struct error *error)
{
    int64_t tried = ledger->tried, count = ledger->image_count;
    int64_t judged = least(tried > JUDGED_IMAGES ? tried : JUDGED_IMAGES, count);
    if (!unfilled && (double)ledger->broken <= limit * (double)judged)
        return true;
    return error_set(error, ERROR_DATA,
                     "%lld of the %lld images tried are broken, where %g%% are allowed; one of "
                     "them is %s",
                     (long long)ledger->broken, (long long)least(tried, count), 100 * limit,
                     ledger->last.message);
}
