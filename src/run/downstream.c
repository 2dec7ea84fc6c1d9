#include "run/downstream.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/digest.h"
#include "run/downstream_private.h"
#include "run/feature_cache.h"
#include "run/run.h"

/* Raised when the same inputs give other outcomes. */
enum { VERSION = 2 };

static const struct downstream_task *const tasks_known[] = {
    &downstream_knn,      &downstream_linear,  &downstream_lowshot,
    &downstream_finetune, &downstream_segment, &downstream_inpaint};

const struct downstream_task *const *downstream_tasks(size_t *count)
{
    *count = ARRAY_LENGTH(tasks_known);
    return tasks_known;
}

static const char *task_name(const void *context, size_t i)
{
    (void)context;
    return tasks_known[i]->name;
}

const struct downstream_task *downstream_task_find(const char *name, struct error *error)
{
    struct text known = {0};
    for (size_t i = 0; i < ARRAY_LENGTH(tasks_known); i++)
        if (!strcmp(tasks_known[i]->name, name))
            return tasks_known[i];
    for (size_t i = 0; i < ARRAY_LENGTH(tasks_known); i++)
        text_append(&known, "%s%s", i ? ", " : "", tasks_known[i]->name);
    int nearest = text_nearest(name, ARRAY_LENGTH(tasks_known), task_name, NULL);
    if (nearest >= 0)
        error_set(error, ERROR_USAGE, "no task '%s'; did you mean '%s'?", name,
                  tasks_known[nearest]->name);
    else
        error_set(error, ERROR_USAGE, "no task '%s'; expected %s", name, text_of(&known));
    text_release(&known);
    return NULL;
}

static_assert(ARRAY_LENGTH(tasks_known) <= DOWNSTREAM_TASK_LIMIT, "room for each task once");

bool downstream_tasks_parse(const struct downstream_task *tasks[DOWNSTREAM_TASK_LIMIT], int *count,
                            const char *list, struct error *error)
{
    static const char parting[] = ", ";
    *count = 0;
    for (list += strspn(list, parting); *list; list += strspn(list, parting)) {
        char name[32];
        size_t length = strcspn(list, parting);
        snprintf(name, sizeof name, "%.*s", (int)(length < sizeof name ? length : sizeof name - 1),
                 list);
        const struct downstream_task *task = downstream_task_find(name, error);
        if (!task)
            return false;
        bool there = false;
        for (int i = 0; i < *count; i++)
            there = there || tasks[i] == task;
        if (!there)
            tasks[(*count)++] = task;
        list += length;
    }
    return *count > 0 || error_set(error, ERROR_USAGE, "expected the name of a task");
}

double downstream_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static bool tell(void *context, double done)
{
    struct downstream *downstream = context;
    const struct downstream_request *request = downstream->request;
    return !request->progress || request->progress(request->context, downstream->what, done);
}

bool downstream_variant(const struct downstream_task *task, const struct config *config,
                        const struct mae_shape *shape, int index, struct text *name)
{
    struct downstream_request request = {.config = config, .shape = shape};
    struct downstream downstream = {.request = &request, .config = config, .task = task};
    return task->variant(&downstream, index, name);
}

struct probe_watch downstream_watch(struct downstream *downstream)
{
    return (struct probe_watch){tell, downstream};
}

/* ---- One model after another ---- */

static uint64_t digest_images(uint64_t digest, const struct downstream_images *images)
{
    digest = digest_number(digest, images->source->digest);
    for (size_t i = 0; i < images->count; i++)
        digest = digest_number(digest, images->images[i]);
    return digest;
}

static bool begins(const char *name, const char *prefix)
{
    return !strncmp(name, prefix, strlen(prefix));
}

static bool is_named(const char *name, const char *const *names)
{
    while (*names && strcmp(name, *names))
        names++;
    return *names;
}

/* Whether outcomes of the task depend on the setting. */
static bool counts(const struct downstream_task *task, const char *name)
{
    static const char *const of_all[] = {"probe.missing_classes", NULL};
    if (run_is_circumstance(name) || !strcmp(name, "data.broken_limit"))
        return false;
    if (begins(name, "data.") || begins(name, "model."))
        return true;
    return is_named(name, of_all) || is_named(name, task->settings);
}

/* Of everything that an outcome depends on besides weights, task, variant and seed. */
static uint64_t digest_setup(const struct downstream *downstream)
{
    const struct setting_table *table = config_table();
    uint64_t digest = digest_number(DIGEST_BEGIN, VERSION);
    digest = digest_images(digest, &downstream->train);
    digest = digest_images(digest, &downstream->held_out);
    if (downstream->looked_at[downstream->number])
        digest = digest_number(digest, downstream->looked_at[downstream->number]);
    for (size_t i = 0; i < table->count; i++) {
        const struct setting *row = &table->rows[i];
        struct text value = {0};
        if (!counts(downstream->task, row->name))
            continue;
        setting_write(row, downstream->config, &value);
        digest = digest_text(digest_text(digest, row->name), text_of(&value));
        text_release(&value);
    }
    return digest;
}

static void make_key(struct downstream *downstream)
{
    snprintf(downstream->key, sizeof downstream->key, "%016" PRIx64 "-%016" PRIx64,
             digest_setup(downstream), downstream->digest);
}

/* What the seed whose outcomes begin at `first` took, when it was done. */
static double seconds_of(const struct downstream *downstream, size_t first)
{
    double seconds = 0;
    for (size_t i = first; i < downstream->outcomes->count; i++)
        seconds = fmax(seconds, downstream->outcomes->items[i].seconds);
    return seconds;
}

