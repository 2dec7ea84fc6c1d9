/* The tables of a study. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "run/study_private.h"
#include "run/tables_private.h"

/* ---- The table `study` ---- */

/* Of each column of the results. */
enum { OF_A_COLUMN = 5, NAME_SIZE = 32 };

/* "own_mse" has "own_ci". */
static void name_part(char name[NAME_SIZE], const char *column, const char *part)
{
    const char *mse = strstr(column, "_mse");
    int length = mse ? (int)(mse - column) : (int)strlen(column);
    snprintf(name, NAME_SIZE, "%.*s_%s", length, column, part);
}

/* The folder's name, or "scenes". */
static const char *images_of_segment(const struct study *study)
{
    const char *path = study->config.study.segment;
    if (!path[0])
        path = study->config.data.path;
    const char *slash = strrchr(path, '/');
    return slash && slash[1] ? slash + 1 : path;
}

/* "linear is accuracy (class, lbfgs; mean of 3 seeds)." */
static void write_task(const struct study *study, const struct study_wanted *wanted,
                       struct text *text)
{
    bool pixels = !strcmp(wanted->task->name, "segment");
    text_append(text, "%s is %s (%s", pixels ? "miou" : wanted->task->name,
                pixels ? "mean IoU" : wanted->task->measure, wanted->preferred);
    if (wanted->seeds > 1)
        text_append(text, "; mean of %lld seeds", (long long)wanted->seeds);
    if (pixels)
        text_append(text, "; pixels of %s; paired by image each image's own",
                    images_of_segment(study));
    text_append(text, "). ");
}

static int runs_lacking(const struct study_plan *plan, int task)
{
    int lacking = 0;
    for (int i = 0; i < plan->count; i++)
        lacking += plan->runs[i].state == STUDY_TRAINED && !plan->runs[i].done[task];
    return lacking;
}

/* Which variant of each task stands in the table, and what was not asked with these settings. */
static bool write_tasks(const struct study_plan *plan, struct text *text, struct error *error)
{
    for (int i = 0; i < plan->study->task_count; i++) {
        struct study_wanted wanted;
        if (!study_wanted_init(&wanted, plan, i, error))
            return false;
        write_task(plan->study, &wanted, text);
        study_wanted_release(&wanted);
        int lacking = runs_lacking(plan, i);
        if (lacking > 0)
            text_append(text, "%d of the runs trained lack some of it as the settings are now. ",
                        lacking);
    }
    if (plan->unseen)
        text_append(text, "The images were not at hand: of each task the newest outcomes on record "
                          "are shown, and neither images nor labels were looked at. ");
    return true;
}

static bool write_caption(const struct study_results *results, const struct study_plan *plan,
                          struct text *text, struct error *error)
{
    text_append(text,
                "Means over %d seed%s; _ci is half the width of their 95%% interval (Student's t "
                "over seeds). ",
                results->seeds, results->seeds == 1 ? "" : "s");
    if (results->trained < results->runs)
        text_append(text, "%d of the study's %d runs are trained by now. ", results->trained,
                    results->runs);
    text_append(text,
                "own_mse is the training loss on an arm's own masks over its last 100 steps: easy "
                "masks make it low, and it ranks nothing. probe_mse is on the common masks. ");
    if (!write_tasks(plan, text, error))
        return false;
    text_append(
        text,
        "The best of a column is marked where its difference to the second is significant both "
        "paired by seed and, over all seeds, paired by image (the larger p below .05, after "
        "Holm over the column's pairs).");
    if (results->seeds == 1)
        text_append(text, " One seed tells models apart, not ways to train: nothing is marked.");
    return true;
}

static bool begin(struct table *table, const struct study_results *results,
                  const struct study_plan *plan, struct error *error)
{
    struct table_column columns[2 + OF_A_COLUMN * STUDY_COLUMN_LIMIT] = {
        {"arm", NULL, TABLE_TEXT, 0}, {"seeds", NULL, TABLE_INTEGER, 0}};
    char names[STUDY_COLUMN_LIMIT][OF_A_COLUMN - 1][NAME_SIZE];
    static const char *const parts[OF_A_COLUMN - 1] = {"ci", "low", "high", "best"};
    size_t count = 2;
    for (int i = 0; i < results->column_count; i++) {
        columns[count++] = (struct table_column){results->columns[i].name, NULL, TABLE_REAL, 4};
        for (int part = 0; part < OF_A_COLUMN - 1; part++) {
            name_part(names[i][part], results->columns[i].name, parts[part]);
            columns[count++] = (struct table_column){
                names[i][part], NULL, part == 0 ? TABLE_REAL : TABLE_REAL | TABLE_DETAIL, 2};
        }
        columns[count - 3].digits = columns[count - 2].digits = 4;
        columns[count - 1].type = TABLE_INTEGER | TABLE_DETAIL;
    }
    struct text caption = {0};
    bool good = write_caption(results, plan, &caption, error) &&
                table_init(table, "study", text_of(&caption), columns, count, error);
    text_release(&caption);
    return good;
}

/* The half width is Student's; what of the interval lies where a share cannot is left out. */
static void add_value(struct table *table, const struct study_column *column,
                      const struct description *value, bool best)
{
    bool cut = column->share && !isnan(value->low);
    table_add_real(table, value->mean);
    if (best)
        table_emphasise(table);
    table_add_real(table, (value->high - value->low) / 2);
    table_add_real(table, cut ? fmax(value->low, 0) : value->low);
    table_add_real(table, cut ? fmin(value->high, 1) : value->high);
    table_add_integer(table, best);
}

