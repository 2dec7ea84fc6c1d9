/* The grid of a study: every combination of strategies, ratios, laws and schedules is an arm. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "run/study_private.h"

/* What leaves a ratio as it is. */
static const char constant_word[] = "constant";

enum { AXIS_LIMIT = 32 };
enum axis_kind { AXIS_STRATEGIES, AXIS_RATIOS, AXIS_LAWS, AXIS_SCHEDULES, AXES };
static const char *const axis_names[AXES] = {"strategies", "ratios", "laws", "schedules"};
static const char *const axis_fallbacks[AXES] = {"random", "0.75", constant_word, constant_word};

struct axis {
    struct {
        const char *name; /* null: called after what it is */
        const struct node *node;
    } items[AXIS_LIMIT];
    int count;
    struct node fallback;
};

struct reading {
    struct study *study;
    const char *file;
    struct arena *arena;
    struct error *error;
    struct axis axes[AXES];
};

static bool at_line(const struct reading *reading, const struct node *node)
{
    return error_prefix(reading->error, "%s:%d", reading->file, node->line);
}

static bool refuse(const struct reading *reading, const struct node *node, const char *message)
{
    error_set(reading->error, ERROR_DATA, "%s", message);
    return at_line(reading, node);
}

/* ---- The axes ---- */

static bool add_item(struct reading *reading, struct axis *axis, const struct node *node)
{
    if (axis->count == AXIS_LIMIT)
        return refuse(reading, node, "too many items on an axis of the grid");
    axis->items[axis->count].name = node->key;
    axis->items[axis->count++].node = node;
    return true;
}

static bool read_axis(struct reading *reading, const struct node *grid, enum axis_kind kind)
{
    struct axis *axis = &reading->axes[kind];
    const struct node *node = node_child(grid, axis_names[kind]);
    if (!node) {
        axis->fallback = (struct node){.text = axis_fallbacks[kind], .line = grid->line};
        return add_item(reading, axis, &axis->fallback);
    }
    if (node->kind == NODE_SCALAR || node->count == 0) {
        error_set(reading->error, ERROR_DATA, "grid.%s is a list, or NAME: ITEM lines below it",
                  axis_names[kind]);
        return at_line(reading, node);
    }
    for (const struct node *item = node->children; item; item = item->next)
        if (!add_item(reading, axis, item))
            return false;
    return true;
}

static const char *axis_name(const void *context, size_t i)
{
    (void)context;
    return axis_names[i];
}

static bool read_axes(struct reading *reading, const struct node *grid)
{
    if (grid->kind != NODE_MAP)
        return refuse(reading, grid, "grid is a section: strategies, ratios, laws, schedules");
    for (const struct node *child = grid->children; child; child = child->next) {
        size_t kind = 0;
        while (kind < AXES && strcmp(child->key, axis_names[kind]))
            kind++;
        int nearest = text_nearest(child->key, AXES, axis_name, NULL);
        if (kind == AXES) {
            error_set(reading->error, ERROR_DATA, "no axis 'grid.%.40s'%s%s%s", child->key,
                      nearest >= 0 ? "; did you mean '"
                                   : ": there are strategies, ratios, laws and schedules",
                      nearest >= 0 ? axis_names[nearest] : "", nearest >= 0 ? "'?" : "");
            return at_line(reading, child);
        }
    }
    for (int kind = 0; kind < AXES; kind++)
        if (!read_axis(reading, grid, (enum axis_kind)kind))
            return false;
    return true;
}

static bool is_constant(const struct node *node)
{
    return node->kind == NODE_SCALAR && !strcmp(node->text, constant_word);
}

/* ---- Combinations ---- */

/* Which item of each axis. */
struct combination {
    int item[AXES];
};

static const struct node *item_of(const struct reading *reading, const struct combination *at,
                                  enum axis_kind kind)
{
    return reading->axes[kind].items[at->item[kind]].node;
}

static bool read_strategy(struct reading *reading, const struct combination *at,
                          struct mask_choice *mask)
{
    const struct node *node = item_of(reading, at, AXIS_STRATEGIES);
    return strategy_choice_read(&mask->strategy, node, reading->error) || at_line(reading, node);
}

/* A whole law in the ratio's place leaves nothing for the other axes to say. */
static bool check_ratio(struct reading *reading, const struct combination *at, bool *whole)
{
    double value;
    const struct node *ratio = item_of(reading, at, AXIS_RATIOS);
    *whole = ratio->kind != NODE_SCALAR || !text_to_real(ratio->text, &value);
    if (*whole && (!is_constant(item_of(reading, at, AXIS_LAWS)) ||
                   !is_constant(item_of(reading, at, AXIS_SCHEDULES))))
        return refuse(reading, ratio,
                      "with laws or schedules in the grid its ratios are plain numbers");
    return true;
}

