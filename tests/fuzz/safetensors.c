/* Checkpoints and weights of strangers: header length, offsets, overlaps, types, JSON. */
#include <stdlib.h>

#include "run/checkpoint.h"
#include "run/config.h"
#include "run/safetensors.h"
#include "tests/fuzz/fuzz.h"

static void read_all(const struct safetensors *file)
{
    struct error error;
    for (size_t i = 0; i < safetensors_count(file); i++) {
        const struct safetensors_tensor *tensor = safetensors_at(file, i);
        FUZZ_HOLDS(safetensors_find(file, tensor->name));
        void *values = malloc(tensor->bytes ? tensor->bytes : 1);
        FUZZ_HOLDS(values); /* no tensor is larger than the file */
        FUZZ_HOLDS(safetensors_read(file, tensor, values, &error));
        free(values);
    }
    (void)safetensors_metadata(file, "config");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *path = fuzz_path(data, size);
    struct error error;
    struct safetensors *file = safetensors_open(path, &error);
    struct checkpoint_header header = {0};
    if (file)
        read_all(file);
    else
        FUZZ_HOLDS(error.code != ERROR_NONE);
    safetensors_close(file);
    if (checkpoint_read_header(path, &header, &error))
        checkpoint_header_release(&header);
    return 0;
}
