#include "cli/cli.h"

#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/memory.h"

static const struct cli_option common[] = {
    {"quiet", 'q', NULL, "warnings and errors only: no progress, no summary"},
    {"verbose", 'v', NULL, "say more"},
    {"help", 'h', NULL, "this help"},
    {.name = NULL},
};

bool cli_flag(const struct cli *cli, const char *name)
{
    for (int i = 0; i < cli->option_count; i++)
        if (!strcmp(cli->options[i].name, name))
            return true;
    return false;
}

const char *cli_value(const struct cli *cli, const char *name)
{
    const char *value = NULL;
    for (int i = 0; i < cli->option_count; i++)
        if (!strcmp(cli->options[i].name, name))
            value = cli->options[i].value;
    return value;
}

bool cli_integer(const struct cli *cli, const char *name, int64_t low, int64_t high,
                 int64_t fallback, int64_t *value, struct error *error)
{
    const char *given = cli_value(cli, name);
    *value = fallback;
    if (!given)
        return true;
    if (text_to_integer(given, value) && *value >= low && *value <= high)
        return true;
    return error_set(error, ERROR_USAGE, "--%s: '%s' is no integer from %lld to %lld", name, given,
                     (long long)low, (long long)high);
}

/* The rest of a line that began with `column` columns, in as many as it takes below each other. */
static void print_beside(int column, const char *text)
{
    enum { WIDTH = 79 };
    int used = column;
    while (*text) {
        int word = (int)strcspn(text, " ");
        if (used > column && used + 1 + word > WIDTH) {
            printf("\n%*s", column, "");
            used = column;
        }
        used += printf("%s%.*s", used > column ? " " : "", word, text);
        text += word + (int)strspn(text + word, " ");
    }
    putchar('\n');
}

static void print_options(const struct cli_option *options)
{
    for (; options->name; options++) {
        char left[64];
        snprintf(left, sizeof left, "--%s%s%s", options->name, options->argument ? "=" : "",
                 options->argument ? options->argument : "");
        int column = options->letter ? printf("  -%c, %-26s ", options->letter, left)
                                     : printf("      %-26s ", left);
        print_beside(column, options->help);
    }
}

void cli_print_help(const struct cli_command *command)
{
    printf("%s\n\nExamples:\n%s\nUsage: maskscope %s [OPTION]... %s\n\nOptions:\n",
           command->summary, command->examples, command->name, command->arguments);
    print_options(command->options);
    print_options(common);
}

void cli_print_overview(void)
{
    size_t count;
    const struct cli_command *const *commands = cli_commands(&count);
    printf("maskscope: a laboratory for masked autoencoders\n\n"
           "Usage: maskscope [COMMAND] [OPTION]... [ARGUMENT]...\n\n"
           "Without a command it runs: trains on the built-in images (or on what CONFIG\n"
           "says) with a panel in this terminal and a window beside it.\n\nCommands:\n");
    for (size_t i = 0; i < count; i++)
        print_beside(printf("  %-12s ", commands[i]->name), commands[i]->summary);
    printf("\n'maskscope COMMAND --help' tells more of one; 'maskscope list settings' lists\n"
           "all settings.\n");
}

enum { LONG_LIMIT = 48 };

/* getopt's two tables from ours; values of long options are their index. */
static void make_tables(const struct cli_command *command,
                        const struct cli_option *flat[LONG_LIMIT],
                        struct option longs[LONG_LIMIT + 1], char letters[2 * LONG_LIMIT + 3])
{
    int count = 0, used = 0;
    letters[used++] = ':';
    const struct cli_option *const tables[] = {command->options, common};
    for (size_t t = 0; t < ARRAY_LENGTH(tables); t++)
        for (const struct cli_option *option = tables[t]; option->name && count < LONG_LIMIT;
             option++) {
            flat[count] = option;
            longs[count] =
                (struct option){option->name, option->argument ? required_argument : no_argument,
                                NULL, 256 + count};
            if (option->letter)
                letters[used++] = option->letter;
            if (option->letter && option->argument)
                letters[used++] = ':';
            count++;
        }
    longs[count] = (struct option){0};
    flat[count] = NULL;
    letters[used] = '\0';
}

static const struct cli_option *option_of(int code, const struct cli_option *flat[LONG_LIMIT])
{
    if (code >= 256)
        return flat[code - 256];
    for (int i = 0; flat[i]; i++)
        if (flat[i]->letter == code)
            return flat[i];
    return NULL;
}

