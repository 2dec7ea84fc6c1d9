/* maskscope study: a grid of arms with several seeds, and one table. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/parallel.h"
#include "cli/commands.h"
#include "cli/headless.h"
#include "cli/output.h"
#include "cli/task_progress.h"
#include "run/folder.h"
#include "run/study.h"

enum { MEASURE_SECONDS = 5, MEASURE_SECONDS_MOST = 3600 };

/* ---- What is asked for ---- */

/* Whether the argument is the folder of a study, and the file that describes it. */
static bool find_file(const char *argument, char file[FILE_PATH_SIZE], bool *folder,
                      struct error *error)
{
    *folder = file_is_folder(argument);
    if (!*folder)
        return text_copy(file, FILE_PATH_SIZE, argument) ||
               error_set(error, ERROR_USAGE, "%s: the path is too long", argument);
    return file_join(file, FILE_PATH_SIZE, argument, "study.yaml", error) &&
           (file_exists(file) ||
            error_set(error, ERROR_INPUT, "%s: it holds no study (study.yaml)", argument));
}

/* runs/study-NAME of a file NAME.yaml: the same at each call, so that the study goes on there. */
static bool default_folder(const struct config *config, const char *file,
                           char folder[FILE_PATH_SIZE], struct error *error)
{
    char name[FILE_PATH_SIZE];
    const char *slash = strrchr(file, '/'), *base = slash ? slash + 1 : file;
    const char *dot = strrchr(base, '.');
    int length = dot && dot > base ? (int)(dot - base) : (int)strlen(base);
    snprintf(name, sizeof name, "study-%.*s", length < 200 ? length : 200, base);
    return file_join(folder, FILE_PATH_SIZE, config->run.folder, name, error);
}

static bool choose_folder(const struct cli *cli, const struct config *config, const char *file,
                          bool is_folder, char folder[FILE_PATH_SIZE], struct error *error)
{
    const char *out = cli_value(cli, "out"), *given = is_folder ? cli->arguments[0] : out;
    if (is_folder && out)
        return error_set(error, ERROR_USAGE, "--out: the study's folder is given already");
    if (!given)
        return default_folder(config, file, folder, error);
    size_t length = strlen(given);
    while (length > 1 && given[length - 1] == '/')
        length--;
    if (length >= FILE_PATH_SIZE)
        return error_set(error, ERROR_USAGE, "%s: the path is too long", given);
    memcpy(folder, given, length);
    folder[length] = '\0';
    return true;
}

/* The masks are the file's to say: each arm has its own. */
static bool refuse_masks(const struct cli *cli, struct error *error)
{
    for (int i = 0; i < cli->option_count; i++) {
        const char *value = cli->options[i].value;
        if (!strcmp(cli->options[i].name, "set") &&
            (!strncmp(value, "mask.", 5) || !strncmp(value, "arms.", 5) ||
             !strncmp(value, "seed=", 5)))
            return error_set(error, ERROR_USAGE,
                             "--set '%.80s': a study's arms are those of its file, and its seeds "
                             "are study.seeds",
                             value);
    }
    return true;
}

static bool read_study(const struct cli *cli, const char *file, struct study *study,
                       struct error *error)
{
    struct config_origins origins = {0};
    return refuse_masks(cli, error) && cli_user_config(&study->config, &origins, error) &&
           study_read_file(study, file, &origins, error) &&
           cli_assignments(cli, &study->config, &origins, error) && study_check(study, error);
}

/* ---- The plan ---- */

static int tasks_left(const struct study_plan *plan, const struct study_run *run)
{
    int left = 0;
    for (int i = 0; i < plan->study->task_count; i++)
        left += !run->done[i];
    return left;
}

static void add_row(struct table *table, const struct study_plan *plan,
                    const struct study_cost *cost, const struct study_run *run)
{
    const char *slash = strrchr(run->folder, '/');
    table_add_text(table, slash ? slash + 1 : run->folder);
    table_add_integer(table, run->seed);
    table_add_integer(table, run->count);
    table_add_text(table, study_state_name(run->state));
    table_add_integer(table, run->step);
    table_add_integer(table, plan->total_steps);
    table_add_integer(table, tasks_left(plan, run));
    table_add_real(table, study_training_seconds(plan, cost, run));
    for (int task = 0; task < plan->study->task_count; task++)
        table_add_real(table, study_task_seconds(plan, cost, run, task));
}

static double sum_of_tasks(const struct study_plan *plan, const struct study_cost *cost, int task)
{
    double sum = 0;
    for (int i = 0; i < plan->count; i++)
        sum += study_task_seconds(plan, cost, &plan->runs[i], task);
    return sum;
}

