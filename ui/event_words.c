#include "ui/event_words.h"

#include <stdio.h>
#include <string.h>

#include "base/memory.h"

enum { NAME_SIZE = 136 };

static bool is_setting(const struct snapshot_event *event)
{
    return !strcmp(event->kind, "set");
}

/* "block ratio", "blr": the setting that an event changed, in few words. */
static void setting_name(char out[NAME_SIZE], const struct snapshot_event *event)
{
    const char *dot = strrchr(event->name, '.');
    const char *name = dot ? dot + 1 : event->name;
    bool both = event->arm[0] && strcmp(event->arm, name) != 0;
    snprintf(out, NAME_SIZE, "%s%s%s", both ? event->arm : "", both ? " " : "", name);
}

/* Other events: what it is, of which arm, and what is said of it. */
static void occurrence(char out[EVENT_WORDS_SIZE], const struct snapshot_event *event)
{
    const char *parts[] = {event->arm, strcmp(event->name, event->arm) != 0 ? event->name : "",
                           event->new_value};
    int used = snprintf(out, EVENT_WORDS_SIZE, "%s", event->kind);
    for (size_t i = 0; i < ARRAY_LENGTH(parts); i++)
        if (parts[i][0] && used < EVENT_WORDS_SIZE)
            used += snprintf(out + used, EVENT_WORDS_SIZE - (size_t)used, " %s", parts[i]);
}

void event_label(char out[EVENT_WORDS_SIZE], const struct snapshot_event *event)
{
    char name[NAME_SIZE];
    setting_name(name, event);
    if (is_setting(event))
        snprintf(out, EVENT_WORDS_SIZE, "%s %s", name, event->new_value);
    else
        occurrence(out, event);
}

void event_sentence(char out[EVENT_WORDS_SIZE], const struct snapshot_event *event)
{
    char name[NAME_SIZE];
    setting_name(name, event);
    if (is_setting(event))
        snprintf(out, EVENT_WORDS_SIZE, "%s: %.40s \u2192 %.40s", name,
                 event->old_value[0] ? event->old_value : "-", event->new_value);
    else
        occurrence(out, event);
}

bool event_is_turn(const struct snapshot_event *event)
{
    static const char *const turns[] = {"set",        "note",          "arm-add",
                                        "arm-remove", "ratio-clamped", "not-finite"};
    for (size_t i = 0; i < ARRAY_LENGTH(turns); i++)
        if (!strcmp(event->kind, turns[i]))
            return true;
    return false;
}
