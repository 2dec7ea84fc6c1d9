#include "ui/pending.h"

#include <string.h>

/* A step of the largest models takes long; a setting that no snapshot shows after this was refused.
 */
static const double patience_seconds = 60;

/* What only changes what is shown or noted; a run that has done all its steps takes it still, as
 * long as somebody looks at it. */
static bool is_for_display(const struct command *command)
{
    return command->kind == COMMAND_SHOW || command->kind == COMMAND_SHOW_FILE ||
           command->kind == COMMAND_NEW_MASKS || command->kind == COMMAND_NOTE ||
           (command->kind == COMMAND_SET && !strncmp(command->name, "show.", 5));
}

bool pending_send(struct ui_model *model, const struct command *command)
{
    enum run_state state = model->snapshot->state;
    bool done = state == RUN_FINISHED && !is_for_display(command);
    if (done || state == RUN_STOPPED || state == RUN_FAILED) {
        ui_say(model, LOG_WARNING, "the run has ended: nothing can be changed any more");
        return false;
    }
    if (model->send && model->send(model->send_context, command))
        return true;
    ui_say(model, LOG_WARNING,
           "the trainer is busy and has not taken what was asked before; try again");
    return false;
}

/* The value of a setting as one would type it; false if there is no such setting. */
static bool write_value(const struct config *config, const char *name, struct text *text)
{
    const struct setting *row = setting_find(config_table(), name);
    if (row) {
        setting_write(row, config, text);
        return true;
    }
    const char *arm = strncmp(name, "arms.", 5) ? NULL : name + 5;
    const char *dot = arm ? strrchr(arm, '.') : NULL;
    char arm_name[ARM_NAME_SIZE];
    if (!dot || (size_t)(dot - arm) >= sizeof arm_name)
        return false;
    memcpy(arm_name, arm, (size_t)(dot - arm));
    arm_name[dot - arm] = '\0';
    int index = config_arm(config, arm_name);
    if (index < 0)
        return false;
    const struct mask_choice *mask = &config->arms[index].mask;
    if (!strcmp(dot + 1, "ratio"))
        ratio_choice_write(&mask->ratio, text);
    else
        strategy_choice_write(&mask->strategy, text);
    return true;
}

/* Whether two configurations agree about a setting (or neither has it). */
static bool same_value(const struct config *a, const struct config *b, const char *name)
{
    struct text text_a = {0}, text_b = {0};
    bool in_a = write_value(a, name, &text_a), in_b = write_value(b, name, &text_b);
    bool same = in_a == in_b && !strcmp(text_of(&text_a), text_of(&text_b));
    text_release(&text_a);
    text_release(&text_b);
    return same;
}

static void forget(struct ui_model *model, int index)
{
    model->sent_count--;
    memmove(&model->sent[index], &model->sent[index + 1],
            (size_t)(model->sent_count - index) * sizeof model->sent[0]);
}

/* The newest value of a setting replaces the one sent before. */
static void remember(struct ui_model *model, const char *name, const char *value)
{
    for (int i = 0; i < model->sent_count; i++)
        if (!strcmp(model->sent[i].name, name)) {
            forget(model, i);
            break;
        }
    if (model->sent_count == UI_SENT_LIMIT)
        forget(model, 0);
    struct ui_sent *sent = &model->sent[model->sent_count++];
    text_copy(sent->name, sizeof sent->name, name);
    text_copy(sent->value, sizeof sent->value, value);
    sent->until = ui_now() + patience_seconds;
}

static bool check_setting(const struct config *now, const char *name, const char *value,
                          struct config *changed, struct error *error)
{
    const struct setting *row = setting_find(config_table(), name);
    if (row && !row->live)
        return error_set(error, ERROR_DATA,
                         "%s cannot change while training: set it in the file or with --set", name);
    *changed = *now;
    return config_assign(changed, name, value, ORIGIN_COMMAND_LINE, NULL, error) &&
           config_check(changed, error);
}

bool pending_set(struct ui_model *model, const char *name, const char *value)
{
    struct command command = {.kind = COMMAND_SET};
    bool fits = text_copy(command.name, sizeof command.name, name) &
                text_copy(command.value, sizeof command.value, value);
    struct config changed;
    struct error error;
    if (!fits)
        error_set(&error, ERROR_DATA, "%.40s: that is too long", name);
    if (!fits || !check_setting(&model->config, name, value, &changed, &error)) {
        ui_say(model, LOG_WARNING, "%s", error.message);
        return false;
    }
    if (!pending_send(model, &command))
        return false;
    model->config = changed;
    remember(model, name, value);
    return true;
}

static bool settled(const struct ui_model *model, const struct ui_sent *sent)
{
    struct config changed = model->snapshot->config;
    struct error error;
    return ui_now() > sent->until ||
           !config_assign(&changed, sent->name, sent->value, ORIGIN_COMMAND_LINE, NULL, &error) ||
           same_value(&changed, &model->snapshot->config, sent->name);
}

void pending_settle(struct ui_model *model)
{
    const struct snapshot *snapshot = model->snapshot;
    if (model->pause_sent >= 0 && model->pause_sent == (snapshot->state == RUN_PAUSED))
        model->pause_sent = -1;
    if (model->show_sent >= 0 && model->show_sent == snapshot->gallery.first)
        model->show_sent = -1;
    model->config = snapshot->config;
    for (int i = 0; i < model->sent_count;) {
        struct error error;
        if (settled(model, &model->sent[i])) {
            forget(model, i);
            continue;
        }
        config_assign(&model->config, model->sent[i].name, model->sent[i].value,
                      ORIGIN_COMMAND_LINE, NULL, &error);
        i++;
    }
}