static void write_caption(const struct study_plan *plan, const struct study_cost *cost,
                          int64_t seconds, struct text *text)
{
    const struct study *study = plan->study;
    char duration[16];
    double train = 0;
    struct mae_shape shape = {0};
    struct error unused;
    for (int i = 0; i < plan->count; i++)
        train += study_training_seconds(plan, cost, &plan->runs[i]);
    text_from_duration(duration, train);
    (void)config_shape(&study->config, &shape, &unused); /* it was checked */
    text_append(text,
                "%d arms with %d seeds in %d runs of %lld steps, on %lld images (%lld held out). "
                "Left to do, by %lld seconds of measurement here: about %s of training",
                study->arm_count, study->config.study.seeds.count, plan->count,
                (long long)plan->total_steps, (long long)plan->train_images,
                (long long)plan->held_out_images, (long long)seconds, duration);
    for (int task = 0; task < study->task_count; task++) {
        text_from_duration(duration, sum_of_tasks(plan, cost, task));
        text_append(text, ", %s of %s", duration, study->tasks[task]->name);
    }
    text_append(text, ". A run of %d arms takes about %.0f MB at most.", plan->runs[0].count,
                (double)study_memory(&study->config, &shape, plan->runs[0].count) / 1e6);
}

static bool begin_plan(struct table *table, const struct study_plan *plan, const char *caption,
                       struct error *error)
{
    struct table_column columns[8 + STUDY_TASK_LIMIT] = {
        {"run", NULL, TABLE_TEXT, 0},           {"seed", NULL, TABLE_INTEGER, 0},
        {"arms", NULL, TABLE_INTEGER, 0},       {"state", NULL, TABLE_TEXT, 0},
        {"step", NULL, TABLE_INTEGER, 0},       {"steps", NULL, TABLE_INTEGER, 0},
        {"tasks_left", NULL, TABLE_INTEGER, 0}, {"training", "s", TABLE_REAL, 3},
    };
    size_t count = 8;
    for (int task = 0; task < plan->study->task_count; task++)
        columns[count++] =
            (struct table_column){plan->study->tasks[task]->name, "s", TABLE_REAL, 3};
    return table_init(table, "plan", caption, columns, count, error);
}

static bool fill_plan(struct table *table, const struct study_plan *plan,
                      const struct study_cost *cost, int64_t seconds, struct error *error)
{
    struct text caption = {0};
    write_caption(plan, cost, seconds, &caption);
    bool good = begin_plan(table, plan, text_of(&caption), error);
    text_release(&caption);
    for (int i = 0; good && i < plan->count; i++)
        add_row(table, plan, cost, &plan->runs[i]);
    return good;
}

static bool show_plan(const struct cli *cli, const struct study_plan *plan,
                      const struct output *output, struct error *error)
{
    struct study_cost cost;
    struct table table;
    int64_t seconds;
    if (!cli_integer(cli, "seconds", 0, MEASURE_SECONDS_MOST, MEASURE_SECONDS, &seconds, error) ||
        !study_cost_measure(&cost, plan, (double)seconds, cli->log, error))
        return false;
    bool good = fill_plan(&table, plan, &cost, seconds, error);
    if (good) {
        good = output_table(output, &table, error);
        table_release(&table);
    }
    study_cost_release(&cost);
    return good;
}

/* ---- Doing it ---- */

static void say(const struct cli *cli, const struct study_plan *plan, int number, const char *what)
{
    if (!cli_flag(cli, "quiet"))
        fprintf(stderr, "%s (%d of %d): %s\n", plan->runs[number].folder, number + 1, plan->count,
                what);
}

static struct run *start(struct cli *cli, const struct study_plan *plan, struct study_run *run,
                         struct error *error)
{
    struct config config;
    struct run_options options = {.folder = run->folder};
    study_run_config(plan->study, run, &config);
    if (run->state == STUDY_ABSENT)
        return study_clear(run, error) ? run_start(&config, &options, cli->log, error) : NULL;
    char steps[64], epochs[64], threads[64], real[32];
    const char *const assignments[] = {threads, steps, epochs};
    text_from_real(real, config.train.epochs);
    snprintf(threads, sizeof threads, "train.threads=%lld", (long long)config.train.threads);
    snprintf(steps, sizeof steps, "train.steps=%lld", (long long)config.train.steps);
    snprintf(epochs, sizeof epochs, "train.epochs=%s", real);
    return run_resume(run->folder, &options, assignments, run->lengthen ? 3 : 1, cli->log, error);
}

static bool train(struct cli *cli, const struct study_plan *plan, int number, struct error *error)
{
    struct study_run *run = &plan->runs[number];
    say(cli, plan, number, run->state == STUDY_ABSENT ? "training" : "training goes on");
    struct run *training = start(cli, plan, run, error);
    return training && headless_wait(cli, training, false, error) && study_look(plan, run, error);
}

static bool is_trained(const struct study_plan *plan)
{
    int trained = 0;
    for (int i = 0; i < plan->count; i++)
        trained += plan->runs[i].state == STUDY_TRAINED;
    return trained == plan->count;
}

static bool ask(struct cli *cli, const struct study_plan *plan, int number,
                struct task_progress *progress, struct error *error)
{
    struct study_watch watch = {cli->log, &progress->pace, task_progress_show, progress};
    struct study_run *run = &plan->runs[number];
    if (plan->study->task_count == 0)
        return true;
    say(cli, plan, number, "tasks");
    progress->pace.trains = !is_trained(plan);
    log_set_sink(cli->log, log_to_stderr, cli);
    parallel_set_threads((int)plan->study->config.train.threads);
    bool good = study_ask(plan->study, run, &watch, error) && study_look(plan, run, error);
    task_progress_end(progress);
    log_set_sink(cli->log, NULL, NULL);
    return good;
}

