#include "run/safetensors.h"

#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/text.h"
#include "run/safetensors_private.h"

enum { HEADER_ALIGNMENT = 8 };

struct piece {
    const void *data; /* borrowed */
    size_t bytes;
};

struct safetensors_writer {
    json_t *header, *metadata; /* metadata belongs to header */
    struct piece *pieces;
    size_t count, capacity;
    json_int_t end; /* bytes of all pieces */
};

struct safetensors_writer *safetensors_writer_new(struct error *error)
{
    struct safetensors_writer *writer = memory_new(1, sizeof *writer, error);
    if (!writer)
        return NULL;
    writer->header = json_object();
    writer->metadata = json_object();
    /* First, so that the metadata is the first thing that a person looking into the file sees. */
    if (json_object_set_new(writer->header, "__metadata__", writer->metadata) != 0) {
        error_set(error, ERROR_SYSTEM, "out of memory");
        safetensors_writer_free(writer);
        return NULL;
    }
    return writer;
}

void safetensors_writer_free(struct safetensors_writer *writer)
{
    if (!writer)
        return;
    json_decref(writer->header);
    free(writer->pieces);
    free(writer);
}

/* Why JSON did not take a text: it is none, or there is no memory. */
static bool refuse(const char *what, const char *name, const char *text, struct error *error)
{
    if (text_is_utf8(text))
        return error_set(error, ERROR_SYSTEM, "%s %s: out of memory", what, name);
    return error_set(error, ERROR_USAGE, "%s %s: not valid UTF-8", what, name);
}

bool safetensors_writer_metadata(struct safetensors_writer *writer, const char *key,
                                 const char *value, struct error *error)
{
    if (json_object_set_new(writer->metadata, key, json_string(value)) != 0)
        return refuse("metadata", key, value, error);
    return true;
}

static bool append_piece(struct safetensors_writer *writer, const void *data, size_t bytes,
                         struct error *error)
{
    void *pieces = memory_grow(writer->pieces, writer->count, &writer->capacity,
                               sizeof *writer->pieces, error);
    if (!pieces)
        return false;
    writer->pieces = pieces;
    writer->pieces[writer->count++] = (struct piece){data, bytes};
    return true;
}

bool safetensors_writer_add(struct safetensors_writer *writer, const char *name,
                            enum safetensors_type type, int dimensions, const int *shape,
                            const void *data, struct error *error)
{
    size_t bytes = safetensors_type_size(type);
    if (bytes == 0 || dimensions > SAFETENSORS_DIMENSIONS)
        return error_set(error, ERROR_USAGE, "tensor %s: cannot be written", name);
    if (json_object_get(writer->header, name))
        return error_set(error, ERROR_USAGE, "tensor %s: a name may be used once", name);
    json_t *sizes = json_array();
    for (int i = 0; i < dimensions; i++) {
        json_array_append_new(sizes, json_integer(shape[i]));
        bytes *= (size_t)shape[i];
    }
    json_int_t begin = writer->end, end = begin + (json_int_t)bytes;
    json_t *entry = json_pack("{s:s, s:o, s:[I, I]}", "dtype", safetensors_type_name(type), "shape",
                              sizes, "data_offsets", begin, end);
    if (json_object_set_new(writer->header, name, entry) != 0)
        return refuse("tensor", name, name, error);
    if (json_array_size(sizes) != (size_t)dimensions)
        return error_set(error, ERROR_SYSTEM, "tensor %s: out of memory", name);
    writer->end = end;
    return append_piece(writer, data, bytes, error);
}

/* Into memory of its own, which it does not outgrow: a text that JSON lets grow may lack a piece
 * for want of memory, and nothing says so. Null: there is no memory. */
static char *dump(const json_t *header, size_t *length)
{
    *length = json_dumpb(header, NULL, 0, JSON_COMPACT);
    char *json = *length ? malloc(*length) : NULL;
    if (json && json_dumpb(header, json, *length, JSON_COMPACT) == *length)
        return json;
    free(json);
    return NULL;
}

static bool write_header(const struct safetensors_writer *writer, FILE *stream)
{
    size_t length;
    char *json = dump(writer->header, &length);
    if (!json) {
        errno = ENOMEM;
        return false;
    }
    size_t padding = (HEADER_ALIGNMENT - length % HEADER_ALIGNMENT) % HEADER_ALIGNMENT;
    uint64_t total = length + padding;
    bool good = fwrite(&total, sizeof total, 1, stream) == 1 &&
                fwrite(json, 1, length, stream) == length &&
                fprintf(stream, "%*s", (int)padding, "") >= 0;
    free(json);
    return good;
}

bool safetensors_writer_save(struct safetensors_writer *writer, const char *path,
                             struct error *error)
{
    struct file_write write;
    if (!file_begin(&write, path, error))
        return false;
    bool good = write_header(writer, write.stream);
    for (size_t i = 0; good && i < writer->count; i++) {
        const struct piece *piece = &writer->pieces[i];
        good = !piece->bytes || fwrite(piece->data, 1, piece->bytes, write.stream) == piece->bytes;
    }
    if (!good) {
        error_set_errno(error, ERROR_IO, "%s: not written", path);
        file_abandon(&write);
        return false;
    }
    return file_commit(&write, error);
}
