#include "run/config.h"

#include <stdio.h>
#include <string.h>

/* Where a value being read came from. */
struct reading {
    struct config *config;
    const char *file;
    enum config_origin origin;
    struct config_origins *origins;
    struct error *error;
};

void config_defaults(struct config *config)
{
    *config = (struct config){0};
    setting_defaults(config_table(), config);
    struct error error;
    strategy_choice_parse(&config->mask.strategy, "random", &error);
    ratio_choice_parse(&config->mask.ratio, "0.75", &error);
    config->arm_count = 1;
    config->arms[0].mask = config->mask;
    snprintf(config->arms[0].name, ARM_NAME_SIZE, "random75");
}

int config_arm(const struct config *config, const char *name)
{
    for (int i = 0; i < config->arm_count; i++)
        if (!strcmp(config->arms[i].name, name))
            return i;
    return -1;
}

static void note_origin(struct reading *reading, const struct setting *row, int line)
{
    if (!reading->origins)
        return;
    size_t index = (size_t)(row - config_table()->rows);
    reading->origins->origins[index] = reading->origin;
    reading->origins->lines[index] = line;
}

/* Puts "FILE:LINE" in front of an error from below. */
static bool at_line(struct reading *reading, const struct node *node)
{
    return error_prefix(reading->error, "%s:%d", reading->file, node->line);
}

/* The map without the children named, as a new map: what is left are a strategy's parameters. */
static struct node *map_without(const struct node *map, const char *const *keys,
                                struct arena *arena, struct error *error)
{
    struct node *copy = arena_alloc(arena, 1, sizeof *copy, error);
    if (!copy)
        return NULL;
    *copy = *map;
    copy->children = NULL;
    copy->count = 0;
    struct node **link = &copy->children;
    for (const struct node *child = map->children; child; child = child->next) {
        bool dropped = false;
        for (size_t i = 0; keys[i]; i++)
            dropped = dropped || !strcmp(child->key, keys[i]);
        if (dropped)
            continue;
        struct node *kept = arena_alloc(arena, 1, sizeof *kept, error);
        if (!kept)
            return NULL;
        *kept = *child;
        kept->next = NULL;
        *link = kept;
        link = &kept->next;
        copy->count++;
    }
    return copy;
}

/* {strategy: block, min_area: 4, ratio: 0.6} over *mask. */
static bool read_mask(struct reading *reading, const struct node *node, struct mask_choice *mask)
{
    if (node->kind != NODE_MAP) {
        error_set(reading->error, ERROR_DATA, "a mask is {strategy: ..., ratio: ...}");
        return at_line(reading, node);
    }
    const struct node *ratio = node_child(node, "ratio"), *strategy = node_child(node, "strategy");
    if (ratio && !ratio_choice_read(&mask->ratio, ratio, reading->error))
        return at_line(reading, ratio);
    struct arena arena = {0};
    static const char *const ratio_only[] = {"ratio", NULL};
    struct node *rest = map_without(node, ratio_only, &arena, reading->error);
    bool good = rest;
    if (good && strategy && rest->count == 1)
        good = strategy_choice_read(&mask->strategy, strategy, reading->error);
    else if (good && rest->count > 0)
        good = strategy_choice_read(&mask->strategy, rest, reading->error);
    arena_release(&arena);
    return good ? true : at_line(reading, strategy ? strategy : node);
}

bool config_mask_parse(struct mask_choice *mask, const char *text, struct error *error)
{
    struct arena arena = {0};
    struct mask_choice changed = *mask;
    struct reading reading = {.file = text, .error = error};
    struct node *node = node_read_yaml(text, strlen(text), text, &arena, error);
    bool good = node && read_mask(&reading, node, &changed);
    arena_release(&arena);
    if (good)
        *mask = changed;
    return good;
}

