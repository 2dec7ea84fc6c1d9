#include "ui/panel/completion.h"

#include <glob.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "run/tables.h"
#include "ui/panel/view.h"
#include "ui/words.h"

/* The word that stands at the end of the line, and those before it. */
struct position {
    struct completion *completion;
    const struct ui_model *model;
    const struct themes *themes;
    const char *word;
    int index; /* 0: the first word after the command */
    char first[COMPLETION_WORD_SIZE];
};

static void offer(const struct position *position, const char *prefix, const char *word)
{
    struct completion *completion = position->completion;
    char whole[COMPLETION_WORD_SIZE];
    snprintf(whole, sizeof whole, "%s%s", prefix, word);
    if (completion->count < COMPLETION_LIMIT &&
        !strncmp(whole, position->word, strlen(position->word)))
        text_copy(completion->words[completion->count++], COMPLETION_WORD_SIZE, whole);
}

static void offer_actions(const struct position *position)
{
    for (int i = 0; i < ACTION_COUNT; i++)
        offer(position, "", action_row((enum action)i)->word);
}

static void offer_arms(const struct position *position)
{
    const struct config *config = &position->model->config;
    for (int i = 0; i < config->arm_count; i++)
        offer(position, "", config->arms[i].name);
}

static void offer_parameters(const struct position *position, const char *prefix,
                             const struct setting *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        char name[SETTING_NAME_SIZE + 1];
        snprintf(name, sizeof name, "%s=", rows[i].name);
        offer(position, prefix, name);
    }
}

static void offer_strategies(const struct position *position, const char *prefix)
{
    size_t count;
    const struct strategy *const *list = strategies(&count);
    for (size_t i = 0; i < count; i++)
        offer(position, prefix, list[i]->name);
}

static void offer_laws(const struct position *position, const char *prefix)
{
    size_t count;
    const struct ratio_law *const *list = ratio_laws(&count);
    for (size_t i = 0; i < count; i++)
        offer(position, prefix, list[i]->name);
}

static void complete_strategy(const struct position *position)
{
    if (position->index == 0) {
        offer_strategies(position, "");
        return;
    }
    struct error error;
    const struct strategy *strategy = strategy_find(position->first, &error);
    if (strategy)
        offer_parameters(position, "", strategy->parameters.rows, strategy->parameters.count);
    offer_arms(position);
}

static void complete_law(const struct position *position)
{
    if (position->index == 0) {
        offer_laws(position, "");
        return;
    }
    struct error error;
    const struct ratio_law *law = ratio_law_find(position->first, &error);
    if (law)
        offer_parameters(position, "", law->parameters.rows, law->parameters.count);
    offer_arms(position);
}

static void complete_set(const struct position *position)
{
    const struct setting_table *table = config_table();
    for (size_t i = 0; position->index == 0 && i < table->count; i++)
        if (table->rows[i].live)
            offer(position, "", table->rows[i].name);
    const struct setting *row = position->index == 1 ? setting_find(table, position->first) : NULL;
    if (row && row->type == SETTING_BOOL) {
        offer(position, "", "true");
        offer(position, "", "false");
    }
    for (int i = 0; row && row->type == SETTING_CHOICE && setting_choice(row, i); i++)
        offer(position, "", setting_choice(row, i));
    if (row && row->type != SETTING_BOOL && row->type != SETTING_CHOICE) {
        struct text now = {0};
        setting_write(row, &position->model->config, &now);
        offer(position, "", text_of(&now));
        text_release(&now);
    }
}

static void complete_arm(const struct position *position)
{
    if (position->index == 0) {
        offer(position, "", "add");
        offer(position, "", "remove");
    } else if (!strcmp(position->first, "remove") && position->index == 1) {
        offer_arms(position);
    } else if (!strcmp(position->first, "add") && position->index > 1) {
        bool started = strchr(position->word, '=');
        offer(position, "", started ? "" : "strategy=");
        offer(position, "", started ? "" : "ratio=");
        if (started) {
            offer_strategies(position, "strategy=");
            offer_laws(position, "ratio=");
        }
    }
}

