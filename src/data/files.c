/* Named files as a source: for pictures that a person points at. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memory.h"
#include "data/decode.h"
#include "data/listing.h"
#include "data/source.h"

struct files {
    char **paths; /* [source->count] */
};

static void files_close(struct source *source)
{
    struct files *files = source->state;
    for (size_t i = 0; files && files->paths && i < source->count; i++)
        free(files->paths[i]);
    if (files)
        free(files->paths);
    free(files);
}

static bool files_read(const struct source *source, size_t index, int min_width, int min_height,
                       struct image *image, struct error *error)
{
    const struct files *files = source->state;
    struct decode_request request = {min_width, min_height, source->settings.exif};
    return decode_file(files->paths[index], &request, image, error);
}

static const char *files_name(const struct source *source, size_t index, char *buffer, size_t size)
{
    (void)buffer;
    (void)size;
    const struct files *files = source->state;
    return files->paths[index];
}

static int files_label(const struct source *source, size_t index)
{
    (void)source;
    (void)index;
    return -1;
}

static const struct source_kind source_files = {
    .name = "files",
    .help = "files named one by one",
    .close = files_close,
    .read = files_read,
    .name_of = files_name,
    .label_of = files_label,
};

static bool copy_paths(struct source *source, const char *const *paths, size_t count,
                       struct error *error)
{
    struct files *files = source->state = memory_new(1, sizeof *files, error);
    if (!files || !(files->paths = memory_new(count, sizeof *files->paths, error)))
        return false;
    for (; source->count < count; source->count++) {
        files->paths[source->count] = strdup(paths[source->count]);
        if (!files->paths[source->count])
            return error_set(error, ERROR_SYSTEM, "out of memory");
    }
    return true;
}

struct source *source_open_files(const char *const *paths, size_t count, bool exif,
                                 struct error *error)
{
    struct source *source = memory_new(1, sizeof *source, error);
    if (!source)
        return NULL;
    source->kind = &source_files;
    source->settings.kind = source_files.name;
    source->settings.exif = exif;
    if (copy_paths(source, paths, count, error))
        return source;
    source_close(source);
    return NULL;
}

/* The listing's images as paths, in its arena; null with *error set. */
static const char **whole_paths(struct listing *listing, const char *root, struct error *error)
{
    const char **paths = arena_alloc(&listing->arena, listing->count, sizeof *paths, error);
    char path[FILE_PATH_SIZE];
    for (size_t i = 0; paths && i < listing->count; i++)
        if (!file_join(path, sizeof path, root, listing->images[i].name, error) ||
            !(paths[i] = arena_text(&listing->arena, path, strlen(path), error)))
            return NULL;
    return paths;
}

struct source *source_open_below(const char *path, bool exif, struct log *log, struct error *error)
{
    struct listing listing = {0};
    struct source *source = NULL;
    const char **paths;
    if (access(path, R_OK) != 0) {
        error_set_errno(error, ERROR_INPUT, "%s", path);
        return NULL;
    }
    if (!file_is_folder(path))
        return source_open_files(&path, 1, exif, error);
    if (listing_find_images(&listing, path, NULL, log, error) &&
        (listing.count > 0 || listing_refuse_empty(&listing, path, error)) &&
        (paths = whole_paths(&listing, path, error)))
        source = source_open_files(paths, listing.count, exif, error);
    listing_release(&listing);
    return source;
}
