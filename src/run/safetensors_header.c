#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "run/safetensors_private.h"

enum {
    NESTING_LIMIT = 8, /* the format itself needs 3 */
    SHOWN_NAME = 96,   /* bytes of a tensor's name in a message */
};

void safetensors_describe(char out[128], const char *type_name, int dimensions,
                          const int64_t *shape)
{
    enum { SIZE = 128 };
    size_t used = (size_t)snprintf(out, SIZE, "%.16s [", type_name);
    for (int i = 0; i < dimensions && used < SIZE; i++)
        used += (size_t)snprintf(out + used, SIZE - used, "%s%" PRId64, i ? ", " : "", shape[i]);
    if (used < SIZE)
        snprintf(out + used, SIZE - used, "]");
}

bool safetensors_tensor_error(const struct safetensors *file, const char *name, const char *problem,
                              struct error *error)
{
    char shown[SHOWN_NAME];
    text_sanitize(shown, sizeof shown, name);
    return error_set(error, ERROR_DATA, "%s: tensor \"%s\": %s", file->path, shown, problem);
}

static bool parse_shape(const struct safetensors *file, const json_t *list,
                        struct safetensors_tensor *tensor, struct error *error)
{
    if (!json_is_array(list) || json_array_size(list) > SAFETENSORS_DIMENSIONS)
        return safetensors_tensor_error(file, tensor->name,
                                        "shape must be a list of at most 8 sizes", error);
    tensor->dimensions = (int)json_array_size(list);
    tensor->count = 1;
    for (int i = 0; i < tensor->dimensions; i++) {
        const json_t *size = json_array_get(list, (size_t)i);
        if (!json_is_integer(size) || json_integer_value(size) < 0)
            return safetensors_tensor_error(file, tensor->name,
                                            "a size of its shape is no whole number", error);
        tensor->shape[i] = json_integer_value(size);
        if (__builtin_mul_overflow(tensor->count, (size_t)tensor->shape[i], &tensor->count))
            return safetensors_tensor_error(file, tensor->name, "its shape is too large", error);
    }
    return true;
}

/* Where the data lies, against the type, the shape and the size of the file's data. */
static bool parse_offsets(const struct safetensors *file, const json_t *pair, uint64_t data_start,
                          uint64_t data_size, struct safetensors_tensor *tensor,
                          struct error *error)
{
    const json_t *begin = json_array_get(pair, 0), *end = json_array_get(pair, 1);
    if (json_array_size(pair) != 2 || !json_is_integer(begin) || !json_is_integer(end))
        return safetensors_tensor_error(file, tensor->name,
                                        "data_offsets must be two whole numbers", error);
    json_int_t first = json_integer_value(begin), last = json_integer_value(end);
    if (first < 0 || last < first)
        return safetensors_tensor_error(file, tensor->name, "data_offsets must be ascending from 0",
                                        error);
    if ((uint64_t)last > data_size)
        return safetensors_tensor_error(file, tensor->name,
                                        "its data ends beyond the end of the file", error);
    tensor->offset = data_start + (uint64_t)first;
    tensor->bytes = (size_t)(last - first);
    size_t needed;
    if (tensor->type != SAFETENSORS_OTHER &&
        (__builtin_mul_overflow(tensor->count, safetensors_type_size(tensor->type), &needed) ||
         needed != tensor->bytes)) {
        char is[128], problem[256];
        safetensors_describe(is, tensor->type_name, tensor->dimensions, tensor->shape);
        snprintf(problem, sizeof problem, "%s does not take %zu bytes", is, tensor->bytes);
        return safetensors_tensor_error(file, tensor->name, problem, error);
    }
    return true;
}

static bool parse_tensor(struct safetensors *file, const char *name, const json_t *entry,
                         uint64_t data_start, uint64_t data_size, struct safetensors_tensor *tensor,
                         struct error *error)
{
    tensor->name = arena_text(&file->arena, name, strlen(name), error);
    if (!tensor->name)
        return false;
    const char *type = json_string_value(json_object_get(entry, "dtype"));
    if (!type)
        return safetensors_tensor_error(file, name, "it has no dtype", error);
    tensor->type_name = arena_text(&file->arena, type, strlen(type), error);
    if (!tensor->type_name)
        return false;
    tensor->type = safetensors_type_find(type);
    return parse_shape(file, json_object_get(entry, "shape"), tensor, error) &&
           parse_offsets(file, json_object_get(entry, "data_offsets"), data_start, data_size,
                         tensor, error);
}

