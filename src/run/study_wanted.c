/* Which of the outcomes on record are a study's: of its tasks, as its settings and their images are
 * now. Others may lie beside them, of `maskscope probe`, of probes while training, of settings and
 * labels before. */
#include <stdlib.h>
#include <string.h>

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
    for (int i = 0; i < wanted->variant_count; i++)
        if (!strcmp(variant, wanted->variants[i]))
            return true;
    return false;
}
