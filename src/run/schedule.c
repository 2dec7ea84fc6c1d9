#include "run/schedule.h"

#include <string.h>

#include "base/memory.h"

static bool find_kind(const char *kind, enum command_kind *command)
{
    static const enum command_kind kinds[] = {COMMAND_SET, COMMAND_ARM_ADD, COMMAND_ARM_REMOVE,
                                              COMMAND_EVALUATE};
    for (size_t i = 0; i < ARRAY_LENGTH(kinds); i++)
        if (!strcmp(kind, command_kind_name(kinds[i]))) {
            *command = kinds[i];
            return true;
        }
    return false;
}

bool event_is_change(const struct store_event *event)
{
    enum command_kind kind;
    return find_kind(event->kind, &kind) && kind != COMMAND_EVALUATE;
}

bool scheduled_of_event(struct scheduled_command *scheduled, const struct store_event *event,
                        bool *is_command, struct error *error)
{
    struct command *command = &scheduled->command;
    *scheduled = (struct scheduled_command){
        .step = event->step,
        .binding = true,
        .after_evaluation = event->note && !strcmp(event->note, EVENT_AFTER_EVALUATION)};
    *is_command = find_kind(event->kind, &command->kind);
    return !*is_command ||
           (text_copy(command->name, sizeof command->name, event->name ? event->name : "") &&
            text_copy(command->value, sizeof command->value,
                      event->new_value ? event->new_value : "")) ||
           error_set(error, ERROR_DATA,
                     "the change recorded at step %lld is too long to be carried out again",
                     (long long)event->step);
}
