#include "mask/npy.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/text.h"

static const char magic[6] = "\x93NUMPY";
enum { SHAPE_LIMIT = 3, HEADER_ALIGNMENT = 64, PREFIX_SIZE = 10 };
static const size_t file_limit = (size_t)1 << 30;

/* The types masks come in, and the bytes of a one; a zero is all zeros. */
static const struct type {
    const char *name;
    size_t size;
    uint8_t one[8];
} types[] = {
    {"|b1", 1, {1}},
    {"|u1", 1, {1}},
    {"|i1", 1, {1}},
    {"<u2", 2, {1}},
    {"<i2", 2, {1}},
    {"<u4", 4, {1}},
    {"<i4", 4, {1}},
    {"<u8", 8, {1}},
    {"<i8", 8, {1}},
    {"<f4", 4, {0, 0, 0x80, 0x3f}},
    {"<f8", 8, {0, 0, 0, 0, 0, 0, 0xf0, 0x3f}},
};

struct header {
    const struct type *type;
    size_t shape[SHAPE_LIMIT];
    int dimensions;
    const uint8_t *values;
    size_t bytes; /* that follow the header */
};

/* Where the value of a key of the header's dictionary begins; null: there is none. */
static const char *find_value(const char *dictionary, const char *key)
{
    const char *found = strstr(dictionary, key);
    found = found ? strchr(found + strlen(key), ':') : NULL;
    return found ? found + 1 + strspn(found + 1, " ") : NULL;
}

static bool read_type(const char *dictionary, struct header *header, struct error *error)
{
    const char *descr = find_value(dictionary, "'descr'");
    size_t length = descr && *descr == '\'' ? strcspn(descr + 1, "'") : 0;
    for (size_t i = 0; i < ARRAY_LENGTH(types) && length > 0; i++)
        if (strlen(types[i].name) == length && !memcmp(types[i].name, descr + 1, length))
            header->type = &types[i];
    if (!header->type)
        return error_set(error, ERROR_DATA,
                         "of type %.*s: expected booleans, integers or little-endian floats",
                         length > 0 ? (int)length : 1, length > 0 ? descr + 1 : "?");
    const char *order = find_value(dictionary, "'fortran_order'");
    if (!order || strncmp(order, "False", 5) != 0)
        return error_set(error, ERROR_DATA, "in column-major order: expected row-major");
    return true;
}

static bool read_shape(const char *dictionary, struct header *header, struct error *error)
{
    const char *place = find_value(dictionary, "'shape'");
    if (!place || *place++ != '(')
        return error_set(error, ERROR_DATA, "without a shape");
    while (*(place += strspn(place, " ,")) != ')') {
        char *end;
        unsigned long long size = strtoull(place, &end, 10);
        if (end == place || size > file_limit || header->dimensions == SHAPE_LIMIT)
            return error_set(error, ERROR_DATA, "of a shape that is neither [K, L] nor [K, H, W]");
        header->shape[header->dimensions++] = (size_t)size;
        place = end;
    }
    return true;
}

/* The header's dictionary, copied into `dictionary`. */
static bool read_header(const struct text *file, struct text *dictionary, struct header *header,
                        struct error *error)
{
    const uint8_t *bytes = (const uint8_t *)file->bytes;
    if (file->length < PREFIX_SIZE || memcmp(bytes, magic, sizeof magic) != 0)
        return error_set(error, ERROR_DATA, "not an npy file");
    bool wide = bytes[6] > 1;
    size_t begin = wide ? PREFIX_SIZE + 2 : PREFIX_SIZE;
    size_t length = bytes[8] | (size_t)bytes[9] << 8;
    if (wide && file->length >= begin)
        length |= (size_t)bytes[10] << 16 | (size_t)bytes[11] << 24;
    if (file->length < begin || file->length - begin < length)
        return error_set(error, ERROR_DATA, "cut off in its header");
    text_append_bytes(dictionary, file->bytes + begin, length);
    header->values = bytes + begin + length;
    header->bytes = file->length - begin - length;
    return read_type(text_of(dictionary), header, error) &&
           read_shape(text_of(dictionary), header, error);
}

