/* The tables `distance` and `position`: where errors lie. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "run/profile.h"
#include "run/record.h"
#include "run/tables_private.h"
#include "stats/distribution.h"

/* One row of the record: of an image at a distance, or of a position over the images. */
struct item {
    int strategy; /* which of the names */
    double ratio;
    int place; /* distance, or position */
    int64_t image;
    double count, mse, sd; /* patches, or images */
};

struct items {
    struct arena texts;
    const char **strategies;
    int strategy_count;
    size_t strategy_capacity;
    struct item *items;
    size_t count, capacity;
    int64_t step;
    unsigned groups;
    bool failed;
};

static void items_release(struct items *items)
{
    arena_release(&items->texts);
    free(items->strategies);
    free(items->items);
}

/* The number of the name, -1 when memory runs out. Rows come strategy by strategy. */
static int find_strategy(struct items *items, const char *name)
{
    for (int i = items->strategy_count - 1; i >= 0; i--)
        if (!strcmp(items->strategies[i], name))
            return i;
    void *strategies = memory_grow(items->strategies, (size_t)items->strategy_count,
                                   &items->strategy_capacity, sizeof *items->strategies, NULL);
    if (!strategies)
        return -1;
    items->strategies = strategies;
    const char *kept = arena_text(&items->texts, name, strlen(name), NULL);
    if (!kept)
        return -1;
    items->strategies[items->strategy_count] = kept;
    return items->strategy_count++;
}

static bool add_item(struct items *items, const char *strategy, struct item item)
{
    void *grown =
        memory_grow(items->items, items->count, &items->capacity, sizeof *items->items, NULL);
    if (!grown)
        return !(items->failed = true);
    items->items = grown;
    item.strategy = find_strategy(items, strategy);
    items->failed = item.strategy < 0;
    if (!items->failed)
        items->items[items->count++] = item;
    return !items->failed;
}

static bool keep_distance(void *context, const struct store_distance *row)
{
    struct items *items = context;
    items->step = row->step;
    return add_item(items, row->strategy,
                    (struct item){.ratio = row->ratio,
                                  .place = row->distance,
                                  .image = row->image,
                                  .count = row->patches,
                                  .mse = row->mse});
}

static bool keep_position(void *context, const struct store_position *row)
{
    struct items *items = context;
    items->step = row->step;
    return add_item(items, row->strategy,
                    (struct item){.ratio = row->ratio,
                                  .place = row->position,
                                  .count = (double)row->images,
                                  .mse = row->mse,
                                  .sd = row->sd});
}

/* Strategies are numbered in alphabetical order, as the record has them. */
static int by_row(const void *a, const void *b, void *context)
{
    const struct item *left = a, *right = b;
    const struct items *items = context;
    if (items->groups & TABLE_BY_STRATEGY && left->strategy != right->strategy)
        return left->strategy < right->strategy ? -1 : 1;
    if (items->groups & TABLE_BY_RATIO && left->ratio != right->ratio)
        return left->ratio < right->ratio ? -1 : 1;
    if (left->place != right->place)
        return left->place < right->place ? -1 : 1;
    return (left->image > right->image) - (left->image < right->image);
}

static bool same_row(const struct items *items, const struct item *a, const struct item *b)
{
    return (!(items->groups & TABLE_BY_STRATEGY) || a->strategy == b->strategy) &&
           (!(items->groups & TABLE_BY_RATIO) || a->ratio == b->ratio) && a->place == b->place;
}

static void add_keys(struct table *table, const struct items *items, const char *arm,
                     const struct item *first)
{
    table_add_text(table, arm);
    group_add(table, items->groups,
              &(struct evaluation_key){items->strategies[first->strategy], first->ratio});
}

static const char nothing[] =
    "no profile yet (an evaluation makes one; records of older versions have none)";

/* What the makers need beside the rows. */
struct frame {
    struct sampler sampler;
    int width;        /* patches in a row of the grid */
    double deviation; /* see struct evaluation_set */
    int64_t seed;     /* the run's */
};

