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

static bool same_cell(const struct value *a, const struct value *b)
{
    return a->arm == b->arm && a->step == b->step && a->ratio == b->ratio &&
           !strcmp(a->strategy, b->strategy);
}

/* One mean for each image of rows [first, last), which lie image by image. */
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

static const struct table_column matrix_columns[] = {
    {"arm", NULL, TABLE_TEXT, 0},       {"strategy", NULL, TABLE_TEXT, 0},
    {"ratio", NULL, TABLE_REAL, 3},     {"step", NULL, TABLE_INTEGER, 0},
    {"images", NULL, TABLE_INTEGER, 0}, {"mse", NULL, TABLE_REAL, 4},
    {"low", NULL, TABLE_REAL, 4},       {"high", NULL, TABLE_REAL, 4},
    {"sd", NULL, TABLE_REAL, 3},        {"median", NULL, TABLE_REAL, 4},
};
static const char matrix_caption[] =
    "Mean squared error on the hidden patches of held-out images under the common probe masks, in "
    "units of the normalised input; low and high are the 95% t interval of the mean over images.";

static void add_description(struct table *table, const struct description *description)
{
    table_add_integer(table, (int64_t)description->count);
    table_add_real(table, description->mean);
    table_add_real(table, description->low);
    table_add_real(table, description->high);
    table_add_real(table, description->sd);
    table_add_real(table, description->median);
}

static bool add_cell(struct table *table, const struct arm_names *arms, const struct value *first,
                     const struct value *last, double *means, struct error *error)
{
    struct description description;
    size_t count = image_means(first, last, means);
    if (!describe(means, count, &description, error))
        return false;
    table_add_text(table, arm_name(arms, first->arm));
    table_add_text(table, first->strategy);
    table_add_real(table, first->ratio);
    table_add_integer(table, first->step);
    add_description(table, &description);
    return true;
}

static bool fill_matrix(struct table *table, const struct values *values,
                        const struct arm_names *arms, struct error *error)
{
    double *means = memory_new(values->count, sizeof *means, error);
    bool good = means;
    const struct value *end = values->items + values->count;
    for (const struct value *first = values->items, *last; good && first < end; first = last) {
        for (last = first; last < end && same_cell(first, last);)
            last++;
        good = add_cell(table, arms, first, last, means, error);
    }
    free(means);
    return good;
}

/* Each image's mean over all cells and masks of one arm; images in which some value is missing are
 * NaN, which describe() leaves out. */
static bool add_arm(struct table *table, const struct arm_names *arms, const struct value *first,
                    const struct value *last, struct error *error)
{
    int64_t images = 0;
    for (const struct value *value = first; value < last; value++)
        images = value->image >= images ? value->image + 1 : images;
    double *sums = memory_new((size_t)images, sizeof *sums, error);
    int *counts = memory_new((size_t)images, sizeof *counts, error);
    bool good = sums && counts;
    for (const struct value *value = first; good && value < last; value++) {
        sums[value->image] += value->mse;
        counts[value->image]++;
    }
    for (int64_t i = 0; good && i < images; i++)
        sums[i] = counts[i] ? sums[i] / counts[i] : NAN;
    struct description description;
    good = good && describe(sums, (size_t)images, &description, error);
    if (good) {
        table_add_text(table, arm_name(arms, first->arm));
        table_add_text(table, arms->kinds[first->arm] ? arms->kinds[first->arm] : "");
        table_add_integer(table, first->step);
        add_description(table, &description);
    }
    free(sums);
    free(counts);
    return good;
}

static const struct table_column arms_columns[] = {
    {"arm", NULL, TABLE_TEXT, 0},     {"kind", NULL, TABLE_TEXT, 0},
    {"step", NULL, TABLE_INTEGER, 0}, {"images", NULL, TABLE_INTEGER, 0},
    {"mse", NULL, TABLE_REAL, 4},     {"low", NULL, TABLE_REAL, 4},
    {"high", NULL, TABLE_REAL, 4},    {"sd", NULL, TABLE_REAL, 3},
    {"median", NULL, TABLE_REAL, 4},
};
static const char arms_caption[] = "Mean squared error over all common probe masks, each image's "
                                   "mean first; low and high are the 95% "
                                   "t interval of the mean over images.";

static bool fill_arms(struct table *table, const struct values *values,
                      const struct arm_names *arms, struct error *error)
{
    const struct value *end = values->items + values->count;
    for (const struct value *first = values->items, *last; first < end; first = last) {
        for (last = first; last < end && last->arm == first->arm;)
            last++;
        if (!add_arm(table, arms, first, last, error))
            return false;
    }
    return true;
}

typedef bool table_filler(struct table *table, const struct values *values,
                          const struct arm_names *arms, struct error *error);

static bool make_from_values(struct table *table, struct store *store, const char *name,
                             const char *caption, const struct table_column *columns,
                             size_t column_count, table_filler *fill, struct error *error)
{
    struct values values = {0};
    struct arm_names arms = {0};
    bool good = arm_names_read(&arms, store, error) && read_values(store, &values, error) &&
                table_init(table, name, caption, columns, column_count, error);
    if (good && !fill(table, &values, &arms, error)) {
        table_release(table);
        good = false;
    }
    free(values.items);
    arm_names_release(&arms);
    return good;
}

bool table_make_matrix(struct table *table, struct store *store, struct error *error)
{
    return make_from_values(table, store, "matrix", matrix_caption, matrix_columns,
                            ARRAY_LENGTH(matrix_columns), fill_matrix, error);
}

bool table_make_arms(struct table *table, struct store *store, struct error *error)
{
    return make_from_values(table, store, "arms", arms_caption, arms_columns,
                            ARRAY_LENGTH(arms_columns), fill_arms, error);
}

bool evaluation_table(struct table *table, const struct evaluation *evaluation,
                      const struct evaluation_plan *plan, const char *const *names, int64_t step,
                      struct error *error)
{
    struct values values = {0};
    struct arm_names arms = {0};
    for (int predictor = 0; predictor < evaluation->models + BASELINES; predictor++)
        arms.names[predictor] = predictor < evaluation->models
                                    ? names[predictor]
                                    : baseline_name(predictor - evaluation->models);
    for (int predictor = 0; predictor < evaluation->models + BASELINES; predictor++)
        for (int strategy = 0; strategy < evaluation->strategies; strategy++)
            for (int ratio = 0; ratio < evaluation->ratios; ratio++)
                for (int image = 0; image < evaluation->images; image++)
                    for (int mask = 0; mask < evaluation->masks; mask++)
                        keep_value(&values,
                                   &(struct store_evaluation){
                                       .arm = predictor,
                                       .step = step,
                                       .strategy = plan->strategies.items[strategy],
                                       .ratio = plan->ratios.items[ratio],
                                       .image = evaluation->indices[image],
                                       .mse = evaluation->mse[evaluation_index(
                                           evaluation, predictor, strategy, ratio, image, mask)]});
    bool good = (!values.failed || error_set(error, ERROR_SYSTEM, "out of memory")) &&
                table_init(table, "matrix", matrix_caption, matrix_columns,
                           ARRAY_LENGTH(matrix_columns), error);
    if (good && !fill_matrix(table, &values, &arms, error)) {
        table_release(table);
        good = false;
    }
    free(values.items);
    return good;
}
