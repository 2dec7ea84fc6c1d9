/* maskscope config: show or check settings. */
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "cli/commands.h"
#include "run/study.h"

/* What a person calls each place that a value may come from: of files, the path. */
struct origin_names {
    const char *names[ORIGINS];
    char user_file[FILE_PATH_SIZE];
};

static void name_origins(struct origin_names *origin, const char *path)
{
    struct error unused; /* cli_config has read the file of that name, or no value comes from it */
    char folder[FILE_PATH_SIZE];
    *origin = (struct origin_names){.names = {[ORIGIN_DEFAULT] = "default",
                                              [ORIGIN_USER_FILE] = origin->user_file,
                                              [ORIGIN_FILE] = path,
                                              [ORIGIN_STUDY_FILE] = path,
                                              [ORIGIN_COMMAND_LINE] = "command line",
                                              [ORIGIN_PRESET] = "the model preset"}};
    if (!file_user_config(folder, sizeof folder) ||
        !file_join(origin->user_file, sizeof origin->user_file, folder, "config.yaml", &unused))
        origin->user_file[0] = '\0';
}

static void show_origins(const struct config *config, const struct config_origins *origins,
                         const char *path)
{
    struct origin_names origin;
    name_origins(&origin, path);
    const struct setting_table *table = config_table();
    for (size_t i = 0; i < table->count; i++) {
        struct text value = {0};
        setting_write(&table->rows[i], config, &value);
        printf("%-26s %-28s # %s", table->rows[i].name, text_of(&value),
               origin.names[origins->origins[i]]);
        if (origins->lines[i] > 0)
            printf(":%d", origins->lines[i]);
        printf("\n");
        text_release(&value);
    }
    for (int i = 0; i < config->arm_count; i++) {
        struct text strategy = {0}, ratio = {0};
        strategy_choice_write(&config->arms[i].mask.strategy, &strategy);
        ratio_choice_write(&config->arms[i].mask.ratio, &ratio);
        printf("arms.%-21s strategy %s, ratio %-12s # %s\n", config->arms[i].name,
               text_of(&strategy), text_of(&ratio), origin.names[origins->arms_origin]);
        text_release(&strategy);
        text_release(&ratio);
    }
}

static void show_yaml(const struct config *config)
{
    struct text yaml = {0};
    config_write(config, &yaml);
    fputs(text_of(&yaml), stdout);
    text_release(&yaml);
}

/* A file with a grid is a study's. */
static bool check_study(const struct cli *cli, const char *path, struct error *error)
{
    struct study study = {0};
    bool good = cli_user_config(&study.config, NULL, error) &&
                study_read_file(&study, path, NULL, error) &&
                cli_assignments(cli, &study.config, NULL, error) && study_check(&study, error);
    if (good)
        printf("%s: good, a study of %d arms\n", path, study.arm_count);
    study_release(&study);
    return good;
}

static bool config_command(struct cli *cli, struct error *error)
{
    const char *verb = cli->arguments[0];
    const char *path = cli->argument_count > 1 ? cli->arguments[1] : NULL;
    bool check = !strcmp(verb, "check");
    if (!check && strcmp(verb, "show"))
        return error_set(error, ERROR_USAGE, "config '%s': there are show and check", verb);
    if (check && !path)
        return error_set(error, ERROR_USAGE, "config check needs the file to check");
    if (check && study_file_has_grid(path))
        return check_study(cli, path, error);
    struct config config;
    struct config_origins origins = {0};
    if (!cli_config(cli, path, &config, &origins, error) || !config_check(&config, error))
        return false;
    config_resolve(&config, &origins);
    if (check)
        printf("%s: good\n", path);
    else if (cli_flag(cli, "yaml"))
        show_yaml(&config);
    else
        show_origins(&config, &origins, path);
    return true;
}

static const struct cli_option options[] = {
    CLI_CONFIG_OPTIONS,
    {"yaml", 0, NULL, "show: as a file that can be used as CONFIG"},
    {.name = NULL},
};

const struct cli_command command_config = {
    .name = "config",
    .arguments = "show [CONFIG] | check CONFIG",
    .summary = "show the resolved settings and where each comes from, or check a file",
    .examples = "  maskscope config show\n"
                "  maskscope config show configs/tiny-imagenet.yaml --set train.batch=64\n"
                "  maskscope config show --yaml > my.yaml\n"
                "  maskscope config check my.yaml\n",
    .options = options,
    .least = 1,
    .most = 2,
    .run = config_command,
};
