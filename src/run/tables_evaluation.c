/* Tables made from evaluations on the common probe masks. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "run/tables_private.h"
#include "stats/describe.h"

/* Each arm's newest evaluation, by arm, strategy, ratio, image, mask. */
struct value {
    int arm;
    int64_t step;
    char strategy[128];
    double ratio;
    int64_t image;
    int mask;
    double mse;
};

struct values {
    struct value *items;
    size_t count, capacity;
    bool failed;
};

static bool keep_value(void *context, const struct store_evaluation *row)
{
    struct values *values = context;
    if (values->count == values->capacity) {
        size_t capacity = values->capacity ? 2 * values->capacity : 4096;
        void *grown = realloc(values->items, capacity * sizeof *values->items);
        if (!grown) {
            values->failed = true;
            return false;
        }
        values->items = grown;
        values->capacity = capacity;
    }
    struct value *value = &values->items[values->count++];
    *value = (struct value){.arm = row->arm,
                            .step = row->step,
                            .ratio = row->ratio,
                            .image = row->image,
                            .mask = row->mask,
                            .mse = row->mse};
    text_copy(value->strategy, sizeof value->strategy, row->strategy);
    return true;
}

static bool read_values(struct store *store, struct values *values, struct error *error)
{
    if (!store_read_evaluations(store, STORE_EVERY_ARM, STORE_LATEST, keep_value, values, error))
        return false;
    if (values->failed)
        return error_set(error, ERROR_SYSTEM, "out of memory");
    if (values->count == 0)
        return error_set(error, ERROR_DATA, "no evaluation yet (:eval makes one)");
    return true;
}

/* The fields that part the rows, one place for each, and then the others. */
static int compare_values(const void *a, const void *b, void *context)
{
    const struct value *left = a, *right = b;
    unsigned groups = *(const unsigned *)context;
    int strategy = strcmp(left->strategy, right->strategy);
    int ratio = (left->ratio > right->ratio) - (left->ratio < right->ratio);
    int image = (left->image > right->image) - (left->image < right->image);
    if (left->arm != right->arm)
        return left->arm < right->arm ? -1 : 1;
    if (groups & TABLE_BY_STRATEGY && strategy)
        return strategy;
    if (groups & TABLE_BY_RATIO && ratio)
        return ratio;
    return image      ? image
           : strategy ? strategy
           : ratio    ? ratio
                      : (left->mask > right->mask) - (left->mask < right->mask);
}

static bool same_group(const struct value *a, const struct value *b, unsigned groups)
{
    return a->arm == b->arm && a->step == b->step &&
           (!(groups & TABLE_BY_RATIO) || a->ratio == b->ratio) &&
           (!(groups & TABLE_BY_STRATEGY) || !strcmp(a->strategy, b->strategy));
}

/* One mean for each image of rows [first, last), which lie image by image. An image of which some
 * value is missing has none: NaN, which describe() leaves out. */
static size_t image_means(const struct value *first, const struct value *last, double *means)
{
    size_t count = 0;
    while (first < last) {
        int64_t image = first->image;
        double sum = 0;
        int masks = 0;
        for (; first < last && first->image == image; first++, masks++)
            sum += first->mse;
        means[count++] = sum / masks;
    }
    return count;
}

enum { SHOW_KIND = 4 }; /* a flag beside TABLE_BY_STRATEGY and TABLE_BY_RATIO */

/* The columns of all tables here, and by which flag a table has one. */
static const struct {
    struct table_column column;
    unsigned shown_for; /* 0: for every table */
} all_columns[] = {
    {{"arm", NULL, TABLE_TEXT, 0}, 0},
    {{"kind", NULL, TABLE_TEXT, 0}, SHOW_KIND},
    {{"strategy", NULL, TABLE_TEXT, 0}, TABLE_BY_STRATEGY},
    {{"ratio", NULL, TABLE_REAL, 3}, TABLE_BY_RATIO},
    {{"step", NULL, TABLE_INTEGER, 0}, 0},
    {{"images", NULL, TABLE_INTEGER, 0}, 0},
    {{"mse", NULL, TABLE_REAL, 4}, 0},
    {{"low", NULL, TABLE_REAL, 4}, 0},
    {{"high", NULL, TABLE_REAL, 4}, 0},
    {{"sd", NULL, TABLE_REAL, 3}, 0},
    {{"median", NULL, TABLE_REAL, 4}, 0},
};

static size_t choose_columns(unsigned shown, struct table_column columns[ARRAY_LENGTH(all_columns)])
{
    size_t count = 0;
    for (size_t i = 0; i < ARRAY_LENGTH(all_columns); i++)
        if (!all_columns[i].shown_for || all_columns[i].shown_for & shown)
            columns[count++] = all_columns[i].column;
    return count;
}

/* A baseline learns nothing: it is measured once, and that step says nothing of its values. */
static bool is_baseline(const struct arm_names *arms, int arm)
{
    return !strcmp(arm_kind(arms, arm), "baseline");
}

