#include "tests/ui/made_up_record.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/random.h"
#include "run/folder.h"
#include "run/store.h"

enum { SEED = 21, IMAGES = 24, EVENT_SECONDS = 240 };
/* 2026-11-23 14:12:05 UTC */
static const double began = 1795443125;

static bool add_evaluations(struct store *store, const struct snapshot *snapshot, int id,
                            double level, struct error *error)
{
    const struct config *config = &snapshot->config;
    int strategies_used = config->eval.strategies.count, ratios = config->eval.ratios.count;
    for (int cell = 0; cell < strategies_used * ratios; cell++)
        for (int image = 0; image < IMAGES; image++) {
            struct random random =
                random_begin(SEED, RANDOM_ORDER, (uint32_t)cell, (uint32_t)image);
            double hardness = exp(0.3 * random_normal(&random));
            struct store_evaluation row = {
                .step = 6000,
                .arm = id,
                .strategy = config->eval.strategies.items[cell / ratios],
                .ratio = config->eval.ratios.items[cell % ratios],
                .image = image,
                .hidden = 48,
                .label = image % 4,
                .mse = level * hardness * (0.6 + 0.15 * (cell % ratios) + 0.1 * (cell / ratios)),
            };
            if (!store_add_evaluation(store, &row, error))
                return false;
        }
    return true;
}

static bool add_predictors(struct store *store, const struct snapshot *snapshot,
                           struct error *error)
{
    static const char *const baselines[] = {"visible-mean", "inverse-distance"};
    int id;
    for (int i = 0; i < snapshot->arm_count; i++)
        if (!store_add_arm(store, snapshot->arms[i].name, STORE_KIND_ARM, &id, error) ||
            !add_evaluations(store, snapshot, id, 0.12 + 0.05 * i, error))
            return false;
    for (size_t i = 0; i < ARRAY_LENGTH(baselines); i++)
        if (!store_add_arm(store, baselines[i], STORE_KIND_BASELINE, &id, error) ||
            !add_evaluations(store, snapshot, id, 0.6 - 0.2 * (double)i, error))
            return false;
    return true;
}

/* What a trainer shows of the events that it puts on record. */
static void show_event(struct snapshot *snapshot, const struct store_event *event)
{
    struct snapshot_event *shown = &snapshot->events[snapshot->event_count++];
    *shown = (struct snapshot_event){.step = event->step, .time = event->time};
    text_copy(shown->kind, sizeof shown->kind, event->kind);
    text_copy(shown->arm, sizeof shown->arm,
              event->arm > 0 ? snapshot->arms[event->arm - 1].name : "");
    text_copy(shown->name, sizeof shown->name, event->name ? event->name : "");
    text_copy(shown->old_value, sizeof shown->old_value, event->old_value ? event->old_value : "");
    text_copy(shown->new_value, sizeof shown->new_value, event->new_value ? event->new_value : "");
}

static bool add_events(struct store *store, struct snapshot *snapshot, struct error *error)
{
    static const struct store_event events[] = {
        {.kind = "started"},
        {.step = 1200,
         .arm = 1,
         .kind = "set",
         .name = "arms.random75.ratio",
         .old_value = "0.8",
         .new_value = "0.75"},
        {.step = 2000,
         .kind = "set",
         .name = "train.blr",
         .old_value = "0.0002",
         .new_value = "0.00015"},
        {.step = 2400,
         .arm = 2,
         .kind = "set",
         .name = "arms.block.ratio",
         .old_value = "uniform:low={from: 0.1, to: 0.5, shape: cosine},high=0.95",
         .new_value = "uniform:low=0.3,high=0.9"},
        {.step = 3000, .kind = "checkpoint"},
        {.step = 4100, .kind = "pause"},
        {.step = 4100, .kind = "note", .new_value = "eyes begin to show in the reconstructions"},
        {.step = 4100, .kind = "go-on"},
        {.step = 6000, .kind = "checkpoint"},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(events); i++) {
        struct store_event event = events[i];
        event.time = began + EVENT_SECONDS * (double)i;
        if (!store_add_event(store, &event, error))
            return false;
        show_event(snapshot, &event);
    }
    return true;
}

static bool fill(struct store *store, struct snapshot *snapshot, struct error *error)
{
    return store_begin(store, error) && add_predictors(store, snapshot, error) &&
           add_events(store, snapshot, error) && store_commit(store, error);
}

bool made_up_record_new(struct snapshot *snapshot, struct error *error)
{
    const char *slash = strrchr(snapshot->folder, '/'), *base = getenv("TMPDIR");
    char name[256], above[FILE_PATH_SIZE];
    struct run_folder folder;
    text_copy(name, sizeof name, slash ? slash + 1 : snapshot->folder);
    snprintf(above, sizeof above, "%s/maskscope-panel-XXXXXX", base ? base : "/tmp");
    if (!mkdtemp(above))
        return error_set_errno(error, ERROR_CREATE, "%s", above);
    if (!file_join(snapshot->folder, sizeof snapshot->folder, above, name, error) ||
        !file_make_folder(snapshot->folder, error) ||
        !run_folder_open(&folder, snapshot->folder, error))
        return false;
    struct store *store = store_open(folder.store, STORE_CREATE, error);
    bool good = store && fill(store, snapshot, error);
    store_close(store);
    snapshot->recorded++;
    return good;
}

bool made_up_record_note(struct snapshot *snapshot, const char *text, struct error *error)
{
    struct run_folder folder;
    if (!run_folder_open(&folder, snapshot->folder, error))
        return false;
    struct store *store = store_open(folder.store, STORE_APPEND, error);
    struct store_event event = {
        .step = snapshot->step, .time = began + 3600, .kind = "note", .new_value = text};
    bool good = store && store_begin(store, error) && store_add_event(store, &event, error) &&
                store_commit(store, error);
    store_close(store);
    snapshot->recorded++;
    return good;
}

void made_up_record_remove(const struct snapshot *snapshot)
{
    static const char *const files[] = {"run.db", "run.db-wal", "run.db-shm"};
    char path[FILE_PATH_SIZE];
    for (size_t i = 0; i < ARRAY_LENGTH(files); i++)
        if (file_join(path, sizeof path, snapshot->folder, files[i], NULL))
            unlink(path);
    text_copy(path, sizeof path, snapshot->folder);
    rmdir(path);
    char *slash = strrchr(path, '/');
    if (slash) {
        *slash = '\0';
        rmdir(path);
    }
}
