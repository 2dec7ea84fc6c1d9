/* maskscope probe: downstream tasks on the models of a checkpoint. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/parallel.h"
#include "cli/commands.h"
#include "cli/output.h"
#include "cli/task_progress.h"
#include "run/downstream.h"
#include "run/folder.h"
#include "run/saved.h"

/* What the command line asks for. */
struct request {
    const struct downstream_task *tasks[DOWNSTREAM_TASK_LIMIT];
    int task_count;
    const struct mae *models[ARM_LIMIT];
    const char *names[ARM_LIMIT];
    int count;
};

/* ---- What is asked for ---- */

static bool add_arms(struct request *request, const struct saved *saved, const char *wanted,
                     struct error *error)
{
    for (int i = 0; i < saved->arm_count; i++) {
        const char *name = saved->config.arms[i].name;
        if (wanted && strcmp(name, wanted))
            continue;
        request->models[request->count] = saved->models[i];
        request->names[request->count++] = name;
    }
    return request->count > 0 ||
           error_set(error, ERROR_USAGE, "--arm: %s has no arm '%s'", saved->path, wanted);
}

static bool assign(const struct cli *cli, const char *option, const char *setting,
                   struct config *config, struct error *error)
{
    const char *value = cli_value(cli, option);
    return !value || config_assign(config, setting, value, ORIGIN_COMMAND_LINE, NULL, error);
}

/* Other images than the run's own: a folder, or "scenes". CIFAR's files are asked for by the
 * setting data.source. */
static bool assign_data(const struct cli *cli, struct config *config, struct error *error)
{
    size_t count;
    const char *data = cli_value(cli, "data");
    if (!data)
        return true;
    if (!strcmp(data, "scenes"))
        return config_assign(config, "data.source", data, ORIGIN_COMMAND_LINE, NULL, error);
    bool drawn = !strcmp(source_kinds(&count)[config->data.source]->name, "scenes");
    return (!drawn ||
            config_assign(config, "data.source", "folder", ORIGIN_COMMAND_LINE, NULL, error)) &&
           config_assign(config, "data.path", data, ORIGIN_COMMAND_LINE, NULL, error);
}

/* The saved configuration with what this command line changes. */
static bool apply_options(const struct cli *cli, struct config *config, struct error *error)
{
    return cli_assignments(cli, config, NULL, error) && assign_data(cli, config, error) &&
           assign(cli, "seeds", "probe.seeds", config, error) &&
           assign(cli, "features", "probe.features", config, error) &&
           assign(cli, "block", "probe.block", config, error) && config_check(config, error);
}

/* ---- The run that the checkpoint is of ---- */

/* All-zero: the checkpoint lies in no run's folder, or must not be written to. */
struct record {
    struct store *store;
    int lock; /* descriptor; 0: none */
    char cache[FILE_PATH_SIZE];
};

/* The folder above the checkpoint's, if that is a run's. */
static bool find_run(const struct saved *saved, struct run_folder *folder)
{
    char path[FILE_PATH_SIZE];
    struct error error;
    text_copy(path, sizeof path, saved->path);
    for (int up = 0; up < 2; up++) {
        char *slash = strrchr(path, '/');
        if (slash)
            *slash = '\0';
        else
            text_copy(path, sizeof path, up ? ".." : ".");
    }
    return run_folder_open(folder, path[0] ? path : "/", &error) && file_exists(folder->store);
}

static bool open_record(struct record *record, const struct saved *saved, struct log *log,
                        struct error *error)
{
    struct run_folder folder;
    struct error why;
    if (!find_run(saved, &folder)) {
        log_write(log, LOG_INFO, "%s lies in no run's folder: nothing is recorded", saved->path);
        return true;
    }
    if (!file_join(record->cache, sizeof record->cache, folder.path, "features", error))
        return false;
    if (!run_folder_lock(&folder, &record->lock, &why)) {
        record->lock = 0;
        log_write(log, LOG_WARNING, "%s: nothing is recorded", why.message);
        return true;
    }
    return (record->store = store_open(folder.store, STORE_APPEND, error));
}

static void close_record(struct record *record)
{
    store_close(record->store);
    if (record->lock > 0)
        close(record->lock);
}

/* ---- The command ---- */

static bool write_table(const struct output *output, struct downstream_outcomes *outcomes,
                        struct error *error)
{
    struct table table;
    if (!downstream_table(&table, outcomes, error))
        return false;
    bool good = output_table(output, &table, error);
    table_release(&table);
    return good;
}

