/* What there is to do of a study, and what is there of its runs. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "run/checkpoint.h"
#include "run/checkpoint_folder.h"
#include "run/folder.h"
#include "run/record.h"
#include "run/run.h"
#include "run/study_private.h"

static const char *const state_names[] = {
    [STUDY_ABSENT] = "to begin", [STUDY_BEGUN] = "begun", [STUDY_TRAINED] = "trained"};

const char *study_state_name(enum study_state state)
{
    return state_names[state];
}

void study_run_config(const struct study *study, const struct study_run *run, struct config *config)
{
    *config = study->config;
    config->seed = run->seed;
    config->arm_count = run->count;
    memcpy(config->arms, study->arms + run->first, (size_t)run->count * sizeof *config->arms);
}

/* ---- Settings of a run that is there ---- */

/* What a study may change once it has begun: where and how fast, and what is asked afterwards. */
static bool may_differ(const char *name)
{
    static const char *const prefixes[] = {"probe.", "study.", "show.", "train.checkpoint_"};
    for (size_t i = 0; i < ARRAY_LENGTH(prefixes); i++)
        if (!strncmp(name, prefixes[i], strlen(prefixes[i])))
            return true;
    return run_is_circumstance(name);
}

static bool is_length(const char *name)
{
    return !strcmp(name, "train.steps") || !strcmp(name, "train.epochs");
}

static bool check_setting(const struct study_run *run, const struct setting *row,
                          const struct config *wanted, const struct config *there, bool *lengthen,
                          struct error *error)
{
    struct text now = {0}, before = {0};
    setting_write(row, wanted, &now);
    setting_write(row, there, &before);
    bool same = !strcmp(text_of(&now), text_of(&before));
    *lengthen = *lengthen || (!same && is_length(row->name));
    if (!same && !is_length(row->name))
        error_set(
            error, ERROR_DATA,
            "%s: it was begun with %s = %.80s, and the study now says %.80s: what is compared "
            "must not differ so (another folder begins another study)",
            run->folder, row->name, text_of(&before), text_of(&now));
    bool good = same || is_length(row->name);
    text_release(&now);
    text_release(&before);
    return good;
}

static bool check_arm(const struct study_run *run, const struct arm_config *wanted,
                      const struct config *there, struct error *error)
{
    struct text now = {0}, before = {0};
    int number = config_arm(there, wanted->name);
    bool good = number >= 0 || error_set(error, ERROR_DATA, "%s: it was begun without the arm '%s'",
                                         run->folder, wanted->name);
    if (good) {
        config_mask_write(&wanted->mask, &now);
        config_mask_write(&there->arms[number].mask, &before);
        good = !strcmp(text_of(&now), text_of(&before)) ||
               error_set(error, ERROR_DATA,
                         "%s: its arm '%s' was begun with %.120s, and the study now says %.120s",
                         run->folder, wanted->name, text_of(&before), text_of(&now));
    }
    text_release(&now);
    text_release(&before);
    return good;
}

/* Files of masks are told apart by what they hold, as the run has written them down. */
static bool resolve(struct config *config, struct error *error)
{
    struct mae_shape shape;
    if (!config_shape(config, &shape, error))
        return false;
    for (int i = 0; i < config->arm_count; i++)
        if (!mask_choice_resolve(&config->arms[i].mask, mae_grid_height(&shape),
                                 mae_grid_width(&shape), error))
            return error_prefix(error, "arm '%s'", config->arms[i].name);
    config_resolve(config, NULL);
    return true;
}

static bool check_settings(const struct study *study, struct study_run *run, struct store *store,
                           struct error *error)
{
    const struct setting_table *table = config_table();
    struct config *wanted = memory_new(2, sizeof *wanted, error), *there = wanted + 1;
    bool found = false;
    bool good = wanted && record_config_now(store, there, &found, error);
    run->lengthen = false;
    if (good && found) {
        study_run_config(study, run, wanted);
        good = resolve(wanted, error);
        for (size_t i = 0; good && i < table->count; i++)
            good = may_differ(table->rows[i].name) ||
                   check_setting(run, &table->rows[i], wanted, there, &run->lengthen, error);
        for (int i = 0; good && i < wanted->arm_count; i++)
            good = check_arm(run, &wanted->arms[i], there, error);
        if (good && there->arm_count != wanted->arm_count)
            good = error_set(error, ERROR_DATA, "%s: it has %d arms, and the study wants %d",
                             run->folder, there->arm_count, wanted->arm_count);
    }
    free(wanted);
    return good;
}

/* ---- Looking ---- */

/* Outcomes of one task at the run's step. */
struct count {
    const struct study_wanted *wanted;
    int64_t step;
    bool untrained; /* those of the initial weights too */
    int64_t found;
};

static bool count_outcome(void *context, const struct store_probe *probe)
{
    struct count *count = context;
    bool initial = probe->arm == STORE_RUN;
    count->found +=
        probe->step == (initial ? 0 : count->step) && (!initial || count->untrained) &&
        study_wants(count->wanted, probe->task, probe->variant, probe->key, probe->seed);
    return true;
}

bool study_asks_untrained(const struct study *study, const struct study_run *run)
{
    return study->config.study.untrained && run->first == 0;
}

