/* Files and folders: whole reads, atomic writes, folders made on the way. Callable from any thread.
 */
#ifndef MASKSCOPE_BASE_FILE_H
#define MASKSCOPE_BASE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/error.h"
#include "base/text.h"

enum { FILE_PATH_SIZE = 1024 };

/* Makes the path in path[size] absolute, without links. One that leads nowhere, or whose whole does
 * not fit, stays as it is, for whoever reads it to complain about; so does "". */
void file_make_absolute(char *path, size_t size);

/* Appends the file's bytes to text. A folder, FIFO or device is refused, as is a file of more than
 * limit bytes. Errors: ERROR_INPUT (cannot open), ERROR_DATA (too large), ERROR_IO. */
bool file_read(const char *path, size_t limit, struct text *text, struct error *error)
    __attribute__((warn_unused_result));
/* The same of standard input, whatever that is, to its end. */
bool file_read_input(size_t limit, struct text *text, struct error *error)
    __attribute__((warn_unused_result));

/* out[size] = "FOLDER/NAME"; ERROR_USAGE if it does not fit. */
bool file_join(char *out, size_t size, const char *folder, const char *name, struct error *error)
    __attribute__((warn_unused_result));
/* Makes the folder and those above it; one that exists is fine. */
bool file_make_folder(const char *path, struct error *error) __attribute__((warn_unused_result));
bool file_exists(const char *path);
bool file_is_folder(const char *path);
/* Whether both paths lead to one file, by links of whatever kind. False if one leads nowhere. */
bool file_same(const char *a, const char *b);

/* Atomic replacement of one file: a reader sees the old contents or the new, never a part. What is
 * no regular file is refused.
 * file_begin opens PATH.partial; write to `stream`; file_commit flushes, fsyncs, renames and fsyncs
 * the folder; file_abandon removes the temporary. One of the last two must follow a good begin. */
struct file_write {
    FILE *stream;
    char path[FILE_PATH_SIZE], partial[FILE_PATH_SIZE + 16];
};
bool file_begin(struct file_write *write, const char *path, struct error *error)
    __attribute__((warn_unused_result));
bool file_commit(struct file_write *write, struct error *error) __attribute__((warn_unused_result));
void file_abandon(struct file_write *write);
/* Whether file_begin would do: to be asked before long work whose result goes there. ERROR_CREATE.
 */
bool file_can_write(const char *path, struct error *error);

/* Makes `path` a symbolic link to `target`, replacing a link or file that is there in one step, and
 * makes that durable. ERROR_CREATE; errno is left as the failing call set it. */
bool file_replace_link(const char *path, const char *target, struct error *error)
    __attribute__((warn_unused_result));

/* The user's folders (XDG Base Directory): "$XDG_CONFIG_HOME/maskscope" or "~/.config/maskscope",
 * and for state "$XDG_STATE_HOME/maskscope" or "~/.local/state/maskscope". False: no home. */
bool file_user_config(char *out, size_t size);
bool file_user_state(char *out, size_t size);

#endif
