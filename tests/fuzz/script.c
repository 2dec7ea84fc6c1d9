/* Scripts of `run --script`. */
#include <stdlib.h>

#include "cli/script.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct script script = {0};
    struct error error;
    struct config *config = malloc(sizeof *config);
    FUZZ_HOLDS(config);
    if (!config_defaults(config, NULL))
        abort();
    if (script_read(&script, fuzz_path(data, size), config, &error))
        while (script_due(&script, INT64_MAX))
            continue;
    else
        FUZZ_HOLDS(error.code != ERROR_NONE);
    script_release(&script);
    free(config);
    return 0;
}
