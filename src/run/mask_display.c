#include "run/mask_display.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

static size_t display_patches(const struct mask_display *display)
{
    return (size_t)display->grid_height * (size_t)display->grid_width;
}

bool mask_display_init(struct mask_display *display, int grid_height, int grid_width,
                       struct error *error)
{
    *display = (struct mask_display){
        .grid_height = grid_height,
        .grid_width = grid_width,
        .histogram = coverage_histogram(grid_height * grid_width, MASK_RATIO_BINS),
    };
    size_t patches = display_patches(display);
    if ((display->masks = memory_new(MASK_EXAMPLES, patches, error)) &&
        (display->inclusion = memory_new(patches, sizeof *display->inclusion, error)))
        return true;
    mask_display_release(display);
    return false;
}

void mask_display_release(struct mask_display *display)
{
    free(display->masks);
    free(display->inclusion);
    *display = (struct mask_display){0};
}

void mask_display_copy(struct mask_display *to, const struct mask_display *from)
{
    if (to->version == from->version)
        return;
    struct mask_display kept = *to;
    size_t patches = display_patches(from);
    *to = *from;
    to->masks = kept.masks;
    to->inclusion = kept.inclusion;
    memcpy(to->masks, from->masks, (size_t)from->examples * patches);
    memcpy(to->inclusion, from->inclusion, patches * sizeof *to->inclusion);
}

static size_t watch_patches(const struct mask_watch *watch)
{
    return (size_t)watch->coverage.grid_height * (size_t)watch->coverage.grid_width;
}

bool mask_watch_init(struct mask_watch *watch, int grid_height, int grid_width, struct error *error)
{
    *watch = (struct mask_watch){0};
    if (coverage_init(&watch->coverage, grid_height, grid_width, error) &&
        (watch->masks = memory_new(MASK_EXAMPLES, watch_patches(watch), error)))
        return true;
    mask_watch_release(watch);
    return false;
}

void mask_watch_release(struct mask_watch *watch)
{
    coverage_release(&watch->coverage);
    free(watch->masks);
    *watch = (struct mask_watch){0};
}

void mask_watch_clear(struct mask_watch *watch, int64_t step)
{
    if (!watch->masks)
        return;
    coverage_clear(&watch->coverage);
    watch->since = step;
    watch->examples = 0;
    watch->changed = true;
}

void mask_watch_add(struct mask_watch *watch, const uint8_t *masks, int images)
{
    if (!watch->masks)
        return;
    size_t patches = watch_patches(watch);
    watch->examples = images < MASK_EXAMPLES ? images : MASK_EXAMPLES;
    memcpy(watch->masks, masks, (size_t)watch->examples * patches);
    for (int i = 0; i < images && i < MASK_WATCHED; i++)
        coverage_add(&watch->coverage, masks + (size_t)i * patches);
    watch->changed = true;
}

void mask_watch_show(struct mask_watch *watch, struct mask_display *display)
{
    if (!watch->masks || !watch->changed)
        return;
    size_t patches = watch_patches(watch);
    const struct coverage *coverage = &watch->coverage;
    display->version++;
    display->since = watch->since;
    display->examples = watch->examples;
    display->measures = coverage_measure(coverage);
    memcpy(display->masks, watch->masks, (size_t)watch->examples * patches);
    coverage_ratios(coverage, &display->histogram, display->ratios);
    for (size_t i = 0; i < patches; i++)
        display->inclusion[i] =
            coverage->masks > 0 ? (float)coverage->inclusion[i] / (float)coverage->masks : 0;
    watch->changed = false;
}
