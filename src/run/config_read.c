/* Reading a configuration from YAML. */
#include <stdio.h>
#include <string.h>

#include "run/config_private.h"

/* Where a value being read came from. */
struct reading {
    struct config *config;
    const char *file;
    enum config_origin origin;
    struct config_origins *origins;
    struct error *error;
};

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
        config_default_arm_name(config, &mask, made);
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

/* Whether what stands under that key is read apart from the settings. */
static bool is_special(const struct reading *reading, const char *key)
{
    if (!strcmp(key, "keys") || !strcmp(key, "theme"))
        return reading->origin == ORIGIN_USER_FILE;
    if (!strcmp(key, "grid"))
        return reading->origin == ORIGIN_STUDY_FILE;
    return !strcmp(key, "arms") || !strcmp(key, "mask");
}

/* The settings below `map`, whose own path is `prefix`. */
static bool read_section(struct reading *reading, const struct node *map, const char *prefix)
{
    for (const struct node *child = map->children; child; child = child->next) {
        char path[SETTING_NAME_SIZE * 2];
        snprintf(path, sizeof path, "%.40s%s%.40s", prefix, *prefix ? "." : "", child->key);
        if (!*prefix && is_special(reading, path))
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
                    : !strcmp(path, "grid")
                        ? error_set(reading->error, ERROR_DATA,
                                    "a grid of arms is what 'maskscope study' reads")
                        : setting_unknown(config_table(), path, reading->error);
        if (!good)
            return at_line(reading, child);
        config_note_origin(reading->origins, row, reading->origin, child->line);
    }
    return true;
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
        config_mask_for_all(reading->config, &mask);
    if (mask_node && reading->origins)
        reading->origins->arms_origin = reading->origin;
    return !arms || reading->origin == ORIGIN_STUDY_FILE || read_arms(reading, arms);
}

bool config_read_arm(struct config *config, const struct node *node, const char *file,
                     struct error *error)
{
    struct reading reading = {.config = config, .file = file, .error = error};
    return read_arm(&reading, node);
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

bool config_read_study(struct config *config, const struct node *root, const char *file,
                       struct config_origins *origins, struct error *error)
{
    return read_root(config, root, file, ORIGIN_STUDY_FILE, origins, error);
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
