#include "cli/task_progress.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

/* ", 3h07m left"; ", 12.3s left of it, more than 3h07m in all"; or nothing. */
static void write_left(const struct task_progress *progress, double done, double time,
                       struct text *text)
{
    char of_it[16], in_all[16];
    bool whole;
    double spent = time - progress->since;
    double left = downstream_pace_left(&progress->pace, time, &whole);
    text_from_duration(in_all, left);
    if (whole && left > 0)
        text_append(text, ", %s left", in_all);
    else if (done > 0 && spent > 1) {
        text_from_duration(of_it, spent / done * (1 - done));
        text_append(text, ", %s left of it", of_it);
        if (left > 0)
            text_append(text, ", more than %s in all", in_all);
    }
}

static void show(struct task_progress *progress, double done, double time)
{
    struct text left = {0};
    write_left(progress, done, time, &left);
    fprintf(stderr, "\r%s: %3.0f%%%s\033[K", progress->what, 100 * done, text_of(&left));
    text_release(&left);
    progress->line = true;
    progress->shown = time;
}

bool task_progress_show(void *context, const char *what, double done)
{
    enum { FRAMES = 10 };
    struct task_progress *progress = context;
    double time = now();
    bool fresh = strcmp(progress->what, what);
    if (fresh) {
        text_copy(progress->what, sizeof progress->what, what);
        progress->since = time;
    }
    if (!cli_flag(progress->cli, "quiet") && isatty(STDERR_FILENO) &&
        (fresh || time - progress->shown > 1. / FRAMES))
        show(progress, done, time);
    return cli_signal(NULL) == 0;
}

void task_progress_end(struct task_progress *progress)
{
    if (progress->line)
        fprintf(stderr, "\r\033[K");
    progress->line = false;
}

void log_to_stderr(void *context, const struct log_line *line)
{
    (void)context;
    fprintf(stderr, "%s%s\n", isatty(STDERR_FILENO) ? "\r\033[K" : "", line->text);
}