static void complete_theme(const struct position *position)
{
    int count = position->index == 0 && position->themes ? position->themes->count : 0;
    for (int i = 0; i < count; i++)
        offer(position, "", position->themes->items[i].name);
}

static void complete_view(const struct position *position)
{
    for (size_t i = 0; position->index == 0 && panel_view_name(i); i++)
        offer(position, "", panel_view_name(i));
}

static void complete_group(const struct position *position)
{
    static const char *const groups[] = {"strategy", "ratio", "strategy,ratio"};
    for (size_t i = 0; position->index == 0 && i < ARRAY_LENGTH(groups); i++)
        offer(position, "", groups[i]);
}

static void offer_files(const struct position *position)
{
    char pattern[COMPLETION_WORD_SIZE + 2];
    glob_t found;
    if (strpbrk(position->word, "*?[\\"))
        return;
    snprintf(pattern, sizeof pattern, "%s*", position->word);
    if (glob(pattern, GLOB_MARK, NULL, &found) != 0)
        return;
    for (size_t i = 0; i < found.gl_pathc; i++)
        offer(position, "", found.gl_pathv[i]);
    globfree(&found);
}

static void complete_file(const struct position *position)
{
    if (position->index == 0)
        offer_files(position);
}

static void complete_export(const struct position *position)
{
    size_t count;
    const struct run_table *tables = run_tables(&count);
    for (size_t i = 0; position->index == 0 && i < count; i++)
        offer(position, "", tables[i].name);
    if (position->index <= 1)
        offer_files(position);
}

static const struct {
    enum action action;
    void (*complete)(const struct position *position);
} completers[] = {
    {ACTION_STRATEGY, complete_strategy}, {ACTION_LAW, complete_law},
    {ACTION_RATIO, complete_law},         {ACTION_SET, complete_set},
    {ACTION_ARM_ADD, complete_arm},       {ACTION_THEME, complete_theme},
    {ACTION_VIEW_1, complete_view},       {ACTION_EXPORT, complete_export},
    {ACTION_GROUP, complete_group},       {ACTION_SAVE_SCREEN, complete_file},
    {ACTION_SCREENSHOT, complete_file},   {ACTION_FIGURE, complete_file},
};

/* Takes the line apart: the command, its first word, and the word that is being typed. */
static void find_position(struct position *position, const char *line, char *command, char *word)
{
    const char *rest = line;
    int words = 0;
    bool typing = false; /* whether the line ends within a word */
    while (!typing && word_next(&rest, word, COMPLETION_WORD_SIZE)) {
        if (words == 0)
            text_copy(command, COMPLETION_WORD_SIZE, word);
        if (words == 1)
            text_copy(position->first, sizeof position->first, word);
        words++;
        typing = !*rest;
    }
    if (!typing)
        word[0] = '\0';
    position->word = word;
    position->index = typing ? words - 2 : words - 1;
    position->completion->start = strlen(line) - strlen(word);
}

void complete(struct completion *completion, const struct ui_model *model,
              const struct themes *themes, const char *line)
{
    char word[COMPLETION_WORD_SIZE] = "", command[COMPLETION_WORD_SIZE] = "";
    struct position position = {.completion = completion, .model = model, .themes = themes};
    *completion = (struct completion){0};
    find_position(&position, line, command, word);
    if (position.index < 0) {
        offer_actions(&position);
        return;
    }
    enum action action = action_find(command);
    for (size_t i = 0; i < ARRAY_LENGTH(completers); i++)
        if (completers[i].action == action)
            completers[i].complete(&position);
}

size_t completion_common(const struct completion *completion)
{
    size_t common = completion->count > 0 ? strlen(completion->words[0]) : 0;
    for (int i = 1; i < completion->count; i++)
        for (size_t j = 0; j < common; j++)
            if (completion->words[i][j] != completion->words[0][j])
                common = j;
    return common;
}
