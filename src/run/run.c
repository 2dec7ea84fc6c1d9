#include "run/run.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "run/checkpoint.h"
#include "run/trainer.h"

struct run {
    struct trainer trainer;
    pthread_t thread;
    bool started, joined;
    atomic_bool ended;
    FILE *log_file;
    int lock; /* on the folder; -1: none */
};

static struct run *run_new(struct log *log, struct error *error)
{
    struct run *run = memory_new(1, sizeof *run, error);
    if (!run)
        return NULL;
    run->trainer.log = log;
    run->lock = -1;
    return run;
}

static void *trainer_thread(void *context)
{
    struct run *run = context;
    trainer_run(&run->trainer);
    atomic_store(&run->ended, true);
    return NULL;
}

static bool take_options(struct run *run, const struct run_options *options, struct error *error)
{
    struct trainer *trainer = &run->trainer;
    trainer->pictures = options->pictures;
    trainer->stay = options->stay;
    for (int i = 0; i < options->script_count; i++)
        if (options->script[i].step >= trainer->step && /* what lies before was done then */
            !trainer_schedule(trainer, &options->script[i], error))
            return false;
    return true;
}

static bool start_thread(struct run *run, struct error *error)
{
    int status = pthread_create(&run->thread, NULL, trainer_thread, run);
    if (status != 0)
        return error_set(error, ERROR_SYSTEM, "cannot start the trainer thread: %s",
                         strerror(status));
    run->started = true;
    return true;
}

static void open_log_file(struct run *run, struct log *log)
{
    struct error error;
    if (!log)
        return;
    run->log_file = log_file_open(&run->trainer.folder, &error);
    if (run->log_file)
        log_set_sink(log, log_to_file, run->log_file);
    else
        log_write(log, LOG_WARNING, "%s", error.message);
}

static bool begin(struct run *run, bool resume, struct error *error)
{
    open_log_file(run, run->trainer.log);
    return trainer_init(&run->trainer, resume, error) && start_thread(run, error);
}

struct run *run_start(const struct config *config, const struct run_options *options,
                      struct log *log, struct error *error)
{
    struct run *run = run_new(log, error);
    if (!run)
        return NULL;
    struct trainer *trainer = &run->trainer;
    trainer->config = *config;
    bool opened = config_check(config, error) && config_shape(config, &trainer->shape, error) &&
                  trainer_resolve_masks(trainer, &trainer->config, error) &&
                  take_options(run, options, error) && trainer_open_inputs(trainer, error);
    /* The record names the images from wherever it is read. */
    file_make_absolute(trainer->config.data.path, SETTING_TEXT_SIZE);
    config_resolve(&trainer->config, NULL);
    bool made =
        opened && run_folder_make(&trainer->folder, options->folder, &trainer->config, error);
    if (made && run_folder_lock(&trainer->folder, &run->lock, error) && begin(run, false, error))
        return run;
    struct run_folder folder = trainer->folder;
    run_free(run);
    if (made)
        run_folder_remove(&folder);
    return NULL;
}

bool run_is_circumstance(const char *name)
{
    static const char *const names[] = {
        "data.path",     "data.threads", "data.ahead",  "data.cache",
        "train.threads", "run.folder",   "show.images", "show.history",
    };
    for (size_t i = 0; i < ARRAY_LENGTH(names); i++)
        if (!strcmp(name, names[i]))
            return true;
    return false;
}

static bool may_change(const char *name, struct error *error)
{
    const struct setting *row = setting_find(config_table(), name);
    if (!strncmp(name, "mask.", 5))
        return error_set(error, ERROR_DATA, "%s: of a run that has begun, set arms.NAME.%s", name,
                         name + 5);
    if (row && !row->live && !run_is_circumstance(name))
        return error_set(error, ERROR_DATA, "%s: it cannot change once a run has begun", name);
    return true;
}

/* NAME=VALUE: circumstances change at once; the rest is a change like any other, carried out before
 * the first step and put on record. */
static bool assign(struct trainer *trainer, const char *assignment, struct error *error)
{
    struct scheduled_command set = {.step = trainer->step, .command = {.kind = COMMAND_SET}};
    struct config changed = trainer->config;
    char *name = set.command.name;
    const char *equals = strchr(assignment, '=');
    size_t length = equals ? (size_t)(equals - assignment) : 0;
    if (length == 0 || length >= sizeof set.command.name)
        return error_set(error, ERROR_USAGE, "'%s': write NAME=VALUE", assignment);
    memcpy(name, assignment, length);
    if (!may_change(name, error) ||
        !config_assign(&changed, name, equals + 1, ORIGIN_COMMAND_LINE, NULL, error) ||
        !config_check(&changed, error))
        return false;
    file_make_absolute(changed.data.path, SETTING_TEXT_SIZE);
    if (run_is_circumstance(name))
        trainer->config = changed;
    else if (!text_copy(set.command.value, sizeof set.command.value, equals + 1))
        return error_set(error, ERROR_USAGE, "%s: the value is too long", name);
    return run_is_circumstance(name) || trainer_schedule(trainer, &set, error);
}

