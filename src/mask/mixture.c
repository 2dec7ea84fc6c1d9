/* mixture: one of several strategies, drawn by weight for every image. Weights may be schedules, so
 * that training can pass from one strategy to another.
 */
#include <string.h>

#include "mask/families.h"
#include "mask/parameters.h"

enum { PARTS };
static const double weight_limit = 1e6;

static const struct setting parameters[] = {
    [PARTS] =
        {.name = "parts",
         .type = SETTING_TEXT,
         .fallback = "[{weight: 1, strategy: random}, {weight: 1, strategy: block}]",
         .help =
             "list of {weight, strategy}, or of strategies of equal weight (no file, painted or "
             "mixture)"},
};

static bool no_part(struct error *error)
{
    return error_set(error, ERROR_DATA, "a part is a strategy or {weight: W, strategy: NAME}");
}

static bool can_hold(const struct node *part, struct error *error)
{
    const char *name = node_child_text(part, "strategy");
    if (!name)
        return no_part(error);
    const struct strategy *strategy = strategy_find(name, error);
    if (strategy == &strategy_mixture)
        return error_set(error, ERROR_DATA, "a mixture cannot hold another one");
    if (strategy && (strategy->own_count || strategy->read)) /* a part keeps numbers alone */
        return error_set(error, ERROR_DATA, "a mixture cannot hold '%s'", strategy->name);
    return strategy;
}

static bool read_map(struct strategy_part *part, const struct node *map, struct error *error)
{
    static const char *const others[] = {"weight", "strategy", NULL};
    struct strategy_choice choice;
    if (!can_hold(map, error) || !strategy_choice_read_among(&choice, map, others, error))
        return false;
    *part = (struct strategy_part){.weight = schedule_constant(1.0), .strategy = choice.strategy};
    memcpy(part->parameters, choice.parameters, sizeof part->parameters);
    const struct node *weight = node_child(map, "weight");
    return !weight || schedule_read(&part->weight, weight, "weight", 0.0, weight_limit, error);
}

/* What the text says, and after it what stands beside it. */
static bool read_beside(struct strategy_part *part, struct node *head, struct node *others,
                        struct error *error)
{
    head->key = "strategy"; /* of a name alone */
    struct node map = {.kind = NODE_MAP,
                       .children = head->kind == NODE_SCALAR ? head : head->children};
    for (const struct node *other = others; other; other = other->next)
        if (head->kind == NODE_MAP && strcmp(other->key, "strategy") &&
            node_child(head, other->key))
            return error_set(error, ERROR_DATA, "'%.80s' is given twice", other->key);
    struct node **end = &map.children;
    while (*end)
        end = &(*end)->next;
    *end = others;
    return read_map(part, &map, error);
}

/* "block:min_area=4", {weight: 2, strategy: block, min_area: 4}, or half of each:
 * {weight: 2, strategy: "block:min_area=4", max_area: 9}. */
static bool read_part(struct strategy_part *part, const struct node *node, struct error *error)
{
    const char *text = node->kind == NODE_SCALAR ? node->text : node_child_text(node, "strategy");
    if (!text)
        return no_part(error);
    struct arena arena = {0};
    struct node *head = node_read_short(text, "strategy", &arena, error);
    bool good = head && (head->kind == NODE_LIST ? no_part(error)
                                                 : read_beside(part, head, node->children, error));
    arena_release(&arena);
    return good;
}

static double weight_sum(const struct strategy_choice *choice, double progress)
{
    double sum = 0.0;
    for (int i = 0; i < choice->part_count; i++)
        sum += schedule_at(&choice->parts[i].weight, progress);
    return sum;
}

static const char *problem_at(const void *choice, double progress)
{
    return weight_sum(choice, progress) > 0.0 ? NULL : "the weights sum to 0";
}

static bool check_weights(const struct strategy_choice *choice, struct error *error)
{
    struct schedule weights[MASK_PART_LIMIT];
    for (int i = 0; i < choice->part_count; i++)
        weights[i] = choice->parts[i].weight;
    return mask_check_together(weights, (size_t)choice->part_count, problem_at, choice, error);
}

