#include "run/safetensors.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/text.h"
#include "run/safetensors_private.h"

enum {
    LENGTH_SIZE = SAFETENSORS_LENGTH_SIZE,
    BUFFER_SIZE = 65536, /* bytes converted at a time */
};

static bool read_at(const struct safetensors *file, uint64_t offset, void *out, size_t bytes,
                    struct error *error)
{
    unsigned char *at = out;
    while (bytes) {
        ssize_t length = pread(file->descriptor, at, bytes, (off_t)offset);
        if (length < 0 && errno == EINTR)
            continue;
        if (length < 0)
            return error_set_errno(error, ERROR_IO, "%s", file->path);
        if (length == 0)
            return error_set(error, ERROR_IO, "%s: the file became shorter while it was read",
                             file->path);
        at += length;
        offset += (uint64_t)length;
        bytes -= (size_t)length;
    }
    return true;
}

static bool read_header(struct safetensors *file, uint64_t file_size, struct error *error)
{
    uint64_t length = 0;
    if (file_size < LENGTH_SIZE)
        return error_set(error, ERROR_DATA, "%s: not a safetensors file (shorter than %d bytes)",
                         file->path, LENGTH_SIZE);
    if (!read_at(file, 0, &length, sizeof length, error))
        return false;
    if (length > SAFETENSORS_HEADER_LIMIT)
        return error_set(error, ERROR_DATA,
                         "%s: not a safetensors file (a header of %" PRIu64 " bytes; at most %d)",
                         file->path, length, SAFETENSORS_HEADER_LIMIT);
    if (length > file_size - LENGTH_SIZE)
        return error_set(error, ERROR_DATA,
                         "%s: cut short (a header of %" PRIu64 " bytes in a file of %" PRIu64 ")",
                         file->path, length, file_size);
    char *header = memory_new(length + 1, 1, error);
    if (!header)
        return false;
    bool good = read_at(file, LENGTH_SIZE, header, length, error) &&
                safetensors_parse(file, header, length, file_size, error);
    free(header);
    return good;
}

struct safetensors *safetensors_open(const char *path, struct error *error)
{
    struct safetensors *file = memory_new(1, sizeof *file, error);
    if (!file)
        return NULL;
    file->descriptor = -1;
    struct stat status;
    if (!(file->path = strdup(path))) {
        error_set(error, ERROR_SYSTEM, "%s: out of memory", path);
        goto fail;
    }
    /* Without O_NONBLOCK opening a FIFO would wait for a writer. */
    file->descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (file->descriptor < 0 || fstat(file->descriptor, &status) != 0) {
        error_set_errno(error, ERROR_INPUT, "%s", path);
        goto fail;
    }
    if (!S_ISREG(status.st_mode)) {
        error_set(error, ERROR_INPUT, "%s: not a regular file", path);
        goto fail;
    }
    if (!read_header(file, (uint64_t)status.st_size, error))
        goto fail;
    return file;
fail:
    safetensors_close(file);
    return NULL;
}

void safetensors_close(struct safetensors *file)
{
    if (!file)
        return;
    if (file->descriptor >= 0)
        close(file->descriptor);
    arena_release(&file->arena);
    free(file->path);
    free(file);
}

const char *safetensors_path(const struct safetensors *file)
{
    return file->path;
}

size_t safetensors_count(const struct safetensors *file)
{
    return file->count;
}

const struct safetensors_tensor *safetensors_at(const struct safetensors *file, size_t index)
{
    return &file->tensors[index];
}

static int compare_with_name(const void *name, const void *item)
{
    const struct safetensors_tensor *const *tensor = item;
    return strcmp(name, (*tensor)->name);
}

const struct safetensors_tensor *safetensors_find(const struct safetensors *file, const char *name)
{
    const struct safetensors_tensor **found =
        bsearch(name, file->by_name, file->count, sizeof *file->by_name, compare_with_name);
    return found ? *found : NULL;
}

const char *safetensors_metadata(const struct safetensors *file, const char *key)
{
    for (size_t i = 0; i < file->metadata_count; i++)
        if (strcmp(file->metadata[i].key, key) == 0)
            return file->metadata[i].value;
    return NULL;
}

/* Checks shape and, unless `type_name` is null, type. */
static const struct safetensors_tensor *expect(const struct safetensors *file, const char *name,
                                               const char *type_name, int dimensions,
                                               const int *shape, struct error *error)
{
    const struct safetensors_tensor *tensor = safetensors_find(file, name);
    if (!tensor) {
        safetensors_tensor_error(file, name, "not in the file", error);
        return NULL;
    }
    bool same = tensor->dimensions == dimensions &&
                (!type_name || strcmp(tensor->type_name, type_name) == 0);
    for (int i = 0; same && i < dimensions; i++)
        same = tensor->shape[i] == shape[i];
    if (same)
        return tensor;
    int64_t wide[SAFETENSORS_DIMENSIONS] = {0};
    for (int i = 0; i < dimensions && i < SAFETENSORS_DIMENSIONS; i++)
        wide[i] = shape[i];
    char is[128], wanted[128], problem[300];
    safetensors_describe(is, tensor->type_name, tensor->dimensions, tensor->shape);
    safetensors_describe(wanted, type_name ? type_name : "F32", dimensions, wide);
    snprintf(problem, sizeof problem, "it is %s, expected %s", is, wanted);
    safetensors_tensor_error(file, name, problem, error);
    return NULL;
}

const struct safetensors_tensor *safetensors_expect(const struct safetensors *file,
                                                    const char *name, enum safetensors_type type,
                                                    int dimensions, const int *shape,
                                                    struct error *error)
{
    return expect(file, name, safetensors_type_name(type), dimensions, shape, error);
}

bool safetensors_read(const struct safetensors *file, const struct safetensors_tensor *tensor,
                      void *out, struct error *error)
{
    return read_at(file, tensor->offset, out, tensor->bytes, error);
}

static bool read_converted(const struct safetensors *file, const struct safetensors_tensor *tensor,
                           float *out, struct error *error)
{
    unsigned char *buffer = memory_new(BUFFER_SIZE, 1, error);
    if (!buffer)
        return false;
    size_t size = safetensors_type_size(tensor->type), step = BUFFER_SIZE / size;
    bool good = true;
    for (size_t i = 0; good && i < tensor->count; i += step) {
        size_t count = tensor->count - i < step ? tensor->count - i : step;
        good = read_at(file, tensor->offset + i * size, buffer, count * size, error) &&
               safetensors_type_to_floats(tensor->type, buffer, count, out + i);
    }
    free(buffer);
    return good;
}

bool safetensors_read_floats(const struct safetensors *file, const char *name, int dimensions,
                             const int *shape, float *out, struct error *error)
{
    const struct safetensors_tensor *tensor = expect(file, name, NULL, dimensions, shape, error);
    if (!tensor)
        return false;
    switch (tensor->type) {
    case SAFETENSORS_F32:
        return safetensors_read(file, tensor, out, error);
    case SAFETENSORS_F64:
    case SAFETENSORS_F16:
    case SAFETENSORS_BF16:
        return read_converted(file, tensor, out, error);
    default:
        return safetensors_tensor_error(file, name, "its values are no floating-point numbers",
                                        error);
    }
}
