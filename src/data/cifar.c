/* CIFAR-10 and CIFAR-100 in their binary form (A. Krizhevsky: Learning Multiple Layers of Features
 * from Tiny Images, 2009): files of records, each a label byte (CIFAR-100: a coarse one and the
 * fine one, which is used) and 1024 bytes each of red, green and blue, row by row.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/text.h"
#include "data/kinds.h"

enum {
    SIDE = 32,
    CHANNELS = 3,
    PLANE = SIDE * SIDE,
    PIXELS = CHANNELS * PLANE,
    FILE_LIMIT = 5, /* of one split */
    NAMES_LIMIT = 1 << 16
};

/* The two sets differ in what the files are called and in how many labels a record starts with. */
static const struct variant {
    const char *folder, *names;
    const char *train[FILE_LIMIT + 1], *holdout;
    int labels, classes;
} variants[] = {
    {"cifar-10-batches-bin",
     "batches.meta.txt",
     {"data_batch_1.bin", "data_batch_2.bin", "data_batch_3.bin", "data_batch_4.bin",
      "data_batch_5.bin", NULL},
     "test_batch.bin",
     1,
     10},
    {"cifar-100-binary", "fine_label_names.txt", {"train.bin", NULL}, "test.bin", 2, 100},
};

struct part {
    int descriptor;
    size_t first, count; /* of the source's images */
};

struct cifar {
    const struct variant *variant;
    char folder[FILE_PATH_SIZE];
    struct part parts[FILE_LIMIT];
    int part_count;
    uint8_t *labels; /* [count] */
    struct arena arena;
};

static size_t record_size(const struct cifar *cifar)
{
    return (size_t)cifar->variant->labels + PIXELS;
}

static bool read_at(int descriptor, void *out, size_t size, size_t offset)
{
    char *to = out;
    while (size) {
        ssize_t got = pread(descriptor, to, size, (off_t)offset);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0) {
            errno = got < 0 ? errno : EIO; /* the file has become shorter */
            return false;
        }
        to += got;
        size -= (size_t)got;
        offset += (size_t)got;
    }
    return true;
}

static bool holds_variant(const char *folder, const struct variant *variant)
{
    char path[FILE_PATH_SIZE];
    return file_join(path, sizeof path, folder, variant->train[0], NULL) && file_exists(path);
}

/* The files may lie in the folder given or in the subfolder that the archives unpack to. */
static bool find_variant(struct cifar *cifar, const char *path, struct error *error)
{
    if (!path || !path[0])
        return error_set(error, ERROR_INPUT, "no folder with CIFAR's files is named (data.path)");
    if (!file_is_folder(path))
        return error_set(error, ERROR_INPUT, "%s: no such folder", path);
    for (size_t i = 0; i < ARRAY_LENGTH(variants); i++) {
        cifar->variant = &variants[i];
        if (text_copy(cifar->folder, sizeof cifar->folder, path) &&
            holds_variant(cifar->folder, cifar->variant))
            return true;
        if (file_join(cifar->folder, sizeof cifar->folder, path, variants[i].folder, error) &&
            holds_variant(cifar->folder, cifar->variant))
            return true;
    }
    return error_set(error, ERROR_DATA,
                     "%s: neither data_batch_1.bin (CIFAR-10) nor train.bin (CIFAR-100) in it",
                     path);
}

/* The sum over parts of what was opened so far is the source's count. */
static bool open_part(struct cifar *cifar, const char *name, size_t *count, struct error *error)
{
    char path[FILE_PATH_SIZE];
    struct stat status;
    if (!file_join(path, sizeof path, cifar->folder, name, error))
        return false;
    int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (descriptor < 0)
        return error_set_errno(error, ERROR_INPUT, "%s", path);
    struct part *part = &cifar->parts[cifar->part_count++];
    *part = (struct part){.descriptor = descriptor, .first = *count};
    if (fstat(descriptor, &status) != 0)
        return error_set_errno(error, ERROR_IO, "%s", path);
    size_t size = (size_t)status.st_size;
    if (!S_ISREG(status.st_mode) || size == 0 || size % record_size(cifar) != 0)
        return error_set(error, ERROR_DATA, "%s: %zu bytes are not a number of records of %zu",
                         path, size, record_size(cifar));
    part->count = size / record_size(cifar);
    *count += part->count;
    return true;
}

static bool open_parts(struct cifar *cifar, enum source_split split, size_t *count,
                       struct error *error)
{
    if (split == SOURCE_HOLDOUT)
        return open_part(cifar, cifar->variant->holdout, count, error);
    bool good = true;
    for (const char *const *name = cifar->variant->train; good && *name; name++) {
        char path[FILE_PATH_SIZE];
        /* A set cut down to its first files is still one. */
        if (file_join(path, sizeof path, cifar->folder, *name, NULL) && file_exists(path))
            good = open_part(cifar, *name, count, error);
    }
    return good;
}