static bool read_parts(struct strategy_choice *choice, const struct node *list, struct error *error)
{
    if (list->kind != NODE_LIST || list->count < 1 || list->count > MASK_PART_LIMIT)
        return error_set(error, ERROR_DATA, "parts must be a list of 1 to %d strategies",
                         MASK_PART_LIMIT);
    for (const struct node *node = list->children; node; node = node->next)
        if (!read_part(&choice->parts[choice->part_count++], node, error))
            return error_prefix(error, "part %d", choice->part_count);
    return check_weights(choice, error);
}

static bool read(struct strategy_choice *choice, const struct node *map, struct error *error)
{
    const struct node *list = node_child(map, parameters[PARTS].name);
    if (list)
        return read_parts(choice, list, error);
    static const char *const fallback[] = {"random", "block"};
    for (size_t i = 0; i < ARRAY_LENGTH(fallback); i++) {
        struct node node = {.kind = NODE_SCALAR, .text = fallback[i]};
        if (!read_part(&choice->parts[choice->part_count++], &node, error))
            return false;
    }
    return true;
}

static void write_parts(const struct strategy_choice *choice, struct text *text)
{
    for (int i = 0; i < choice->part_count; i++) {
        const struct strategy_part *part = &choice->parts[i];
        struct strategy_choice alone = {.strategy = part->strategy};
        struct text strategy = {0};
        memcpy(alone.parameters, part->parameters, sizeof alone.parameters);
        strategy_choice_write(&alone, &strategy);
        text_append(text, "%s{weight: ", i > 0 ? ", " : "[");
        schedule_write(&part->weight, text);
        text_append(text, ", strategy: ");
        node_write_scalar(text_of(&strategy), text);
        text_append(text, "}");
        text_add_failure(text, &strategy);
        text_release(&strategy);
    }
    text_append(text, "]");
}

static void write(const struct strategy_choice *choice, const char *separator, struct text *text)
{
    struct text parts = {0};
    write_parts(choice, &parts);
    if (strcmp(text_of(&parts), parameters[PARTS].fallback) != 0)
        text_append(text, "%s%s=%s", separator, parameters[PARTS].name, text_of(&parts));
    text_add_failure(text, &parts);
    text_release(&parts);
}

static const struct strategy_part *draw_part(const struct mask_request *request)
{
    const struct strategy_choice *choice = request->choice;
    const struct strategy_part *drawn = NULL;
    double left = random_uniform(request->random) * weight_sum(choice, request->progress);
    for (int i = 0; i < choice->part_count; i++) {
        double weight = schedule_at(&choice->parts[i].weight, request->progress);
        if (!(weight > 0.0))
            continue;
        drawn = &choice->parts[i];
        if (left < weight)
            break;
        left -= weight;
    }
    return drawn;
}

static void draw(const struct mask_request *request, uint8_t *mask)
{
    const struct strategy_part *part = draw_part(request);
    double values[MASK_PARAMETER_LIMIT];
    mask_parameters_at(&part->strategy->parameters, part->parameters, request->progress, values);
    struct mask_request inner = *request;
    inner.parameters = values;
    inner.choice = NULL;
    part->strategy->draw(&inner, mask);
}

/* As much as any other strategy needs. */
static size_t scratch_size(int patches)
{
    size_t count, largest = 0;
    const struct strategy *const *all = strategies(&count);
    for (size_t i = 0; i < count; i++) {
        if (all[i] == &strategy_mixture || !all[i]->scratch_size)
            continue;
        size_t size = all[i]->scratch_size(patches);
        largest = size > largest ? size : largest;
    }
    return largest;
}

const struct strategy strategy_mixture = {
    .name = "mixture",
    .help = "one of several strategies, drawn by weight for every image",
    .source = "ours",
    .parameters = {parameters, ARRAY_LENGTH(parameters)},
    .scratch_size = scratch_size,
    .draw = draw,
    .read = read,
    .write = write,
};