static size_t seeds_of(const struct description *values, int count)
{
    size_t most = 0;
    for (int i = 0; i < count; i++)
        most = values[i].count > most ? values[i].count : most;
    return most;
}

/* Arms of which nothing is known by now are left out. */
static bool add_arm(struct table *table, const struct study_results *results, int arm,
                    const int *best, struct error *error)
{
    struct description values[STUDY_COLUMN_LIMIT] = {0};
    for (int i = 0; i < results->column_count; i++)
        if (!study_describe(results, &results->columns[i], arm, &values[i], error))
            return false;
    size_t seeds = seeds_of(values, results->column_count);
    if (seeds == 0)
        return true;
    table_add_text(table, results->names[arm]);
    table_add_integer(table, (int64_t)seeds);
    for (int i = 0; i < results->column_count; i++)
        add_value(table, &results->columns[i], &values[i], best[i] == arm);
    return true;
}

/* best [column_count]: the arm to mark in each; -1: none. A training loss ranks nothing. */
static bool find_best(const struct study_results *results, int *best, struct error *error)
{
    for (int i = 0; i < results->column_count; i++) {
        size_t count;
        struct study_pair *pairs = study_compare(results, &results->columns[i], &count, error);
        best[i] = -1;
        if (!pairs)
            return false;
        if (i > 0)
            best[i] = study_best(results, &results->columns[i], pairs, count);
        free(pairs);
    }
    return true;
}

bool study_table(struct table *table, const struct study_plan *plan, struct error *error)
{
    struct study_results results;
    int best[STUDY_COLUMN_LIMIT];
    if (!study_results_read(&results, plan, error))
        return false;
    bool begun = find_best(&results, best, error) && begin(table, &results, plan, error),
         good = begun;
    for (int arm = 0; good && arm < results.arms; arm++)
        good = add_arm(table, &results, arm, best, error);
    if (begun && !good)
        table_release(table);
    study_results_release(&results);
    return good;
}

/* ---- The table `study-pairs` ---- */

/* "6 pairs of arms and, apart from them, its 4 pairs of an arm and the initial weights
 * (untrained)": what is adjusted together. */
static void write_families(int arms, bool untrained, struct text *text)
{
    int pairs = arms * (arms - 1) / 2;
    if (pairs > 0 || !untrained)
        text_append(text, "%d pair%s of arms", pairs, pairs == 1 ? "" : "s");
    if (pairs > 0 && untrained)
        text_append(text, " and, apart from them, its ");
    if (untrained)
        text_append(text, "%d pair%s of an arm and the initial weights (%s)", arms,
                    arms == 1 ? "" : "s", DOWNSTREAM_UNTRAINED);
}

static bool begin_pairs(struct table *table, const struct study_results *results,
                        const struct study_plan *plan, struct error *error)
{
    static const struct table_column columns[] = {
        {"measure", NULL, TABLE_TEXT, 0},
        {"a", NULL, TABLE_TEXT, 0},
        {"b", NULL, TABLE_TEXT, 0},
        {"difference", NULL, TABLE_REAL, 4},
        {"low", NULL, TABLE_REAL, 3},
        {"high", NULL, TABLE_REAL, 3},
        {"p_seeds", NULL, TABLE_REAL | TABLE_PROBABILITY, 2},
        {"p_images", NULL, TABLE_REAL | TABLE_PROBABILITY, 2},
        {"p_holm", NULL, TABLE_REAL | TABLE_PROBABILITY, 2},
        {"sig", NULL, TABLE_MARK, 0},
        {"seeds", NULL, TABLE_INTEGER, 0},
        {"images", NULL, TABLE_INTEGER, 0},
    };
    struct text caption = {0};
    text_append(&caption,
                "a minus b with the same seeds: mean and 95%% interval over seeds, paired t tests "
                "with seeds and with images (averaged over the seeds) as units; p_holm is the "
                "larger p, adjusted over the measure's ");
    write_families(results->arms - 1, plan->study->config.study.untrained, &caption);
    text_append(&caption, ".");
    bool good =
        table_init(table, "study-pairs", text_of(&caption), columns, ARRAY_LENGTH(columns), error);
    text_release(&caption);
    return good;
}

static void add_pair(struct table *table, const struct study_results *results,
                     const struct study_column *column, const struct study_pair *pair)
{
    if (pair->seeds == 0)
        return;
    table_add_text(table, column->name);
    table_add_text(table, results->names[pair->a]);
    table_add_text(table, results->names[pair->b]);
    table_add_real(table, pair->difference);
    table_add_real(table, pair->low);
    table_add_real(table, pair->high);
    table_add_real(table, pair->p_seeds);
    table_add_real(table, pair->p_images);
    table_add_real(table, pair->p_holm);
    table_add_text(table, table_significance(pair->p_holm));
    table_add_integer(table, (int64_t)pair->seeds);
    table_add_integer(table, (int64_t)pair->images);
}

static bool add_pairs(struct table *table, const struct study_results *results,
                      const struct study_column *column, struct error *error)
{
    size_t count;
    struct study_pair *pairs = study_compare(results, column, &count, error);
    for (size_t i = 0; pairs && i < count; i++)
        add_pair(table, results, column, &pairs[i]);
    free(pairs);
    return pairs;
}

bool study_pairs_table(struct table *table, const struct study_plan *plan, struct error *error)
{
    struct study_results results;
    if (!study_results_read(&results, plan, error))
        return false;
    bool begun = begin_pairs(table, &results, plan, error), good = begun;
    for (int i = 0; good && i < results.column_count; i++)
        good = add_pairs(table, &results, &results.columns[i], error);
    if (begun && !good)
        table_release(table);
    study_results_release(&results);
    return good;
}
