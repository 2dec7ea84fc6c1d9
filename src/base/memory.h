/* Memory: checked allocation, and two arenas.
 *
 * An arena hands out pieces that are released all at once. `struct arena` grows chunk by chunk and
 * suits parsed text and tables. `struct block` is one contiguous reservation whose pages become
 * resident only when touched: a training step plans its activations into one for the largest batch
 * it may ever see, and pays only for the batch it got.
 *
 * None of these is thread-safe; each belongs to one owner.
 */
#ifndef MASKSCOPE_BASE_MEMORY_H
#define MASKSCOPE_BASE_MEMORY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

enum { MEMORY_ALIGNMENT = 64 };

#define ARRAY_LENGTH(array) (sizeof(array) / sizeof((array)[0]))

/* Zeroed memory for count items of the given size, or null with *error set (overflow of the product
 * included). The caller frees it with free(). */
void *memory_new(size_t count, size_t size, struct error *error)
    __attribute__((warn_unused_result));

/* Room for one more item in a list of `count` that has room for *capacity, which is raised when it
 * is full (to twice as much). Returns the items, which may have moved, or null with *error set:
 * they are as they were then. The caller frees them with free(). */
void *memory_grow(void *items, size_t count, size_t *capacity, size_t size, struct error *error)
    __attribute__((warn_unused_result));

/* Whether that many more bytes could be mapped now: for libraries that do not ask politely.
 * ERROR_SYSTEM. */
bool memory_has_room(size_t bytes, struct error *error) __attribute__((warn_unused_result));
/* Bytes that the machine could give now without swapping. */
size_t memory_available(void);
/* The most memory that the process ever had resident, in bytes. */
size_t memory_peak(void);

struct arena_chunk;
struct arena {
    struct arena_chunk *chunks; /* newest first; an all-zero struct is an empty arena */
};

/* Zeroed, 16-byte aligned memory that lives until arena_release; null with *error set. */
void *arena_alloc(struct arena *arena, size_t count, size_t size, struct error *error)
    __attribute__((warn_unused_result));
/* A copy of the first `length` bytes of text, with a terminating zero. */
char *arena_text(struct arena *arena, const char *text, size_t length, struct error *error)
    __attribute__((warn_unused_result));
void arena_release(struct arena *arena);

struct block {
    unsigned char *base; /* MEMORY_ALIGNMENT-aligned */
    size_t capacity;     /* bytes reserved */
    size_t used;         /* bytes handed out; the next piece starts here, rounded up */
};

/* Reserves capacity bytes (zero pages, resident only once written to). */
bool block_init(struct block *block, size_t capacity, struct error *error)
    __attribute__((warn_unused_result));
void block_release(struct block *block);
/* Forgets all pieces; the memory stays reserved and keeps its contents. */
void block_clear(struct block *block);
/* A 64-byte aligned piece, zero unless it was used before; null where no room is left for it. */
void *block_take(struct block *block, size_t bytes);
/* A piece of count floats, contents undefined. The reservation was planned to be large enough:
 * running over it is a programming error and aborts. */
float *block_floats(struct block *block, size_t count);
/* The bytes that block_floats(count) takes, for planning. */
size_t block_floats_size(size_t count);

#endif
