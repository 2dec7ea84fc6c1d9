#include "tests/unit/run_allocations.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <config.h>

#if defined __GLIBC__ && !defined SANITIZED && defined __LP64__

static atomic_size_t counted;

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *memory, size_t size);
void *__libc_memalign(size_t alignment, size_t size);

bool allocations_are_counted(void)
{
    return true;
}

size_t allocations_counted(void)
{
    return atomic_load(&counted);
}

void *malloc(size_t size)
{
    atomic_fetch_add(&counted, 1);
    return __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
    atomic_fetch_add(&counted, 1);
    return __libc_calloc(count, size);
}

void *realloc(void *memory, size_t size)
{
    atomic_fetch_add(&counted, 1);
    return __libc_realloc(memory, size);
}

void *memalign(size_t alignment, size_t size);
void *memalign(size_t alignment, size_t size)
{
    atomic_fetch_add(&counted, 1);
    return __libc_memalign(alignment, size);
}

void *aligned_alloc(size_t alignment, size_t size)
{
    return memalign(alignment, size);
}

int posix_memalign(void **memory, size_t alignment, size_t size)
{
    *memory = memalign(alignment, size);
    return *memory ? 0 : ENOMEM;
}

/* Some libraries take their buffers from the system themselves. */
void *mmap(void *address, size_t length, int protection, int flags, int file, off_t offset)
{
    atomic_fetch_add(&counted, 1);
    return (void *)syscall(SYS_mmap, address, length, protection, flags, file, offset);
}

#else

bool allocations_are_counted(void)
{
    return false;
}

size_t allocations_counted(void)
{
    return 0;
}

#endif
