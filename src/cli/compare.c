/* maskscope compare: what differs between runs, and what came of it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "cli/commands.h"
#include "cli/output.h"
#include "cli/runs.h"
#include "run/record.h"
#include "run/tables.h"

/* ---- Settings that differ ---- */

struct settings {
    struct config *configs; /* [runs.count] */
    bool *found;            /* [runs.count]: whether the record holds them */
};

static bool read_settings(struct settings *settings, const struct runs *runs, struct error *error)
{
    size_t count = (size_t)runs->count;
    if (!(settings->configs = memory_new(count, sizeof *settings->configs, error)) ||
        !(settings->found = memory_new(count, sizeof *settings->found, error)))
        return false;
    for (int i = 0; i < runs->count; i++)
        if (!record_config_now(runs->stores[i], &settings->configs[i], &settings->found[i], error))
            return error_name_file(error, runs->paths[i]);
    return true;
}

/* Appends the value of a row of the table of settings, or of an arm's mask. */
typedef void value_writer(const struct config *config, const void *what, struct text *text);

static void write_setting(const struct config *config, const void *what, struct text *text)
{
    setting_write(what, config, text);
}

static void write_arm(const struct config *config, const void *what, struct text *text)
{
    int number = config_arm(config, what);
    if (number >= 0)
        config_mask_write(&config->arms[number].mask, text);
}

static void add_if_different(struct table *table, const struct settings *settings, int count,
                             const char *name, value_writer *write, const void *what)
{
    struct text first = {0}, value = {0};
    bool differ = false;
    write(&settings->configs[0], what, &first);
    for (int i = 1; i < count; i++) {
        text_clear(&value);
        write(&settings->configs[i], what, &value);
        differ = differ || strcmp(text_of(&first), text_of(&value));
    }
    if (differ) {
        table_add_text(table, name);
        for (int i = 0; i < count; i++) {
            text_clear(&value);
            write(&settings->configs[i], what, &value);
            table_add_text(table, settings->found[i] && value.length ? text_of(&value) : NULL);
        }
    }
    text_release(&first);
    text_release(&value);
}

/* Each arm's name once, in the order of the runs. */
static void add_arms(struct table *table, const struct settings *settings, int count)
{
    for (int run = 0; run < count; run++)
        for (int arm = 0; arm < settings->configs[run].arm_count; arm++) {
            const char *name = settings->configs[run].arms[arm].name;
            char setting[ARM_NAME_SIZE + 8];
            bool before = false;
            for (int other = 0; other < run; other++)
                before = before || config_arm(&settings->configs[other], name) >= 0;
            snprintf(setting, sizeof setting, "arms.%s", name);
            if (!before)
                add_if_different(table, settings, count, setting, write_arm, name);
        }
}

static bool make_settings(struct table *table, const struct runs *runs, struct error *error)
{
    struct settings settings = {0};
    struct table_column columns[RUN_LIMIT + 1] = {{"setting", NULL, TABLE_TEXT, 0}};
    for (int i = 0; i < runs->count; i++)
        columns[i + 1] = (struct table_column){runs->names[i], NULL, TABLE_TEXT, 0};
    bool good = read_settings(&settings, runs, error) &&
                table_init(table, "settings", "Settings that differ, as they stand.", columns,
                           (size_t)runs->count + 1, error);
    if (good) {
        const struct setting_table *rows = config_table();
        for (size_t i = 0; i < rows->count; i++)
            add_if_different(table, &settings, runs->count, rows->rows[i].name, write_setting,
                             &rows->rows[i]);
        add_arms(table, &settings, runs->count);
    }
    free(settings.configs);
    free(settings.found);
    return good;
}

/* ---- Results ---- */

enum { TABLES = 3 };

/* The results on the images that all were evaluated on, and each two arms; where the runs cannot be
 * paired, it is said why, and nothing is compared that is not comparable. */
static bool make_results(struct table tables[TABLES], size_t *count, const struct runs *runs,
                         struct error *error)
{
    struct evaluation_set joined, *sets = runs_read_sets(runs, error);
    if (!sets)
        return false;
    bool good = evaluation_set_join(&joined, sets, runs->names, runs->count, error);
    if (good) {
        for (int i = 0; good && i < 2; i++) {
            const struct run_table *kind = run_table_find(i == 0 ? "arms" : "pairs", error);
            good = kind->fill(&tables[*count], &joined, kind->groups, error);
            *count += good;
        }
        evaluation_set_release(&joined);
    }
    sets_free(sets, runs->count);
    return good;
}

static bool compare(struct cli *cli, struct error *error)
{
    struct runs runs;
    struct output output;
    struct table tables[TABLES];
    const struct table *list[TABLES] = {&tables[0], &tables[1], &tables[2]};
    struct error refused = {0};
    size_t count = 0;
    if (!output_init(&output, cli, error) ||
        !runs_open(&runs, cli->arguments, cli->argument_count, error))
        return false;
    bool good = make_settings(&tables[0], &runs, error);
    if (good) {
        count = 1;
        bool paired = make_results(tables, &count, &runs, &refused);
        good = output_tables(&output, list, count, error);
        if (good && !paired)
            good = error_set(error, refused.code, "%s", refused.message);
    }
    for (size_t i = 0; i < count; i++)
        table_release(&tables[i]);
    runs_close(&runs);
    return good;
}

static const struct cli_option options[] = {
    {"wide", 'w', NULL, "show every column as text, Markdown and LaTeX too"},
    OUTPUT_OPTIONS,
    {.name = NULL},
};

const struct cli_command command_compare = {
    .name = "compare",
    .arguments = "RUN RUN...",
    .summary = "settings that differ between runs, and their results on the same images",
    .examples = "  maskscope compare runs/first runs/second\n"
                "  maskscope compare runs/*-block runs/*-random --format latex -o compare.tex\n",
    .options = options,
    .least = 2,
    .most = RUN_LIMIT,
    .run = compare,
};