static bool arm_name_is_good(const char *name)
{
    size_t length = strlen(name);
    return length > 0 && length < ARM_NAME_SIZE &&
           strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") ==
               length;
}

bool config_arm_add(struct config *config, const char *name, const struct mask_choice *mask,
                    struct error *error)
{
    if (!arm_name_is_good(name))
        return error_set(error, ERROR_DATA,
                         "arm '%.40s': a name is 1 to %d letters, digits, '-' or '_'", name,
                         ARM_NAME_SIZE - 1);
    if (config_arm(config, name) >= 0)
        return error_set(error, ERROR_DATA, "there is an arm '%s' already", name);
    if (config->arm_count == ARM_LIMIT)
        return error_set(error, ERROR_DATA, "more than %d arms", ARM_LIMIT);
    struct arm_config *arm = &config->arms[config->arm_count++];
    *arm = (struct arm_config){.mask = *mask};
    snprintf(arm->name, sizeof arm->name, "%s", name);
    return true;
}

/* An arm without a name is called after its strategy and mean ratio. */
static void default_arm_name(const struct config *config, const struct mask_choice *mask,
                             char name[ARM_NAME_SIZE])
{
    int percent = (int)(100 * ratio_choice_mean(&mask->ratio, 0) + 0.5);
    snprintf(name, ARM_NAME_SIZE, "%.20s%d", mask->strategy.strategy->name, percent);
    size_t length = strlen(name);
    for (int suffix = 2; config_arm(config, name) >= 0; suffix++)
        snprintf(name + length, ARM_NAME_SIZE - length, "-%d", suffix);
}

static bool read_arm(struct reading *reading, const struct node *node)
{
    struct config *config = reading->config;
    struct mask_choice mask = config->mask;
    const char *name = node_child_text(node, "name");
    const struct node *mask_node = node_child(node, "mask");
    for (const struct node *child = node->children; node->kind == NODE_MAP && child;
         child = child->next)
        if (strcmp(child->key, "name") && strcmp(child->key, "mask")) {
            error_set(reading->error, ERROR_DATA, "an arm has a name and a mask, no '%.40s'",
                      child->key);
            return at_line(reading, child);
        }
    if (node->kind != NODE_MAP || (!name && node_child(node, "name"))) {
        error_set(reading->error, ERROR_DATA, "an arm is {name: ..., mask: {...}}");
        return at_line(reading, node);
    }
    if (mask_node && !read_mask(reading, mask_node, &mask))
        return false;
    char made[ARM_NAME_SIZE];
    if (!name) {
        default_arm_name(config, &mask, made);
        name = made;
    }
    return config_arm_add(config, name, &mask, reading->error) ? true : at_line(reading, node);
}

static bool read_arms(struct reading *reading, const struct node *node)
{
    if (node->kind != NODE_LIST || node->count == 0) {
        error_set(reading->error, ERROR_DATA, "arms is a list of {name: ..., mask: {...}}");
        return at_line(reading, node);
    }
    reading->config->arm_count = 0;
    for (const struct node *arm = node->children; arm; arm = arm->next)
        if (!read_arm(reading, arm))
            return false;
    if (reading->origins)
        reading->origins->arms_origin = reading->origin;
    return true;
}

static bool is_section(const char *path)
{
    const struct setting_table *table = config_table();
    size_t length = strlen(path);
    for (size_t i = 0; i < table->count; i++)
        if (!strncmp(table->rows[i].name, path, length) && table->rows[i].name[length] == '.')
            return true;
    return false;
}

