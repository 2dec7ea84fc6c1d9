/* maskscope stats: the tables of one run or several, or of anybody's values. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "cli/commands.h"
#include "cli/output.h"
#include "cli/runs.h"
#include "run/tables.h"

/* Which table, in which groups. */
struct request {
    const struct run_table *kind;
    unsigned groups;
    bool chosen; /* the table was asked for by name */
    bool each;   /* runs stay apart */
};

static bool read_request(const struct cli *cli, struct request *request, struct error *error)
{
    const char *name = cli_value(cli, "table"), *by = cli_value(cli, "by");
    *request = (struct request){.kind = run_table_find(name ? name : "matrix", error),
                                .chosen = name,
                                .each = cli_flag(cli, "each")};
    if (!request->kind)
        return false;
    request->groups = request->kind->groups;
    if (by && !request->kind->grouped)
        return error_set(error, ERROR_USAGE, "--by: the table '%s' has no groups",
                         request->kind->name);
    return !by || table_groups_parse(by, &request->groups, error) || error_prefix(error, "--by");
}

/* runs_open has begun the reading. */
static bool make_one(struct table *table, const struct request *request, const struct runs *runs,
                     int run, struct error *error)
{
    return run_table_read(table, request->kind, runs->stores[run], request->groups, error) ||
           error_name_file(error, runs->paths[run]);
}

static void tables_free(struct table *tables, int count)
{
    for (int i = 0; tables && i < count; i++)
        table_release(&tables[i]);
    free(tables);
}

/* [runs->count]; null with *error set. */
static struct table *make_each(const struct request *request, const struct runs *runs,
                               struct error *error)
{
    struct table *each = memory_new((size_t)runs->count, sizeof *each, error);
    for (int run = 0; each && run < runs->count; run++)
        if (!make_one(&each[run], request, runs, run, error)) {
            tables_free(each, run);
            return NULL;
        }
    return each;
}

/* ---- Several runs side by side ---- */

static bool gather(struct table *all, const struct request *request, const struct runs *runs,
                   struct error *error)
{
    struct table *each = make_each(request, runs, error);
    bool good = each && table_gather(all, "run", each, runs->names, (size_t)runs->count, error);
    tables_free(each, runs->count);
    return good;
}

/* ---- Several runs as repetitions ---- */

/* Of tables whose rows are of places or of classes, which the seeds share. */
static bool merge_over_seeds(struct table *table, const struct request *request,
                             const struct runs *runs, const struct evaluation_set *all,
                             struct error *error)
{
    struct table *each = make_each(request, runs, error);
    bool good = each && table_over_seeds(table, request->kind, each, runs->count, all, error);
    tables_free(each, runs->count);
    return good;
}

static bool make_over_seeds(struct table *table, const struct request *request,
                            const struct runs *runs, const struct evaluation_set *sets,
                            struct error *error)
{
    struct evaluation_set all;
    if (!evaluation_set_over_runs(&all, sets, runs->count, error))
        return false;
    bool good = request->kind->by_rows ? merge_over_seeds(table, request, runs, &all, error)
                                       : request->kind->fill(table, &all, request->groups, error);
    evaluation_set_release(&all);
    return good;
}

/* Runs of one recipe, on the same images: one experiment. On others: it is said why they are not,
 * and they stay apart. */
static bool make_of_recipe(struct table *table, const struct request *request,
                           const struct runs *runs, struct log *log, struct error *error)
{
    struct error why;
    struct evaluation_set *sets = runs_read_sets(runs, error);
    if (!sets)
        return false;
    bool repeat = runs_sets_repeat(runs, sets, &why);
    if (!repeat)
        log_write(log, LOG_WARNING, "the runs stay apart: %s", why.message);
    bool good = repeat ? make_over_seeds(table, request, runs, sets, error)
                       : gather(table, request, runs, error);
    sets_free(sets, runs->count);
    return good;
}

static bool make_table(struct table *table, const struct request *request, const struct runs *runs,
                       struct log *log, struct error *error)
{
    bool repeat = false;
    struct error why;
    if (runs->count == 1)
        return make_one(table, request, runs, 0, error);
    bool mergeable = request->kind->fill || request->kind->by_rows;
    if (!mergeable || request->each)
        return gather(table, request, runs, error);
    if (!runs_repeat(runs, &repeat, &why, error))
        return false;
    if (!repeat)
        log_write(log, LOG_WARNING, "the runs stay apart: %s", why.message);
    return repeat ? make_of_recipe(table, request, runs, log, error)
                  : gather(table, request, runs, error);
}