static bool parse_metadata(struct safetensors *file, json_t *map, struct error *error)
{
    if (!json_is_object(map))
        return error_set(error, ERROR_DATA, "%s: __metadata__ must be a map", file->path);
    file->metadata =
        arena_alloc(&file->arena, json_object_size(map), sizeof *file->metadata, error);
    if (!file->metadata)
        return false;
    const char *key;
    json_t *value;
    json_object_foreach(map, key, value)
    {
        if (!json_is_string(value))
            return error_set(error, ERROR_DATA, "%s: every value of __metadata__ must be a text",
                             file->path);
        struct metadata_item *item = &file->metadata[file->metadata_count];
        item->key = arena_text(&file->arena, key, strlen(key), error);
        item->value =
            arena_text(&file->arena, json_string_value(value), json_string_length(value), error);
        if (!item->key || !item->value)
            return false;
        file->metadata_count++;
    }
    return true;
}

static int compare_offsets(const void *a, const void *b)
{
    const struct safetensors_tensor *left = a, *right = b;
    if (left->offset != right->offset)
        return left->offset < right->offset ? -1 : 1;
    return (left->bytes > right->bytes) - (left->bytes < right->bytes);
}

static int compare_names(const void *a, const void *b)
{
    const struct safetensors_tensor *const *left = a, *const *right = b;
    return strcmp((*left)->name, (*right)->name);
}

/* The format wants the data covered without gaps, which also rules out overlaps. */
static bool check_cover(const struct safetensors *file, uint64_t data_start, uint64_t data_size,
                        struct error *error)
{
    uint64_t end = data_start;
    for (size_t i = 0; i < file->count; i++) {
        const struct safetensors_tensor *tensor = &file->tensors[i];
        if (tensor->offset < end)
            return safetensors_tensor_error(file, tensor->name,
                                            "its data overlaps another tensor's", error);
        if (tensor->offset > end)
            return safetensors_tensor_error(file, tensor->name, "there is a gap before its data",
                                            error);
        end += tensor->bytes;
    }
    if (end != data_start + data_size)
        return error_set(error, ERROR_DATA,
                         "%s: %" PRIu64 " bytes after the last tensor belong to none", file->path,
                         data_start + data_size - end);
    return true;
}

static bool parse_header(struct safetensors *file, json_t *root, uint64_t data_start,
                         uint64_t data_size, struct error *error)
{
    size_t entries = json_object_size(root);
    if (entries > SAFETENSORS_TENSOR_LIMIT)
        return error_set(error, ERROR_DATA, "%s: more than %d tensors", file->path,
                         SAFETENSORS_TENSOR_LIMIT);
    file->tensors = arena_alloc(&file->arena, entries, sizeof *file->tensors, error);
    file->by_name = arena_alloc(&file->arena, entries, sizeof *file->by_name, error);
    if (!file->tensors || !file->by_name)
        return false;
    const char *name;
    json_t *entry;
    json_object_foreach(root, name, entry)
    {
        bool metadata = strcmp(name, "__metadata__") == 0;
        if (metadata ? !parse_metadata(file, entry, error)
                     : !parse_tensor(file, name, entry, data_start, data_size,
                                     &file->tensors[file->count], error))
            return false;
        file->count += !metadata;
    }
    qsort(file->tensors, file->count, sizeof *file->tensors, compare_offsets);
    for (size_t i = 0; i < file->count; i++)
        file->by_name[i] = &file->tensors[i];
    qsort(file->by_name, file->count, sizeof *file->by_name, compare_names);
    return check_cover(file, data_start, data_size, error);
}

/* Deep nesting would cost the JSON parser stack. */
static bool nesting_is_shallow(const char *header, size_t length)
{
    int depth = 0;
    bool quoted = false;
    for (size_t i = 0; i < length; i++) {
        if (quoted && header[i] == '\\')
            i++;
        else if (header[i] == '"')
            quoted = !quoted;
        else if (!quoted && (header[i] == '{' || header[i] == '['))
            depth++;
        else if (!quoted && (header[i] == '}' || header[i] == ']'))
            depth--;
        if (depth > NESTING_LIMIT)
            return false;
    }
    return true;
}

bool safetensors_parse(struct safetensors *file, const char *header, size_t length,
                       uint64_t file_size, struct error *error)
{
    if (!nesting_is_shallow(header, length))
        return error_set(error, ERROR_DATA, "%s: the header is nested too deeply", file->path);
    json_error_t problem;
    json_t *root = json_loadb(header, length, JSON_REJECT_DUPLICATES, &problem);
    if (!root)
        return error_set(error, ERROR_DATA, "%s: the header is no JSON map: %s", file->path,
                         problem.text);
    uint64_t data_start = SAFETENSORS_LENGTH_SIZE + length;
    bool good = json_is_object(root)
                    ? parse_header(file, root, data_start, file_size - data_start, error)
                    : error_set(error, ERROR_DATA, "%s: the header is no JSON map", file->path);
    json_decref(root);
    return good;
}
