/* The runs of a study: how many arms train side by side, and where each run lies. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "run/study_private.h"

size_t study_memory(const struct config *config, const struct mae_shape *shape, int arms)
{
    enum { COPIES = 5 }; /* weights, gradients, two moments, and the average of guided masks */
    int images = (int)(config->train.batch / config->train.accumulate);
    size_t visible = (size_t)images * (size_t)mae_patches(shape), parameters = 0;
    struct mae *sizes = mae_new(shape, NULL);
    if (sizes)
        parameters = sizes->table.total;
    mae_free(sizes);
    return (size_t)arms * COPIES * parameters * sizeof(float) + config_cache(config) +
           mae_pass_size(shape, images, visible, config_use(config));
}

/* As it was divided before, where there is a study; else as many as leave a quarter of the free
 * memory to others. */
static bool choose_arms_at_once(const struct study *study, const char *folder, int *arms,
                                struct error *error)
{
    const double share = 0.75;
    char path[FILE_PATH_SIZE];
    struct mae_shape shape;
    struct study before = {0};
    int most = study->arm_count < ARM_LIMIT ? study->arm_count : ARM_LIMIT;
    *arms = (int)study->config.study.arms_at_once;
    if (*arms > 0)
        return true;
    if (!file_join(path, sizeof path, folder, "study.yaml", error) ||
        !config_shape(&study->config, &shape, error))
        return false;
    if (file_exists(path)) {
        bool good =
            config_defaults(&before.config, error) && study_read_file(&before, path, NULL, error);
        *arms = (int)before.config.study.arms_at_once;
        study_release(&before);
        if (!good || *arms > 0)
            return good;
    }
    for (*arms = most; *arms > 1; --*arms)
        if ((double)study_memory(&study->config, &shape, *arms) <
            share * (double)memory_available())
            break;
    return true;
}

/* Of a part of a seed's arms, of so many. */
static bool name_folder(char path[FILE_PATH_SIZE], const char *folder, int64_t seed, int part,
                        int parts, struct error *error)
{
    char name[64];
    int length = snprintf(name, sizeof name, "seed%lld", (long long)seed);
    if (parts > 1)
        snprintf(name + length, sizeof name - (size_t)length, "-part%d", part + 1);
    return file_join(path, FILE_PATH_SIZE, folder, name, error);
}

/* That no run of the seed lies there which only another division has: what it trained would be
 * trained anew beside it. */
static bool check_division(const char *folder, int64_t seed, int parts, struct error *error)
{
    char whole[FILE_PATH_SIZE], part[FILE_PATH_SIZE];
    if (!name_folder(whole, folder, seed, 0, 1, error) ||
        !name_folder(part, folder, seed, parts > 1 ? parts : 0, parts + 1, error))
        return false;
    const char *other = file_is_folder(part) ? part : NULL;
    if (parts > 1 && file_is_folder(whole))
        other = whole;
    return !other || error_set(error, ERROR_DATA,
                               "%s: the study was divided into other runs (study.arms_at_once or "
                               "its arms were others): what was trained would be trained anew "
                               "(another folder begins another study)",
                               other);
}

static bool place_run(struct study_plan *plan, const char *folder, int number, int parts,
                      struct error *error)
{
    const struct study *study = plan->study;
    struct study_run *run = &plan->runs[number];
    int part = number % parts;
    run->seed = (int64_t)study->config.study.seeds.items[number / parts];
    run->first = study->arm_count * part / parts;
    run->count = study->arm_count * (part + 1) / parts - run->first;
    return name_folder(run->folder, folder, run->seed, part, parts, error) &&
           check_division(folder, run->seed, parts, error) && study_look(plan, run, error);
}

/* Parts of a seed are as even as they can be. */
bool study_divide(struct study_plan *plan, const char *folder, struct error *error)
{
    const struct study *study = plan->study;
    if (!choose_arms_at_once(study, folder, &plan->arms_at_once, error))
        return false;
    int parts = (study->arm_count + plan->arms_at_once - 1) / plan->arms_at_once;
    int count = study->config.study.seeds.count * parts;
    plan->runs = memory_new((size_t)count, sizeof *plan->runs, error);
    for (int i = 0; plan->runs && i < count; i++, plan->count++)
        if (!place_run(plan, folder, i, parts, error))
            return false;
    return plan->runs;
}
