/* Downstream tasks of a study's run. */
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

/* Makes the configuration of a run that with which the task is asked. */
static bool adapt(const struct study *study, const struct downstream_task *task,
                  struct config *config, struct error *error)
{
    config_resolve(config, NULL);
    config->probe.seeds = study_task_seeds(study, task);
    return study_point_to_images(study, task, config, error);
}

bool study_find_setups(struct study_plan *plan, struct log *log, struct error *error)
{
    const struct study *study = plan->study;
    struct mae_shape shape;
    struct config *config = memory_new(1, sizeof *config, error);
    bool good = config && config_shape(&study->config, &shape, error);
    for (int i = 0; good && i < study->task_count; i++) {
        struct downstream_request request = {.config = config, .shape = &shape, .log = log};
        const struct downstream_task *task = study->tasks[i];
        *config = study->config;
        good = adapt(study, task, config, error) &&
               downstream_setup(plan->setups[i], &request, task, error);
        if (!good && !strcmp(task->name, "segment"))
            error_prefix(error, "study.segment");
    }
    free(config);
    return good;
}

void study_pace(const struct study_plan *plan, struct downstream_pace *pace)
{
    const struct study *study = plan->study;
    for (int i = 0; i < plan->count; i++)
        for (int task = 0; task < study->task_count; task++)
            downstream_pace_add(
                pace, study->tasks[task],
                study_task_seeds(study, study->tasks[task]) *
                    (plan->runs[i].count + study_asks_untrained(study, &plan->runs[i])));
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
                                         .pace = asking->watch->pace,
                                         .progress = asking->watch->progress,
                                         .context = asking->watch->context};
    bool good =
        adapt(study, task, config, error) && downstream_run(&outcomes, &request, &task, 1, error);
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
