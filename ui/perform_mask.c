/* Actions on arms: strategy, ratio law, adding and removing. */
#include <stdio.h>
#include <string.h>

#include "ui/pending.h"
#include "ui/perform.h"
#include "ui/shift.h"
#include "ui/words.h"

/* Sets "arms.NAME.PART" and says so. */
static bool set_arm(struct ui_model *model, const char *arm, const char *part, const char *value)
{
    char name[COMMAND_NAME_SIZE];
    snprintf(name, sizeof name, "arms.%s.%s", arm, part);
    if (!pending_set(model, name, value))
        return false;
    const struct strategy *strategy =
        model->config.arms[config_arm(&model->config, arm)].mask.strategy.strategy;
    if (!strcmp(part, "ratio") && strategy->own_count)
        ui_say(model, LOG_WARNING, "%s: ratio %s is kept, but '%s' masks hide what they hide", arm,
               value, strategy->name);
    else
        ui_say(model, LOG_INFO, "%s: %s %s from the next step", arm, part, value);
    return true;
}

static const char *arm_name(const void *context, size_t i)
{
    const struct config *config = context;
    return config->arms[i].name;
}

static void say_no_such_arm(struct ui_model *model, const char *name)
{
    const struct config *config = &model->config;
    int nearest = text_nearest(name, (size_t)config->arm_count, arm_name, config);
    struct text names = {0};
    for (int i = 0; i < config->arm_count; i++)
        text_append(&names, "%s%s", i ? ", " : "", config->arms[i].name);
    if (nearest >= 0)
        ui_say(model, LOG_WARNING, "there is no arm '%.40s'; did you mean '%s'?", name,
               config->arms[nearest].name);
    else
        ui_say(model, LOG_WARNING, "there is no arm '%.40s'; there are %s", name, text_of(&names));
    text_release(&names);
}

/* Index of the arm of that name, or -1, which is said. */
static int find_arm(struct ui_model *model, const char *name)
{
    int index = config_arm(&model->config, name);
    if (index < 0)
        say_no_such_arm(model, name);
    return index;
}

/* The chosen arm in model->config, or null when there is none, which is said. */
static const struct arm_config *chosen_arm(struct ui_model *model)
{
    int index = model->snapshot->arm_count > 0
                    ? config_arm(&model->config, ui_chosen_arm(model)->name)
                    : -1;
    if (index < 0)
        ui_say(model, LOG_WARNING, "there is no arm yet");
    return index < 0 ? NULL : &model->config.arms[index];
}

/* "CHOICE [K=V...] [ARM]" sets that part of the arm named, of all, or of the chosen one. */
static bool set_choice(struct ui_model *model, const char *part, const char *argument)
{
    struct choice_words words;
    char extra[64];
    if (!choice_words_read(&words, argument, extra, sizeof extra)) {
        ui_say(model, LOG_WARNING, "'%s' is one word too many: CHOICE [KEY=VALUE...] [ARM]", extra);
        return true;
    }
    if (!strcmp(words.arm, "all") && config_arm(&model->config, "all") < 0) {
        perform_set_all_arms(model, part, words.choice);
        return true;
    }
    const struct arm_config *arm = NULL;
    if (words.arm[0]) {
        int index = find_arm(model, words.arm);
        arm = index < 0 ? NULL : &model->config.arms[index];
    } else {
        arm = chosen_arm(model);
    }
    if (arm)
        set_arm(model, arm->name, part, words.choice);
    return true;
}

bool perform_ratio(struct ui_model *model, const char *argument)
{
    if (argument[0])
        return set_choice(model, "ratio", argument);
    ui_say(model, LOG_WARNING, "ratio: a number or a law, such as 0.75 or uniform low=.3 high=.9");
    return true;
}

bool perform_law(struct ui_model *model, const char *argument)
{
    return argument[0] && set_choice(model, "ratio", argument);
}

bool perform_strategy(struct ui_model *model, const char *argument)
{
    return argument[0] && set_choice(model, "strategy", argument);
}

bool perform_strategy_next(struct ui_model *model, const char *argument)
{
    (void)argument;
    const struct arm_config *arm = chosen_arm(model);
    size_t count;
    const struct strategy *const *list = strategies(&count);
    if (!arm)
        return true;
    size_t next = 0;
    while (next < count && list[next] != arm->mask.strategy.strategy)
        next++;
    do /* those that need something given cannot be had by their name alone */
        next = next + 1 < count ? next + 1 : 0;
    while (list[next]->needs_given);
    set_arm(model, arm->name, "strategy", list[next]->name);
    return true;
}

static bool shift_ratio(struct ui_model *model, double change)
{
    const struct arm_config *arm = chosen_arm(model);
    if (!arm)
        return true;
    struct ratio_choice choice = arm->mask.ratio;
    struct error error;
    if (!ratio_shift(&choice, change, &error)) {
        ui_say(model, LOG_WARNING, "%s: %s", arm->name, error.message);
        return true;
    }
    struct text value = {0};
    ratio_choice_write(&choice, &value);
    set_arm(model, arm->name, "ratio", text_of(&value));
    text_release(&value);
    return true;
}

