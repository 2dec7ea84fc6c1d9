/* NumPy's npy format (versions 1 to 3), as far as masks need it. */
#ifndef MASKSCOPE_MASK_NPY_H
#define MASKSCOPE_MASK_NPY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/file.h"
#include "mask/strategy.h"

/* Reads masks [K, L] or [K, grid_height, grid_width] of 0 and 1 in row-major order: booleans,
 * integers of any size or little-endian floats. The caller frees rows->masks. ERROR_INPUT: no such
 * file; ERROR_DATA names the file and what is wrong: the type, the shape, a value, a mask with
 * nothing hidden or nothing visible. */
bool npy_read_masks(const char *path, int grid_height, int grid_width, struct mask_rows *rows,
                    struct error *error);

/* Writing `count` masks of that many patches as uint8, some at a time. One of npy_commit and
 * npy_abandon must follow a good npy_begin; nothing is at the path before npy_commit. ERROR_CREATE,
 * ERROR_IO. */
struct npy_write {
    struct file_write file;
    size_t patches;
};
bool npy_begin(struct npy_write *write, const char *path, size_t count, size_t patches,
               struct error *error) __attribute__((warn_unused_result));
/* masks [count, patches], after those before. */
bool npy_add(struct npy_write *write, const uint8_t *masks, size_t count, struct error *error)
    __attribute__((warn_unused_result));
bool npy_commit(struct npy_write *write, struct error *error) __attribute__((warn_unused_result));
void npy_abandon(struct npy_write *write);
/* All at once: masks [count, patches]. */
bool npy_write_masks(const char *path, const uint8_t *masks, size_t count, size_t patches,
                     struct error *error);

#endif
