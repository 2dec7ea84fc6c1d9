/* Counts what the whole process allocates: this program's own malloc takes the place of the C
 * library's for every library it loads (OpenBLAS, OpenMP) and in every thread, counts, and hands on
 * to glibc's. Sanitizers do the same for their own ends, and other C libraries have no such second
 * name: nothing is counted there. */
#ifndef MASKSCOPE_TESTS_UNIT_RUN_ALLOCATIONS_H
#define MASKSCOPE_TESTS_UNIT_RUN_ALLOCATIONS_H

#include <stdbool.h>
#include <stddef.h>

/* Whether this build can. */
bool allocations_are_counted(void);
/* Calls so far to malloc, calloc, realloc, aligned allocation and mmap, of all threads. */
size_t allocations_counted(void);

#endif
