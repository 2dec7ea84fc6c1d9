/* The image files below a folder, and its class folders. Private to src/data.
 *
 * Names are paths below the folder, sorted bytewise, so that the order is the same on every machine
 * and file system. Links are followed, but not up to a folder that they lie in. What starts
 * with a dot, what is no regular file, and folders that cannot be read are left out. An image is a
 * file with a suffix of one, or without any suffix that begins as a JPEG or PNG file does.
 */
#ifndef MASKSCOPE_DATA_LISTING_H
#define MASKSCOPE_DATA_LISTING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/log.h"
#include "base/memory.h"

struct listing_image {
    const char *name; /* in the listing's arena */
    uint64_t hash;    /* of name and file size */
    int label;        /* index of the class; -1: none */
};

/* All-zero is empty. */
struct listing {
    struct arena arena;
    struct listing_image *images; /* [count], sorted by name */
    size_t count, capacity;
    char **classes; /* [class_count], sorted: the folder's subfolders; in the arena */
    int class_count;
    size_t class_capacity;
    size_t unreadable; /* folders */
};

/* The class folders of root, but for the one called `except` (null: none). */
bool listing_find_classes(struct listing *listing, const char *root, const char *except,
                          struct error *error);
/* The images below root but for those below `except`, labelled by the class folders found before.
 */
bool listing_find_images(struct listing *listing, const char *root, const char *except,
                         struct log *log, struct error *error);
/* Says that there is no image below root, and what was looked for (ERROR_DATA). Returns false. */
bool listing_refuse_empty(const struct listing *listing, const char *root, struct error *error);
void listing_release(struct listing *listing);

#endif
