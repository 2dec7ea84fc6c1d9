/* maskscope replay: a run once more, compared with its record bit for bit. */
#include "run/replay.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/commands.h"

static bool show_progress(void *context, int64_t step, int64_t steps)
{
    if (!cli_flag(context, "quiet") && isatty(STDERR_FILENO))
        fprintf(stderr, "\rreplaying: step %lld of %lld\033[K%s", (long long)step, (long long)steps,
                step >= steps ? "\n" : "");
    return cli_signal(NULL) == 0;
}

static bool tell(const struct replay_report *report, struct error *error)
{
    if (report->same) {
        printf("the same bits: %lld steps, %lld numbers of the record, weights and moments of %lld "
               "%s\n",
               (long long)report->steps, (long long)report->numbers, (long long)report->checkpoints,
               report->checkpoints == 1 ? "checkpoint" : "checkpoints");
        return true;
    }
    printf("it parts at %s\n", report->parts);
    return error_set(error, ERROR_CHECK, "not the same bits%s%s%s%s",
                     report->warning[0] ? ": " : "", report->warning,
                     report->folder[0] ? "; the replay is in " : "", report->folder);
}

static bool replay(struct cli *cli, struct error *error)
{
    const char *assignments[CLI_VALUE_LIMIT + 1];
    char threads[64];
    struct replay_report report;
    struct replay_options options = {.out = cli_value(cli, "out"),
                                     .assignments = assignments,
                                     .progress = show_progress,
                                     .context = cli};
    for (int i = 0; i < cli->option_count; i++)
        if (!strcmp(cli->options[i].name, "set"))
            assignments[options.assignment_count++] = cli->options[i].value;
    if (cli_value(cli, "threads")) {
        snprintf(threads, sizeof threads, "train.threads=%s", cli_value(cli, "threads"));
        assignments[options.assignment_count++] = threads;
    }
    cli_catch_signals();
    bool good = run_replay(cli->arguments[0], &options, &report, cli->log, error);
    if (good && report.same && report.warning[0])
        log_write(cli->log, LOG_WARNING, "%s", report.warning);
    cli->signal = cli_signal(NULL);
    if (!good)
        return error->code == ERROR_CHECK && cli->signal; /* asked to end, it did */
    return tell(&report, error);
}

static const struct cli_option options[] = {
    {"out", 'o', "DIR", "keep the replay there (default: a temporary folder, kept if bits differ)"},
    CLI_SETTING_OPTIONS,
    {.name = NULL},
};

const struct cli_command command_replay = {
    .name = "replay",
    .arguments = "RUN",
    .summary = "run it once more with its timeline: are the bits the same, and where do they part?",
    .examples = "  maskscope replay runs/first\n"
                "  maskscope replay runs/first --threads 8 --set data.path=/data/tiny-imagenet\n",
    .options = options,
    .least = 1,
    .most = 1,
    .run = replay,
};
