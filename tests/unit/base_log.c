/* The log: levels, the ring running over, sanitising, sinks, and writers on several threads. */
#include "tests/unit/test.h"

#include <pthread.h>
#include <stdatomic.h>

#include "base/log.h"
#include "base/memory.h"
#include "base/text.h"

static int new_log(void **state)
{
    *state = log_new(NULL);
    return *state ? 0 : -1;
}

static int free_log(void **state)
{
    log_free(*state);
    return 0;
}

static void test_lines_and_levels(void **state)
{
    struct log *log = *state;
    struct log_line lines[4];
    assert_int_equal(log_newest(log), 0);
    assert_int_equal(log_read(log, 0, lines, 4), 0);
    log_write(log, LOG_DEBUG, "below the level");
    log_write(log, LOG_WARNING, "%s %d", "image", 7);
    log_set_level(log, LOG_ERROR);
    log_write(log, LOG_WARNING, "below the level too");
    log_set_level(log, LOG_DEBUG);
    log_write(log, LOG_DEBUG, "now heard");
    assert_int_equal(log_newest(log), 2);
    assert_int_equal(log_read(log, 0, lines, 4), 2);
    assert_int_equal(lines[0].number, 1);
    assert_int_equal(lines[0].level, LOG_WARNING);
    assert_string_equal(lines[0].text, "image 7");
    assert_true(lines[0].time > 1.5e9 && lines[1].time >= lines[0].time);
    assert_string_equal(lines[1].text, "now heard");
    assert_int_equal(log_read(log, 1, lines, 4), 1);
    assert_int_equal(lines[0].number, 2);
    assert_int_equal(log_read(log, 2, lines, 4), 0);
    assert_string_equal(log_level_name(LOG_WARNING), "warning");
    log_write(NULL, LOG_ERROR, "swallowed");
}

/* A reader that fell behind sees the gap in the numbers, and the newest lines whole. */
static void test_ring_runs_over(void **state)
{
    struct log *log = *state;
    enum { LINES = LOG_RING_LINES + 100 };
    for (int i = 1; i <= LINES; i++)
        log_write(log, LOG_INFO, "line %d", i);
    struct log_line *lines = test_calloc(LINES, sizeof *lines);
    size_t count = log_read(log, 50, lines, LINES);
    assert_int_equal(count, LOG_RING_LINES);
    for (size_t i = 0; i < count; i++) {
        char expected[32];
        snprintf(expected, sizeof expected, "line %zu", 101 + i);
        assert_int_equal(lines[i].number, 101 + i);
        assert_string_equal(lines[i].text, expected);
    }
    assert_int_equal(log_read(log, 50, lines, 3), 3); /* oldest first */
    assert_int_equal(lines[2].number, 103);
    test_free(lines);
}

static void test_sanitised(void **state)
{
    struct log *log = *state;
    struct log_line line;
    log_write(log, LOG_INFO, "%s",
              "a\x1B]0;title\a\xC2\x9B"
              "1m\xFF \xC3\xA9\n");
    assert_int_equal(log_read(log, 0, &line, 1), 1);
    assert_string_equal(line.text, "a?]0;title??1m? \xC3\xA9?");
    /* 399 bytes are kept: the character across that border goes whole. */
    char longer[600];
    for (size_t i = 0; i < sizeof longer - 1; i += 3)
        memcpy(longer + i, "\xE2\x82\xAC", 3);
    for (size_t shift = 0; shift < 3; shift++) {
        longer[sizeof longer - 3 + shift] = '\0';
        log_write(log, LOG_INFO, "%.*s%s", (int)shift, "ab", longer);
        longer[sizeof longer - 3 + shift] = "\xE2\x82\xAC"[shift];
        assert_int_equal(log_read(log, 1 + shift, &line, 1), 1);
        assert_int_equal(strlen(line.text), shift + (399 - shift) / 3 * 3);
        assert_null(strchr(line.text, '?'));
        assert_true(text_is_utf8(line.text));
    }
}

struct sunk {
    uint64_t next;
    int per_writer[4];
    bool in_order;
};

/* Runs under the log's mutex, so it may count without another. */
static void sink_line(void *context, const struct log_line *line)
{
    struct sunk *sunk = context;
    int writer = -1, turn = -1;
    if (sscanf(line->text, "writer %d turn %d", &writer, &turn) != 2 ||
        line->number != sunk->next++ || turn != sunk->per_writer[writer]++)
        sunk->in_order = false;
}

enum { WRITERS = 4, TURNS = 2000 };
struct writer {
    struct log *log;
    int number;
    atomic_int *running;
};

static void *write_lines(void *context)
{
    const struct writer *writer = context;
    for (int turn = 0; turn < TURNS; turn++)
        log_write(writer->log, LOG_INFO, "writer %d turn %d", writer->number, turn);
    atomic_fetch_sub(writer->running, 1);
    return NULL;
}

/* Reads while the others write: lines come whole, in order, each once but for counted gaps. */
static void test_threads(void **state)
{
    struct log *log = *state;
    struct sunk sunk = {.next = 1, .in_order = true};
    log_set_sink(log, sink_line, &sunk);
    pthread_t threads[WRITERS];
    struct writer writers[WRITERS];
    atomic_int running = WRITERS;
    for (int i = 0; i < WRITERS; i++) {
        writers[i] = (struct writer){log, i, &running};
        assert_int_equal(pthread_create(&threads[i], NULL, write_lines, &writers[i]), 0);
    }
    uint64_t newest = 0;
    bool whole = true;
    while (atomic_load(&running) > 0 || newest < log_newest(log)) {
        struct log_line lines[64];
        size_t count = log_read(log, newest, lines, ARRAY_LENGTH(lines));
        for (size_t i = 0; i < count; i++) {
            whole = whole && lines[i].number > newest && !strncmp(lines[i].text, "writer ", 7);
            newest = lines[i].number;
        }
    }
    for (int i = 0; i < WRITERS; i++)
        pthread_join(threads[i], NULL);
    log_set_sink(log, NULL, NULL);
    assert_true(whole);
    assert_int_equal(newest, WRITERS * TURNS);
    assert_true(sunk.in_order);
    assert_int_equal(sunk.next, WRITERS * TURNS + 1);
    log_write(log, LOG_INFO, "no sink any more");
    assert_int_equal(sunk.next, WRITERS * TURNS + 1);
}

#define WITH_LOG(test) cmocka_unit_test_setup_teardown(test, new_log, free_log)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_LOG(test_lines_and_levels),
        WITH_LOG(test_ring_runs_over),
        WITH_LOG(test_sanitised),
        WITH_LOG(test_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
