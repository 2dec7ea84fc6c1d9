#include "run/pictures.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

static const struct {
    const char *name, *label;
} displays[] = {
    [PIXELS_NEIGHBOURS] = {"neighbours",
                           "normalised pixels, shown with the visible neighbours' mean and spread"},
    [PIXELS_RAW] = {"raw", "normalised pixels as they are: every patch about its own mean"},
    [PIXELS_ORACLE] = {"oracle", "oracle: uses the hidden patches' true mean and variance"},
};
static_assert(ARRAY_LENGTH(displays) == PIXELS_DISPLAYS, "a display of pixels has no name");

const char *pixel_display_name(int display)
{
    return display >= 0 && display < PIXELS_DISPLAYS ? displays[display].name : NULL;
}

const char *pixel_display_label(enum pixel_display display)
{
    return displays[display].label;
}

/* Bytes of each part of a gallery, for `arms` arms. */
struct gallery_sizes {
    size_t names, labels, classes, original, mask, prediction, patch_mse, mse;
};

static struct gallery_sizes gallery_sizes(const struct gallery *gallery, int images, int arms)
{
    size_t picture = (size_t)gallery->width * (size_t)gallery->height * 3;
    size_t rows = (size_t)images, cells = rows * (size_t)arms;
    size_t patches = cells * (size_t)gallery->patches;
    return (struct gallery_sizes){rows * sizeof *gallery->names,
                                  rows * sizeof *gallery->labels,
                                  rows * sizeof *gallery->classes,
                                  rows * picture,
                                  patches,
                                  cells * picture,
                                  patches * sizeof *gallery->patch_mse,
                                  cells * sizeof *gallery->mse};
}

bool gallery_init(struct gallery *gallery, const struct mae_shape *shape, int images, int arms,
                  struct error *error)
{
    *gallery = (struct gallery){.width = shape->image_width,
                                .height = shape->image_height,
                                .patch = shape->patch,
                                .patches = mae_patches(shape),
                                .norm_pix = shape->norm_pix,
                                .step = -1};
    struct gallery_sizes sizes = gallery_sizes(gallery, images, arms);
    bool good = (gallery->names = memory_new(sizes.names, 1, error)) &&
                (gallery->labels = memory_new(sizes.labels, 1, error)) &&
                (gallery->classes = memory_new(sizes.classes, 1, error)) &&
                (gallery->original = memory_new(sizes.original, 1, error)) &&
                (gallery->mask = memory_new(sizes.mask, 1, error)) &&
                (gallery->prediction = memory_new(sizes.prediction, 1, error)) &&
                (gallery->patch_mse = memory_new(sizes.patch_mse, 1, error)) &&
                (gallery->mse = memory_new(sizes.mse, 1, error));
    if (!good)
        gallery_release(gallery);
    return good;
}

void gallery_release(struct gallery *gallery)
{
    free(gallery->names);
    free(gallery->labels);
    free(gallery->classes);
    free(gallery->original);
    free(gallery->mask);
    free(gallery->prediction);
    free(gallery->patch_mse);
    free(gallery->mse);
    *gallery = (struct gallery){0};
}

void gallery_copy(struct gallery *to, const struct gallery *from)
{
    if (to->version == from->version)
        return;
    struct gallery kept = *to;
    *to = *from;
    to->names = kept.names;
    to->labels = kept.labels;
    to->classes = kept.classes;
    to->original = kept.original;
    to->mask = kept.mask;
    to->prediction = kept.prediction;
    to->patch_mse = kept.patch_mse;
    to->mse = kept.mse;
    struct gallery_sizes sizes = gallery_sizes(from, from->images, from->arms);
    memcpy(to->names, from->names, sizes.names);
    memcpy(to->labels, from->labels, sizes.labels);
    memcpy(to->classes, from->classes, sizes.classes);
    memcpy(to->original, from->original, sizes.original);
    memcpy(to->mask, from->mask, sizes.mask);
    memcpy(to->prediction, from->prediction, sizes.prediction);
    memcpy(to->patch_mse, from->patch_mse, sizes.patch_mse);
    memcpy(to->mse, from->mse, sizes.mse);
}