/* False with error->code ERROR_CHECK: a signal ended it, and the same command goes on. */
static bool do_runs(struct cli *cli, const struct study_plan *plan, struct error *error)
{
    struct task_progress progress = {.cli = cli};
    study_pace(plan, &progress.pace);
    for (int i = 0; i < plan->count; i++) {
        if (plan->runs[i].state != STUDY_TRAINED && !train(cli, plan, i, error))
            return false;
        if (cli_signal(NULL) || !ask(cli, plan, i, &progress, error))
            return cli_signal(NULL) ? error_set(error, ERROR_CHECK, "interrupted") : false;
    }
    return true;
}

static bool write_table(const struct cli *cli, const struct study_plan *plan,
                        const struct output *output, struct error *error)
{
    const char *name = cli_value(cli, "table");
    struct table table;
    bool pairs = name && !strcmp(name, "pairs");
    if (!(pairs ? study_pairs_table(&table, plan, error) : study_table(&table, plan, error)))
        return false;
    bool good = output_table(output, &table, error);
    table_release(&table);
    return good;
}

static bool carry_out(struct cli *cli, const struct study_plan *plan, const char *folder,
                      const struct output *output, struct error *error)
{
    struct run_folder at;
    int lock = -1;
    if (!file_make_folder(folder, error) || !run_folder_open(&at, folder, error) ||
        !run_folder_lock(&at, &lock, error))
        return false;
    cli_catch_signals();
    bool good = study_write(plan, folder, error) && do_runs(cli, plan, error);
    cli->signal = cli_signal(NULL);
    bool stopped = !good && cli->signal && error->code == ERROR_CHECK;
    if (stopped)
        fprintf(stderr, "stopped; 'maskscope study %s' goes on from here\n", folder);
    close(lock);
    return stopped || (good && write_table(cli, plan, output, error));
}

static bool check_table(const struct cli *cli, struct error *error)
{
    const char *name = cli_value(cli, "table");
    return !name || !strcmp(name, "study") || !strcmp(name, "pairs") ||
           error_set(error, ERROR_USAGE, "--table '%.40s': there are study and pairs", name);
}

/* A table can do without the images. */
static bool make_plan(const struct cli *cli, struct study_plan *plan, const struct study *study,
                      const char *folder, struct error *error)
{
    struct error why;
    if (study_plan(plan, study, folder, cli->log, error))
        return true;
    return cli_flag(cli, "report") && error->code == ERROR_INPUT &&
           study_plan_of_records(plan, study, folder, &why);
}

static bool study(struct cli *cli, struct error *error)
{
    struct output output;
    struct study study = {0};
    struct study_plan plan = {0};
    char file[FILE_PATH_SIZE], folder[FILE_PATH_SIZE];
    bool is_folder;
    bool good = check_table(cli, error) && output_init(&output, cli, error) &&
                find_file(cli->arguments[0], file, &is_folder, error) &&
                read_study(cli, file, &study, error) &&
                choose_folder(cli, &study.config, file, is_folder, folder, error) &&
                make_plan(cli, &plan, &study, folder, error);
    if (good && cli_flag(cli, "report"))
        good = write_table(cli, &plan, &output, error);
    else
        good = good && (cli_flag(cli, "dry-run") ? show_plan(cli, &plan, &output, error)
                                                 : carry_out(cli, &plan, folder, &output, error));
    study_plan_release(&plan);
    study_release(&study);
    return good;
}

static const struct cli_option options[] = {
    CLI_CONFIG_OPTIONS,
    {"out", 0, "DIR", "the study's folder (default: runs/study-NAME of NAME.yaml)"},
    {"dry-run", 'n', NULL, "print the plan, with what is left to do and how long it will take"},
    {"seconds", 0, "N", "of measurement for the plan (default: 5)"},
    {"report", 'r', NULL, "print the table of what is there by now, and do nothing else"},
    {"table", 't', "NAME",
     "study (a row for each arm) or pairs (each two, and each with untrained)"},
    {"wide", 'w', NULL, "show every column as text, Markdown and LaTeX too"},
    OUTPUT_OPTIONS,
    {NULL},
};

const struct cli_command command_study = {
    .name = "study",
    .arguments = "CONFIG|STUDY",
    .summary = "a grid of arms with several seeds, downstream tasks, and one table of it all",
    .examples = "  maskscope study configs/paper-sampling.yaml --dry-run\n"
                "  maskscope study configs/paper-sampling.yaml --out runs/sampling\n"
                "  maskscope study runs/sampling                      # goes on where it was\n"
                "  maskscope study runs/sampling --set study.seeds=[0,1,2,3,4]\n"
                "  maskscope study runs/sampling --report --format latex -o sampling.tex\n",
    .options = options,
    .least = 1,
    .most = 1,
    .run = study,
};
