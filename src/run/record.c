#include "run/record.h"

#include <math.h>
#include <string.h>

#include "run/command.h"

bool record_config(struct store *store, struct config *config, bool *found, struct error *error)
{
    struct text yaml = {0};
    bool good =
        config_defaults(config, error) && store_get_meta(store, "config", &yaml, found, error);
    if (good && *found)
        good = config_read_text(config, text_of(&yaml), yaml.length, "the record's settings",
                                ORIGIN_FILE, NULL, error);
    text_release(&yaml);
    return good;
}

double record_deviation(const struct config *config, const struct mae_shape *shape)
{
    double squares = 0;
    for (int i = 0; i < shape->channels; i++)
        squares += pow(config->data.deviation.items[i], 2) / shape->channels;
    return sqrt(squares);
}

static bool add_arm(const struct store_event *event, struct config *config, struct error *error)
{
    struct mask_choice mask = config->mask;
    return config_arm(config, event->name) >= 0 ||
           (config_mask_parse(&mask, event->new_value, error) &&
            config_arm_add(config, event->name, &mask, error));
}

static void remove_arm(const struct store_event *event, struct config *config)
{
    int number = config_arm(config, event->name);
    if (number < 0)
        return;
    config->arm_count--;
    memmove(&config->arms[number], &config->arms[number + 1],
            (size_t)(config->arm_count - number) * sizeof config->arms[0]);
}

bool record_apply(const struct store_event *event, struct config *config, struct error *error)
{
    if (!event->name)
        return true;
    if (!strcmp(event->kind, command_kind_name(COMMAND_ARM_REMOVE)))
        remove_arm(event, config);
    else if (event->new_value && !strcmp(event->kind, command_kind_name(COMMAND_ARM_ADD)))
        return add_arm(event, config, error);
    else if (event->new_value && !strcmp(event->kind, command_kind_name(COMMAND_SET)))
        return config_assign(config, event->name, event->new_value, ORIGIN_FILE, NULL, error);
    return true;
}

struct applying {
    struct config *config;
    struct error *error;
    bool failed;
};

static bool apply(void *context, const struct store_event *event)
{
    struct applying *applying = context;
    applying->failed = !record_apply(event, applying->config, applying->error);
    return !applying->failed;
}

bool record_config_now(struct store *store, struct config *config, bool *found, struct error *error)
{
    struct applying applying = {.config = config, .error = error};
    return record_config(store, config, found, error) &&
           (!*found || (store_read_events(store, 0, apply, &applying, error) && !applying.failed));
}
