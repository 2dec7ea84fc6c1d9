/* What holds across files, for programs that read one at a time: `make analyse` includes this
 * before each. Nothing else does. */
#ifndef KNOWN_H
#define KNOWN_H

#include "base/error.h"

/* They describe a failure, and are false. */
#define error_set(...)       (error_set(__VA_ARGS__), false)
#define error_set_errno(...) (error_set_errno(__VA_ARGS__), false)
#define error_prefix(...)    (error_prefix(__VA_ARGS__), false)

/* cppcheck sees no header of the system, and does not know the keyword. */
#ifdef __cppcheck__
#define _Noreturn __attribute__((noreturn))
#define json_array_foreach(list, i, item)                                                          \
    for (i = 0; i < json_array_size(list) && (item = json_array_get(list, i)); i++)
#endif

/* A test ends where an assertion fails. */
#ifdef KNOWN_TEST
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

_Noreturn void known_end(void);

#undef assert_true
#undef assert_false
#undef assert_non_null
#undef assert_null
#undef fail
#undef fail_msg
#undef skip
#define assert_true(condition)   ((condition) ? (void)0 : known_end())
#define assert_false(condition)  ((condition) ? known_end() : (void)0)
#define assert_non_null(pointer) ((pointer) ? (void)0 : known_end())
#define assert_null(pointer)     ((pointer) ? known_end() : (void)0)
#define fail()                   known_end()
#define fail_msg(...)            (print_error(__VA_ARGS__), known_end())
#define skip()                   known_end()
#endif

#endif
