/* The table `cross`: arms down, probe masks across, as a paper prints it. `matrix` has the same and
 * more in a row for each. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "run/tables_private.h"

enum { OF_A_GROUP = 3, NAME_SIZE = 96 }; /* mse, low, high */

/* What is worked with. */
struct crossing {
    struct table_filling filling;
    int count;                   /* groups of cells */
    struct description *samples; /* [arms][count]; what was not measured has no mean */
    bool *lowest;                /* [arms][count]: no other arm there has a lower one */
    size_t least, most;          /* units of which all arms under a group have a value */
    bool narrowed;               /* cells were left out, because some arm has no value there */
    bool apart;                  /* the arms under some group have no cell in common */
    bool unlike;                 /* or have units at unlike ratios */
};

/* ---- What is comparable ---- */

/* Leaves in the group the cells that all arms there have. False: there is none, all are left. */
static bool narrow(struct crossing *crossing, int which)
{
    const struct table_filling *filling = &crossing->filling;
    int cells = filling->set->cells, common = 0;
    for (int cell = 0; cell < cells; cell++)
        common += filling->group[cell] == which && table_filling_is_common(filling, cell);
    for (int cell = 0; common > 0 && cell < cells; cell++)
        if (filling->group[cell] == which && !table_filling_is_common(filling, cell)) {
            filling->group[cell] = -1;
            crossing->narrowed = true;
        }
    return common > 0;
}

/* means [arms]: of the arms that take part, over the units that all of them have; NaN of others.
 * Returns how many take part. */
static int measure_common(struct crossing *crossing, int which, double *means, struct error *error)
{
    struct table_filling *filling = &crossing->filling;
    const struct evaluation_set *set = filling->set;
    struct description common;
    int count = 0;
    for (int arm = 0; arm < set->arms; arm++) {
        means[arm] = NAN;
        if (!table_filling_takes_part(filling, arm, which) ||
            !evaluation_set_mean(set, arm, -1, filling->group, which, filling->values))
            continue;
        for (size_t unit = 0; unit < set->units; unit++)
            filling->values[unit] = filling->whole[unit] ? filling->values[unit] : (double)NAN;
        if (!describe(filling->values, set->units, &common, error))
            return -1;
        means[arm] = common.mean;
        count++;
    }
    return count;
}

/* Where there is more than one to choose from. */
static bool find_lowest(struct crossing *crossing, int which, struct error *error)
{
    int arms = crossing->filling.set->arms;
    double *means = memory_new((size_t)arms + 1, sizeof *means, error), least = INFINITY;
    int count = means ? measure_common(crossing, which, means, error) : -1;
    for (int arm = 0; count > 1 && arm < arms; arm++)
        least = fmin(least, means[arm]);
    for (int arm = 0; count > 1 && arm < arms; arm++)
        crossing->lowest[arm * crossing->count + which] = means[arm] == least;
    free(means);
    return count >= 0;
}

static bool choose_all(struct crossing *crossing, struct error *error)
{
    crossing->least = crossing->filling.set->units;
    for (int which = 0; which < crossing->count; which++)
        if (!narrow(crossing, which)) {
            crossing->apart = true;
        } else if (table_filling_is_unlike(&crossing->filling, which)) {
            crossing->unlike = true;
        } else {
            size_t whole = table_filling_mark_whole(&crossing->filling, which);
            crossing->least = whole < crossing->least ? whole : crossing->least;
            crossing->most = whole > crossing->most ? whole : crossing->most;
            if (!find_lowest(crossing, which, error))
                return false;
        }
    return true;
}

static bool describe_all(struct crossing *crossing, struct error *error)
{
    struct table_filling *filling = &crossing->filling;
    const struct evaluation_set *set = filling->set;
    for (int arm = 0; arm < set->arms; arm++)
        for (int which = 0; which < crossing->count; which++) {
            struct description *sample = &crossing->samples[arm * crossing->count + which];
            bool measured =
                evaluation_set_mean(set, arm, -1, filling->group, which, filling->values);
            if (!describe(filling->values, measured ? set->units : 0, sample, error))
                return false;
        }
    return true;
}

/* ---- The table ---- */

/* "block", "0.75", "block 0.75", "mse": what the cells of a group have in common. */
static void name_group(char name[NAME_SIZE], const struct evaluation_key *key, unsigned groups)
{
    char ratio[24] = "";
    if (groups & TABLE_BY_RATIO && !isnan(key->ratio))
        snprintf(ratio, sizeof ratio, "%g", key->ratio);
    if (groups & TABLE_BY_STRATEGY)
        snprintf(name, NAME_SIZE, "%.60s%s%s", key->strategy, *ratio ? " " : "", ratio);
    else
        snprintf(name, NAME_SIZE, "%s", *ratio ? ratio : "mse");
}

