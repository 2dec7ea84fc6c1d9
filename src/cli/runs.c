#include "cli/runs.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "run/folder.h"
#include "run/record.h"

static struct store *open_record(const char *path, struct error *error)
{
    struct run_folder folder;
    if (!file_is_folder(path))
        return store_open(path, STORE_READ, error);
    return run_folder_open(&folder, path, error) ? store_open(folder.store, STORE_READ, error)
                                                 : NULL;
}

/* The name of the run's folder, which lives in runs->texts; null when memory runs out. */
static const char *name_folder(struct runs *runs, const char *path, struct error *error)
{
    char *whole = realpath(path, NULL);
    char *slash = whole ? strrchr(whole, '/') : NULL;
    if (slash && slash > whole && !file_is_folder(path)) { /* its run.db */
        *slash = '\0';
        slash = strrchr(whole, '/');
    }
    const char *name = slash && slash[1] ? slash + 1 : path;
    name = arena_text(&runs->texts, name, strlen(name), error);
    free(whole);
    return name;
}

static bool name_runs(struct runs *runs, struct error *error)
{
    bool differ = true;
    for (int i = 0; i < runs->count; i++) {
        if (!(runs->names[i] = name_folder(runs, runs->paths[i], error)))
            return false;
        for (int j = 0; j < i; j++)
            differ = differ && strcmp(runs->names[i], runs->names[j]);
    }
    for (int i = 0; !differ && i < runs->count; i++)
        runs->names[i] = runs->paths[i];
    return true;
}

bool runs_open(struct runs *runs, char *const *paths, int count, struct error *error)
{
    size_t size = (size_t)count + 1;
    *runs = (struct runs){.count = count, .paths = paths};
    bool good = (runs->stores = memory_new(size, sizeof *runs->stores, error)) &&
                (runs->names = memory_new(size, sizeof *runs->names, error)) &&
                name_runs(runs, error);
    for (int i = 0; good && i < count; i++)
        good = (runs->stores[i] = open_record(paths[i], error)) != NULL;
    if (!good)
        runs_close(runs);
    return good;
}

void runs_close(struct runs *runs)
{
    for (int i = 0; runs->stores && i < runs->count; i++)
        store_close(runs->stores[i]);
    free(runs->stores);
    free(runs->names);
    arena_release(&runs->texts);
    *runs = (struct runs){0};
}

void sets_free(struct evaluation_set *sets, int count)
{
    for (int i = 0; sets && i < count; i++)
        evaluation_set_release(&sets[i]);
    free(sets);
}

/* From one state of the record, which may be growing. */
static bool read_set(struct evaluation_set *set, struct store *store, struct error *error)
{
    if (!store_begin_reading(store, error))
        return false;
    bool good = evaluation_set_read(set, store, error);
    store_end_reading(store);
    return good;
}

struct evaluation_set *runs_read_sets(const struct runs *runs, struct error *error)
{
    struct evaluation_set *sets = memory_new((size_t)runs->count, sizeof *sets, error);
    for (int i = 0; sets && i < runs->count; i++)
        if (!read_set(&sets[i], runs->stores[i], error)) {
            error_prefix(error, "%s", runs->paths[i]);
            sets_free(sets, i);
            return NULL;
        }
    return sets;
}

/* ---- Runs of one experiment ---- */

/* What says where, how fast and how often, and touches no result. */
static void forget_circumstances(struct config *config)
{
    static const char *const names[] = {
        "data.path",
        "data.threads",
        "data.ahead",
        "data.cache",
        "train.threads",
        "train.checkpoint_minutes",
        "train.checkpoint_steps",
        "train.checkpoint_keep",
        "run.folder",
        "show.images",
        "show.share",
        "seed",
    };
    const struct setting_table *table = config_table();
    for (size_t i = 0; i < table->count; i++) {
        const struct setting *row = &table->rows[i];
        bool forgotten = !strncmp(row->name, "probe.", strlen("probe.")) ||
                         !strncmp(row->name, "study.", strlen("study."));
        for (size_t j = 0; j < ARRAY_LENGTH(names); j++)
            forgotten = forgotten || !strcmp(row->name, names[j]);
        if (forgotten)
            (void)setting_assign_text(row, row->fallback, config, NULL);
    }
}

bool run_recipe(struct store *store, struct text *recipe, int64_t *seed, bool *found,
                struct error *error)
{
    struct config *config = memory_new(1, sizeof *config, error);
    bool good = config && record_config_now(store, config, found, error);
    if (good) {
        *seed = config->seed;
        forget_circumstances(config);
        config_write(config, recipe);
    }
    free(config);
    return good;
}

bool runs_repeat(const struct runs *runs, bool *repeat, struct error *error)
{
    struct text *recipes = memory_new((size_t)runs->count, sizeof *recipes, error);
    int64_t seeds[RUN_LIMIT] = {0};
    bool good = recipes;
    *repeat = runs->count > 1;
    for (int i = 0; good && i < runs->count; i++) {
        bool found = false;
        good = run_recipe(runs->stores[i], &recipes[i], &seeds[i], &found, error);
        *repeat = *repeat && found && !strcmp(text_of(&recipes[0]), text_of(&recipes[i]));
        for (int j = 0; j < i; j++)
            *repeat = *repeat && seeds[i] != seeds[j];
    }
    for (int i = 0; recipes && i < runs->count; i++)
        text_release(&recipes[i]);
    free(recipes);
    return good;
}

bool runs_sets_repeat(const struct runs *runs, const struct evaluation_set *sets, struct error *why)
{
    for (int i = 1; i < runs->count; i++)
        if (!evaluation_conditions_repeat(&sets[0].conditions, &sets[i].conditions, why))
            return error_prefix(why, "%s and %s", runs->names[0], runs->names[i]);
    return true;
}
