/* The table `probes`: outcomes of downstream tasks. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "run/downstream.h"
#include "run/tables_private.h"
#include "stats/proportion.h"

static bool begin(struct table *table, struct error *error)
{
    static const struct table_column columns[] = {
        {"task", NULL, TABLE_TEXT, 0},
        {"variant", NULL, TABLE_TEXT, 0},
        {"arm", NULL, TABLE_TEXT, 0},
        {"step", NULL, TABLE_INTEGER, 0},
        {"measure", NULL, TABLE_TEXT, 0},
        {"mean", NULL, TABLE_REAL, 4},
        {"low", NULL, TABLE_REAL, 4},
        {"high", NULL, TABLE_REAL, 4},
        {"over", NULL, TABLE_TEXT, 0},
        {"seeds", NULL, TABLE_INTEGER, 0},
        {"images", NULL, TABLE_INTEGER, 0},
        {"chance", NULL, TABLE_REAL, 3},
        {"class_mean", NULL, TABLE_REAL | TABLE_DETAIL, 4},
        {"sd", NULL, TABLE_REAL | TABLE_DETAIL, 4},
        {"data", NULL, TABLE_TEXT | TABLE_DETAIL, 0},
        {"seconds", "s", TABLE_REAL | TABLE_DETAIL, 3},
        {"key", NULL, TABLE_TEXT | TABLE_DETAIL, 0},
    };
    return table_init(table, "probes",
                      "Downstream tasks on held-out images. Low and high are the 95% interval: "
                      "the wider of Student's t over the seeds and that over the images (of a "
                      "share: Wilson's, and t's within 0 and 1).",
                      columns, ARRAY_LENGTH(columns), error);
}

/* ---- Outcomes that differ in nothing but their seed ---- */

static int compare_names(const struct downstream_outcome *a, const struct downstream_outcome *b)
{
    int order = strcmp(a->task, b->task);
    order = order ? order : strverscmp(a->variant, b->variant);
    order = order ? order : strcmp(a->data, b->data);
    order = order ? order
                  : !strcmp(a->arm, DOWNSTREAM_UNTRAINED) - !strcmp(b->arm, DOWNSTREAM_UNTRAINED);
    return order ? order : strcmp(a->arm, b->arm);
}

static int compare_groups(const struct downstream_outcome *a, const struct downstream_outcome *b)
{
    int order = compare_names(a, b);
    order = order ? order : (a->step > b->step) - (a->step < b->step);
    return order ? order : strcmp(a->key, b->key);
}

static int by_group(const void *left, const void *right)
{
    const struct downstream_outcome *a = left, *b = right;
    int order = compare_groups(a, b);
    return order ? order : (a->seed > b->seed) - (a->seed < b->seed);
}

/* The mean over the seeds of one of their values. */
static double mean_of(const struct downstream_outcome *first, size_t count, const char *name)
{
    double sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += downstream_value(&first[i], name);
    return sum / (double)count;
}

/* An interval and what it is over. */
struct interval {
    double low, high;
    const char *over;
};

/* values [images]: of each image, the mean over the seeds. False: they were not asked of the same.
 */
static bool average_images(const struct downstream_outcome *first, size_t count, double *values)
{
    for (int i = 0; i < first->images; i++)
        values[i] = 0;
    for (size_t seed = 0; seed < count; seed++) {
        const struct downstream_outcome *outcome = &first[seed];
        if (!outcome->answers || outcome->images != first->images)
            return false;
        for (int i = 0; i < first->images; i++) {
            if (outcome->answers[i].image != first->answers[i].image)
                return false;
            values[i] += outcome->answers[i].value / (double)count;
        }
    }
    return true;
}

/* Over the images, of outcomes that differ in their seed: of a share as it was counted, of other
 * values image by image. ERROR_SYSTEM. */
