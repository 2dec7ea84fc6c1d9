#include "ui/panel/prompt.h"

#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "ui/panel/format.h"

void prompt_open(struct prompt *prompt, char lead, const char *text)
{
    prompt->open = true;
    prompt->lead = lead;
    prompt->offered = -1;
    prompt->completion.count = 0;
    prompt->recalled = prompt->history.count;
    text_copy(prompt->line, sizeof prompt->line, text);
    text_copy(prompt->draft, sizeof prompt->draft, text);
    prompt->cursor = strlen(prompt->line);
}

static bool continues(char byte)
{
    return ((unsigned char)byte & 0xC0) == 0x80;
}

static size_t before(const struct prompt *prompt, size_t cursor)
{
    while (cursor > 0 && continues(prompt->line[--cursor]))
        continue;
    return cursor;
}

static size_t after(const struct prompt *prompt, size_t cursor)
{
    if (prompt->line[cursor])
        cursor++;
    while (continues(prompt->line[cursor]))
        cursor++;
    return cursor;
}

static void erase_between(struct prompt *prompt, size_t from, size_t to)
{
    memmove(prompt->line + from, prompt->line + to, strlen(prompt->line + to) + 1);
    prompt->cursor = from;
}

static bool insert(struct prompt *prompt, const char *text)
{
    size_t length = strlen(text), old = strlen(prompt->line);
    if (old + length >= sizeof prompt->line)
        return false;
    memmove(prompt->line + prompt->cursor + length, prompt->line + prompt->cursor,
            old - prompt->cursor + 1);
    memcpy(prompt->line + prompt->cursor, text, length);
    prompt->cursor += length;
    return true;
}

static size_t word_start(const struct prompt *prompt)
{
    size_t cursor = prompt->cursor;
    while (cursor > 0 && prompt->line[cursor - 1] == ' ')
        cursor--;
    while (cursor > 0 && prompt->line[cursor - 1] != ' ')
        cursor--;
    return cursor;
}

static void recall(struct prompt *prompt, int direction)
{
    if (prompt->recalled == prompt->history.count)
        text_copy(prompt->draft, sizeof prompt->draft, prompt->line);
    int found = history_find(&prompt->history, prompt->recalled, direction, prompt->draft);
    if (found < 0 && direction < 0)
        return;
    prompt->recalled = found < 0 ? prompt->history.count : found;
    text_copy(prompt->line, sizeof prompt->line,
              found < 0 ? prompt->draft : prompt->history.lines[found]);
    prompt->cursor = strlen(prompt->line);
}

static void replace_word(struct prompt *prompt, const char *word)
{
    erase_between(prompt, prompt->completion.start, prompt->cursor);
    insert(prompt, word);
}

static void offer_next(struct prompt *prompt, int direction)
{
    int count = prompt->completion.count;
    prompt->offered = prompt->offered < 0 ? (direction > 0 ? 0 : count - 1)
                                          : (prompt->offered + direction + count) % count;
    replace_word(prompt, prompt->completion.words[prompt->offered]);
}

/* First as far as it is certain, then one offer after the other. */
static void complete_word(struct prompt *prompt, const struct ui_model *model, int direction)
{
    struct completion *completion = &prompt->completion;
    if (completion->count > 1) {
        offer_next(prompt, direction);
        return;
    }
    char typed[PROMPT_SIZE], common[COMPLETION_WORD_SIZE];
    text_copy(typed, sizeof typed, prompt->line);
    typed[prompt->cursor] = '\0';
    complete(completion, model, prompt->themes, typed);
    if (completion->count == 0)
        return;
    size_t length = completion_common(completion);
    memcpy(common, completion->words[0], length);
    common[length] = '\0';
    replace_word(prompt, common);
    if (completion->count == 1) {
        bool goes_on = length > 0 && strchr("=/", common[length - 1]);
        insert(prompt, goes_on ? "" : " ");
        completion->count = 0;
    }
}

static void no_more_offers(struct prompt *prompt)
{
    prompt->offered = -1;
    prompt->completion.count = 0;
}

bool prompt_insert(struct prompt *prompt, struct key key)
{
    char name[16];
    key_write(key, name);
    no_more_offers(prompt);
    return key.code >= KEY_CODE_NAMED || insert(prompt, key.code == ' ' ? " " : name);
}

typedef enum prompt_result prompt_edit(struct prompt *prompt);

static enum prompt_result to_start(struct prompt *prompt)
{
    prompt->cursor = 0;
    return PROMPT_EDITING;
}

static enum prompt_result to_end(struct prompt *prompt)
{
    prompt->cursor = strlen(prompt->line);
    return PROMPT_EDITING;
}

static enum prompt_result to_left(struct prompt *prompt)
{
    prompt->cursor = before(prompt, prompt->cursor);
    return PROMPT_EDITING;
}

static enum prompt_result to_right(struct prompt *prompt)
{
    prompt->cursor = after(prompt, prompt->cursor);
    return PROMPT_EDITING;
}

static enum prompt_result erase_here(struct prompt *prompt)
{
    erase_between(prompt, prompt->cursor, after(prompt, prompt->cursor));
    return PROMPT_EDITING;
}

