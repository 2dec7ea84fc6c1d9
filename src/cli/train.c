/* maskscope train: a run without any screen. */
#include "cli/commands.h"
#include "cli/headless.h"

static bool train(struct cli *cli, struct error *error)
{
    struct config config;
    if (!cli_config(cli, cli->arguments[0], &config, NULL, error))
        return false;
    struct run_options options = {.folder = cli_value(cli, "out")};
    cli_catch_signals();
    struct run *run = run_start(&config, &options, cli->log, error);
    return run && headless_wait(cli, run, true, error);
}

static const struct cli_option options[] = {
    CLI_CONFIG_OPTIONS,
    {"out", 'o', "DIR", "the run's folder (default: runs/DATE-MODEL-ARM)"},
    {.name = NULL},
};

const struct cli_command command_train = {
    .name = "train",
    .arguments = "CONFIG",
    .summary = "train without any screen: progress on stderr, a summary at the end",
    .examples = "  maskscope train configs/quickstart.yaml\n"
                "  maskscope train configs/tiny-imagenet.yaml --set data.path=/data/tiny-imagenet\n"
                "  maskscope train configs/quickstart.yaml --steps 500 --out runs/first\n",
    .options = options,
    .least = 1,
    .most = 1,
    .run = train,
};
