/* The : command line, a line of input each, on a run that stands before its first step. */
#include <stdlib.h>
#include <string.h>

#include "tests/fuzz/fuzz.h"
#include "ui/action.h"
#include "ui/model.h"

static bool take(void *context, const struct command *command)
{
    FUZZ_HOLDS(memchr(command->name, '\0', sizeof command->name) &&
               memchr(command->value, '\0', sizeof command->value));
    (void)context;
    return true;
}

/* As if the trainer stood before its first step. */
static struct snapshot *new_snapshot(void)
{
    struct snapshot *snapshot = calloc(1, sizeof *snapshot);
    FUZZ_HOLDS(snapshot);
    if (!config_defaults(&snapshot->config, NULL))
        abort();
    snapshot->version = 1;
    snapshot->state = RUN_TRAINING;
    snapshot->arm_count = snapshot->config.arm_count;
    for (int i = 0; i < snapshot->arm_count; i++) {
        memcpy(snapshot->arms[i].name, snapshot->config.arms[i].name, ARM_NAME_SIZE);
        snapshot->arms[i].mask = snapshot->config.arms[i].mask;
    }
    return snapshot;
}

/* What would write a file where the line says is not carried out. */
static void type(struct ui_model *model, const char *line)
{
    char argument[UI_LINE_SIZE];
    const char *rest;
    enum action action;
    if (!ui_command_parse(model, line, &action, argument)) {
        FUZZ_HOLDS(model->status[0]);
        return;
    }
    if (action != ACTION_EXPORT)
        ui_command_line(model, line, &action, &rest);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = fuzz_text(data, size), *rest = text;
    struct snapshot *snapshot = new_snapshot();
    struct ui_model *model = calloc(1, sizeof *model);
    FUZZ_HOLDS(model);
    ui_model_init(model, NULL);
    model->send = take;
    ui_model_take(model, snapshot);
    for (char *line; (line = strsep(&rest, "\n"));)
        type(model, line);
    free(model);
    free(snapshot);
    free(text);
    return 0;
}
