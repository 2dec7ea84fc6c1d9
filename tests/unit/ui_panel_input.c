/* Keys and sequences as bytes that come in pieces: curses on a pipe. */
#include "tests/unit/test.h"

#include <curses.h>
#include <unistd.h>

#include "ui/panel/input.h"

static int to_input; /* the end of the pipe that is written to */
static struct input_reader reader;

static void feed(const char *bytes, size_t count)
{
    set_escdelay(1); /* what is not there does not come, either */
    assert_int_equal(write(to_input, bytes, count), count);
}

static void expect_kind(enum input_kind kind)
{
    assert_int_equal(input_read(&reader).kind, kind);
}

static void expect_key(uint32_t code)
{
    struct input input = input_read(&reader);
    assert_int_equal(input.kind, INPUT_KEY);
    assert_int_equal(input.key.code, code);
}

/* Nobody knows when the rest comes: until then there is nothing, and it is one thing when it is
 * there. */
static void expect_in_pieces(const char *bytes, enum input_kind kind)
{
    enum { INTRODUCER = 2 };
    size_t length = strlen(bytes);
    for (size_t split = INTRODUCER; split < length; split++) {
        feed(bytes, split);
        expect_kind(INPUT_NONE);
        feed(bytes + split, length - split);
        expect_kind(kind);
    }
    feed(bytes, INTRODUCER);
    expect_kind(INPUT_NONE);
    for (size_t i = INTRODUCER; i < length; i++) {
        feed(bytes + i, 1);
        expect_kind(i + 1 < length ? INPUT_NONE : kind);
    }
    feed("x", 1);
    expect_key('x');
    expect_kind(INPUT_NONE);
}

static void test_pieces(void **state)
{
    (void)state;
    expect_in_pieces("\033[200~", INPUT_PASTE_BEGIN);
    expect_in_pieces("\033[201~", INPUT_PASTE_END);
    expect_in_pieces("\033[57428u", INPUT_OTHER);
    expect_in_pieces("\033[M !!", INPUT_OTHER);
    expect_in_pieces("\033Oj", INPUT_OTHER);
    expect_in_pieces("\033OM", INPUT_OTHER);
}

/* A paste whose brackets both come byte by byte is text between them. */
static void test_text_between_brackets(void **state)
{
    (void)state;
    static const char bytes[] = "[200~Qy\033[201~";
    feed("\033", 1);
    for (size_t i = 0; i + 1 < sizeof bytes; i++)
        feed(bytes + i, 1);
    expect_kind(INPUT_PASTE_BEGIN);
    expect_key('Q');
    expect_key('y');
    expect_kind(INPUT_PASTE_END);
    expect_kind(INPUT_NONE);
}

/* A sequence that another key breaks off ends there, and the key counts. */
static void test_broken_sequences(void **state)
{
    (void)state;
    feed("\033[20", 4);
    expect_kind(INPUT_NONE);
    feed("\033[200~", 6);
    expect_kind(INPUT_OTHER);
    expect_kind(INPUT_PASTE_BEGIN);
    feed("\033[20\r", 5);
    expect_kind(INPUT_OTHER);
    expect_key(KEY_CODE_ENTER);
    feed("\033[0000000000000000000000000000000000000000", 42); /* without an end */
    expect_kind(INPUT_OTHER);
    while (input_read(&reader).kind == INPUT_KEY)
        continue;
    feed("x", 1);
    expect_key('x');
}

/* A split bracket is waited for, most of all the second. */
static void test_patience(void **state)
{
    (void)state;
    input_set_patience(PATIENCE_KEYS);
    int keys = get_escdelay();
    input_set_patience(PATIENCE_LINE);
    int line = get_escdelay();
    feed("\033[200~", 6);
    expect_kind(INPUT_PASTE_BEGIN);
    assert_true(keys < line && line < get_escdelay());
}

static void test_escape_key(void **state)
{
    (void)state;
    feed("\033", 1);
    expect_key(KEY_CODE_ESCAPE);
    expect_kind(INPUT_NONE);
    feed("\033q", 2);
    expect_key(KEY_CODE_ESCAPE);
    expect_key('q');
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pieces),
        cmocka_unit_test(test_text_between_brackets),
        cmocka_unit_test(test_broken_sequences),
        cmocka_unit_test(test_patience),
        cmocka_unit_test(test_escape_key),
    };
    int ends[2];
    if (pipe(ends) != 0)
        return 99;
    to_input = ends[1];
    FILE *input = fdopen(ends[0], "r"), *output = fopen("/dev/null", "w");
    set_escdelay(1);
    if (!input || !output || !newterm("xterm", output, input)) {
        puts("1..0 # SKIP the terminal xterm is not known");
        return 0;
    }
    keypad(stdscr, TRUE);
    nodelay(stdscr, TRUE);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    endwin();
    return failed;
}
