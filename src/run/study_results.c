/* What came of a study: values from the records of its runs. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "run/folder.h"
#include "run/evaluation_set.h"
#include "run/study_private.h"
#include "run/tables.h"

/* ---- Room ---- */

enum { COLUMN_OWN, COLUMN_PROBE, COLUMN_TASKS };

static bool add_column(struct study_results *results, const char *name, bool lower,
                       struct error *error)
{
    size_t count = (size_t)results->arms * (size_t)results->seeds;
    struct study_column *column = &results->columns[results->column_count++];
    *column = (struct study_column){.name = name, .lower = lower};
    column->values = arena_alloc(&results->arena, count, sizeof *column->values, error);
    for (size_t i = 0; column->values && i < count; i++)
        column->values[i] = NAN;
    return column->values;
}

/* Images as the first that tells of them has them. */
static bool begin_images(struct study_results *results, struct study_column *column, size_t count,
                         struct error *error)
{
    size_t all = (size_t)results->arms * (size_t)results->seeds * count;
    column->image_count = count;
    column->images = arena_alloc(&results->arena, count, sizeof *column->images, error);
    column->answers = arena_alloc(&results->arena, all, sizeof *column->answers, error);
    for (size_t i = 0; column->answers && i < all; i++)
        column->answers[i] = NAN;
    return column->images && column->answers;
}

static bool init(struct study_results *results, const struct study *study, struct error *error)
{
    const struct setting_reals *seeds = &study->config.study.seeds;
    results->arms = study->arm_count + 1;
    results->seeds = seeds->count;
    results->seed =
        arena_alloc(&results->arena, (size_t)seeds->count, sizeof *results->seed, error);
    results->names =
        arena_alloc(&results->arena, (size_t)results->arms, sizeof *results->names, error);
    bool good = results->seed && results->names && add_column(results, "own_mse", true, error) &&
                add_column(results, "probe_mse", true, error);
    for (int i = 0; good && i < seeds->count; i++)
        results->seed[i] = (int64_t)seeds->items[i];
    for (int i = 0; good && i < study->arm_count; i++)
        results->names[i] = study->arms[i].name;
    if (good)
        results->names[study->arm_count] = DOWNSTREAM_UNTRAINED;
    for (int i = 0; good && i < study->task_count; i++) {
        bool pixels = !strcmp(study->tasks[i]->name, "segment");
        good = add_column(results, pixels ? "miou" : study->tasks[i]->name, false, error);
        results->columns[results->column_count - 1].share =
            downstream_is_share(study->tasks[i]->measure);
    }
    return good;
}

/* ---- One run ---- */

struct reading {
    struct study_results *results;
    const struct study_plan *plan;
    const struct study_run *run;
    struct store *store;
    int seed; /* its place */
    struct error *error;
};

/* -1: it is none of the study's. */
static int arm_of(const struct study_results *results, const char *name)
{
    for (int arm = 0; arm < results->arms; arm++)
        if (!strcmp(results->names[arm], name))
            return arm;
    return -1;
}

static bool take_probe_images(struct reading *reading, const struct evaluation_set *set, int arm,
                              const double *values)
{
    struct study_column *column = &reading->results->columns[COLUMN_PROBE];
    size_t bytes = set->units * sizeof *column->images;
    if (!column->images) {
        if (!begin_images(reading->results, column, set->units, reading->error))
            return false;
        memcpy(column->images, set->unit_id, bytes);
    }
    bool same = column->image_count == set->units && !memcmp(column->images, set->unit_id, bytes);
    float *answers = study_answers(reading->results, column, arm, reading->seed);
    for (size_t i = 0; same && i < set->units; i++)
        answers[i] = (float)values[i];
    return true;
}

static bool take_evaluation(struct reading *reading, const struct evaluation_set *set, int number,
                            int arm)
{
    struct study_results *results = reading->results;
    struct description description;
    double *values = memory_new(set->units + 1, sizeof *values, reading->error);
    int *group = memory_new((size_t)set->cells + 1, sizeof *group, reading->error);
    bool good = values && group;
    if (good && set->arm[number].step == reading->run->step) {
        evaluation_set_group(set, TABLE_BY_NOTHING, group);
        if (evaluation_set_mean(set, number, -1, group, 0, values)) {
            good = describe(values, set->units, &description, reading->error) &&
                   take_probe_images(reading, set, arm, values);
            *study_value(results, &results->columns[COLUMN_PROBE], arm, reading->seed) =
                description.mean;
        }
    }
    free(values);
    free(group);
    return good;
}

/* A run that was never evaluated has no MSE on common masks to show. */
static bool take_evaluations(struct reading *reading)
{
    struct evaluation_set set;
    struct error why;
    if (!evaluation_set_read(&set, reading->store, &why)) {
        if (why.code != ERROR_DATA)
            *reading->error = why;
        return why.code == ERROR_DATA;
    }
    bool good = true;
    for (int number = 0; good && number < set.arms; number++) {
        int arm = arm_of(reading->results, set.arm[number].name);
        if (arm >= 0 && !set.arm[number].baseline)
            good = take_evaluation(reading, &set, number, arm);
    }
    evaluation_set_release(&set);
    return good;
}

/* Whether or not it was evaluated. */
struct own_ids {
    const struct study_results *results;
    int *ids; /* [results->arms], in the record; 0: it has none */
};

static bool keep_id(void *context, int id, const char *name, enum store_arm_kind kind)
{
    struct own_ids *own = context;
    int arm = arm_of(own->results, name);
    if (arm >= 0 && kind == STORE_KIND_ARM)
        own->ids[arm] = id;
    return true;
}