static bool add_group(struct table *table, const struct arm_names *arms, unsigned shown,
                      const struct value *first, const struct value *last, double *means,
                      struct error *error)
{
    struct description description;
    size_t count = image_means(first, last, means);
    if (!describe(means, count, &description, error))
        return false;
    table_add_text(table, arm_name(arms, first->arm));
    if (shown & SHOW_KIND)
        table_add_text(table, arm_kind(arms, first->arm));
    if (shown & TABLE_BY_STRATEGY)
        table_add_text(table, first->strategy);
    if (shown & TABLE_BY_RATIO)
        table_add_real(table, first->ratio);
    if (is_baseline(arms, first->arm))
        table_add_missing(table);
    else
        table_add_integer(table, first->step);
    table_add_integer(table, (int64_t)description.count);
    table_add_real(table, description.mean);
    table_add_real(table, description.low);
    table_add_real(table, description.high);
    table_add_real(table, description.sd);
    table_add_real(table, description.median);
    return true;
}

static bool fill(struct table *table, const struct values *values, const struct arm_names *arms,
                 unsigned shown, struct error *error)
{
    double *means = memory_new(values->count, sizeof *means, error);
    bool good = means;
    const struct value *end = values->items + values->count;
    for (const struct value *first = values->items, *last; good && first < end; first = last) {
        for (last = first; last < end && same_group(first, last, shown);)
            last++;
        good = add_group(table, arms, shown, first, last, means, error);
    }
    free(means);
    return good;
}

/* Whoever groups by everything keeps the order that the values came in. */
static bool make_table(struct table *table, const char *name, const char *caption,
                       struct values *values, const struct arm_names *arms, unsigned shown,
                       struct error *error)
{
    struct table_column columns[ARRAY_LENGTH(all_columns)];
    if (!table_init(table, name, caption, columns, choose_columns(shown, columns), error))
        return false;
    if ((shown & TABLE_BY_ALL) != TABLE_BY_ALL)
        qsort_r(values->items, values->count, sizeof *values->items, compare_values, &shown);
    if (fill(table, values, arms, shown, error))
        return true;
    table_release(table);
    return false;
}

static bool make_from_store(struct table *table, struct store *store, const char *name,
                            const char *caption, unsigned shown, struct error *error)
{
    struct values values = {0};
    struct arm_names arms = {0};
    bool good = arm_names_read(&arms, store, error) && read_values(store, &values, error) &&
                make_table(table, name, caption, &values, &arms, shown, error);
    free(values.items);
    arm_names_release(&arms);
    return good;
}

static const char matrix_caption[] =
    "Mean squared error on the hidden patches of held-out images under the common probe masks, in "
    "units of the normalised input; low and high are the 95% t interval of the mean over images.";

bool table_make_matrix(struct table *table, struct store *store, unsigned groups,
                       struct error *error)
{
    return make_from_store(table, store, "matrix", matrix_caption, groups, error);
}

bool table_make_arms(struct table *table, struct store *store, unsigned groups, struct error *error)
{
    (void)groups;
    return make_from_store(table, store, "arms",
                           "Mean squared error over all common probe masks, each image's mean "
                           "first; low and high are the 95% t interval of the mean over images.",
                           SHOW_KIND, error);
}

static void keep_predictor(struct values *values, const struct evaluation *evaluation,
                           const struct evaluation_plan *plan, int predictor, int64_t step)
{
    for (int strategy = 0; strategy < evaluation->strategies; strategy++)
        for (int ratio = 0; ratio < evaluation->ratios; ratio++)
            for (int image = 0; image < evaluation->images; image++)
                for (int mask = 0; mask < evaluation->masks; mask++)
                    keep_value(values,
                               &(struct store_evaluation){
                                   .arm = predictor,
                                   .step = step,
                                   .strategy = plan->strategies.items[strategy],
                                   .ratio = plan->ratios.items[ratio],
                                   .image = evaluation->indices[image],
                                   .mask = mask,
                                   .mse = evaluation->mse[evaluation_index(
                                       evaluation, predictor, strategy, ratio, image, mask)]});
}

bool evaluation_table(struct table *table, const struct evaluation *evaluation,
                      const struct evaluation_plan *plan, const char *const *names, int64_t step,
                      struct error *error)
{
    struct values values = {0};
    struct arm_names arms = {0};
    bool good = true;
    for (int predictor = 0; good && predictor < evaluation->models + BASELINES; predictor++) {
        bool model = predictor < evaluation->models;
        good =
            arm_names_add(&arms, predictor,
                          model ? names[predictor] : baseline_name(predictor - evaluation->models),
                          model ? "arm" : "baseline", error);
        keep_predictor(&values, evaluation, plan, predictor, step);
    }
    good = good && (!values.failed || error_set(error, ERROR_SYSTEM, "out of memory")) &&
           make_table(table, "matrix", matrix_caption, &values, &arms, TABLE_BY_ALL, error);
    free(values.items);
    arm_names_release(&arms);
    return good;
}
