/* Which of the outcomes on record are a study's: of its tasks, as its settings and their images are
 * now. Others may lie beside them, of `maskscope probe`, of probes while training, of settings and
 * labels before. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "run/folder.h"
#include "run/study_private.h"

int64_t study_task_seeds(const struct study *study, const struct downstream_task *task)
{
    return strcmp(task->name, "finetune") ? downstream_seeds(task, &study->config)
                                          : study->config.study.finetune_seeds;
}

/* Of several variants one stands in the table: the linear head of segment, else the largest number
 * (of neighbours, of images a class, of what is hidden). */
static bool is_preferred(const struct study_wanted *wanted, const char *variant)
{
    if (!strcmp(wanted->task->name, "segment"))
        return strstr(variant, "linear");
    return !wanted->preferred || strverscmp(variant, wanted->preferred) > 0;
}

static bool is_variant(const struct study_wanted *wanted, const char *variant)
{
    for (int i = 0; i < wanted->variant_count; i++)
        if (!strcmp(variant, wanted->variants[i]))
            return true;
    return false;
}

static bool name_variants(struct study_wanted *wanted, const struct study *study,
                          struct error *error)
{
    struct mae_shape shape;
    struct text name = {0};
    bool good = config_shape(&study->config, &shape, error);
    while (good && wanted->variant_count < STUDY_VARIANT_LIMIT &&
           downstream_variant(wanted->task, &study->config, &shape, wanted->variant_count, &name)) {
        const char *kept =
            arena_text(&wanted->arena, text_of(&name), strlen(text_of(&name)), error);
        if ((good = kept)) {
            wanted->variants[wanted->variant_count++] = kept;
            if (is_preferred(wanted, kept))
                wanted->preferred = kept;
        }
        text_clear(&name);
    }
    text_release(&name);
    return good;
}

bool study_wanted_init(struct study_wanted *wanted, const struct study_plan *plan, int task,
                       struct error *error)
{
    const struct study *study = plan->study;
    *wanted = (struct study_wanted){.task = study->tasks[task],
                                    .setup = plan->setups[task],
                                    .seeds = study_task_seeds(study, study->tasks[task])};
    if (name_variants(wanted, study, error))
        return true;
    study_wanted_release(wanted);
    return false;
}

void study_wanted_release(struct study_wanted *wanted)
{
    arena_release(&wanted->arena);
}

bool study_wants(const struct study_wanted *wanted, const char *task, const char *variant,
                 const char *key, int64_t seed)
{
    if (seed < 0 || seed >= wanted->seeds || strcmp(task, wanted->task->name) != 0 ||
        strncmp(key, wanted->setup, DOWNSTREAM_SETUP_SIZE) != 0)
        return false;
    return is_variant(wanted, variant);
}

/* ---- Without their images ---- */

struct newest {
    const struct study_wanted *wanted;
    int64_t step; /* of the run */
    double time;
    char *setup;
};

static bool keep_newest(void *context, const struct store_probe *probe)
{
    struct newest *newest = context;
    if (probe->step == newest->step && probe->time >= newest->time &&
        !strcmp(probe->task, newest->wanted->task->name) &&
        is_variant(newest->wanted, probe->variant)) {
        newest->time = probe->time;
        snprintf(newest->setup, DOWNSTREAM_SETUP_SIZE + 1, "%s", probe->key);
    }
    return true;
}

static bool look_for_newest(struct newest *newest, const struct study_run *run, struct error *error)
{
    struct run_folder folder;
    newest->step = run->step;
    if (!run_folder_open(&folder, run->folder, error))
        return false;
    struct store *store = store_open(folder.store, STORE_READ, error);
    bool good = store && store_read_probes(store, keep_newest, newest, error);
    store_close(store);
    return good;
}

static bool find_newest(struct study_plan *plan, int task, struct error *error)
{
    struct study_wanted wanted;
    if (!study_wanted_init(&wanted, plan, task, error))
        return false;
    struct newest newest = {.wanted = &wanted, .setup = plan->setups[task]};
    bool good = true;
    for (int i = 0; good && i < plan->count; i++)
        good =
            plan->runs[i].state == STUDY_ABSENT || look_for_newest(&newest, &plan->runs[i], error);
    study_wanted_release(&wanted);
    return good;
}

bool study_find_newest_setups(struct study_plan *plan, struct error *error)
{
    for (int task = 0; task < plan->study->task_count; task++)
        if (!find_newest(plan, task, error))
            return false;
    return true;
}
