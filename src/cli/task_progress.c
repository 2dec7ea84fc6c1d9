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

static void show(struct task_progress *progress, double done, double time)
{
    struct text left = {0};
    downstream_pace_write_left(&progress->pace, done, time - progress->since, time, &left);
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
    const struct cli *cli = context;
    if (line->level < LOG_WARNING && cli_flag(cli, "quiet"))
        return;
    fprintf(stderr, "%s%s\n", isatty(STDERR_FILENO) ? "\r\033[K" : "", line->text);
}
