/* The command line: one table of commands, each with its options and its help, and what they share.
 *
 * A command is one file with one row in the table (commands.c). Data goes to stdout, everything
 * else to stderr. Main thread only.
 */
#ifndef MASKSCOPE_CLI_CLI_H
#define MASKSCOPE_CLI_CLI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/log.h"
#include "run/config.h"

struct cli;

struct cli_option {
    const char *name;     /* without dashes */
    char letter;          /* 0: none */
    const char *argument; /* what it takes, for the help; null: it is a flag */
    const char *help;
};

struct cli_command {
    const char *name;
    const char *arguments;            /* "[CONFIG]" */
    const char *summary;              /* one line */
    const char *examples;             /* whole lines, shown first in the help */
    const struct cli_option *options; /* ends with a null name; the common ones are added */
    int least, most;                  /* how many arguments */
    /* True if all went well; else *error says what did not. */
    bool (*run)(struct cli *cli, struct error *error);
};

enum { CLI_VALUE_LIMIT = 256 };

struct cli {
    const struct cli_command *command;
    struct log *log;
    uint64_t log_shown; /* the newest of its lines that could be seen; warnings after it are shown
                           when the command is done */
    struct {
        const char *name, *value; /* value null for flags */
    } options[CLI_VALUE_LIMIT];
    int option_count;
    char **arguments;
    int argument_count;
    int signal; /* a command that was asked to end by this signal ended well; 0: none */
};

/* All commands; *count is set. */
const struct cli_command *const *cli_commands(size_t *count);
/* Null with *error set (ERROR_USAGE, the nearest name offered). */
const struct cli_command *cli_find(const char *name, struct error *error);

/* Fills in options and arguments; argv[0] is the command's name. False with *error set, or with
 * error->code ERROR_NONE when help was asked for and printed. */
bool cli_parse(struct cli *cli, int argc, char **argv, struct error *error);
void cli_print_help(const struct cli_command *command);
void cli_print_overview(void);

bool cli_flag(const struct cli *cli, const char *name);
/* The last value given, or null. */
const char *cli_value(const struct cli *cli, const char *name);
/* The value as an integer in [low, high]; fallback where it was not given. */
bool cli_integer(const struct cli *cli, const char *name, int64_t low, int64_t high,
                 int64_t fallback, int64_t *value, struct error *error);

/* Defaults, the user's file, `path` (null: none), then every --set; --steps and --threads count as
 * such. origins may be null. */
bool cli_config(const struct cli *cli, const char *path, struct config *config,
                struct config_origins *origins, struct error *error);
/* The first two of these. */
bool cli_user_config(struct config *config, struct config_origins *origins, struct error *error);
/* The options alone, over *config. */
bool cli_assignments(const struct cli *cli, struct config *config, struct config_origins *origins,
                     struct error *error);
/* The options that cli_config takes, for a command's option table: of those that do not train, and
 * of those that do. */
#define CLI_SETTING_OPTIONS                                                                        \
    {"set", 's', "NAME=VALUE", "set one setting (any number of times)"},                           \
    {                                                                                              \
        "threads", 0, "N", "threads of the compute loops (train.threads)"                          \
    }
#define CLI_CONFIG_OPTIONS                                                                         \
    CLI_SETTING_OPTIONS,                                                                           \
    {                                                                                              \
        "steps", 0, "N", "train this many steps (train.steps)"                                     \
    }

/* Signals that ask the program to end (INT, TERM, HUP): counted, and acted on by the loops below.
 */
void cli_catch_signals(void);
/* The last one caught (0: none), and how many. */
int cli_signal(int *count);

#endif