static bool tables_of_runs(struct cli *cli, const struct request *request,
                           const struct output *output, struct error *error)
{
    struct runs runs;
    struct table table;
    if (cli->argument_count == 0)
        return error_set(error, ERROR_USAGE, "stats: expected RUN..., or --from FILE");
    if (!runs_open(&runs, cli->arguments, cli->argument_count, error))
        return false;
    bool good = make_table(&table, request, &runs, cli->log, error);
    runs_close(&runs);
    if (!good)
        return false;
    good = output_table(output, &table, error);
    table_release(&table);
    return good;
}

/* ---- Anybody's values ---- */

enum { FILE_TABLES = 3 };

/* All that the values are good for; why they are not good for another is said. */
static bool fill_tables(const struct evaluation_set *set, struct table tables[FILE_TABLES],
                        size_t *count, struct log *log, struct error *error)
{
    static const char *const names[FILE_TABLES] = {"matrix", "pairs", "ratios"};
    unsigned known = set->cells > 1 && !set->own_ratios ? TABLE_BY_RATIO : TABLE_BY_NOTHING;
    for (size_t i = 0; i < FILE_TABLES; i++) {
        const struct run_table *kind = run_table_find(names[i], error);
        if (!strcmp(names[i], "ratios") && set->cells == 1)
            continue;
        if (kind->fill(&tables[*count], set, kind->groups & known, error))
            ++*count;
        else if (error->code == ERROR_DATA)
            log_write(log, LOG_WARNING, "no table '%s': %s", names[i], error->message);
        else
            return false;
    }
    return *count > 0;
}

static bool fill_table(const struct request *request, const struct evaluation_set *set,
                       struct table *table, size_t *count, struct error *error)
{
    unsigned known = set->cells > 1 ? TABLE_BY_RATIO : TABLE_BY_NOTHING;
    if (!request->kind->fill)
        return error_set(error, ERROR_USAGE, "--from: the table '%s' is made of a run's record",
                         request->kind->name);
    bool good = request->kind->fill(table, set, request->groups & known, error);
    *count = good;
    return good;
}

static bool tables_of_file(struct cli *cli, const struct request *request,
                           const struct output *output, struct error *error)
{
    struct evaluation_set set;
    struct table tables[FILE_TABLES];
    const struct table *list[FILE_TABLES];
    size_t count = 0;
    if (cli->argument_count > 0)
        return error_set(error, ERROR_USAGE, "stats: either RUN... or --from FILE, not both");
    if (!evaluation_set_read_file(&set, cli_value(cli, "from"), error))
        return false;
    bool good = request->chosen ? fill_table(request, &set, &tables[0], &count, error)
                                : fill_tables(&set, tables, &count, cli->log, error);
    for (size_t i = 0; i < count; i++)
        list[i] = &tables[i];
    good = good && output_tables(output, list, count, error);
    for (size_t i = 0; i < count; i++)
        table_release(&tables[i]);
    evaluation_set_release(&set);
    return good;
}

static bool stats(struct cli *cli, struct error *error)
{
    struct request request;
    struct output output;
    if (!read_request(cli, &request, error) || !output_init(&output, cli, error))
        return false;
    return cli_value(cli, "from") ? tables_of_file(cli, &request, &output, error)
                                  : tables_of_runs(cli, &request, &output, error);
}

static const struct cli_option options[] = {
    {"table", 't', "NAME", "which table (see 'maskscope list tables'; default: matrix)"},
    {"by", 0, "GROUPS",
     "rows by strategy, ratio, strategy,ratio or nothing, in tables that have such"},
    {"each", 0, NULL, "do not put runs together that differ in nothing but their seed"},
    {"wide", 'w', NULL, "show every column as text, Markdown and LaTeX too"},
    {"from", 0, "FILE",
     "CSV or TSV with columns strategy,image,mse (and ratio, label) instead of runs; -: stdin"},
    OUTPUT_OPTIONS,
    {.name = NULL},
};

const struct cli_command command_stats = {
    .name = "stats",
    .arguments = "RUN...",
    .summary = "print or export the tables of one run or several, or of anybody's values",
    .examples = "  maskscope stats runs/first\n"
                "  maskscope stats runs/first --table pairs --format latex -o pairs.tex\n"
                "  maskscope stats runs/seed1 runs/seed2 runs/seed3 --table pairs\n"
                "  maskscope stats runs/first --by ratio --format csv -o first.csv\n"
                "  maskscope stats --from values.csv\n",
    .options = options,
    .least = 0,
    .most = RUN_LIMIT,
    .run = stats,
};
