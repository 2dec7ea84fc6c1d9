#include <string.h>

#include "ui/model.h"
#include "ui/words.h"

static void say_unknown(struct ui_model *model, const char *word)
{
    enum action nearest = action_nearest(word);
    if (nearest == ACTION_NONE)
        ui_say(model, LOG_WARNING, "there is no command '%.40s'; :help lists them", word);
    else
        ui_say(model, LOG_WARNING, "there is no command '%.40s'; did you mean '%s'?", word,
               action_row(nearest)->word);
}

/* The command at *rest, which is moved to its argument; false: there is no such command. */
static bool read_command(struct ui_model *model, const char **rest, enum action *action)
{
    char word[64];
    *action = ACTION_NONE;
    *rest += strspn(*rest, ": \t");
    if (!word_next(rest, word, sizeof word))
        return true;
    *rest += strspn(*rest, " \t");
    *action = action_find(word);
    if (*action == ACTION_NONE)
        say_unknown(model, word);
    return *action != ACTION_NONE;
}

static bool read_argument(struct ui_model *model, const char *rest, enum action action,
                          char argument[UI_LINE_SIZE])
{
    argument[0] = '\0';
    if (rest[0] && !action_row(action)->argument[0]) {
        ui_say(model, LOG_WARNING, "%s takes no argument", action_row(action)->word);
        return false;
    }
    if (!text_copy(argument, UI_LINE_SIZE, rest)) {
        ui_say(model, LOG_WARNING, "that line is too long");
        return false;
    }
    size_t length = strlen(argument);
    while (length > 0 && (argument[length - 1] == ' ' || argument[length - 1] == '\t'))
        argument[--length] = '\0';
    return true;
}

bool ui_command_parse(struct ui_model *model, const char *line, enum action *action,
                      char argument[UI_LINE_SIZE])
{
    argument[0] = '\0';
    return read_command(model, &line, action) &&
           (*action == ACTION_NONE || read_argument(model, line, *action, argument));
}

bool ui_command_line(struct ui_model *model, const char *line, enum action *action,
                     const char **argument)
{
    char trimmed[UI_LINE_SIZE];
    *argument = line;
    if (!read_command(model, argument, action))
        return false;
    return *action == ACTION_NONE || !read_argument(model, *argument, *action, trimmed) ||
           ui_perform(model, *action, trimmed);
}
