/* Masks from npy files: what is accepted hides something and leaves something. */
#include <stdlib.h>

#include "mask/npy.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    enum { HEIGHT = 2, WIDTH = 3, PATCHES = HEIGHT * WIDTH };
    struct mask_rows rows = {0};
    struct error error;
    if (!npy_read_masks(fuzz_path(data, size), HEIGHT, WIDTH, &rows, &error)) {
        FUZZ_HOLDS(error.code != ERROR_NONE && !rows.masks);
        return 0;
    }
    FUZZ_HOLDS(rows.count > 0);
    for (uint32_t i = 0; i < rows.count; i++) {
        int hidden = 0;
        for (int patch = 0; patch < PATCHES; patch++) {
            FUZZ_HOLDS(rows.masks[i * PATCHES + (uint32_t)patch] <= 1);
            hidden += rows.masks[i * PATCHES + (uint32_t)patch];
        }
        FUZZ_HOLDS(hidden > 0 && hidden < PATCHES);
    }
    free(rows.masks);
    return 0;
}