/* Whose images: their number stands in the rows. */
static void write_origin(const struct frame *frame, const char *values, struct table_words *words)
{
    text_append(&words->caption,
                " The number of held-out images is in the column %s; intervals are of each row by "
                "itself, not adjusted for the number of rows.",
                values);
    text_append(&words->remarks, "Images of one run (seed %lld).", (long long)frame->seed);
}

/* ---- Distance ---- */

/* Appends a mean for each image of rows [first, last), weighted by its patches. */
static size_t image_means(const struct item *first, const struct item *last, double *means,
                          double *patches)
{
    size_t count = 0;
    *patches = 0;
    while (first < last) {
        int64_t image = first->image;
        double sum = 0, weight = 0;
        for (; first < last && first->image == image; first++) {
            sum += first->count * first->mse;
            weight += first->count;
        }
        means[count++] = sum / weight;
        *patches += weight;
    }
    return count;
}

static bool begin_distance(struct table *table, const struct frame *frame, unsigned groups,
                           struct error *error)
{
    struct table_column columns[1 + GROUP_COLUMNS + 2 + SAMPLE_COLUMNS] = {
        {"arm", NULL, TABLE_TEXT, 0}};
    struct table_words words = {0};
    size_t count = group_columns(groups, columns, 1);
    columns[count++] = (struct table_column){"distance", "patches", TABLE_INTEGER, 0};
    size_t keys = count;
    columns[count++] = (struct table_column){"hidden_patches", NULL, TABLE_INTEGER, 0};
    sample_columns(columns + count, "images");
    text_append(&words.caption, "Mean squared error by the distance from a hidden patch to the "
                                "nearest visible one (centre to centre, rounded; the last holds "
                                "whatever is farther), an image's mean first; low and high are the "
                                "95%% t interval of the mean over images.");
    write_origin(frame, "images", &words);
    return table_begin(table, "distance", &words, columns, count + SAMPLE_COLUMNS, keys, error);
}

static bool add_distances(struct table *table, struct items *items, const char *arm,
                          struct frame *frame, struct error *error)
{
    double *means = memory_new(items->count + 1, sizeof *means, error), patches;
    const struct item *end = items->items + items->count;
    bool good = means;
    if (items->count > 0) /* qsort takes no null array */
        qsort_r(items->items, items->count, sizeof *items->items, by_row, items);
    for (const struct item *first = items->items, *last; good && first < end; first = last) {
        for (last = first; last < end && same_row(items, first, last);)
            last++;
        size_t count = image_means(first, last, means, &patches);
        add_keys(table, items, arm, first);
        table_add_integer(table, first->place);
        table_add_integer(table, (int64_t)patches);
        good = sampler_add(&frame->sampler, table, means, count,
                           evaluation_psnr(means, count, frame->deviation), error);
    }
    free(means);
    return good;
}

/* Reads and adds one arm's rows. */
typedef bool arm_adder(struct table *table, struct store *store, const struct named_arm *arm,
                       unsigned groups, struct frame *frame, struct error *error);

static bool add_all_arms(struct table *table, struct store *store, unsigned groups, arm_adder *add,
                         struct frame *frame, struct error *error)
{
    struct arm_names arms = {0};
    bool good = arm_names_read(&arms, store, error);
    for (size_t i = 0; good && i < arms.count; i++)
        good = add(table, store, &arms.items[i], groups, frame, error);
    arm_names_release(&arms);
    good = good && (table_rows(table) > 0 || error_set(error, ERROR_DATA, "%s", nothing));
    if (!good)
        table_release(table);
    return good;
}

static bool add_arm_distances(struct table *table, struct store *store, const struct named_arm *arm,
                              unsigned groups, struct frame *frame, struct error *error)
{
    struct items items = {.groups = groups};
    bool good = store_read_distances(store, arm->id, STORE_LATEST, keep_distance, &items, error) &&
                (!items.failed || error_set(error, ERROR_SYSTEM, "out of memory")) &&
                add_distances(table, &items, arm->name, frame, error);
    items_release(&items);
    return good;
}

