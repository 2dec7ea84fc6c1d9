/* Commands between two steps. */
#include <stdio.h>
#include <string.h>

#include "run/trainer.h"

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

static void settle(struct trainer *trainer)
{
    for (int i = 0; i < trainer->arm_count; i++)
        arm_settle(&trainer->arms[i]);
}

static bool prepare(struct trainer *trainer, const struct config *changed, struct error *error)
{
    for (int i = 0; i < trainer->arm_count; i++)
        if (!arm_prepare(&trainer->arms[i], &trainer->workspace, &changed->arms[i].mask,
                         (uint64_t)changed->seed, error))
            return false;
    return true;
}

static void note_change(struct trainer *trainer, const char *name, const struct text *old_value,
                        const struct text *new_value)
{
    char arm[ARM_NAME_SIZE];
    if (!strcmp(text_of(old_value), text_of(new_value)))
        return;
    arm_of_setting(name, arm);
    trainer_event(trainer, "set", arm[0] ? arm : NULL, name, text_of(old_value),
                  text_of(new_value));
    int number = config_arm(&trainer->config, arm);
    if (number >= 0)
        note_new_mask(trainer, number);
    if (!strncmp(name, "probe.", strlen("probe.")))
        trainer->probe.refused = false;
}

static void accept(struct trainer *trainer, const struct config *changed)
{
    trainer->config = *changed;
    for (int i = 0; i < trainer->arm_count; i++)
        trainer->arms[i].mask = changed->arms[i].mask;
    settle(trainer);
    trainer_plan(trainer);
    trainer->gallery_wanted = trainer->pictures;
    if (trainer->pictures)
        gallery_set_display(&trainer->gallery, (enum pixel_display)trainer->config.show.pixels);
}

static void set(struct trainer *trainer, const struct command *command)
{
    struct config changed = trainer->config;
    struct error error;
    struct text old_value = {0}, new_value = {0};
    bool good =
        assign(&changed, command, &error) && trainer_resolve_masks(trainer, &changed, &error);
    current_value(&trainer->config, command->name, &old_value);
    current_value(&changed, command->name, &new_value);
    good = good && text_is_whole(&old_value, &error) && text_is_whole(&new_value, &error);
    if (good && trainer_fits_command(&new_value, &error) && prepare(trainer, &changed, &error)) {
        accept(trainer, &changed);
        note_change(trainer, command->name, &old_value, &new_value);
    } else {
        settle(trainer);
        trainer_refuse(trainer, command, &error);
    }
    text_release(&old_value);
    text_release(&new_value);
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
    case COMMAND_PROBE:
        trainer_ask_probe(trainer, command);
        break;
    case COMMAND_NEW_MASKS:
    case COMMAND_SHOW:
    case COMMAND_SHOW_FILE:
        show(trainer, command);
        break;
    case COMMAND_WAKE: /* do_chores answers */
        break;
    case COMMAND_ARM_ADD:
        trainer_add_arm(trainer, command);
        break;
    case COMMAND_ARM_REMOVE:
        trainer_remove_arm(trainer, command);
        break;
    case COMMAND_NOTE:
        trainer_note(trainer, command->value);
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

bool trainer_repeats(const struct trainer *trainer)
{
    return trainer->due && trainer->due->recorded;
}

void trainer_obey(struct trainer *trainer)
{
    while (trainer->failure.code == ERROR_NONE &&
           trainer->schedule_next < trainer->schedule_count &&
           trainer->schedule[trainer->schedule_next].step <= trainer->step) {
        trainer->due = &trainer->schedule[trainer->schedule_next++];
        if (trainer->due->after_evaluation && !trainer_has_evaluated(trainer))
            trainer_evaluate(trainer);
        trainer_carry_out(trainer, &trainer->due->command);
        if (trainer->checkpoint_wanted) /* of what stands above it, not of what is below */
            trainer_checkpoint(trainer);
    }
    trainer->due = NULL;
    struct command command;
    while (!trainer->leaving && command_queue_receive(trainer->queue, &command, 0))
        trainer_carry_out(trainer, &command);
}