/* On an empty line there is nothing left to take back but the prompt itself. */
static enum prompt_result erase_left(struct prompt *prompt)
{
    if (!prompt->line[0])
        return PROMPT_CANCELLED;
    erase_between(prompt, before(prompt, prompt->cursor), prompt->cursor);
    return PROMPT_EDITING;
}

static enum prompt_result erase_to_end(struct prompt *prompt)
{
    prompt->line[prompt->cursor] = '\0';
    return PROMPT_EDITING;
}

static enum prompt_result erase_to_start(struct prompt *prompt)
{
    erase_between(prompt, 0, prompt->cursor);
    return PROMPT_EDITING;
}

static enum prompt_result erase_word(struct prompt *prompt)
{
    erase_between(prompt, word_start(prompt), prompt->cursor);
    return PROMPT_EDITING;
}

static enum prompt_result recall_older(struct prompt *prompt)
{
    recall(prompt, -1);
    return PROMPT_EDITING;
}

static enum prompt_result recall_newer(struct prompt *prompt)
{
    recall(prompt, 1);
    return PROMPT_EDITING;
}

static enum prompt_result finish(struct prompt *prompt)
{
    (void)prompt;
    return PROMPT_DONE;
}

static enum prompt_result cancel(struct prompt *prompt)
{
    (void)prompt;
    return PROMPT_CANCELLED;
}

/* As in a shell. */
static const struct {
    struct key key;
    prompt_edit *edit;
} edits[] = {
    {{'a', true}, to_start},
    {{'b', true}, to_left},
    {{'d', true}, erase_here},
    {{'e', true}, to_end},
    {{'f', true}, to_right},
    {{'g', true}, cancel},
    {{'k', true}, erase_to_end},
    {{'n', true}, recall_newer},
    {{'p', true}, recall_older},
    {{'u', true}, erase_to_start},
    {{'w', true}, erase_word},
    {{KEY_CODE_ENTER, false}, finish},
    {{KEY_CODE_ESCAPE, false}, cancel},
    {{KEY_CODE_BACKSPACE, false}, erase_left},
    {{KEY_CODE_DELETE, false}, erase_here},
    {{KEY_CODE_LEFT, false}, to_left},
    {{KEY_CODE_RIGHT, false}, to_right},
    {{KEY_CODE_HOME, false}, to_start},
    {{KEY_CODE_END, false}, to_end},
    {{KEY_CODE_UP, false}, recall_older},
    {{KEY_CODE_DOWN, false}, recall_newer},
};

static enum prompt_result edit(struct prompt *prompt, struct key key)
{
    for (size_t i = 0; i < ARRAY_LENGTH(edits); i++)
        if (edits[i].key.code == key.code && edits[i].key.control == key.control)
            return edits[i].edit(prompt);
    if (!key.control)
        prompt_insert(prompt, key);
    return PROMPT_EDITING;
}

enum prompt_result prompt_key(struct prompt *prompt, struct key key, const struct ui_model *model)
{
    bool tab = key.code == KEY_CODE_TAB || key.code == KEY_CODE_BACK_TAB;
    if (tab && prompt->lead == ':') {
        complete_word(prompt, model, key.code == KEY_CODE_TAB ? 1 : -1);
        return PROMPT_EDITING;
    }
    no_more_offers(prompt);
    enum prompt_result result = edit(prompt, key);
    if (result == PROMPT_EDITING)
        return result;
    prompt->open = false;
    if (result == PROMPT_DONE && prompt->lead == ':')
        history_add(&prompt->history, prompt->line);
    return result;
}

/* The offers on one row, from one before the offered one when they do not all fit. */
static void draw_offers(const struct prompt *prompt, const struct screen *screen,
                        const struct area *area, int row)
{
    const struct completion *completion = &prompt->completion;
    int column = 1, first = 0, width = 0;
    for (int i = 0; i < completion->count; i++)
        width += text_width(completion->words[i]) + 2;
    if (width > area->width && prompt->offered > 1)
        first = prompt->offered - 1;
    draw_blank(screen, area, row, ROLE_TEXT);
    for (int i = first; i < completion->count && column < area->width; i++)
        column = draw_text(screen, area, row, column, i == prompt->offered ? ROLE_CHOSEN : ROLE_DIM,
                           completion->words[i]) +
                 2;
}

void prompt_draw(const struct prompt *prompt, const struct screen *screen, const struct area *area)
{
    int row = area->height - 1;
    char typed[PROMPT_SIZE], lead[2] = {prompt->lead, '\0'};
    text_copy(typed, sizeof typed, prompt->line);
    typed[prompt->cursor] = '\0';
    /* A line longer than the row is shown from where the cursor stays in sight. */
    const char *shown = prompt->line;
    int cursor = text_width(typed);
    while (cursor > area->width - 3 && *shown) {
        struct character character = character_at(shown);
        shown += character.bytes;
        cursor -= character.columns;
    }
    if (prompt->completion.count > 1)
        draw_offers(prompt, screen, area, row - 1);
    draw_blank(screen, area, row, ROLE_TEXT);
    draw_text(screen, area, row, 0, ROLE_KEY, lead);
    draw_text(screen, area, row, 1, ROLE_TEXT, shown);
    screen_cursor(screen, area->row + row, area->column + 1 + cursor);
}
