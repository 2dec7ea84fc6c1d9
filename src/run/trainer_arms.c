/* Arms that come and go between two steps. */
#include <math.h>
#include <string.h>

#include "run/trainer.h"

void trainer_clear_arm_display(struct snapshot_arm *arm)
{
    *arm = (struct snapshot_arm){.loss = NAN,
                                 .smooth_loss = NAN,
                                 .gradient_norm = NAN,
                                 .realised_ratio = NAN,
                                 .probe_mse = NAN,
                                 .probe_low = NAN,
                                 .probe_high = NAN,
                                 .probe_step = -1,
                                 .task = NAN,
                                 .task_step = -1};
    for (int cell = 0; cell < PROBE_LIMIT; cell++)
        arm->probe[cell] = (struct probe_cell){NAN, NAN, NAN, 0};
}

/* The arm after the last, with its model. What it has taken is released by arm_release. */
static bool open_arm(struct trainer *trainer, struct config *changed, const char *name,
                     const struct mask_choice *mask, struct error *error)
{
    int number = trainer->arm_count;
    return config_arm_add(changed, name, mask, error) &&
           arm_init(&trainer->arms[number], &changed->arms[number], &trainer->shape,
                    (uint64_t)changed->seed, error) &&
           arm_prepare(&trainer->arms[number], &trainer->workspace, mask, (uint64_t)changed->seed,
                       error) &&
           store_add_arm(trainer->store, name, STORE_KIND_ARM, &trainer->store_arm[number], error);
}

void trainer_add_arm(struct trainer *trainer, const struct command *command)
{
    struct config changed = trainer->config;
    struct mask_choice mask = changed.mask;
    struct text added = {0};
    struct error error;
    int number = trainer->arm_count;
    if (trainer_repeats(trainer) && config_arm(&changed, command->name) >= 0)
        return; /* the checkpoint holds it already */
    bool good = (!command->value[0] || config_mask_parse(&mask, command->value, &error)) &&
                mask_choice_resolve(&mask, mae_grid_height(&trainer->shape),
                                    mae_grid_width(&trainer->shape), &error);
    config_mask_write(&mask, &added); /* whole, so that it means the same when carried out again */
    if (good && text_is_whole(&added, &error) && trainer_fits_command(&added, &error) &&
        open_arm(trainer, &changed, command->name, &mask, &error)) {
        trainer->config = changed;
        trainer->arm_count++;
        trainer_clear_arm_display(&trainer->live->arms[number]);
        mask_watch_clear(&trainer->watches[number], trainer->step);
        trainer_arm_event(trainer, "arm-add", command->name, text_of(&added));
        trainer->all_evaluated = false;
        trainer->gallery_wanted = trainer->pictures;
    } else {
        if (number < ARM_LIMIT)
            arm_release(&trainer->arms[number]);
        trainer_refuse(trainer, command, &error);
    }
    text_release(&added);
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

void trainer_remove_arm(struct trainer *trainer, const struct command *command)
{
    struct error error;
    int number = config_arm(&trainer->config, command->name);
    if (trainer_repeats(trainer) && number < 0)
        return;
    if (number < 0 || trainer->arm_count == 1) {
        error_set(&error, ERROR_DATA,
                  number < 0 ? "there is no such arm" : "it is the only arm, and stays");
        trainer_refuse(trainer, command, &error);
        return;
    }
    trainer_arm_event(trainer, "arm-remove", command->name, NULL);
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
