#include "run/config.h"

#include <stdio.h>
#include <string.h>

#include "run/config_private.h"

bool config_defaults(struct config *config, struct error *error)
{
    *config = (struct config){0};
    if (!setting_defaults(config_table(), config, error) ||
        !strategy_choice_parse(&config->mask.strategy, "random", error) ||
        !ratio_choice_parse(&config->mask.ratio, "0.75", error))
        return false;
    config->arm_count = 1;
    config->arms[0].mask = config->mask;
    snprintf(config->arms[0].name, ARM_NAME_SIZE, "random75");
    return true;
}

int config_arm(const struct config *config, const char *name)
{
    for (int i = 0; i < config->arm_count; i++)
        if (!strcmp(config->arms[i].name, name))
            return i;
    return -1;
}

bool config_arm_name_check(const char *name, struct error *error)
{
    static const char good[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";
    size_t length = strlen(name);
    return (length > 0 && length < ARM_NAME_SIZE && strspn(name, good) == length) ||
           error_set(error, ERROR_DATA,
                     "arm '%.40s': a name is 1 to %d letters, digits, '-' or '_'", name,
                     ARM_NAME_SIZE - 1);
}

bool config_arm_add(struct config *config, const char *name, const struct mask_choice *mask,
                    struct error *error)
{
    if (!config_arm_name_check(name, error))
        return false;
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
void config_default_arm_name(const struct config *config, const struct mask_choice *mask,
                             char name[ARM_NAME_SIZE])
{
    int percent = (int)(100 * ratio_choice_mean(&mask->ratio, 0) + 0.5);
    snprintf(name, ARM_NAME_SIZE, "%.20s%d", mask->strategy.strategy->name, percent);
    size_t length = strlen(name);
    for (int suffix = 2; config_arm(config, name) >= 0; suffix++)
        snprintf(name + length, ARM_NAME_SIZE - length, "-%d", suffix);
}

/* Whether the only arm is called what its mask says, so that with another mask it is renamed. */
static bool sole_arm_is_unnamed(struct config *config)
{
    char name[ARM_NAME_SIZE];
    if (config->arm_count != 1)
        return false;
    config->arm_count = 0; /* so that its own name does not count as taken */
    config_default_arm_name(config, &config->arms[0].mask, name);
    config->arm_count = 1;
    return !strcmp(name, config->arms[0].name);
}

/* One mask for all arms. */
void config_mask_for_all(struct config *config, const struct mask_choice *mask)
{
    bool unnamed = sole_arm_is_unnamed(config);
    config->mask = *mask;
    for (int i = 0; i < config->arm_count; i++)
        config->arms[i].mask = *mask;
    if (unnamed) {
        config->arm_count = 0;
        config_default_arm_name(config, mask, config->arms[0].name);
        config->arm_count = 1;
    }
}

void config_note_origin(struct config_origins *origins, const struct setting *row,
                        enum config_origin origin, int line)
{
    if (!origins)
        return;
    size_t index = (size_t)(row - config_table()->rows);
    origins->origins[index] = origin;
    origins->lines[index] = line;
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
            config_mask_for_all(config, &mask);
        if (origins)
            origins->arms_origin = origin;
        return true;
    }
    const struct setting *row = setting_find(config_table(), name);
    if (!row)
        return setting_unknown(config_table(), name, error);
    if (!setting_assign_text(row, value, config, error))
        return false;
    config_note_origin(origins, row, origin, 0);
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
    text_add_failure(text, &strategy);
    text_add_failure(text, &ratio);
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
