#include "ui/action.h"

#include <assert.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"

static const struct action_row rows[] = {
#define ACTION_ROW(name, word, argument, keys, group, help)                                        \
    [ACTION_##name] = {word, argument, keys, GROUP_##group, help},
    ACTION_LIST(ACTION_ROW)
#undef ACTION_ROW
};
static_assert(ARRAY_LENGTH(rows) == ACTION_COUNT, "an action has no row");

static const char *const group_names[] = {
    [GROUP_TRAIN] = "training", [GROUP_MASK] = "masks", [GROUP_IMAGE] = "images",
    [GROUP_MOVE] = "moving",    [GROUP_VIEW] = "views", [GROUP_FILES] = "records and files",
    [GROUP_LEAVE] = "leaving",
};
static_assert(ARRAY_LENGTH(group_names) == GROUP_COUNT, "a group has no name");

const struct action_row *action_row(enum action action)
{
    return &rows[action];
}

const char *action_group_name(enum action_group group)
{
    return group_names[group];
}

enum action action_find(const char *word)
{
    enum action found = ACTION_NONE;
    size_t length = strlen(word);
    int beginnings = 0;
    for (size_t i = 0; i < ACTION_COUNT; i++) {
        if (!strcmp(rows[i].word, word))
            return (enum action)i;
        if (length > 0 && !strncmp(rows[i].word, word, length)) {
            found = (enum action)i;
            beginnings++;
        }
    }
    return beginnings == 1 ? found : ACTION_NONE;
}

static const char *row_word(const void *context, size_t i)
{
    (void)context;
    return rows[i].word;
}

enum action action_nearest(const char *word)
{
    int nearest = text_nearest(word, ACTION_COUNT, row_word, NULL);
    return nearest < 0 ? ACTION_NONE : (enum action)nearest;
}
