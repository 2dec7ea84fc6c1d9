/* Safetensors files: 8 bytes of header length (little-endian), a JSON header, raw tensors.
 * https://huggingface.co/docs/safetensors says what the format promises; all of it is checked when
 * a file is opened, so that whatever can be found afterwards can also be read.
 *
 * A reader keeps the file open and reads tensors straight into the caller's memory, so a model of
 * any size costs nothing but its header here, and a tensor may lie at any alignment. A file that is
 * replaced meanwhile (by rename) goes on reading as it was.
 *
 * Readers may be shared between threads; a writer belongs to one.
 */
#ifndef MASKSCOPE_RUN_SAFETENSORS_H
#define MASKSCOPE_RUN_SAFETENSORS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

enum {
    SAFETENSORS_DIMENSIONS = 8,
    SAFETENSORS_HEADER_LIMIT = 100000000, /* bytes, as the format's own library has it */
    SAFETENSORS_TENSOR_LIMIT = 1000000,
};

enum safetensors_type {
    SAFETENSORS_F64,
    SAFETENSORS_F32,
    SAFETENSORS_F16,
    SAFETENSORS_BF16,
    SAFETENSORS_I64,
    SAFETENSORS_I32,
    SAFETENSORS_I16,
    SAFETENSORS_I8,
    SAFETENSORS_U64,
    SAFETENSORS_U32,
    SAFETENSORS_U16,
    SAFETENSORS_U8,
    SAFETENSORS_BOOL,
    SAFETENSORS_OTHER, /* not known here: readable as raw bytes only */
    SAFETENSORS_TYPES
};

struct safetensors_tensor {
    const char *name;
    const char *type_name; /* as the file has it: "F32" */
    enum safetensors_type type;
    int dimensions;
    int64_t shape[SAFETENSORS_DIMENSIONS];
    size_t count;    /* values: the product of the shape, 1 for a scalar */
    size_t bytes;    /* in the file */
    uint64_t offset; /* from the start of the file */
};

struct safetensors;

/* Opens and checks a whole file. Null with *error set: ERROR_INPUT (cannot be opened), ERROR_DATA
 * (not a safetensors file, or damaged: names the tensor and what was expected), ERROR_IO. */
struct safetensors *safetensors_open(const char *path, struct error *error);
void safetensors_close(struct safetensors *file);
const char *safetensors_path(const struct safetensors *file);

/* Tensors in the order of their data; names and the structs live until safetensors_close. */
size_t safetensors_count(const struct safetensors *file);
const struct safetensors_tensor *safetensors_at(const struct safetensors *file, size_t index);
/* The tensor of that name, or null. */
const struct safetensors_tensor *safetensors_find(const struct safetensors *file, const char *name);
/* The metadata value of that key, or null. */
const char *safetensors_metadata(const struct safetensors *file, const char *key);

/* The tensor of that name if it has this type and shape; else null with ERROR_DATA naming the file,
 * the tensor, what it is and what was expected. */
const struct safetensors_tensor *safetensors_expect(const struct safetensors *file,
                                                    const char *name, enum safetensors_type type,
                                                    int dimensions, const int *shape,
                                                    struct error *error);
/* A tensor's bytes as they lie in the file: out[tensor->bytes]. ERROR_IO. */
bool safetensors_read(const struct safetensors *file, const struct safetensors_tensor *tensor,
                      void *out, struct error *error) __attribute__((warn_unused_result));
/* A tensor of this shape as floats: F32 bit for bit; F64, F16 and BF16 converted; others refused
 * (ERROR_DATA). Nothing is written to `out` before the tensor is known to fit. */
bool safetensors_read_floats(const struct safetensors *file, const char *name, int dimensions,
                             const int *shape, float *out, struct error *error)
    __attribute__((warn_unused_result));

/* "F32 [2, 3]" for messages. */
void safetensors_describe(char out[128], const char *type_name, int dimensions,
                          const int64_t *shape);

/* Writing: add metadata and tensors, then save. Tensors lie in the file in the order they were
 * added; the data is borrowed until safetensors_writer_save, which streams it from where it is. */
struct safetensors_writer;
struct safetensors_writer *safetensors_writer_new(struct error *error);
void safetensors_writer_free(struct safetensors_writer *writer);
/* ERROR_USAGE: not UTF-8. A second value for a key replaces the first. */
bool safetensors_writer_metadata(struct safetensors_writer *writer, const char *key,
                                 const char *value, struct error *error)
    __attribute__((warn_unused_result));
/* ERROR_USAGE: a name twice, or not UTF-8, or reserved. */
bool safetensors_writer_add(struct safetensors_writer *writer, const char *name,
                            enum safetensors_type type, int dimensions, const int *shape,
                            const void *data, struct error *error)
    __attribute__((warn_unused_result));
/* Replaces the file atomically (base/file.h). ERROR_CREATE, ERROR_IO: the old file, if there was
 * one, is as it was. */
bool safetensors_writer_save(struct safetensors_writer *writer, const char *path,
                             struct error *error) __attribute__((warn_unused_result));

#endif
