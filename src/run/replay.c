#include "run/replay.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/memory.h"
#include "run/checkpoint.h"
#include "run/checkpoint_folder.h"
#include "run/folder.h"
#include "run/record.h"
#include "run/replay_compare.h"
#include "run/run.h"
#include "run/schedule.h"
#include "run/tables_private.h"

/* ---- The script ---- */

struct script {
    struct scheduled_command *items;
    int count;
    size_t capacity;
    int changes; /* the first items */
    struct kept {
        int64_t step;
        bool scripted;
    } * kept; /* the checkpoints that are left, from the first step on */
    size_t kept_count;
    struct error *error;
    bool failed;
};

static bool add(struct script *script, const struct scheduled_command *item)
{
    void *items = memory_grow(script->items, (size_t)script->count, &script->capacity,
                              sizeof *script->items, script->error);
    if (!items)
        return !(script->failed = true);
    script->items = items;
    script->items[script->count++] = *item;
    return true;
}

static bool add_kind(struct script *script, int64_t step, enum command_kind kind)
{
    return add(script, &(struct scheduled_command){.step = step, .command = {.kind = kind}});
}

static bool add_checkpoint(struct script *script, int64_t step)
{
    for (size_t i = 0; i < script->kept_count; i++)
        if (script->kept[i].step == step) {
            script->kept[i].scripted = true;
            return add_kind(script, step, COMMAND_CHECKPOINT);
        }
    return true;
}

/* A checkpoint holds what was asked for before it, at its step too: its event says where it stands.
 */
static bool add_event(void *context, const struct store_event *event)
{
    struct script *script = context;
    struct scheduled_command item;
    bool is_command = false;
    if (!strcmp(event->kind, command_kind_name(COMMAND_CHECKPOINT)))
        return add_checkpoint(script, event->step);
    script->failed = !scheduled_of_event(&item, event, &is_command, script->error);
    return !script->failed && (!is_command || add(script, &item));
}

/* Whether the script has the evaluation at that step: a change that came after it asks for it. One
 * more after that change would be an event, which the script has. */
static bool comes_before(const struct script *script, int64_t step)
{
    for (int i = 0; i < script->changes; i++)
        if (script->items[i].step == step && script->items[i].after_evaluation)
            return true;
    return false;
}

static bool add_evaluation(void *context, int64_t step)
{
    struct script *script = context;
    return comes_before(script, step) || add_kind(script, step, COMMAND_EVALUATE);
}

/* Of the arms: baselines are measured when the run thinks fit, once. */
static bool add_evaluations(struct script *script, struct store *store)
{
    struct arm_names arms = {0};
    bool good = arm_names_read(&arms, store, script->error);
    script->changes = script->count;
    for (size_t i = 0; good && i < arms.count; i++)
        good = !strcmp(arms.items[i].kind, "baseline") ||
               store_read_evaluated_steps(store, arms.items[i].id, 0, add_evaluation, script,
                                          script->error);
    arm_names_release(&arms);
    return good && !script->failed;
}

static int by_step(const void *a, const void *b)
{
    const struct scheduled_command *left = a, *right = b;
    if (left->step != right->step)
        return left->step < right->step ? -1 : 1;
    return left->command.number < right->command.number ? -1 : 1;
}

static bool find_kept(struct script *script, const char *checkpoints, int64_t steps)
{
    size_t count;
    int64_t *saved = checkpoint_steps(checkpoints, &count);
    script->kept = memory_new(count, sizeof *script->kept, script->error);
    for (size_t i = 0; script->kept && i < count; i++)
        if (saved[i] <= steps)
            script->kept[script->kept_count++].step = saved[i];
    free(saved);
    return script->kept;
}

/* The recorded changes, an evaluation where there was one, a checkpoint where one is left, and the
 * end. number keeps the order of what is of one step; none of these commands reads it. */
static bool make_script(struct script *script, struct store *store, const char *checkpoints,
                        int64_t steps)
{
    bool good = find_kept(script, checkpoints, steps) &&
                store_read_events(store, 0, add_event, script, script->error) && !script->failed &&
                add_evaluations(script, store);
    for (size_t i = 0; good && i < script->kept_count; i++)
        good =
            script->kept[i].scripted || add_kind(script, script->kept[i].step, COMMAND_CHECKPOINT);
    free(script->kept);
    good = good && add_kind(script, steps, COMMAND_STOP);
    for (int i = 0; i < script->count; i++)
        script->items[i].command.number = i;
    if (good)
        qsort(script->items, (size_t)script->count, sizeof *script->items, by_step);
    return good;
}

/* ---- Settings ---- */

