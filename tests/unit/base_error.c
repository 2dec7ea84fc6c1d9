/* Errors: codes, messages, prefixes, and that a message cannot harm a terminal. */
#include "tests/unit/test.h"

#include <errno.h>

#include "base/error.h"
#include "base/text.h"

static void test_message_and_code(void **state)
{
    (void)state;
    struct error error;
    assert_false(error_set(&error, ERROR_DATA, "%s:%d: bad", "a.yaml", 3));
    assert_int_equal(error.code, ERROR_DATA);
    assert_string_equal(error.message, "a.yaml:3: bad");
}

static void test_errno_is_told(void **state)
{
    (void)state;
    struct error error;
    errno = ENOSPC;
    assert_false(error_set_errno(&error, ERROR_IO, "out.png"));
    assert_int_equal(error.code, ERROR_IO);
    assert_string_equal(error.message, "out.png: No space left on device");
}

static void test_prefix_keeps_code(void **state)
{
    (void)state;
    struct error error;
    error_set(&error, ERROR_INPUT, "no image");
    assert_false(error_prefix(&error, "%s", "photos"));
    assert_int_equal(error.code, ERROR_INPUT);
    assert_string_equal(error.message, "photos: no image");
}

static void test_null_is_allowed(void **state)
{
    (void)state;
    assert_false(error_set(NULL, ERROR_DATA, "x"));
    assert_false(error_set_errno(NULL, ERROR_DATA, "x"));
    assert_false(error_prefix(NULL, "x"));
}

/* 479 bytes are kept; a two-byte character does not fit into the last of them. */
static void test_long_messages_are_cut(void **state)
{
    (void)state;
    char longer[1000];
    memset(longer, 'a', sizeof longer);
    longer[999] = '\0';
    memcpy(longer + 478, "\xC3\xA9", 2);
    struct error error;
    error_set(&error, ERROR_DATA, "%s", longer);
    assert_int_equal(strlen(error.message), 478);
    error_set(&error, ERROR_DATA, "%s", longer + 1);
    assert_int_equal(strlen(error.message), 479);
    assert_true(text_is_utf8(error.message));
    error_prefix(&error, "%s", "prefix");
    assert_int_equal(strlen(error.message), sizeof error.message - 1);
    assert_memory_equal(error.message, "prefix: aaa", 11);
    error_prefix(&error, "%s", longer);
    assert_memory_equal(error.message, "aaa", 3);
    assert_non_null(strstr(error.message, "a: prefix: a"));
}

static void test_reason_outlives_a_long_path(void **state)
{
    (void)state;
    char path[1000];
    memset(path, 'a', sizeof path);
    path[999] = '\0';
    struct error error;
    errno = ENOENT;
    error_set_errno(&error, ERROR_INPUT, "%s", path);
    assert_int_equal(strlen(error.message), sizeof error.message - 1);
    assert_non_null(strstr(error.message, "a: No such file or directory"));
}

static void test_messages_are_harmless(void **state)
{
    (void)state;
    struct error error;
    error_set(&error, ERROR_INPUT, "%s",
              "a\x1B[2Jb\xFF"
              "c\nd");
    assert_string_equal(error.message, "a?[2Jb?c?d");
    error_prefix(&error, "%s", "\x1B]0;x\a");
    assert_string_equal(error.message, "?]0;x?: a?[2Jb?c?d");
}

/* A message that names the file, or one in the folder, is left as it is. */
static void test_named_files(void **state)
{
    (void)state;
    static const char *const cases[][3] = {
        {"runs/a", "no evaluation yet", "runs/a: no evaluation yet"},
        {"no", "no evaluation yet", "no: no evaluation yet"},
        {"runs/a", "runs/a/run.db: damaged", "runs/a/run.db: damaged"},
        {"runs/a/", "runs/a/run.db: damaged", "runs/a/run.db: damaged"},
        {"a/run.db", "a/run.db: damaged", "a/run.db: damaged"},
        {"runs/a", "runs/ab/run.db: damaged", "runs/a: runs/ab/run.db: damaged"},
    };
    struct error error;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        error_set(&error, ERROR_DATA, "%s", cases[i][1]);
        assert_false(error_name_file(&error, cases[i][0]));
        assert_string_equal(error.message, cases[i][2]);
        assert_int_equal(error.code, ERROR_DATA);
    }
    assert_false(error_name_file(NULL, "a"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_message_and_code),
        cmocka_unit_test(test_errno_is_told),
        cmocka_unit_test(test_prefix_keeps_code),
        cmocka_unit_test(test_null_is_allowed),
        cmocka_unit_test(test_long_messages_are_cut),
        cmocka_unit_test(test_reason_outlives_a_long_path),
        cmocka_unit_test(test_messages_are_harmless),
        cmocka_unit_test(test_named_files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
