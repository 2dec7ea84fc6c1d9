/* Help, made from the list of actions: scrolls, and is filtered like any list. */
#include <stdio.h>
#include <string.h>

#include "ui/panel/format.h"
#include "ui/panel/view.h"

enum {
    KEY_COLUMNS = 15,
    WORD_COLUMNS = 16,
    TEXT_COLUMNS_LEAST = 24, /* narrower, texts are cut rather than broken */
    TEXT_SIZE = 256,
    LINE_LIMIT = 8 * ACTION_COUNT
};

struct help_line {
    int action;  /* or ~group for a heading */
    size_t from; /* of the action's text: later parts go on below the first */
};

struct help_state {
    char filter[FILTER_SIZE];
    struct list list;
    struct help_line lines[LINE_LIMIT];
};

static bool shown(const struct frame *frame, enum action action, const char *filter)
{
    const struct action_row *row = action_row(action);
    char keys[64];
    keymap_keys(frame->keymap, action, keys, sizeof keys);
    return list_matches(row->word, filter) || list_matches(row->help, filter) ||
           list_matches(keys, filter) || list_matches(action_group_name(row->group), filter);
}

/* What an action does, and what it takes. */
static void write_text(enum action action, char out[TEXT_SIZE])
{
    const struct action_row *row = action_row(action);
    snprintf(out, TEXT_SIZE, row->argument[0] ? "%s  %s" : "%s", row->help, row->argument);
}

static int columns_of_text(int width)
{
    int columns = width - KEY_COLUMNS - WORD_COLUMNS;
    return columns < TEXT_COLUMNS_LEAST ? TEXT_SIZE : columns;
}

static int add_action(struct help_state *help, int count, enum action action, int width)
{
    char text[TEXT_SIZE];
    write_text(action, text);
    for (size_t from = 0; text[from] && count < LINE_LIMIT;
         from += text_break(text + from, columns_of_text(width)))
        help->lines[count++] = (struct help_line){(int)action, from};
    return count;
}

static void select_lines(struct help_state *help, const struct frame *frame, int width)
{
    int count = 0;
    for (int group = 0; group < GROUP_COUNT && count < LINE_LIMIT; group++) {
        int heading = count++;
        help->lines[heading] = (struct help_line){.action = ~group};
        for (int i = 0; i < ACTION_COUNT; i++)
            if ((int)action_row((enum action)i)->group == group &&
                shown(frame, (enum action)i, help->filter))
                count = add_action(help, count, (enum action)i, width);
        if (count == heading + 1)
            count = heading;
    }
    help->list.count = count;
}

static void draw_words(const struct frame *frame, const struct area *area, int row,
                       const struct action_row *entry, enum action action)
{
    char keys[64];
    keymap_keys(frame->keymap, action, keys, sizeof keys);
    draw_field(frame->screen, area, row, 0, KEY_COLUMNS - 1, ROLE_KEY, false, keys);
    draw_format(frame->screen, area, row, KEY_COLUMNS, ROLE_TEXT, ":%s", entry->word);
}

/* A row of an action's text, what it takes dimmed. */
static void draw_action(const struct frame *frame, const struct area *area, int row,
                        const struct help_line *line)
{
    enum action action = (enum action)line->action;
    const struct action_row *entry = action_row(action);
    char text[TEXT_SIZE], part[TEXT_SIZE];
    if (line->from == 0)
        draw_words(frame, area, row, entry, action);
    write_text(action, text);
    size_t end = line->from + text_break(text + line->from, columns_of_text(area->width));
    size_t help_end = strlen(entry->help);
    help_end = help_end < line->from ? line->from : help_end < end ? help_end : end;
    snprintf(part, sizeof part, "%.*s", (int)(help_end - line->from), text + line->from);
    int column = draw_text(frame->screen, area, row, KEY_COLUMNS + WORD_COLUMNS, ROLE_TEXT, part);
    snprintf(part, sizeof part, "%.*s", (int)(end - help_end), text + help_end);
    draw_text(frame->screen, area, row, column, ROLE_DIM, part);
}

static void draw(void *state, const struct frame *frame)
{
    struct help_state *help = state;
    char title[FILTER_SIZE + 32];
    snprintf(title, sizeof title, help->filter[0] ? "Help with \"%s\"" : "Help", help->filter);
    struct area inside = draw_box(frame->screen, &frame->area, title);
    select_lines(help, frame, inside.width);
    /* The top row is what moves: nothing is chosen in a text. */
    int most = help->list.count - inside.height;
    help->list.top = help->list.top > most ? most : help->list.top;
    help->list.top = help->list.top < 0 ? 0 : help->list.top;
    if (help->list.count == 0)
        draw_text(frame->screen, &inside, 0, 0, ROLE_DIM,
                  "no action has that in its keys, name or help");
    for (int i = 0; i < inside.height && help->list.top + i < help->list.count; i++) {
        const struct help_line *line = &help->lines[help->list.top + i];
        if (line->action < 0)
            draw_text(frame->screen, &inside, i, 0, ROLE_HEADING,
                      action_group_name((enum action_group) ~line->action));
        else
            draw_action(frame, &inside, i, line);
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
