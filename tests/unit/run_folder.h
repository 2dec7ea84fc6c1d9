/* A folder of a test program's own, made before its tests and removed with all it holds after. */
#ifndef MASKSCOPE_TESTS_UNIT_RUN_FOLDER_H
#define MASKSCOPE_TESTS_UNIT_RUN_FOLDER_H

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static char test_folder[512];

static inline int test_folder_make(void **state)
{
    (void)state;
    const char *base = getenv("TMPDIR");
    snprintf(test_folder, sizeof test_folder, "%s/maskscope-test-XXXXXX", base ? base : "/tmp");
    return mkdtemp(test_folder) ? 0 : -1;
}

static inline int test_folder_remove_one(const char *path, const struct stat *status, int type,
                                         struct FTW *walk)
{
    (void)status, (void)type, (void)walk;
    return remove(path);
}

static inline int test_folder_remove(void **state)
{
    (void)state;
    return nftw(test_folder, test_folder_remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

#endif
