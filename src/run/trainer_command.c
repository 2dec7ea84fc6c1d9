/* Commands between two steps, and the events that put them on record. */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "run/trainer.h"

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
    text_copy(shown->new_value, sizeof shown->new_value, event->new_value ? event->new_value : "");
}

static void log_event(struct trainer *trainer, const struct store_event *event)
{
    struct text line = {0};
    text_append(&line, "step %lld: %s", (long long)event->step, event->kind);
    if (event->name)
        text_append(&line, " %s", event->name);
    if (event->old_value)
        text_append(&line, " from %s", event->old_value);
    if (event->new_value)
        text_append(&line, event->old_value ? " to %s" : ": %s", event->new_value);
    log_write(trainer->log, LOG_INFO, "%s", text_of(&line));
    text_release(&line);
}

void trainer_event(struct trainer *trainer, const char *kind, const char *arm, const char *name,
                   const char *old_value, const char *new_value)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    int number = arm ? config_arm(&trainer->config, arm) : -1;
    struct store_event event = {
        .step = trainer->step,
        .time = (double)now.tv_sec + 1e-9 * (double)now.tv_nsec,
        .arm = number >= 0 && number < trainer->arm_count ? trainer->store_arm[number] : STORE_RUN,
        .kind = kind,
        .name = name,
        .old_value = old_value,
        .new_value = new_value,
    };
    log_event(trainer, &event);
    trainer->clock.flushed_at = 0; /* a change that was made is on record before the next step */
    if (trainer->replaying)
        return;
    trainer_show_event(trainer, &event, arm);
    trainer->record_changed = true;
    struct error error;
    if (trainer->store && !store_add_event(trainer->store, &event, &error))
        trainer_fail(trainer, &error);
}

static void refuse(struct trainer *trainer, const struct command *command,
                   const struct error *error)
{
    log_write(trainer->log, LOG_WARNING, "%s %s: %s", command_kind_name(command->kind),
              command->name, error->message);
}

/* The value of a setting as config_assign takes it; "" if there is no such setting. */
static void current_value(const struct config *config, const char *name, struct text *value)
{
    const struct setting *row = setting_find(config_table(), name);
    if (row) {
        setting_write(row, config, value);
        return;
    }
    const struct mask_choice *mask = &config->mask;
    for (int i = 0; i < config->arm_count; i++) {
        char prefix[ARM_NAME_SIZE + 8];
        int length = snprintf(prefix, sizeof prefix, "arms.%s.", config->arms[i].name);
        if (!strncmp(name, prefix, (size_t)length))
            mask = &config->arms[i].mask;
    }
    const char *part = strrchr(name, '.');
    if (part && !strcmp(part, ".strategy"))
        strategy_choice_write(&mask->strategy, value);
    else if (part && !strcmp(part, ".ratio"))
        ratio_choice_write(&mask->ratio, value);
}

/* "arms.NAME.ratio" -> NAME; "" for a setting of the run. */
static void arm_of_setting(const char *name, char arm[ARM_NAME_SIZE])
{
    arm[0] = '\0';
    if (strncmp(name, "arms.", 5))
        return;
    size_t length = strcspn(name + 5, ".");
    if (length < ARM_NAME_SIZE) {
        memcpy(arm, name + 5, length);
        arm[length] = '\0';
    }
}

bool trainer_resolve_masks(const struct trainer *trainer, struct config *config,
                           struct error *error)
{
    for (int i = 0; i < config->arm_count; i++)
        if (!mask_choice_resolve(&config->arms[i].mask, mae_grid_height(&trainer->shape),
                                 mae_grid_width(&trainer->shape), error))
            return error_prefix(error, "arm '%s'", config->arms[i].name);
    return true;
}

static bool assign(struct config *changed, const struct command *command, struct error *error)
{
    if (!strncmp(command->name, "mask.", 5))
        return error_set(error, ERROR_DATA, "while training, set arms.NAME.%s", command->name + 5);
    const struct setting *row = setting_find(config_table(), command->name);
    if (row && !row->live)
        return error_set(error, ERROR_DATA, "it cannot change while training");
    return config_assign(changed, command->name, command->value, ORIGIN_COMMAND_LINE, NULL,
                         error) &&
           config_check(changed, error);
}

/* What was said and shown of the arm's masks was of others. */
static void note_new_mask(struct trainer *trainer, int number)
{
    trainer->arms[number].clamp_told = false;
    mask_watch_clear(&trainer->watches[number], trainer->step);
}

