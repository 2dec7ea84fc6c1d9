#include "run/run.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "run/checkpoint.h"
#include "run/trainer.h"

struct run {
    struct trainer trainer;
    pthread_t thread;
    bool started, joined;
    atomic_bool ended;
    FILE *log_file;
};

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
    size_t count = (size_t)options->script_count;
    trainer->schedule = memory_new(count, sizeof *trainer->schedule, error);
    if (!trainer->schedule)
        return false;
    if (count > 0)
        memcpy(trainer->schedule, options->script, count * sizeof *trainer->schedule);
    trainer->schedule_count = options->script_count;
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
    run->log_file = log_file_open(&run->trainer.folder, &error);
    if (run->log_file)
        log_set_sink(log, log_to_file, run->log_file);
    else
        log_write(log, LOG_WARNING, "%s", error.message);
}

struct run *run_start(const struct config *config, const struct run_options *options,
                      struct log *log, struct error *error)
{
    struct run *run = memory_new(1, sizeof *run, error);
    if (!run)
        return NULL;
    struct trainer *trainer = &run->trainer;
    trainer->config = *config;
    trainer->log = log;
    bool good = config_check(config, error) && config_shape(config, &trainer->shape, error) &&
                take_options(run, options, error) && trainer_open_inputs(trainer, error) &&
                run_folder_make(&trainer->folder, options->folder, config, error);
    if (good) {
        open_log_file(run, log);
        good = trainer_init(trainer, false, error) && start_thread(run, error);
    }
    if (good)
        return run;
    run_free(run);
    return NULL;
}

/* The checkpoint's configuration with the caller's changes. */
static bool resumed_config(struct trainer *trainer, const struct checkpoint_header *header,
                           const char *path, const char *const *assignments, int count,
                           struct error *error)
{
    config_defaults(&trainer->config);
    if (!config_read_text(&trainer->config, header->config, strlen(header->config), path,
                          ORIGIN_FILE, NULL, error))
        return false;
    for (int i = 0; i < count; i++) {
        const char *equals = strchr(assignments[i], '=');
        char name[COMMAND_NAME_SIZE];
        size_t length = equals ? (size_t)(equals - assignments[i]) : 0;
        if (length == 0 || length >= sizeof name)
            return error_set(error, ERROR_USAGE, "'%s': write NAME=VALUE", assignments[i]);
        memcpy(name, assignments[i], length);
        name[length] = '\0';
        if (!config_assign(&trainer->config, name, equals + 1, ORIGIN_COMMAND_LINE, NULL, error))
            return false;
    }
    return config_check(&trainer->config, error);
}

static bool prepare_resume(struct run *run, const char *folder, const char *const *assignments,
                           int assignment_count, char checkpoint[FILE_PATH_SIZE],
                           struct error *error)
{
    struct trainer *trainer = &run->trainer;
    struct checkpoint_header header;
    if (!file_is_folder(folder))
        return error_set(error, ERROR_INPUT, "%s: no such run", folder);
    if (!run_folder_open(&trainer->folder, folder, error) ||
        !checkpoint_latest(trainer->folder.checkpoints, checkpoint, error) ||
        !checkpoint_read_header(checkpoint, &header, error))
        return false;
    trainer->step = header.step;
    bool good = resumed_config(trainer, &header, checkpoint, assignments, assignment_count, error) &&
                config_shape(&trainer->config, &trainer->shape, error);
    checkpoint_header_release(&header);
    return good;
}

struct run *run_resume(const char *folder, const struct run_options *options,
                       const char *const *assignments, int assignment_count, struct log *log,
                       struct error *error)
{
    struct run *run = memory_new(1, sizeof *run, error);
    if (!run)
        return NULL;
    struct trainer *trainer = &run->trainer;
    char checkpoint[FILE_PATH_SIZE];
    trainer->log = log;
    bool good =
        prepare_resume(run, folder, assignments, assignment_count, checkpoint, error) &&
        take_options(run, options, error) && trainer_open_inputs(trainer, error) &&
        trainer_load(trainer, checkpoint, error);
    if (good) {
        open_log_file(run, log);
        good = trainer_init(trainer, true, error) && start_thread(run, error);
    }
    if (good)
        return run;
    run_free(run);
    return NULL;
}

bool run_send(struct run *run, const struct command *command)
{
    if (command->kind == COMMAND_STOP || command->kind == COMMAND_ABORT)
        atomic_store(&run->trainer.hurry, true);
    return command_queue_send(run->trainer.queue, command);
}

const struct snapshot *run_snapshot(struct run *run)
{
    return snapshot_take(run->trainer.channel);
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
    free(run);
}
