#include "base/error.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void set_message(struct error *error, enum error_code code, const char *format, va_list args)
{
    error->code = code;
    vsnprintf(error->message, sizeof error->message, format, args);
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
        size_t used = strlen(error->message);
        snprintf(error->message + used, sizeof error->message - used, ": %s", strerror(number));
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
        size_t used = strlen(error->message);
        snprintf(error->message + used, sizeof error->message - used, ": %s", rest);
    }
    return false;
}
