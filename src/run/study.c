/* A study's file. */
#include "run/study.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "run/config_private.h"
#include "run/study_private.h"

static bool name_is_taken(const struct study *study, const char *name)
{
    for (int i = 0; i < study->arm_count; i++)
        if (!strcmp(study->arms[i].name, name))
            return true;
    return false;
}

bool study_add_arm(struct study *study, const char *name, const struct mask_choice *mask,
                   bool fresh, struct error *error)
{
    char made[ARM_NAME_SIZE + 16];
    snprintf(made, sizeof made, "%s", name);
    for (int suffix = 2; fresh && name_is_taken(study, made); suffix++)
        snprintf(made, sizeof made, "%s-%d", name, suffix);
    if (!config_arm_name_check(made, error))
        return false;
    if (!strcmp(made, DOWNSTREAM_UNTRAINED))
        return error_set(error, ERROR_DATA, "arm '%s': the initial weights are called so", made);
    if (name_is_taken(study, made))
        return error_set(error, ERROR_DATA, "there is an arm '%s' already", made);
    if (study->arm_count == STUDY_ARM_LIMIT)
        return error_set(error, ERROR_DATA, "a study has %d arms at most", STUDY_ARM_LIMIT);
    if (!study->arms && !(study->arms = memory_new(STUDY_ARM_LIMIT, sizeof *study->arms, error)))
        return false;
    struct arm_config *arm = &study->arms[study->arm_count++];
    arm->mask = *mask;
    return text_copy(arm->name, sizeof arm->name, made);
}

/* An arm as in a run's file. One without a name is called after its mask. */
static bool read_arm(struct study *study, const struct node *node, const char *file,
                     struct config *scratch, struct error *error)
{
    scratch->arm_count = 0;
    if (!config_read_arm(scratch, node, file, error))
        return false;
    bool named = node_child(node, "name");
    return study_add_arm(study, scratch->arms[0].name, &scratch->arms[0].mask, !named, error) ||
           error_prefix(error, "%s:%d", file, node->line);
}

static bool read_arms(struct study *study, const struct node *list, const char *file,
                      struct error *error)
{
    if (list->kind != NODE_LIST || list->count == 0)
        return error_set(error, ERROR_DATA, "%s:%d: arms is a list of {name: ..., mask: {...}}",
                         file, list->line);
    struct config *scratch = memory_new(1, sizeof *scratch, error);
    bool good = scratch;
    if (good)
        *scratch = study->config;
    for (const struct node *arm = list->children; good && arm; arm = arm->next)
        good = read_arm(study, arm, file, scratch, error);
    free(scratch);
    return good;
}

/* Of a file with neither arms nor grid: one with the mask that it gives. */
static bool add_sole_arm(struct study *study, struct error *error)
{
    const struct arm_config *arm = &study->config.arms[0];
    return study_add_arm(study, arm->name, &arm->mask, true, error);
}

static bool read_document(struct study *study, const struct node *root, const char *file,
                          struct config_origins *origins, struct error *error)
{
    const struct node *arms = node_child(root, "arms"), *grid = node_child(root, "grid");
    study->arm_count = 0;
    return config_read_study(&study->config, root, file, origins, error) &&
           (!arms || read_arms(study, arms, file, error)) &&
           (!grid || study_read_grid(study, grid, file, error)) &&
           (arms || grid || add_sole_arm(study, error));
}

bool study_read_file(struct study *study, const char *path, struct config_origins *origins,
                     struct error *error)
{
    struct arena arena = {0};
    struct node *root = node_read_yaml_file(path, &arena, error);
    bool good = root && read_document(study, root, path, origins, error);
    arena_release(&arena);
    return good;
}

bool study_file_has_grid(const char *path)
{
    struct arena arena = {0};
    struct error unused;
    const struct node *root = node_read_yaml_file(path, &arena, &unused);
    bool found = root && root->kind == NODE_MAP && node_child(root, "grid");
    arena_release(&arena);
    return found;
}