static bool refuse_option(char **argv, int code, struct error *error)
{
    const char *given = argv[optind - 1];
    return error_set(
        error, ERROR_USAGE,
        code == ':' ? "%s needs a value (see --help)" : "unknown option %s (see --help)", given);
}

bool cli_parse(struct cli *cli, int argc, char **argv, struct error *error)
{
    const struct cli_option *flat[LONG_LIMIT + 1];
    struct option longs[LONG_LIMIT + 1];
    char letters[2 * LONG_LIMIT + 3];
    make_tables(cli->command, flat, longs, letters);
    optind = 1;
    opterr = 0;
    int code;
    while ((code = getopt_long(argc, argv, letters, longs, NULL)) != -1) {
        const struct cli_option *option = option_of(code, flat);
        if (!option)
            return refuse_option(argv, code, error);
        if (!strcmp(option->name, "help")) {
            cli_print_help(cli->command);
            error->code = ERROR_NONE;
            return false;
        }
        if (cli->option_count == CLI_VALUE_LIMIT)
            return error_set(error, ERROR_USAGE, "more than %d options", CLI_VALUE_LIMIT);
        cli->options[cli->option_count].name = option->name;
        cli->options[cli->option_count++].value = optarg;
    }
    cli->arguments = argv + optind;
    cli->argument_count = argc - optind;
    if (cli->argument_count < cli->command->least || cli->argument_count > cli->command->most)
        return error_set(error, ERROR_USAGE, "usage: maskscope %s [OPTION]... %s (see --help)",
                         cli->command->name, cli->command->arguments);
    return true;
}

static bool assign(struct config *config, const char *assignment, struct config_origins *origins,
                   struct error *error)
{
    const char *equals = strchr(assignment, '=');
    char name[128];
    size_t length = equals ? (size_t)(equals - assignment) : 0;
    if (length == 0 || length >= sizeof name)
        return error_set(error, ERROR_USAGE, "--set '%s': write NAME=VALUE", assignment);
    memcpy(name, assignment, length);
    name[length] = '\0';
    return config_assign(config, name, equals + 1, ORIGIN_COMMAND_LINE, origins, error) ||
           error_prefix(error, "--set");
}

bool cli_assignments(const struct cli *cli, struct config *config, struct config_origins *origins,
                     struct error *error)
{
    for (int i = 0; i < cli->option_count; i++) {
        const char *name = cli->options[i].name, *value = cli->options[i].value;
        bool good = true;
        if (!strcmp(name, "set"))
            good = assign(config, value, origins, error);
        else if (!strcmp(name, "steps"))
            good = config_assign(config, "train.steps", value, ORIGIN_COMMAND_LINE, origins, error);
        else if (!strcmp(name, "threads"))
            good =
                config_assign(config, "train.threads", value, ORIGIN_COMMAND_LINE, origins, error);
        if (!good)
            return false;
    }
    return true;
}

bool cli_user_config(struct config *config, struct config_origins *origins, struct error *error)
{
    char folder[FILE_PATH_SIZE], user[FILE_PATH_SIZE];
    if (!config_defaults(config, error))
        return false;
    return !file_user_config(folder, sizeof folder) ||
           !file_join(user, sizeof user, folder, "config.yaml", error) || !file_exists(user) ||
           config_read_file(config, user, ORIGIN_USER_FILE, origins, error);
}

bool cli_config(const struct cli *cli, const char *path, struct config *config,
                struct config_origins *origins, struct error *error)
{
    if (!cli_user_config(config, origins, error))
        return false;
    if (path && !config_read_file(config, path, ORIGIN_FILE, origins, error))
        return false;
    return cli_assignments(cli, config, origins, error);
}

static volatile sig_atomic_t caught_signal, caught_count;

/* A terminal that goes away may say so more than once (the shell, then the kernel): that is no
 * second wish to leave at once. */
static void on_signal(int number)
{
    if (number == SIGHUP && caught_signal)
        return;
    caught_signal = number;
    caught_count++;
}

void cli_catch_signals(void)
{
    struct sigaction action = {.sa_handler = on_signal}, ignore = {.sa_handler = SIG_IGN}, before;
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    if (sigaction(SIGHUP, NULL, &before) == 0 && before.sa_handler != SIG_IGN) /* nohup */
        sigaction(SIGHUP, &action, NULL);
    sigaction(SIGPIPE, &ignore, NULL);
    sigaction(SIGXFSZ, &ignore, NULL); /* a file size limit is an error like a full disk */
}

int cli_signal(int *count)
{
    if (count)
        *count = caught_count;
    return caught_signal;
}
