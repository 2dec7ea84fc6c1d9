#include "ui/confirm.h"

#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "ui/words.h"

static bool loses_an_arm(const struct ui_model *model, const char *argument,
                         char question[UI_QUESTION_SIZE])
{
    char verb[16] = "", name[ARM_NAME_SIZE] = "";
    if (!word_next(&argument, verb, sizeof verb) || strcmp(verb, "remove") != 0 ||
        !word_next(&argument, name, sizeof name) || config_arm(&model->config, name) < 0 ||
        model->config.arm_count == 1)
        return false;
    snprintf(question, UI_QUESTION_SIZE, "Remove %s? Its weights live on in checkpoints only.",
             name);
    return true;
}

/* The last word is the file: "matrix arms.csv". */
static bool loses_a_file(const char *argument, char question[UI_QUESTION_SIZE])
{
    char path[FILE_PATH_SIZE] = "";
    while (word_next(&argument, path, sizeof path))
        continue;
    if (!path[0] || !file_exists(path))
        return false;
    snprintf(question, UI_QUESTION_SIZE, "Already there; write over %.160s?", path);
    return true;
}

bool ui_must_ask(const struct ui_model *model, enum action action, const char *argument,
                 char question[UI_QUESTION_SIZE])
{
    switch (action) {
    case ACTION_ARM_ADD:
        return loses_an_arm(model, argument, question);
    case ACTION_EXPORT:
    case ACTION_SAVE_SCREEN:
    case ACTION_SCREENSHOT:
        return loses_a_file(argument, question);
    default:
        return false;
    }
}
