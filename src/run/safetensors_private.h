/* What the parts of the safetensors reader and writer share: the reader's struct, the parsing of
 * its header, and the types of values. Nobody else includes this.
 */
#ifndef MASKSCOPE_RUN_SAFETENSORS_PRIVATE_H
#define MASKSCOPE_RUN_SAFETENSORS_PRIVATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/memory.h"
#include "run/safetensors.h"

enum { SAFETENSORS_LENGTH_SIZE = 8 }; /* bytes of the header's length */

struct metadata_item {
    const char *key, *value;
};

struct safetensors {
    char *path;
    int descriptor;
    struct arena arena; /* names, types, metadata */
    struct safetensors_tensor *tensors;
    const struct safetensors_tensor **by_name;
    size_t count;
    struct metadata_item *metadata;
    size_t metadata_count;
};

/* Fills file's tensors and metadata from the header's text and checks all of it against the size of
 * the file. */
bool safetensors_parse(struct safetensors *file, const char *header, size_t length,
                       uint64_t file_size, struct error *error);
/* A message about one tensor; its name comes from the file and may hold anything. Returns false. */
bool safetensors_tensor_error(const struct safetensors *file, const char *name, const char *problem,
                              struct error *error);

/* "F32"; null for SAFETENSORS_OTHER. */
const char *safetensors_type_name(enum safetensors_type type);
/* Bytes of one value; 0 for SAFETENSORS_OTHER. */
size_t safetensors_type_size(enum safetensors_type type);
enum safetensors_type safetensors_type_find(const char *name);
/* Converts count values of a floating type to floats; false for other types. `raw` may have any
 * alignment. */
bool safetensors_type_to_floats(enum safetensors_type type, const void *raw, size_t count,
                                float *out);

#endif
