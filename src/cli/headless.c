#include "cli/headless.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/memory.h"

/* Seconds between looks at the run, between progress lines on a terminal, and elsewhere. */
static const double look_interval = 0.05, line_interval = 0.25, report_interval = 10;

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static void sleep_for(double seconds)
{
    struct timespec time = {.tv_nsec = (long)(seconds * 1e9)};
    nanosleep(&time, NULL);
}

static void write_progress(const struct snapshot *snapshot, struct text *line)
{
    text_append(line, "step %lld/%lld", (long long)snapshot->step,
                (long long)snapshot->total_steps);
    char loss[16];
    int arms = snapshot->arm_count < 4 ? snapshot->arm_count : 4;
    for (int i = 0; i < arms; i++)
        if (isfinite(snapshot->arms[i].smooth_loss)) {
            text_from_measure(loss, snapshot->arms[i].smooth_loss);
            text_append(line, "  %s %s", snapshot->arms[i].name, loss);
        }
    if (snapshot->images_per_second > 0)
        text_append(line, "  %.0f images/s", snapshot->images_per_second);
    if (snapshot->images_per_second > 0 && snapshot->remaining > 0) {
        char remaining[16];
        text_from_duration(remaining, snapshot->remaining);
        text_append(line, "  %s left", remaining);
    }
    char state[STATE_TEXT_SIZE];
    run_state_write(snapshot, state);
    if (snapshot->state == RUN_FAILED) /* why is said at the end of the program */
        text_append(line, "  [%s]", run_state_name(snapshot->state));
    else if (snapshot->state != RUN_TRAINING)
        text_append(line, "  [%s]", state);
}

static void show_progress(const struct snapshot *snapshot, bool terminal)
{
    struct text line = {0};
    write_progress(snapshot, &line);
    fprintf(stderr, terminal ? "\r%s\033[K" : "%s\n", text_of(&line));
    text_release(&line);
}

/* Whether the line says why the run failed, which is said at the end of the program. */
static bool is_last_word(const struct log_line *line, const struct snapshot *snapshot)
{
    return snapshot->state == RUN_FAILED &&
           !strncmp(line->text, snapshot->message, strlen(line->text));
}

/* New lines of the log that a person should see. */
static void show_log(struct cli *cli, struct run *run, bool terminal)
{
    struct log_line line;
    while (log_read(cli->log, cli->log_shown, &line, 1) == 1) {
        cli->log_shown = line.number;
        if (line.level >= LOG_WARNING && !is_last_word(&line, run_snapshot(run)))
            fprintf(stderr, "%s%s: %s\n", terminal ? "\r\033[K" : "", log_level_name(line.level),
                    line.text);
    }
}

/* The curve in `width` characters, high values as tall bars; plain digits without UTF-8. */
static void write_sparkline(const struct curve *curve, int width, struct text *text)
{
    static const char *const bars[] = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
    double low = INFINITY, high = -INFINITY;
    for (int i = 0; i < curve->count; i++)
        if (isfinite(curve->value[i])) {
            low = fmin(low, curve->value[i]);
            high = fmax(high, curve->value[i]);
        }
    for (int column = 0; column < width && isfinite(low); column++) {
        int index = (int)((double)column / width * curve->count);
        double value = curve->value[index];
        int level = high > low ? (int)((value - low) / (high - low) * 7.99) : 0;
        bool utf8 = MB_CUR_MAX > 1;
        if (!isfinite(value))
            text_append(text, " ");
        else if (utf8)
            text_append(text, "%s", bars[level]);
        else
            text_append(text, "%d", level);
    }
}

/* What is not known (no step done, no evaluation, one image and so no interval) is left out. */
static void print_arm(const struct snapshot_arm *arm)
{
    struct text line = {0};
    char loss[16], mse[16], low[16], high[16];
    text_append(&line, "  %-20s loss ", arm->name);
    write_sparkline(&arm->loss_curve, 40, &line);
    text_from_measure(loss, arm->smooth_loss);
    text_from_measure(mse, arm->probe_mse);
    text_from_measure(low, arm->probe_low);
    text_from_measure(high, arm->probe_high);
    text_append(&line, " %s", isfinite(arm->smooth_loss) ? loss : "-");
    if (isfinite(arm->probe_mse))
        text_append(&line, "  probe-mask MSE %s", mse);
    if (isfinite(arm->probe_mse) && isfinite(arm->probe_low) && isfinite(arm->probe_high))
        text_append(&line, " [%s, %s]", low, high);
    printf("%s\n", text_of(&line));
    text_release(&line);
}

static void print_summary(const struct snapshot *snapshot)
{
    char elapsed[16];
    text_from_duration(elapsed, snapshot->elapsed);
    printf("%s: %s, %lld of %lld steps in %s", snapshot->folder, run_state_name(snapshot->state),
           (long long)snapshot->step, (long long)snapshot->total_steps, elapsed);
    if (snapshot->images_per_second > 0)
        printf(", %.0f images/s", snapshot->images_per_second);
    printf("\n");
    for (int i = 0; i < snapshot->arm_count; i++)
        print_arm(&snapshot->arms[i]);
    if (snapshot->step > 0)
        printf("  waiting for data %.1f%% of the time; %.0f MB resident at most, %.1f MB of them "
               "decoded pictures\n",
               100 * snapshot->wait_share, (double)memory_peak() / 1e6, snapshot->kept_mb);
    if (snapshot->broken_images > 0)
        printf("  %lld %s could not be read (see log.txt)\n", (long long)snapshot->broken_images,
               snapshot->broken_images == 1 ? "image" : "images");
    if (snapshot->state == RUN_STOPPED && snapshot->checkpoint_step >= 0)
        printf("  maskscope resume %s goes on\n", snapshot->folder);
}

static void obey_signals(struct cli *cli, struct run *run, int *obeyed)
{
    int count, number = cli_signal(&count);
    if (count == *obeyed)
        return;
    struct command command = {.kind = count == 1 ? COMMAND_STOP : COMMAND_ABORT};
    if (!run_send(run, &command))
        return; /* the queue is full: try again at the next look */
    *obeyed = count;
    cli->signal = number;
    if (!cli_flag(cli, "quiet"))
        fprintf(stderr, "\n%s\n",
                count == 1 ? "finishing the step and saving a checkpoint (again to leave at once)"
                           : "leaving without a checkpoint");
}

bool headless_wait(struct cli *cli, struct run *run, bool summary, struct error *error)
{
    bool terminal = isatty(STDERR_FILENO), quiet = cli_flag(cli, "quiet");
    int obeyed = 0;
    double shown = 0;
    bool ended, told = false; /* nobody is left to look at a finished run */
    if (!quiet)
        fprintf(stderr, "%s\n", run_folder(run));
    do {
        ended = run_ended(run);
        show_log(cli, run, terminal);
        const struct snapshot *snapshot = run_snapshot(run);
        double interval = terminal ? line_interval : report_interval;
        if (!quiet && snapshot->step > 0 && (ended || now() - shown > interval)) {
            show_progress(snapshot, terminal);
            shown = now();
        }
        obey_signals(cli, run, &obeyed);
        if (snapshot->state == RUN_FINISHED && !ended && !told)
            told = run_send(run, &(struct command){.kind = COMMAND_STOP});
        if (!ended)
            sleep_for(look_interval);
    } while (!ended);
    if (!quiet && terminal)
        fprintf(stderr, "\n");
    bool good = run_join(run, error);
    if (!quiet && summary)
        print_summary(run_snapshot(run));
    run_free(run);
    return good;
}
