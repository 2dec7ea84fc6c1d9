#include "base/log.h"

#include <assert.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/memory.h"
#include "base/text.h"

struct log {
    pthread_mutex_t mutex;
    enum log_level level;
    uint64_t newest;
    log_sink *sink;
    void *sink_context;
    struct log_line ring[LOG_RING_LINES];
};

static const char *const level_names[] = {
    [LOG_DEBUG] = "debug",
    [LOG_INFO] = "info",
    [LOG_WARNING] = "warning",
    [LOG_ERROR] = "error",
};
static_assert(ARRAY_LENGTH(level_names) == LOG_LEVELS, "a level has no name");

const char *log_level_name(enum log_level level)
{
    return level_names[level];
}

struct log *log_new(struct error *error)
{
    struct log *log = memory_new(1, sizeof *log, error);
    if (!log)
        return NULL;
    pthread_mutex_init(&log->mutex, NULL);
    log->level = LOG_INFO;
    return log;
}

void log_free(struct log *log)
{
    if (!log)
        return;
    pthread_mutex_destroy(&log->mutex);
    free(log);
}

void log_set_level(struct log *log, enum log_level level)
{
    pthread_mutex_lock(&log->mutex);
    log->level = level;
    pthread_mutex_unlock(&log->mutex);
}

void log_set_sink(struct log *log, log_sink *sink, void *context)
{
    pthread_mutex_lock(&log->mutex);
    log->sink = sink;
    log->sink_context = context;
    pthread_mutex_unlock(&log->mutex);
}

void log_write(struct log *log, enum log_level level, const char *format, ...)
{
    if (!log)
        return;
    char raw[LOG_LINE_SIZE + TEXT_CHARACTER_SIZE]; /* a character cut at its end is not kept */
    va_list args;
    va_start(args, format);
    vsnprintf(raw, sizeof raw, format, args);
    va_end(args);
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);

    pthread_mutex_lock(&log->mutex);
    if (level >= log->level) {
        struct log_line *line = &log->ring[++log->newest % LOG_RING_LINES];
        line->number = log->newest;
        line->time = (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
        line->level = level;
        text_sanitize(line->text, sizeof line->text, raw);
        if (log->sink)
            log->sink(log->sink_context, line);
    }
    pthread_mutex_unlock(&log->mutex);
}

size_t log_read(struct log *log, uint64_t after, struct log_line *lines, size_t limit)
{
    pthread_mutex_lock(&log->mutex);
    uint64_t oldest = log->newest < LOG_RING_LINES ? 1 : log->newest - LOG_RING_LINES + 1;
    uint64_t next = after + 1 < oldest ? oldest : after + 1;
    size_t count = 0;
    while (count < limit && next <= log->newest)
        lines[count++] = log->ring[next++ % LOG_RING_LINES];
    pthread_mutex_unlock(&log->mutex);
    return count;
}

uint64_t log_newest(struct log *log)
{
    pthread_mutex_lock(&log->mutex);
    uint64_t newest = log->newest;
    pthread_mutex_unlock(&log->mutex);
    return newest;
}
