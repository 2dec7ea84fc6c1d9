/* Whether what is on record can be carried out again: found out before the first step, and not
 * after the hours that lead to the change. */
#include <string.h>

#include "run/trainer.h"

/* The mask that a command brings in, if it brings one. */
static bool read_mask(const struct trainer *trainer, const struct command *command,
                      struct mask_choice *mask, bool *brings, struct error *error)
{
    const char *part = strrchr(command->name, '.');
    *mask = trainer->config.mask;
    *brings = command->kind == COMMAND_ARM_ADD ||
              (command->kind == COMMAND_SET && part && !strcmp(part, ".strategy"));
    if (!*brings)
        return true;
    return command->kind == COMMAND_SET
               ? strategy_choice_parse(&mask->strategy, command->value, error)
               : config_mask_parse(mask, command->value, error);
}

bool trainer_rehearse(struct trainer *trainer, struct error *error)
{
    for (int i = 0; i < trainer->schedule_count; i++) {
        const struct scheduled_command *due = &trainer->schedule[i];
        struct mask_choice mask;
        struct error reason;
        bool brings;
        if (!due->binding)
            continue;
        if (!read_mask(trainer, &due->command, &mask, &brings, &reason) ||
            (brings && !mask_batch_prepare(&trainer->workspace.masks, &mask, &reason)))
            return trainer_cannot_repeat(due, &reason, error);
    }
    return true;
}
