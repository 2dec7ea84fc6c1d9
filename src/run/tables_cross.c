/* The table `cross`: arms down, probe masks across, as a paper prints it. `matrix` has the same and
 * more in a row for each. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "run/tables_private.h"

enum { OF_A_GROUP = 3, NAME_SIZE = 96 }; /* mse, low, high */

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

static void write_caption(const struct table_filling *filling, int count, struct text *text)
{
    size_t least, most;
    text_append(text, "%s, probe masks side by side; ", filling->set->what);
    table_filling_count_units(filling, count, &least, &most);
    evaluation_set_write_units(filling->set, least, most, text);
    text_append(text,
                "; the lowest of the arms under each is marked: the table pairs has the tests "
                "of such differences.");
    evaluation_set_write_remarks(filling->set, text);
}

static bool begin(const struct table_filling *filling, unsigned groups, int count,
                  struct error *error)
{
    static const char *const parts[OF_A_GROUP] = {"", "_low", "_high"};
    const struct evaluation_set *set = filling->set;
    size_t size = 1 + OF_A_GROUP * (size_t)count;
    struct table_column *columns = memory_new(size, sizeof *columns, error);
    char(*names)[NAME_SIZE + 8] = memory_new(size, sizeof *names, error);
    struct text caption = {0};
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
        write_caption(filling, count, &caption);
        good = table_init(filling->table, "cross", text_of(&caption), columns, size, error);
    }
    text_release(&caption);
    free(names);
    free(columns);
    return good;
}

/* samples [arms][count]; what was not measured has no mean. */
static bool describe_all(const struct table_filling *filling, int count,
                         struct description *samples, struct error *error)
{
    const struct evaluation_set *set = filling->set;
    for (int arm = 0; arm < set->arms; arm++)
        for (int which = 0; which < count; which++) {
            struct description *sample = &samples[arm * count + which];
            bool measured =
                evaluation_set_mean(set, arm, -1, filling->group, which, filling->values);
            if (!describe(filling->values, measured ? set->units : 0, sample, error))
                return false;
        }
    return true;
}

/* Of the arms under that group; -1: there are no two to choose from. */
static int find_lowest(const struct evaluation_set *set, const struct description *samples,
                       int count, int which)
{
    int lowest = -1, arms = 0;
    for (int arm = 0; arm < set->arms; arm++) {
        double mean = samples[arm * count + which].mean;
        if (set->arm[arm].baseline || isnan(mean))
            continue;
        arms++;
        if (lowest < 0 || mean < samples[lowest * count + which].mean)
            lowest = arm;
    }
    return arms > 1 ? lowest : -1;
}

static void add_rows(const struct table_filling *filling, const struct description *samples,
                     int count)
{
    const struct evaluation_set *set = filling->set;
    for (int arm = 0; arm < set->arms; arm++) {
        table_add_text(filling->table, set->arm[arm].name);
        for (int which = 0; which < count; which++) {
            const struct description *sample = &samples[arm * count + which];
            table_add_real(filling->table, sample->mean);
            if (find_lowest(set, samples, count, which) == arm)
                table_emphasise(filling->table);
            table_add_real(filling->table, sample->low);
            table_add_real(filling->table, sample->high);
        }
    }
}

bool table_fill_cross(struct table *table, const struct evaluation_set *set, unsigned groups,
                      struct error *error)
{
    struct table_filling filling;
    struct description *samples = NULL;
    bool good = table_filling_init(&filling, table, set, error);
    int count = good ? evaluation_set_group(set, groups, filling.group) : 0;
    good = good &&
           (samples = memory_new((size_t)set->arms * (size_t)count + 1, sizeof *samples, error)) &&
           describe_all(&filling, count, samples, error) && begin(&filling, groups, count, error);
    if (good)
        add_rows(&filling, samples, count);
    free(samples);
    table_filling_release(&filling);
    return good;
}
