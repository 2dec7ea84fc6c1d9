#include "mask/ratio.h"

#include <assert.h>
#include <string.h>

#include "mask/families.h"
#include "mask/parameters.h"

static const char *const per_names[] = {
    [RATIO_PER_IMAGE] = "image",
    [RATIO_PER_BATCH] = "batch",
    [RATIO_STRATIFIED] = "stratified",
};
static_assert(ARRAY_LENGTH(per_names) == RATIO_PERS, "a way to draw has no name");

const char *ratio_per_name(enum ratio_per per)
{
    return per_names[per];
}

/* What can be written as a law: the laws, and after them "stratified". */
static const char *law_name(const void *context, size_t i)
{
    const struct ratio_law *const *all = context;
    size_t count;
    ratio_laws(&count);
    return i < count ? all[i]->name : per_names[RATIO_STRATIFIED];
}

const struct ratio_law *ratio_law_find(const char *name, struct error *error)
{
    size_t count;
    const struct ratio_law *const *all = ratio_laws(&count);
    for (size_t i = 0; i < count; i++)
        if (!strcmp(all[i]->name, name))
            return all[i];
    mask_unknown_name("ratio law", name, count + 1, law_name, all, error);
    return NULL;
}

static const char *problem_at(const void *context, double progress)
{
    const struct ratio_choice *choice = context;
    double parameters[MASK_PARAMETER_LIMIT];
    ratio_choice_at(choice, progress, parameters);
    return choice->law->problem(parameters);
}

static bool check_together(const struct ratio_choice *choice, struct error *error)
{
    return !choice->law->problem ||
           mask_check_together(choice->parameters, choice->law->parameters.count, problem_at,
                               choice, error) ||
           error_prefix(error, "ratio law %s", choice->law->name);
}

/* A bare number or a bare schedule: the constant law. */
static bool read_constant(struct ratio_choice *choice, const struct node *value,
                          struct error *error)
{
    struct ratio_choice read = {.law = &ratio_law_constant};
    const struct setting *row = &read.law->parameters.rows[0];
    if (!schedule_read(&read.parameters[0], value, "ratio", row->low, row->high, error) ||
        !check_together(&read, error))
        return false;
    *choice = read;
    return true;
}

static bool read_per(struct ratio_choice *choice, const struct node *per, struct error *error)
{
    for (int i = 0; per->kind == NODE_SCALAR && i < RATIO_PERS; i++)
        if (!strcmp(per->text, per_names[i])) {
            choice->per = (enum ratio_per)i;
            return true;
        }
    return error_set(error, ERROR_DATA, "ratio law %s: per must be image, batch or stratified",
                     choice->law->name);
}

/* {law: stratified, of: LAW} */
static bool read_stratified(struct ratio_choice *choice, const struct node *map,
                            struct error *error)
{
    const struct node *of = node_child(map, "of");
    struct ratio_choice read;
    for (const struct node *child = map->children; child; child = child->next)
        if (child != of && strcmp(child->key, "law"))
            return error_set(error, ERROR_DATA,
                             "stratified: no parameter '%.80s'; write them into of: {law: ...}",
                             child->key);
    if (!of)
        return error_set(error, ERROR_DATA,
                         "stratified: needs the law that is drawn from, as of: LAW");
    if (!ratio_choice_read(&read, of, error))
        return error_prefix(error, "stratified");
    *choice = read;
    choice->per = RATIO_STRATIFIED;
    return true;
}

static bool read_law(struct ratio_choice *choice, const struct node *map, const char *name,
                     struct error *error)
{
    static const char *const others[] = {"law", "per", NULL};
    if (!strcmp(name, per_names[RATIO_STRATIFIED]))
        return read_stratified(choice, map, error);
    struct ratio_choice read = {.law = ratio_law_find(name, error)};
    if (!read.law)
        return false;
    const struct setting_table *rows = &read.law->parameters;
    mask_parameters_defaults(rows, read.parameters);
    if (!mask_parameters_read(rows, map, others, read.law->name, read.parameters, error) ||
        !check_together(&read, error))
        return false;
    const struct node *per = node_child(map, "per");
    if (per && !read_per(&read, per, error))
        return false;
    *choice = read;
    return true;
}

bool ratio_choice_read(struct ratio_choice *choice, const struct node *node, struct error *error)
{
    if (node->kind == NODE_LIST)
        return error_set(error, ERROR_DATA, "a ratio is a number, a law or a schedule, not a list");
    if (node->kind == NODE_SCALAR)
        return ratio_choice_parse(choice, node->text, error);
    if (node_child(node, "from") && !node_child(node, "law"))
        return read_constant(choice, node, error);
    const char *name = node_child_text(node, "law");
    if (!name)
        return error_set(error, ERROR_DATA, "a ratio needs 'law: NAME', or from and to");
    return read_law(choice, node, name, error);
}

bool ratio_choice_parse(struct ratio_choice *choice, const char *text, struct error *error)
{
    struct arena arena = {0};
    struct error held;
    double number;
    struct node *node = node_read_short(text, "law", &arena, &held);
    bool good = false;
    if (!node) {
        error_set(error, held.code, "%s", held.message);
    } else if (node->kind != NODE_SCALAR) {
        good = ratio_choice_read(choice, node, error);
    } else if (text_to_real(node->text, &number)) {
        good = read_constant(choice, node, error);
    } else {
        struct node none = {.kind = NODE_MAP};
        good = read_law(choice, &none, node->text, error);
    }
    arena_release(&arena);
    return good;
}

void ratio_choice_write(const struct ratio_choice *choice, struct text *text)
{
    bool plain = choice->law == &ratio_law_constant && choice->per == RATIO_PER_IMAGE;
    if (plain && schedule_is_constant(&choice->parameters[0])) {
        schedule_write(&choice->parameters[0], text);
        return;
    }
    text_append(text, "%s", choice->law->name);
    mask_parameters_write(&choice->law->parameters, choice->parameters, true, text);
    if (choice->per != RATIO_PER_IMAGE)
        text_append(text, ",per=%s", per_names[choice->per]);
}

void ratio_choice_at(const struct ratio_choice *choice, double progress,
                     double parameters[MASK_PARAMETER_LIMIT])
{
    mask_parameters_at(&choice->law->parameters, choice->parameters, progress, parameters);
}

double ratio_choice_quantile(const struct ratio_choice *choice, double progress, double u)
{
    double parameters[MASK_PARAMETER_LIMIT];
    ratio_choice_at(choice, progress, parameters);
    return choice->law->quantile(parameters, u);
}

double ratio_choice_mean(const struct ratio_choice *choice, double progress)
{
    double parameters[MASK_PARAMETER_LIMIT];
    ratio_choice_at(choice, progress, parameters);
    return choice->law->mean(parameters);
}

const char *ratio_limits_problem(double low, double high)
{
    if (low > high)
        return "low is above high";
    if (low >= 1.0 || high <= 0.0)
        return "low .. high must reach into (0, 1)";
    return NULL;
}
