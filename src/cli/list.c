/* maskscope list: what there is, from the registries that the program runs on. */
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "cli/commands.h"
#include "run/downstream.h"
#include "run/tables.h"
#include "ui/action.h"

static void list_parameters(const struct setting *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct text range = {0};
        setting_write_range(&rows[i], &range);
        printf("    %-12s %s (%s%s%s)\n", rows[i].name, rows[i].help, text_of(&range),
               rows[i].fallback[0] ? "; default " : "", rows[i].fallback);
        text_release(&range);
    }
}

static void list_strategies(void)
{
    size_t count;
    const struct strategy *const *rows = strategies(&count);
    for (size_t i = 0; i < count; i++) {
        printf("%-14s %s [%s]\n", rows[i]->name, rows[i]->help, rows[i]->source);
        list_parameters(rows[i]->parameters.rows, rows[i]->parameters.count);
    }
}

static void list_laws(void)
{
    size_t count;
    const struct ratio_law *const *rows = ratio_laws(&count);
    for (size_t i = 0; i < count; i++) {
        printf("%-14s %s: %s\n", rows[i]->name, rows[i]->help, rows[i]->formula);
        list_parameters(rows[i]->parameters.rows, rows[i]->parameters.count);
    }
    /* Indented: what begins a line is a name. */
    printf(
        "  Every law takes per=image (each image draws its own ratio), per=batch (all of a batch\n"
        "  have the same) or per=stratified (a batch takes evenly spaced quantiles; also written\n"
        "  {law: stratified, of: LAW}). A number may be a schedule over training progress:\n"
        "  {from: A, to: B, shape: linear | cosine | step | exp, over: [T0, T1], steps: N}.\n");
}

static void list_models(void)
{
    size_t count;
    const struct mae_preset *rows = mae_presets(&count);
    for (size_t i = 0; i < count; i++) {
        const struct mae_shape *shape = &rows[i].shape;
        printf(
            "%-10s image %d, patch %d; encoder %d x %d, %d heads; decoder %d x %d, %d heads; %s\n",
            rows[i].name, shape->image_height, shape->patch, shape->embed_dim, shape->depth,
            shape->heads, shape->decoder_dim, shape->decoder_depth, shape->decoder_heads,
            rows[i].help);
    }
}

static void list_sources(void)
{
    size_t count;
    const struct source_kind *const *rows = source_kinds(&count);
    for (size_t i = 0; i < count; i++)
        printf("%-10s %s\n", rows[i]->name, rows[i]->help);
}

static void list_settings(void)
{
    const struct setting_table *table = config_table();
    for (size_t i = 0; i < table->count; i++) {
        const struct setting *row = &table->rows[i];
        struct text range = {0};
        setting_write_range(row, &range);
        printf("%s: %s\n    %s; default %s%s\n", row->name, row->help, text_of(&range),
               row->fallback[0] ? row->fallback : "none",
               row->live ? "; may change while training" : "");
        text_release(&range);
    }
}

static void list_actions(void)
{
    for (int i = 0; i < ACTION_COUNT; i++) {
        const struct action_row *row = action_row(i);
        printf("%-14s %-14s :%s%s%s\n    %s\n", action_group_name(row->group), row->keys, row->word,
               row->argument[0] ? " " : "", row->argument, row->help);
    }
}

static void list_tables(void)
{
    size_t count;
    const struct run_table *rows = run_tables(&count);
    for (size_t i = 0; i < count; i++)
        printf("%-12s %s\n", rows[i].name, rows[i].help);
}

static void list_tasks(void)
{
    size_t count;
    const struct downstream_task *const *rows = downstream_tasks(&count);
    for (size_t i = 0; i < count; i++)
        printf("%-12s %s\n", rows[i]->name, rows[i]->help);
}

static const struct {
    const char *name;
    void (*list)(void);
} lists[] = {
    {"strategies", list_strategies}, {"laws", list_laws},         {"models", list_models},
    {"sources", list_sources},       {"settings", list_settings}, {"actions", list_actions},
    {"tables", list_tables},         {"tasks", list_tasks},
};

static const char *list_name(const void *context, size_t i)
{
    (void)context;
    return lists[i].name;
}

static bool list_command(struct cli *cli, struct error *error)
{
    const char *name = cli->arguments[0];
    for (size_t i = 0; i < ARRAY_LENGTH(lists); i++)
        if (!strcmp(lists[i].name, name)) {
            lists[i].list();
            return true;
        }
    int nearest = text_nearest(name, ARRAY_LENGTH(lists), list_name, NULL);
    return error_set(error, ERROR_USAGE, "there is no list '%s'%s%s%s", name,
                     nearest >= 0 ? "; did you mean '" : " (see --help)",
                     nearest >= 0 ? lists[nearest].name : "", nearest >= 0 ? "'?" : "");
}

static const struct cli_option options[] = {{.name = NULL}};

const struct cli_command command_list = {
    .name = "list",
    .arguments = "strategies | laws | models | sources | settings | actions | tables | tasks",
    .summary = "list what there is, with help",
    .examples = "  maskscope list settings\n"
                "  maskscope list strategies\n",
    .options = options,
    .least = 1,
    .most = 1,
    .run = list_command,
};