/* Settings that say where and with how many threads. */
static bool assign(struct config *config, const char *assignment, struct error *error)
{
    char name[SETTING_NAME_SIZE];
    size_t length = strcspn(assignment, "=");
    if (!assignment[length] || length >= sizeof name)
        return error_set(error, ERROR_USAGE, "'%s': write NAME=VALUE", assignment);
    memcpy(name, assignment, length);
    name[length] = '\0';
    if (!run_is_circumstance(name))
        return error_set(error, ERROR_DATA,
                         "%s: a replay has the settings of its run, but for where things are and "
                         "the number of threads",
                         name);
    return config_assign(config, name, assignment + length + 1, ORIGIN_COMMAND_LINE, NULL, error);
}

static bool read_settings(struct config *config, const struct run_folder *run,
                          const struct replay_options *options, struct error *error)
{
    if (!config_defaults(config, error) ||
        !config_read_file(config, run->config, ORIGIN_FILE, NULL, error))
        return false;
    config->train.checkpoint_minutes = 0; /* they come from the script */
    config->train.checkpoint_steps = 0;
    config->train.checkpoint_keep = 0;
    for (int i = 0; i < options->assignment_count; i++)
        if (!assign(config, options->assignments[i], error))
            return false;
    return true;
}

/* ---- The run ---- */

/* The first that differs, of what the two records say of themselves. */
static bool compare_circumstances(struct store *recorded, struct store *replayed,
                                  struct replay_report *report, struct error *error)
{
    static const char *const keys[][2] = {{"kernels", "kernels"}, {"version", "version"}};
    bool good = true;
    for (size_t i = 0; good && i < ARRAY_LENGTH(keys); i++) {
        struct text then = {0}, now = {0};
        good = store_get_meta(recorded, keys[i][0], &then, NULL, error) &&
               store_get_meta(replayed, keys[i][0], &now, NULL, error);
        if (good && strcmp(text_of(&then), text_of(&now)) && !report->warning[0])
            snprintf(report->warning, sizeof report->warning,
                     "%s on record: %.100s; here: %.100s; bits may differ", keys[i][1],
                     then.length ? text_of(&then) : "unknown", text_of(&now));
        text_release(&then);
        text_release(&now);
    }
    return good;
}

static bool check_images(struct store *recorded, struct store *replayed, struct error *error)
{
    struct text first = {0}, second = {0};
    bool good = store_get_meta(recorded, "data_digest", &first, NULL, error) &&
                store_get_meta(replayed, "data_digest", &second, NULL, error);
    if (good && strcmp(text_of(&first), text_of(&second)))
        good = error_set(error, ERROR_DATA,
                         "data.path holds other images than those the run began with");
    text_release(&first);
    text_release(&second);
    return good;
}

/* What is going on. */
struct replay {
    const struct run_folder *recorded;
    struct store *store; /* the recorded one */
    struct replay_report *report;
    const struct replay_options *options;
    struct run *run;
    int64_t compared; /* the last step that was */
};

/* Compares what the replay's record has got since the last time, up to that step. */
static bool compare_record(struct replay *replay, struct store *store, int64_t until,
                           struct error *error)
{
    bool first = replay->compared < 0;
    bool good =
        (!first || (check_images(replay->store, store, error) &&
                    compare_circumstances(replay->store, store, replay->report, error))) &&
        replay_compare(replay->store, store, replay->compared + 1, until, replay->report, error);
    replay->compared = until;
    return good;
}

/* Up to the step `until`, or as far as the replay's record holds all of them: what it has done
 * since it last wrote is not in there yet. */
static bool compare_so_far(struct replay *replay, int64_t until, struct error *error)
{
    struct run_folder folder;
    int64_t last = 0;
    bool any = false, ended = run_ended(replay->run);
    if (!run_folder_open(&folder, run_folder(replay->run), error))
        return false;
    struct store *store = store_open(folder.store, STORE_READ, error);
    bool good = store && store_begin_reading(store, error) &&
                store_last_step(store, STORE_RUN, "learning_rate", &last, &any, error);
    if (good && !ended)
        until = !any ? -1 : until < last ? until : last - 1;
    good = good && (until <= replay->compared || compare_record(replay, store, until, error));
    store_close(store);
    return good;
}

static void send(struct run *run, enum command_kind kind)
{
    (void)run_send(run, &(struct command){.kind = kind}); /* full: the next look sends it again */
}

/* Whether the replay should go on. A step that was refused pauses it as it paused the run, which
 * somebody told to go on. */