static bool check_shape(const struct header *header, int grid_height, int grid_width,
                        struct error *error)
{
    size_t height = (size_t)grid_height, width = (size_t)grid_width;
    const size_t *shape = header->shape;
    bool flat = header->dimensions == 2 && shape[1] == height * width;
    bool grids = header->dimensions == 3 && shape[1] == height && shape[2] == width;
    if (!flat && !grids)
        return error_set(error, ERROR_DATA,
                         "its shape is no [K, %d] or [K, %d, %d], which the grid asks for",
                         grid_height * grid_width, grid_height, grid_width);
    if (shape[0] == 0 || shape[0] > UINT32_MAX)
        return error_set(error, ERROR_DATA, "holds no masks");
    if (header->bytes != shape[0] * height * width * header->type->size)
        return error_set(error, ERROR_DATA, "has %zu bytes of values where its shape asks for %zu",
                         header->bytes, shape[0] * height * width * header->type->size);
    return true;
}

static bool convert(const struct header *header, size_t patches, uint8_t *masks,
                    struct error *error)
{
    static const uint8_t zero[8] = {0};
    const struct type *type = header->type;
    for (size_t row = 0; row < header->shape[0]; row++) {
        size_t hidden = 0;
        for (size_t i = row * patches; i < (row + 1) * patches; i++) {
            const uint8_t *value = header->values + i * type->size;
            masks[i] = memcmp(value, type->one, type->size) == 0;
            hidden += masks[i];
            if (!masks[i] && memcmp(value, zero, type->size) != 0)
                return error_set(error, ERROR_DATA, "mask %zu has a value other than 0 and 1", row);
        }
        if (hidden == 0 || hidden == patches)
            return error_set(error, ERROR_DATA, "mask %zu has no %s patch", row,
                             hidden == 0 ? "hidden" : "visible");
    }
    return true;
}

bool npy_read_masks(const char *path, int grid_height, int grid_width, struct mask_rows *rows,
                    struct error *error)
{
    struct text file = {0}, dictionary = {0};
    struct header header = {0};
    struct error held = {0};
    size_t patches = (size_t)grid_height * (size_t)grid_width;
    *rows = (struct mask_rows){0};
    if (!file_read(path, file_limit, &file, error)) {
        text_release(&file);
        return false;
    }
    bool good = read_header(&file, &dictionary, &header, &held) &&
                check_shape(&header, grid_height, grid_width, &held) &&
                (rows->masks = memory_new(header.shape[0], patches, &held)) &&
                convert(&header, patches, rows->masks, &held);
    if (good) {
        rows->count = (uint32_t)header.shape[0];
    } else {
        free(rows->masks);
        rows->masks = NULL;
        error_set(error, held.code, "%s: %s", path, held.message);
    }
    text_release(&file);
    text_release(&dictionary);
    return good;
}

bool npy_begin(struct npy_write *write, const char *path, size_t count, size_t patches,
               struct error *error)
{
    char header[2 * HEADER_ALIGNMENT + 1];
    int length =
        snprintf(header, sizeof header,
                 "{'descr': '|u1', 'fortran_order': False, 'shape': (%zu, %zu), }", count, patches);
    int padded = 2 * HEADER_ALIGNMENT - PREFIX_SIZE;
    memset(header + length, ' ', (size_t)(padded - length));
    header[padded - 1] = '\n';
    const uint8_t sizes[4] = {1, 0, (uint8_t)padded, 0};
    write->patches = patches;
    if (!file_begin(&write->file, path, error))
        return false;
    FILE *stream = write->file.stream;
    if (fwrite(magic, sizeof magic, 1, stream) == 1 &&
        fwrite(sizes, sizeof sizes, 1, stream) == 1 &&
        fwrite(header, (size_t)padded, 1, stream) == 1)
        return true;
    error_set_errno(error, ERROR_IO, "%s", path);
    npy_abandon(write);
    return false;
}

bool npy_add(struct npy_write *write, const uint8_t *masks, size_t count, struct error *error)
{
    return fwrite(masks, write->patches, count, write->file.stream) == count ||
           error_set_errno(error, ERROR_IO, "%s", write->file.path);
}

bool npy_commit(struct npy_write *write, struct error *error)
{
    return file_commit(&write->file, error);
}

void npy_abandon(struct npy_write *write)
{
    file_abandon(&write->file);
}

bool npy_write_masks(const char *path, const uint8_t *masks, size_t count, size_t patches,
                     struct error *error)
{
    struct npy_write write;
    if (!npy_begin(&write, path, count, patches, error))
        return false;
    if (npy_add(&write, masks, count, error))
        return npy_commit(&write, error);
    npy_abandon(&write);
    return false;
}
