/* maskscope stats: the tables of one run or several. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "cli/commands.h"
#include "cli/output.h"
#include "run/folder.h"
#include "run/tables.h"

enum { RUN_LIMIT = 256 };

/* Which table of which runs. */
struct request {
    const struct run_table *kind;
    unsigned groups;
    char *const *runs; /* folders, or their run.db */
    int run_count;
};

static bool read_request(const struct cli *cli, struct request *request, struct error *error)
{
    const char *name = cli_value(cli, "table"), *by = cli_value(cli, "by");
    *request = (struct request){.kind = run_table_find(name ? name : "matrix", error),
                                .groups = TABLE_BY_ALL,
                                .runs = cli->arguments,
                                .run_count = cli->argument_count};
    if (!request->kind)
        return false;
    if (by && !request->kind->grouped)
        return error_set(error, ERROR_USAGE, "--by: the table '%s' has no groups",
                         request->kind->name);
    return !by || table_groups_parse(by, &request->groups, error) || error_prefix(error, "--by");
}

static struct store *open_record(const char *path, struct error *error)
{
    struct run_folder folder;
    if (!file_is_folder(path))
        return store_open(path, STORE_READ, error);
    return run_folder_open(&folder, path, error) ? store_open(folder.store, STORE_READ, error)
                                                 : NULL;
}

static bool make_one(struct table *table, const struct request *request, int run,
                     struct error *error)
{
    struct store *store = open_record(request->runs[run], error);
    bool good = store && request->kind->make(table, store, request->groups, error);
    if (store && !good)
        error_prefix(error, "%s", request->runs[run]);
    store_close(store);
    return good;
}

struct run_name {
    char text[FILE_PATH_SIZE];
};

/* The name of the run's folder. */
static void name_folder(struct run_name *name, const char *path)
{
    char *whole = realpath(path, NULL);
    char *slash = whole ? strrchr(whole, '/') : NULL;
    if (slash && slash > whole && !file_is_folder(path)) { /* its run.db */
        *slash = '\0';
        slash = strrchr(whole, '/');
    }
    text_copy(name->text, sizeof name->text, slash && slash[1] ? slash + 1 : path);
    free(whole);
}

/* Folders' names, or the paths as they were given where two have the same name. */
static void name_runs(const struct request *request, struct run_name *names)
{
    bool differ = true;
    for (int i = 0; i < request->run_count; i++) {
        name_folder(&names[i], request->runs[i]);
        for (int j = 0; j < i; j++)
            differ = differ && strcmp(names[i].text, names[j].text);
    }
    for (int i = 0; !differ && i < request->run_count; i++)
        text_copy(names[i].text, sizeof names[i].text, request->runs[i]);
}

/* The same table with a first column for the run's name. */
static bool begin_gathering(struct table *all, const struct table *first, struct error *error)
{
    struct table_column *columns = memory_new(first->column_count + 1, sizeof *columns, error);
    if (!columns)
        return false;
    columns[0] = (struct table_column){.name = "run", .type = TABLE_TEXT};
    memcpy(columns + 1, first->columns, first->column_count * sizeof *columns);
    bool good =
        table_init(all, first->name, first->caption, columns, first->column_count + 1, error);
    free(columns);
    return good;
}

static bool gather(struct table *all, const struct request *request, const struct run_name *names,
                   struct error *error)
{
    bool begun = false;
    for (int run = 0; run < request->run_count; run++) {
        struct table one;
        bool good = make_one(&one, request, run, error);
        if (good) {
            begun = begun || (good = begin_gathering(all, &one, error));
            if (good)
                table_add_rows(all, names[run].text, &one);
            table_release(&one);
        }
        if (!good) {
            if (begun)
                table_release(all);
            return false;
        }
    }
    return true;
}

static bool make_all(struct table *all, const struct request *request, struct error *error)
{
    struct run_name *names = memory_new((size_t)request->run_count, sizeof *names, error);
    if (names)
        name_runs(request, names);
    bool good = names && gather(all, request, names, error);
    free(names);
    return good;
}

static bool stats(struct cli *cli, struct error *error)
{
    struct request request;
    struct output output;
    struct table table;
    if (!read_request(cli, &request, error) || !output_init(&output, cli, error) ||
        !(request.run_count == 1 ? make_one(&table, &request, 0, error)
                                 : make_all(&table, &request, error)))
        return false;
    bool good = output_table(&output, &table, error);
    table_release(&table);
    return good;
}

static const struct cli_option options[] = {
    {"table", 't', "NAME", "which table (see 'maskscope list tables'; default: matrix)"},
    {"by", 0, "GROUPS", "rows of the matrix: strategy, ratio or strategy,ratio (default)"},
    OUTPUT_OPTIONS,
    {NULL},
};

const struct cli_command command_stats = {
    .name = "stats",
    .arguments = "RUN...",
    .summary = "print or export the tables of one run or several",
    .examples = "  maskscope stats runs/first\n"
                "  maskscope stats runs/first --format csv -o first.csv\n"
                "  maskscope stats runs/first runs/second --by ratio\n"
                "  maskscope stats runs/first --table events --format markdown\n",
    .options = options,
    .least = 1,
    .most = RUN_LIMIT,
    .run = stats,
};