static bool read_ratio(struct reading *reading, const struct combination *at,
                       struct mask_choice *mask)
{
    bool whole;
    const struct node *law = item_of(reading, at, AXIS_LAWS), *blamed = law;
    const struct node *schedule = item_of(reading, at, AXIS_SCHEDULES);
    const struct node *ratio = item_of(reading, at, AXIS_RATIOS);
    if (!check_ratio(reading, at, &whole))
        return false;
    if (is_constant(law))
        blamed = is_constant(schedule) ? ratio : schedule;
    if (!whole && !is_constant(schedule)) {
        if (schedule->kind != NODE_MAP)
            return refuse(reading, schedule,
                          "a schedule of the grid is 'constant' or {from: ..., to: ...}");
        ratio = study_template_fill(schedule, ratio, reading->arena, reading->error);
    }
    if (ratio && !is_constant(law)) {
        const struct node *map = study_template_law(law, reading->arena, reading->error);
        ratio = map ? study_template_fill(map, ratio, reading->arena, reading->error) : NULL;
    }
    if (ratio && ratio_choice_read(&mask->ratio, ratio, reading->error))
        return true;
    return at_line(reading, blamed);
}

/* Appends "-NAME" of an item that is not constant: as the file calls it, or its law or shape. */
static void name_item(const struct reading *reading, const struct combination *at,
                      enum axis_kind kind, const struct mask_choice *mask, struct text *name)
{
    const struct node *node = item_of(reading, at, kind);
    const char *given = reading->axes[kind].items[at->item[kind]].name;
    const char *shape = kind == AXIS_SCHEDULES ? node_child_text(node, "shape") : NULL;
    if (given)
        text_append(name, "-%s", given);
    else if (!is_constant(node) && kind == AXIS_LAWS)
        text_append(name, "-%s", mask->ratio.law->name);
    else if (!is_constant(node))
        text_append(name, "-%s", shape ? shape : "linear");
}

static void name_arm(const struct reading *reading, const struct combination *at,
                     const struct mask_choice *mask, struct text *name)
{
    const char *strategy = reading->axes[AXIS_STRATEGIES].items[at->item[AXIS_STRATEGIES]].name;
    const char *ratio = reading->axes[AXIS_RATIOS].items[at->item[AXIS_RATIOS]].name;
    const struct node *node = item_of(reading, at, AXIS_RATIOS);
    double value;
    text_append(name, "%s", strategy ? strategy : mask->strategy.strategy->name);
    if (ratio)
        text_append(name, "-%s", ratio);
    else if (node->kind == NODE_SCALAR && text_to_real(node->text, &value))
        text_append(name, "%d", (int)lround(100 * value));
    else
        text_append(name, "%d-%s", (int)lround(100 * ratio_choice_mean(&mask->ratio, 0)),
                    mask->ratio.law->name);
    name_item(reading, at, AXIS_LAWS, mask, name);
    name_item(reading, at, AXIS_SCHEDULES, mask, name);
}

static bool add_combination(struct reading *reading, const struct combination *at)
{
    struct mask_choice mask = reading->study->config.mask;
    struct text name = {0};
    if (!read_strategy(reading, at, &mask) || !read_ratio(reading, at, &mask))
        return false;
    name_arm(reading, at, &mask, &name);
    bool good = study_add_arm(reading->study, text_of(&name), &mask, true, reading->error) ||
                at_line(reading, item_of(reading, at, AXIS_STRATEGIES));
    text_release(&name);
    return good;
}

/* The next combination, the last axis fastest; false: that was the last. */
static bool advance(const struct reading *reading, struct combination *at)
{
    for (int kind = AXES - 1; kind >= 0; kind--) {
        if (++at->item[kind] < reading->axes[kind].count)
            return true;
        at->item[kind] = 0;
    }
    return false;
}

bool study_read_grid(struct study *study, const struct node *grid, const char *file,
                     struct error *error)
{
    struct arena arena = {0};
    struct reading *reading = memory_new(1, sizeof *reading, error);
    struct combination at = {0};
    bool good = reading;
    if (good) {
        reading->study = study;
        reading->file = file;
        reading->arena = &arena;
        reading->error = error;
        good = read_axes(reading, grid);
    }
    do
        good = good && add_combination(reading, &at);
    while (good && advance(reading, &at));
    arena_release(&arena);
    free(reading);
    return good;
}