static bool task_is_done(const struct study_plan *plan, const struct study_run *run,
                         struct store *store, int task, bool *done, struct error *error)
{
    struct study_wanted wanted;
    if (!study_wanted_init(&wanted, plan, task, error))
        return false;
    struct count count = {
        .wanted = &wanted, .step = run->step, .untrained = study_asks_untrained(plan->study, run)};
    bool good = store_read_probes(store, count_outcome, &count, error);
    int64_t models = run->count + count.untrained;
    *done = count.found >= models * wanted.seeds * wanted.variant_count;
    study_wanted_release(&wanted);
    return good;
}

static bool look_at_record(const struct study_plan *plan, struct study_run *run,
                           const struct run_folder *folder, struct error *error)
{
    struct store *store = store_open(folder->store, STORE_READ, error);
    bool good = store && check_settings(plan->study, run, store, error);
    for (int i = 0; good && i < plan->study->task_count; i++)
        good = task_is_done(plan, run, store, i, &run->done[i], error);
    store_close(store);
    return good;
}

bool study_look(const struct study_plan *plan, struct study_run *run, struct error *error)
{
    struct run_folder folder;
    struct checkpoint_header header;
    struct error why;
    char newest[FILE_PATH_SIZE];
    run->state = STUDY_ABSENT;
    run->step = 0;
    memset(run->done, 0, sizeof run->done);
    if (!file_is_folder(run->folder))
        return true;
    if (!run_folder_open(&folder, run->folder, error))
        return false;
    if (!checkpoint_latest(folder.checkpoints, newest, &why))
        return why.code == ERROR_INPUT || error_set(error, why.code, "%s", why.message);
    if (!checkpoint_read_header(newest, &header, error))
        return false;
    run->step = header.step;
    checkpoint_header_release(&header);
    if (run->step > plan->total_steps)
        return error_set(error, ERROR_DATA,
                         "%s: it was trained for %lld steps, and the study now "
                         "says %lld",
                         run->folder, (long long)run->step, (long long)plan->total_steps);
    run->state = run->step < plan->total_steps ? STUDY_BEGUN : STUDY_TRAINED;
    return look_at_record(plan, run, &folder, error);
}

bool study_clear(const struct study_run *run, struct error *error)
{
    struct run_folder folder;
    if (!file_is_folder(run->folder))
        return true;
    if (!run_folder_open(&folder, run->folder, error))
        return false;
    checkpoint_folder_clean(folder.checkpoints);
    run_folder_remove(&folder);
    return !file_exists(run->folder) ||
           error_set(error, ERROR_CREATE,
                     "%s: there is no checkpoint to go on from, and more than a run leaves before "
                     "its first: move it away",
                     run->folder);
}

/* ---- Images ---- */

/* How long the training is. */
static bool look_at_images(struct study_plan *plan, struct log *log, struct error *error)
{
    const struct config *config = &plan->study->config;
    struct source_settings settings;
    struct mae_shape shape;
    if (!config_shape(config, &shape, error))
        return false;
    config_source(config, &shape, &settings);
    struct source *train = source_open(&settings, SOURCE_TRAIN, log, error), *held_out = NULL;
    if (train)
        held_out = source_open(&settings, SOURCE_HOLDOUT, log, error);
    bool good = held_out || error_prefix(error, "data.path");
    if (good) {
        int64_t epoch_steps = (int64_t)train->count / config->train.batch;
        plan->train_images = (int64_t)train->count;
        plan->held_out_images = (int64_t)held_out->count;
        plan->classes = train->class_count;
        plan->patches = mae_patches(&shape);
        plan->total_steps = config_total_steps(config, epoch_steps);
        good = epoch_steps > 0 ||
               error_set(error, ERROR_DATA,
                         "train.batch is %lld, but there are only %zu training images",
                         (long long)config->train.batch, train->count);
    }
    source_close(train);
    source_close(held_out);
    return good;
}

bool study_plan(struct study_plan *plan, const struct study *study, const char *folder,
                struct log *log, struct error *error)
{
    *plan = (struct study_plan){.study = study};
    if (look_at_images(plan, log, error) && study_find_setups(plan, log, error) &&
        study_divide(plan, folder, error))
        return true;
    study_plan_release(plan);
    return false;
}

static int64_t longest(const struct study_plan *plan)
{
    int64_t steps = 1;
    for (int i = 0; i < plan->count; i++)
        steps = plan->runs[i].step > steps ? plan->runs[i].step : steps;
    return steps;
}

bool study_plan_of_records(struct study_plan *plan, const struct study *study, const char *folder,
                           struct error *error)
{
    *plan = (struct study_plan){.study = study, .total_steps = INT64_MAX, .unseen = true};
    bool good = study_divide(plan, folder, error);
    int64_t steps = study->config.train.steps;
    plan->total_steps = steps > 0 ? steps : longest(plan);
    good = good && study_find_newest_setups(plan, error);
    for (int i = 0; good && i < plan->count; i++)
        good = study_look(plan, &plan->runs[i], error);
    if (!good)
        study_plan_release(plan);
    return good;
}

void study_plan_release(struct study_plan *plan)
{
    free(plan->runs);
    *plan = (struct study_plan){0};
}
