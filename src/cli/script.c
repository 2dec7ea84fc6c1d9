#include "cli/script.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "run/record.h"
#include "ui/model.h"

enum { SCRIPT_BYTES = 1 << 20, SCRIPT_LINES = 4096 };

/* Reading: commands that the : line would send are caught here. */
struct reading {
    struct script *script;
    struct ui_model model;
    struct snapshot snapshot;
    int64_t step;
    struct error *error;
};

static bool catch_command(void *context, const struct command *command)
{
    struct reading *reading = context;
    struct script *script = reading->script;
    if (script->scheduled_count == SCRIPT_LINES)
        return false;
    script->scheduled[script->scheduled_count++] =
        (struct scheduled_command){.step = reading->step, .command = *command};
    return true;
}

/* "at STEP : command" -> STEP, command. */
static bool split_line(const char *line, int64_t *step, const char **command)
{
    char number[32];
    int used = 0;
    if (sscanf(line, " at %31[0-9] : %n", number, &used) != 1 || used == 0)
        return false;
    *command = line + used;
    return **command && text_to_integer(number, step);
}

static bool belongs_to_screen(enum action action)
{
    enum action_group group = action_row(action)->group;
    return group == GROUP_VIEW || group == GROUP_MOVE || action == ACTION_SAVE_SCREEN ||
           action == ACTION_SCREENSHOT || action == ACTION_EXPORT;
}

/* What the model sees before the next line: the run as the lines so far leave it. */
static void show(struct reading *reading)
{
    struct snapshot *snapshot = &reading->snapshot;
    const struct config *config = &snapshot->config;
    snapshot->version++;
    snapshot->arm_count = config->arm_count;
    for (int i = 0; i < config->arm_count; i++) {
        memcpy(snapshot->arms[i].name, config->arms[i].name, ARM_NAME_SIZE);
        snapshot->arms[i].mask = config->arms[i].mask;
    }
    ui_model_take(&reading->model, snapshot);
}

/* Carries the commands from the first on out on the configuration, as the run will. */
static bool follow(struct reading *reading, int first)
{
    for (int i = first; i < reading->script->scheduled_count; i++) {
        const struct command *command = &reading->script->scheduled[i].command;
        struct store_event change = {.kind = command_kind_name(command->kind),
                                     .name = command->name,
                                     .new_value = *command->value ? command->value : "{}"};
        if (!record_apply(&change, &reading->snapshot.config, reading->error))
            return false;
    }
    show(reading);
    return true;
}

static bool add_line(struct reading *reading, const char *command)
{
    struct script *script = reading->script;
    char word[64] = "";
    sscanf(command, "%63s", word);
    enum action action = action_find(word);
    if (action == ACTION_QUIT) {
        struct command stop = {.kind = COMMAND_STOP};
        return catch_command(reading, &stop);
    }
    if (action != ACTION_NONE && belongs_to_screen(action)) {
        char *copy = arena_text(&script->arena, command, strlen(command), reading->error);
        if (!copy || script->deferred_count == SCRIPT_LINES)
            return false;
        script->deferred[script->deferred_count++] = (struct script_line){reading->step, copy};
        return true;
    }
    int before = script->scheduled_count;
    const char *argument;
    reading->model.status[0] = '\0';
    ui_command_line(&reading->model, command, &action, &argument);
    if (script->scheduled_count > before)
        return follow(reading, before) || error_prefix(reading->error, "'%.60s'", command);
    const char *why = reading->model.status[0] ? reading->model.status : "it does nothing here";
    return error_set(reading->error, ERROR_DATA, "'%.60s': %s", command, why);
}

static bool read_lines(struct reading *reading, char *text, const char *path)
{
    int number = 0;
    int64_t last = 0;
    char *rest = text;
    for (char *line; (line = strsep(&rest, "\n"));) {
        number++;
        line += strspn(line, " \t\r");
        if (!*line || *line == '#')
            continue;
        const char *command = NULL;
        line[strcspn(line, "\r")] = '\0';
        bool good = split_line(line, &reading->step, &command) ||
                    error_set(reading->error, ERROR_DATA, "write 'at STEP : command'");
        if (good && reading->step < last)
            good = error_set(reading->error, ERROR_DATA, "steps must not go back (%lld after %lld)",
                             (long long)reading->step, (long long)last);
        if (!good || !add_line(reading, command))
            return error_prefix(reading->error, "%s:%d", path, number);
        last = reading->step;
    }
    return true;
}

/* A model that stands before the first step of a run with this configuration. */
static void prepare_model(struct reading *reading, const struct config *config)
{
    reading->snapshot.state = RUN_TRAINING;
    reading->snapshot.config = *config;
    ui_model_init(&reading->model, NULL);
    reading->model.send = catch_command;
    reading->model.send_context = reading;
    show(reading);
}

bool script_read(struct script *script, const char *path, const struct config *config,
                 struct error *error)
{
    *script = (struct script){0};
    struct text text = {0};
    struct reading *reading = memory_new(1, sizeof *reading, error);
    bool good = reading &&
                (script->scheduled =
                     arena_alloc(&script->arena, SCRIPT_LINES, sizeof *script->scheduled, error)) &&
                (script->deferred =
                     arena_alloc(&script->arena, SCRIPT_LINES, sizeof *script->deferred, error)) &&
                file_read(path, SCRIPT_BYTES, &text, error);
    if (good && text.length > 0) {
        reading->script = script;
        reading->error = error;
        prepare_model(reading, config);
        good = read_lines(reading, text.bytes, path);
    }
    text_release(&text);
    free(reading);
    if (!good)
        script_release(script);
    return good;
}

void script_release(struct script *script)
{
    arena_release(&script->arena);
    *script = (struct script){0};
}

const char *script_due(struct script *script, int64_t step)
{
    if (script->deferred_next >= script->deferred_count ||
        script->deferred[script->deferred_next].step > step)
        return NULL;
    return script->deferred[script->deferred_next++].command;
}