/* What marks rest on. */
static void write_marks(const struct crossing *crossing, struct text *text)
{
    const struct evaluation_set *set = crossing->filling.set;
    if (crossing->apart)
        text_append(text, " Where arms have no strategy and ratio in common, none is marked.");
    if (crossing->unlike)
        text_append(text,
                    " Where %s have other ratios under one %s than under another, none is marked: "
                    "the table pairs compares each two on those of equal ratios.",
                    set->unit, set->predictor);
    if (crossing->least >= set->units || crossing->most == 0)
        return;
    text_append(text, " Marks are by the %s that all arms there have: %zu", set->unit,
                crossing->least);
    if (crossing->most > crossing->least)
        text_append(text, " to %zu", crossing->most);
    text_append(text, " of %zu.", set->units);
}

static void write_words(const struct crossing *crossing, struct table_words *words)
{
    const struct evaluation_set *set = crossing->filling.set;
    struct text *remarks = &words->remarks;
    size_t least, most;
    text_append(&words->caption,
                "%s, probe masks side by side; the lowest of the arms under each is marked, all "
                "that share it: the table pairs has the tests of such differences.",
                set->what);
    table_filling_count_units(&crossing->filling, crossing->count, &least, &most);
    evaluation_set_write_units(set, least, most, remarks);
    text_append(remarks, ".");
    evaluation_set_write_fewest(set, least, remarks);
    if (crossing->narrowed)
        text_append(remarks, " Means are over the strategies and ratios that all arms there have.");
    write_marks(crossing, remarks);
    evaluation_set_write_remarks(set, remarks);
}

static bool begin(const struct crossing *crossing, unsigned groups, struct error *error)
{
    static const char *const parts[OF_A_GROUP] = {"", "_low", "_high"};
    const struct table_filling *filling = &crossing->filling;
    const struct evaluation_set *set = filling->set;
    size_t size = 1 + OF_A_GROUP * (size_t)crossing->count;
    struct table_column *columns = memory_new(size, sizeof *columns, error);
    char(*names)[NAME_SIZE + 8] = memory_new(size, sizeof *names, error);
    struct table_words words = {0};
    bool good = columns && names;
    if (good) {
        columns[0] = (struct table_column){set->predictor, NULL, TABLE_TEXT, 0};
        for (size_t i = 1; i < size; i++) {
            char name[NAME_SIZE];
            int which = (int)(i - 1) / OF_A_GROUP, part = (int)(i - 1) % OF_A_GROUP;
            name_group(name, evaluation_set_key(set, filling->group, which), groups);
            snprintf(names[i], sizeof names[i], "%s%s", name, parts[part]);
            columns[i] = (struct table_column){names[i], NULL,
                                               part ? TABLE_REAL | TABLE_DETAIL : TABLE_REAL, 4};
        }
        write_words(crossing, &words);
        good = table_begin(filling->table, "cross", &words, columns, size, 1, error);
    }
    free(names);
    free(columns);
    return good;
}

static void add_rows(const struct crossing *crossing)
{
    struct table *table = crossing->filling.table;
    const struct evaluation_set *set = crossing->filling.set;
    for (int arm = 0; arm < set->arms; arm++) {
        table_add_text(table, set->arm[arm].name);
        for (int which = 0; which < crossing->count; which++) {
            const struct description *sample = &crossing->samples[arm * crossing->count + which];
            table_add_real(table, sample->mean);
            if (crossing->lowest[arm * crossing->count + which])
                table_emphasise(table);
            table_add_real(table, sample->low);
            table_add_real(table, sample->high);
        }
    }
}

bool table_fill_cross(struct table *table, const struct evaluation_set *set, unsigned groups,
                      struct error *error)
{
    struct crossing crossing = {0};
    bool good = table_filling_init(&crossing.filling, table, set, error);
    size_t count = good ? (size_t)evaluation_set_group(set, groups, crossing.filling.group) : 0;
    crossing.count = (int)count;
    good = good &&
           (crossing.samples =
                memory_new((size_t)set->arms * count + 1, sizeof *crossing.samples, error)) &&
           (crossing.lowest =
                memory_new((size_t)set->arms * count + 1, sizeof *crossing.lowest, error)) &&
           choose_all(&crossing, error) && describe_all(&crossing, error) &&
           begin(&crossing, groups, error);
    if (good)
        add_rows(&crossing);
    free(crossing.samples);
    free(crossing.lowest);
    table_filling_release(&crossing.filling);
    return good;
}