/* Puts the watches in order after an arm left: its own goes to the end. */
static void move_watches(struct trainer *trainer, int left)
{
    struct mask_watch gone = trainer->watches[left];
    size_t after = (size_t)(trainer->arm_count - left);
    memmove(&trainer->watches[left], &trainer->watches[left + 1],
            after * sizeof trainer->watches[0]);
    trainer->watches[trainer->arm_count] = gone;
    for (int i = left; i < trainer->arm_count; i++)
        trainer->watches[i].changed = true;
}

static void settle(struct trainer *trainer)
{
    for (int i = 0; i < trainer->arm_count; i++)
        arm_settle(&trainer->arms[i]);
}

static void set(struct trainer *trainer, const struct command *command)
{
    struct config changed = trainer->config;
    struct error error;
    bool good =
        assign(&changed, command, &error) && trainer_resolve_masks(trainer, &changed, &error);
    for (int i = 0; good && i < trainer->arm_count; i++)
        good = arm_prepare(&trainer->arms[i], &trainer->workspace, &changed.arms[i].mask,
                           (uint64_t)changed.seed, &error);
    if (!good) {
        settle(trainer);
        refuse(trainer, command, &error);
        return;
    }
    struct text old_value = {0}, new_value = {0};
    current_value(&trainer->config, command->name, &old_value);
    current_value(&changed, command->name, &new_value);
    trainer->config = changed;
    for (int i = 0; i < trainer->arm_count; i++)
        trainer->arms[i].mask = changed.arms[i].mask;
    settle(trainer);
    trainer_plan(trainer);
    if (strcmp(text_of(&old_value), text_of(&new_value))) {
        char arm[ARM_NAME_SIZE];
        arm_of_setting(command->name, arm);
        trainer_event(trainer, "set", arm[0] ? arm : NULL, command->name, text_of(&old_value),
                      text_of(&new_value));
        int number = config_arm(&trainer->config, arm);
        if (number >= 0)
            note_new_mask(trainer, number);
    }
    trainer->gallery_wanted = trainer->pictures;
    if (trainer->pictures)
        gallery_set_display(&trainer->gallery, (enum pixel_display)trainer->config.show.pixels);
    text_release(&old_value);
    text_release(&new_value);
}

static void clear_arm_display(struct snapshot_arm *arm)
{
    *arm = (struct snapshot_arm){.loss = NAN,
                                 .smooth_loss = NAN,
                                 .gradient_norm = NAN,
                                 .realised_ratio = NAN,
                                 .probe_mse = NAN,
                                 .probe_low = NAN,
                                 .probe_high = NAN,
                                 .probe_step = -1};
    for (int cell = 0; cell < PROBE_LIMIT; cell++)
        arm->probe[cell] = (struct probe_cell){NAN, NAN, NAN, 0};
}

static void add_arm(struct trainer *trainer, const struct command *command)
{
    struct config changed = trainer->config;
    struct mask_choice mask = changed.mask;
    struct error error;
    int number = trainer->arm_count;
    if (trainer->replaying && config_arm(&changed, command->name) >= 0)
        return; /* the checkpoint holds it already */
    bool good = (!command->value[0] || config_mask_parse(&mask, command->value, &error)) &&
                mask_choice_resolve(&mask, mae_grid_height(&trainer->shape),
                                    mae_grid_width(&trainer->shape), &error) &&
                config_arm_add(&changed, command->name, &mask, &error) &&
                arm_init(&trainer->arms[number], &changed.arms[number], &trainer->shape,
                         (uint64_t)changed.seed, &error) &&
                arm_prepare(&trainer->arms[number], &trainer->workspace, &mask,
                            (uint64_t)changed.seed, &error) &&
                store_add_arm(trainer->store, command->name, STORE_KIND_ARM,
                              &trainer->store_arm[number], &error);
    if (!good) {
        if (number < ARM_LIMIT)
            arm_release(&trainer->arms[number]);
        refuse(trainer, command, &error);
        return;
    }
    trainer->config = changed;
    trainer->arm_count++;
    clear_arm_display(&trainer->live->arms[number]);
    mask_watch_clear(&trainer->watches[number], trainer->step);
    struct text added = {0};
    config_mask_write(&mask, &added); /* whole, so that it means the same when carried out again */
    trainer_event(trainer, "arm-add", command->name, command->name, NULL, text_of(&added));
    text_release(&added);
    trainer->gallery_wanted = trainer->pictures;
}