void study_release(struct study *study)
{
    free(study->arms);
    *study = (struct study){0};
}

/* ---- Checks ---- */

static bool check_seeds(const struct study *study, struct error *error)
{
    const struct setting_reals *seeds = &study->config.study.seeds;
    for (int i = 0; i < seeds->count; i++) {
        if (seeds->items[i] != floor(seeds->items[i]))
            return error_set(error, ERROR_DATA, "study.seeds: %g is not a whole number",
                             seeds->items[i]);
        for (int j = 0; j < i; j++)
            if (seeds->items[i] == seeds->items[j])
                return error_set(error, ERROR_DATA, "study.seeds: %g is there twice",
                                 seeds->items[i]);
    }
    return seeds->count > 0 || error_set(error, ERROR_DATA, "study.seeds: at least one");
}

static bool find_tasks(struct study *study, struct error *error)
{
    const struct setting_texts *names = &study->config.study.tasks;
    study->task_count = 0;
    if (names->count > STUDY_TASK_LIMIT)
        return error_set(error, ERROR_DATA, "study.tasks: %d at most", STUDY_TASK_LIMIT);
    for (int i = 0; i < names->count; i++) {
        const struct downstream_task *task = downstream_task_find(names->items[i], error);
        if (!task) {
            error->code = ERROR_DATA;
            return error_prefix(error, "study.tasks");
        }
        for (int j = 0; j < study->task_count; j++)
            if (study->tasks[j] == task)
                return error_set(error, ERROR_DATA, "study.tasks: '%s' is there twice", task->name);
        study->tasks[study->task_count++] = task;
    }
    return true;
}

/* Every arm as it would be in a run. */
static bool check_arms(const struct study *study, struct error *error)
{
    struct config *config = memory_new(1, sizeof *config, error);
    bool good = config;
    for (int first = 0; good && first < study->arm_count; first += ARM_LIMIT) {
        int left = study->arm_count - first;
        struct study_run run = {.first = first, .count = left < ARM_LIMIT ? left : ARM_LIMIT};
        study_run_config(study, &run, config);
        good = config_check(config, error);
    }
    free(config);
    return good;
}

bool study_check(struct study *study, struct error *error)
{
    return check_seeds(study, error) && find_tasks(study, error) && check_arms(study, error);
}

/* ---- Writing ---- */

/* The file is read from wherever the study goes on: paths are absolute. */
static void write_settings(const struct study_plan *plan, struct text *text)
{
    struct config *config = memory_new(1, sizeof *config, NULL);
    if (config) {
        *config = plan->study->config;
        config->study.arms_at_once = plan->arms_at_once;
        file_make_absolute(config->data.path, SETTING_TEXT_SIZE);
        if (strcmp(config->study.segment, "scenes"))
            file_make_absolute(config->study.segment, SETTING_TEXT_SIZE);
        config->arm_count = 0; /* which ends the text with "arms:" */
        config_write(config, text);
    }
    text->failed = text->failed || !config;
    free(config);
}

bool study_write(const struct study_plan *plan, const char *folder, struct error *error)
{
    const struct study *study = plan->study;
    char path[FILE_PATH_SIZE];
    struct text text = {0};
    struct file_write write;
    write_settings(plan, &text);
    for (int i = 0; i < study->arm_count; i++) {
        text_append(&text, "  - {name: %s, mask: ", study->arms[i].name);
        config_mask_write(&study->arms[i].mask, &text);
        text_append(&text, "}\n");
    }
    bool good = text_is_whole(&text, error) &&
                file_join(path, sizeof path, folder, "study.yaml", error) &&
                file_begin(&write, path, error);
    if (good) {
        fputs(text_of(&text), write.stream);
        good = file_commit(&write, error);
    }
    text_release(&text);
    return good;
}
