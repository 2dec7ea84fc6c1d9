#include "base/memory.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

enum { CHUNK_SIZE = 64 * 1024 - 64, ARENA_ALIGNMENT = 16 };

struct arena_chunk {
    struct arena_chunk *next;
    size_t capacity, used;
    _Alignas(ARENA_ALIGNMENT) unsigned char bytes[];
};

static size_t round_up(size_t size, size_t alignment)
{
    return (size + alignment - 1) & ~(alignment - 1);
}

static bool product(size_t count, size_t size, size_t *bytes, struct error *error)
{
    if (__builtin_mul_overflow(count, size, bytes) || *bytes > PTRDIFF_MAX / 2)
        return error_set(error, ERROR_SYSTEM, "out of memory: %zu items of %zu bytes", count, size);
    return true;
}

void *memory_new(size_t count, size_t size, struct error *error)
{
    size_t bytes;
    if (!product(count, size, &bytes, error))
        return NULL;
    void *memory = calloc(1, bytes ? bytes : 1);
    if (!memory)
        error_set(error, ERROR_SYSTEM, "out of memory: %zu bytes", bytes);
    return memory;
}

void *memory_grow(void *items, size_t count, size_t *capacity, size_t size, struct error *error)
{
    enum { FIRST_CAPACITY = 16 };
    if (count < *capacity)
        return items;
    size_t larger = *capacity ? 2 * *capacity : FIRST_CAPACITY, bytes;
    if (!product(larger, size, &bytes, error))
        return NULL;
    void *moved = realloc(items, bytes);
    if (moved)
        *capacity = larger;
    else
        error_set(error, ERROR_SYSTEM, "out of memory for a list of %zu items", larger);
    return moved;
}

bool memory_has_room(size_t bytes, struct error *error)
{
    void *room = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (room == MAP_FAILED)
        return error_set_errno(error, ERROR_SYSTEM, "cannot reserve %zu MiB of memory",
                               bytes >> 20);
    munmap(room, bytes);
    return true;
}

/* What the kernel estimates, caches that it would drop included; without it, what lies idle. */
size_t memory_available(void)
{
    char line[128];
    unsigned long long kilobytes = 0;
    FILE *file = fopen("/proc/meminfo", "re");
    bool found = false;
    while (file && !found && fgets(line, sizeof line, file))
        found = sscanf(line, "MemAvailable: %llu kB", &kilobytes) == 1;
    if (file)
        fclose(file);
    if (found)
        return (size_t)kilobytes * 1024;
    return (size_t)sysconf(_SC_AVPHYS_PAGES) * (size_t)sysconf(_SC_PAGESIZE);
}

size_t memory_peak(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (size_t)usage.ru_maxrss * 1024; /* kilobytes on Linux */
}

void *arena_alloc(struct arena *arena, size_t count, size_t size, struct error *error)
{
    size_t bytes;
    if (!product(count, size, &bytes, error))
        return NULL;
    bytes = round_up(bytes ? bytes : 1, ARENA_ALIGNMENT);
    struct arena_chunk *chunk = arena->chunks;
    if (!chunk || chunk->capacity - chunk->used < bytes) {
        size_t capacity = bytes > CHUNK_SIZE ? bytes : CHUNK_SIZE;
        chunk = calloc(1, sizeof *chunk + capacity);
        if (!chunk) {
            error_set(error, ERROR_SYSTEM, "out of memory: %zu bytes", capacity);
            return NULL;
        }
        chunk->capacity = capacity;
        chunk->next = arena->chunks;
        arena->chunks = chunk;
    }
    void *piece = chunk->bytes + chunk->used;
    chunk->used += bytes;
    return piece;
}

char *arena_text(struct arena *arena, const char *text, size_t length, struct error *error)
{
    char *copy = arena_alloc(arena, length + 1, 1, error);
    if (copy)
        memcpy(copy, text, length);
    return copy;
}

void arena_release(struct arena *arena)
{
    while (arena->chunks) {
        struct arena_chunk *next = arena->chunks->next;
        free(arena->chunks);
        arena->chunks = next;
    }
}

bool block_init(struct block *block, size_t capacity, struct error *error)
{
    *block = (struct block){0};
    capacity = round_up(capacity ? capacity : 1, MEMORY_ALIGNMENT);
    void *base = mmap(NULL, capacity, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (base == MAP_FAILED)
        return error_set_errno(error, ERROR_SYSTEM, "cannot reserve %zu MiB of memory",
                               capacity >> 20);
    madvise(base, capacity, MADV_HUGEPAGE); /* fewer page walks; no harm where refused */
    block->base = base;
    block->capacity = capacity;
    return true;
}

void block_release(struct block *block)
{
    if (block->base)
        munmap(block->base, block->capacity);
    *block = (struct block){0};
}

void block_clear(struct block *block)
{
    block->used = 0;
}

size_t block_floats_size(size_t count)
{
    return round_up(count * sizeof(float), MEMORY_ALIGNMENT);
}

void *block_take(struct block *block, size_t bytes)
{
    if (bytes > block->capacity - block->used)
        return NULL;
    void *piece = block->base + block->used;
    block->used += round_up(bytes, MEMORY_ALIGNMENT); /* as the capacity is */
    return piece;
}

float *block_floats(struct block *block, size_t count)
{
    float *piece = block_take(block, block_floats_size(count));
    if (!piece)
        abort();
    return piece;
}