/* The settings below `map`, whose own path is `prefix`. */
static bool read_section(struct reading *reading, const struct node *map, const char *prefix)
{
    for (const struct node *child = map->children; child; child = child->next) {
        char path[SETTING_NAME_SIZE * 2];
        snprintf(path, sizeof path, "%.40s%s%.40s", prefix, *prefix ? "." : "", child->key);
        bool special = !*prefix && (!strcmp(path, "arms") || !strcmp(path, "mask") ||
                                    (!strcmp(path, "keys") && reading->origin == ORIGIN_USER_FILE));
        if (special)
            continue;
        const struct setting *row = setting_find(config_table(), path);
        if (!row && is_section(path)) {
            if (child->kind != NODE_MAP) {
                error_set(reading->error, ERROR_DATA, "%s is a section: NAME: VALUE lines below it",
                          path);
                return at_line(reading, child);
            }
            if (!read_section(reading, child, path))
                return false;
            continue;
        }
        bool good = row ? setting_assign(row, child, reading->config, reading->error)
                        : setting_unknown(config_table(), path, reading->error);
        if (!good)
            return at_line(reading, child);
        note_origin(reading, row, child->line);
    }
    return true;
}

/* Whether the only arm is called what its mask says, so that with another mask it is renamed. */
static bool sole_arm_is_unnamed(struct config *config)
{
    char name[ARM_NAME_SIZE];
    if (config->arm_count != 1)
        return false;
    config->arm_count = 0; /* so that its own name does not count as taken */
    default_arm_name(config, &config->arms[0].mask, name);
    config->arm_count = 1;
    return !strcmp(name, config->arms[0].name);
}

/* One mask for all arms. */
static void mask_for_all(struct config *config, const struct mask_choice *mask)
{
    bool unnamed = sole_arm_is_unnamed(config);
    config->mask = *mask;
    for (int i = 0; i < config->arm_count; i++)
        config->arms[i].mask = *mask;
    if (unnamed) {
        config->arm_count = 0;
        default_arm_name(config, mask, config->arms[0].name);
        config->arm_count = 1;
    }
}

static bool read_document(struct reading *reading, const struct node *root)
{
    if (root->kind != NODE_MAP) {
        error_set(reading->error, ERROR_DATA, "settings are written NAME: VALUE");
        return at_line(reading, root);
    }
    if (!read_section(reading, root, ""))
        return false;
    const struct node *mask_node = node_child(root, "mask"), *arms = node_child(root, "arms");
    struct mask_choice mask = reading->config->mask;
    if (mask_node && !read_mask(reading, mask_node, &mask))
        return false;
    if (mask_node)
        mask_for_all(reading->config, &mask);
    if (mask_node && reading->origins)
        reading->origins->arms_origin = reading->origin;
    return !arms || read_arms(reading, arms);
}

static bool read_root(struct config *config, const struct node *root, const char *name,
                      enum config_origin origin, struct config_origins *origins,
                      struct error *error)
{
    struct config changed = *config;
    struct reading reading = {&changed, name, origin, origins, error};
    if (!root || !read_document(&reading, root))
        return false;
    *config = changed;
    return true;
}

bool config_read_text(struct config *config, const char *yaml, size_t length, const char *name,
                      enum config_origin origin, struct config_origins *origins,
                      struct error *error)
{
    struct arena arena = {0};
    struct node *root = node_read_yaml(yaml, length, name, &arena, error);
    bool good = read_root(config, root, name, origin, origins, error);
    arena_release(&arena);
    return good;
}

bool config_read_file(struct config *config, const char *path, enum config_origin origin,
                      struct config_origins *origins, struct error *error)
{
    struct arena arena = {0};
    struct node *root = node_read_yaml_file(path, &arena, error);
    bool good = read_root(config, root, path, origin, origins, error);
    arena_release(&arena);
    return good;
}

/* "strategy" or "ratio" of a mask. */
static bool assign_mask(struct mask_choice *mask, const char *part, const char *value,
                        struct error *error)
{
    if (!strcmp(part, "strategy"))
        return strategy_choice_parse(&mask->strategy, value, error);
    if (!strcmp(part, "ratio"))
        return ratio_choice_parse(&mask->ratio, value, error);
    return error_set(error, ERROR_DATA, "a mask has strategy and ratio, no '%.40s'", part);
}

