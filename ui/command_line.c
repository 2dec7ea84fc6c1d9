#include <string.h>

#include "ui/model.h"
#include "ui/words.h"

enum { LINE_SIZE = 1024 };

static void say_unknown(struct ui_model *model, const char *word)
{
    enum action nearest = action_nearest(word);
    if (nearest == ACTION_NONE)
        ui_say(model, LOG_WARNING, "there is no command '%.40s'; :help lists them", word);
    else
        ui_say(model, LOG_WARNING, "there is no command '%.40s'; did you mean '%s'?", word,
               action_row(nearest)->word);
}

bool ui_command_line(struct ui_model *model, const char *line, enum action *action,
                     const char **argument)
{
    char word[64];
    *action = ACTION_NONE;
    line += strspn(line, ": \t");
    *argument = line;
    if (!word_next(argument, word, sizeof word))
        return true;
    *argument += strspn(*argument, " \t");
    *action = action_find(word);
    if (*action == ACTION_NONE) {
        say_unknown(model, word);
        return false;
    }
    if ((*argument)[0] && !action_row(*action)->argument[0]) {
        ui_say(model, LOG_WARNING, "%s takes no argument", action_row(*action)->word);
        return true;
    }
    /* Blanks at the end are no part of the argument. */
    char copy[LINE_SIZE];
    if (!text_copy(copy, sizeof copy, *argument)) {
        ui_say(model, LOG_WARNING, "that line is too long");
        return true;
    }
    size_t length = strlen(copy);
    while (length > 0 && (copy[length - 1] == ' ' || copy[length - 1] == '\t'))
        copy[--length] = '\0';
    return ui_perform(model, *action, copy);
}
