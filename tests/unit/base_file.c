/* Files: what may be read, folders made on the way, and atomic writes that fail halfway. */
#include "tests/unit/test.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "tests/unit/run_folder.h"

/* The path of a name in this test's folder; good until the next but one call. */
static const char *in_folder(const char *name)
{
    static char paths[2][FILE_PATH_SIZE];
    static int turn;
    turn = !turn;
    assert_true(file_join(paths[turn], sizeof paths[turn], test_folder, name, NULL));
    return paths[turn];
}

static void write_file(const char *path, const char *contents)
{
    FILE *stream = fopen(path, "wb");
    assert_non_null(stream);
    fputs(contents, stream);
    fclose(stream);
}

static void assert_contents(const char *path, const char *contents)
{
    struct text text = {0};
    assert_true(file_read(path, 1 << 20, &text, NULL));
    assert_string_equal(text_of(&text), contents);
    text_release(&text);
}

static void test_read(void **state)
{
    (void)state;
    struct text text = {0};
    struct error error;
    write_file(in_folder("a"), "0123456789");
    assert_true(file_read(in_folder("a"), 10, &text, &error));
    assert_true(file_read(in_folder("a"), 10, &text, &error)); /* the limit is on the file */
    assert_string_equal(text_of(&text), "01234567890123456789");
    assert_false(file_read(in_folder("a"), 9, &text, &error));
    assert_int_equal(error.code, ERROR_DATA);
    text_release(&text);
}

static void assert_unreadable(const char *path, const char *expected)
{
    struct text text = {0};
    struct error error;
    assert_false(file_read(path, 100, &text, &error));
    assert_int_equal(error.code, ERROR_INPUT);
    assert_non_null(strstr(error.message, path));
    assert_non_null(strstr(error.message, expected));
    text_release(&text);
}

static void test_read_refuses(void **state)
{
    (void)state;
    assert_unreadable(in_folder("missing"), "No such file");
    assert_unreadable(test_folder, "not a regular file");
    assert_unreadable("/dev/zero", "not a regular file");
    assert_int_equal(mkfifo(in_folder("fifo"), 0600), 0);
    assert_unreadable(in_folder("fifo"), "not a regular file"); /* and does not wait for a writer */
}

static void test_join(void **state)
{
    (void)state;
    char out[8];
    struct error error;
    assert_true(file_join(out, sizeof out, "a", "b", &error));
    assert_string_equal(out, "a/b");
    assert_true(file_join(out, sizeof out, "a/", "b", &error));
    assert_string_equal(out, "a/b");
    assert_true(file_join(out, sizeof out, "", "b", &error));
    assert_string_equal(out, "b");
    assert_true(file_join(out, sizeof out, "/", "b", &error));
    assert_string_equal(out, "/b");
    assert_true(file_join(out, sizeof out, "abc", "def", &error));
    assert_false(file_join(out, sizeof out, "abcd", "efg", &error));
    assert_int_equal(error.code, ERROR_USAGE);
}

static void test_absolute(void **state)
{
    (void)state;
    char path[FILE_PATH_SIZE] = "/usr/../usr", nowhere[] = "nowhere/at/all", small[5] = "/usr",
         none[1] = "";
    file_make_absolute(path, sizeof path);
    assert_string_equal(path, "/usr");
    file_make_absolute(nowhere, sizeof nowhere);
    assert_string_equal(nowhere, "nowhere/at/all");
    file_make_absolute(small, sizeof small);
    assert_string_equal(small, "/usr");
    char here[3] = ".";
    file_make_absolute(here, sizeof here); /* the whole does not fit */
    assert_string_equal(here, ".");
    file_make_absolute(none, sizeof none);
    assert_string_equal(none, "");
}

