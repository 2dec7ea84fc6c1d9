/* A folder of JPEG and PNG files, the way the classification sets are laid out:
 *
 *   train/CLASS/.../NAME.JPEG and val/CLASS/.../NAME.JPEG
 *   CLASS/.../NAME.jpg, with or without val/
 *   NAME.png, without labels
 *
 * Where there is no held-out folder, a twentieth of the images is drawn from the seed. Classes are
 * called as a list beside the folders says (class_names.h), else by their folders.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/random.h"
#include "data/class_names.h"
#include "data/decode.h"
#include "data/kinds.h"
#include "data/listing.h"

enum { HELD_OUT_SHARE = 20 };
#define TRAIN_FOLDER   "train"
#define HOLDOUT_FOLDER "val"

struct folder {
    struct listing listing;
    char **class_names;        /* [listing.class_count]; in the listing's arena, as its texts */
    char root[FILE_PATH_SIZE]; /* of the listing */
    size_t split_off;          /* images drawn for the other split */
};

/* Where the images of both splits are. */
struct layout {
    char train[FILE_PATH_SIZE], holdout[FILE_PATH_SIZE];
    const char *holdout_name;
    bool has_holdout; /* a folder of its own */
    bool nested;      /* the held-out folder lies in the training one */
};

static bool find_layout(const struct source_settings *settings, struct layout *layout,
                        struct error *error)
{
    const char *path = settings->path ? settings->path : "";
    struct stat status;
    if (!path[0])
        return error_set(error, ERROR_INPUT, "no folder of images is named (data.path)");
    if (stat(path, &status) != 0)
        return error_set_errno(error, ERROR_INPUT, "%s", path);
    if (!S_ISDIR(status.st_mode))
        return error_set(error, ERROR_INPUT, "%s: not a folder", path);
    layout->holdout_name =
        settings->holdout && settings->holdout[0] ? settings->holdout : HOLDOUT_FOLDER;
    if (!file_join(layout->train, sizeof layout->train, path, TRAIN_FOLDER, error) ||
        !file_join(layout->holdout, sizeof layout->holdout, path, layout->holdout_name, error))
        return false;
    layout->has_holdout = file_is_folder(layout->holdout);
    layout->nested = !file_is_folder(layout->train);
    if (layout->nested)
        text_copy(layout->train, sizeof layout->train, path);
    return true;
}

/* Keeps the images of one split: `held_out` of them are drawn, the same whichever is asked for. */
static bool keep_split(struct listing *listing, uint64_t seed, enum source_split split,
                       struct error *error)
{
    size_t count = listing->count, kept = 0;
    size_t held_out = count / HELD_OUT_SHARE ? count / HELD_OUT_SHARE : 1;
    uint32_t *order = memory_new(count, sizeof *order, error);
    bool *is_held_out = memory_new(count, sizeof *is_held_out, error);
    bool good = order && is_held_out;
    if (good) {
        for (size_t i = 0; i < count; i++)
            order[i] = (uint32_t)i;
        struct random random = random_begin(seed, RANDOM_HOLDOUT, 0, 0);
        random_shuffle(&random, order, (uint32_t)count);
        for (size_t i = 0; i < held_out; i++)
            is_held_out[order[i]] = true;
        for (size_t i = 0; i < count; i++)
            if (is_held_out[i] == (split == SOURCE_HOLDOUT))
                listing->images[kept++] = listing->images[i];
        listing->count = kept;
    }
    free(order);
    free(is_held_out);
    return good;
}

static bool list_split(struct folder *folder, const struct layout *layout, uint64_t seed,
                       enum source_split split, struct log *log, struct error *error)
{
    struct listing *listing = &folder->listing;
    bool own = split == SOURCE_HOLDOUT && layout->has_holdout;
    const char *except = layout->nested && layout->has_holdout ? layout->holdout_name : NULL;
    text_copy(folder->root, sizeof folder->root, own ? layout->holdout : layout->train);
    if (!listing_find_classes(listing, layout->train, except, error) ||
        !listing_find_images(listing, folder->root, own ? NULL : except, log, error))
        return false;
    if (listing->count == 0)
        return listing_refuse_empty(listing, folder->root, error);
    if (listing->count > UINT32_MAX)
        return error_set(error, ERROR_DATA, "%s: %zu images are too many", folder->root,
                         listing->count);
    if (layout->has_holdout)
        return true;
    if (listing->count == 1)
        return error_set(error, ERROR_DATA,
                         "%s: a single image, of which none can be held out (a folder %s with "
                         "others would do)",
                         folder->root, layout->holdout_name);
    size_t all = listing->count;
    if (!keep_split(listing, seed, split, error))
        return false;
    folder->split_off = all - listing->count;
    return true;
}

static bool name_classes(struct folder *folder, const char *path, struct log *log,
                         struct error *error)
{
    struct listing *listing = &folder->listing;
    folder->class_names = arena_alloc(&listing->arena, (size_t)listing->class_count,
                                      sizeof *folder->class_names, error);
    return folder->class_names &&
           class_names_read(path, listing->classes, listing->class_count, &listing->arena,
                            folder->class_names, log, error);
}

static void folder_free(struct folder *folder)
{
    listing_release(&folder->listing);
    free(folder);
}

static bool folder_open(struct source *source, const struct source_settings *settings,
                        enum source_split split, struct log *log, struct error *error)
{
    struct layout layout;
    struct folder *folder = memory_new(1, sizeof *folder, error);
    if (!folder)
        return false;
    if (!find_layout(settings, &layout, error) ||
        !list_split(folder, &layout, settings->seed, split, log, error) ||
        !name_classes(folder, settings->path, log, error)) {
        folder_free(folder);
        return false;
    }
    source->state = folder;
    source->count = folder->listing.count;
    source->split_off = folder->split_off;
    source->class_count = folder->listing.class_count;
    source->class_names = folder->class_names;
    /* The order follows from the names, so a sum over the images tells them all. */
    for (size_t i = 0; i < source->count; i++)
        source->digest += folder->listing.images[i].hash;
    return true;
}

static void folder_close(struct source *source)
{
    folder_free(source->state);
}

static bool folder_read(const struct source *source, size_t index, int min_width, int min_height,
                        struct image *image, struct error *error)
{
    const struct folder *folder = source->state;
    const struct decode_request request = {min_width, min_height, source->settings.exif};
    char path[FILE_PATH_SIZE];
    return file_join(path, sizeof path, folder->root, folder->listing.images[index].name, error) &&
           decode_file(path, &request, image, error);
}

static const char *folder_name_of(const struct source *source, size_t index, char *buffer,
                                  size_t size)
{
    (void)buffer;
    (void)size;
    const struct folder *folder = source->state;
    return folder->listing.images[index].name;
}

static int folder_label_of(const struct source *source, size_t index)
{
    const struct folder *folder = source->state;
    return folder->listing.images[index].label;
}

const struct source_kind source_folder = {
    .name = "folder",
    .help = "JPEG and PNG files: train/CLASS/NAME and val/CLASS/NAME, CLASS/NAME, or just NAME",
    .open = folder_open,
    .close = folder_close,
    .read = folder_read,
    .name_of = folder_name_of,
    .label_of = folder_label_of,
};