static bool read_checkpoint(struct trainer *trainer, const char *checkpoint, struct error *error)
{
    struct checkpoint_header header;
    if (!checkpoint_read_header(checkpoint, &header, error))
        return false;
    trainer->step = header.step;
    bool good = config_defaults(&trainer->config, error) &&
                config_read_text(&trainer->config, header.config, strlen(header.config), checkpoint,
                                 ORIGIN_FILE, NULL, error);
    checkpoint_header_release(&header);
    return good;
}

static bool prepare_resume(struct run *run, const char *folder, const char *const *assignments,
                           int assignment_count, char checkpoint[FILE_PATH_SIZE],
                           struct error *error)
{
    struct trainer *trainer = &run->trainer;
    if (!file_is_folder(folder))
        return error_set(error, ERROR_INPUT, "%s: no such run", folder);
    if (!run_folder_open(&trainer->folder, folder, error) ||
        !run_folder_lock(&trainer->folder, &run->lock, error) ||
        !checkpoint_latest(trainer->folder.checkpoints, checkpoint, error) ||
        !read_checkpoint(trainer, checkpoint, error))
        return false;
    for (int i = 0; i < assignment_count; i++)
        if (!assign(trainer, assignments[i], error))
            return false;
    return config_check(&trainer->config, error) &&
           config_shape(&trainer->config, &trainer->shape, error);
}

static bool reopen_inputs(struct trainer *trainer, struct error *error)
{
    if (trainer_open_inputs(trainer, error))
        return true;
    struct error why = *error;
    if (why.code == ERROR_INPUT)
        error_set(error, why.code, "%.400s (if the images have moved: --set data.path=WHERE)",
                  why.message);
    return false;
}

struct run *run_resume(const char *folder, const struct run_options *options,
                       const char *const *assignments, int assignment_count, struct log *log,
                       struct error *error)
{
    struct run *run = run_new(log, error);
    if (!run)
        return NULL;
    struct trainer *trainer = &run->trainer;
    char checkpoint[FILE_PATH_SIZE];
    bool good = prepare_resume(run, folder, assignments, assignment_count, checkpoint, error) &&
                take_options(run, options, error) && reopen_inputs(trainer, error) &&
                trainer_load(trainer, checkpoint, error) && begin(run, true, error);
    if (good)
        return run;
    run_free(run);
    return NULL;
}

void run_end_when_done(struct run *run)
{
    atomic_store(&run->trainer.stay, false);
}

bool run_send(struct run *run, const struct command *command)
{
    bool sent = command_queue_send(run->trainer.queue, command);
    if (command->kind == COMMAND_STOP || command->kind == COMMAND_ABORT)
        atomic_store(&run->trainer.hurry, true); /* who sees it finds the command */
    return sent;
}

const struct snapshot *run_snapshot(struct run *run)
{
    return snapshot_take(run->trainer.channel);
}

void run_ask(struct run *run, const struct question *question)
{
    struct command wake = {.kind = COMMAND_WAKE};
    if (run->trainer.questions && question_ask(run->trainer.questions, question))
        command_queue_send(run->trainer.queue, &wake); /* a full queue keeps it awake anyway */
}

const struct answer *run_answer(struct run *run)
{
    return run->trainer.questions ? question_answer(run->trainer.questions) : NULL;
}

bool run_ended(const struct run *run)
{
    return atomic_load(&run->ended);
}

const char *run_folder(const struct run *run)
{
    return run->trainer.folder.path;
}

bool run_join(struct run *run, struct error *error)
{
    if (run->started && !run->joined) {
        pthread_join(run->thread, NULL);
        run->joined = true;
    }
    if (run->trainer.failure.code == ERROR_NONE)
        return true;
    if (error)
        *error = run->trainer.failure;
    return false;
}

void run_free(struct run *run)
{
    if (!run)
        return;
    run_join(run, NULL);
    trainer_release(&run->trainer);
    if (run->log_file) {
        log_set_sink(run->trainer.log, NULL, NULL);
        fclose(run->log_file);
    }
    if (run->lock >= 0)
        close(run->lock);
    free(run);
}
