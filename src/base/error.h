/* Errors as values.
 *
 * A function that can fail returns bool (or a pointer): true (non-null) for success. On failure it
 * has described what went wrong in the `struct error` of its caller: which file, line or setting,
 * and what was expected. The library never exits and never prints; only src/cli turns an error into
 * text on stderr and an exit status.
 *
 * A struct error lives on its caller's stack, needs no release and belongs to one thread.
 */
#ifndef MASKSCOPE_BASE_ERROR_H
#define MASKSCOPE_BASE_ERROR_H

#include <stdbool.h>

/* The values are the process's exit statuses (sysexits.h where one fits). */
enum error_code {
    ERROR_NONE = 0,
    ERROR_CHECK = 1,     /* the check that was asked for failed */
    ERROR_USAGE = 64,    /* wrong command line */
    ERROR_DATA = 65,     /* bad data or configuration */
    ERROR_INPUT = 66,    /* an input is missing or cannot be read */
    ERROR_DIVERGED = 70, /* training stopped on a non-finite loss */
    ERROR_SYSTEM = 71,   /* out of memory, no more threads */
    ERROR_CREATE = 73,   /* an output cannot be created */
    ERROR_IO = 74,       /* reading or writing failed midway */
};

struct error {
    enum error_code code;
    char message[480];
};

/* Sets *error (which may be null: the caller does not care) and returns false, so that a failing
 * function can end with `return error_set(...)`. The message is one sentence without a full stop,
 * cut to what fits; control characters and malformed UTF-8 in it are replaced. No argument may
 * point into error->message. */
bool error_set(struct error *error, enum error_code code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* As error_set, with ": " and the text of errno (as it was at the call) appended. */
bool error_set_errno(struct error *error, enum error_code code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Puts "PREFIX: " in front of the message, for a caller that knows the file or the setting. */
bool error_prefix(struct error *error, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* The same with the path of a file or folder, unless the message begins with it: what was reading
 * the file, or one in the folder, may have named it already. */
bool error_name_file(struct error *error, const char *path);

#endif