static void test_make_folder(void **state)
{
    (void)state;
    struct error error;
    assert_true(file_make_folder(in_folder("x/y//z/"), &error));
    assert_true(file_is_folder(in_folder("x/y/z")));
    assert_true(file_make_folder(in_folder("x/y/z"), &error));
    write_file(in_folder("file"), "");
    assert_true(file_exists(in_folder("file")));
    assert_false(file_is_folder(in_folder("file")));
    assert_false(file_make_folder(in_folder("file"), &error));
    assert_int_equal(error.code, ERROR_CREATE);
    assert_false(file_make_folder(in_folder("file/below"), &error));
    assert_non_null(strstr(error.message, "Not a directory"));
    assert_false(file_make_folder("", &error));
    char endless[FILE_PATH_SIZE + 10];
    memset(endless, 'a', sizeof endless - 1);
    endless[sizeof endless - 1] = '\0';
    assert_false(file_make_folder(endless, &error));
    assert_non_null(strstr(error.message, "too long"));
}

static void test_commit_replaces(void **state)
{
    (void)state;
    struct file_write file;
    write_file(in_folder("out"), "old");
    assert_true(file_begin(&file, in_folder("out"), NULL));
    fputs("new", file.stream);
    fflush(file.stream);
    assert_contents(in_folder("out"), "old");
    assert_true(file_commit(&file, NULL));
    assert_contents(in_folder("out"), "new");
    assert_false(file_exists(in_folder("out.partial")));
}

static void test_abandon_keeps_the_old(void **state)
{
    (void)state;
    struct file_write file;
    write_file(in_folder("out"), "old");
    assert_true(file_begin(&file, in_folder("out"), NULL));
    fputs("new", file.stream);
    errno = ENOSPC;
    file_abandon(&file);
    assert_int_equal(errno, ENOSPC);
    assert_contents(in_folder("out"), "old");
    assert_false(file_exists(in_folder("out.partial")));
}

static void test_begin_fails(void **state)
{
    (void)state;
    struct file_write file;
    struct error error;
    assert_false(file_begin(&file, in_folder("missing/out"), &error));
    assert_int_equal(error.code, ERROR_CREATE);
    assert_non_null(strstr(error.message, "No such file"));
    if (geteuid() == 0) {
        print_message("skipped in part: root may write to a read-only folder\n");
        return;
    }
    assert_int_equal(chmod(test_folder, 0500), 0);
    assert_false(file_begin(&file, in_folder("out"), &error));
    assert_int_equal(chmod(test_folder, 0700), 0);
    assert_non_null(strstr(error.message, "Permission denied"));
}

/* Files of this process can grow to `bytes` only; writing more fails with EFBIG, as on a full disk
 * with ENOSPC. */
