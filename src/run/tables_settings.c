/* The table `settings`: as the run began, and as they stand. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "run/record.h"
#include "run/tables_private.h"

static bool begin(struct table *table, struct error *error)
{
    static const struct table_column columns[] = {
        {"setting", NULL, TABLE_TEXT, 0},
        {"began", NULL, TABLE_TEXT, 0},
        {"now", NULL, TABLE_TEXT, 0},
        {"unit", NULL, TABLE_TEXT | TABLE_DETAIL, 0},
    };
    return table_init(table, "settings",
                      "The settings as the run began, and as they stand where they were changed "
                      "since (the events say when).",
                      columns, ARRAY_LENGTH(columns), error);
}

static void add_row(struct table *table, const char *name, const char *began, const char *now,
                    const char *unit)
{
    bool changed = strcmp(began, now);
    table_add_text(table, name);
    table_add_text(table, began[0] ? began : NULL);
    table_add_text(table, changed ? now : NULL);
    table_add_text(table, unit);
}

static void add_settings(struct table *table, const struct config *began, const struct config *now)
{
    const struct setting_table *rows = config_table();
    for (size_t i = 0; i < rows->count; i++) {
        struct text before = {0}, after = {0};
        setting_write(&rows->rows[i], began, &before);
        setting_write(&rows->rows[i], now, &after);
        add_row(table, rows->rows[i].name, text_of(&before), text_of(&after), rows->rows[i].unit);
        text_release(&before);
        text_release(&after);
    }
}

static void write_mask(const struct config *config, const char *arm, struct text *text)
{
    int number = config_arm(config, arm);
    if (number >= 0)
        config_mask_write(&config->arms[number].mask, text);
}

static void add_arm(struct table *table, const struct config *began, const struct config *now,
                    const char *arm)
{
    struct text before = {0}, after = {0};
    char name[ARM_NAME_SIZE + 8];
    snprintf(name, sizeof name, "arms.%s", arm);
    write_mask(began, arm, &before);
    write_mask(now, arm, &after);
    add_row(table, name, text_of(&before), after.length ? text_of(&after) : "removed", NULL);
    text_release(&before);
    text_release(&after);
}

static void add_arms(struct table *table, const struct config *began, const struct config *now)
{
    for (int i = 0; i < began->arm_count; i++)
        add_arm(table, began, now, began->arms[i].name);
    for (int i = 0; i < now->arm_count; i++)
        if (config_arm(began, now->arms[i].name) < 0)
            add_arm(table, began, now, now->arms[i].name);
}

bool table_make_settings(struct table *table, struct store *store, unsigned groups,
                         struct error *error)
{
    (void)groups;
    struct config *configs = memory_new(2, sizeof *configs, error);
    bool found = false;
    bool good = configs && record_config(store, configs, &found, error) &&
                (found || error_set(error, ERROR_DATA,
                                    "the record does not hold its settings (it is of an older "
                                    "version); the run's config.yaml does"));
    good = good && record_config_now(store, configs + 1, &found, error) && begin(table, error);
    if (good) {
        add_settings(table, &configs[0], &configs[1]);
        add_arms(table, &configs[0], &configs[1]);
    }
    free(configs);
    return good;
}