static bool over_images(struct interval *interval, const struct downstream_outcome *first,
                        size_t count, double mean, struct error *error)
{
    static const char over[] = "images";
    struct description images = {0};
    *interval =
        (struct interval){downstream_value(first, "low"), downstream_value(first, "high"), over};
    if (count == 1 && !isnan(interval->low))
        return true; /* the task knows */
    *interval = (struct interval){NAN, NAN, NULL};
    if (!strcmp(first->measure, "accuracy")) {
        proportion_interval(mean * first->images, first->images, &interval->low, &interval->high);
        interval->over = over;
        return true;
    }
    double *values = memory_new((size_t)first->images + 1, sizeof *values, error);
    bool whole = values && average_images(first, count, values);
    bool good = values && (!whole || describe(values, (size_t)first->images, &images, error));
    if (good && whole && images.count == (size_t)first->images)
        *interval = (struct interval){images.low, images.high, over};
    free(values);
    return good;
}

/* Seeds may agree where another choice of images would not, so an interval over them alone can be
 * too narrow: the wider one is shown. */
static struct interval wider(struct interval images, const struct description *seeds)
{
    bool wide = isnan(images.low) || seeds->high - seeds->low > images.high - images.low;
    if (isnan(seeds->low) || !wide)
        return images;
    return (struct interval){seeds->low, seeds->high, "seeds"};
}

/* Student's t knows of no bounds: a share's interval is what of it lies within 0 and 1. */
static void keep_within(struct interval *interval, const char *measure)
{
    if (!downstream_is_share(measure) || isnan(interval->low))
        return;
    interval->low = fmax(interval->low, 0);
    interval->high = fmin(interval->high, 1);
}

static bool add_group(struct table *table, const struct downstream_outcome *first, size_t count,
                      struct error *error)
{
    struct description description;
    double *values = memory_new(count, sizeof *values, error), seconds = 0;
    const char *measure = first->measure;
    for (size_t i = 0; values && i < count; i++) {
        values[i] = downstream_value(&first[i], measure);
        seconds += first[i].seconds;
    }
    bool good = values && describe(values, count, &description, error);
    free(values);
    if (!good)
        return false;
    struct interval interval;
    if (!over_images(&interval, first, count, description.mean, error))
        return false;
    interval = wider(interval, &description);
    keep_within(&interval, measure);
    table_add_text(table, first->task);
    table_add_text(table, first->variant);
    table_add_text(table, first->arm);
    table_add_integer(table, first->step);
    table_add_text(table, measure);
    table_add_real(table, description.mean);
    table_add_real(table, interval.low);
    table_add_real(table, interval.high);
    table_add_text(table, interval.over);
    table_add_integer(table, (int64_t)count);
    table_add_integer(table, first->images);
    table_add_real(table, first->classes && !strcmp(measure, "accuracy") ? 1. / first->classes
                                                                         : (double)NAN);
    table_add_real(table, mean_of(first, count, "class_mean"));
    table_add_real(table, description.sd);
    table_add_text(table, first->data);
    table_add_real(table, seconds);
    table_add_text(table, first->key);
    return true;
}

bool downstream_table(struct table *table, struct downstream_outcomes *outcomes,
                      struct error *error)
{
    if (outcomes->count == 0)
        return error_set(error, ERROR_DATA,
                         "no downstream task was run yet (maskscope probe RUN does)");
    if (!begin(table, error))
        return false;
    qsort(outcomes->items, outcomes->count, sizeof *outcomes->items, by_group);
    for (size_t first = 0, next; first < outcomes->count; first = next) {
        const struct downstream_outcome *outcome = &outcomes->items[first];
        for (next = first + 1;
             next < outcomes->count && !compare_groups(outcome, &outcomes->items[next]);)
            next++;
        if (!add_group(table, outcome, next - first, error)) {
            table_release(table);
            return false;
        }
    }
    return true;
}

bool table_make_probes(struct table *table, struct store *store, unsigned groups,
                       struct error *error)
{
    (void)groups;
    struct downstream_outcomes outcomes = {0};
    bool good =
        downstream_read(&outcomes, store, error) && downstream_table(table, &outcomes, error);
    downstream_outcomes_release(&outcomes);
    return good;
}