static void limit_file_size(rlim_t bytes)
{
    struct rlimit limit;
    signal(SIGXFSZ, bytes == RLIM_INFINITY ? SIG_DFL : SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
    limit.rlim_cur = bytes < limit.rlim_max ? bytes : limit.rlim_max;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static void commit_beyond_limit(size_t bytes)
{
    static const char zeros[1000];
    struct file_write file;
    struct error error = {0};
    write_file(in_folder("out"), "old");
    assert_true(file_begin(&file, in_folder("out"), NULL));
    limit_file_size(50000);
    for (size_t written = 0; written < bytes; written += sizeof zeros)
        fwrite(zeros, 1, sizeof zeros, file.stream);
    errno = 0;
    bool good = file_commit(&file, &error);
    limit_file_size(RLIM_INFINITY);
    assert_false(good);
    assert_int_equal(error.code, ERROR_IO);
    assert_non_null(strstr(error.message, "not written"));
    assert_null(strstr(error.message, "Success"));
    assert_contents(in_folder("out"), "old");
    assert_false(file_exists(in_folder("out.partial")));
}

/* The failure shows when the last buffer is flushed, and in a write long before. */
static void test_full_disk(void **state)
{
    (void)state;
    commit_beyond_limit(51000);
    commit_beyond_limit(300000);
}

/* A write that failed and was then made good by nobody: the stream's error flag is all that is
 * left of it. */
static void test_error_flag_is_heeded(void **state)
{
    (void)state;
    static const char zeros[60000];
    struct file_write file;
    struct error error;
    assert_true(file_begin(&file, in_folder("out"), NULL));
    setvbuf(file.stream, NULL, _IONBF, 0);
    limit_file_size(50000);
    fwrite(zeros, 1, sizeof zeros, file.stream);
    limit_file_size(RLIM_INFINITY);
    errno = 0;
    assert_false(file_commit(&file, &error));
    assert_non_null(strstr(error.message, "Input/output error"));
    assert_false(file_exists(in_folder("out")));
}

static void test_target_is_a_folder(void **state)
{
    (void)state;
    struct file_write file;
    struct error error;
    assert_true(file_begin(&file, in_folder("out"), NULL));
    assert_true(file_make_folder(in_folder("out"), NULL)); /* somebody else was there first */
    fputs("new", file.stream);
    assert_false(file_commit(&file, &error));
    assert_non_null(strstr(error.message, "Is a directory"));
    assert_false(file_exists(in_folder("out.partial")));
    assert_false(file_begin(&file, in_folder("out"), &error));
    assert_non_null(strstr(error.message, "is no regular file"));
}

/* As root, a rename would put a file in the place of a device. */
static void test_target_is_no_file(void **state)
{
    (void)state;
    struct error error;
    assert_int_equal(mkfifo(in_folder("pipe"), 0600), 0);
    assert_false(file_can_write(in_folder("pipe"), &error));
    assert_int_equal(error.code, ERROR_CREATE);
    assert_non_null(strstr(error.message, "is no regular file"));
    assert_false(file_can_write(in_folder("nowhere/at/all"), &error));
    assert_int_equal(error.code, ERROR_CREATE);
    assert_true(file_can_write(in_folder("new"), &error));
    assert_false(file_exists(in_folder("new")) || file_exists(in_folder("new.partial")));
    FILE *mine = fopen(in_folder("new.partial"), "w");
    assert_non_null(mine);
    fclose(mine);
    assert_true(file_can_write(in_folder("new"), &error));
    assert_true(file_exists(in_folder("new.partial"))); /* it was there before */
    assert_int_equal(unlink(in_folder("new.partial")) | unlink(in_folder("pipe")), 0);
}

static void test_user_folders(void **state)
{
    (void)state;
    char out[64], small[8];
    setenv("HOME", "/home/me", 1);
    setenv("XDG_CONFIG_HOME", "/etc/mine", 1);
    unsetenv("XDG_STATE_HOME");
    assert_true(file_user_config(out, sizeof out));
    assert_string_equal(out, "/etc/mine/maskscope");
    assert_true(file_user_state(out, sizeof out));
    assert_string_equal(out, "/home/me/.local/state/maskscope");
    setenv("XDG_CONFIG_HOME", "relative", 1); /* to be ignored, says the specification */
    assert_true(file_user_config(out, sizeof out));
    assert_string_equal(out, "/home/me/.config/maskscope");
    assert_false(file_user_config(small, sizeof small));
    unsetenv("HOME");
    assert_false(file_user_state(out, sizeof out));
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, test_folder_make, test_folder_remove)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(test_read),
        IN_FOLDER(test_read_refuses),
        cmocka_unit_test(test_join),
        cmocka_unit_test(test_absolute),
        IN_FOLDER(test_make_folder),
        IN_FOLDER(test_commit_replaces),
        IN_FOLDER(test_abandon_keeps_the_old),
        IN_FOLDER(test_begin_fails),
        IN_FOLDER(test_full_disk),
        IN_FOLDER(test_error_flag_is_heeded),
        IN_FOLDER(test_target_is_a_folder),
        IN_FOLDER(test_target_is_no_file),
        cmocka_unit_test(test_user_folders),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