static bool run_seed(struct downstream *downstream, int64_t seed, struct error *error)
{
    size_t first = downstream->outcomes->count;
    bool found = false;
    downstream->seconds_from = downstream_now();
    downstream_pace_begin(downstream->pace, downstream->task, downstream->seconds_from);
    if (!downstream_recall(downstream, seed, &found, error))
        return false;
    if (!found && !downstream->task->run(downstream, seed, error)) {
        downstream->outcomes->count = first; /* no half of a seed */
        return false;
    }
    downstream_pace_end(downstream->pace, seconds_of(downstream, first));
    return found || downstream_record(downstream, first, error);
}

int64_t downstream_seeds(const struct downstream_task *task, const struct config *config)
{
    return task->seeded ? config->probe.seeds : 1;
}

/* "block50: finetune, seed 1 of 3 (4 of 36)": which of all pieces of work it is. */
static void say_what(struct downstream *downstream, int64_t seed)
{
    int64_t seeds = downstream_seeds(downstream->task, downstream->config);
    int64_t pieces = downstream_pace_pieces(downstream->pace);
    char of[32] = "", *what = downstream->what;
    if (seeds > 1)
        snprintf(of, sizeof of, ", seed %d of %d", (int)seed + 1, (int)seeds);
    snprintf(what, sizeof downstream->what, "%s: %s%s", downstream->name, downstream->task->name,
             of);
    size_t used = strlen(what);
    if (pieces > 1)
        snprintf(what + used, sizeof downstream->what - used, " (%lld of %lld)",
                 (long long)downstream_pace_done(downstream->pace) + 1, (long long)pieces);
}

static bool run_task(struct downstream *downstream, const struct downstream_task *task, int number,
                     struct error *error)
{
    downstream->task = task;
    downstream->number = number;
    make_key(downstream);
    for (int64_t seed = 0; seed < downstream_seeds(task, downstream->config); seed++) {
        say_what(downstream, seed);
        if (!run_seed(downstream, seed, error))
            return false;
    }
    return true;
}

static bool run_model(struct downstream *downstream, const struct mae *mae, const char *name,
                      int64_t step, const struct downstream_task *const *tasks, int task_count,
                      struct error *error)
{
    downstream->mae = mae;
    downstream->name = name;
    downstream->step = step;
    downstream->digest = encoder_digest(mae);
    features_release(&downstream->train_features);
    features_release(&downstream->features);
    for (int i = 0; i < task_count; i++)
        if (!run_task(downstream, tasks[i], i, error))
            return false;
    return true;
}

static bool run_untrained(struct downstream *downstream, const struct downstream_task *const *tasks,
                          int task_count, struct error *error)
{
    struct mae *mae = mae_new(downstream->request->shape, error);
    if (!mae)
        return false;
    mae_initialise(mae, (uint64_t)downstream->config->seed);
    bool good = run_model(downstream, mae, DOWNSTREAM_UNTRAINED, 0, tasks, task_count, error);
    mae_free(mae);
    return good;
}

static bool needs_decoder(const struct downstream_task *task, struct error *error)
{
    return error_set(error, ERROR_DATA,
                     "%s: the checkpoint holds an encoder only, and the task reconstructs: it "
                     "needs the decoder",
                     task->name);
}

/* Everything that can be known beforehand, of all tasks, so that none is done in vain. */
static bool prepare(struct downstream *downstream, const struct downstream_task *const *tasks,
                    int task_count, struct error *error)
{
    bool labelled = false;
    for (int i = 0; i < task_count; i++) {
        labelled = labelled || tasks[i]->labelled;
        if (tasks[i]->decoder && downstream->request->encoder_only)
            return needs_decoder(tasks[i], error);
    }
    if (!downstream_open_data(downstream, labelled, error))
        return false;
    for (int i = 0; i < task_count; i++) {
        downstream->task = tasks[i];
        downstream->number = i;
        snprintf(downstream->what, sizeof downstream->what, "%s: looking at the images",
                 tasks[i]->name);
        if (tasks[i]->check && !tasks[i]->check(downstream, error))
            return false;
    }
    return true;
}

bool downstream_setup(char setup[DOWNSTREAM_SETUP_SIZE + 1],
                      const struct downstream_request *request, const struct downstream_task *task,
                      struct error *error)
{
    struct downstream downstream = {.request = request, .config = request->config};
    bool good = prepare(&downstream, &task, 1, error);
    if (good)
        snprintf(setup, DOWNSTREAM_SETUP_SIZE + 1, "%016" PRIx64, digest_setup(&downstream));
    downstream_close_data(&downstream);
    return good;
}

bool downstream_run(struct downstream_outcomes *outcomes, const struct downstream_request *request,
                    const struct downstream_task *const *tasks, int task_count, struct error *error)
{
    struct downstream_pace own = {0};
    struct downstream downstream = {.request = request,
                                    .config = request->config,
                                    .outcomes = outcomes,
                                    .pace = request->pace ? request->pace : &own};
    bool good = prepare(&downstream, tasks, task_count, error);
    for (int i = 0; i < task_count; i++)
        downstream_pace_add(&own, tasks[i],
                            downstream_seeds(tasks[i], request->config) *
                                (request->count + request->untrained));
    for (int i = 0; good && i < request->count; i++)
        good = run_model(&downstream, request->models[i], request->names[i], request->step, tasks,
                         task_count, error);
    if (good && request->untrained)
        good = run_untrained(&downstream, tasks, task_count, error);
    downstream_close_data(&downstream);
    return good;
}