static bool read_labels(struct cifar *cifar, size_t count, struct error *error)
{
    cifar->labels = memory_new(count, 1, error);
    if (!cifar->labels)
        return false;
    size_t size = record_size(cifar), last = (size_t)cifar->variant->labels - 1;
    for (int p = 0; p < cifar->part_count; p++) {
        const struct part *part = &cifar->parts[p];
        for (size_t i = 0; i < part->count; i++) {
            uint8_t *label = &cifar->labels[part->first + i];
            if (!read_at(part->descriptor, label, 1, i * size + last))
                return error_set_errno(error, ERROR_IO, "%s", cifar->folder);
            if (*label >= cifar->variant->classes)
                return error_set(
                    error, ERROR_DATA, "%s: image %zu has label %d, where 0 .. %d are possible",
                    cifar->folder, part->first + i, *label, cifar->variant->classes - 1);
        }
    }
    return true;
}

/* One name a line; numbers where the file is missing or short. */
static bool read_names(struct cifar *cifar, struct source *source, struct error *error)
{
    char path[FILE_PATH_SIZE], number[16];
    struct text text = {0};
    int count = cifar->variant->classes;
    bool good = file_join(path, sizeof path, cifar->folder, cifar->variant->names, error);
    if (good && file_exists(path))
        good = file_read(path, NAMES_LIMIT, &text, error);
    source->class_names =
        good ? arena_alloc(&cifar->arena, (size_t)count, sizeof(char *), error) : NULL;
    const char *at = text_of(&text);
    for (int i = 0; source->class_names && i < count; i++) {
        at += strspn(at, "\r\n");
        size_t length = strcspn(at, "\r\n");
        snprintf(number, sizeof number, "%d", i);
        source->class_names[i] = arena_text(&cifar->arena, length ? at : number,
                                            length ? length : strlen(number), error);
        if (!source->class_names[i])
            source->class_names = NULL;
        at += length;
    }
    source->class_count = count;
    text_release(&text);
    return source->class_names;
}

static void cifar_free(struct cifar *cifar)
{
    for (int p = 0; p < cifar->part_count; p++)
        close(cifar->parts[p].descriptor);
    free(cifar->labels);
    arena_release(&cifar->arena);
    free(cifar);
}

/* FNV-1a over what the records are labelled, and how many there are. */
static uint64_t digest(const struct cifar *cifar, size_t count)
{
    uint64_t hash = 0xcbf29ce484222325 ^ count;
    for (size_t i = 0; i < count; i++)
        hash = (hash ^ cifar->labels[i]) * 0x100000001b3;
    return hash;
}

static bool cifar_open(struct source *source, const struct source_settings *settings,
                       enum source_split split, struct log *log, struct error *error)
{
    (void)log;
    struct cifar *cifar = memory_new(1, sizeof *cifar, error);
    if (!cifar)
        return false;
    if (!find_variant(cifar, settings->path, error) ||
        !open_parts(cifar, split, &source->count, error) ||
        !read_labels(cifar, source->count, error) || !read_names(cifar, source, error)) {
        cifar_free(cifar);
        return false;
    }
    source->digest = digest(cifar, source->count);
    source->state = cifar;
    return true;
}

static void cifar_close(struct source *source)
{
    cifar_free(source->state);
}

static bool cifar_read(const struct source *source, size_t index, int min_width, int min_height,
                       struct image *image, struct error *error)
{
    (void)min_width;
    (void)min_height;
    const struct cifar *cifar = source->state;
    const struct part *part = cifar->parts;
    while (index >= part->first + part->count)
        part++;
    uint8_t planes[PIXELS];
    size_t offset = (index - part->first) * record_size(cifar) + (size_t)cifar->variant->labels;
    if (!read_at(part->descriptor, planes, PIXELS, offset))
        return error_set_errno(error, ERROR_IO, "%s: image %zu", cifar->folder, index);
    if (!image_resize(image, SIDE, SIDE, CHANNELS, error))
        return false;
    for (size_t i = 0; i < PLANE; i++)
        for (size_t c = 0; c < CHANNELS; c++)
            image->pixels[i * CHANNELS + c] = planes[c * PLANE + i];
    return true;
}

static const char *cifar_name_of(const struct source *source, size_t index, char *buffer,
                                 size_t size)
{
    (void)source;
    snprintf(buffer, size, "image %zu", index);
    return buffer;
}

static int cifar_label_of(const struct source *source, size_t index)
{
    const struct cifar *cifar = source->state;
    return cifar->labels[index];
}

const struct source_kind source_cifar = {
    .name = "cifar",
    .help = "CIFAR-10 or CIFAR-100 as binary files (data_batch_1.bin or train.bin)",
    .open = cifar_open,
    .close = cifar_close,
    .read = cifar_read,
    .name_of = cifar_name_of,
    .label_of = cifar_label_of,
};