void perform_ratio_mean(struct ui_model *model, double mean)
{
    const struct snapshot *snapshot = model->snapshot;
    const struct arm_config *arm = chosen_arm(model);
    double progress =
        snapshot->total_steps > 0 ? (double)snapshot->step / (double)snapshot->total_steps : 0;
    if (arm)
        shift_ratio(model, mean - ratio_choice_mean(&arm->mask.ratio, progress));
}

static const double small_ratio_change = 0.01, large_ratio_change = 0.1;

bool perform_ratio_down(struct ui_model *model, const char *argument)
{
    (void)argument;
    return shift_ratio(model, -small_ratio_change);
}

bool perform_ratio_up(struct ui_model *model, const char *argument)
{
    (void)argument;
    return shift_ratio(model, small_ratio_change);
}

bool perform_ratio_down_10(struct ui_model *model, const char *argument)
{
    (void)argument;
    return shift_ratio(model, -large_ratio_change);
}

bool perform_ratio_up_10(struct ui_model *model, const char *argument)
{
    (void)argument;
    return shift_ratio(model, large_ratio_change);
}

bool perform_set_all_arms(struct ui_model *model, const char *part, const char *value)
{
    for (int i = 0; i < model->config.arm_count; i++)
        if (!set_arm(model, model->config.arms[i].name, part, value))
            return false;
    ui_say(model, LOG_INFO, "all arms: %s %s from the next step", part, value);
    return true;
}

/* "strategy=S ratio=R" as a flow mapping; what is not given is the default mask's. */
static bool read_arm_words(struct ui_model *model, const char *rest, struct text *flow,
                           struct error *error)
{
    struct mask_choice mask = model->config.mask;
    char word[COMMAND_VALUE_SIZE];
    struct text strategy = {0}, ratio = {0};
    bool good = true;
    while (good && word_next(&rest, word, sizeof word)) {
        if (!strncmp(word, "strategy=", 9))
            good = strategy_choice_parse(&mask.strategy, word + 9, error);
        else if (!strncmp(word, "ratio=", 6))
            good = ratio_choice_parse(&mask.ratio, word + 6, error);
        else
            good = error_set(error, ERROR_DATA,
                             "arm: '%.60s' is neither strategy=... nor ratio=...", word);
    }
    strategy_choice_write(&mask.strategy, &strategy);
    ratio_choice_write(&mask.ratio, &ratio);
    struct node ratio_node = {.kind = NODE_SCALAR, .key = "ratio", .text = text_of(&ratio)};
    struct node strategy_node = {
        .kind = NODE_SCALAR, .key = "strategy", .text = text_of(&strategy), .next = &ratio_node};
    struct node map = {.kind = NODE_MAP, .children = &strategy_node, .count = 2};
    node_write_flow(&map, flow);
    text_release(&strategy);
    text_release(&ratio);
    return good;
}

static void add_arm(struct ui_model *model, const char *name, const char *rest)
{
    struct config changed = model->config;
    struct command command = {.kind = COMMAND_ARM_ADD};
    struct text flow = {0};
    struct error error;
    bool good = read_arm_words(model, rest, &flow, &error) &&
                config_arm_add(&changed, name, &changed.mask, &error);
    if (good && (!text_copy(command.value, sizeof command.value, text_of(&flow)) ||
                 !text_copy(command.name, sizeof command.name, name)))
        good = error_set(&error, ERROR_DATA, "arm: that is too long");
    if (!good)
        ui_say(model, LOG_WARNING, "%s", error.message);
    else if (pending_send(model, &command))
        ui_say(model, LOG_INFO, "arm %s is on its way: %s", name, command.value);
    text_release(&flow);
}

static void remove_arm(struct ui_model *model, const char *name)
{
    struct command command = {.kind = COMMAND_ARM_REMOVE};
    text_copy(command.name, sizeof command.name, name);
    if (find_arm(model, name) < 0)
        return;
    if (model->config.arm_count == 1)
        ui_say(model, LOG_WARNING, "%s is the only arm: a run needs one", name);
    else if (pending_send(model, &command))
        ui_say(model, LOG_INFO, "arm %s leaves after this step", name);
}

bool perform_arm(struct ui_model *model, const char *argument)
{
    char verb[16] = "", name[COMMAND_NAME_SIZE] = "";
    bool named = word_next(&argument, verb, sizeof verb) && word_next(&argument, name, sizeof name);
    if (named && !strcmp(verb, "add"))
        add_arm(model, name, argument);
    else if (named && !strcmp(verb, "remove"))
        remove_arm(model, name);
    else
        ui_say(model, LOG_WARNING, "arm: add NAME [strategy=S] [ratio=R], or remove NAME");
    return true;
}

bool perform_arm_next(struct ui_model *model, const char *argument)
{
    (void)argument;
    int count = model->snapshot->arm_count;
    model->arm = count > 0 ? (model->arm + 1) % count : 0;
    return true;
}
