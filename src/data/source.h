/* Where images come from. A source lists its images once, when it is opened, and then reads any of
 * them from any thread.
 *
 * A new kind is one file with one row in the registry (source.c).
 */
#ifndef MASKSCOPE_DATA_SOURCE_H
#define MASKSCOPE_DATA_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/log.h"
#include "data/cache.h"
#include "data/image.h"

enum source_split { SOURCE_TRAIN, SOURCE_HOLDOUT };

struct source_settings {
    const char *kind;    /* "scenes", "folder", "cifar" */
    const char *path;    /* folder, cifar: where the files are */
    const char *holdout; /* folder: name of the held-out subfolder ("val"); where there is none, a
                            fixed twentieth of the images (at least 1) is held out */
    uint64_t seed;
    int width, height; /* the size wanted: scenes are drawn a quarter larger, for crops; others take
                          it as a hint for decoding */
    int64_t count;     /* scenes: images in an epoch */
    bool exif;         /* apply the EXIF orientation */
};

struct source;

struct source_kind {
    const char *name, *help;
    /* Fills in count, classes, digest and state; leaves nothing behind when it fails. The settings
     * live as long as the source. close follows a good open only. */
    bool (*open)(struct source *source, const struct source_settings *settings,
                 enum source_split split, struct log *log, struct error *error);
    void (*close)(struct source *source);
    bool (*read)(const struct source *source, size_t index, int min_width, int min_height,
                 struct image *image, struct error *error);
    const char *(*name_of)(const struct source *source, size_t index, char *buffer, size_t size);
    int (*label_of)(const struct source *source, size_t index);
};

struct source {
    const struct source_kind *kind;
    struct source_settings settings; /* with copies of its texts */
    size_t count;                    /* images */
    size_t split_off;   /* images of the same folder that were drawn for the other split */
    int class_count;    /* 0: no labels */
    char **class_names; /* [class_count], owned by the source */
    uint64_t digest; /* of what the images are (names and sizes): two sources with the same digest
                        hold the same images in the same order */
    void *state;     /* the kind's own */
    struct picture_cache *cache; /* null: pictures are not kept */
};

/* The registry's rows, in the order of the setting data.source. */
const struct source_kind *const *source_kinds(size_t *count);

/* Null with *error set: ERROR_INPUT (no such folder), ERROR_DATA (no images, unknown kind). */
struct source *source_open(const struct source_settings *settings, enum source_split split,
                           struct log *log, struct error *error);
/* The files named, in that order: JPEG or PNG, read when asked for. Null with *error set. */
struct source *source_open_files(const char *const *paths, size_t count, bool exif,
                                 struct error *error);
/* Every image of that folder and those below it, none held out, or the one file. Likewise. */
struct source *source_open_below(const char *path, bool exif, struct log *log, struct error *error);
void source_close(struct source *source);
/* Keeps decoded pictures in that much memory from now on (0: none), for the same pixels at less
 * work: see data/cache.h. Before other threads read. ERROR_SYSTEM. */
bool source_keep(struct source *source, size_t bytes, struct error *error);
/* How much is kept; any thread. */
struct picture_cache_state source_kept(const struct source *source);

/* Decodes image `index` into *image (1, 3 or 4 channels, as stored). Where a decoder can scale
 * while decoding it may, as long as both sides stay at least twice min_width and min_height (0:
 * full size). Then image->width is less than image->full_width: crops are taken in relative
 * coordinates. ERROR_DATA names the file and what is wrong with it. Any thread. */
bool source_read(const struct source *source, size_t index, int min_width, int min_height,
                 struct image *image, struct error *error);
/* The class of an image, -1 where there is none. */
int source_label(const struct source *source, size_t index);
/* What to call it in messages (a path below the source's folder, "scene 17"); may use buffer. */
const char *source_name(const struct source *source, size_t index, char *buffer, size_t size);

#endif
