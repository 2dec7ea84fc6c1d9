/* maskscope verify: replay values recorded with another program. */
#include "run/verify.h"

#include <stdio.h>

#include "base/parallel.h"
#include "cli/commands.h"

static void print_report(const struct verify_report *report, bool quiet)
{
    size_t bad = 0;
    for (size_t i = 0; i < report->count; i++) {
        const struct verify_item *item = &report->items[i];
        bad += !item->good;
        if (!quiet || !item->good)
            printf("%-4s %-58s %10.3g  (at most %.3g)\n", item->good ? "ok" : "BAD", item->tensor,
                   item->deviation, item->tolerance);
    }
    printf("%s: %zu of %zu within tolerance\n", report->format, report->count - bad, report->count);
}

static bool verify(struct cli *cli, struct error *error)
{
    struct verify_report report = {0};
    int64_t threads;
    if (!cli_integer(cli, "threads", 0, 1024, 0, &threads, error))
        return false;
    parallel_set_threads((int)threads);
    bool good = verify_file(cli->arguments[0], cli_value(cli, "dump"), &report, error);
    if (good) {
        print_report(&report, cli_flag(cli, "quiet"));
        good =
            report.good || error_set(error, ERROR_CHECK, "%s: out of tolerance", cli->arguments[0]);
    }
    verify_report_release(&report);
    return good;
}

static const struct cli_option options[] = {
    {"dump", 0, "FILE", "write our values there, under the names of the recorded ones"},
    {"threads", 0, "N", "threads of the compute loops"},
    {.name = NULL},
};

const struct cli_command command_verify = {
    .name = "verify",
    .arguments = "FILE",
    .summary = "replay values recorded with another program and show the largest deviations",
    .examples = "  maskscope verify pixels.safetensors\n"
                "  maskscope verify pixels.safetensors --dump ours.safetensors\n",
    .options = options,
    .least = 1,
    .most = 1,
    .run = verify,
};
