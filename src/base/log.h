/* The log: a ring of the newest lines, for the log view and the run's log.txt.
 *
 * Any thread may write; writing takes a mutex for the length of one copy. Control characters and
 * bytes that are not UTF-8 are replaced, so that a file name can never steer a terminal.
 */
#ifndef MASKSCOPE_BASE_LOG_H
#define MASKSCOPE_BASE_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARNING, LOG_ERROR, LOG_LEVELS };
enum { LOG_LINE_SIZE = 400, LOG_RING_LINES = 1024 };

struct log_line {
    uint64_t number; /* 1, 2, 3 ...: a gap for a reader means that the ring ran over */
    double time;     /* seconds since the epoch */
    enum log_level level;
    char text[LOG_LINE_SIZE];
};

struct log;
/* Called under the log's mutex for each line, in order, from the writing thread; it must not call
 * log_* of the same log. */
typedef void log_sink(void *context, const struct log_line *line);

struct log *log_new(struct error *error);
void log_free(struct log *log);
/* Lines below the level are dropped; LOG_INFO at first. */
void log_set_level(struct log *log, enum log_level level);
/* Where lines go besides the ring (a file, stderr); null for nowhere. */
void log_set_sink(struct log *log, log_sink *sink, void *context);
/* A null log swallows the line. */
void log_write(struct log *log, enum log_level level, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* Copies up to `limit` lines with number > after into lines, oldest first, and returns how many. */
size_t log_read(struct log *log, uint64_t after, struct log_line *lines, size_t limit);
/* The number of the newest line, 0 when there is none. */
uint64_t log_newest(struct log *log);
const char *log_level_name(enum log_level level);

#endif