/* ERROR_DATA: a record of an older version, which has no profiles either. */
static bool frame_init(struct frame *frame, struct store *store, struct error *error)
{
    struct config *config = memory_new(1, sizeof *config, error);
    struct mae_shape shape;
    bool found = false;
    *frame = (struct frame){0};
    bool good = config && record_config(store, config, &found, error) &&
                (found || error_set(error, ERROR_DATA, "%s", nothing)) &&
                config_shape(config, &shape, error);
    if (good) {
        frame->width = mae_grid_width(&shape);
        frame->deviation = record_deviation(config, &shape);
        frame->seed = config->seed;
    }
    free(config);
    return good;
}

bool table_make_distance(struct table *table, struct store *store, unsigned groups,
                         struct error *error)
{
    struct frame frame;
    bool good = frame_init(&frame, store, error) && begin_distance(table, &frame, groups, error) &&
                add_all_arms(table, store, groups, add_arm_distances, &frame, error);
    sampler_release(&frame.sampler);
    return good;
}

/* ---- Position ---- */

static bool begin_position(struct table *table, const struct frame *frame, unsigned groups,
                           struct error *error)
{
    enum { PLACE_KEYS = 2 };
    static const struct table_column places[] = {
        {"row", NULL, TABLE_INTEGER, 0},    {"column", NULL, TABLE_INTEGER, 0},
        {"values", NULL, TABLE_INTEGER, 0}, {"mse", NULL, TABLE_REAL, 4},
        {"low", NULL, TABLE_REAL, 4},       {"high", NULL, TABLE_REAL, 4},
    };
    struct table_column columns[1 + GROUP_COLUMNS + ARRAY_LENGTH(places)] = {
        {"arm", NULL, TABLE_TEXT, 0}};
    struct table_words words = {0};
    size_t count = group_columns(groups, columns, 1);
    memcpy(columns + count, places, sizeof places);
    text_append(&words.caption, "Mean squared error by the position of the hidden patch on the "
                                "grid, from the top left; values: images in which it was hidden, "
                                "of each strategy and ratio; low and high are the 95%% t interval "
                                "of the mean over images, taken wide where several strategies or "
                                "ratios are put together.");
    write_origin(frame, "values", &words);
    return table_begin(table, "position", &words, columns, count + ARRAY_LENGTH(places),
                       count + PLACE_KEYS, error);
}

/* Rows [first, last) are of the same images under other masks, so their errors go together: the
 * standard error of the mean is at most the mean of theirs. */
static void add_position(struct table *table, const struct item *first, const struct item *last)
{
    double count = 0, sum = 0, errors = 0, fewest = INFINITY;
    for (const struct item *item = first; item < last; item++) {
        count += item->count;
        sum += item->count * item->mse;
        errors += item->count * item->sd / sqrt(item->count);
        fewest = fmin(fewest, item->count);
    }
    double reach = student_interval(INTERVAL_LEVEL, fewest - 1) * errors / count;
    table_add_integer(table, (int64_t)count);
    table_add_real(table, sum / count);
    table_add_real(table, sum / count - reach);
    table_add_real(table, sum / count + reach);
}

static bool add_arm_positions(struct table *table, struct store *store, const struct named_arm *arm,
                              unsigned groups, struct frame *frame, struct error *error)
{
    struct items items = {.groups = groups};
    bool good = store_read_positions(store, arm->id, STORE_LATEST, keep_position, &items, error) &&
                (!items.failed || error_set(error, ERROR_SYSTEM, "out of memory"));
    if (items.count > 0)
        qsort_r(items.items, items.count, sizeof *items.items, by_row, &items);
    const struct item *end = items.items + items.count;
    for (const struct item *first = items.items, *last; good && first < end; first = last) {
        for (last = first; last < end && same_row(&items, first, last);)
            last++;
        add_keys(table, &items, arm->name, first);
        table_add_integer(table, first->place / frame->width);
        table_add_integer(table, first->place % frame->width);
        add_position(table, first, last);
    }
    items_release(&items);
    return good;
}

bool table_make_position(struct table *table, struct store *store, unsigned groups,
                         struct error *error)
{
    struct frame frame;
    return frame_init(&frame, store, error) && begin_position(table, &frame, groups, error) &&
           add_all_arms(table, store, groups, add_arm_positions, &frame, error);
}
