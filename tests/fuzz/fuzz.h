/* Fuzz targets: each reads foreign bytes as the program would and must end without a finding of the
 * sanitizers, whatever they are.
 *
 * A target is one file with the entry point that libFuzzer calls (LLVMFuzzerTestOneInput). Built
 * with clang and -fsanitize=fuzzer it is steered by coverage; linked with driver.c it replays a
 * corpus and mutations of it, which needs no more than the usual compiler.
 */
#ifndef MASKSCOPE_TESTS_FUZZ_FUZZ_H
#define MASKSCOPE_TESTS_FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The bytes as a file in memory, for readers that take a path. Valid until the next call. Aborts
 * where there is no memory for it. */
const char *fuzz_path(const uint8_t *data, size_t size);
/* The bytes as text with an end; freed by the caller. Aborts likewise. */
char *fuzz_text(const uint8_t *data, size_t size);
/* Ends the program as a finding if what must hold does not. */
#define FUZZ_HOLDS(condition)                                                                      \
    do {                                                                                           \
        if (!(condition))                                                                          \
            fuzz_finding(#condition, __FILE__, __LINE__);                                          \
    } while (0)
_Noreturn void fuzz_finding(const char *condition, const char *file, int line);

#endif
