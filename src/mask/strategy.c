#include "mask/strategy.h"

#include <string.h>

#include "mask/families.h"
#include "mask/parameters.h"

static const char *strategy_name(const void *context, size_t i)
{
    const struct strategy *const *all = context;
    return all[i]->name;
}

const struct strategy *strategy_find(const char *name, struct error *error)
{
    size_t count;
    const struct strategy *const *all = strategies(&count);
    for (size_t i = 0; i < count; i++)
        if (!strcmp(all[i]->name, name))
            return all[i];
    mask_unknown_name("strategy", name, count, strategy_name, all, error);
    return NULL;
}

static const char *problem_at(const void *context, double progress)
{
    const struct strategy_choice *choice = context;
    double parameters[MASK_PARAMETER_LIMIT];
    strategy_choice_at(choice, progress, parameters);
    return choice->strategy->problem(parameters);
}

bool strategy_choice_check(const struct strategy_choice *choice, struct error *error)
{
    const struct strategy *strategy = choice->strategy;
    return !strategy->problem ||
           mask_check_together(choice->parameters, strategy->parameters.count, problem_at, choice,
                               error) ||
           error_prefix(error, "%s", strategy->name);
}

bool strategy_choice_read_among(struct strategy_choice *choice, const struct node *map,
                                const char *const *others, struct error *error)
{
    const char *name = node_child_text(map, "strategy");
    if (!name)
        return error_set(error, ERROR_DATA, "a mask needs 'strategy: NAME'");
    struct strategy_choice read = {.strategy = strategy_find(name, error)};
    if (!read.strategy)
        return false;
    const struct setting_table *rows = &read.strategy->parameters;
    mask_parameters_defaults(rows, read.parameters);
    if (!mask_parameters_read(rows, map, others, read.strategy->name, read.parameters, error))
        return false;
    if (!strategy_choice_check(&read, error))
        return false;
    if (read.strategy->read && !read.strategy->read(&read, map, error))
        return error_prefix(error, "%s", read.strategy->name);
    *choice = read;
    return true;
}

bool strategy_choice_read(struct strategy_choice *choice, const struct node *node,
                          struct error *error)
{
    static const char *const others[] = {"strategy", NULL};
    if (node->kind == NODE_LIST)
        return error_set(error, ERROR_DATA, "a strategy is a name or a mapping, not a list");
    if (node->kind == NODE_SCALAR)
        return strategy_choice_parse(choice, node->text, error);
    return strategy_choice_read_among(choice, node, others, error);
}

bool strategy_choice_parse(struct strategy_choice *choice, const char *text, struct error *error)
{
    struct arena arena = {0};
    struct error held;
    struct node *node = node_read_short(text, "strategy", &arena, &held);
    bool good = false;
    if (!node) {
        error_set(error, held.code, "%s", held.message);
    } else if (node->kind == NODE_SCALAR) {
        struct node map = {.kind = NODE_MAP, .children = node, .count = 1};
        node->key = "strategy";
        good = strategy_choice_read(choice, &map, error);
    } else {
        good = strategy_choice_read(choice, node, error);
    }
    arena_release(&arena);
    return good;
}

void strategy_choice_write(const struct strategy_choice *choice, struct text *text)
{
    text_append(text, "%s", choice->strategy->name);
    size_t bare = text->length;
    mask_parameters_write(&choice->strategy->parameters, choice->parameters, false, text);
    if (choice->strategy->write)
        choice->strategy->write(choice, text->length > bare ? "," : ":", text);
}

void strategy_choice_at(const struct strategy_choice *choice, double progress,
                        double parameters[MASK_PARAMETER_LIMIT])
{
    mask_parameters_at(&choice->strategy->parameters, choice->parameters, progress, parameters);
}

static unsigned guides_of(const struct strategy *strategy, const struct schedule *schedules)
{
    double parameters[MASK_PARAMETER_LIMIT];
    mask_parameters_at(&strategy->parameters, schedules, 0.0, parameters);
    return strategy->guides ? strategy->guides(parameters) : 0;
}

unsigned strategy_choice_guides(const struct strategy_choice *choice)
{
    unsigned guides = guides_of(choice->strategy, choice->parameters);
    for (int i = 0; i < choice->part_count; i++)
        guides |= guides_of(choice->parts[i].strategy, choice->parts[i].parameters);
    return guides;
}
