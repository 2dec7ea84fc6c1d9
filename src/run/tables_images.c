/* The table of single images: what means and intervals over images are made of. */
#include <stdlib.h>

#include "run/tables_private.h"

struct image_value {
    int arm;
    int64_t step, image;
    int label;
    double mse;
};

struct image_values {
    struct image_value *items;
    size_t count, capacity;
    bool failed;
};

static bool keep(void *context, const struct store_evaluation *row)
{
    struct image_values *values = context;
    void *items =
        memory_grow(values->items, values->count, &values->capacity, sizeof *values->items, NULL);
    if (!items)
        return !(values->failed = true);
    values->items = items;
    values->items[values->count++] =
        (struct image_value){row->arm, row->step, row->image, row->label, row->mse};
    return true;
}

static int by_arm_and_image(const void *left, const void *right)
{
    const struct image_value *a = left, *b = right;
    if (a->arm != b->arm)
        return a->arm < b->arm ? -1 : 1;
    return (a->image > b->image) - (a->image < b->image);
}

static bool same_image(const struct image_value *a, const struct image_value *b)
{
    return a->arm == b->arm && a->image == b->image;
}

/* A row for each image of each arm. */
static void fill(struct table *table, const struct image_values *values,
                 const struct arm_names *arms)
{
    const struct image_value *end = values->items + values->count;
    for (const struct image_value *first = values->items, *at = first; first < end; first = at) {
        double sum = 0;
        for (; at < end && same_image(at, first); at++)
            sum += at->mse;
        table_add_text(table, arm_name(arms, first->arm));
        table_add_text(table, arm_kind(arms, first->arm));
        table_add_integer(table, first->step);
        table_add_integer(table, first->image);
        if (first->label < 0)
            table_add_missing(table);
        else
            table_add_integer(table, first->label);
        table_add_integer(table, at - first);
        table_add_real(table, sum / (double)(at - first));
    }
}

bool table_make_images(struct table *table, struct store *store, unsigned groups,
                       struct error *error)
{
    (void)groups;
    static const struct table_column columns[] = {
        {"arm", NULL, TABLE_TEXT, 0},      {"kind", NULL, TABLE_TEXT, 0},
        {"step", NULL, TABLE_INTEGER, 0},  {"image", NULL, TABLE_INTEGER, 0},
        {"label", NULL, TABLE_INTEGER, 0}, {"masks", NULL, TABLE_INTEGER, 0},
        {"mse", NULL, TABLE_REAL, 4},
    };
    struct image_values values = {0};
    struct arm_names arms = {0};
    bool good =
        arm_names_read(&arms, store, error) &&
        store_read_evaluations(store, STORE_EVERY_ARM, STORE_LATEST, keep, &values, error) &&
        (!values.failed || error_set(error, ERROR_SYSTEM, "out of memory")) &&
        (values.count > 0 || error_set(error, ERROR_DATA, "no evaluation yet (:eval makes one)")) &&
        table_init(table, "images",
                   "Mean squared error of each held-out image, averaged over all common probe "
                   "masks.",
                   columns, ARRAY_LENGTH(columns), error);
    if (good) {
        qsort(values.items, values.count, sizeof *values.items, by_arm_and_image);
        fill(table, &values, &arms);
    }
    free(values.items);
    arm_names_release(&arms);
    return good;
}
