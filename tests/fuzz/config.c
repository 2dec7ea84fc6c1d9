/* YAML of settings: what is accepted is written, and reads back as the same. */
#include <stdlib.h>
#include <string.h>

#include "run/config.h"
#include "tests/fuzz/fuzz.h"

static bool read_text(struct config *config, const char *text, size_t length)
{
    struct error error;
    if (!config_defaults(config, NULL))
        abort();
    return config_read_text(config, text, length, "input", ORIGIN_FILE, NULL, &error) &&
           config_check(config, &error);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct config *first = malloc(sizeof *first), *second = malloc(sizeof *second);
    char *text = fuzz_text(data, size);
    struct text written = {0}, again = {0};
    FUZZ_HOLDS(first && second);
    if (read_text(first, text, size)) {
        config_write(first, &written);
        FUZZ_HOLDS(read_text(second, text_of(&written), written.length));
        config_write(second, &again);
        FUZZ_HOLDS(!strcmp(text_of(&written), text_of(&again)));
    }
    text_release(&written);
    text_release(&again);
    free(text);
    free(first);
    free(second);
    return 0;
}
