/* Help, made from the list of actions: scrolls, and is filtered like any list. */
#include <stdio.h>
#include <string.h>

#include "ui/panel/format.h"
#include "ui/panel/view.h"

enum { KEY_COLUMNS = 15, WORD_COLUMNS = 16, LINE_LIMIT = 2 * ACTION_COUNT };

struct help_state {
    char filter[FILTER_SIZE];
    struct list list;
    int lines[LINE_LIMIT]; /* an action, or ~group for a heading */
};

static bool shown(const struct frame *frame, enum action action, const char *filter)
{
    const struct action_row *row = action_row(action);
    char keys[64];
    keymap_keys(frame->keymap, action, keys, sizeof keys);
    return list_matches(row->word, filter) || list_matches(row->help, filter) ||
           list_matches(keys, filter) || list_matches(action_group_name(row->group), filter);
}

static void select_lines(struct help_state *help, const struct frame *frame)
{
    int count = 0;
    for (int group = 0; group < GROUP_COUNT; group++) {
        int heading = count++;
        help->lines[heading] = ~group;
        for (int i = 0; i < ACTION_COUNT; i++)
            if ((int)action_row((enum action)i)->group == group &&
                shown(frame, (enum action)i, help->filter))
                help->lines[count++] = i;
        if (count == heading + 1)
            count = heading;
    }
    help->list.count = count;
}

static void draw_action(const struct frame *frame, const struct area *area, int row,
                        enum action action)
{
    const struct action_row *entry = action_row(action);
    char keys[64];
    keymap_keys(frame->keymap, action, keys, sizeof keys);
    draw_field(frame->screen, area, row, 0, KEY_COLUMNS - 1, ROLE_KEY, false, keys);
    int column = draw_format(frame->screen, area, row, KEY_COLUMNS, ROLE_TEXT, ":%s", entry->word);
    column = column < KEY_COLUMNS + WORD_COLUMNS ? KEY_COLUMNS + WORD_COLUMNS : column + 1;
    column = draw_text(frame->screen, area, row, column, ROLE_TEXT, entry->help);
    if (entry->argument[0])
        draw_text(frame->screen, area, row, column + 2, ROLE_DIM, entry->argument);
}

static void draw(void *state, const struct frame *frame)
{
    struct help_state *help = state;
    char title[FILTER_SIZE + 32];
    snprintf(title, sizeof title, help->filter[0] ? "Help with \"%s\"" : "Help", help->filter);
    struct area inside = draw_box(frame->screen, &frame->area, title);
    select_lines(help, frame);
    /* The top row is what moves: nothing is chosen in a text. */
    int most = help->list.count - inside.height;
    help->list.top = help->list.top > most ? most : help->list.top;
    help->list.top = help->list.top < 0 ? 0 : help->list.top;
    if (help->list.count == 0)
        draw_text(frame->screen, &inside, 0, 0, ROLE_DIM,
                  "no action has that in its keys, name or help");
    for (int i = 0; i < inside.height && help->list.top + i < help->list.count; i++) {
        int line = help->lines[help->list.top + i];
        if (line < 0)
            draw_text(frame->screen, &inside, i, 0, ROLE_HEADING,
                      action_group_name((enum action_group) ~line));
        else
            draw_action(frame, &inside, i, (enum action)line);
    }
}

static bool act(void *state, const struct frame *frame, enum action action, const char *argument)
{
    (void)argument;
    struct help_state *help = state;
    int page = frame->area.height - 2;
    struct list text = {.count = help->list.count - page + 1, .chosen = help->list.top};
    if (!list_act(&text, action, page))
        return false;
    help->list.top = text.chosen < 0 ? 0 : text.chosen;
    return true;
}

static char *filter(void *state)
{
    struct help_state *help = state;
    return help->filter;
}

const struct view panel_view_help = {
    .name = "help",
    .title = "Help",
    .hints = "down+up=move;page-down=page;filter;close",
    .state_size = sizeof(struct help_state),
    .draw = draw,
    .act = act,
    .filter = filter,
};
