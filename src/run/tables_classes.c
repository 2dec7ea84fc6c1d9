/* The table `classes`: errors by the images' labels. */
#include <math.h>
#include <stdlib.h>

#include "run/tables_private.h"

static bool begin(struct table *table, const struct evaluation_set *set, bool unlike,
                  struct error *error)
{
    enum { KEYS = 3 };
    struct table_column columns[KEYS + SAMPLE_COLUMNS] = {{set->predictor, NULL, TABLE_TEXT, 0},
                                                          {"label", NULL, TABLE_INTEGER, 0},
                                                          {"class", NULL, TABLE_TEXT, 0}};
    struct table_words words = {0};
    sample_columns(columns + KEYS, set->unit);
    text_append(&words.caption,
                "%s, by the class of the image; low and high are the 95%% t interval of the mean "
                "over the class's %s, not adjusted for the number of classes.",
                set->what, set->unit);
    evaluation_set_write_units(set, set->units, set->units, &words.remarks);
    text_append(&words.remarks, " in all.");
    evaluation_set_write_unlike(unlike, &words.remarks);
    evaluation_set_write_remarks(set, &words.remarks);
    return table_begin(table, "classes", &words, columns, ARRAY_LENGTH(columns), KEYS, error);
}

/* Images by label; those without are left out. */
struct labelled {
    int label;
    size_t unit;
};

static int by_label(const void *a, const void *b)
{
    const struct labelled *left = a, *right = b;
    if (left->label != right->label)
        return left->label < right->label ? -1 : 1;
    return (left->unit > right->unit) - (left->unit < right->unit);
}

static size_t list_labelled(const struct evaluation_set *set, struct labelled *list)
{
    size_t count = 0;
    for (size_t unit = 0; unit < set->units; unit++)
        if (set->label[unit] >= 0)
            list[count++] = (struct labelled){set->label[unit], unit};
    qsort(list, count, sizeof *list, by_label);
    return count;
}

static bool add_classes(struct table *table, const struct evaluation_set *set, int arm,
                        const struct labelled *list, size_t count, double *work,
                        struct sampler *sampler, struct error *error)
{
    const double *mean = work;
    double *values = work + set->units;
    for (size_t first = 0, next; first < count; first = next) {
        int label = list[first].label;
        for (next = first; next < count && list[next].label == label; next++)
            values[next - first] = mean[list[next].unit];
        table_add_text(table, set->arm[arm].name);
        table_add_integer(table, label);
        table_add_text(table, label < set->class_count ? set->classes[label] : NULL);
        double psnr = evaluation_psnr(values, next - first, set->deviation);
        if (!sampler_add(sampler, table, values, next - first, psnr, error))
            return false;
    }
    return true;
}

bool table_fill_classes(struct table *table, const struct evaluation_set *set, unsigned groups,
                        struct error *error)
{
    (void)groups;
    struct sampler sampler = {0};
    struct labelled *list = memory_new(set->units + 1, sizeof *list, error);
    double *work = memory_new(set->units + 1, 2 * sizeof *work, error);
    int *group = memory_new((size_t)set->cells + 1, sizeof *group, error);
    size_t count = list ? list_labelled(set, list) : 0;
    bool good = list && work && group &&
                (count > 0 || error_set(error, ERROR_DATA, "the %s have no classes", set->unit)) &&
                begin(table, set, evaluation_set_common(set, group) < set->cells, error);
    bool filled = good;
    if (good)
        (void)evaluation_set_group(set, TABLE_BY_NOTHING, group);
    for (int arm = 0; filled && arm < set->arms; arm++)
        if (evaluation_set_mean(set, arm, -1, group, 0, work))
            filled = add_classes(table, set, arm, list, count, work, &sampler, error);
    if (good && !filled)
        table_release(table);
    sampler_release(&sampler);
    free(list);
    free(work);
    free(group);
    return filled;
}