/* arms.NAME.strategy or arms.NAME.ratio (arms.NAME.mask.ratio too). */
static bool assign_arm(struct config *config, const char *path, const char *value,
                       struct error *error)
{
    char name[ARM_NAME_SIZE];
    const char *dot = strchr(path, '.');
    size_t length = dot ? (size_t)(dot - path) : 0;
    if (length == 0 || length >= sizeof name)
        return error_set(error, ERROR_DATA, "write arms.NAME.strategy or arms.NAME.ratio");
    memcpy(name, path, length);
    name[length] = '\0';
    int index = config_arm(config, name);
    if (index < 0)
        return error_set(error, ERROR_DATA, "there is no arm '%s'", name);
    const char *part = !strncmp(dot + 1, "mask.", 5) ? dot + 6 : dot + 1;
    return assign_mask(&config->arms[index].mask, part, value, error);
}

bool config_assign(struct config *config, const char *name, const char *value,
                   enum config_origin origin, struct config_origins *origins, struct error *error)
{
    bool of_arm = !strncmp(name, "arms.", 5);
    if (of_arm || !strncmp(name, "mask.", 5)) {
        struct mask_choice mask = config->mask;
        if (!(of_arm ? assign_arm(config, name + 5, value, error)
                     : assign_mask(&mask, name + 5, value, error)))
            return error_prefix(error, "%s", name);
        if (!of_arm)
            mask_for_all(config, &mask);
        if (origins)
            origins->arms_origin = origin;
        return true;
    }
    const struct setting *row = setting_find(config_table(), name);
    if (!row)
        return setting_unknown(config_table(), name, error);
    if (!setting_assign_text(row, value, config, error))
        return false;
    struct reading reading = {.origin = origin, .origins = origins};
    note_origin(&reading, row, 0);
    return true;
}

/* A value as YAML: lists are written as such already, text may need quotes. */
static void write_value(const struct setting *row, const struct config *config, struct text *text)
{
    if (row->type != SETTING_TEXT) {
        setting_write(row, config, text);
        return;
    }
    node_write_scalar((const char *)config + row->offset, text);
}

void config_mask_write(const struct mask_choice *mask, struct text *text)
{
    struct text strategy = {0}, ratio = {0};
    strategy_choice_write(&mask->strategy, &strategy);
    ratio_choice_write(&mask->ratio, &ratio);
    text_append(text, "{strategy: ");
    node_write_scalar(text_of(&strategy), text);
    text_append(text, ", ratio: ");
    node_write_scalar(text_of(&ratio), text);
    text_append(text, "}");
    text_release(&strategy);
    text_release(&ratio);
}

/* The mask of arms that do not say otherwise is written too: an arm may be added later. */
static void write_masks(const struct config *config, struct text *text)
{
    text_append(text, "mask: ");
    config_mask_write(&config->mask, text);
    text_append(text, "\narms:\n");
    for (int i = 0; i < config->arm_count; i++) {
        text_append(text, "  - {name: %s, mask: ", config->arms[i].name);
        config_mask_write(&config->arms[i].mask, text);
        text_append(text, "}\n");
    }
}

void config_write(const struct config *config, struct text *text)
{
    const struct setting_table *table = config_table();
    const char *section = "";
    size_t section_length = 0;
    for (size_t i = 0; i < table->count; i++) {
        const struct setting *row = &table->rows[i];
        const char *dot = strchr(row->name, '.');
        size_t length = dot ? (size_t)(dot - row->name) : 0;
        if (dot && (length != section_length || strncmp(row->name, section, length))) {
            section = row->name;
            section_length = length;
            text_append(text, "%.*s:\n", (int)length, section);
        }
        text_append(text, dot ? "  %s: " : "%s: ", dot ? dot + 1 : row->name);
        write_value(row, config, text);
        text_append(text, "\n");
    }
    write_masks(config, text);
}
