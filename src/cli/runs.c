#include "cli/runs.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "run/folder.h"
#include "run/record.h"
#include "run/run.h"
#include "run/schedule.h"

/* The path of the run's record, which lives in runs->texts; null with *error set. */
static const char *find_record(struct runs *runs, const char *path, struct error *error)
{
    struct run_folder folder;
    const char *record = path;
    if (file_is_folder(path)) {
        if (!run_folder_open(&folder, path, error))
            return NULL;
        record = folder.store;
    }
    return arena_text(&runs->texts, record, strlen(record), error);
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

/* One run twice would be taken for two: a repetition, or a pair among the comparisons. */
static bool check_new(const struct runs *runs, int run, struct error *error)
{
    for (int other = 0; other < run; other++)
        if (file_same(runs->records[other], runs->records[run]))
            return error_set(error, ERROR_USAGE, "%s and %s are the same run", runs->paths[other],
                             runs->paths[run]);
    return true;
}

static bool open_run(struct runs *runs, int run, struct error *error)
{
    return (runs->records[run] = find_record(runs, runs->paths[run], error)) &&
           check_new(runs, run, error) &&
           (runs->stores[run] = store_open(runs->records[run], STORE_READ, error)) &&
           store_begin_reading(runs->stores[run], error);
}

bool runs_open(struct runs *runs, char *const *paths, int count, struct error *error)
{
    size_t size = (size_t)count + 1;
    *runs = (struct runs){.count = count, .paths = paths};
    bool good = (runs->stores = memory_new(size, sizeof *runs->stores, error)) &&
                (runs->names = memory_new(size, sizeof *runs->names, error)) &&
                (runs->records = memory_new(size, sizeof *runs->records, error)) &&
                name_runs(runs, error);
    for (int run = 0; good && run < count; run++)
        good = open_run(runs, run, error);
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
    free(runs->records);
    arena_release(&runs->texts);
    *runs = (struct runs){0};
}

void sets_free(struct evaluation_set *sets, int count)
{
    for (int i = 0; sets && i < count; i++)
        evaluation_set_release(&sets[i]);
    free(sets);
}

struct evaluation_set *runs_read_sets(const struct runs *runs, struct error *error)
{
    struct evaluation_set *sets = memory_new((size_t)runs->count, sizeof *sets, error);
    for (int i = 0; sets && i < runs->count; i++)
        if (!evaluation_set_read(&sets[i], runs->stores[i], error)) {
            error_name_file(error, runs->paths[i]);
            sets_free(sets, i);
            return NULL;
        }
    return sets;
}

/* ---- Runs of one experiment ---- */

/* What says where, how fast and how often, or is shown, and touches no result of the training. */
static bool is_circumstance(const char *setting)
{
    static const char *const groups[] = {"show.", "probe.", "study.", "train.checkpoint_"};
    for (size_t i = 0; i < ARRAY_LENGTH(groups); i++)
        if (!strncmp(setting, groups[i], strlen(groups[i])))
            return true;
    return run_is_circumstance(setting) || !strcmp(setting, "seed");
}

static void forget_circumstances(struct config *config)
{
    const struct setting_table *table = config_table();
    for (size_t i = 0; i < table->count; i++)
        if (is_circumstance(table->rows[i].name))
            (void)setting_assign_text(&table->rows[i], table->rows[i].fallback, config, NULL);
}

/* What must be the same for runs that repeat one experiment. */
struct recipe {
    struct config *settings; /* at the end, without circumstances */
    struct text way;         /* the changes that led there, with their steps */
    int64_t seed;
    bool found;
};

static void recipes_free(struct recipe *recipes, int count)
{
    for (int i = 0; recipes && i < count; i++) {
        text_release(&recipes[i].way);
        free(recipes[i].settings);
    }
    free(recipes);
}

static bool add_change(void *context, const struct store_event *event)
{
    struct text *way = context;
    const char *name = event->name ? event->name : "";
    bool setting = !strcmp(event->kind, command_kind_name(COMMAND_SET));
    if (event_is_change(event) && !(setting && is_circumstance(name)))
        text_append(way, "%lld %s %s %s\n", (long long)event->step, event->kind, name,
                    event->new_value ? event->new_value : "");
    return true;
}

static bool read_recipe(struct recipe *recipe, struct store *store, struct error *error)
{
    if (!(recipe->settings = memory_new(1, sizeof *recipe->settings, error)) ||
        !record_config_now(store, recipe->settings, &recipe->found, error) ||
        !store_read_events(store, 0, add_change, &recipe->way, error) ||
        !text_is_whole(&recipe->way, error))
        return false;
    recipe->seed = recipe->settings->seed;
    forget_circumstances(recipe->settings);
    return true;
}

/* False, *why names the setting: their values of the row differ. */
static bool settings_agree(const struct setting *row, const struct recipe *a,
                           const struct recipe *b, struct error *why)
{
    struct text first = {0}, second = {0};
    setting_write(row, a->settings, &first);
    setting_write(row, b->settings, &second);
    bool same = !strcmp(text_of(&first), text_of(&second));
    if (!same)
        error_set(why, ERROR_DATA, "%s differs (%.80s and %.80s)", row->name, text_of(&first),
                  text_of(&second));
    text_release(&first);
    text_release(&second);
    return same;
}

static bool arms_agree(const struct recipe *a, const struct recipe *b)
{
    struct text first = {0}, second = {0};
    config_write(a->settings, &first);
    config_write(b->settings, &second);
    bool same = !strcmp(text_of(&first), text_of(&second));
    text_release(&first);
    text_release(&second);
    return same;
}

/* Whether the runs of the two may be repetitions; if not, *why. */
static bool recipes_agree(const struct recipe *a, const struct recipe *b, struct error *why)
{
    const struct setting_table *table = config_table();
    if (!a->found || !b->found)
        return error_set(why, ERROR_DATA, "a record does not hold its settings");
    for (size_t i = 0; i < table->count; i++)
        if (!settings_agree(&table->rows[i], a, b, why))
            return false;
    if (!arms_agree(a, b))
        return error_set(why, ERROR_DATA, "their arms differ");
    if (strcmp(text_of(&a->way), text_of(&b->way)))
        return error_set(why, ERROR_DATA,
                         "they were changed on the way at other steps or to other values (see the "
                         "table events)");
    return a->seed != b->seed || error_set(why, ERROR_DATA, "they have the same seed");
}

static bool compare_recipes(const struct runs *runs, const struct recipe *recipes,
                            struct error *why)
{
    for (int i = 0; i < runs->count; i++)
        for (int j = 0; j < i; j++)
            if (!recipes_agree(&recipes[j], &recipes[i], why))
                return error_prefix(why, "%s and %s", runs->names[j], runs->names[i]);
    return true;
}

bool runs_repeat(const struct runs *runs, bool *repeat, struct error *why, struct error *error)
{
    struct recipe *recipes = memory_new((size_t)runs->count, sizeof *recipes, error);
    bool good = recipes;
    for (int i = 0; good && i < runs->count; i++)
        good = read_recipe(&recipes[i], runs->stores[i], error);
    *repeat = good && compare_recipes(runs, recipes, why);
    recipes_free(recipes, runs->count);
    return good;
}

bool runs_sets_repeat(const struct runs *runs, const struct evaluation_set *sets, struct error *why)
{
    for (int i = 1; i < runs->count; i++)
        if (!evaluation_conditions_repeat(&sets[0].conditions, &sets[i].conditions, why))
            return error_prefix(why, "%s and %s", runs->names[0], runs->names[i]);
    return true;
}