static void remove_arm(struct trainer *trainer, const struct command *command)
{
    struct error error;
    int number = config_arm(&trainer->config, command->name);
    if (trainer->replaying && number < 0)
        return;
    if (number < 0 || trainer->arm_count == 1) {
        error_set(&error, ERROR_DATA,
                  number < 0 ? "there is no such arm" : "it is the only arm, and stays");
        refuse(trainer, command, &error);
        return;
    }
    trainer_event(trainer, "arm-remove", command->name, command->name, NULL, NULL);
    arm_release(&trainer->arms[number]);
    size_t after = (size_t)(--trainer->arm_count - number);
    trainer->config.arm_count--;
    memmove(&trainer->arms[number], &trainer->arms[number + 1], after * sizeof trainer->arms[0]);
    memmove(&trainer->store_arm[number], &trainer->store_arm[number + 1],
            after * sizeof trainer->store_arm[0]);
    memmove(&trainer->config.arms[number], &trainer->config.arms[number + 1],
            after * sizeof trainer->config.arms[0]);
    memmove(&trainer->live->arms[number], &trainer->live->arms[number + 1],
            after * sizeof trainer->live->arms[0]);
    trainer->arms[trainer->arm_count] = (struct arm){0}; /* what moved is owned once */
    move_watches(trainer, number);
    trainer->gallery_wanted = trainer->pictures;
}

static void pause(struct trainer *trainer)
{
    if (trainer->live->state != RUN_TRAINING)
        return;
    trainer_event(trainer, "pause", NULL, NULL, NULL, NULL);
    trainer->gallery_wanted = trainer->pictures;
    trainer_set_state(trainer, RUN_PAUSED, "");
}

static void go_on(struct trainer *trainer, bool one_step)
{
    if (one_step)
        trainer->step_once_at = trainer->step + 1;
    if (trainer->live->state == RUN_TRAINING || trainer->step >= trainer->total_steps)
        return;
    if (!one_step)
        trainer_event(trainer, "go-on", NULL, NULL, NULL, NULL);
    trainer_set_state(trainer, RUN_TRAINING, "");
}

static void show(struct trainer *trainer, const struct command *command)
{
    if (!trainer->pictures)
        return;
    if (command->kind == COMMAND_NEW_MASKS)
        trainer->gallery.mask_round++;
    else if (command->kind == COMMAND_SHOW_FILE)
        gallery_show_file(&trainer->gallery, command->value, trainer->config.data.exif);
    else
        gallery_show(&trainer->gallery, command->number);
    trainer->gallery_wanted = true;
}

void trainer_carry_out(struct trainer *trainer, const struct command *command)
{
    switch (command->kind) {
    case COMMAND_SET:
        set(trainer, command);
        break;
    case COMMAND_PAUSE:
        pause(trainer);
        break;
    case COMMAND_GO_ON:
    case COMMAND_STEP:
        go_on(trainer, command->kind == COMMAND_STEP);
        break;
    case COMMAND_CHECKPOINT:
        trainer->checkpoint_wanted = true;
        break;
    case COMMAND_EVALUATE:
        trainer->evaluation_wanted = true;
        break;
    case COMMAND_NEW_MASKS:
    case COMMAND_SHOW:
    case COMMAND_SHOW_FILE:
        show(trainer, command);
        break;
    case COMMAND_WAKE: /* do_chores answers */
        break;
    case COMMAND_ARM_ADD:
        add_arm(trainer, command);
        break;
    case COMMAND_ARM_REMOVE:
        remove_arm(trainer, command);
        break;
    case COMMAND_NOTE:
        trainer_event(trainer, "note", NULL, NULL, NULL, command->value);
        break;
    case COMMAND_ABORT:
        trainer->aborted = true;
        trainer->leaving = true;
        break;
    case COMMAND_STOP:
        trainer->leaving = true;
        break;
    case COMMAND_KINDS:
        break;
    }
}

void trainer_obey(struct trainer *trainer)
{
    while (trainer->schedule_next < trainer->schedule_count &&
           trainer->schedule[trainer->schedule_next].step <= trainer->step) {
        const struct scheduled_command *due = &trainer->schedule[trainer->schedule_next++];
        trainer->replaying = due->recorded;
        trainer_carry_out(trainer, &due->command);
        trainer->replaying = false;
    }
    struct command command;
    while (!trainer->leaving && command_queue_receive(trainer->queue, &command, 0))
        trainer_carry_out(trainer, &command);
}
