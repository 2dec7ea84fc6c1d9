#include "base/error.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

/* Messages quote file names and settings, and end up on terminals. */
static void set_message(struct error *error, enum error_code code, const char *format, va_list args)
{
    char raw[sizeof error->message + TEXT_CHARACTER_SIZE];
    vsnprintf(raw, sizeof raw, format, args);
    error->code = code;
    text_sanitize(error->message, sizeof error->message, raw);
}

/* Makes the message "MESSAGE: REASON", cutting the former where both do not fit: the reason says
 * more than the end of a long path. */
static void add_reason(struct error *error, const char *reason)
{
    enum { SIZE = sizeof error->message };
    size_t taken = strlen(": ") + strlen(reason);
    char cut[SIZE];
    text_copy(cut, taken < SIZE / 2 ? SIZE - taken : SIZE / 2, error->message);
    error_set(error, error->code, "%s: %s", cut, reason);
}

bool error_set(struct error *error, enum error_code code, const char *format, ...)
{
    if (error) {
        va_list args;
        va_start(args, format);
        set_message(error, code, format, args);
        va_end(args);
    }
    return false;
}

bool error_set_errno(struct error *error, enum error_code code, const char *format, ...)
{
    int number = errno;
    if (error) {
        va_list args;
        va_start(args, format);
        set_message(error, code, format, args);
        va_end(args);
        add_reason(error, strerror(number));
    }
    return false;
}

bool error_prefix(struct error *error, const char *format, ...)
{
    if (error) {
        char rest[sizeof error->message];
        memcpy(rest, error->message, sizeof rest);
        va_list args;
        va_start(args, format);
        set_message(error, error->code, format, args);
        va_end(args);
        add_reason(error, rest);
    }
    return false;
}

static bool begins_with_file(const char *message, const char *path)
{
    size_t length = strlen(path);
    return length > 0 && !strncmp(message, path, length) &&
           (path[length - 1] == '/' || message[length] == '/' || message[length] == ':');
}

bool error_name_file(struct error *error, const char *path)
{
    bool named = error && begins_with_file(error->message, path);
    return named ? false : error_prefix(error, "%s", path);
}
