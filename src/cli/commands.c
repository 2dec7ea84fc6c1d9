/* The table of commands. */
#include "cli/commands.h"

#include <string.h>

#include "base/memory.h"

static const struct cli_command *const rows[] = {
    &command_run,         &command_train,  &command_resume, &command_fork,  &command_replay,
    &command_reconstruct, &command_eval,   &command_probe,  &command_study, &command_stats,
    &command_compare,     &command_verify, &command_bench,  &command_masks, &command_config,
    &command_list,        &command_info,
};

const struct cli_command *const *cli_commands(size_t *count)
{
    *count = ARRAY_LENGTH(rows);
    return rows;
}

static const char *row_name(const void *context, size_t i)
{
    (void)context;
    return rows[i]->name;
}

const struct cli_command *cli_find(const char *name, struct error *error)
{
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++)
        if (!strcmp(rows[i]->name, name))
            return rows[i];
    int nearest = text_nearest(name, ARRAY_LENGTH(rows), row_name, NULL);
    if (nearest >= 0)
        error_set(error, ERROR_USAGE, "no command or file '%s'; did you mean '%s'?", name,
                  rows[nearest]->name);
    else
        error_set(error, ERROR_USAGE, "no command or file '%s' (see --help)", name);
    return NULL;
}