static void count_pieces(const struct cli *cli, const struct saved *saved,
                         const struct request *asked, struct downstream_pace *pace)
{
    int models = asked->count + cli_flag(cli, "untrained");
    for (int i = 0; i < asked->task_count; i++)
        downstream_pace_add(pace, asked->tasks[i],
                            models * downstream_seeds(asked->tasks[i], &saved->config));
}

/* After an interruption. */
static const char *what_comes_next(const struct cli *cli, const struct record *record)
{
    if (!record->store)
        return "";
    return cli_flag(cli, "again")
               ? "; what was done is on record, and with --again the same command begins anew"
               : "; the same command goes on from here";
}

/* What was done before an interruption is shown all the same. */
static bool run_tasks(struct cli *cli, const struct saved *saved, const struct request *asked,
                      const struct output *output, struct error *error)
{
    struct record record = {0};
    struct downstream_outcomes outcomes = {0};
    struct task_progress progress = {.cli = cli};
    bool good = cli_flag(cli, "no-record") || open_record(&record, saved, cli->log, error);
    count_pieces(cli, saved, asked, &progress.pace);
    struct downstream_request request = {.config = &saved->config,
                                         .shape = &saved->shape,
                                         .models = asked->models,
                                         .names = asked->names,
                                         .count = asked->count,
                                         .step = saved->step,
                                         .encoder_only = saved->encoder_only,
                                         .untrained = cli_flag(cli, "untrained"),
                                         .cache = record.cache[0] ? record.cache : NULL,
                                         .store = record.store,
                                         .again = cli_flag(cli, "again"),
                                         .log = cli->log,
                                         .pace = &progress.pace,
                                         .progress = task_progress_show,
                                         .context = &progress};
    good = good && downstream_run(&outcomes, &request, asked->tasks, asked->task_count, error);
    task_progress_end(&progress);
    bool stopped = !good && error->code == ERROR_CHECK && cli_signal(NULL);
    if (stopped)
        fprintf(stderr, "stopped%s\n", what_comes_next(cli, &record));
    if (good || (stopped && outcomes.count > 0))
        good = write_table(output, &outcomes, error);
    else
        good = stopped;
    downstream_outcomes_release(&outcomes);
    close_record(&record);
    return good;
}

static bool probe(struct cli *cli, struct error *error)
{
    struct output output;
    struct saved saved;
    struct request request = {0};
    const char *tasks = cli_value(cli, "task");
    log_set_sink(cli->log, log_to_stderr, cli);
    if (!output_init(&output, cli, error))
        return false;
    if (!downstream_tasks_parse(request.tasks, &request.task_count, tasks ? tasks : "knn,linear",
                                error))
        return error_prefix(error, "--task");
    if (!saved_open_encoders(&saved, cli->arguments[0], error))
        return false;
    cli_catch_signals();
    bool good = apply_options(cli, &saved.config, error) &&
                add_arms(&request, &saved, cli_value(cli, "arm"), error);
    if (good) {
        parallel_set_threads((int)saved.config.train.threads);
        good = run_tasks(cli, &saved, &request, &output, error);
    }
    saved_release(&saved);
    cli->signal = cli_signal(NULL);
    return good;
}

static const struct cli_option options[] = {
    {"task", 't', "LIST", "tasks, for example knn,linear (see 'maskscope list tasks')"},
    {"data", 0, "FOLDER", "images to use instead of the run's own (data.path), or scenes"},
    {"seeds", 0, "N", "repetitions, where something is drawn at random (probe.seeds)"},
    {"features", 0, "KIND", "class or mean (probe.features)"},
    {"block", 0, "N", "the encoder's block that features are taken from (probe.block)"},
    {"arm", 0, "NAME", "one of the run's arms only"},
    {"untrained", 0, NULL, "the weights that the run began with as well"},
    {"again", 0, NULL, "run tasks whose outcomes are on record once more"},
    {"no-record", 0, NULL, "leave the run's folder alone"},
    {"wide", 'w', NULL, "show every column as text, Markdown and LaTeX too"},
    CLI_SETTING_OPTIONS,
    OUTPUT_OPTIONS,
    {.name = NULL},
};

const struct cli_command command_probe = {
    .name = "probe",
    .arguments = "RUN|CHECKPOINT",
    .summary = "downstream tasks on each arm's encoder: nearest neighbours, linear probes ...",
    .examples = "  maskscope probe runs/first\n"
                "  maskscope probe runs/first --task knn,lowshot --untrained\n"
                "  maskscope probe runs/first --task linear --seeds 5 --features mean\n"
                "  maskscope probe runs/first --task knn --data /data/other --format json\n"
                "  maskscope stats runs/first --table probes\n",
    .options = options,
    .least = 1,
    .most = 1,
    .run = probe,
};