static bool take_own_losses(struct reading *reading)
{
    struct study_results *results = reading->results;
    int arms = results->arms;
    struct own_ids own = {results, memory_new((size_t)arms, sizeof *own.ids, reading->error)};
    bool good = own.ids && store_read_arms(reading->store, keep_id, &own, reading->error);
    for (int arm = 0; good && arm < arms; arm++)
        if (own.ids[arm])
            good = evaluation_own_loss(
                reading->store, own.ids[arm],
                study_value(results, &results->columns[COLUMN_OWN], arm, reading->seed),
                reading->error);
    free(own.ids);
    return good;
}

/* ---- Its tasks ---- */

static double worth(const struct store_probe_image *answer)
{
    return answer->label >= 0 ? answer->predicted == answer->label : answer->value;
}

static bool belongs(const struct reading *reading, const struct study_wanted *wanted,
                    const struct downstream_outcome *outcome)
{
    bool untrained = !strcmp(outcome->arm, DOWNSTREAM_UNTRAINED);
    return (!untrained || reading->plan->study->config.study.untrained) &&
           outcome->step == (untrained ? 0 : reading->run->step) &&
           study_wants(wanted, outcome->task, outcome->variant, outcome->key, outcome->seed) &&
           !strcmp(outcome->variant, wanted->preferred);
}

static bool take_images(struct reading *reading, struct study_column *column, int arm,
                        const struct downstream_outcome *outcome, int seeds)
{
    size_t count = (size_t)outcome->images;
    if (!outcome->answers)
        return true;
    if (!column->images) {
        if (!begin_images(reading->results, column, count, reading->error))
            return false;
        for (size_t i = 0; i < count; i++)
            column->images[i] = outcome->answers[i].image;
    }
    float *answers = study_answers(reading->results, column, arm, reading->seed);
    for (size_t i = 0; count == column->image_count && i < count; i++) {
        bool same = outcome->answers[i].image == column->images[i];
        double before = isnan(answers[i]) ? 0 : (double)answers[i];
        answers[i] = same ? (float)(before + worth(&outcome->answers[i]) / seeds) : NAN;
    }
    return true;
}

/* The mean over the task's own seeds. */
static bool take_arm(struct reading *reading, struct study_column *column,
                     const struct downstream_outcome *const *outcomes, size_t count, int arm)
{
    const char *name = reading->results->names[arm];
    int seeds = 0;
    double sum = 0;
    for (size_t i = 0; i < count; i++)
        seeds += !strcmp(outcomes[i]->arm, name);
    for (size_t i = 0; i < count; i++)
        if (!strcmp(outcomes[i]->arm, name)) {
            sum += downstream_value(outcomes[i], outcomes[i]->measure);
            if (!take_images(reading, column, arm, outcomes[i], seeds))
                return false;
        }
    if (seeds > 0)
        *study_value(reading->results, column, arm, reading->seed) = sum / seeds;
    return true;
}

static bool take_task(struct reading *reading, const struct downstream_outcomes *all, int number)
{
    struct study_wanted wanted;
    size_t count = 0;
    if (!study_wanted_init(&wanted, reading->plan, number, reading->error))
        return false;
    const struct downstream_outcome **own = memory_new(all->count + 1, sizeof *own, reading->error);
    for (size_t i = 0; own && i < all->count; i++)
        if (belongs(reading, &wanted, &all->items[i]))
            own[count++] = &all->items[i];
    struct study_column *column = &reading->results->columns[COLUMN_TASKS + number];
    bool good = own;
    for (int arm = 0; good && arm < reading->results->arms; arm++)
        good = take_arm(reading, column, own, count, arm);
    free(own);
    study_wanted_release(&wanted);
    return good;
}

static bool take_tasks(struct reading *reading)
{
    struct downstream_outcomes outcomes = {0};
    bool good = downstream_read(&outcomes, reading->store, reading->error);
    for (int i = 0; good && i < reading->plan->study->task_count; i++)
        good = take_task(reading, &outcomes, i);
    downstream_outcomes_release(&outcomes);
    return good;
}

static int place_of_seed(const struct study_results *results, int64_t seed)
{
    int place = 0;
    while (results->seed[place] != seed)
        place++;
    return place;
}

static bool take_run(struct study_results *results, const struct study_plan *plan,
                     const struct study_run *run, struct error *error)
{
    struct run_folder folder;
    struct reading reading = {.results = results,
                              .plan = plan,
                              .run = run,
                              .seed = place_of_seed(results, run->seed),
                              .error = error};
    if (!run_folder_open(&folder, run->folder, error) ||
        !(reading.store = store_open(folder.store, STORE_READ, error)))
        return false;
    bool good = take_own_losses(&reading) && take_evaluations(&reading) && take_tasks(&reading);
    store_close(reading.store);
    return good;
}

bool study_results_read(struct study_results *results, const struct study_plan *plan,
                        struct error *error)
{
    *results = (struct study_results){.runs = plan->count};
    bool good = init(results, plan->study, error);
    for (int i = 0; good && i < plan->count; i++)
        if (plan->runs[i].state == STUDY_TRAINED) {
            good = take_run(results, plan, &plan->runs[i], error);
            results->trained++;
        }
    if (good && results->trained == 0)
        good = error_set(error, ERROR_DATA, "no run of the study is trained yet");
    if (!good)
        study_results_release(results);
    return good;
}

void study_results_release(struct study_results *results)
{
    arena_release(&results->arena);
    *results = (struct study_results){0};
}
