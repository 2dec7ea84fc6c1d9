/* Downstream tasks of a study's run. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "run/folder.h"
#include "run/saved.h"
#include "run/study_private.h"

bool study_point_to_images(const struct study *study, const struct downstream_task *task,
                           struct config *config, struct error *error)
{
    const char *images = study->config.study.segment;
    if (strcmp(task->name, "segment") != 0 || !images[0])
        return true;
    bool drawn = !strcmp(images, "scenes");
    return config_assign(config, "data.source", drawn ? "scenes" : "folder", ORIGIN_COMMAND_LINE,
                         NULL, error) &&
           (drawn || config_assign(config, "data.path", images, ORIGIN_COMMAND_LINE, NULL, error));
}

/* Without a model nothing is done but to look at the images. */
bool study_check_tasks(const struct study *study, struct log *log, struct error *error)
{
    struct mae_shape shape;
    struct config *config = memory_new(1, sizeof *config, error);
    bool good = config && config_shape(&study->config, &shape, error);
    for (int i = 0; good && i < study->task_count; i++) {
        struct downstream_outcomes none = {0};
        struct downstream_request request = {.config = config, .shape = &shape, .log = log};
        const struct downstream_task *task = study->tasks[i];
        *config = study->config;
        good = study_point_to_images(study, task, config, error) &&
               downstream_run(&none, &request, &task, 1, error);
        if (!good && !strcmp(task->name, "segment"))
            error_prefix(error, "study.segment");
        downstream_outcomes_release(&none);
    }
    free(config);
    return good;
}

/* All that a task is asked with. */
struct asking {
    const struct study *study;
    const struct study_run *run;
    const struct study_watch *watch;
    struct saved saved;
    struct store *store;
    int lock; /* on the run's folder */
    char cache[FILE_PATH_SIZE];
};

/* Notes which settings the outcomes have, so that the tables tell them from those of other
 * probes. */
static bool note_setup(const struct asking *asking, const struct downstream_task *task,
                       const struct downstream_outcomes *outcomes, struct error *error)
{
    char key[STUDY_KEY_SIZE], setup[DOWNSTREAM_SETUP_SIZE + 1];
    if (outcomes->count == 0)
        return true;
    study_setup_key(key, task->name);
    snprintf(setup, sizeof setup, "%.*s", DOWNSTREAM_SETUP_SIZE, outcomes->items[0].key);
    if (!store_begin(asking->store, error))
        return false;
    if (store_set_meta(asking->store, key, setup, error))
        return store_commit(asking->store, error);
    store_rollback(asking->store);
    return false;
}

static bool ask(const struct asking *asking, const struct downstream_task *task,
                struct error *error)
{
    const struct study *study = asking->study;
    struct downstream_outcomes outcomes = {0};
    struct config *config = memory_new(1, sizeof *config, error);
    const char *names[ARM_LIMIT];
    if (!config)
        return false;
    study_run_config(study, asking->run, config);
    config->probe.seeds = study_task_seeds(study, task);
    for (int i = 0; i < asking->saved.arm_count; i++)
        names[i] = asking->saved.config.arms[i].name;
    struct downstream_request request = {.config = config,
                                         .shape = &asking->saved.shape,
                                         .models = (const struct mae *const *)asking->saved.models,
                                         .names = names,
                                         .count = asking->saved.arm_count,
                                         .step = asking->saved.step,
                                         .encoder_only = asking->saved.encoder_only,
                                         .untrained = study_asks_untrained(study, asking->run),
                                         .cache = asking->cache,
                                         .store = asking->store,
                                         .log = asking->watch->log,
                                         .progress = asking->watch->progress,
                                         .context = asking->watch->context};
    bool good = study_point_to_images(study, task, config, error) &&
                downstream_run(&outcomes, &request, &task, 1, error) &&
                note_setup(asking, task, &outcomes, error);
    downstream_outcomes_release(&outcomes);
    free(config);
    return good;
}

bool study_ask(const struct study *study, const struct study_run *run,
               const struct study_watch *watch, struct error *error)
{
    struct asking asking = {.study = study, .run = run, .watch = watch};
    struct run_folder folder;
    if (!run_folder_open(&folder, run->folder, error) ||
        !file_join(asking.cache, sizeof asking.cache, folder.path, "features", error) ||
        !run_folder_lock(&folder, &asking.lock, error))
        return false;
    bool opened = saved_open_encoders(&asking.saved, run->folder, error);
    bool good = opened && (asking.store = store_open(folder.store, STORE_APPEND, error));
    for (int i = 0; good && i < study->task_count; i++)
        good = ask(&asking, study->tasks[i], error);
    store_close(asking.store);
    if (opened)
        saved_release(&asking.saved);
    close(asking.lock);
    return good;
}
