/* maskscope eval: models and baselines on the common probe masks. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/parallel.h"
#include "cli/commands.h"
#include "cli/output.h"
#include "run/saved.h"
#include "run/tables.h"

static bool show_progress(void *context, double done)
{
    if (!cli_flag(context, "quiet") && isatty(STDERR_FILENO))
        fprintf(stderr, "\revaluating: %3.0f%%\033[K%s", 100 * done, done >= 1 ? "\n" : "");
    return cli_signal(NULL) == 0;
}

static bool assign_option(const struct cli *cli, const char *option, const char *setting,
                          struct config *config, struct error *error)
{
    const char *value = cli_value(cli, option);
    return !value || config_assign(config, setting, value, ORIGIN_COMMAND_LINE, NULL, error);
}

/* Every arm is evaluated on the probe masks: its own, which may be in a file that is gone, do not
 * matter. */
static bool forget_own_masks(struct config *config, struct error *error)
{
    struct config plain;
    if (!config_defaults(&plain, error))
        return false;
    config->mask = plain.mask;
    for (int i = 0; i < config->arm_count; i++)
        config->arms[i].mask = plain.mask;
    return true;
}

/* The saved configuration with what this command line changes. */
static bool apply_options(const struct cli *cli, struct config *config, struct error *error)
{
    return forget_own_masks(config, error) && cli_assignments(cli, config, NULL, error) &&
           assign_option(cli, "strategies", "eval.strategies", config, error) &&
           assign_option(cli, "ratios", "eval.ratios", config, error) &&
           assign_option(cli, "count", "eval.images", config, error) &&
           assign_option(cli, "masks", "eval.masks", config, error) && config_check(config, error);
}

static bool evaluate_saved(struct cli *cli, struct saved *saved, const struct output *output,
                           struct error *error)
{
    struct source_settings settings;
    struct view_settings view;
    config_source(&saved->config, &saved->shape, &settings);
    config_view(&saved->config, &saved->shape, false, &view);
    struct source *source = source_open(&settings, SOURCE_HOLDOUT, cli->log, error);
    if (!source)
        return false;
    const struct mae *models[ARM_LIMIT];
    const char *names[ARM_LIMIT];
    for (int i = 0; i < saved->arm_count; i++) {
        models[i] = saved->models[i];
        names[i] = saved->config.arms[i].name;
    }
    struct evaluation_plan plan = evaluation_plan_of(&saved->config);
    struct evaluation evaluation;
    struct table table;
    bool good = evaluate(&evaluation, &plan, &saved->shape, models, saved->arm_count, source, &view,
                         show_progress, cli, error);
    if (good) {
        good = evaluation_table(&table, &evaluation, &saved->config, &saved->shape, names,
                                saved->step, error);
        evaluation_release(&evaluation);
    }
    source_close(source);
    if (!good)
        return false;
    good = output_table(output, &table, error);
    table_release(&table);
    return good;
}

static bool eval(struct cli *cli, struct error *error)
{
    struct output output;
    struct saved saved;
    if (!output_init(&output, cli, error) || !saved_open(&saved, cli->arguments[0], error))
        return false;
    cli_catch_signals();
    bool good = apply_options(cli, &saved.config, error);
    if (good) {
        parallel_set_threads((int)saved.config.train.threads);
        good = evaluate_saved(cli, &saved, &output, error);
    }
    saved_release(&saved);
    cli->signal = cli_signal(NULL);
    return good || (error->code == ERROR_CHECK && cli->signal); /* asked to end, it did */
}

static const struct cli_option options[] = {
    {"strategies", 0, "LIST", "strategies of the masks, for example random,block"},
    {"ratios", 0, "LIST", "their ratios, for example .5,.75,.9"},
    {"count", 'n', "N", "held-out images"},
    {"masks", 0, "N", "masks for each image, strategy and ratio"},
    CLI_SETTING_OPTIONS,
    OUTPUT_OPTIONS,
    {.name = NULL},
};

const struct cli_command command_eval = {
    .name = "eval",
    .arguments = "RUN|CHECKPOINT",
    .summary = "MSE of each arm and of two baselines on held-out images under common masks",
    .examples = "  maskscope eval runs/first\n"
                "  maskscope eval runs/first --strategies random,grid --ratios .5,.75 --count 500\n"
                "  maskscope eval runs/first --format json\n",
    .options = options,
    .least = 1,
    .most = 1,
    .run = eval,
};
