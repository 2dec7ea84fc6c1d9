/* maskscope stats: the tables of a run. */
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "cli/commands.h"
#include "cli/output.h"
#include "run/folder.h"
#include "run/tables.h"

/* RUN is a folder or its run.db. */
static struct store *open_record(const char *path, struct error *error)
{
    struct run_folder folder;
    if (!file_is_folder(path))
        return store_open(path, STORE_READ, error);
    return run_folder_open(&folder, path, error) ? store_open(folder.store, STORE_READ, error)
                                                 : NULL;
}

static bool stats(struct cli *cli, struct error *error)
{
    const char *name = cli_value(cli, "table");
    const struct run_table *kind = run_table_find(name ? name : "matrix", error);
    struct output output;
    if (!kind || !output_init(&output, cli, error))
        return false;
    struct store *store = open_record(cli->arguments[0], error);
    struct table table;
    bool good = store && kind->make(&table, store, error);
    if (store && !good)
        error_prefix(error, "%s", cli->arguments[0]);
    store_close(store);
    if (!good)
        return false;
    good = output_table(&output, &table, error);
    table_release(&table);
    return good;
}

static const struct cli_option options[] = {
    {"table", 't', "NAME", "which table (see 'maskscope list tables'; default: matrix)"},
    OUTPUT_OPTIONS,
    {NULL},
};

const struct cli_command command_stats = {
    .name = "stats",
    .arguments = "RUN",
    .summary = "print or export the tables of a run",
    .examples = "  maskscope stats runs/first\n"
                "  maskscope stats runs/first --format csv -o first.csv\n"
                "  maskscope stats runs/first --table events --format markdown\n",
    .options = options,
    .least = 1,
    .most = 1,
    .run = stats,
};
