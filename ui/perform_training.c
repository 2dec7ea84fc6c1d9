/* Actions on the training: going on, settings, records. */
#include <stdio.h>
#include <string.h>

#include "run/downstream.h"
#include "ui/pending.h"
#include "ui/perform.h"

static bool ask(struct ui_model *model, enum command_kind kind, const char *said)
{
    struct command command = {.kind = kind};
    if (pending_send(model, &command))
        ui_say(model, LOG_INFO, "%s", said);
    return true;
}

bool perform_pause(struct ui_model *model, const char *argument)
{
    (void)argument;
    bool paused = model->pause_sent >= 0 ? model->pause_sent : model->snapshot->state == RUN_PAUSED;
    struct command command = {.kind = paused ? COMMAND_GO_ON : COMMAND_PAUSE};
    if (pending_send(model, &command)) {
        model->pause_sent = !paused;
        ui_say(model, LOG_INFO, paused ? "going on" : "pausing after this step");
    }
    return true;
}

bool perform_step(struct ui_model *model, const char *argument)
{
    (void)argument;
    return ask(model, COMMAND_STEP, "one step");
}

bool perform_checkpoint(struct ui_model *model, const char *argument)
{
    (void)argument;
    return ask(model, COMMAND_CHECKPOINT, "a checkpoint will be written after this step");
}

bool perform_evaluate(struct ui_model *model, const char *argument)
{
    (void)argument;
    return ask(model, COMMAND_EVALUATE, "all arms will be evaluated after this step");
}

bool perform_probe(struct ui_model *model, const char *argument)
{
    struct command command = {.kind = COMMAND_PROBE};
    const struct downstream_task *tasks[DOWNSTREAM_TASK_LIMIT];
    struct error error = {0};
    int count;
    if (argument[0] && !downstream_tasks_parse(tasks, &count, argument, &error)) {
        ui_say(model, LOG_WARNING, "probe: %s", error.message);
        return true;
    }
    for (int i = 0; argument[0] && i < count; i++)
        snprintf(command.value + strlen(command.value),
                 sizeof command.value - strlen(command.value), "%s,", tasks[i]->name);
    if (pending_send(model, &command))
        ui_say(model, LOG_INFO, "a probe begins: %s (its outcomes: the table probes)",
               argument[0] ? argument : "the tasks of probe.live_tasks");
    return true;
}

static bool set_rate(struct ui_model *model, const char *value)
{
    if (pending_set(model, "train.blr", value))
        ui_say(model, LOG_INFO, "base learning rate %s from the next step", value);
    return true;
}

bool perform_new_masks(struct ui_model *model, const char *argument)
{
    (void)argument;
    return ask(model, COMMAND_NEW_MASKS, "new masks for the shown images");
}

/* Up undoes down: times and over nine tenths, four digits kept. */
static const double rate_factor = 0.9;

static bool scale_rate(struct ui_model *model, double factor)
{
    double blr = model->config.train.blr;
    if (blr == 0) {
        ui_say(model, LOG_WARNING, "the base learning rate is 0: set it with :lr");
        return true;
    }
    char value[32];
    snprintf(value, sizeof value, "%.4g", blr * factor);
    return set_rate(model, value);
}

bool perform_rate_down(struct ui_model *model, const char *argument)
{
    (void)argument;
    return scale_rate(model, rate_factor);
}

bool perform_rate_up(struct ui_model *model, const char *argument)
{
    (void)argument;
    return scale_rate(model, 1 / rate_factor);
}

bool perform_rate(struct ui_model *model, const char *argument)
{
    if (argument[0])
        return set_rate(model, argument);
    char value[32];
    text_from_real(value, model->config.train.blr);
    ui_say(model, LOG_INFO, "base learning rate %s; :lr BLR sets it", value);
    return true;
}

static void say_setting(struct ui_model *model, const struct setting *row)
{
    struct text now = {0}, range = {0};
    setting_write(row, &model->config, &now);
    setting_write_range(row, &range);
    ui_say(model, LOG_INFO, "%s is %s; allowed: %s", row->name, text_of(&now), text_of(&range));
    text_release(&now);
    text_release(&range);
}

bool perform_set(struct ui_model *model, const char *argument)
{
    char name[COMMAND_NAME_SIZE];
    size_t length = strcspn(argument, " \t=");
    if (length == 0 || length >= sizeof name) {
        ui_say(model, LOG_WARNING, "set: NAME VALUE, such as train.clip 1");
        return true;
    }
    memcpy(name, argument, length);
    name[length] = '\0';
    const char *value = argument + length + strspn(argument + length, " \t=");
    if (!strncmp(name, "mask.", 5) && value[0]) { /* stands for every arm's */
        perform_set_all_arms(model, name + 5, value);
        return true;
    }
    const struct setting *row = setting_find(config_table(), name);
    if (row && !value[0] && row->type != SETTING_TEXT) {
        say_setting(model, row);
        return true;
    }
    if (pending_set(model, name, value))
        ui_say(model, LOG_INFO, "%s %s from the next step", name, value);
    return true;
}

bool perform_note(struct ui_model *model, const char *argument)
{
    if (!argument[0])
        return false;
    struct command command = {.kind = COMMAND_NOTE};
    if (!text_copy(command.value, sizeof command.value, argument))
        ui_say(model, LOG_WARNING, "note: at most %d bytes", COMMAND_VALUE_SIZE - 1);
    else if (pending_send(model, &command))
        ui_say(model, LOG_INFO, "noted at step %lld", (long long)model->snapshot->step);
    return true;
}

bool perform_quit(struct ui_model *model, const char *argument)
{
    (void)argument;
    model->want_quit = true;
    return true;
}
