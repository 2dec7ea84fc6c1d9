/* The commands, one file each. */
#ifndef MASKSCOPE_CLI_COMMANDS_H
#define MASKSCOPE_CLI_COMMANDS_H

#include "cli/cli.h"

extern const struct cli_command command_run, command_train, command_resume,
    command_fork; /* run.c, train.c */
extern const struct cli_command command_reconstruct;
extern const struct cli_command command_eval, command_probe, command_study;
extern const struct cli_command command_stats, command_compare, command_replay;
extern const struct cli_command command_verify;
extern const struct cli_command command_masks;
extern const struct cli_command command_bench;
extern const struct cli_command command_config;
extern const struct cli_command command_list;
extern const struct cli_command command_info;

#endif
