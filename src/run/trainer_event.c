/* Events: what is put on record of what happens between two steps. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "run/schedule.h"
#include "run/trainer.h"

/* What it changed something to, or what somebody remarked; or null. */
static const char *says(const struct store_event *event)
{
    bool is_note = !strcmp(event->kind, command_kind_name(COMMAND_NOTE));
    return is_note && event->note ? event->note : event->new_value;
}

void trainer_show_event(struct trainer *trainer, const struct store_event *event, const char *arm)
{
    struct snapshot *live = trainer->live;
    if (live->event_count == SNAPSHOT_EVENTS) {
        memmove(live->events, live->events + 1, sizeof live->events - sizeof live->events[0]);
        live->event_count--;
        live->events_before++;
    }
    struct snapshot_event *shown = &live->events[live->event_count++];
    *shown = (struct snapshot_event){.step = event->step, .time = event->time};
    text_copy(shown->kind, sizeof shown->kind, event->kind);
    text_copy(shown->arm, sizeof shown->arm, arm ? arm : "");
    text_copy(shown->name, sizeof shown->name, event->name ? event->name : "");
    text_copy(shown->old_value, sizeof shown->old_value, event->old_value ? event->old_value : "");
    const char *said = says(event);
    text_copy(shown->new_value, sizeof shown->new_value, said ? said : "");
}

static void log_event(struct trainer *trainer, const struct store_event *event)
{
    struct text line = {0};
    text_append(&line, "step %lld: %s", (long long)event->step, event->kind);
    if (event->name)
        text_append(&line, " %s", event->name);
    if (event->old_value)
        text_append(&line, " from %s", event->old_value);
    if (says(event))
        text_append(&line, event->old_value ? " to %s" : ": %s", says(event));
    log_write(trainer->log, LOG_INFO, "%s", text_of(&line));
    text_release(&line);
}

/* Step, time and arm are filled in; arm is null if it is of none. */
static void put(struct trainer *trainer, const char *arm, struct store_event event)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    int number = arm ? config_arm(&trainer->config, arm) : -1;
    event.step = trainer->step;
    event.time = (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
    event.arm = number >= 0 && number < trainer->arm_count ? trainer->store_arm[number] : STORE_RUN;
    log_event(trainer, &event);
    trainer->clock.flushed_at = 0; /* a change that was made is on record before the next step */
    if (trainer_repeats(trainer))
        return;
    trainer_show_event(trainer, &event, arm);
    trainer->record_changed = true;
    struct error error;
    if (trainer->store && !store_add_event(trainer->store, &event, &error))
        trainer_fail(trainer, &error);
}

void trainer_event(struct trainer *trainer, const char *kind, const char *arm, const char *name,
                   const char *old_value, const char *new_value)
{
    put(trainer, arm,
        (struct store_event){
            .kind = kind, .name = name, .old_value = old_value, .new_value = new_value});
}

void trainer_arm_event(struct trainer *trainer, const char *kind, const char *arm,
                       const char *masks)
{
    bool after = trainer_has_evaluated(trainer);
    put(trainer, arm,
        (struct store_event){.kind = kind,
                             .name = arm,
                             .new_value = masks,
                             .note = after ? EVENT_AFTER_EVALUATION : NULL});
}

void trainer_note(struct trainer *trainer, const char *text)
{
    put(trainer, NULL, (struct store_event){.kind = command_kind_name(COMMAND_NOTE), .note = text});
}

bool trainer_cannot_repeat(const struct scheduled_command *due, const struct error *reason,
                           struct error *error)
{
    return error_set(error, ERROR_DATA,
                     "the change recorded at step %lld cannot be carried out again: %s %s: %s%s",
                     (long long)due->step, command_kind_name(due->command.kind), due->command.name,
                     reason->message, due->recorded ? "; 'maskscope fork' goes on without it" : "");
}

void trainer_refuse(struct trainer *trainer, const struct command *command,
                    const struct error *error)
{
    if (trainer->due && trainer->due->binding) {
        struct error failure;
        trainer_cannot_repeat(trainer->due, error, &failure);
        trainer_fail(trainer, &failure);
        return;
    }
    log_write(trainer->log, LOG_WARNING, "%s %s: %s", command_kind_name(command->kind),
              command->name, error->message);
}

bool trainer_fits_command(const struct text *value, struct error *error)
{
    return value->length < COMMAND_VALUE_SIZE ||
           error_set(error, ERROR_DATA, "written whole it takes %zu characters, of at most %d",
                     value->length, COMMAND_VALUE_SIZE - 1);
}