static bool look(struct replay *replay, struct error *error)
{
    static const int64_t first_look = 64;
    const struct snapshot *snapshot = run_snapshot(replay->run);
    if (snapshot->state == RUN_PAUSED)
        send(replay->run, COMMAND_GO_ON);
    if (replay->options->progress &&
        !replay->options->progress(replay->options->context, snapshot->step, replay->report->steps))
        return error_set(error, ERROR_CHECK, "interrupted");
    /* Rarer as it goes on, so that it costs little: a difference at the start is seen at once. */
    int64_t due = 2 * replay->compared > first_look ? 2 * replay->compared : first_look;
    return snapshot->step < due || compare_so_far(replay, snapshot->step / 2, error);
}

static bool follow(struct replay *replay, struct error *error)
{
    static const long look_nanoseconds = 50000000;
    bool good = true;
    while (good && replay->report->same && !run_ended(replay->run)) {
        good = look(replay, error);
        nanosleep(&(struct timespec){.tv_nsec = look_nanoseconds}, NULL);
    }
    if (!good || !replay->report->same)
        send(replay->run, COMMAND_ABORT);
    struct error failure;
    bool ended_well = run_join(replay->run, &failure);
    if (good && !ended_well) {
        *error = failure;
        return false;
    }
    return good;
}

static bool compare_the_rest(struct replay *replay, struct error *error)
{
    struct run_folder folder;
    return !replay->report->same ||
           (compare_so_far(replay, replay->report->steps, error) &&
            (!replay->report->same ||
             (run_folder_open(&folder, run_folder(replay->run), error) &&
              replay_compare_checkpoints(replay->recorded->checkpoints, folder.checkpoints,
                                         replay->report, error))));
}

static bool make_temporary(char path[FILE_PATH_SIZE], struct error *error)
{
    const char *folder = getenv("TMPDIR");
    snprintf(path, FILE_PATH_SIZE, "%s/maskscope-replay-XXXXXX",
             folder && *folder ? folder : "/tmp");
    return mkdtemp(path) || error_set_errno(error, ERROR_CREATE, "%s", path);
}

static bool replay_into(struct replay *replay, const char *out, const struct config *config,
                        struct log *log, struct error *error)
{
    struct script script = {.error = error};
    struct run_options options = {.folder = out, .stay = true};
    bool good =
        make_script(&script, replay->store, replay->recorded->checkpoints, replay->report->steps);
    if (good) {
        options.script = script.items;
        options.script_count = script.count;
        good = (replay->run = run_start(config, &options, log, error)) != NULL;
    }
    free(script.items);
    if (!good)
        return false;
    text_copy(replay->report->folder, FILE_PATH_SIZE, run_folder(replay->run));
    good = follow(replay, error) && compare_the_rest(replay, error);
    run_free(replay->run);
    return good;
}

/* A temporary folder is of use only where something is to be looked at. */
static void tidy(const struct replay_options *options, const char *temporary,
                 struct replay_report *report, bool good)
{
    struct run_folder folder;
    if (options->out)
        return;
    if (good && !report->same)
        return;
    if (report->folder[0] && run_folder_open(&folder, report->folder, NULL)) {
        checkpoint_folder_empty(folder.checkpoints);
        run_folder_remove(&folder);
    }
    rmdir(temporary);
    report->folder[0] = '\0';
}

static bool read_length(struct store *store, const char *folder, struct replay_report *report,
                        struct error *error)
{
    bool found = false;
    return store_last_step(store, STORE_RUN, "learning_rate", &report->steps, &found, error) &&
           (found || error_set(error, ERROR_DATA, "%s: no step is on record yet", folder));
}

bool run_replay(const char *folder, const struct replay_options *options,
                struct replay_report *report, struct log *log, struct error *error)
{
    struct run_folder recorded;
    struct config *config = memory_new(1, sizeof *config, error);
    char temporary[FILE_PATH_SIZE] = "", inside[FILE_PATH_SIZE];
    *report = (struct replay_report){.same = true};
    if (!config)
        return false;
    struct replay replay = {
        .recorded = &recorded, .report = report, .options = options, .compared = -1};
    bool good =
        (file_is_folder(folder) || error_set(error, ERROR_INPUT, "%s: no such run", folder)) &&
        run_folder_open(&recorded, folder, error) &&
        (replay.store = store_open(recorded.store, STORE_READ, error)) &&
        read_length(replay.store, folder, report, error) &&
        read_settings(config, &recorded, options, error) &&
        (options->out || (make_temporary(temporary, error) &&
                          file_join(inside, sizeof inside, temporary, "run", error)));
    if (good) {
        good = replay_into(&replay, options->out ? options->out : inside, config, log, error);
        tidy(options, temporary, report, good);
    }
    store_close(replay.store);
    free(config);
    return good;
}
